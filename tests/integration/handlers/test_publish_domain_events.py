"""Tests the function of domain events on moto: what it puts on the bus."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.domain_events import problems_of, stream_record
from tests.support.functions_on_moto import FunctionsOnMoto, add_members

BUS = "shifts"
REQUESTS = "provide-client-params.events.PutEvents"


class Consumer:
    """Receives the events of the bus. Tests of the deployed system receive them through a rule."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []

    def receive_request(self, params: dict[str, Any], **_others: object) -> None:
        """Receives the events of a request."""
        self._entries += params["Entries"]

    def take(self) -> list[dict[str, Any]]:
        """Takes the events that came since. Each has its published schema."""
        entries, self._entries = self._entries, []
        for entry in entries:
            assert entry["EventBusName"].endswith(f":event-bus/{BUS}")
            assert problems_of(entry["DetailType"], entry["Detail"]) == []
        return [{"type": entry["DetailType"], **json.loads(entry["Detail"])} for entry in entries]


@pytest.fixture
def consumer(system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Consumer]:
    """Provides a consumer of a bus."""
    monkeypatch.setenv("EVENT_BUS", str(boto3.client("events").create_event_bus(Name=BUS)["EventBusArn"]))
    consumer, session = Consumer(), boto3.DEFAULT_SESSION
    assert session is not None
    session.events.register(REQUESTS, consumer.receive_request)
    yield consumer
    session.events.unregister(REQUESTS, consumer.receive_request)


def publish(system: FunctionsOnMoto, *records: dict[str, Any]) -> list[dict[str, str]]:
    return system.invoke("publish_domain_events", {"Records": list(records)})


def told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["type"], event.get("employee", "")) for event in events]


def test_given_texts_and_a_campaign_when_published_then_the_bus_has_the_events(
    system: FunctionsOnMoto, consumer: Consumer, capsys: pytest.CaptureFixture[str]
) -> None:
    system.put_shift("XYZ123", "15/08 5h nightshift")
    for sender, body in ((ANN, "XYZ123"), (ANN, "DROP XYZ123"), (BOB, "XYZ123"), (BOB, "SICK XYZ123")):
        system.text(sender, body)
    assert publish(system, *system.stream) == []
    events = consumer.take()
    assert sorted(told(events)) == [
        ("EmployeeSick", BOB),
        ("ShiftBooked", ANN),
        ("ShiftBooked", BOB),
        ("ShiftDropped", ANN),
        ("ShiftDropped", BOB),
        ("ShiftFilled", ""),
        ("ShiftFilled", ""),
    ]
    assert len({event["event_id"] for event in events}) == len(events)

    add_members(system, ANN, BOB)
    finished = system.run_campaign(campaign_id="c1", campaign_message="night XYZ123")
    launched = {**finished, "campaign_status": "launched"}
    assert publish(system, stream_record(launched, finished, "campaign-change-1")) == []
    (event,) = consumer.take()
    assert (event["type"], event["campaign"]["counts"]["targeted"]) == ("CampaignFinished", 2)

    logged = capsys.readouterr().out
    assert "domain events published" in logged
    for forbidden in (ANN[1:], BOB[1:], "XYZ123", "night"):
        assert forbidden not in logged.partition("domain events published")[2]


def test_given_the_same_records_when_delivered_again_then_the_ids_are_the_same(
    system: FunctionsOnMoto, consumer: Consumer
) -> None:
    system.put_shift("XYZ123")
    system.text(ANN, "XYZ123")
    assert publish(system, *system.stream) == publish(system, *reversed(system.stream)) == []
    ids = [event["event_id"] for event in consumer.take()]
    assert (len(ids), len(set(ids))) == (4, 2)


def test_given_a_malformed_record_when_published_then_its_neighbors_are(
    system: FunctionsOnMoto, consumer: Consumer, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = {"shift_id": "A1"}, {"shift_id": "A1", "shift_status": "taken", "employee": ANN}
    good = [stream_record(before, {**after, "shift_id": "A1"}, f"change-{number}") for number in (1, 2)]
    malformed = stream_record(before, after, "change-3")
    malformed["dynamodb"]["NewImage"]["employee"] = {"NO-TYPE": ANN}

    failed = publish(system, good[0], malformed, good[1])

    assert failed == [{"itemIdentifier": malformed["dynamodb"]["SequenceNumber"]}]
    assert told(consumer.take()) == [("ShiftBooked", ANN), ("ShiftFilled", "")] * 2
    logged = capsys.readouterr().out
    assert "record failed" in logged
    assert ANN not in logged


def test_given_a_record_of_a_dead_letter_when_read_from_the_stream_then_published(
    system: FunctionsOnMoto, consumer: Consumer
) -> None:
    after = {"shift_id": "A1", "shift_status": "taken", "employee": ANN}
    # The AWS command line prints times in ISO 8601.
    assert publish(system, stream_record(None, after, "change-1", "2026-08-01T14:00:05+02:00")) == []
    first, _ = consumer.take()
    assert first["occurred_at"] == "2026-08-01T12:00:05+00:00"
