"""The whole system on this machine: the embedded cloud, the phone network, and the real app deployed between them."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from lab.cloud.embedded_cloud import EmbeddedCloud
from lab.cloud.gateway import Gateway
from lab.deployment import Outputs, deploy
from lab.phone_network import (
    AccessDeniedError,
    Account,
    Authorize,
    ConfigurationSet,
    ConnectInstance,
    EmbeddedCloudIam,
    PhoneNetwork,
    PhoneNumber,
    PinpointApplication,
    SentText,
    publish_events_to_topic,
    publish_to_topic,
)

_LOCAL = json.loads((Path(__file__).parent.parent / "cdk.json").read_text(encoding="utf-8"))["context"][
    "environments"
]["local"]
"""The settings of `local`: the phone network has what they name."""

OUR_NUMBER: str = _LOCAL["origination_identity"]
MESSAGES_PER_SECOND: int = _LOCAL["messages_per_second"]
PINPOINT_APPLICATION = PinpointApplication(
    application_id=_LOCAL["pinpoint_application_id"], segment_ids=frozenset({_LOCAL["pinpoint_segment_id"]})
)
CONNECT_INSTANCE = ConnectInstance(
    instance_id=_LOCAL["connect_instance_id"],
    contact_flow_ids=frozenset({_LOCAL["connect_contact_flow_id"]}),
    queue_ids=frozenset({_LOCAL["connect_queue_id"]}),
    phone_numbers=frozenset({_LOCAL["connect_source_phone_number"]}),
)
# The stack makes it on AWS; the embedded cloud has no configuration sets.
CONFIGURATION_SET = ConfigurationSet(
    name="shift-sms-local",
    matching_event_types=frozenset(
        {
            "TEXT_SUCCESSFUL",
            "TEXT_DELIVERED",
            "TEXT_INVALID",
            "TEXT_INVALID_MESSAGE",
            "TEXT_UNREACHABLE",
            "TEXT_CARRIER_UNREACHABLE",
            "TEXT_BLOCKED",
            "TEXT_CARRIER_BLOCKED",
            "TEXT_SPAM",
            "TEXT_UNKNOWN",
            "TEXT_TTL_EXPIRED",
            "TEXT_PROTECT_BLOCKED",
        }
    ),
)

Item = dict[str, Any]
MARKER_SHIFT_ID = "how-far-it-is"
"""A shift of the lab's own, see `System.wait_until_followed`."""


