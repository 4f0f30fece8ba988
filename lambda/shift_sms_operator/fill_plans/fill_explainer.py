"""Explains fill plans: whom each wave contacted in which order, whom it skipped, and why.

What a plan decided is stored. Ranking the stored inputs again gives the same order, which `replay` checks.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from shift_sms_operator.fill_plans.views import (
    ContactOutcome,
    ExplainedContact,
    ExplainedSkip,
    ExplainedWave,
    NoFillPlan,
    ReplayedWave,
)
from shift_sms_operator.fill_plans.words import outcome_text, why_ranked, why_skipped
from shift_sms_operator.pages import Page, read_page
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_runtime.employees.recipients import MAX_NUMBER_LENGTH
from shift_sms_runtime.fill_plans.fill_contact import FillContact, PlanProgress
from shift_sms_runtime.fill_plans.ranking import ranked
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.filling.fill_plan import fill_campaign_id
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.tables.deliveries import DELIVERY_RETENTION, DynamoDeliveries
from shift_sms_runtime.tables.employees import DynamoEmployeeRows
from shift_sms_runtime.tables.fill_plans.fill_history import DynamoFillHistory, StoredWave

DEFAULT_WAVES = 5
"""The waves of a page. Each has up to 500 contacts, and the numbers of all skipped employees."""

MAX_WAVES = 20

_MOST_PLANS = 20
_NAMED_SKIPS = 100
"""The employees of each reason whose names are read."""

_BY_STATUS = {
    DeliveryStatus.SENT: ContactOutcome.TEXTED,
    DeliveryStatus.DELIVERED: ContactOutcome.TEXTED,
    DeliveryStatus.STOPPED: ContactOutcome.NOT_TEXTED,
    DeliveryStatus.OPTED_OUT: ContactOutcome.NOT_TEXTED,
}


class FillExplainer:
    """Explains plans. They are kept longer than their shifts, so a shift may be gone."""

    def __init__(
        self,
        *,
        finder: ShiftFinder,
        history: DynamoFillHistory,
        deliveries: DynamoDeliveries,
        employees: DynamoEmployeeRows,
        zone: ZoneInfo,
        clock: Clock,
    ) -> None:
        """Takes what an explanation needs. `zone` is that of the times of a shift that is gone."""
        self._finder = finder
        self._history = history
        self._deliveries = deliveries
        self._employees = employees
        self._zone = zone
        self._clock = clock

    def plans(self, shift_id: str) -> Sequence[PlanProgress]:
        """Returns the last plans of a shift, the newest first, at most 20.

        Raises:
            Refused: there is no such shift.
            NoFillPlan: it has had no plan.
        """
        plans = self._history.plans(shift_id, most=_MOST_PLANS)
        if not plans:
            shift = self._finder.get(shift_id)
            raise NoFillPlan(f"no fill plan of {shift.shift_id} is stored")
        return plans

    def zone(self, shift_id: str) -> tzinfo:
        """Returns the time zone of a shift."""
        shift = self._finder.find(shift_id)
        return shift.zone if shift else self._zone

    def page(
        self, shift_id: str, *, started_at: str = "", limit: int = DEFAULT_WAVES, after: str | None = None
    ) -> Page[ExplainedWave]:
        """Returns waves in their order, the oldest plan first.

        Args:
            shift_id: The shift.
            started_at: The plan; empty for all plans of the shift.
            limit: The most waves.
            after: The cursor of the page before.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        names = _Names(self._employees, most_skipped=_NAMED_SKIPS)
        return self._page(shift_id, {}, names, started_at=started_at, limit=limit, after=after)

    def _page(
        self,
        shift_id: str,
        last_waves: dict[str, Mapping[str, int]],
        names: "_Names",
        *,
        started_at: str = "",
        limit: int = DEFAULT_WAVES,
        after: str | None,
    ) -> Page[ExplainedWave]:
        """Returns a page. `last_waves` keeps the last wave of each employee by plan."""
        shift = self._finder.find(shift_id)
        page = read_page(
            lambda: self._history.waves(
                shift_id, started_at=started_at, limit=min(limit, MAX_WAVES), after=after
            )
        )
        for stored in page.items:
            if stored.started_at not in last_waves:
                last_waves[stored.started_at] = self._history.last_waves(shift_id, stored.started_at)
        explained = (
            self._explained(shift_id, shift, stored, last_waves[stored.started_at], names)
            for stored in page.items
        )
        return Page(tuple(explained), page.cursor)

    def all(self, shift_id: str) -> Iterator[ExplainedWave]:
        """Yields all waves of all plans of a shift, the oldest first. Reads them page by page, and all names."""
        after: str | None = None
        last_waves: dict[str, Mapping[str, int]] = {}
        names = _Names(self._employees)
        while True:
            page = self._page(shift_id, last_waves, names, after=after)
            yield from page.items
            after = page.cursor
            if after is None:
                return

    def replay(self, shift_id: str) -> Iterator[ReplayedWave]:
        """Ranks the stored inputs of all waves again, and yields whether the order is the same."""
        after: str | None = None
        while True:
            waves, after = self._history.waves(shift_id, limit=MAX_WAVES, after=after)
            yield from (_replayed(shift_id, stored) for stored in waves)
            if after is None:
                return

    def _explained(
        self,
        shift_id: str,
        shift: Shift | None,
        stored: StoredWave,
        last_waves: Mapping[str, int],
        read_names: "_Names",
    ) -> ExplainedWave:
        wave, started_at = stored.wave, stored.started_at
        numbers = [contact.phone_number for contact in wave.contacts]
        skipped = self._history.skipped(shift_id, started_at, wave.number)
        names = read_names.of(numbers, skipped)
        contacted = self._history.contacted(shift_id, started_at, wave.number)
        statuses = self._deliveries.statuses(fill_campaign_id(shift_id, started_at), numbers)
        zone = shift.zone if shift else self._zone

        def explained(contact: FillContact) -> ExplainedContact:
            number = contact.phone_number
            status = statuses.get(number)
            outcome = self._outcome(number, contacted, statuses, shift)
            if number in contacted and last_waves.get(number, wave.number) > wave.number:
                # The ledger has one row of an employee, that of the last wave. Only a skipped text is followed by one.
                outcome, status = ContactOutcome.NOT_TEXTED, DeliveryStatus.STOPPED
            since = shift.holders.get(number) if shift else None
            return ExplainedContact(
                contact,
                names.get(number, ""),
                why_ranked(contact.inputs, wave.order, zone),
                outcome,
                outcome_text(outcome, status, since, zone),
                status,
            )

        return ExplainedWave(
            shift_id,
            started_at,
            wave.number,
            wave.at,
            wave.order,
            timedelta(seconds=wave.wait_seconds),
            [explained(contact) for contact in wave.contacts],
            [ExplainedSkip(reason, why_skipped(reason), some) for reason, some in skipped.items()],
            names,
        )

    def _outcome(
        self,
        number: str,
        contacted: Mapping[str, datetime],
        statuses: Mapping[str, DeliveryStatus],
        shift: Shift | None,
    ) -> ContactOutcome:
        place = _place(number, shift) if shift else None
        if place is not None:
            return place
        if number not in contacted:
            return ContactOutcome.LIMITED
        status = statuses.get(number)
        if status is None:
            old = contacted[number] < self._clock() - DELIVERY_RETENTION
            return ContactOutcome.FORGOTTEN if old else ContactOutcome.NOT_TEXTED
        if not status.final:
            return ContactOutcome.WAITING
        return _BY_STATUS.get(status, ContactOutcome.NOT_REACHED)


