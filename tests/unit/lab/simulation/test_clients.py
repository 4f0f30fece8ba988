"""Tests the simulated clients of SQS, EventBridge Scheduler, End User Messaging SMS and Connect."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from lab.phone_network.account import Account, ConnectInstance, PhoneNumber
from lab.simulation.aws.calls import Response
from lab.simulation.aws.phone_network import CallCenter, ConnectClient, SmsClient
from lab.simulation.aws.scheduler import SchedulerClient
from lab.simulation.aws.sqs import SqsClient
from shift_sms_runtime.aws.connect import ConnectCallCenter, ContactFlow
from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
from shift_sms_runtime.aws.scheduler import SchedulerTimers
from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.environment import TimerSettings
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, Refused, Sent
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
from tests.support.clock import Clock

OURS, ANN = "+12065550100", "+14255550101"
INSTANCE = "11111111-1111-1111-1111-111111111111"
ACCOUNT = Account(
    account_id="123456789012",
    region="us-east-1",
    phone_numbers=(PhoneNumber(number=OURS, phone_number_id="phone-1"),),
    configuration_sets=("shift-sms",),
    connect_instances=(
        ConnectInstance(
            instance_id=INSTANCE,
            contact_flow_ids=frozenset({"flow"}),
            queue_ids=frozenset({"queue"}),
            phone_numbers=frozenset({OURS}),
        ),
    ),
)


class MemoryQueues:
    """The queue `work`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, float]] = []

    def send(self, queue: str, body: str, *, delay: float) -> str:
        if queue != "work":
            raise KeyError(queue)
        self.sent.append((body, delay))
        return f"message-{len(self.sent)}"


