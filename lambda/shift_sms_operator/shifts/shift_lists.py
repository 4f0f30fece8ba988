"""Lists shifts in the order of their start, and shows single ones. A page reads a limited number of items."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shift_sms_operator.audit.audit_trail import AuditTrail
from shift_sms_operator.pages import DEFAULT_LIMIT, Page, read_page
from shift_sms_operator.shifts.shift_drafts import ShiftDrafts
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_operator.shifts.shift_views import ShiftDetails
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.aws.cursors import cursor_of, start_key
from shift_sms_runtime.employees.recipients import MAX_NUMBER_LENGTH
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.ports import Outbox
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.notices import assignment_notice
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import listed_from
from shift_sms_runtime.tables.employees import DynamoEmployeeRows
from shift_sms_runtime.tables.shifts import DynamoShifts

MAX_READ = 1000
"""The shifts that one page reads. With a filter that few shifts match, a page may have none and a cursor."""

_BATCH = 100
_EARLIEST, _LATEST = " ", "~"
"""Positions before and after all shifts. A value of a key cannot be empty."""

_ZONES_AHEAD, _ZONES_BEHIND = timedelta(hours=14), timedelta(hours=12)
"""A day begins first at UTC+14 and last at UTC-12. Source: the IANA time zone database."""

_LAST_CHANGES = 10
_MOST_NAMES = 50


@dataclass(frozen=True)
class ShiftQuery:
    """Which shifts to list. By default all of them."""

    day: date | None = None
    """The day of the start, where the shift is."""
    since: datetime | None = None
    """Shifts that start at this time or later. Those without a start come last."""
    site: str = ""
    """Without case."""
    role: str = ""
    """Without case."""
    statuses: frozenset[str] = frozenset()

    def accepts(self, shift: Shift) -> bool:
        """Returns whether a shift is listed."""
        return (
            (self.day is None or _day_of(shift) == self.day)
            and (not self.site or shift.site.casefold() == self.site.casefold())
            and (not self.role or shift.role.casefold() == self.role.casefold())
            and (not self.statuses or shift.status in self.statuses)
        )

    @property
    def first_position(self) -> str:
        """The position before the first shift that can match."""
        if self.day is not None:
            return listed_from(_midnight(self.day) - _ZONES_AHEAD)
        return listed_from(self.since) if self.since else _EARLIEST

    @property
    def last_position(self) -> str:
        """The position behind the last shift that can match."""
        if self.day is None:
            return _LATEST
        return listed_from(_midnight(self.day) + timedelta(days=1) + _ZONES_BEHIND)


class ShiftLists:
    """Lists and shows shifts."""

    def __init__(
        self,
        *,
        finder: ShiftFinder,
        shifts: DynamoShifts,
        employees: DynamoEmployeeRows,
        outbox: Outbox,
        audit_trail: AuditTrail,
        drafts: ShiftDrafts,
        policy: BookingPolicy,
        clock: Clock,
    ) -> None:
        self._finder = finder
        self._shifts = shifts
        self._employees = employees
        self._outbox = outbox
        self._audit_trail = audit_trail
        self._drafts = drafts
        self._policy = policy
        self._clock = clock

    def page(self, query: ShiftQuery, *, limit: int = DEFAULT_LIMIT, after: str | None = None) -> Page[Shift]:
        """Returns one page of shifts as they are now, in the order of their start.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return read_page(lambda: self._read(query, limit, after))

    def all(self) -> list[Shift]:
        """Returns all shifts in the order of their start, with one read of the whole table."""
        return sorted(self._shifts.all(), key=_order)

    def shift(self, shift_id: str) -> Shift:
        """Returns one shift as it is now.

        Raises:
            Refused: there is no such shift.
        """
        return self._finder.get(shift_id)

    def details(self, shift_id: str) -> ShiftDetails:
        """Returns everything of one shift.

        Raises:
            Refused: there is no such shift.
        """
        shift = self._finder.get(shift_id)
        numbers = [*shift.holders, *shift.offers, *shift.waiting, *shift.canceled_for]
        now = self._clock()
        notices = {
            number: assignment_notice(shift, number, since, self._policy, now)
            for number, since in shift.holders.items()
            if since is not None and len(number) <= MAX_NUMBER_LENGTH
        }
        statuses = self._outbox.statuses([one.key for one in notices.values()]) if notices else {}
        return ShiftDetails(
            shift,
            self._drafts.preview(shift),
            self._employees.of([one for one in numbers if len(one) <= MAX_NUMBER_LENGTH]) if numbers else {},
            {number: statuses[one.key] for number, one in notices.items() if one.key in statuses},
            self._audit_trail.of_subject(Subject.SHIFT.of(shift_id), zone=shift.zone, limit=_LAST_CHANGES),
        )

    def names(self, shifts: Iterable[Shift]) -> Mapping[str, str]:
        """Returns the names of those who have a seat, by number. One call reads at most 50 of them."""
        numbers = dict.fromkeys(number for shift in shifts for number in shift.holders)
        wanted = [one for one in numbers if len(one) <= MAX_NUMBER_LENGTH][:_MOST_NAMES]
        rows = self._employees.of(wanted) if wanted else {}
        return {number: row.name for number, row in rows.items() if row.name}

    def _read(self, query: ShiftQuery, limit: int, after: str | None) -> tuple[list[Shift], str | None]:
        key = start_key(after, "position").get("ExclusiveStartKey")
        position = key["position"]["S"] if key else query.first_position
        found: list[Shift] = []
        # A short list reads little more than it shows, unless few shifts match.
        most, read = min(_BATCH, 2 * limit), 0
        while read < MAX_READ:
            batch = self._shifts.ids_by_start(after=position, before=query.last_position, most=most)
            shifts = {shift.shift_id: shift for shift in self._shifts.of([shift_id for _, shift_id in batch])}
            for one, shift_id in batch:
                shift = shifts.get(shift_id)
                if shift is not None and query.accepts(shift):
                    if len(found) == limit:
                        return found, _cursor(position)
                    found.append(shift)
                position = one
            if len(batch) < most:
                return found, None
            read, most = read + most, _BATCH
        return found, _cursor(position)


def _cursor(position: str) -> str | None:
    return cursor_of({"position": {"S": position}})


def _order(shift: Shift) -> tuple[bool, datetime, str]:
    return shift.starts_at is None, shift.starts_at or datetime.max.replace(tzinfo=UTC), shift.shift_id


def _day_of(shift: Shift) -> date | None:
    return shift.starts_at.astimezone(shift.zone).date() if shift.starts_at else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
