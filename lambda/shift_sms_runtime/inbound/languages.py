"""Each employee is answered in their own language, and understood in that and in English."""

from collections.abc import Mapping
from dataclasses import dataclass

from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.locale import ENGLISH, Locale


@dataclass(frozen=True)
class Language:
    """How somebody is understood, and answered."""

    catalogue: Locale
    lexicon: Lexicon
    wording: ReplyRenderer


class Locales:
    """The languages of one vocabulary."""

    def __init__(self, catalogues: Mapping[str, Locale], *, default: str, agent_offered: bool) -> None:
        """``catalogues`` by language, English among them; ``default`` is for whoever has none of these."""
        self._default = default
        self._languages = {
            name: Language(
                catalogue,
                catalogue.lexicon.beside(catalogues[ENGLISH].lexicon),
                ReplyRenderer(catalogue, agent_offered=agent_offered),
            )
            for name, catalogue in catalogues.items()
        }

    def of(self, tag: str) -> Language:
        """The language of a tag as people write it (``es``, ``es-MX``, ``ES_mx``); else the default."""
        primary = tag.strip().replace("_", "-").split("-")[0].lower()
        return self._languages.get(primary) or self._languages[self._default]
