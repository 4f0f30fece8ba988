"""Runs one fill plan in virtual time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from lab.fill_simulation.policies import PlanState, Policy
from lab.fill_simulation.population import Reaction
from shift_sms_runtime.fill_plans.reply_model import ReplyModel, ReplyStatistics
from shift_sms_runtime.fill_plans.wave_size import Outstanding

_TEXTS_PER_SECOND = 10
_TIMER_DELAY_SECONDS = 60
"""A one-time schedule fires within a minute."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class SentText:
    """A text of the plan."""

    employee: int
    sent_at: datetime
    claimed_at: datetime


@dataclass(frozen=True)
class PlanResult:
    """What a plan cost and reached."""

    texts: Sequence[SentText]
    seats: int
    filled: int
    """The seats that were claimed before `fill_by`."""
    minutes_to_fill: float
    """Until the last seat was claimed; infinite if a seat stayed free."""

    @property
    def claims(self) -> int:
        """The employees who claimed, early or too late."""
        return sum(text.claimed_at is not _NEVER for text in self.texts)

    @property
    def segments(self) -> int:
        """The texts, and the reply to each claim, at one segment each."""
        return len(self.texts) + self.claims


class History:
    """What the product has counted of one segment."""

    def __init__(self) -> None:
        self.by_hour: dict[int, ReplyStatistics] = {}

    def add(self, texts: Sequence[SentText], booked: Collection[datetime], ended_at: datetime) -> None:
        """Counts the texts of a plan that ended, as the product does: later claims are not known.

        Args:
            texts: The texts of the plan.
            booked: When the seats were claimed.
            ended_at: When the shift was filled, or the deadline.
        """
        counted = dict(self.by_hour)
        models = {
            hour: ReplyModel.of_hour(hour, self.by_hour) for hour in {text.sent_at.hour for text in texts}
        }
        for text in texts:
            hour = text.sent_at.hour
            if text.claimed_at in booked:
                counts = ReplyStatistics.of_claim(text.claimed_at - text.sent_at)
            else:
                counts = models[hour].silence(ended_at - text.sent_at)
            counted[hour] = counted.get(hour, ReplyStatistics()) + counts
        self.by_hour = counted


def run_plan(
    policy: Policy,
    order: Sequence[int],
    reactions: Sequence[Reaction],
    *,
    seats: int,
    started_at: datetime,
    fill_by: datetime,
    history: History,
    timers: Random,
) -> PlanResult:
    """Texts the employees of `order` in the waves of `policy` until the seats are filled; adds to `history`."""
    texts: list[SentText] = []
    claims: list[datetime] = []
    now, wave_due = started_at, started_at
    while now < fill_by and len(texts) < len(order):
        claimed = sum(claim <= now for claim in claims)
        if claimed >= seats:
            break
        wave = policy.next_wave(
            PlanState(
                now=now,
                started_at=started_at,
                fill_by=fill_by,
                eligible=len(order) - len(texts),
                seats=seats - claimed,
                outstanding=[Outstanding(text.sent_at) for text in texts if text.claimed_at > now],
                by_hour=history.by_hour,
            )
        )
        for employee in order[len(texts) : len(texts) + wave.size]:
            at = now
            now += timedelta(seconds=1 / _TEXTS_PER_SECOND)
            if at >= fill_by or (policy.stops_when_filled and _filled(claims, seats, at)):
                break
            delay = reactions[employee].delay(at)
            texts.append(SentText(employee, at, _NEVER if delay is None else at + delay))
            if delay is not None:
                claims.append(at + delay)
        wave_due += wave.wait
        now = wave_due = max(now, wave_due + timedelta(seconds=timers.uniform(0, _TIMER_DELAY_SECONDS)))
    in_time = sorted(claim for claim in claims if claim < fill_by)[:seats]
    filled = len(in_time) == seats
    history.add(texts, set(in_time), in_time[-1] if filled else fill_by)
    return PlanResult(
        texts,
        seats,
        len(in_time),
        (in_time[-1] - started_at).total_seconds() / 60 if filled else float("inf"),
    )


def _filled(claims: Sequence[datetime], seats: int, at: datetime) -> bool:
    return len(claims) >= seats and sum(claim <= at for claim in claims) >= seats
