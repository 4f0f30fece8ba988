"""Keywords that carriers and the messaging service reserve: STOP, START, HELP and their variants."""

from collections.abc import Mapping

from shift_sms_runtime.language.intents import AskForHelp, CarrierIntent, OptIn, OptOut
from shift_sms_runtime.language.tokenizer import Tokens

OPT_OUT_KEYWORDS = frozenset(
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
        "REVOKE",
    ]
)


OPT_IN_KEYWORDS = frozenset(["START", "UNSTOP"])


HELP_KEYWORD = "HELP"


CARRIER_KEYWORDS = OPT_OUT_KEYWORDS | OPT_IN_KEYWORDS | {HELP_KEYWORD}
"""Source: "Keywords" in the AWS End User Messaging user guide, and the keywords of US carriers."""


_INTENTS: Mapping[str, CarrierIntent] = {
    **dict.fromkeys(OPT_OUT_KEYWORDS, OptOut()),
    **dict.fromkeys(OPT_IN_KEYWORDS, OptIn()),
    HELP_KEYWORD: AskForHelp(),
}


def carrier_intent(tokens: Tokens) -> CarrierIntent | None:
    """Returns the intent of the keyword that a text begins with, in every language; None without a keyword."""
    if not tokens.words:
        return None
    first = tokens.words[0]
    # The tokenizer splits at hyphens, and the keyword OPT-OUT has one.
    candidates = [
        first.raw.upper(),
        tokens.text[first.start :].split(maxsplit=1)[0].rstrip(".,;:!?").upper(),
    ]
    return next((_INTENTS[word] for word in candidates if word in _INTENTS), None)
