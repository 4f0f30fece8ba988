"""Explains fill plans: whom each wave contacted in which order, whom it did not reach or skipped, and why.

What a plan decided is stored. Ranking the stored inputs of all whom a wave could have texted gives the same order and
the same choice, which `replay` checks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_runtime.employees.recipients import MAX_NUMBER_LENGTH
from shift_sms_runtime.fill_plans.fill_contact import FillContact, FillWave, PlanProgress
from shift_sms_runtime.fill_plans.ranking import RankingInputs, ranked
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
LISTED = 100
"""The employees of each reason, and those not reached, whose names a page has."""

_BY_STATUS = {
    DeliveryStatus.SENT: ContactOutcome.TEXTED,
    DeliveryStatus.DELIVERED: ContactOutcome.TEXTED,
    DeliveryStatus.STOPPED: ContactOutcome.NOT_TEXTED,
    DeliveryStatus.OPTED_OUT: ContactOutcome.NOT_TEXTED,
}


@dataclass
class _Reading:
    """What is read for several waves."""

    complete: bool
    """Whether everyone is listed with the name."""
    last_waves: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """The last wave of each employee, by plan."""
    names: dict[str, str] = field(default_factory=dict)
    """Empty for a number without a name."""


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
        self,
        shift_id: str,
        *,
        started_at: str = "",
        limit: int = DEFAULT_WAVES,
        after: str | None = None,
        complete: bool = False,
    ) -> Page[ExplainedWave]:
        """Returns waves in their order, the oldest plan first.

        Args:
            shift_id: The shift.
            started_at: The plan; empty for all plans of the shift.
            limit: The most waves.
            after: The cursor of the page before.
            complete: Whether to list all employees, with their names. By default the first `LISTED` of those who were
                not reached have a place, and the first `LISTED` of each reason have a name.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return self._page(shift_id, _Reading(complete), started_at=started_at, limit=limit, after=after)

    def _page(
        self,
        shift_id: str,
        reading: _Reading,
        *,
        started_at: str = "",
        limit: int = DEFAULT_WAVES,
        after: str | None,
    ) -> Page[ExplainedWave]:
        shift = self._finder.find(shift_id)
        page = read_page(
            lambda: self._history.waves(
                shift_id, started_at=started_at, limit=min(limit, MAX_WAVES), after=after
            )
        )
        for stored in page.items:
            if stored.started_at not in reading.last_waves:
                reading.last_waves[stored.started_at] = self._history.last_waves(shift_id, stored.started_at)
        explained = (self._explained(shift_id, shift, stored, reading) for stored in page.items)
        return Page(tuple(explained), page.cursor)

    def all(self, shift_id: str) -> Iterator[ExplainedWave]:
        """Yields all waves of all plans of a shift with everyone, the oldest first. Reads them page by page."""
        after: str | None = None
        reading = _Reading(complete=True)
        while True:
            page = self._page(shift_id, reading, limit=1, after=after)
            yield from page.items
            after = page.cursor
            if after is None:
                return

    def replay(self, shift_id: str) -> Iterator[ReplayedWave]:
        """Ranks the stored inputs of all waves again, and yields whether the order and the choice are the same."""
        after: str | None = None
        while True:
            waves, after = self._history.waves(shift_id, limit=MAX_WAVES, after=after)
            for stored in waves:
                unreached = self._history.all_unreached(shift_id, stored.started_at, stored.wave.number)
                yield _replayed(shift_id, stored, unreached)
            if after is None:
                return

    def unreached(
        self, shift_id: str, started_at: str, wave: int, *, start: int = 0, most: int = LISTED
    ) -> Page[ExplainedContact]:
        """Returns employees whom a wave could have texted, but did not reach, in the order of the plan.

        Args:
            shift_id: The shift.
            started_at: The plan.
            wave: The number of the wave.
            start: The place in the list, from 0.
            most: The most employees.

        Raises:
            Refused: there is no such wave.
        """
        stored = self._history.wave(shift_id, started_at, wave)
        if stored is None:
            raise Refused(f"no wave {wave} of the plan {started_at} of {shift_id} is stored")
        inputs = self._history.unreached(shift_id, started_at, wave, start=start, most=most)
        names: dict[str, str] = {}
        self._read_names([one.phone_number for one in inputs], names)
        listed = _unreached(stored.wave, inputs, names, self.zone(shift_id), start=start)
        end = start + len(listed)
        return Page(tuple(listed), str(end) if listed and end < stored.unreached else None)

    def _explained(
        self, shift_id: str, shift: Shift | None, stored: StoredWave, reading: _Reading
    ) -> ExplainedWave:
        wave, started_at = stored.wave, stored.started_at
        numbers = [contact.phone_number for contact in wave.contacts]
        skipped = self._history.skipped(shift_id, started_at, wave.number)
        unreached: Sequence[RankingInputs] = ()
        if reading.complete:
            unreached = [*self._history.all_unreached(shift_id, started_at, wave.number)]
        elif stored.unreached:
            unreached = self._history.unreached(shift_id, started_at, wave.number, most=LISTED)
        most = None if reading.complete else LISTED
        shown = (number for some in skipped.values() for number in some[:most])
        self._read_names([*numbers, *(one.phone_number for one in unreached), *shown], reading.names)
        names = reading.names
        contacted = self._history.contacted(shift_id, started_at, wave.number)
        statuses = self._deliveries.statuses(fill_campaign_id(shift_id, started_at), numbers)
        zone = shift.zone if shift else self._zone

        def explained(contact: FillContact) -> ExplainedContact:
            number = contact.phone_number
            status = statuses.get(number)
            outcome = self._outcome(number, contacted, statuses, shift)
            if number in contacted and reading.last_waves[started_at].get(number, wave.number) > wave.number:
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
            stored.eligible,
            _unreached(wave, unreached, names, zone),
            {number: name for number, name in names.items() if name},
        )

    def _read_names(self, numbers: Iterable[str], names: dict[str, str]) -> None:
        """Adds the names of employees to those that are known."""
        new = [
            one for one in dict.fromkeys(numbers) if one not in names and 0 < len(one) <= MAX_NUMBER_LENGTH
        ]
        rows = self._employees.of(new) if new else {}
        names.update({number: rows[number].name if number in rows else "" for number in new})

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
        return _BY_STATUS.get(status, ContactOutcome.UNDELIVERED)


