"""`python -m deploy.cli`: the command, where its script is not on the path."""

import sys

from deploy.cli.main import main

sys.exit(main())
