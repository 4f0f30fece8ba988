"""What a text can mean: one type for each intent."""

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What somebody wants of shifts that they name."""

    CLAIM = "claim"
    DROP = "drop"
    WAIT = "wait"
    INFO = "info"


@dataclass(frozen=True)
class OnShifts:
    """Do this with the shifts that the text names: ids in the order typed, without repetitions.

    ``unknown`` are words that look like codes and are none. Without either, the text named nothing.
    """

    verb: Verb
    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListShifts:
    """Tell what is open; with ``more``, what did not fit into the last answer."""

    more: bool = False


@dataclass(frozen=True)
class MyShifts:
    """Tell what the sender has."""


@dataclass(frozen=True)
class CallMe:
    """Have a person call; ``words`` is what else the employee wrote."""

    words: str


@dataclass(frozen=True)
class SayYes:
    """Yes to what was offered. ``casual``: "OK, thanks" may be no more than thanks for what was said."""

    casual: bool = False


@dataclass(frozen=True)
class SayNo:
    """No to what was offered."""


@dataclass(frozen=True)
class HowTo:
    """A greeting, or a question what this is."""


@dataclass(frozen=True)
class Thanks:
    """Nothing is wanted."""


@dataclass(frozen=True)
class FreeText:
    """Words for a person."""


@dataclass(frozen=True)
class Unclear:
    """Shifts are named, and it does not show what is wanted of them."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class OptOut:
    """No more texts. The carrier or the messaging service answers, unless the number manages its opt-outs itself."""


@dataclass(frozen=True)
class OptIn:
    """Texts again; answered like ``OptOut``."""


@dataclass(frozen=True)
class AskForHelp:
    """Who is this; answered like ``OptOut``."""


Intent = OnShifts | ListShifts | MyShifts | CallMe | SayYes | SayNo | HowTo | Thanks | FreeText | Unclear
"""What somebody may want of us."""


CarrierCommand = OptOut | OptIn | AskForHelp
"""What belongs to the carrier."""
