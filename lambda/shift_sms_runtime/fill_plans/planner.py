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

from shift_sms_runtime.campaigns.counters import Counter
from shift_sms_runtime.campaigns.deliveries import MAX_ROWS_PER_WRITE, NewDelivery
from shift_sms_runtime.campaigns.planner import batches
from shift_sms_runtime.campaigns.ports import CampaignCounters, Deliveries
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.fill_plans.candidates import Audience, AudienceFinder
from shift_sms_runtime.fill_plans.fill_contact import (
    MAX_CONTACTS_PER_WAVE,
    NO_STATISTICS,
    FillWave,
    PlanProgress,
)
from shift_sms_runtime.fill_plans.fill_texts import fill_texts, text_version
from shift_sms_runtime.fill_plans.planning.changed_plan import (
    with_changes,
    with_decided_wave,
    without_audience,
)
from shift_sms_runtime.fill_plans.planning.plan_state import (
    FillOutcome,
    PlanResult,
    PlanState,
    earlier,
    may_have_plan,
)
from shift_sms_runtime.fill_plans.planning.plan_texts import PlanTexts, contacted_in
from shift_sms_runtime.fill_plans.ports import FillContacts
from shift_sms_runtime.fill_plans.progress import due_progress, is_settled, plan_after, seats_to_fill
from shift_sms_runtime.fill_plans.wave_planner import count_replies, decide_wave
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import MIN_TIMER_DELAY, Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.queue_messages import Queue
from shift_sms_runtime.shifts.filling.fill_plan import CONTACTED, FillPlan, FillStatus
from shift_sms_runtime.shifts.ports import ChangedMeanwhile, Shifts, ShiftTimers
from shift_sms_runtime.shifts.shift import Shift

_PASS_SECONDS = 15.0
"""A pass begins only if this much time is left."""

_RECOUNT_DELAY = timedelta(minutes=1)
"""When to count texts again while senders still settle some."""

_WAITING_PER_LOOK = 10
"""A look at texts that wait follows after a tenth of the time for which they have waited."""

