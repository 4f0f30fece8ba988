"""The policies that are compared: a broadcast, fixed waves, and the product's automatic waves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shift_sms_runtime.fill_plans.reply_model import ReplyModel, ReplyStatistics
from shift_sms_runtime.fill_plans.wave_size import Outstanding, Wave, next_wave


@dataclass(frozen=True)
class PlanState:
    """What a policy knows when it plans a wave."""

    now: datetime
    started_at: datetime
    fill_by: datetime
    eligible: int
    seats: int
    """The free seats."""
    outstanding: Sequence[Outstanding]
    by_hour: Mapping[int, ReplyStatistics]
    """The history of the segment, with the claims of this plan."""


class Policy(Protocol):
    """Decides how many employees to text, and when."""

    @property
    def name(self) -> str: ...

    @property
    def stops_when_filled(self) -> bool:
        """Whether the number stops in the middle of a wave once the shift is filled."""
        ...

    def next_wave(self, state: PlanState) -> Wave: ...


class Broadcast:
    """Texts everyone at once, as a campaign does."""

    name = "broadcast"
    stops_when_filled = False

    def next_wave(self, state: PlanState) -> Wave:
        return Wave(state.eligible, state.fill_by - state.now)


class FixedWaves:
    """Texts 20 employees every 15 minutes."""

    name = "fixed"
    stops_when_filled = True

    def next_wave(self, state: PlanState) -> Wave:
        return Wave(min(20, state.eligible), timedelta(minutes=15))


class AutomaticWaves:
    """Texts the waves that the product computes."""

    name = "auto"
    stops_when_filled = True
    target = timedelta(minutes=15)

    def next_wave(self, state: PlanState) -> Wave:
        return next_wave(
            eligible=state.eligible,
            seats=state.seats,
            now=state.now,
            fill_by=state.fill_by,
            target=self.target - (state.now - state.started_at),
            model=ReplyModel.of_hour(state.now.hour, state.by_hour),
            outstanding=state.outstanding,
            segments_per_text=1,
        )


POLICIES: tuple[Policy, ...] = (Broadcast(), FixedWaves(), AutomaticWaves())
