"""Runs the handlers against DynamoDB and SQS of moto and the phone network of the lab."""

import copy
import importlib
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.dynamodb.models import dynamodb_backends

from lab.phone_network.account import Account, ConnectInstance, PhoneNumber, PinpointApplication
from lab.phone_network.network import PhoneNetwork
from shift_sms_runtime import composition, telemetry
from shift_sms_runtime.handlers.batch import WholeBatchFailed
from shift_sms_runtime.shifts.shift_item import LISTED_ATTRIBUTES
from tests.support.notifications import message_ids, notification

OUR_NUMBER = "+12065550100"


HANDLERS = (
    "process_inbound_sms",
    "start_callback",
    "launch_campaign",
    "launch_pinpoint_campaign",
    "plan_campaign",
    "send_campaign",
    "record_delivery_event",
    "summarize_campaign",
    "detect_shift_changes",
    "publish_domain_events",
    "reconcile_campaign",
    "reconcile_shift",
    "send_operator_reply",
    "send_outbox",
    "index_managers",
    "notify_managers",
)
"""The functions. Each has a composition function of the same name."""


CONFIGURATION_SET = "shift-sms"


TABLES = {
    "Shifts": ("shift_id",),
    "Campaigns": ("campaign_id",),
    "Employees": ("phone_number",),
    "SegmentMembers": ("segment", "phone_number"),
    "Deliveries": ("campaign_shard", "phone_number"),
    "Conversations": ("phone_number", "entry"),
    "CampaignCounters": ("campaign_shard", "part"),
    "SendPermits": ("origination_identity",),
    "EmployeeBookings": ("phone_number",),
    "OperatorInbox": ("message_id",),
    "FillContacts": ("shift_id", "entry"),
    "Outbox": ("lane", "position"),
    "AuditTrail": ("subject", "entry"),
    "ConsoleSessions": ("session_hash",),
}


INDEXES: dict[str, dict[str, tuple[tuple[str, str], tuple[str, ...] | None]]] = {
    "Shifts": {
        "open-shifts": (("listed_role", "listed_at"), LISTED_ATTRIBUTES[1:]),
        "by-code": (("code_initial", "code"), ()),
        "by-start": (("start_list", "start_position"), ()),
    },
    "SegmentMembers": {"by-phone-number": (("phone_number", "segment"), ())},
    "Campaigns": {"by-time": (("listing", "listed_at"), ())},
    "AuditTrail": {"by-day": (("day", "entry"), None)},
    "OperatorInbox": {"by-status": (("message_status", "received_at"), None)},
}
"""The indexes by table and name: the keys, and the attributes besides these; None for all."""


