"""Tests that managers are found by the stream of Employees, and told of drops and of texts in the operator inbox."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from shift_sms_runtime import composition
from shift_sms_runtime.aws.dynamodb import wire
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import FunctionsOnMoto, clear_caches

MAX = "+14255550201"
TOLD = "A new text is waiting for you in the inbox"


def record(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    """Returns the stream record of a change."""
    images = {"OldImage": wire(before) if before else None, "NewImage": wire(after) if after else None}
    dynamodb = {name: image for name, image in images.items() if image} | {"SequenceNumber": "1"}
    return {"eventID": "1", "eventName": "MODIFY", "dynamodb": dynamodb}


def put_manager(system: FunctionsOnMoto, **attributes: Any) -> dict[str, Any]:
    item = {"phone_number": MAX, "roles": ["Cook", "Manager"], **attributes}
    system.dynamodb.Table("Employees").put_item(Item=item)
    assert system.invoke("index_managers", {"Records": [record(None, item)] * 2}) == []
    return item


def test_given_a_manager_when_an_employee_drops_then_the_manager_is_told_once(
    system: FunctionsOnMoto,
) -> None:
    put_manager(system, sites="Harbor, Airport", notices={"dropped"})
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "name": "Ann Lee"})
    for code, site in (("A1", "harbor"), ("B2", "mill")):
        system.put_shift(code, "late", site=site)
        system.text(ANN, code)
        system.text(ANN, f"DROP {code}")
    assert [text.body for text in system.network.inbox(MAX)] == ["Ann Lee gave back A1 late. Open spots: 1"]


def test_given_a_manager_who_leaves_when_indexed_then_the_segment_is_empty(system: FunctionsOnMoto) -> None:
    item = put_manager(system)
    members = [{"segment": "role#manager", "phone_number": MAX}]
    assert system.rows("SegmentMembers") == members
    for after, rest in (({**item, "roles": ["Cook"]}, []), (item, members), (None, [])):
        assert system.invoke("index_managers", {"Records": [record(item, after)]}) == []
        assert system.rows("SegmentMembers") == rest


def test_given_a_sick_call_when_its_records_arrive_then_it_has_one_notice(system: FunctionsOnMoto) -> None:
    put_manager(system)
    system.put_shift("A1", "late")
    system.text(ANN, "A1")
    system.text(ANN, "SICK A1")
    (image,) = boto3.client("dynamodb").scan(TableName="OperatorInbox")["Items"]
    inserted = {"eventID": "1", "eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}
    assert system.invoke("notify_managers", {"Records": [inserted]}) == []
    system.drain_outbox()
    assert [text.body for text in system.network.inbox(MAX)] == [f"{ANN} is sick: A1 late. Open spots: 1"]


def test_given_texts_in_the_inbox_when_their_records_arrive_twice_then_told_once(
    system: FunctionsOnMoto,
) -> None:
    put_manager(system)
    for sender in (ANN, BOB):
        system.text(sender, "where is the key to the freezer")
    images = boto3.client("dynamodb").scan(TableName="OperatorInbox")["Items"]
    assert len(images) == 2
    records = [
        {
            "eventID": "1",
            "eventName": "INSERT",
            "dynamodb": {"NewImage": image, "SequenceNumber": str(number)},
        }
        for number, image in enumerate(images * 2)
    ]
    assert system.invoke("notify_managers", {"Records": records}) == []
    system.drain_outbox()
    assert [text.body for text in system.network.inbox(MAX)] == [TOLD]
    (limit,) = (row for row in system.rows("OperatorInbox") if row["message_id"] == "#notice")
    assert limit.keys() == {"message_id", f"told#{MAX}"}


def test_given_quiet_hours_when_a_text_arrives_then_the_manager_is_told_after_them(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    begins, ends = now - timedelta(hours=1), (now + timedelta(hours=2)).replace(second=0, microsecond=0)
    monkeypatch.setenv("QUIET_HOURS", f"{begins:%H:%M}-{ends:%H:%M}")
    clear_caches()
    put_manager(system)
    system.text(ANN, "where is the key to the freezer")
    (image,) = boto3.client("dynamodb").scan(TableName="OperatorInbox")["Items"]
    inserted = {"eventID": "1", "eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}
    for _ in range(2):
        assert system.invoke("notify_managers", {"Records": [inserted]}) == []
        assert system.reconcile_shifts() == []
    assert list(system.network.inbox(MAX)) == []
    (schedule,) = boto3.client("scheduler").list_schedules(GroupName="timers")["Schedules"]
    found = boto3.client("scheduler").get_schedule(GroupName="timers", Name=schedule["Name"])
    assert found["ScheduleExpression"] == f"at({ends:%Y-%m-%dT%H:%M:%S})"

    monkeypatch.setattr(composition, "_now", lambda: ends)
    clear_caches()
    for _ in range(2):
        assert system.invoke("reconcile_shift", system.sqs_event([found["Target"]["Input"]])) == []
        system.drain_outbox()
    assert [text.body for text in system.network.inbox(MAX)] == [TOLD]
    assert boto3.client("scheduler").list_schedules(GroupName="timers")["Schedules"] == []
