"""Tests that what a delayed reply says about the cut-off and the role of a shift is true when it is sent."""

from datetime import timedelta

import pytest

from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import InboundWorld, queue_reply


def world_with_shift(hours: float = 13.0, **attributes: object) -> InboundWorld:
    """Returns a world with shift A1, which starts in some hours."""
    world = InboundWorld()
    starts_at = (world.clock() + timedelta(hours=hours)).isoformat()
    world.shifts.put("A1", "early", starts_at=starts_at, **attributes)
    return world


def test_given_a_cutoff_that_passes_when_the_reply_is_sent_then_it_says_so() -> None:
    world = world_with_shift()
    queue_reply(world, ANN, "A1", "m")
    world.clock.pass_time(hours=2)
    world.work()
    assert world.phones.heard(ANN) == ["A1 early\nYours, too late to give back by text"]


def test_given_a_start_that_is_moved_when_the_reply_is_sent_then_it_is_true() -> None:
    world = world_with_shift(hours=2)
    queue_reply(world, ANN, "A1", "m")
    world.shifts.edit("A1", starts_at=(world.clock() + timedelta(days=3)).isoformat())
    world.work()
    assert world.phones.heard(ANN) == ["A1 early\nYours"]


@pytest.mark.parametrize(
    ("role", "reply"), [("bar", "A1 is for bar only"), ("kitchen", "A1 early\n1 of 1 free")]
)
def test_given_a_role_that_changes_when_the_reply_is_sent_then_it_is_not_named(role: str, reply: str) -> None:
    world = world_with_shift(role="bar")
    queue_reply(world, ANN, "A1", "m")
    world.shifts.edit("A1", role=role)
    world.work()
    assert world.phones.heard(ANN)[0].startswith(reply)


def test_given_details_that_need_a_segment_when_booked_then_the_time_is_left_out() -> None:
    world = world_with_shift(site="Harbor")
    world.deliver(ANN, "A1")
    assert world.phones.heard(ANN) == ["Booked: A1 early (Sun 2 Aug 01:00, Harbor)"]
    world.shifts.put("B1", "x" * 140, starts_at=(world.clock() + timedelta(days=3)).isoformat())
    world.deliver(ANN, "B1")
    assert world.phones.heard(ANN)[-1] == "Booked: B1 " + "x" * 140
