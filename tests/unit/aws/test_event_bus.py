"""Tests requests of the event bus, and what its errors mean."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from shift_sms_runtime.aws.event_bus import EventBridgeBus
from shift_sms_runtime.domain_events.domain_event import CampaignDetail, CampaignFinished, DomainEvent
from tests.support.domain_events import CHANGED_AT

BUS = "arn:aws:events:us-east-1:123456789012:event-bus/shifts"
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "rate"}}, "PutEvents")
TIMED_OUT = ReadTimeoutError(endpoint_url="https://events.us-east-1.amazonaws.com")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://events.us-east-1.amazonaws.com")


class Client:
    """Accepts every event except those of `refused`, and raises the errors of `raised`, one per request."""

    def __init__(self, *raised: Exception | None, refused: Sequence[str] = ()) -> None:
        self._raised = list(raised)
        self._refused = refused
        self.requests: list[Sequence[Mapping[str, object]]] = []

    def put_events(self, *, Entries: Sequence[Mapping[str, object]]) -> Mapping[str, Any]:  # noqa: N803 - boto3's name
        self.requests.append(Entries)
        error = self._raised.pop(0) if self._raised else None
        if error:
            raise error
        answers = [self._answer(str(entry["Detail"])) for entry in Entries]
        return {"FailedEntryCount": sum("ErrorCode" in one for one in answers), "Entries": answers}

    def _answer(self, detail: str) -> dict[str, str]:
        refused = json.loads(detail)["event_id"] in self._refused
        return {"ErrorCode": "InternalFailure", "ErrorMessage": "…"} if refused else {"EventId": "1"}


def events(number: int) -> list[DomainEvent]:
    campaign = CampaignDetail("C1", {})
    return [
        CampaignFinished(event_id=f"{one}", occurred_at=CHANGED_AT, sequence_number="1", campaign=campaign)
        for one in range(number)
    ]


def test_given_many_events_when_put_then_ten_in_a_request() -> None:
    client = Client()
    assert EventBridgeBus(client, BUS).put(events(23)) == [None] * 23
    assert [len(request) for request in client.requests] == [10, 10, 3]
    (first,) = events(1)
    assert client.requests[0][0] == {
        "EventBusName": BUS,
        "Source": "shift-sms",
        "DetailType": "CampaignFinished",
        "Detail": first.to_json(),
        "Time": CHANGED_AT,
    }


def test_given_entries_that_fail_when_put_then_only_these_have_an_error() -> None:
    client = Client(refused=["1", "11"])
    errors = EventBridgeBus(client, BUS).put(events(12))
    assert {number: error for number, error in enumerate(errors) if error} == {
        1: "InternalFailure",
        11: "InternalFailure",
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (THROTTLED, "ThrottlingException"),
        (TIMED_OUT, "ReadTimeoutError"),
        (UNREACHABLE, "EndpointConnectionError"),
    ],
)
def test_given_a_request_that_fails_when_put_then_its_events_have_the_error(
    error: Exception, code: str
) -> None:
    client = Client(None, error)
    assert EventBridgeBus(client, BUS).put(events(25)) == [None] * 10 + [code] * 10 + [None] * 5
