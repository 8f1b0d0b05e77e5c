"""The page of settings names all there are, and no other."""

import re
from pathlib import Path

from services.auth.settings import AuthSettings
from services.contracts.settings import ContractsSettings
from services.notifier.settings import NotifierSettings
from shared.settings import PREFIX

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_of_settings_names_each_and_no_other():
    named = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", PAGE.read_text()))
    services = AuthSettings, ContractsSettings, NotifierSettings
    there = {PREFIX + name.upper() for settings in services for name in settings.model_fields}
    assert named == there
