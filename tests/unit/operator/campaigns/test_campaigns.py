"""Tests what operators do with campaigns: each change once, with its audit record, whoever acts meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from shift_sms_operator.campaigns.campaigns import Campaigns
from shift_sms_operator.campaigns.prices import shipped_prices
from shift_sms_operator.campaigns.views import LaunchOutcome
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_runtime.tables.campaigns import listing
from tests.support.operator_campaigns import (
    AUGUST,
    LAUNCHED,
    LISTED,
    MESSAGE,
    NOON,
    STOPPED,
    SUBJECT,
    lose_response,
    meanwhile,
    put_member,
)
from tests.support.operator_world import ACTOR, OperatorWorld


def preview(campaigns: Campaigns, message: str = MESSAGE, segment: str | None = "night") -> Any:
    return campaigns.preview("august", message, segment, prices=shipped_prices())


def test_given_a_segment_when_previewed_then_texts_recipients_and_time_are_shown(
    world: OperatorWorld,
) -> None:
    put_member(world, "+14255550102", language="fr")
    world.settings["messages_per_second"] = 1
    shown = preview(world.operator().campaigns)

    assert shown.texts.default.body == f"{MESSAGE}\nReply with a code to book, REQUEST for all"
    assert (shown.audience.recipients, shown.audience.segments) == (2, 2)
    assert shown.duration == timedelta(seconds=2)
    assert [str(warning) for warning in shown.warnings] == ["XYZ123: no such shift"]
    assert world.rows("Campaigns") == []
    assert world.rows("AuditTrail") == []


def test_given_the_settings_when_previewed_then_the_text_is_that_of_the_launcher(
    world: OperatorWorld,
) -> None:
    world.settings |= {"connect_enabled": True, "campaign_opt_out_hint": True, "keep_typography": True}
    shown = preview(world.operator().campaigns, "Mike\u2019s bar")
    assert shown.texts.default.body.endswith("REQUEST for all, AGENT for a call, STOP to end texts")
    assert shown.texts.default.body.startswith("Mike\u2019s bar")
    assert "\u2019: not in the GSM alphabet" in str(shown.warnings[1])


def test_given_the_default_segment_when_none_is_named_then_it_is_counted(world: OperatorWorld) -> None:
    world.settings["default_segment"] = "night"
    assert preview(world.operator().campaigns, segment=None).audience.segment == "night"


def test_given_the_retired_engine_when_previewed_then_the_message_alone_is_texted(
    world: OperatorWorld,
) -> None:
    world.settings["campaign_engine"] = "pinpoint"
    shown = preview(world.operator().campaigns)
    assert (shown.texts.default.body, shown.audience, shown.duration) == (MESSAGE, None, None)


@pytest.mark.parametrize(
    ("campaign_id", "message", "segment", "why"),
    [
        ("august", MESSAGE, "nihgt", "the segment nihgt has no members; check --segment"),
        ("august", MESSAGE, "night shift", "the segment 'night shift' must be 1 to 128 letters"),
        ("august", "x" * 1530, "night", "campaign_message is too long: with the instructions in"),
        ("august", " ", "night", "campaign_message is missing or empty"),
        ("a" * 257, MESSAGE, "night", "more than 256 characters"),
    ],
)
def test_given_a_campaign_that_cannot_be_sent_when_previewed_then_it_is_refused(
    world: OperatorWorld, campaign_id: str, message: str, segment: str, why: str
) -> None:
    campaigns = world.operator().campaigns
    with pytest.raises(Refused, match=why):
        campaigns.preview(campaign_id, message, segment, prices=shipped_prices())


def test_given_only_members_who_cannot_be_texted_when_previewed_then_it_says_why(
    world: OperatorWorld,
) -> None:
    world.put("Employees", {"phone_number": "+14255550101", "opted_out": True})
    with pytest.raises(Refused, match="no member of the segment night can be texted: 1 have opted out"):
        preview(world.operator().campaigns)


def test_given_a_new_campaign_when_launched_then_item_and_audit_record_are_written(
    world: OperatorWorld,
) -> None:
    campaigns = world.operator().campaigns
    assert campaigns.check_new("august", MESSAGE, "night")

    assert campaigns.launch("august", MESSAGE, "night") is LaunchOutcome.LAUNCHED

    assert world.rows("Campaigns") == [AUGUST | LISTED]
    assert world.audit(SUBJECT) == [
        {"subject": SUBJECT, "actor": ACTOR, "action": "launched", "before": {}, "after": AUGUST}
    ]


@pytest.mark.parametrize("there", [AUGUST, LAUNCHED])
def test_given_the_same_launch_when_given_twice_then_it_has_one_effect(
    world: OperatorWorld, there: dict[str, Any]
) -> None:
    world.put("Campaigns", there)
    campaigns = world.operator().campaigns
    assert not campaigns.check_new("august", MESSAGE, "night")
    assert campaigns.launch("august", MESSAGE, "night") is LaunchOutcome.ALREADY_THERE
    assert world.rows("Campaigns") == [there]
    assert world.rows("AuditTrail") == []


@pytest.mark.parametrize("other", [{"campaign_message": "other"}, {"segment": "day"}])
def test_given_another_campaign_with_the_id_when_launched_then_it_is_refused(
    world: OperatorWorld, other: dict[str, str]
) -> None:
    world.put("Campaigns", AUGUST | other)
    campaigns = world.operator().campaigns
    for act in (campaigns.check_new, campaigns.launch):
        with pytest.raises(Refused, match="there is a campaign august already"):
            act("august", MESSAGE, "night")
    assert world.rows("Campaigns") == [AUGUST | other]
    assert world.rows("AuditTrail") == []


def test_given_two_operators_when_both_launch_then_one_item_and_one_record(world: OperatorWorld) -> None:
    outcomes = [world.operator(name).campaigns.launch("august", MESSAGE, "night") for name in ("ann", "bob")]
    assert outcomes == [LaunchOutcome.LAUNCHED, LaunchOutcome.ALREADY_THERE]
    assert [record["actor"] for record in world.audit(SUBJECT)] == ["ann"]


def test_given_a_launch_whose_response_is_lost_when_repeated_then_it_is_one_launch(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaigns = world.operator().campaigns
    lose_response(monkeypatch)
    with pytest.raises(ReadTimeoutError):
        campaigns.launch("august", MESSAGE, "night")
    assert campaigns.launch("august", MESSAGE, "night") is LaunchOutcome.ALREADY_THERE
    assert world.rows("Campaigns") == [AUGUST | LISTED]
    assert len(world.audit(SUBJECT)) == 1


def test_given_a_stop_whose_response_is_lost_when_repeated_then_it_is_one_stop(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("Campaigns", LAUNCHED)
    campaigns = world.operator().campaigns
    lose_response(monkeypatch)
    with pytest.raises(ReadTimeoutError):
        campaigns.stop("august")
    assert campaigns.stop("august").error == "stopped by the operator"
    assert len(world.audit(SUBJECT)) == 1


def test_given_a_message_that_is_too_long_when_launched_then_nothing_is_written(world: OperatorWorld) -> None:
    with pytest.raises(Refused, match="too long"):
        world.operator().campaigns.launch("august", "x" * 1530, "night")
    assert world.rows("Campaigns") == world.rows("AuditTrail") == []


@pytest.mark.parametrize("status", [None, "launching", "requested", "launched"])
def test_given_a_campaign_when_stopped_then_it_says_so_and_keeps_the_rest(
    world: OperatorWorld, status: str | None
) -> None:
    item = {name: value for name, value in LAUNCHED.items() if name != "campaign_status"}
    item |= {} if status is None else {"campaign_status": status}
    world.put("Campaigns", item)

    before = world.operator().campaigns.stop("august")

    assert (before.status, before.waiting) == (status, 2)
    ended = {"campaign_status": "stopped", "campaign_error": "stopped by the operator"}
    assert world.rows("Campaigns") == [item | ended]
    (record,) = world.audit(SUBJECT)
    assert record["action"] == "stopped"
    assert record["after"] == ended
    assert record["before"] == ({} if status is None else {"campaign_status": status})


@pytest.mark.parametrize("status", [None, "scheduled", "requested", "launching", "launched"])
def test_given_a_campaign_when_paused_and_resumed_then_it_says_so(
    world: OperatorWorld, status: str | None
) -> None:
    item = {name: value for name, value in LAUNCHED.items() if name != "campaign_status"}
    item |= {} if status is None else {"campaign_status": status}
    world.put("Campaigns", item)
    campaigns = world.operator().campaigns
    assert campaigns.pause("august").status == status
    assert world.rows("Campaigns") == [item | {"campaign_status": "paused"}]
    assert campaigns.pause("august").status == "paused", "the response was lost, and the operator tries again"
    assert campaigns.resume("august").status == "paused"
    assert world.rows("Campaigns") == [item | {"campaign_status": "launching"}]
    assert campaigns.resume("august").status == "launching"
    assert sorted(record["action"] for record in world.audit(SUBJECT)) == ["paused", "resumed"]


@pytest.mark.parametrize("status", ["launching", "launched", "scheduled"])
def test_given_a_campaign_that_goes_on_when_resumed_then_it_stays_so(
    world: OperatorWorld, status: str
) -> None:
    item = {**LAUNCHED, "campaign_status": status}
    world.put("Campaigns", item)

    assert world.operator().campaigns.resume("august").status == status

    assert (world.rows("Campaigns"), world.rows("AuditTrail")) == ([item], [])


@pytest.mark.parametrize("status", ["finished", "stopped", "failed"])
def test_given_another_status_when_paused_or_resumed_then_it_is_refused(
    world: OperatorWorld, status: str
) -> None:
    item = {**LAUNCHED, "campaign_status": status}
    world.put("Campaigns", item)
    campaigns = world.operator().campaigns
    with pytest.raises(Refused, match=status):
        campaigns.pause("august")
    with pytest.raises(Refused, match=status):
        campaigns.resume("august")
    assert world.rows("Campaigns") == [item]
    assert world.rows("AuditTrail") == []


@pytest.mark.parametrize("status", ["paused", "scheduled"])
def test_given_a_campaign_that_will_go_on_when_relaunched_then_it_is_refused(
    world: OperatorWorld, status: str
) -> None:
    world.put("Campaigns", {**LAUNCHED, "campaign_status": status})
    with pytest.raises(Refused, match="stop it"):
        world.operator().campaigns.relaunch("august")


def test_given_a_stopped_campaign_when_stopped_again_then_it_keeps_its_reason(world: OperatorWorld) -> None:
    world.put("Campaigns", STOPPED)
    assert world.operator().campaigns.stop("august").error == "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"
    assert world.rows("Campaigns") == [STOPPED]
    assert world.rows("AuditTrail") == []


@pytest.mark.parametrize(
    ("attributes", "why"),
    [
        ({"campaign_status": "finished"}, "is finished: nothing is left to stop"),
        ({"campaign_status": "failed", "campaign_error": "too long"}, "failed and texts nobody: too long"),
        ({"pinpoint_campaign_id": "1a2b"}, "Amazon Pinpoint sends the campaign august"),
    ],
)
def test_given_a_campaign_that_sends_nothing_when_stopped_then_it_is_refused(
    world: OperatorWorld, attributes: dict[str, str], why: str
) -> None:
    world.put("Campaigns", LAUNCHED | attributes)
    campaigns = world.operator().campaigns
    for act in (campaigns.stop_preview, campaigns.stop):
        with pytest.raises(Refused, match=why):
            act("august")
    assert world.rows("Campaigns") == [LAUNCHED | attributes]


def test_given_a_status_that_changes_when_stopped_then_the_record_has_the_last(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("Campaigns", LAUNCHED | {"campaign_status": "launching"})
    meanwhile(monkeypatch, "write_status", lambda: world.put("Campaigns", LAUNCHED))
    world.operator().campaigns.stop("august")
    (record,) = world.audit(SUBJECT)
    assert record["before"] == {"campaign_status": "launched"}


def test_given_a_campaign_that_finishes_when_stopped_then_it_stays_finished(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("Campaigns", LAUNCHED)
    finished = LAUNCHED | {"campaign_status": "finished"}
    meanwhile(monkeypatch, "write_status", lambda: world.put("Campaigns", finished))
    with pytest.raises(Refused, match="is finished"):
        world.operator().campaigns.stop("august")
    assert world.rows("Campaigns") == [finished]
    assert world.rows("AuditTrail") == []


def test_given_a_campaign_that_keeps_changing_when_stopped_then_it_says_so(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("Campaigns", LAUNCHED)
    launches = iter(range(100))

    def change() -> None:
        world.put("Campaigns", LAUNCHED | {"launch_id": f"launch-{next(launches)}"})

    meanwhile(monkeypatch, "write_status", change, times=9)
    with pytest.raises(ChangedByAnother, match="has changed in this moment"):
        world.operator().campaigns.stop("august")
    assert world.rows("AuditTrail") == []


@pytest.mark.parametrize("operation", ["show", "overview", "stop", "stop_preview", "relaunch"])
def test_given_no_such_campaign_when_asked_for_then_it_is_refused(
    world: OperatorWorld, operation: str
) -> None:
    with pytest.raises(Refused, match="there is no campaign august; list them"):
        getattr(world.operator().campaigns, operation)("august")
    assert world.rows("Campaigns") == []


def test_given_campaigns_when_listed_then_pages_have_the_newest_first(world: OperatorWorld) -> None:
    for minute in range(5):
        world.put("Campaigns", {"campaign_id": f"c{minute}", **listing(NOON + timedelta(minutes=minute))})
    campaigns = world.operator().campaigns

    first = campaigns.page(limit=3)
    second = campaigns.page(limit=3, after=first.cursor)

    assert [item["campaign_id"] for item in (*first.items, *second.items)] == ["c4", "c3", "c2", "c1", "c0"]
    assert second.cursor is None
    with pytest.raises(Refused, match="is no position in this list"):
        campaigns.page(after="x")
