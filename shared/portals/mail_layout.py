"""The HTML around every mail's own: one column, the reader's own colours in light and dark, one bar of the portal's.

No tables, images or scripts; the style is inline, since some mail readers drop `<style>`.
"""

from typing import NamedTuple

from markupsafe import Markup, escape

from shared.ids import Language

HEAD = Markup(
    '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">\n'
    '<meta name="format-detection" content="telephone=no">\n'  # ten digits are a customer's identifier, not a telephone
    "<style>:root {{ color-scheme: light dark; }}</style>\n<title>"
)
BODY = Markup(
    '</title>\n</head>\n<body style="margin: 0; padding: 16px">\n<div lang="{language}" style="max-width: 40em; '
    'margin: 0 auto; padding-top: 12px; border-top: 6px solid {color}; font: 16px/1.5 system-ui, Arial, sans-serif">\n'
)
END = Markup("</div>\n</body>\n</html>\n")


class Layout(NamedTuple):
    """The parts that are the same in every mail of a portal in one language."""

    head: str
    body: str

    def around(self, subject: str, fragment: str) -> str:
        return f"{self.head}{escape(subject)}{self.body}{fragment}{END}"


def layout(language: Language, color: str) -> Layout:
    return Layout(HEAD.format(language=language), BODY.format(language=language, color=color))
