"""Translates words for places and roles to one name, so that "turnos de barra" finds the shifts of a role "Bar".

The words are in `locales/workplaces.toml`. The file is read for the first text that asks for a place or a role.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from shift_sms_runtime.language.lexicon import fold

_ENDINGS = ("S", "ES", "N", "EN", "IN", "INNEN")
"""What a word may have more than the listed one, folded: "nurses", "Kellnerinnen"."""


def workplace(folded: str) -> str | None:
    """Returns the folded English name of a place or a role; None for any other word."""
    names = _names()
    stems = (folded.removesuffix(ending) for ending in _ENDINGS if folded.endswith(ending))
    return names.get(folded) or next((names[stem] for stem in stems if stem in names), None)


@cache
def _names() -> Mapping[str, str]:
    """The English name of each listed word, all folded."""
    text = (files("shift_sms_runtime.locales") / "workplaces.toml").read_text(encoding="utf-8")
    return {fold(word): fold(name) for name, words in tomllib.loads(text).items() for word in words}
