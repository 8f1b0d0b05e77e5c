"""The page of settings says what the classes say, of each."""

from deploy.settings_page import settings_page
from services.auth.settings import AuthSettings
from services.contracts.settings import ContractsSettings
from services.notifier.settings import NotifierSettings
from shared.settings import PREFIX
from tests.architecture.source import ROOT


def test_the_page_of_settings_says_what_the_classes_say():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert page == settings_page(), "python -m deploy.settings_page > docs/settings.md writes it anew"


def test_it_names_each_setting_and_says_what_it_means():
    rows = [line.split(" | ") for line in settings_page().splitlines() if line.startswith(f"| `{PREFIX}")]
    services = AuthSettings, ContractsSettings, NotifierSettings
    there = {PREFIX + name.upper() for settings in services for name in settings.model_fields}
    assert {row[0].strip("| `") for row in rows} == there
    assert [row[0] for row in rows if not row[2].strip()] == []