_RECOUNTED_FOR = timedelta(hours=1)
"""How long after its last wave the texts of an ended plan are counted again."""


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
        self._texts = PlanTexts(contacts, deliveries, counters)
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
            state = self._read(shift_id)
            try:
                step = self._run_pass(state)
            except ChangedMeanwhile:
                continue
            if step is FillOutcome.WAVE_QUEUED:
                queued = True
            elif isinstance(step, PlanResult):
                self._set_timer(shift_id, step.next_request_at)
                # Another function may have set the timer meanwhile, for a later state.
                if self._read(shift_id).is_as(state):
                    return FillOutcome.WAVE_QUEUED if queued else step.outcome

    def _read(self, shift_id: str) -> PlanState:
        shift = self._shifts.get(shift_id)
        started_at = shift.fill.started_at if shift and shift.fill else ""
        return PlanState(shift, self._contacts.progress(shift_id, started_at) if started_at else None)

    def _run_pass(self, state: PlanState) -> PlanResult | FillOutcome | None:
        """Makes one step. Returns a result at the end. Otherwise another pass follows, which sees what was written."""
        shift, stored, now = state.shift, state.progress, self._clock()
        fill = shift.fill if shift else None
        if shift is None or fill is None or not may_have_plan(shift):
            if stored and stored.status is FillStatus.RUNNING and not stored.interrupted:
                self._contacts.save_progress(replace(stored, interrupted=True), now=now)
                return None
            return PlanResult(FillOutcome.NO_PLAN)
        progress = due_progress(shift, stored, now)
        if progress is None:
            return PlanResult(FillOutcome.NO_PLAN)
        if stored is not None and progress.started_at != stored.started_at:
            self._replace(shift, fill, stored, progress, now)
        elif progress != stored or not is_settled(shift, progress):
            self._write_status(shift, fill, progress, now)
        elif progress.status is not FillStatus.RUNNING:
            return self._end(shift, fill, progress, now)
        else:
            return self._run(shift, fill, progress, now)
        return None

    def _run(
        self, shift: Shift, fill: FillPlan, progress: PlanProgress, now: datetime
    ) -> PlanResult | FillOutcome | None:
        """Completes the wave that was begun, waits for the next one, or begins it."""
        if not progress.queued:
            self._queue_wave(shift, progress, now)
            return FillOutcome.WAVE_QUEUED
        changed = with_changes(progress, shift, fill, now)
        if progress.interrupted:
            changed = replace(changed, interrupted=False, target_from=now)
            if self._texts.summary(progress)[Counter.STOPPED]:
                changed = replace(changed, next_wave_at=now)
        if changed != progress:
            self._contacts.save_progress(changed, now=now)
            return None
        if not seats_to_fill(shift):
            # A claim, a lapsed offer or a drop changes the shift, and so leads to the next request.
            return PlanResult(FillOutcome.WAITING, shift.fill_by)
        if progress.next_wave_at is not None and now < progress.next_wave_at:
            self._write_contacted(shift, fill, self._texts.summary(progress))
            return PlanResult(FillOutcome.WAITING, earlier(progress.next_wave_at, shift.fill_by))
        return self._begin_wave(shift, fill, progress, now)

    def _begin_wave(
        self, shift: Shift, fill: FillPlan, progress: PlanProgress, now: datetime
    ) -> FillOutcome | None:
        """Decides the next wave and queues it. Without anyone to text, ends the plan, replaces it or waits."""
        # Read before the texts, so that a text which a sender skips meanwhile counts as waiting.
        waiting = bool(self._texts.summary(progress)["waiting"])
        segment, contacted = self._segment(fill), self._texts.texted(progress)
        audience = self._audience.find(
            shift,
            fill.order,
            segment,
            now,
            texted=frozenset(contacted),
            spared=self._texts.spared(progress, now),
            seed=progress.campaign_id,
        )
        if not audience.contacts:
            new = None if waiting else plan_after(shift, progress, contacted, now)
            if new is not None:
                self._replace(shift, fill, progress, new, now)
            else:
                later = self._next_look(shift, progress, audience, now, waiting=waiting)
                self._text_no_one(shift, fill, progress, audience, now, later=later)
            return None
        decided_for = with_decided_wave(progress, shift, fill, now)
        decided = decide_wave(
            shift,
            fill,
            decided_for,
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
        size = max(1, decided.size)
        size = min(self._rest(fill, progress) or size, size)
        wanted, wait = audience.contacts[:size], decided.wait
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
            len(wanted) - len(chosen),
        )
        begun = replace(decided_for, waves=wave.number, queued=False)
        self._contacts.begin_wave(begun, wave, now=now)
        self._queue(shift, replace(begun, version=begun.version + 1), wave, now)
        return FillOutcome.WAVE_QUEUED

    def _rest(self, fill: FillPlan, progress: PlanProgress) -> int:
        """Returns how many employees are left of a wave of the operator's size that one item could not hold."""
        if fill.wave_size is None or fill.wave_size <= MAX_CONTACTS_PER_WAVE or not progress.waves:
            return 0
        return self._contacts.wave(progress).rest

    def _text_no_one(
        self,
        shift: Shift,
        fill: FillPlan,
        progress: PlanProgress,
        audience: Audience,
        now: datetime,
        *,
        later: datetime | None,
    ) -> None:
        """Ends the plan, or waits until later. Stores a wave without contacts, which has the reason of each skip."""
        wait = later - now if later else timedelta()
        number = progress.waves + 1
        wave = FillWave(number, now, fill.order, (), wait.total_seconds(), audience.skipped)
        if later is None:
            ended = replace(progress, waves=number, status=FillStatus.EXHAUSTED)
            self._write_status(shift, fill, ended, now, wave=wave)
            return
        waiting = without_audience(progress, shift, fill, later)
        if audience.may_grow and not self._is_stored(progress, wave):
            self._contacts.begin_wave(replace(waiting, waves=number), wave, now=now)
        else:
            self._contacts.save_progress(waiting, now=now)

    def _is_stored(self, progress: PlanProgress, wave: FillWave) -> bool:
        """Returns whether the last wave texted no one, for the same reasons: an earlier look of the same wait."""
        if not progress.waves or self._contacts.wave(progress).contacts:
            return False
        return self._contacts.skipped(progress) == wave.skipped

    def _replace(
        self, shift: Shift, fill: FillPlan, old: PlanProgress, new: PlanProgress, now: datetime
    ) -> None:
        """Starts a new plan in place of another, whose unsent texts are skipped."""
        if not old.queued:
            self._skip_wave(old, now)
            return
        self._texts.stop_waiting(old, "a later fill plan has replaced this one", now)
        stopped = FillStatus.STOPPED if old.status is FillStatus.RUNNING else old.status
        self._write_status(shift, fill, new, now, replaced=replace(old, status=stopped))

    def _next_look(
        self, shift: Shift, progress: PlanProgress, audience: Audience, now: datetime, *, waiting: bool
    ) -> datetime | None:
        """Returns when to decide the next wave although the audience is empty; None if the plan is exhausted.

        `waiting` says whether texts of the plan wait for a sender.
        """
        later = audience.grows_at(now)
        if later is not None and (shift.fill_by is None or later < shift.fill_by):
            return later
        if not waiting:
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
        waiting: set[str] = set()
        for batch in batches(numbers, MAX_ROWS_PER_WRITE):
            rows = [NewDelivery(number, DeliveryStatus.QUEUED) for number in batch]
            # Employees whom a sender skipped while no seat was free were not texted.
            waiting.update(
                self._deliveries.add(
                    progress.campaign_id, rows, requeue_stopped=True, stopped_by=wave.at, now=now
                )
            )
        in_order = [number for number in numbers if number in waiting]
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
        *,
        wave: FillWave | None = None,
        replaced: PlanProgress | None = None,
    ) -> None:
        """Writes the status of a plan, with a wave that texts no one.

        When a plan ends, or is replaced by this one, counts its texts for the sizes of later waves.
        """
        statistics, ended = NO_STATISTICS, replaced or progress
        if ended.status is not FillStatus.RUNNING and ended.waves > ended.counted_waves:
            segment = self._segment(fill)
            statistics = count_replies(
                shift,
                ended,
                self._texts.sent(ended),
                segment,
                statistics=self._contacts.statistics(segment),
                now=now,
            )
            ended = replace(ended, counted_waves=ended.waves)
        if replaced is None:
            progress = ended
        self._contacts.write_status(
            shift,
            progress,
            contacted=contacted_in(self._texts.summary(progress)),
            now=now,
            statistics=statistics,
            wave=wave,
            replaced=ended if replaced else None,
        )

    def _end(self, shift: Shift, fill: FillPlan, progress: PlanProgress, now: datetime) -> PlanResult | None:
        """Counts the texts of a plan that does not run. Senders may still skip some."""
        if not progress.queued:
            self._skip_wave(progress, now)
            return None
        summary = self._texts.summary(progress)
        # What senders have skipped no longer counts for the employees.
        self._texts.give_back_unsent(progress, summary)
        self._write_contacted(shift, fill, summary)
        last_wave_at = progress.next_wave_at
        recounting = last_wave_at is not None and now < last_wave_at + _RECOUNTED_FOR
        return PlanResult(
            FillOutcome.ENDED, now + _RECOUNT_DELAY if recounting and summary["waiting"] else None
        )

    def _skip_wave(self, progress: PlanProgress, now: datetime) -> None:
        """Skips a wave that was begun. Its rows may be in no work item. A plan that resumes decides a new wave."""
        numbers = [one.phone_number for one in self._contacts.wave(progress).contacts]
        reason = f"the fill plan is {progress.status}"
        # Another function may be about to add the rows, and stop before it queues their texts.
        for batch in batches(numbers, MAX_ROWS_PER_WRITE):
            rows = [NewDelivery(number, DeliveryStatus.QUEUED) for number in batch]
            self._deliveries.add(progress.campaign_id, rows, requeue_stopped=False, now=now)
        self._deliveries.skip(progress.campaign_id, numbers, DeliveryStatus.STOPPED, reason, now=now)
        self._contacts.save_progress(replace(progress, queued=True, next_wave_at=now), now=now)

    def _write_contacted(self, shift: Shift, fill: FillPlan, summary: Mapping[str, int]) -> None:
        contacted = contacted_in(summary)
        if contacted != fill.contacted:
            self._shifts.write_attributes(shift, {CONTACTED: contacted})

    def _set_timer(self, shift_id: str, at: datetime | None) -> None:
        if at is None:
            self._timers.clear(shift_id)
        else:
            self._timers.set(shift_id, max(at, self._clock() + MIN_TIMER_DELAY))
