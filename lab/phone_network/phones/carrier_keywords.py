"""Words that the carrier or AWS answers by itself; with self-managed opt-outs off nobody else sees them.

Sources: https://docs.aws.amazon.com/sms-voice/latest/userguide/opt-out-list-keywords.html (the words),
https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html (a text that begins with one, in
any case, is one) and opt-out-list-self-managed.html in the same guide (what happens then).
"""

import re
from enum import Enum

_OPT_OUT_KEYWORDS = frozenset(
    ("ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE")
)
_OPT_IN_KEYWORDS = frozenset(("START", "UNSTOP"))
_FIRST_WORD = re.compile(r"\s*([\w-]+)")


class CarrierKeyword(Enum):
    """What a carrier word asks for; the value is the answer the phone gets."""

    OPT_OUT = "You have opted out and will receive no further messages. Reply START to opt in."
    OPT_IN = "You have opted in and will receive messages again. Reply STOP to opt out."
    HELP = "For help contact the sender. Reply STOP to opt out."


def carrier_keyword(body: str) -> CarrierKeyword | None:
    """Tell what `body` asks the carrier for, or None for a text that goes to the application."""
    word = first_word(body)
    if word in _OPT_OUT_KEYWORDS:
        return CarrierKeyword.OPT_OUT
    if word in _OPT_IN_KEYWORDS:
        return CarrierKeyword.OPT_IN
    return CarrierKeyword.HELP if word == "HELP" else None


def first_word(body: str) -> str:
    """Return the word that `body` begins with as keywords are registered, in capitals; "" when there is none."""
    match = _FIRST_WORD.match(body)
    return match.group(1).upper() if match else ""
