"""Keywords that AWS replies to itself unless the number manages opt-outs.

Sources: https://docs.aws.amazon.com/sms-voice/latest/userguide/opt-out-list-keywords.html (the keywords),
https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html (the first word of a text decides, in
any case) and opt-out-list-self-managed.html in the same guide (the effects).

The service keeps HELP and the opt-out words to itself. START and UNSTOP are optional keywords, which it also publishes.
REVOKE is required of US carriers since 2025.
"""

import re
from enum import Enum

_OPT_OUT_KEYWORDS = frozenset(
    ("ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "REVOKE", "STOP", "TD", "UNSUBSCRIBE")
)
_OPT_IN_KEYWORDS = frozenset(("START", "UNSTOP"))
_FIRST_WORD = re.compile(r"\s*([\w-]+)")


class CarrierKeyword(Enum):
    """The effect of a keyword; the value is the reply to the phone."""

    OPT_OUT = "You have opted out and will receive no further messages. Reply START to opt in."
    OPT_IN = "You have opted in and will receive messages again. Reply STOP to opt out."
    HELP = "For help contact the sender. Reply STOP to opt out."


def carrier_keyword(body: str) -> CarrierKeyword | None:
    """Returns the keyword in `body`, or None for a text that goes to the application."""
    word = first_word(body)
    if word in _OPT_OUT_KEYWORDS:
        return CarrierKeyword.OPT_OUT
    if word in _OPT_IN_KEYWORDS:
        return CarrierKeyword.OPT_IN
    return CarrierKeyword.HELP if word == "HELP" else None


def first_word(body: str) -> str:
    """Returns the first word of `body` in capitals, or an empty string.

    Keywords are registered in capitals.
    """
    match = _FIRST_WORD.match(body)
    return match.group(1).upper() if match else ""