@cache
def boto3_session() -> boto3.Session:
    """Returns one session for all tests, because reading the service models takes longer than most tests."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=ACCOUNT.region)


def client_on_moto(service: str, *, config: Config | None = None, **options: object) -> Any:
    """Returns a client as `boto3.client` does, the same one for all tests that moto answers.

    Making a client takes longer than most tests. Clients of the phone network have its address, so they are new.
    """
    if service in {"dynamodb", "scheduler", "sqs"} and not options:
        return _kept_client(service, config)
    session: Any = boto3_session()
    return session.client(service, config=config, **options)


@cache
def _tables_on_moto() -> Any:
    return boto3_session().resource("dynamodb")


@cache
def _kept_client(service: str, config: Config | None) -> Any:
    session: Any = boto3_session()
    return session.client(service, config=config)


@dataclass
class LambdaContext:
    """The context that Lambda passes to a handler."""

    seconds: float = 30
    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "request"
    began: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        return int((self.seconds - (time.monotonic() - self.began)) * 1000)


@dataclass
class FunctionsOnMoto:
    """Calls the functions as AWS does."""

    network: PhoneNetwork
    inbound: list[dict[str, str]] = field(default_factory=list)
    sent: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    dynamodb: Any = field(default_factory=_tables_on_moto)
    sqs: Any = field(default_factory=lambda: client_on_moto("sqs"))
    campaign_launcher: str = "launch_campaign"
    """The function that launches campaigns, which depends on the engine."""
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The items that the stream of the Shifts table has delivered."""
    stream: list[dict[str, Any]] = field(default_factory=list)
    """The records that the stream of the Shifts table has delivered."""

    def text(self, sender: str, body: str, message_id: str | None = None, *, sent: str | None = None) -> str:
        """Texts from a phone and runs the functions until all queues are empty.

        Args:
            sender: The phone.
            body: The text.
            message_id: The id of the text; by default a new one.
            sent: The time of the SNS notification.
        """
        self.inbound.clear()
        inbound_id = self.network.send_from_phone(sender, body, OUR_NUMBER, message_id)
        self.sent = sent
        assert self.deliver() == []
        return inbound_id

    def deliver(self, context: LambdaContext | None = None) -> list[dict[str, str]]:
        """Runs the functions until the inbound and callback queues are empty; returns the failed records."""
        failed = []
        if self.inbound:
            bodies = [notification(one, self.sent) for one in self.inbound]
            failed += self.invoke("process_inbound_sms", self.sqs_event(bodies), context)
        failed += self.drain("callback", "start_callback")
        return failed + self.reconcile_shifts()

    def reconcile_shifts(self) -> list[dict[str, str]]:
        """Reconciles shifts and sends what waits until no shift changes; returns the failed records."""
        failed: list[dict[str, str]] = []
        while True:
            records = self._shift_records()
            if records:
                failed += self.invoke("detect_shift_changes", {"Records": records})
            failed += self.drain("reconcile", "reconcile_shift")
            self.drain_outbox()
            if not records:
                return failed

    def _shift_records(self) -> list[dict[str, Any]]:
        pages = client_on_moto("dynamodb").get_paginator("scan").paginate(TableName="Shifts")
        images = {item["shift_id"]["S"]: item for page in pages for item in page["Items"]}
        before, self.seen = self.seen, images
        records = [
            {
                "eventID": f"shift-change-{number}",
                "eventName": "MODIFY",
                "dynamodb": {
                    "ApproximateCreationDateTime": int(time.time()),
                    "Keys": {"shift_id": {"S": shift_id}},
                    **({"OldImage": before[shift_id]} if shift_id in before else {}),
                    **({"NewImage": images[shift_id]} if shift_id in images else {}),
                    "SequenceNumber": f"{number}",
                },
            }
            for number, shift_id in enumerate(sorted({*before, *images}), len(self.stream))
            if before.get(shift_id) != images.get(shift_id)
        ]
        self.stream += records
        return records

    def drain(self, queue: str, function: str) -> list[dict[str, str]]:
        """Invokes a function until its queue is empty; returns the failed records."""
        url = self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        failed = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            failed += self.invoke(function, self.sqs_event([message["Body"] for message in messages]))
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return failed

    def take(self, queue: str) -> str:
        """Removes the next message from a queue and returns its body."""
        url = self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        (message,) = self.sqs.receive_message(QueueUrl=url)["Messages"]
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return str(message["Body"])

    def drain_outbox(self) -> None:
        """Runs the workers of the outbox until their queue is empty."""
        assert self.drain("outbox", "send_outbox") == []

    def put_campaign(self, **item: object) -> None:
        """Puts an item and hands its stream record to the campaign launcher."""
        self.dynamodb.Table("Campaigns").put_item(Item=item)
        image = client_on_moto("dynamodb").get_item(
            TableName="Campaigns", Key={"campaign_id": {"S": str(item["campaign_id"])}}
        )["Item"]
        record = {
            "eventID": next(message_ids),
            "eventName": "INSERT",
            "dynamodb": {"NewImage": image, "SequenceNumber": "1"},
        }
        assert self.invoke(self.campaign_launcher, {"Records": [record]}) == []

    def run_campaign(self, **item: object) -> dict[str, Any]:
        """Puts a campaign, runs the functions until all queues are empty and returns the item."""
        self.put_campaign(**item)
        assert self.drain("pages", "plan_campaign") == []
        assert self.drain("dispatch", "send_campaign") == []
        assert self.deliver_events() == []
        assert self.summarize(str(item["campaign_id"])) == []
        return self.campaign(str(item["campaign_id"]))

    def deliver_events(self) -> list[dict[str, str]]:
        """Invokes `record_delivery_event` with the due events, ten at a time; returns the failed records."""
        assert self.network.wait_for_delivery_events()
        bodies = [notification(event) for event in self.events]
        self.events.clear()
        failed = []
        for start in range(0, len(bodies), 10):
            failed += self.invoke("record_delivery_event", self.sqs_event(bodies[start : start + 10]))
        return failed

    def summarize(self, *campaign_ids: str) -> list[dict[str, str]]:
        """Invokes `summarize_campaign` with a record of each campaign; returns the failed records."""
        records = [
            {
                "eventID": f"{number}",
                "eventName": "MODIFY",
                "dynamodb": {
                    "Keys": {"campaign_shard": {"S": f"{campaign_id}#7"}, "part": {"S": "counters"}},
                    "SequenceNumber": f"{number}",
                },
            }
            for number, campaign_id in enumerate(campaign_ids)
        ]
        return self.invoke("summarize_campaign", {"Records": records})

    def campaign(self, campaign_id: str) -> dict[str, Any]:
        """Returns the item of a campaign."""
        (item,) = (row for row in self.rows("Campaigns") if row["campaign_id"] == campaign_id)
        return item

    def invoke(
        self, function: str, event: dict[str, Any], context: LambdaContext | None = None
    ) -> list[dict[str, str]]:
        """Invokes one function; returns the failed records."""
        module = importlib.import_module(f"shift_sms_runtime.handlers.{function}")
        try:
            response = module.handler(event, context or LambdaContext())
        except WholeBatchFailed as error:
            print(error)  # noqa: T201 - as Lambda does, for the test of the logs
            return [{"itemIdentifier": str(record.get("messageId"))} for record in event["Records"]]
        failures: list[dict[str, str]] = response["batchItemFailures"]
        return failures

    def sqs_event(self, bodies: list[str], receives: int = 1) -> dict[str, Any]:
        """Returns an SQS event with messages that were received so many times."""
        attributes = {"ApproximateReceiveCount": str(receives)}
        return {
            "Records": [
                {"messageId": f"sqs-{i}", "body": body, "eventSource": "aws:sqs", "attributes": attributes}
                for i, body in enumerate(bodies)
            ]
        }

    def put_shift(self, shift_id: str, info: str = "", **attributes: Any) -> None:
        """Puts an item as in the blog post, with further attributes."""
        item = {"shift_id": shift_id, "shift_status": "available"} | ({"shift_info": info} if info else {})
        attributes.pop("shift_info", None)
        self.dynamodb.Table("Shifts").put_item(Item={**item, **attributes})

    def edit_shift(self, shift_id: str, **attributes: Any) -> None:
        """Changes attributes of an item by hand; None removes one."""
        item = self.dynamodb.Table("Shifts").get_item(Key={"shift_id": shift_id})["Item"]
        changed = {name: value for name, value in {**item, **attributes}.items() if value is not None}
        self.dynamodb.Table("Shifts").put_item(Item=changed)

    def taken(self) -> dict[str, str]:
        """Returns the holder of each taken shift."""
        rows = self.dynamodb.Table("Shifts").scan()["Items"]
        return {row["shift_id"]: row.get("employee", "") for row in rows if row["shift_status"] == "taken"}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Returns the items of a table."""
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


def variable_name(table: str) -> str:
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(table)).upper()


def create_tables_on_moto() -> None:
    """Creates the tables in moto's account.

    Copies empty tables, because requests that create them take longer than most tests.
    """
    dynamodb_backends[ACCOUNT.account_id][ACCOUNT.region].tables.update(copy.deepcopy(_empty_tables()))


@cache
def _empty_tables() -> dict[str, Any]:
    create_tables(client_on_moto("dynamodb"))
    return dict(dynamodb_backends[ACCOUNT.account_id][ACCOUNT.region].tables)


def create_tables(client: Any) -> None:
    for table, keys in TABLES.items():
        indexes = INDEXES.get(table, {})
        names = dict.fromkeys((*keys, *(key for index, _ in indexes.values() for key in index)))
        client.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_key_schema(keys),
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            **({"GlobalSecondaryIndexes": [_index(*one) for one in indexes.items()]} if indexes else {}),
        )


def _index(name: str, index: tuple[tuple[str, str], tuple[str, ...] | None]) -> dict[str, Any]:
    keys, attributes = index
    return {"IndexName": name, "KeySchema": _key_schema(keys), "Projection": _projection(attributes)}


def _projection(attributes: tuple[str, ...] | None) -> dict[str, Any]:
    if attributes is None:
        return {"ProjectionType": "ALL"}
    if not attributes:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*attributes]}


def _key_schema(keys: tuple[str, ...]) -> list[Any]:
    return [
        {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
    ]


def clear_caches() -> None:
    for name in (*HANDLERS, "campaign_requests"):
        getattr(composition, name).cache_clear()
    telemetry.logger.cache_clear()
    telemetry.metrics.cache_clear()


MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"


def add_members(system: FunctionsOnMoto, *numbers: str, segment: str = "overtime") -> None:
    """Adds numbers to a segment."""
    for number in numbers:
        system.dynamodb.Table("SegmentMembers").put_item(Item={"segment": segment, "phone_number": number})
