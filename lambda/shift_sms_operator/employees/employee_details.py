"""Everything that the tables have of one employee: bookings, waiting lists, offers and recent texts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.tables.operator_employees import (
    DynamoEmployeeHistory,
    EmployeeShifts,
    EmployeeTexts,
)

_MAX_TEXTS = 200
"""The texts of a kind that are read. They are kept for 15 days."""

SHOWN_TEXTS = 20
"""The latest texts are shown."""


@dataclass(frozen=True)
class BookedShift:
    """A seat that an employee has."""

    shift: Shift
    booked_at: datetime | None
    """None if an operator assigned the seat by hand."""
    campaign_id: str | None


@dataclass(frozen=True)
class EmployeeText:
    """A text from an employee or to them."""

    at: datetime
    from_employee: bool
    kind: str
    """`text`, `reply`, `operator-reply`, `campaign`, or the kind of a notice."""
    text: str
    """Empty if it is not stored: the body of a notice, and a text from the employee that no person has to read."""
    status: str
    about: str = ""
    """The campaign, or the shift of a notice."""


@dataclass(frozen=True)
class EmployeeDetails:
    """What the tables have of an employee."""

    row: EmployeeRow
    segments: tuple[str, ...]
    bookings: tuple[BookedShift, ...]
    """The shifts that are not over, the next one first."""
    waiting: tuple[Shift, ...]
    offers: tuple[Shift, ...]
    texts: tuple[EmployeeText, ...]
    """The latest one first."""


class EmployeeHistory:
    """Reads what the tables have of one employee."""

    def __init__(self, history: DynamoEmployeeHistory, clock: Clock) -> None:
        self._history = history
        self._clock = clock

    def details(self, row: EmployeeRow, segments: tuple[str, ...]) -> EmployeeDetails:
        """Returns the details of an employee."""
        number, now = row.phone_number, self._clock()
        found = self._history.shifts_of(number)
        shifts = sorted(found.shifts.values(), key=_start)
        texts = sorted(
            _texts(self._history.texts_of(number, limit=_MAX_TEXTS)), key=lambda one: one.at, reverse=True
        )
        return EmployeeDetails(
            row,
            segments,
            tuple(_booked(shift, number, found) for shift in shifts if _has_seat(shift, number, now)),
            tuple(shift for shift in shifts if number in shift.waiting),
            tuple(shift for shift in shifts if number in shift.offers),
            tuple(texts[:SHOWN_TEXTS]),
        )


def _start(shift: Shift) -> tuple[datetime, str]:
    return shift.starts_at or datetime.max.replace(tzinfo=UTC), shift.shift_id


def _has_seat(shift: Shift, number: str, now: datetime) -> bool:
    return number in shift.holders and not shift.is_over(now)


def _booked(shift: Shift, number: str, found: EmployeeShifts) -> BookedShift:
    booking = found.bookings.by_shift.get(shift.shift_id)
    return BookedShift(shift, shift.holders[number], booking.campaign_id if booking else None)


def _texts(texts: EmployeeTexts) -> Iterator[EmployeeText]:
    inbox = {str(item["message_id"]): item for item in texts.inbox}
    for text in texts.stored:
        item = inbox.get(text.reply_id, {})
        match text.kind:
            case ReplyKind.INBOUND:
                # The reply is queued when the text is handled.
                yield EmployeeText(text.queued_at, True, "text", str(item.get("text", "")), "handled")
                yield EmployeeText(text.queued_at, False, "reply", text.body, text.status)
            case ReplyKind.OPERATOR_REPLY:
                body = str(item.get("reply", ""))
                yield EmployeeText(text.queued_at, False, "operator-reply", body, text.status)
            case _:
                kind, _, occasion = text.reply_id.partition("#")
                yield EmployeeText(text.queued_at, False, kind, "", text.status, occasion.rpartition("#")[0])
    yield from _campaign_text(texts.campaign)


def _campaign_text(campaign: Mapping[str, Any]) -> Iterator[EmployeeText]:
    delivery = campaign.get("delivery", {})
    at = delivery.get("settled_at") or delivery.get("queued_at")
    if at:
        body, status = str(campaign.get("campaign_message", "")), str(delivery.get("status", ""))
        time = datetime.fromisoformat(str(at))
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        yield EmployeeText(time, False, "campaign", body, status, str(campaign["campaign_id"]))
