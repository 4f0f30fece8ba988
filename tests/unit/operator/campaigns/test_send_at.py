"""Tests that operators launch campaigns later: the time they see, that is written, and that is refused."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_operator.campaigns.prices import shipped_prices
from shift_sms_operator.campaigns.views import LaunchOutcome
from shift_sms_operator.refusals import Refused
from tests.support.operator_campaigns import AUGUST, LISTED, MESSAGE, NOON, SUBJECT, put_member
from tests.support.operator_world import OperatorWorld

AT = "2026-11-28T22:30:00+01:00"
"""Half past nine in the evening in London."""
SCHEDULED = {**AUGUST, "send_at": AT}


@pytest.fixture
def berlin(world: OperatorWorld) -> OperatorWorld:
    """The deployment at one o'clock in Berlin, its time zone."""
    world.settings["timezone"] = "Europe/Berlin"
    return world


def preview(world: OperatorWorld, send_at: str | None) -> Any:
    return world.operator().campaigns.preview("august", MESSAGE, "night", send_at, prices=shipped_prices())


@pytest.mark.parametrize("send_at", ["2026-11-28T22:30", "2026-11-28 22:30", "2026-11-28T21:30Z", AT])
def test_given_a_time_when_launched_then_it_is_shown_and_written_with_its_offset(
    berlin: OperatorWorld, send_at: str
) -> None:
    assert f"{preview(berlin, send_at).send_at:%H:%M %Z}" == "22:30 CET"

    launched = berlin.operator().campaigns.launch("august", MESSAGE, "night", send_at)

    assert launched is LaunchOutcome.LAUNCHED
    assert berlin.rows("Campaigns") == [SCHEDULED | LISTED]
    (record,) = berlin.audit(SUBJECT)
    assert (record["action"], record["after"]) == ("scheduled", SCHEDULED)


def test_given_a_time_when_the_launch_is_given_twice_then_it_has_one_effect(berlin: OperatorWorld) -> None:
    berlin.put("Campaigns", SCHEDULED)
    campaigns = berlin.operator().campaigns
    for now in (NOON, NOON + timedelta(days=1)):
        berlin.now = lambda now=now: now  # type: ignore[misc]
        assert not campaigns.check_new("august", MESSAGE, "night", "2026-11-28T22:30")
        again = berlin.operator().campaigns.launch("august", MESSAGE, "night", "2026-11-28T22:30")
        assert again is LaunchOutcome.ALREADY_THERE
    assert berlin.rows("Campaigns") == [SCHEDULED]


@pytest.mark.parametrize("other", [None, "2026-11-28T22:31"])
def test_given_the_campaign_at_another_time_when_launched_then_it_is_refused(
    berlin: OperatorWorld, other: str | None
) -> None:
    berlin.put("Campaigns", SCHEDULED)
    with pytest.raises(Refused, match="with another message, segment or send_at"):
        berlin.operator().campaigns.launch("august", MESSAGE, "night", other)


@pytest.mark.parametrize(
    ("send_at", "why"),
    [
        ("2026-11-28T12:59", "12:59 CET, which has passed: it is 2026-11-28 13:00 CET now; write a later"),
        ("2026-11-28T13:00", "13:00 CET, which has passed"),
        ("2026-11-28", "send_at is '2026-11-28': write a time like 2026-08-15T17:00:00"),
        ("five", "send_at is 'five': write a time like"),
        ("", "send_at is '': write a time like"),
        ("9999-12-31T23:59:00-23:00", "write a time like"),
    ],
)
def test_given_no_later_time_when_previewed_or_launched_then_it_is_refused(
    berlin: OperatorWorld, send_at: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        preview(berlin, send_at)
    with pytest.raises(Refused, match=why):
        berlin.operator().campaigns.launch("august", MESSAGE, "night", send_at)
    assert berlin.rows("Campaigns") == berlin.rows("AuditTrail") == []


def test_given_the_retired_engine_when_scheduled_then_it_is_refused(berlin: OperatorWorld) -> None:
    berlin.settings["campaign_engine"] = "pinpoint"
    with pytest.raises(Refused, match="cannot schedule campaigns"):
        preview(berlin, AT)
    with pytest.raises(Refused, match="cannot schedule campaigns"):
        berlin.operator().campaigns.launch("august", MESSAGE, "night", AT)


@pytest.mark.parametrize(("send_at", "quiet"), [(None, 1), ("2026-11-28T23:30", 2), ("2026-11-29T09:30", 0)])
def test_given_quiet_hours_when_previewed_then_those_who_wait_are_counted(
    berlin: OperatorWorld, send_at: str | None, quiet: int
) -> None:
    berlin.settings["quiet_hours"] = "22:00-08:00"
    put_member(berlin, "+14255550102", timezone="Europe/London")
    put_member(berlin, "+14255550103", timezone="Pacific/Auckland")
    put_member(berlin, "+14255550104", timezone="Europe/Berlin", opted_out=True)

    shown = preview(berlin, send_at)

    # At noon UTC it is 01:00 in Auckland. At 23:30 in Berlin it is 22:30 in London, at 09:30 it is 08:30.
    assert shown.audience.in_quiet_hours == quiet
    told = f"night: {quiet} in their quiet hours, 22:00-08:00, at the launch: texted when these end"
    assert (told in map(str, shown.warnings)) == bool(quiet)
