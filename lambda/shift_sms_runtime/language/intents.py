"""The intents: everything a text can mean, one type each."""

from dataclasses import dataclass
from enum import StrEnum


class ShiftAction(StrEnum):
    """What an employee asks to do with the shifts that a text names."""

    CLAIM = "claim"
    DROP = "drop"
    WAIT = "wait"
    INFO = "info"


@dataclass(frozen=True)
class ShiftCommand:
    """Apply an action to the shifts that the text names. Without `codes` and `unknown`, the text names none."""

    action: ShiftAction
    codes: tuple[str, ...] = ()
    """Ids of known shifts in the order typed, without repetitions."""
    unknown: tuple[str, ...] = ()
    """Words that look like codes and match no shift."""


@dataclass(frozen=True)
class ListShifts:
    """List the open shifts."""

    more: bool = False
    """Whether to continue after the last page."""


@dataclass(frozen=True)
class ListOwnShifts:
    """List the shifts that the employee has booked."""


@dataclass(frozen=True)
class RequestCallback:
    """Have an agent call the employee."""

    words: str
    """The text after the command word."""


@dataclass(frozen=True)
class SayYes:
    """Yes to what the last text offered."""

    casual: bool = False
    """Whether it may only acknowledge a text, like "OK, thanks"."""


@dataclass(frozen=True)
class SayNo:
    """No to what the last text offered."""


@dataclass(frozen=True)
class HowTo:
    """A greeting, or a question about how to use the service."""


@dataclass(frozen=True)
class Thanks:
    """Thanks that need no reply."""


@dataclass(frozen=True)
class FreeText:
    """Words for a person to read."""


@dataclass(frozen=True)
class Unclear:
    """The text names shifts, but not what to do with them."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class OptOut:
    """Stop sending texts. The carrier or the messaging service replies, unless the number manages its own opt-outs."""


@dataclass(frozen=True)
class OptIn:
    """Send texts again. Replied to like `OptOut`."""


@dataclass(frozen=True)
class AskForHelp:
    """Say who sends these texts. Replied to like `OptOut`."""


CarrierIntent = OptOut | OptIn | AskForHelp
"""What carrier keywords mean."""


Intent = (
    ShiftCommand
    | ListShifts
    | ListOwnShifts
    | RequestCallback
    | SayYes
    | SayNo
    | HowTo
    | Thanks
    | FreeText
    | Unclear
    | CarrierIntent
)
"""What a text means."""
