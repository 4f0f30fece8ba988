"""Tests one fill plan in virtual time: whom it texts, when it stops, and what it counts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import inf, log
from random import Random

import pytest

from lab.fill_simulation.plan_run import History, PlanResult, run_plan
from lab.fill_simulation.policies import AutomaticWaves, Broadcast, FixedWaves, Policy
from lab.fill_simulation.population import Employee, Population, Reaction
from lab.fill_simulation.settings import Setting
from shift_sms_runtime.fill_plans.reply_model import ReplyModel, ReplyStatistics

STARTED = datetime(2026, 11, 28, 12, tzinfo=UTC)
NEVER = Reaction(Employee(0, 0), 1, 0)


def claims_after(minutes: float) -> Reaction:
    return Reaction(Employee(1, log(60 * minutes)), 0, 0)


def run(
    policy: Policy,
    reactions: Sequence[Reaction],
    *,
    seats: int = 1,
    hours: float = 4,
    history: History | None = None,
) -> PlanResult:
    return run_plan(
        policy,
        range(len(reactions)),
        reactions,
        seats=seats,
        started_at=STARTED,
        fill_by=STARTED + timedelta(hours=hours),
        history=history or History(),
        timers=Random(1),
    )


def test_given_a_claim_in_the_second_wave_when_run_then_no_third_wave_is_sent() -> None:
    result = run(FixedWaves(), [NEVER] * 25 + [claims_after(5)] + [NEVER] * 74)
    assert len(result.texts) == 40
    assert (result.filled, result.claims, result.segments) == (1, 1, 41)
    assert 20 <= result.minutes_to_fill <= 21


def test_given_a_quick_claim_when_run_then_waves_stop_but_a_broadcast_does_not() -> None:
    reactions = [claims_after(1 / 60)] + [NEVER] * 99
    assert len(run(FixedWaves(), reactions).texts) == 10
    assert len(run(Broadcast(), reactions).texts) == 100


def test_given_late_claimers_when_run_then_their_replies_cost_segments() -> None:
    result = run(Broadcast(), [claims_after(5), claims_after(6), claims_after(600)])
    assert (result.filled, result.claims, result.segments) == (1, 3, 6)


def test_given_a_claim_after_the_deadline_when_run_then_the_seat_stays_free() -> None:
    result = run(Broadcast(), [claims_after(61), NEVER], hours=1)
    assert (result.filled, result.minutes_to_fill) == (0, inf)


def test_given_two_seats_when_run_then_the_last_one_ends_the_plan() -> None:
    result = run(FixedWaves(), [claims_after(3), claims_after(9), *[NEVER] * 60], seats=2)
    assert (result.filled, len(result.texts)) == (2, 20)
    assert result.minutes_to_fill == pytest.approx(9, abs=0.1)


@pytest.mark.parametrize("policy", [FixedWaves(), AutomaticWaves()])
def test_given_no_one_claims_when_run_then_everyone_is_texted_once_in_time(
    policy: Policy,
) -> None:
    result = run(policy, [NEVER] * 90, hours=2)
    assert sorted(text.employee for text in result.texts) == list(range(90))
    assert all(text.sent_at < STARTED + timedelta(hours=2) for text in result.texts)


def test_given_a_plan_when_ended_then_its_texts_count_for_the_time_of_the_plan() -> None:
    history = History()
    early, late = claims_after(5), claims_after(50)
    run(Broadcast(), [early, late, *[NEVER] * 8], history=history)
    # The late claim is not known; nine texts were silent until the shift was filled.
    claim = ReplyStatistics.of_claim(timedelta(minutes=5))
    silent = ReplyModel().silence(timedelta(minutes=5)).weighted(9)
    assert history.by_hour.keys() == {12}
    assert history.by_hour[12].claimed == 1
    assert history.by_hour[12].log_delays == pytest.approx((claim + silent).log_delays, rel=0.01)
    assert history.by_hour[12].contacted == pytest.approx((claim + silent).contacted, rel=0.01)


def test_given_the_same_seed_when_populated_then_employees_react_alike() -> None:
    setting = Setting(employees=50)
    first, second = Population(setting, 7), Population(setting, 7)
    assert first.employees == second.employees
    assert [first.reactions() for _ in range(2)] == [second.reactions() for _ in range(2)]
    assert Population(setting, 8).employees != first.employees


def test_given_the_night_when_texted_then_fewer_claim_and_later() -> None:
    night = STARTED.replace(hour=2)
    reaction = Reaction(Employee(0.5, log(600)), 0.1, 0)
    delays = reaction.delay(STARTED), reaction.delay(night)
    assert delays == (timedelta(minutes=10), timedelta(minutes=30))
    assert Reaction(Employee(0.5, log(600)), 0.2, 0).delay(night) is None