class LabSystem:
    """Everything up and deployed between ``__enter__`` and ``__exit__``.

    ``connect`` is whether Amazon Connect is on; ``overrides`` are further settings, as ``cdk deploy -c`` takes them.
    What they say about the number, its throughput and who answers STOP, the phone network's number has as well.
    """

    def __init__(
        self,
        *,
        connect: bool = True,
        overrides: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._connect = connect
        self._overrides = overrides or {}
        self._say = say
        self._stack = ExitStack()
        self._refused: Counter[str] = Counter()
        self.gateway = Gateway(region=EmbeddedCloud.region, account=EmbeddedCloud.account)
        self.cloud = EmbeddedCloud(functions_endpoint=self.gateway.url)
        self.network: PhoneNetwork
        self.outputs: Outputs
        self._iam: EmbeddedCloudIam

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            began = time.monotonic()
            self._say("starting the embedded cloud, with permissions enforced")
            stack.enter_context(self.gateway)
            stack.enter_context(self.cloud)
            iam = self._iam = EmbeddedCloudIam(
                iam=self.cloud.client("iam"), functions=self.cloud.client("lambda"), decision_seconds=0
            )
            self.gateway.upstream, self.gateway.authorise = self.cloud.url, iam
            self.network = stack.enter_context(
                PhoneNetwork(_account(self.cloud, self._overrides), authorise=self._noting_refusals(iam))
            )
            self._say("deploying the app with the CDK command line")
            self.outputs = deploy(self.cloud, self.settings(), self.cloud.folder / "deployment")
            self.network.publish = publish_to_topic(self.cloud.client("sns"), self.outputs.inbound_topic_arn)
            if events_topic := self.outputs.delivery_events_topic_arn:
                self.network.publish_events = publish_events_to_topic(self.cloud.client("sns"), events_topic)
            self._say(f"ready after {time.monotonic() - began:.0f} s")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def settings(self) -> dict[str, str]:
        """What the deployment is given beside ``cdk.json``."""
        return {
            "sms_endpoint_url": self.network.url,
            "connect_endpoint_url": self.network.url,
            "pinpoint_endpoint_url": self.network.url,
            "connect_enabled": str(self._connect).lower(),
            **self._overrides,
        }

    def put(self, table: str, items: Iterable[Mapping[str, Any]]) -> None:
        """Put items as an operator would in the console."""
        client, serialize = self.cloud.client("dynamodb"), TypeSerializer().serialize
        for item in items:
            client.put_item(TableName=table, Item={name: serialize(value) for name, value in item.items()})

    def rows(self, table: str) -> list[Item]:
        """Everything in a table."""
        pages = (
            self.cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        )
        deserialize = TypeDeserializer().deserialize
        return [
            {name: deserialize(value) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]

    def taken(self) -> dict[str, str]:
        """Which shift is whose; nobody's name where it has several seats."""
        shifts = self.rows(self.outputs.shifts_table_name)
        return {row["shift_id"]: row.get("employee", "") for row in shifts if row["shift_status"] == "taken"}

    def ask(self, phone: str, body: str, timeout: float = 30) -> SentText:
        """Text from a phone and wait for the answer. Raises TimeoutError when none comes."""
        heard = len(self.network.inbox(phone))
        self.network.send_from_phone(phone, body, OUR_NUMBER)
        return self.network.wait_for_text(phone, heard, timeout)

    def refused(self) -> Counter[str]:
        """What functions were refused for want of a permission: AWS operations, and actions of the phone network."""
        return self.gateway.refused + self._refused

    @contextmanager
    def lasting_permissions(self, seconds: float = 60) -> Iterator[None]:
        """Ask for each permission once in a while, for runs in which none changes.

        Otherwise each call is asked about: a test that takes a permission away wants to see it gone at once.
        """
        self._iam.decision_seconds = seconds
        try:
            yield
        finally:
            self._iam.decision_seconds = 0

    def _noting_refusals(self, authorise: Authorize) -> Authorize:
        def note(access_key_id: str, action: str, resource_arn: str) -> None:
            try:
                authorise(access_key_id, action, resource_arn)
            except AccessDeniedError:
                self._refused[action] += 1
                raise

        return note

    def work_queues(self) -> list[str]:
        """URLs of the queues that functions work on."""
        urls = self.cloud.client("sqs").list_queues()["QueueUrls"]
        return [url for url in urls if "DeadLetters" not in url]

    def wait_until_idle(self, timeout: float = 60) -> None:
        """Wait until the functions' queues are empty, none of their messages is worked on, and no receipt is to come.

        Raises:
            TimeoutError: some still is.
        """
        end = time.monotonic() + timeout
        queues = self.work_queues()
        idle = 0
        # Twice in a row: a function may hand on to a queue that has been looked at already.
        while idle < 2:
            at_work = self.network.receipts_due or any(any(self.depth(url)) for url in queues)
            idle = 0 if at_work else idle + 1
            if time.monotonic() > end:
                raise TimeoutError(f"the functions are still at work after {timeout:.0f} s")
            time.sleep(0.03)

    def call_for(self, shift_id: str) -> None:
        """Have a shift looked after."""
        self.cloud.client("sqs").send_message(
            QueueUrl=self.outputs.shift_calls_queue_url, MessageBody=json.dumps({"shift_id": shift_id})
        )

    def wait_until_followed(self, timeout: float = 60) -> None:
        """Wait until every shift that has changed was looked after, and everybody concerned was told.

        How far the functions have read a table's stream cannot be asked. But they read it in order: the shift that is
        put up here is looked after last, and that shows in an agenda. It is closed, and stays.

        Raises:
            TimeoutError: some was not.
        """
        self.wait_until_idle(timeout)
        client, end = self.cloud.client("dynamodb"), time.monotonic() + timeout
        agenda: Any = {
            "TableName": self.outputs.agendas_table_name,
            "Key": {"phone_number": {"S": MARKER_SHIFT_ID}},
        }
        client.delete_item(**agenda)
        mark = {
            "shift_id": MARKER_SHIFT_ID,
            "shift_status": "closed",
            "seats": 2,
            "respond_by": "2020-01-01T00:00Z",
        }
        held = {"employees": {MARKER_SHIFT_ID: datetime.now(UTC).isoformat()}}
        self.put(self.outputs.shifts_table_name, [mark | held])
        # The embedded cloud looks at streams when something is in a queue, and otherwise once in a second.
        self.call_for("nothing")
        while "Item" not in client.get_item(**agenda, ConsistentRead=True):
            if time.monotonic() > end:
                raise TimeoutError(f"the stream of shifts was not followed after {timeout:.0f} s")
            time.sleep(0.03)
        self.wait_until_idle(timeout)

    def depth(self, queue_url: str) -> tuple[int, int]:
        """Messages waiting, and messages in flight."""
        attributes = self.cloud.client("sqs").get_queue_attributes(
            QueueUrl=queue_url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return (
            int(attributes["ApproximateNumberOfMessages"]),
            int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )


def _account(cloud: EmbeddedCloud, overrides: Mapping[str, str]) -> Account:
    settings = {**_LOCAL, **overrides}
    return Account(
        account_id=cloud.account,
        region=cloud.region,
        phone_numbers=(
            PhoneNumber(
                number=OUR_NUMBER,
                phone_number_id="phone-lab",
                messages_per_second=int(settings["messages_per_second"]),
                self_managed_opt_outs=_is_on(settings.get("self_managed_opt_outs", False)),
            ),
        ),
        configuration_sets=(CONFIGURATION_SET,),
        connect_instances=(CONNECT_INSTANCE,),
        pinpoint_applications=(PINPOINT_APPLICATION,),
    )


def _is_on(setting: object) -> bool:
    # As in cdk.json, or as a setting comes from the command line: true, YES.
    return str(setting).strip().lower() in ("true", "yes")
