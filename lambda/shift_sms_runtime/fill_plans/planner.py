"""Plans the waves of fill plans.

A request says only that a shift may need a wave. The planner decides from the shift and the stored progress, so a
request that arrives twice, late or out of order does no harm. A wave takes several writes, in this order:

1. The wave, with its employees in their order, and the progress. Only one function succeeds, and the wave is never
   decided again.
2. The contacts, each counted for its employee and day.
3. The rows of the Deliveries table, and the work items of the senders.
4. The progress: every text of the wave is queued.

A function that continues after a crash repeats 2 to 4 with the stored wave. Rows that exist stay, and senders skip
settled rows, so no employee is texted twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from shift_sms_runtime.campaigns.counters import Counter
from shift_sms_runtime.campaigns.deliveries import MAX_ROWS_PER_WRITE, NewDelivery
from shift_sms_runtime.campaigns.planner import batches
from shift_sms_runtime.campaigns.ports import CampaignCounters, Deliveries
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.fill_plans.candidates import Audience, AudienceFinder
from shift_sms_runtime.fill_plans.eligibility import SkipReason
from shift_sms_runtime.fill_plans.fill_contact import (
    MAX_CONTACTS_PER_WAVE,
    NO_STATISTICS,
    FillWave,
    PlanProgress,
    SentContact,
)
from shift_sms_runtime.fill_plans.fill_texts import fill_texts, text_version
from shift_sms_runtime.fill_plans.ports import FillContacts
from shift_sms_runtime.fill_plans.progress import due_progress, is_settled, seats_to_fill
from shift_sms_runtime.fill_plans.wave_planner import count_replies, decide_wave
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.queue_messages import Queue
from shift_sms_runtime.shifts.filling.fill_plan import CONTACTED, FillPlan, FillStatus
from shift_sms_runtime.shifts.ports import MIN_TIMER_DELAY, ChangedMeanwhile, Shifts, ShiftTimers
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus

_PASS_SECONDS = 15.0
"""A pass begins only if this much time is left."""

_RECOUNT_DELAY = timedelta(minutes=1)
"""When to count texts again while senders still settle some."""

_WAITING_PER_LOOK = 10
"""A look at texts that wait follows after a tenth of the time for which they have waited."""

_RECOUNTED_FOR = timedelta(hours=1)
"""How long after its last wave the texts of an ended plan are counted again."""


class FillOutcome(StrEnum):
    """The outcome of a request, for the log and metrics."""

    NO_PLAN = "no-plan"
    WAITING = "waiting"
    """The next wave is not due, or the waiting list is asked first."""
    WAVE_QUEUED = "wave-queued"
    ENDED = "ended"


class FillPlanner:
    """Plans one shift per call."""

    def __init__(
        self,
        *,
        shifts: Shifts,
        audience: AudienceFinder,
        contacts: FillContacts,
        deliveries: Deliveries,
        counters: CampaignCounters,
        dispatch: Queue[WorkItem],
        timers: ShiftTimers,
        locales: Locales,
        default_segment: str,
        recipients_per_item: int,
        texts_per_day: int,
        target: timedelta,
        clock: Clock,
    ) -> None:
        """Creates a planner.

        Args:
            shifts: The shifts.
            audience: Finds the employees of a wave.
            contacts: The progress of plans, their waves and contacts.
            deliveries: Takes a row for each text.
            counters: The counts of the texts.
            dispatch: The queue of work items of the senders.
            timers: Schedule the next request of a shift.
            locales: The languages of the texts.
            default_segment: The segment of a plan that names none.
            recipients_per_item: The employees of one work item.
            texts_per_day: The most texts of fill plans per employee and day; 0 sets no maximum.
            target: The time after its start within which half of the plans are to be filled.
            clock: The time.
        """
        self._shifts = shifts
        self._audience = audience
        self._contacts = contacts
        self._deliveries = deliveries
        self._counters = counters
        self._dispatch = dispatch
        self._timers = timers
        self._locales = locales
        self._default_segment = default_segment
        self._recipients_per_item = recipients_per_item
        self._texts_per_day = texts_per_day
        self._target = target
        self._clock = clock

    def plan(self, shift_id: str, deadline: InvocationDeadline) -> FillOutcome:
        """Brings the plan of a shift to its due state, and schedules the next request.

        Raises:
            TryAgainLater: the shift keeps changing, or no time is left for a wave.
        """
        queued = False
        while True:
            if deadline.remaining() < _PASS_SECONDS:
                if not queued:
                    raise TransientFailure("no time left to plan a wave")
                self._timers.set(shift_id, self._clock() + MIN_TIMER_DELAY)
                return FillOutcome.WAVE_QUEUED
            try:
                outcome = self._run_pass(shift_id)
            except ChangedMeanwhile:
                continue
            if outcome is FillOutcome.WAVE_QUEUED:
                queued = True
            elif outcome is not None:
                return FillOutcome.WAVE_QUEUED if queued else outcome

    def _run_pass(self, shift_id: str) -> FillOutcome | None:
        """Makes one step. Returns None if another pass has to follow, which sees what this one has written.

        A pass follows a wave, too, and sets the timer.
        """
        shift, now = self._shifts.get(shift_id), self._clock()
        fill = shift.fill if shift else None
        if shift is None or fill is None or not _may_have_plan(shift):
            self._timers.clear(shift_id)
            return FillOutcome.NO_PLAN
        stored = self._contacts.progress(shift_id, fill.started_at) if fill.started_at else None
        progress = due_progress(shift, stored, now)
        if progress is None:
            self._timers.clear(shift_id)
            return FillOutcome.NO_PLAN
        if progress != stored or not is_settled(shift, progress):
            self._write_status(shift, fill, progress, now)
            return None
        if progress.status is not FillStatus.RUNNING:
            return self._end(shift, fill, progress, now)
        return self._run(shift, fill, progress, now)

    def _run(self, shift: Shift, fill: FillPlan, progress: PlanProgress, now: datetime) -> FillOutcome | None:
        """Completes the wave that was begun, waits for the next one, or begins it."""
        if not progress.queued:
            self._queue_wave(shift, progress, now)
            return FillOutcome.WAVE_QUEUED
        if not seats_to_fill(shift):
            # A claim, a lapsed offer or a drop changes the shift, and so leads to the next request.
            self._set_timer(shift, None)
            return FillOutcome.WAITING
        waits = progress.next_wave_at is not None and now < progress.next_wave_at
        if waits and not self._waits_for_nothing(shift, progress):
            self._write_contacted(shift, fill, self._summary(progress))
            self._set_timer(shift, progress.next_wave_at)
            return FillOutcome.WAITING
        return self._begin_wave(shift, fill, progress, now)

    def _waits_for_nothing(self, shift: Shift, progress: PlanProgress) -> bool:
        """Returns whether a plan that waits for quiet hours to end has become urgent, and may text in them."""
        return (
            self._audience.overrides_quiet_hours(shift)
            and progress.waves > 0
            and not self._contacts.wave(progress).contacts
            and SkipReason.QUIET_HOURS in self._contacts.skipped(progress)
        )

    def _begin_wave(
        self, shift: Shift, fill: FillPlan, progress: PlanProgress, now: datetime
    ) -> FillOutcome | None:
        """Decides the next wave and queues it. Without anyone to text, ends the plan or waits."""
        segment, contacted = self._segment(fill), self._texted(progress)
        audience = self._audience.find(
            shift, fill.order, segment, now, texted=frozenset(contacted), seed=progress.campaign_id
        )
        if not audience.contacts:
            self._text_no_one(shift, fill, progress, audience, now)
            return None
        decided = decide_wave(
            shift,
            fill,
            progress,
            eligible=len(audience.contacts),
            contacted=contacted,
            statistics=self._contacts.statistics(segment),
            segments_per_text=max(
                measure(body).segments for body in fill_texts(shift, self._locales).values()
            ),
            target=self._target,
            now=now,
            quiet_until=audience.quiet_until,
        )
        wanted, wait = audience.contacts[: max(1, decided.size)], decided.wait
        chosen = wanted[:MAX_CONTACTS_PER_WAVE]
        if len(wanted) > len(chosen):
            wait = timedelta()
        wave = FillWave(
            progress.waves + 1,
            now,
            fill.order,
            chosen,
            wait.total_seconds(),
            audience.skipped,
            [contact.inputs for contact in audience.contacts[len(chosen) :]],
        )
        begun = replace(progress, waves=wave.number, queued=False)
        self._contacts.begin_wave(begun, wave, now=now)
        self._queue(shift, replace(begun, version=begun.version + 1), wave, now)
        return FillOutcome.WAVE_QUEUED

    def _text_no_one(
        self, shift: Shift, fill: FillPlan, progress: PlanProgress, audience: Audience, now: datetime
    ) -> None:
        """Ends the plan, or waits. Stores a wave without contacts, which has the reason of each skipped employee."""
        later = self._next_look(shift, progress, audience, now)
        wait = later - now if later else timedelta()
        number = progress.waves + 1
        wave = FillWave(number, now, fill.order, (), wait.total_seconds(), audience.skipped)
        if later is None:
            ended = replace(progress, waves=number, status=FillStatus.EXHAUSTED)
            self._write_status(shift, fill, ended, now, wave)
        elif (audience.may_grow or self._waits_for_nothing(shift, progress)) and not self._is_stored(
            progress, wave
        ):
            waiting = replace(progress, waves=number, next_wave_at=later)
            self._contacts.begin_wave(waiting, wave, now=now)
        else:
            self._contacts.save_progress(replace(progress, next_wave_at=later), now=now)

    def _is_stored(self, progress: PlanProgress, wave: FillWave) -> bool:
        """Returns whether the last wave texted no one, for the same reasons: an earlier look of the same wait."""
        if not progress.waves or self._contacts.wave(progress).contacts:
            return False
        return self._contacts.skipped(progress) == wave.skipped

    def _next_look(
        self, shift: Shift, progress: PlanProgress, audience: Audience, now: datetime
    ) -> datetime | None:
        """Returns when to decide the next wave although the audience is empty; None if the plan is exhausted."""
        later = audience.grows_at(now)
        if later is not None and (shift.fill_by is None or later < shift.fill_by):
            return later
        if not self._summary(progress)["waiting"]:
            return None
        # Senders skip the texts of an exhausted plan. A text may wait for hours, so later looks are rarer.
        waited = now - self._contacts.wave(progress).at
        look = now + max(_RECOUNT_DELAY, waited / _WAITING_PER_LOOK)
        return look if shift.fill_by is None else min(look, shift.fill_by)

    def _queue_wave(self, shift: Shift, progress: PlanProgress, now: datetime) -> None:
        """Queues a wave that an earlier function has begun."""
        self._queue(shift, progress, self._contacts.wave(progress), now)

    def _queue(self, shift: Shift, progress: PlanProgress, wave: FillWave, now: datetime) -> None:
        numbers = self._contacts.add_contacts(
            progress, wave.contacts, texts_per_day=self._texts_per_day, now=now
        )
        waiting: list[str] = []
        for batch in batches(numbers, MAX_ROWS_PER_WRITE):
            rows = [NewDelivery(number, DeliveryStatus.QUEUED) for number in batch]
            # Employees whom a sender skipped while no seat was free were not texted.
            waiting += self._deliveries.add(progress.campaign_id, rows, requeue_stopped=True, now=now)
        in_order = [number for number in numbers if number in set(waiting)]
        self._dispatch.put(self._work_items(shift, progress, in_order))
        queued = replace(progress, queued=True, next_wave_at=now + timedelta(seconds=wave.wait_seconds))
        self._contacts.save_progress(queued, now=now)

    def _work_items(self, shift: Shift, progress: PlanProgress, numbers: Sequence[str]) -> list[WorkItem]:
        bodies = fill_texts(shift, self._locales)
        default = bodies.pop(self._locales.default.language)
        segments = max(measure(body).segments for body in (default, *bodies.values()))
        return [
            WorkItem(
                progress.campaign_id,
                progress.started_at,
                default,
                segments,
                tuple(recipients),
                shift.shift_id,
                languages=tuple(bodies),
                bodies=tuple(bodies.values()),
                text_version=text_version(shift),
            )
            for recipients in batches(numbers, self._recipients_per_item)
        ]

    def _segment(self, fill: FillPlan) -> str:
        return fill.segment or self._default_segment

    def _write_status(
        self,
        shift: Shift,
        fill: FillPlan,
        progress: PlanProgress,
        now: datetime,
        wave: FillWave | None = None,
    ) -> None:
        """Writes the status of a plan, with a wave that texts no one.

        When the plan ends, counts its texts for the sizes of later waves.
        """
        statistics = NO_STATISTICS
        if progress.status is not FillStatus.RUNNING and progress.waves > progress.counted_waves:
            segment = self._segment(fill)
            statistics = count_replies(
                shift,
                progress,
                self._sent(progress),
                segment,
                statistics=self._contacts.statistics(segment),
                now=now,
            )
            progress = replace(progress, counted_waves=progress.waves)
        contacted = _contacted_in(self._summary(progress))
        self._contacts.write_status(
            shift, progress, contacted=contacted, now=now, statistics=statistics, wave=wave
        )

    def _end(self, shift: Shift, fill: FillPlan, progress: PlanProgress, now: datetime) -> FillOutcome | None:
        """Counts the texts of a plan that does not run. Senders may still skip some."""
        if not progress.queued:
            # Rows of the wave may be in no work item. A plan that is resumed decides a new wave.
            numbers = [one.phone_number for one in self._contacts.wave(progress).contacts]
            reason = f"the fill plan is {progress.status}"
            self._deliveries.skip(progress.campaign_id, numbers, DeliveryStatus.STOPPED, reason, now=now)
            self._contacts.save_progress(replace(progress, queued=True, next_wave_at=now), now=now)
            return None
        summary = self._summary(progress)
        self._write_contacted(shift, fill, summary)
        last_wave_at = progress.next_wave_at
        recounting = last_wave_at is not None and now < last_wave_at + _RECOUNTED_FOR
        if recounting and summary["waiting"]:
            self._timers.set(shift.shift_id, now + _RECOUNT_DELAY)
        else:
            self._timers.clear(shift.shift_id)
        return FillOutcome.ENDED

    def _texted(self, progress: PlanProgress) -> Mapping[str, SentContact]:
        """Returns the contacts that the plan has texted, or is about to text."""
        contacted = self._contacts.contacted(progress) if progress.waves else {}
        # An ended plan may have stored contacts without a row. Other contacts were skipped by senders.
        if not contacted or _contacted_in(self._summary(progress)) == len(contacted):
            return contacted
        statuses = self._deliveries.statuses(progress.campaign_id, [*contacted])
        return {
            number: contact
            for number, contact in contacted.items()
            if statuses.get(number) not in (None, DeliveryStatus.STOPPED)
        }

    def _sent(self, progress: PlanProgress) -> Mapping[str, SentContact]:
        """Returns the contacts whose texts were sent."""
        contacted = self._contacts.contacted(progress)
        statuses = self._deliveries.statuses(progress.campaign_id, [*contacted])
        return {
            number: contact
            for number, contact in contacted.items()
            if statuses.get(number) in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
        }

    def _write_contacted(self, shift: Shift, fill: FillPlan, summary: Mapping[str, int]) -> None:
        contacted = _contacted_in(summary)
        if contacted != fill.contacted:
            self._shifts.write_attributes(shift, {CONTACTED: contacted})

    def _summary(self, progress: PlanProgress) -> Mapping[str, int]:
        """Returns the counts of the texts of a plan. A plan without waves has no rows to read."""
        return summarize(self._counters.rows(progress.campaign_id) if progress.waves else ())

    def _set_timer(self, shift: Shift, at: datetime | None) -> None:
        """Schedules the next request at a time, at the latest when the plan ends."""
        due = min((time for time in (at, shift.fill_by) if time), default=None)
        if due is None:
            self._timers.clear(shift.shift_id)
        else:
            self._timers.set(shift.shift_id, max(due, self._clock() + MIN_TIMER_DELAY))


def _contacted_in(summary: Mapping[str, int]) -> int:
    """Returns how many people the plan texted, or is about to text."""
    return summary[Counter.TARGETED] - summary[Counter.STOPPED] - summary[Counter.OPTED_OUT]


def _may_have_plan(shift: Shift) -> bool:
    """Returns whether the plan of a shift can run or end.

    Any other status that an operator wrote pauses it. A mistake in the item pauses it, too.
    """
    return not shift.problems and shift.status in (*DERIVED_STATUSES, ShiftStatus.CANCELED)
