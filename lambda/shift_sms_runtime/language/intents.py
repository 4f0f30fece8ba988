"""The intents: everything that a text can mean, one type each."""

from enum import StrEnum

from shift_sms_runtime.records import record


class ShiftAction(StrEnum):
    """What an employee asks to do with the shifts that a text names."""

    BOOK = "book"
    DROP = "drop"
    WAIT = "wait"
    INFO = "info"
    SICK = "sick"
    """Give the shifts back because of sickness. Without a code, it concerns the only one that the sender has."""


@record
class ShiftCommand:
    """Apply an action to the shifts that the text names. Without `codes` and `unknown`, the text names none."""

    action: ShiftAction
    codes: tuple[str, ...] = ()
    """Ids of known shifts in the order typed, without repetitions."""
    unknown: tuple[str, ...] = ()
    """Words that look like codes and match no shift."""


class DaysWanted(StrEnum):
    """The days on which the listed shifts begin, seen from the day of the text."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEKEND = "weekend"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@record
class ShiftFilter:
    """Which of the open shifts to list."""

    days: DaysWanted | None = None
    """The days on which a shift begins; None for any day."""
    words: tuple[str, ...] = ()
    """Words in lower case that may be a site or a role, in the order typed."""


@record
class ListShifts:
    """List the open shifts."""

    more: bool = False
    """Whether to continue after the last page."""
    filter: ShiftFilter | None = None
    """Which shifts to list; None for all."""


@record
class ListOwnShifts:
    """List the shifts that the employee has booked."""


@record
class RequestCallback:
    """Have an agent call the employee."""

    words: str
    """The text after the command word."""


@record
class SayYes:
    """Accept what the last text offered."""

    may_only_acknowledge: bool = False
    """Whether the text may only acknowledge ours, like "OK, thanks"."""
    is_symbol: bool = False
    """Whether yes is a thumb up or a similar symbol, which needs no reply unless it accepts an offer."""


@record
class SayNo:
    """Decline what the last text offered."""

    sick: bool = False
    """Whether the words say that the sender is sick: without an offer, they are a sick call."""


@record
class HowTo:
    """A greeting, or a question about how to use the service."""


@record
class Thanks:
    """Thanks that need no reply."""


@record
class FreeText:
    """None of the other intents: a person has to read the text."""

    about: tuple[str, ...] = ()
    """Ids of known shifts that the text names: "what is the pay for XYZ123?"."""


@record
class Unclear:
    """The text names shifts, but it is not clear what to do with them.

    Or it says that the sender cannot come, and names no shift.
    """

    codes: tuple[str, ...]
    may_give_back: bool = False
    """Whether the words may say that the sender cannot or does not want to work: then no shift is offered."""
    sick: bool = False
    """Whether the words say that the sender is sick: then the sender's own shift is given back."""


@record
class UrgentText:
    """The text reports an accident, a fire or another emergency: an operator has to read it at once."""


@record
class OptOut:
    """Stop sending texts. Unless the number manages its own opt-outs, the carrier or AWS replies to a keyword."""

    in_words: bool = False
    """Whether the text says it in plain words, which neither the carrier nor AWS reads as an opt-out."""


@record
class OptIn:
    """Start sending texts again. `OptOut` says who replies."""


@record
class AskForHelp:
    """Say who sends the texts. `OptOut` says who replies."""


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
    | UrgentText
    | CarrierIntent
)
"""What a text means."""