class _Names:
    """Reads the names of employees, each once."""

    def __init__(self, employees: DynamoEmployeeRows, *, most_skipped: int | None = None) -> None:
        """`most_skipped` is the most employees of each reason whose names are read; None for all."""
        self._employees = employees
        self._most_skipped = most_skipped
        self._known: dict[str, str] = {}

    def of(self, contacted: Sequence[str], skipped: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
        """Returns the names of the employees of a wave that are known, by number."""
        shown = [number for some in skipped.values() for number in some[: self._most_skipped]]
        numbers = [number for number in (*contacted, *shown) if 0 < len(number) <= MAX_NUMBER_LENGTH]
        rows = self._employees.of([number for number in numbers if number not in self._known])
        for number in numbers:
            if number not in self._known:
                self._known[number] = rows[number].name if number in rows else ""
        return {number: self._known[number] for number in numbers if self._known[number]}


def _place(number: str, shift: Shift) -> ContactOutcome | None:
    """Returns how an employee stands with the shift; None without a place in it."""
    if number in shift.holders:
        return ContactOutcome.BOOKED
    if shift.is_awaited_by(number):
        return ContactOutcome.WAITS
    return ContactOutcome.SICK if number in shift.sick_calls else None


def _replayed(shift_id: str, stored: StoredWave) -> ReplayedWave:
    wave = stored.wave
    in_order = [contact.inputs for contact in sorted(wave.contacts, key=lambda one: one.rank)]
    again = ranked(in_order, wave.order, seed=fill_campaign_id(shift_id, stored.started_at))
    differences = (rank for rank, (was, now) in enumerate(zip(in_order, again, strict=True), 1) if was != now)
    return ReplayedWave(stored.started_at, wave.number, len(in_order), next(differences, None))
