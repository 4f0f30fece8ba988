"""Removes the footer that a phone adds below a text: "Sent from my iPhone"."""

import re
from functools import lru_cache

from shift_sms_runtime.language.lexicon import GrammarRole, GrammarWords, without_accents

_BEFORE = r"(?:(?<=[.,!?])|[\s\u2013\u2014_-]+)\s*"
"""What may separate a footer from the text. A question mark or a sick face belongs to the text."""
_AFTER = r"[\s.]*"
_MOST_LEXICONS = 16
"""The most that are in use at once: twice those of all languages of both vocabularies."""


def without_footer(text: str, grammar: GrammarWords) -> str:
    """Returns a text without a footer at its end. A text that is nothing but a footer is returned unchanged."""
    footer = _footer(
        grammar[GrammarRole.FOOTER], grammar[GrammarRole.DEVICE], grammar[GrammarRole.DEVICE_MODEL]
    )
    # Accents are removed from each character on its own, so that positions stay the same.
    folded = "".join(without_accents(character)[:1] or "'" for character in text)
    found = footer.search(folded)
    return text[: found.start()] if found and re.search(r"\w", text[: found.start()]) else text


@lru_cache(maxsize=_MOST_LEXICONS)
def _footer(footers: frozenset[str], devices: frozenset[str], models: frozenset[str]) -> re.Pattern[str]:
    device = _any_of(devices)
    model = rf"(?:{device}|{_any_of(models)}|\w*\d\w*)"
    return re.compile(rf"{_BEFORE}{_any_of(footers)}\s+{device}(?:[^\S\n]+{model})*{_AFTER}$")


def _any_of(phrases: frozenset[str]) -> str:
    alternatives = (r"\W+".join(map(re.escape, phrase.split())) for phrase in sorted(phrases, reverse=True))
    return f"(?:{'|'.join(alternatives) or '(?!)'})"
