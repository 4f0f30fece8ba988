"""The real handlers on moto's DynamoDB and SQS and the lab's phone network, in the test's own process."""

import importlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from moto import mock_aws

from lab.phone_network.account import Account, ConnectInstance, PhoneNumber, PinpointApplication
from lab.phone_network.network import PhoneNetwork
from shift_sms_runtime.handlers import records
from tests.dialogues import ANN, BOB
from tests.envelopes import notification
from tests.fakes import message_ids

OUR_NUMBER = "+12065550100"
HANDLERS = {
    "inbound_sms": "_conversation",
    "connect_callback": "_callback",
    "launch_campaign": "_launch",
    "plan_campaign": "_planning",
    "send_campaign": "_sending",
    "delivery_events": "_receipts",
    "campaign_progress": "_progress",
    "follow_shifts": "_follower",
    "keep_shifts": "_keeping",
    "answer_messages": "_answers",
}
"""Every function, and what it keeps between invocations."""
CONFIGURATION_SET = "shift-sms"
TABLES = {
    "Shifts": ("shift_id",),
    "Campaigns": ("campaign_id",),
    "Employees": ("phone_number",),
    "SegmentMembers": ("segment", "phone_number"),
    "Deliveries": ("campaign_id", "phone_number"),
    "Inbox": ("inbound_message_id",),
    "Progress": ("campaign_id", "part"),
    "Agendas": ("phone_number",),
    "Messages": ("message_id",),
}
INDEXES = {"Shifts": ("shift_status", "shift_id"), "Messages": ("message_status", "received_at")}
"""Keys of the index ``by-status``."""


@dataclass
class Context:
    """What Lambda hands to a handler."""

    seconds: float = 30
    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "request"
    began: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        return int((self.seconds - (time.monotonic() - self.began)) * 1000)


