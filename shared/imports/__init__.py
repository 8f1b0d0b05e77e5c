"""Files of an operator: checked as a whole, then applied a thousand rows at a time, and resumed where one broke off."""

from shared.imports.apply import Import, ImportUnderWay, import_file
from shared.imports.check import Checked, FileFormat, check_file
from shared.imports.progress import Counts
from shared.imports.rows import Fault

__all__ = ["Checked", "Counts", "Fault", "FileFormat", "Import", "ImportUnderWay", "check_file", "import_file"]
