"""Finds the employees whom a fill plan may text now, in the order of the plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shift_sms_runtime.campaigns.ports import SegmentMembers
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.employees.recipients import MAX_NUMBER_LENGTH
from shift_sms_runtime.fill_plans.eligibility import Candidate, ContactHistory, SkipReason, why_skipped
from shift_sms_runtime.fill_plans.fill_contact import FillContact
from shift_sms_runtime.fill_plans.ports import FillContacts, LastDeliveries
from shift_sms_runtime.fill_plans.ranking import ranked
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.ports import EmployeeBookingsStore
from shift_sms_runtime.shifts.shift import Shift

_MAY_END = (None, SkipReason.DAILY_LIMIT, SkipReason.QUIET_HOURS)
"""The reasons that end without a change of data, and no reason."""

NO_ONE_SPARED: Mapping[str, datetime] = {}

_MEMBERS_PER_PAGE = 500
_NEXT_LOOK = timedelta(hours=1)
"""When to look again for employees who have reached the limit of a day."""


@record
class Audience:
    """The members of a segment, divided into those who may be texted now and those who may not."""

    contacts: Sequence[FillContact]
    """In the order of the plan."""
    skipped: Mapping[SkipReason, Sequence[str]]
    quiet_until: datetime | None = None
    """When the first quiet hours end of employees who are skipped for these, or the first employees are not spared.

    None without such employees.
    """
    new_day_at: datetime | None = None
    """When the first new day begins for employees who have reached the limit of one; None without such employees."""

    @property
    def may_grow(self) -> bool:
        """Whether employees are skipped who may be texted later without a change of data."""
        return self.quiet_until is not None or SkipReason.DAILY_LIMIT in self.skipped

    def grows_at(self, now: datetime) -> datetime | None:
        """Returns when employees may be texted who are skipped now; None without a change of data.

        For the daily limit, it is when to look again: at the latest when a new day begins.
        """
        next_look = now + _NEXT_LOOK if SkipReason.DAILY_LIMIT in self.skipped else None
        return min((time for time in (next_look, self.new_day_at, self.quiet_until) if time), default=None)


class AudienceFinder:
    """Reads the members of a segment, and what their eligibility and their order depend on."""

    def __init__(
        self,
        *,
        segment_members: SegmentMembers,
        employees: Employees,
        bookings: EmployeeBookingsStore,
        contacts: FillContacts,
        last_deliveries: LastDeliveries,
        policy: BookingPolicy,
        approved_numbers: frozenset[str],
        texts_per_day: int,
        quiet_hours: QuietHours,
        urgent_overrides_quiet_hours: bool,
    ) -> None:
        """Creates a finder.

        Args:
            segment_members: The members of segments.
            employees: The employees.
            bookings: The bookings of each employee.
            contacts: The texts of fill plans.
            last_deliveries: The numbers whose last text failed.
            policy: The rest and hours that a booking must keep to, and the default time zone.
            approved_numbers: The numbers that are approved without being on the roster.
            texts_per_day: The most texts of fill plans per employee and day; 0 sets no maximum.
            quiet_hours: When employees are not texted.
            urgent_overrides_quiet_hours: Whether urgent plans text employees in quiet hours, too.
        """
        self._segment_members = segment_members
        self._employees = employees
        self._bookings = bookings
        self._contacts = contacts
        self._last_deliveries = last_deliveries
        self._policy = policy
        self._approved_numbers = approved_numbers
        self._texts_per_day = texts_per_day
        self._quiet_hours = quiet_hours
        self._urgent_overrides_quiet_hours = urgent_overrides_quiet_hours

    def find(
        self,
        shift: Shift,
        order: FillOrder,
        segment: str,
        now: datetime,
        *,
        texted: frozenset[str],
        spared: Mapping[str, datetime] = NO_ONE_SPARED,
        seed: str,
    ) -> Audience:
        """Returns the audience of the next wave.

        Args:
            shift: The shift.
            order: The order of the plan.
            segment: The segment.
            now: The time.
            texted: The numbers that the plan has texted.
            spared: Until when numbers are not texted because an earlier plan of the shift has texted them.
            seed: Makes the order `random` one of its own.
        """
        skipped: dict[SkipReason, list[str]] = {}
        candidates: dict[str, Candidate] = {}
        quiet_hours, quiet_until = self._quiet_hours_of(shift), set[datetime | None]()
        new_days, zone = set[datetime](), self._policy.zone
        after: str | None = ""
        while after is not None:
            members, after = self._segment_members.page(segment, after, _MEMBERS_PER_PAGE)
            numbers = dict.fromkeys(_readable(members, skipped))
            repeated = [number for number in numbers if number in texted or number in spared]
            read = [number for number in numbers if number not in texted and number not in candidates]
            if repeated:
                skipped.setdefault(SkipReason.TEXTED_BEFORE, []).extend(repeated)
            for candidate in self._candidates(read) if read else ():
                reason = why_skipped(
                    candidate,
                    shift,
                    self._policy,
                    now,
                    texts_per_day=self._texts_per_day,
                    quiet_hours=quiet_hours,
                )
                if (until := spared.get(candidate.phone_number)) is not None:
                    # It is no use to wait for employees who may not be texted then, either.
                    quiet_until |= {until} if reason in _MAY_END else set()
                    continue
                if reason is None:
                    candidates[candidate.phone_number] = candidate
                else:
                    skipped.setdefault(reason, []).append(candidate.phone_number)
                if reason is SkipReason.QUIET_HOURS:
                    quiet_until.add(candidate.quiet_until(shift, quiet_hours, now))
                elif reason is SkipReason.DAILY_LIMIT:
                    new_days.add(candidate.new_day_at(now, zone))
        order_of = ranked(
            (one.ranking_inputs(shift, now, zone) for one in candidates.values()), order, seed=seed
        )
        contacts = [
            FillContact(
                rank,
                inputs,
                (candidate := candidates[inputs.phone_number]).day(now, zone).isoformat(),
                [day.isoformat() for day in candidate.outdated_days(now, zone)],
            )
            for rank, inputs in enumerate(order_of, 1)
        ]
        return Audience(
            contacts,
            skipped,
            quiet_until=min(filter(None, quiet_until), default=None),
            new_day_at=min(new_days, default=None),
        )

    def _quiet_hours_of(self, shift: Shift) -> QuietHours:
        overrides = shift.fill is not None and shift.fill.texts_in_quiet_hours(
            urgent_overrides=self._urgent_overrides_quiet_hours
        )
        return QuietHours() if overrides else self._quiet_hours

    def _candidates(self, numbers: Sequence[str]) -> list[Candidate]:
        employees = self._employees.of(numbers)
        bookings = self._bookings.of(numbers)
        histories = self._contacts.histories(numbers)
        failures = self._last_deliveries.failures(numbers)
        return [
            Candidate(
                employee := employees.get(number, Employee(number, on_roster=False)),
                employee.on_roster or number in self._approved_numbers,
                bookings[number],
                histories.get(number, ContactHistory()),
                failures.get(number, ""),
            )
            for number in numbers
        ]


def _readable(members: Sequence[str], skipped: dict[SkipReason, list[str]]) -> list[str]:
    """Returns the phone numbers of members. Adds members without one to `skipped`."""
    numbers = []
    for member in members:
        try:
            numbers.append(to_e164(member))
        except NotAPhoneNumber:
            skipped.setdefault(SkipReason.INVALID_NUMBER, []).append(member[:MAX_NUMBER_LENGTH])
    return numbers
