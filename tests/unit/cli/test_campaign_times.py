"""Tests `--send-at` of the commands of campaigns."""

import pytest

from tests.support.operator_world import OperatorWorld

DONE, WRONG_INPUT = 0, 2
WORDS = ("august", "15/08 5h XYZ123", "--segment", "night")
LATER = ("--send-at", "2099-08-14T09:00")


@pytest.fixture
def world(operator_world: OperatorWorld) -> OperatorWorld:
    """A deployment with one member of the segment night, in a time zone of their own."""
    operator_world.settings |= {"timezone": "Europe/Berlin", "quiet_hours": "21:00-08:00"}
    number = "+14255550101"
    operator_world.put("SegmentMembers", {"segment": "night", "phone_number": number})
    operator_world.put("Employees", {"phone_number": number, "timezone": "America/Los_Angeles"})
    operator_world.put("Shifts", {"shift_id": "XYZ123", "shift_status": "available"})
    return operator_world


def test_given_send_at_when_previewed_then_the_time_and_who_waits_then_are_shown(
    world: OperatorWorld,
) -> None:
    shown = world.run("campaigns", "preview", *WORDS, *LATER)
    assert (shown.code, shown.err) == (DONE, "")
    assert "It is launched at 2099-08-14 09:00 CEST." in shown.out
    assert "warning: night: 1 in their quiet hours, 21:00-08:00, at the launch" in shown.out

    preview = world.run("campaigns", "preview", *WORDS, *LATER, "--json").json

    assert preview["send_at"] == "2099-08-14T09:00:00+02:00"
    assert preview["audience"]["in_quiet_hours"] == 1
    assert world.rows("Campaigns") == []


def test_given_send_at_when_launched_then_the_campaign_is_scheduled_once(world: OperatorWorld) -> None:
    first, second = (world.run("campaigns", "launch", *WORDS, *LATER, "--yes") for _ in range(2))

    assert (first.code, second.code) == (DONE, DONE)
    assert "august is scheduled for 2099-08-14 09:00 CEST. Follow it: shift-sms campaigns watch" in first.out
    assert "is there already" in second.out
    (item,) = world.rows("Campaigns")
    assert item["send_at"] == "2099-08-14T09:00:00+02:00"


@pytest.mark.parametrize(
    ("send_at", "why"),
    [
        ("2020-08-14T09:00", "send_at is 2020-08-14 09:00 CEST, which has passed: it is 20"),
        ("tomorrow", "send_at is 'tomorrow': write a time like 2026-08-15T17:00:00+02:00"),
    ],
)
@pytest.mark.parametrize("command", ["preview", "launch"])
def test_given_no_later_time_when_a_command_runs_then_it_says_why_and_ends_with_two(
    world: OperatorWorld, command: str, send_at: str, why: str
) -> None:
    done = world.run("campaigns", command, *WORDS, "--send-at", send_at)
    assert done.code == WRONG_INPUT
    assert why in done.err
    assert world.rows("Campaigns") == []
