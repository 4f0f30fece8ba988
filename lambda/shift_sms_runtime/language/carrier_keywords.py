"""Keywords that belong to carriers and the messaging service: STOP, START, HELP and their kin."""

from collections.abc import Mapping

from shift_sms_runtime.language.intents import AskForHelp, CarrierCommand, OptIn, OptOut
from shift_sms_runtime.language.tokenizer import Tokens

OPT_OUT_WORDS = frozenset(
    [
        "STOP",
        "STOPALL",
        "CANCEL",
        "END",
        "QUIT",
        "REMOVE",
        "UNSUBSCRIBE",
        "OPTOUT",
        "OPT-OUT",
        "ARRET",
        "TD",
    ]
)


OPT_IN_WORDS = frozenset(["START", "UNSTOP"])


HELP_WORD = "HELP"


CARRIER_WORDS = OPT_OUT_WORDS | OPT_IN_WORDS | {HELP_WORD}
"""Source: "Keywords" in the AWS End User Messaging user guide, and the words of US carriers."""


_INTENTS: Mapping[str, OptOut | OptIn | AskForHelp] = {
    **dict.fromkeys(OPT_OUT_WORDS, OptOut()),
    **dict.fromkeys(OPT_IN_WORDS, OptIn()),
    HELP_WORD: AskForHelp(),
}


def carrier_command(parts: Tokens) -> CarrierCommand | None:
    """What a text means to a carrier, in whatever language the sender speaks."""
    if not parts.words:
        return None
    first = parts.words[0]
    # A hyphen ends a word, but not a code: OPT-OUT.
    tokens = [first.raw.upper(), parts.plain[first.start :].split(maxsplit=1)[0].rstrip(".,;:!?").upper()]
    return next((_INTENTS[token] for token in tokens if token in _INTENTS), None)
