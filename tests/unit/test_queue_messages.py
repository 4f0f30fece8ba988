"""Tests messages between functions of different versions."""

import json

import pytest

from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.queue_messages import QueueMessage
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest

RECIPIENTS = ("+14255550101", "+14255550102")
PAGE = Page(
    "c",
    "launch-1",
    "overtime",
    "15/08 5h",
    1,
    after=RECIPIENTS[0],
    relaunched=True,
    waiting_when_postponed=3,
    offered_shift_id="XYZ123",
    launched_at="2026-08-01T12:00:00+00:00",
    languages=("de", "es"),
    bodies=("15.08. 5 Std", "15/08 5 h"),
)
WORK_ITEM = WorkItem(
    "c",
    "launch-1",
    "15/08 5h",
    1,
    RECIPIENTS,
    offered_shift_id="XYZ123",
    refused_count=1,
    languages=("de",),
    bodies=("15.08. 5 Std",),
)
CALLBACK = CallbackRequest("m", RECIPIENTS[0], "+12065550100", "my badge", campaign_id="c", language="es")
MESSAGES = [PAGE, WORK_ITEM, CALLBACK, ReconcileRequest("XYZ123")]


@pytest.mark.parametrize("message", MESSAGES)
def test_given_a_message_when_read_then_it_is_what_was_written(message: QueueMessage) -> None:
    assert type(message).from_json(message.to_json()) == message


@pytest.mark.parametrize("message", MESSAGES)
def test_given_a_newer_version_when_read_then_unknown_fields_are_ignored(message: QueueMessage) -> None:
    newer = json.loads(message.to_json()) | {"priority": 1, "tags": ["night"], "sender": {"name": "x"}}
    assert type(message).from_json(json.dumps(newer)) == message


@pytest.mark.parametrize(
    ("older", "message"),
    [
        (
            {"campaign_id": "c", "launch_id": "l", "segment": "s", "body": "b", "segments_per_text": 1},
            Page("c", "l", "s", "b", 1),
        ),
        (
            {
                "campaign_id": "c",
                "launch_id": "l",
                "body": "b",
                "segments_per_text": 1,
                "recipients": [*RECIPIENTS],
            },
            WorkItem("c", "l", "b", 1, RECIPIENTS),
        ),
        (
            {"message_id": "m", "phone_number": "+1", "reply_from": "+2", "message": ""},
            CallbackRequest("m", "+1", "+2", ""),
        ),
    ],
)
def test_given_an_older_version_when_read_then_defaults_fill_in(
    older: dict[str, object], message: QueueMessage
) -> None:
    assert type(message).from_json(json.dumps(older)) == message


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("body", ["", "no JSON", "[]", "null", '"text"', "{}"])
def test_given_no_message_when_read_then_refused_without_its_content(
    message: QueueMessage, body: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as refusal:
        type(message).from_json(body)
    assert not body.isalpha() or body not in str(refusal.value)


def test_given_a_dead_letter_of_the_scheduler_when_read_then_the_request_in_it() -> None:
    request = ReconcileRequest("XYZ123")
    newer = json.dumps(json.loads(request.to_json()) | {"priority": 1})
    for body in (request.to_json(), newer):
        letter = json.dumps({"MessageBody": body, "QueueUrl": "https://sqs.example/queue"})
        assert ReconcileRequest.from_json(letter) == request