class MemorySchedules:
    """Schedules by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def has_schedule(self, name: str) -> bool:
        return name in self.by_name

    def set_schedule(self, name: str, expression: str, target: Mapping[str, Any]) -> None:
        self.by_name[name] = expression, target

    def delete_schedule(self, name: str) -> None:
        del self.by_name[name]


class MemoryPhones:
    """Phones that receive every text."""

    def __init__(self) -> None:
        self.requests: list[Mapping[str, Any]] = []

    def send(self, request: Mapping[str, Any]) -> Response:
        self.requests.append(request)
        return {"MessageId": f"sms-{len(self.requests)}"}


URL = "https://sqs.us-east-1.amazonaws.com/123456789012/"


def test_given_a_message_when_sent_then_its_queue_has_it() -> None:
    queues = MemoryQueues()
    response = SqsClient(queues).send_message(QueueUrl=f"{URL}work", MessageBody="hello", DelaySeconds=30)
    assert queues.sent == [("hello", 30)]
    assert (response["MessageId"], response["MD5OfMessageBody"]) == (
        "message-1",
        "5d41402abc4b2a76b9719d911017c592",
    )


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"QueueUrl": f"{URL}work", "MessageBody": ""}, "MissingParameter"),
        ({"QueueUrl": f"{URL}work", "MessageBody": "a\x00"}, "InvalidMessageContents"),
        ({"QueueUrl": f"{URL}work", "MessageBody": "x" * 1_048_577}, "InvalidParameterValue"),
        ({"QueueUrl": f"{URL}work", "MessageBody": "a", "DelaySeconds": 901}, "InvalidParameterValue"),
        ({"QueueUrl": f"{URL}none", "MessageBody": "a"}, "QueueDoesNotExist"),
    ],
)
def test_given_an_invalid_message_when_sent_then_as_sqs_rejects_it(
    request_: dict[str, Any], code: str
) -> None:
    queues = MemoryQueues()
    with pytest.raises(ClientError) as rejected:
        SqsClient(queues).send_message(**request_)
    assert (rejected.value.response["Error"]["Code"], queues.sent) == (code, [])


def test_given_a_wrong_parameter_when_sent_then_botocore_would_not_send_it() -> None:
    with pytest.raises(ParamValidationError, match="Body"):
        SqsClient(MemoryQueues()).send_message(QueueUrl=f"{URL}work", Body="a")


def test_given_shift_timers_when_set_and_cleared_then_one_schedule_per_shift() -> None:
    schedules = MemorySchedules()
    settings = TimerSettings(
        timer_group="timers",
        timer_queue_arn="arn:aws:sqs:us-east-1:123456789012:reconcile",
        timer_role_arn="arn:aws:iam::123456789012:role/timers",
        timer_dead_letters_arn="arn:aws:sqs:us-east-1:123456789012:dead",
    )
    at = datetime(2026, 8, 1, 12, tzinfo=UTC)
    timers = SchedulerTimers(
        SchedulerClient(schedules),  # type: ignore[arg-type]
        settings,
        prefix="shift",
        message=ReconcileRequest,
        clock=lambda: at,
    )
    timers.clear("A1")
    timers.set("A1", at + timedelta(minutes=1))
    timers.set("A1", at + timedelta(hours=1))
    ((expression, target),) = schedules.by_name.values()
    assert (expression, target["Arn"]) == (
        "at(2026-08-01T13:00:00)",
        "arn:aws:sqs:us-east-1:123456789012:reconcile",
    )
    timers.clear("A1")
    assert schedules.by_name == {}


SCHEDULE = {
    "Name": "a",
    "GroupName": "timers",
    "ScheduleExpression": "at(2026-08-01T13:00:00)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "RoleArn": "arn:aws:iam::123456789012:role/r"},
}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ScheduleExpression": "at(2026-08-01T13:00)"}, "ValidationException"),
        ({"ScheduleExpression": "at(2026-13-01T13:00:00)"}, "ValidationException"),
        ({"Name": "a b"}, "ValidationException"),
        ({}, "ConflictException"),
    ],
)
def test_given_a_schedule_when_it_is_invalid_or_exists_then_it_is_not_created(
    changes: dict[str, Any], code: str
) -> None:
    schedules = MemorySchedules()
    client = SchedulerClient(schedules)
    client.create_schedule(**SCHEDULE)
    with pytest.raises(ClientError) as rejected:
        client.create_schedule(**SCHEDULE | changes)
    assert rejected.value.response["Error"]["Code"] == code


def test_given_a_text_when_sent_then_the_phones_get_the_request() -> None:
    phones = MemoryPhones()
    client: Any = SmsClient(phones, ACCOUNT)
    sender = EndUserMessaging(client, Clock(), configuration_set="shift-sms")
    assert sender.send(OutgoingText(ANN, OURS, "hello")) == Sent("sms-1")
    (request,) = phones.requests
    assert (request["DestinationPhoneNumber"], request["MessageBody"]) == (ANN, "hello")


@pytest.mark.parametrize(
    ("to", "body", "reason"),
    [
        ("+1", "hello", "FIELD_VALIDATION_FAILED"),
        (ANN, "x" * 1531, "MAXIMUM_SIZE_EXCEEDED"),
        (ANN, "", "FIELD_VALIDATION_FAILED"),
    ],
)
def test_given_an_invalid_text_when_sent_then_it_is_refused(to: str, body: str, reason: str) -> None:
    phones = MemoryPhones()
    client: Any = SmsClient(phones, ACCOUNT)
    result = EndUserMessaging(client, Clock()).send(OutgoingText(to, OURS, body))
    assert (result, phones.requests) == (Refused(DeliveryStatus.FAILED, reason), [])


@pytest.mark.parametrize("seconds", [4, 259_201])
def test_given_a_time_to_live_out_of_range_when_sent_then_it_is_invalid(seconds: int) -> None:
    client = SmsClient(MemoryPhones(), ACCOUNT)
    with pytest.raises(client.exceptions.ValidationException):
        client.send_text_message(
            DestinationPhoneNumber=ANN, OriginationIdentity=OURS, MessageBody="a", TimeToLive=seconds
        )


def test_given_an_unknown_number_when_sent_from_then_not_found() -> None:
    client = SmsClient(MemoryPhones(), ACCOUNT)
    with pytest.raises(client.exceptions.ResourceNotFoundException) as refused:
        client.send_text_message(
            DestinationPhoneNumber=ANN, OriginationIdentity="+12065550199", MessageBody="a"
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


class Calls:
    """The runtime's call center on a simulated Connect."""

    def __init__(self) -> None:
        self.now = 0.0
        self.call_center = CallCenter(ACCOUNT, lambda: self.now)
        client: Any = ConnectClient(self.call_center)
        self._runtime = ConnectCallCenter(client, ContactFlow(INSTANCE, "flow", "queue", OURS))

    def start(self, message_id: str, to: str = ANN) -> CallOutcome:
        return self._runtime.start_call(CallbackRequest(message_id, to, OURS, "help", None))


def test_given_one_token_when_a_call_is_started_twice_then_there_is_one() -> None:
    calls = Calls()
    assert calls.start("m") is calls.start("m") is CallOutcome.ACCEPTED
    assert [call.destination for call in calls.call_center.calls] == [ANN]


def test_given_a_refused_prefix_when_called_then_it_is_not_allowed() -> None:
    assert Calls().start("m", "+447700900123") is CallOutcome.NOT_ALLOWED


def test_given_more_calls_than_the_burst_when_started_then_throttled_for_a_while() -> None:
    calls = Calls()
    for number in range(5):
        calls.start(f"m{number}")
    with pytest.raises(ClientError, match="TooManyRequests"):
        calls.start("late")
    calls.now += 3
    assert calls.start("late") is CallOutcome.ACCEPTED
