"""Decides the size of the next wave of a plan, and what its texts add to the reply statistics."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shift_sms_runtime.fill_plans.fill_contact import PlanProgress, SegmentStatistics, SentContact
from shift_sms_runtime.fill_plans.progress import seats_to_fill
from shift_sms_runtime.fill_plans.reply_model import ReplyModel, ReplyStatistics
from shift_sms_runtime.fill_plans.wave_size import Outstanding, Wave, next_wave
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.filling.fill_plan import FillPlan
from shift_sms_runtime.shifts.shift import Shift

_BROADCAST_WAIT = timedelta(minutes=15)
_LONGEST_DELAY = timedelta(days=7)


def decide_wave(
    shift: Shift,
    fill: FillPlan,
    progress: PlanProgress,
    *,
    eligible: int,
    contacted: Mapping[str, SentContact],
    statistics: Mapping[int, ReplyStatistics],
    segments_per_text: int,
    target: timedelta,
    now: datetime,
    quiet_until: datetime | None = None,
) -> Wave:
    """Returns the size of the next wave, and how long the one after it waits.

    Args:
        shift: The shift.
        fill: Its fill plan. A size or a wait that the operator wrote applies.
        progress: The progress of the plan.
        eligible: The employees who may be texted.
        contacted: The contacts of the plan.
        statistics: The reply statistics of the segment.
        segments_per_text: The segments of one text.
        target: The time within which the plan is to be filled, from `PlanProgress.target_from`.
        now: The time.
        quiet_until: When the first quiet hours end of employees who are skipped for these.
    """
    if fill.order is FillOrder.BROADCAST:
        wave = Wave(eligible, fill.wait or _BROADCAST_WAIT, eligible)
    else:
        silent = [
            Outstanding(contact.at)
            for number, contact in sorted(contacted.items())
            if number not in shift.holders and not shift.is_awaited_by(number)
        ]
        wave = next_wave(
            eligible=eligible,
            seats=seats_to_fill(shift),
            now=now,
            fill_by=shift.fill_by,
            target=target - (now - (progress.target_from or datetime.fromisoformat(progress.started_at))),
            model=ReplyModel.of_hour(now.astimezone(shift.zone).hour, statistics),
            outstanding=silent,
            segments_per_text=segments_per_text,
            size=fill.wave_size,
            wait=fill.wait,
        )
    if quiet_until is None or fill.wait is not None:
        return wave
    # The wait was computed without the employees who may be texted then.
    return replace(wave, wait=min(wave.wait, quiet_until - now))


def count_replies(
    shift: Shift,
    progress: PlanProgress,
    contacted: Mapping[str, SentContact],
    segment: str,
    *,
    statistics: Mapping[int, ReplyStatistics],
    now: datetime,
) -> SegmentStatistics:
    """Returns what the texts of the waves that are not counted yet add to the statistics of the segment.

    An employee who has a seat has claimed it. The others were silent, or came too late.

    Args:
        shift: The shift, whose plan has ended.
        progress: The progress of the plan.
        contacted: The contacts whose texts were sent.
        segment: The segment of the plan.
        statistics: The reply statistics of the segment so far.
        now: The time.
    """
    by_hour: dict[int, ReplyStatistics] = {}
    for number, contact in sorted(contacted.items()):
        if contact.wave <= progress.counted_waves:
            continue
        hour = contact.at.astimezone(shift.zone).hour
        claimed_at = shift.holders.get(number)
        delay = claimed_at - contact.at if claimed_at else None
        if delay is not None and timedelta() < delay < _LONGEST_DELAY:
            counts = ReplyStatistics.of_claim(delay)
        else:
            counts = ReplyModel.of_hour(hour, statistics).silence(now - contact.at)
        by_hour[hour] = by_hour.get(hour, ReplyStatistics()) + counts
    return SegmentStatistics(segment, by_hour)