@dataclass
class System:
    """The functions, called as AWS would call them."""

    network: PhoneNetwork
    inbound: list[dict[str, str]] = field(default_factory=list)
    sent: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    dynamodb: Any = field(default_factory=lambda: boto3.resource("dynamodb"))
    sqs: Any = field(default_factory=lambda: boto3.client("sqs"))
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Shifts as their stream has told of them."""

    def text(self, sender: str, body: str, message_id: str | None = None, *, sent: str | None = None) -> str:
        """Text from a phone, and let the functions run until all queues are empty; ``sent`` is SNS's time of it."""
        self.inbound.clear()
        inbound_id = self.network.send_from_phone(sender, body, OUR_NUMBER, message_id)
        self.sent = sent
        assert self.deliver() == []
        return inbound_id

    def deliver(self, context: Context | None = None) -> list[dict[str, str]]:
        """Hand what waits to ``inbound_sms`` and then to ``connect_callback``; returns what failed."""
        failed = []
        if self.inbound:
            bodies = [notification(one, self.sent) for one in self.inbound]
            failed += self.invoke("inbound_sms", self.sqs_event(bodies), context)
        failed += self.drain("callback", "connect_callback")
        return failed + self.look_after_shifts()

    def look_after_shifts(self) -> list[dict[str, str]]:
        """Hand what has changed in Shifts to ``follow_shifts``, and what that hands on to ``keep_shifts``, until all is
        quiet; returns what failed."""
        failed: list[dict[str, str]] = []
        while records := self._shift_records():
            failed += self.invoke("follow_shifts", {"Records": records})
            failed += self.drain("shift_calls", "keep_shifts")
        return failed

    def wake(self, shift_id: str) -> list[dict[str, str]]:
        """Call ``keep_shifts`` as the scheduler does."""
        event = self.sqs_event([json.dumps({"shift_id": shift_id})])
        return self.invoke("keep_shifts", event) + self.look_after_shifts()

    def _shift_records(self) -> list[dict[str, Any]]:
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName="Shifts")
        images = {item["shift_id"]["S"]: item for page in pages for item in page["Items"]}
        before, self.seen = self.seen, images
        return [
            {
                "eventID": f"{number}",
                "eventName": "MODIFY",
                "dynamodb": {
                    **({"OldImage": before[shift_id]} if shift_id in before else {}),
                    **({"NewImage": images[shift_id]} if shift_id in images else {}),
                    "SequenceNumber": f"{number}",
                },
            }
            for number, shift_id in enumerate(sorted({*before, *images}))
            if before.get(shift_id) != images.get(shift_id)
        ]

    def drain(self, queue: str, function: str) -> list[dict[str, str]]:
        """Hand what is in a queue to its function."""
        url = self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        failed = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            failed += self.invoke(function, self.sqs_event([message["Body"] for message in messages]))
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return failed

    def put_campaign(self, **item: object) -> None:
        """Put an item and hand its stream record to ``launch_campaign``."""
        self.dynamodb.Table("Campaigns").put_item(Item=item)
        image = boto3.client("dynamodb").get_item(
            TableName="Campaigns", Key={"campaign_id": {"S": str(item["campaign_id"])}}
        )["Item"]
        record = {
            "eventID": next(message_ids),
            "eventName": "INSERT",
            "dynamodb": {"NewImage": image, "SequenceNumber": "1"},
        }
        assert self.invoke("launch_campaign", {"Records": [record]}) == []

    def run_campaign(self, **item: object) -> dict[str, Any]:
        """A campaign from its item until no queue has anything; returns the item."""
        self.put_campaign(**item)
        assert self.drain("pages", "plan_campaign") == []
        assert self.drain("dispatch", "send_campaign") == []
        assert self.deliver_events() == []
        assert self.report(str(item["campaign_id"])) == []
        return self.campaign(str(item["campaign_id"]))

    def deliver_events(self) -> list[dict[str, str]]:
        """Hand the delivery events that are due to ``delivery_events``, ten at a time; returns what failed."""
        assert self.network.wait_for_receipts()
        bodies = [notification(event) for event in self.events]
        self.events.clear()
        failed = []
        for start in range(0, len(bodies), 10):
            failed += self.invoke("delivery_events", self.sqs_event(bodies[start : start + 10]))
        return failed

    def report(self, *campaign_ids: str) -> list[dict[str, str]]:
        """Hand stream records of these campaigns' counters to ``campaign_progress``; returns what failed."""
        records = [
            {
                "eventID": f"{number}",
                "eventName": "MODIFY",
                "dynamodb": {
                    "Keys": {"campaign_id": {"S": campaign_id}, "part": {"S": "count-07"}},
                    "SequenceNumber": f"{number}",
                },
            }
            for number, campaign_id in enumerate(campaign_ids)
        ]
        return self.invoke("campaign_progress", {"Records": records})

    def campaign(self, campaign_id: str) -> dict[str, Any]:
        """A campaign's item."""
        (item,) = (row for row in self.rows("Campaigns") if row["campaign_id"] == campaign_id)
        return item

    def invoke(
        self, function: str, event: dict[str, Any], context: Context | None = None
    ) -> list[dict[str, str]]:
        """Call one handler; returns the records it reports as failed."""
        module = importlib.import_module(f"shift_sms_runtime.handlers.{function}")
        try:
            response = module.handler(event, context or Context())
        except BatchProcessingError as error:
            print(error)  # noqa: T201 - as Lambda does, for the test of what is logged
            return [{"itemIdentifier": str(record.get("messageId"))} for record in event["Records"]]
        failures: list[dict[str, str]] = response["batchItemFailures"]
        return failures

    def sqs_event(self, bodies: list[str]) -> dict[str, Any]:
        """An SQS event as Lambda gets it."""
        return {
            "Records": [
                {"messageId": f"sqs-{i}", "body": body, "eventSource": "aws:sqs", "attributes": {}}
                for i, body in enumerate(bodies)
            ]
        }

    def put_shift(self, shift_id: str, info: str = "", **attributes: Any) -> None:
        """Put an item exactly as in the post, or with more."""
        item = {"shift_id": shift_id, "shift_status": "available"} | ({"shift_info": info} if info else {})
        attributes.pop("shift_info", None)
        self.dynamodb.Table("Shifts").put_item(Item={**item, **attributes})

    def edit_shift(self, shift_id: str, **attributes: Any) -> None:
        """Change an item by hand; None removes."""
        item = self.dynamodb.Table("Shifts").get_item(Key={"shift_id": shift_id})["Item"]
        changed = {name: value for name, value in {**item, **attributes}.items() if value is not None}
        self.dynamodb.Table("Shifts").put_item(Item=changed)

    def taken(self) -> dict[str, str]:
        """Who has what."""
        rows = self.dynamodb.Table("Shifts").scan()["Items"]
        return {row["shift_id"]: row.get("employee", "") for row in rows if row["shift_status"] == "taken"}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table."""
        items: list[dict[str, Any]] = self.dynamodb.Table(table).scan()["Items"]
        return items


ACCOUNT = Account(
    account_id="123456789012",
    region="us-east-1",
    phone_numbers=(PhoneNumber(number=OUR_NUMBER, phone_number_id="phone-1", messages_per_second=1000),),
    configuration_sets=(CONFIGURATION_SET,),
    connect_instances=(
        ConnectInstance(
            instance_id="11111111-1111-1111-1111-111111111111",
            contact_flow_ids=frozenset({"flow"}),
            queue_ids=frozenset({"queue"}),
            phone_numbers=frozenset({"+12065550111"}),
        ),
    ),
    pinpoint_applications=(PinpointApplication(application_id="app", segment_ids=frozenset({"seg"})),),
)


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> bool:
    """Whether Connect is on; a test may parametrize it."""
    return bool(getattr(request, "param", "with-connect") == "with-connect")


@pytest.fixture
def self_managed(request: pytest.FixtureRequest) -> bool:
    """Whether the number hands STOP and HELP to us; a test may parametrize it."""
    return bool(getattr(request, "param", "by-the-service") == "self-managed")


@cache
def _session() -> boto3.Session:
    """One for all tests: it keeps the services' models, which take longer to read than most tests to run."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=ACCOUNT.region)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, connect: bool, self_managed: bool) -> Iterator[System]:
    """A fresh system with two employees."""
    (phone_number,) = ACCOUNT.phone_numbers
    phone_number = replace(phone_number, self_managed_opt_outs=self_managed)
    account = replace(ACCOUNT, phone_numbers=(phone_number,))
    with PhoneNetwork(account, authorise=lambda _key, _action, _arn: None) as network, mock_aws():
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", _session())
        sqs = boto3.client("sqs")
        environment = {
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": network.url,
            "AWS_ENDPOINT_URL_CONNECT": network.url,
            "AWS_ENDPOINT_URL_PINPOINT": network.url,
            "POWERTOOLS_METRICS_NAMESPACE": "ShiftSms",
            # The logger of a service keeps the output it was made with, and each test captures its own.
            "POWERTOOLS_SERVICE_NAME": f"test-{next(message_ids)}",
            **{f"{_screaming(table)}_TABLE": table for table in TABLES},
            "APPROVED_NUMBERS": "",
            "STRANGER_REPLY": "silent",
            "SELF_MANAGED_OPT_OUTS": str(self_managed).lower(),
            **{
                f"{queue.upper()}_QUEUE_URL": sqs.create_queue(QueueName=queue)["QueueUrl"]
                for queue in ("dispatch", "pages", "shift_calls")
            },
            "VOCABULARY": "shifts",
            "DEFAULT_LANGUAGE": "en",
            "TIMEZONE": "UTC",
            "MINIMUM_REST_HOURS": "0",
            "HOURS_PER_WEEK": "0",
            "DROP_CUTOFF_HOURS": "12",
            "OFFER_MINUTES": "30",
            "REMINDER_HOURS": "12",
            "TEXTS_PER_HOUR": "30",
            "CALLS_PER_DAY": "3",
            "WAKE_UP_GROUP": "wake-ups",
            "WAKE_UP_ROLE_ARN": "arn:aws:iam::123456789012:role/wake-ups",
            "SHIFT_CALLS_QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:shift_calls",
            "SHIFT_CALLS_DEAD_LETTERS_ARN": "arn:aws:sqs:us-east-1:123456789012:shift_calls_dead",
            "CAMPAIGN_ENGINE": "end-user-messaging",
            "DEFAULT_SEGMENT": "overtime",
            "AGENT_OFFERED": str(connect).lower(),
            "KEEP_TYPOGRAPHY": "false",
            "RECIPIENTS_PER_ITEM": "10",
            "MOST_WAITING": "100000",
            "CONFIGURATION_SET": CONFIGURATION_SET,
            "ORIGINATION_IDENTITY": OUR_NUMBER,
            "SENDS_PER_SECOND": "500",
            "PINPOINT_APPLICATION_ID": "app",
            "PINPOINT_SEGMENT_ID": "seg",
            "CONNECT_INSTANCE_ID": "11111111-1111-1111-1111-111111111111",
            "CONNECT_CONTACT_FLOW_ID": "flow",
            "CONNECT_QUEUE_ID": "queue",
            "CONNECT_SOURCE_PHONE_NUMBER": "+12065550111",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        callback_queue = sqs.create_queue(QueueName="callback")["QueueUrl"]
        if connect:
            monkeypatch.setenv("CALLBACK_QUEUE_URL", callback_queue)
        _create_tables()
        boto3.client("scheduler").create_schedule_group(Name="wake-ups")
        _forget_earlier_tests()
        system = System(network)
        network.publish = system.inbound.append
        network.publish_events = system.events.extend
        with system.dynamodb.Table("Employees").batch_writer() as batch:
            for number in (ANN, BOB):
                batch.put_item({"phone_number": number})
        yield system
        _forget_earlier_tests()


def _screaming(table: str) -> str:
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(table)).upper()


def _create_tables() -> None:
    client = boto3.client("dynamodb")
    for table, keys in TABLES.items():
        index = INDEXES.get(table, ())
        client.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_key_schema(keys),
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"} for key in dict.fromkeys((*keys, *index))
            ],
            **(
                {
                    "GlobalSecondaryIndexes": [
                        {
                            "IndexName": "by-status",
                            "KeySchema": _key_schema(index),
                            "Projection": {"ProjectionType": "ALL"},
                        }
                    ]
                }
                if index
                else {}
            ),
        )


def _key_schema(keys: tuple[str, ...]) -> list[Any]:
    return [
        {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
    ]


def _forget_earlier_tests() -> None:
    for name, kept in HANDLERS.items():
        getattr(importlib.import_module(f"shift_sms_runtime.handlers.{name}"), kept).cache_clear()
    records.logger.cache_clear()
    records.metrics.cache_clear()
