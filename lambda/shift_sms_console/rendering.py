"""Renders templates. It escapes stored values, so that they appear as text."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shift_sms_console.assets import Assets

_TEMPLATES = Path(__file__).parent / "templates"
_LINE_BREAKS = "\n\r\t"


def visible(text: str) -> str:
    """Returns a text with its control characters written out.

    Otherwise marks of writing direction, for example, could make a text look like another one.
    """
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    # Cc: control characters. Cf: formats, such as marks of direction. Zl and Zp: separators of lines.
    if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character not in _LINE_BREAKS:
        return f"[U+{ord(character):04X}]"
    return character


def _finalize(value: object) -> object:
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


class Templates:
    """The templates of the console, with what every page shows."""

    def __init__(self, assets: Assets, navigation: Mapping[str, str]) -> None:
        """`navigation` has the titles of the pages by path."""
        self._shared = {"asset": assets.address, "navigation": navigation}

    def render(self, template: str, **values: object) -> str:
        """Returns the HTML of a template."""
        return _environment().get_template(template).render(self._shared, **values)
