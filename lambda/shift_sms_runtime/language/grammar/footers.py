"""Removes the footer that a phone adds below a text: "Sent from my iPhone"."""

import re

from shift_sms_runtime.language.lexicon import GrammarRole, GrammarWords, without_accents

_BEFORE = r"(?:(?<=[.,!?])|[\s\u2013\u2014_-]+)\s*"
"""What may separate a footer from the text. A question mark or a sick face belongs to the text."""
_AFTER = r"[\s.]*"


def without_footer(text: str, grammar: GrammarWords) -> str:
    """Returns a text without a footer at its end. A text that is nothing but a footer is returned unchanged."""
    footers, devices = _any_of(grammar[GrammarRole.FOOTER]), _any_of(grammar[GrammarRole.DEVICE])
    model = rf"(?:{devices}|{_any_of(grammar[GrammarRole.DEVICE_MODEL])}|\w*\d\w*)"
    # Accents are removed from each character on its own, so that positions stay the same.
    folded = "".join(without_accents(character)[:1] or "'" for character in text)
    found = re.search(rf"{_BEFORE}{footers}\s+{devices}(?:[^\S\n]+{model})*{_AFTER}$", folded)
    return text[: found.start()] if found and re.search(r"\w", text[: found.start()]) else text


def _any_of(phrases: frozenset[str]) -> str:
    alternatives = (r"\W+".join(map(re.escape, phrase.split())) for phrase in sorted(phrases, reverse=True))
    return f"(?:{'|'.join(alternatives) or '(?!)'})"