def _place(number: str, shift: Shift) -> ContactOutcome | None:
    """Returns how an employee stands with the shift; None without a place in it."""
    if number in shift.holders:
        return ContactOutcome.BOOKED
    if shift.is_awaited_by(number):
        return ContactOutcome.WAITS
    if number in shift.sick_calls:
        return ContactOutcome.SICK
    return ContactOutcome.GAVE_BACK if number in shift.given_back else None


def _unreached(
    wave: FillWave,
    inputs: Sequence[RankingInputs],
    names: Mapping[str, str],
    zone: tzinfo,
    *,
    start: int = 0,
) -> list[ExplainedContact]:
    """Explains employees whom a wave did not reach. `start` is the place of the first one among them, from 0."""
    outcome = ContactOutcome.NOT_REACHED
    return [
        ExplainedContact(
            FillContact(rank, one, ""),
            names.get(one.phone_number, ""),
            why_ranked(one, wave.order, zone),
            outcome,
            outcome_text(outcome, None, None, zone),
        )
        for rank, one in enumerate(inputs, len(wave.contacts) + start + 1)
    ]


def _replayed(shift_id: str, stored: StoredWave, unreached: Iterable[RankingInputs]) -> ReplayedWave:
    wave = stored.wave
    chosen = [contact.inputs for contact in sorted(wave.contacts, key=lambda one: one.rank)]
    in_order = [*chosen, *unreached]
    again = ranked(in_order, wave.order, seed=fill_campaign_id(shift_id, stored.started_at))
    differences = (rank for rank, (was, now) in enumerate(zip(in_order, again, strict=True), 1) if was != now)
    return ReplayedWave(
        stored.started_at,
        wave.number,
        len(chosen),
        stored.eligible,
        next(differences, None),
        stored.eligible - len(in_order),
    )
