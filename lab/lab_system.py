"""Runs the whole system on this machine.

Starts the embedded cloud and the phone network, and deploys the stack.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

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
from lab.settings import SETTINGS
from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.shifts.shift_item import ShiftReader, index_keys

OUR_NUMBER: str = SETTINGS["origination_identity"]
MESSAGES_PER_SECOND: int = SETTINGS["messages_per_second"]
PINPOINT_APPLICATION = PinpointApplication(
    application_id=SETTINGS["pinpoint_application_id"],
    segment_ids=frozenset({SETTINGS["pinpoint_segment_id"]}),
)
CONNECT_INSTANCE = ConnectInstance(
    instance_id=SETTINGS["connect_instance_id"],
    contact_flow_ids=frozenset({SETTINGS["connect_contact_flow_id"]}),
    queue_ids=frozenset({SETTINGS["connect_queue_id"]}),
    phone_numbers=frozenset({SETTINGS["connect_source_phone_number"]}),
)
# On AWS the stack creates the configuration set; the embedded cloud does not support them.
CONFIGURATION_SET = ConfigurationSet(
    name=SETTINGS["configuration_set_name"],
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
_DEAD_LETTERS = "DeadLetters"
_MAX_PUTS = 25
"""Source: BatchWriteItem in the DynamoDB API reference."""
MARKER_SHIFT_ID = "stream-marker"
"""The id of the lab's own shift; see `LabSystem.wait_until_reconciled`."""


class LabSystem:
    """The deployed system as a context manager."""

    def __init__(
        self,
        *,
        connect: bool = True,
        overrides: Mapping[str, str] | None = None,
        on_progress: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """Configures the system.

        Args:
            connect: whether Amazon Connect is on.
            overrides: further settings, as for `cdk deploy -c`. The phone network's number has the throughput
                and the opt-out management that they set.
            on_progress: receives lines about the progress of the start.
        """
        self._connect = connect
        self._overrides = overrides or {}
        self._on_progress = on_progress
        self._stack = ExitStack()
        self._denied: Counter[str] = Counter()
        self.gateway = Gateway(region=EmbeddedCloud.region, account=EmbeddedCloud.account)
        self.cloud = EmbeddedCloud(functions_endpoint=self.gateway.url)
        self.network: PhoneNetwork
        self.outputs: Outputs
        self._iam: EmbeddedCloudIam

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            started = time.monotonic()
            self._on_progress("starting the embedded cloud, with permissions enforced")
            stack.enter_context(self.gateway)
            stack.enter_context(self.cloud)
            iam = self._iam = EmbeddedCloudIam(
                iam=self.cloud.client("iam"), functions=self.cloud.client("lambda"), decision_seconds=0
            )
            self.gateway.upstream, self.gateway.authorize = self.cloud.url, iam
            self.network = stack.enter_context(
                PhoneNetwork(_account(self.cloud, self._overrides), authorize=self._record_denials(iam))
            )
            self._on_progress("deploying the stack with the CDK command line")
            self.outputs = deploy(self.cloud, self.settings(), self.cloud.folder / "deployment")
            self.network.publish = publish_to_topic(self.cloud.client("sns"), self.outputs.inbound_topic_arn)
            self.network.configuration.connect_two_way(self.outputs.inbound_topic_arn)
            if events_topic := self.outputs.delivery_events_topic_arn:
                self.network.publish_events = publish_events_to_topic(self.cloud.client("sns"), events_topic)
            self._on_progress(f"ready after {time.monotonic() - started:.0f} s")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def settings(self) -> dict[str, str]:
        """Returns the settings that the deployment overrides."""
        return {
            "sms_endpoint_url": self.network.url,
            "connect_endpoint_url": self.network.url,
            "pinpoint_endpoint_url": self.network.url,
            "connect_enabled": str(self._connect).lower(),
            **self._overrides,
        }

    def put(self, table: str, items: Iterable[Mapping[str, Any]]) -> None:
        """Puts items into a table, as an operator would in the console."""
        client = self.cloud.client("dynamodb")
        puts: list[Any] = [{"PutRequest": {"Item": wire(item)}} for item in items]
        for start in range(0, len(puts), _MAX_PUTS):
            client.batch_write_item(RequestItems={table: puts[start : start + _MAX_PUTS]})

    def put_shifts(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Puts shifts with the keys of their indexes, so that all are listed.

        `shift-sms shifts import` puts them likewise.
        """
        reader = ShiftReader()
        indexed = ({**item, **index_keys(reader.read(item))} for item in items)
        self.put(self.outputs.shifts_table_name, indexed)

    def rows(self, table: str, at_most: int | None = None) -> list[Item]:
        """Returns every item of a table, or at most `at_most` of them."""
        scan = self.cloud.client("dynamodb").get_paginator("scan")
        bounds: Any = {"MaxItems": at_most, "PageSize": at_most}
        pages = scan.paginate(TableName=table, ConsistentRead=True, PaginationConfig=bounds)
        return [plain(item) for page in pages for item in page["Items"]]

    def bookings(self) -> dict[str, str]:
        """Returns the employee of each taken shift; an empty string for a shift with several seats."""
        shifts = self.rows(self.outputs.shifts_table_name)
        return {row["shift_id"]: row.get("employee", "") for row in shifts if row["shift_status"] == "taken"}

    def send_and_wait(self, phone: str, body: str, timeout: float = 30) -> SentText:
        """Sends a text from a phone and returns the reply. Raises TimeoutError if there is none."""
        received = len(self.network.inbox(phone))
        self.network.send_from_phone(phone, body, OUR_NUMBER)
        return self.network.wait_for_text(phone, received, timeout)

    def denied(self) -> Counter[str]:
        """Returns how many calls were denied, by AWS operation or by action of the phone network."""
        return self.gateway.denied + self._denied

    @contextmanager
    def cached_permissions(self, seconds: float = 60) -> Iterator[None]:
        """Caches IAM decisions for `seconds`, for runs in which no permission changes.

        Without the cache every call is authorized anew, so that a removed permission has an effect at once.
        """
        self._iam.decision_seconds = seconds
        try:
            yield
        finally:
            self._iam.decision_seconds = 0

    def _record_denials(self, authorize: Authorize) -> Authorize:
        def authorize_and_record(access_key_id: str, action: str, resource_arn: str) -> None:
            try:
                authorize(access_key_id, action, resource_arn)
            except AccessDeniedError:
                self._denied[action] += 1
                raise

        return authorize_and_record

    def work_queues(self) -> list[str]:
        """Returns the URLs of the queues that functions consume."""
        urls = self.cloud.client("sqs").list_queues()["QueueUrls"]
        return [url for url in urls if _DEAD_LETTERS not in url]

    @contextmanager
    def quick_redelivery(self, seconds: int) -> Iterator[None]:
        """Shortens the visibility timeout of the work queues to `seconds`."""
        sqs = self.cloud.client("sqs")
        before = {
            url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
            for url in self.work_queues()
        }
        for url in before:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
        try:
            yield
        finally:
            for url, attributes in before.items():
                sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def dead_letters(self) -> int:
        """Returns the number of messages in all dead-letter queues."""
        urls = self.cloud.client("sqs").list_queues()["QueueUrls"]
        return sum(sum(self.depth(url)) for url in urls if _DEAD_LETTERS in url)

    def wait_until_idle(self, timeout: float = 60) -> None:
        """Waits until all work queues and the outbox are empty, and no delivery event is due.

        A message in flight counts as work. A text can wait in the outbox while no message is in a queue.

        Raises:
            TimeoutError: the system is still busy after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        queues = self.work_queues()
        idle = 0
        # Checks twice, because a function can send to a queue that was already checked.
        while idle < 2:
            busy = next(self._busy(queues), None)
            idle = 0 if busy else idle + 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"still busy after {timeout:.0f} s: {busy}")
            time.sleep(0.03)

    def _busy(self, queues: Iterable[str]) -> Iterator[str]:
        """Yields what has work left. Each look costs calls of the cloud, so that callers stop at the first."""
        if self.network.events_due:
            yield "delivery events"
        yield from (url.rpartition("/")[2] for url in queues if any(self.depth(url)))
        if self.rows(self.outputs.outbox_table_name, at_most=1):
            yield "the outbox"

    def request_reconciliation(self, shift_id: str) -> None:
        """Requests the reconciliation of a shift."""
        self.cloud.client("sqs").send_message(
            QueueUrl=self.outputs.reconcile_queue_url, MessageBody=json.dumps({"shift_id": shift_id})
        )

    def wait_until_reconciled(self, timeout: float = 60) -> None:
        """Waits until every changed shift is reconciled and all its notices are sent.

        No API tells how far a consumer has read a table's stream. But the stream is read in order, so a marker
        shift that is put now is reconciled last. Its reconciliation writes an item of the EmployeeBookings
        table, which this method waits for. The marker is closed and stays in the table.

        Raises:
            TimeoutError: the marker was not reconciled within `timeout` seconds.
        """
        self.wait_until_idle(timeout)
        client, deadline = self.cloud.client("dynamodb"), time.monotonic() + timeout
        marker_bookings: Any = {
            "TableName": self.outputs.employee_bookings_table_name,
            "Key": {"phone_number": {"S": MARKER_SHIFT_ID}},
        }
        client.delete_item(**marker_bookings)
        marker = {
            "shift_id": MARKER_SHIFT_ID,
            "shift_status": "closed",
            "seats": 2,
            "respond_by": "2020-01-01T00:00Z",
            "employees": {MARKER_SHIFT_ID: datetime.now(UTC).isoformat()},
        }
        self.put(self.outputs.shifts_table_name, [marker])
        # The embedded cloud polls streams once a second, and immediately when a message is in a queue.
        self.request_reconciliation("no-such-shift")
        while "Item" not in client.get_item(**marker_bookings, ConsistentRead=True):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the marker shift was not reconciled within {timeout:.0f} s")
            time.sleep(0.03)
        self.wait_until_idle(timeout)

    def depth(self, queue_url: str) -> tuple[int, int]:
        """Returns the number of waiting messages and the number of messages in flight."""
        attributes = self.cloud.client("sqs").get_queue_attributes(
            QueueUrl=queue_url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return (
            int(attributes["ApproximateNumberOfMessages"]),
            int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )


def _account(cloud: EmbeddedCloud, overrides: Mapping[str, str]) -> Account:
    settings = {**SETTINGS, **overrides}
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
    # The setting is a boolean, or a string from the command line: true, YES.
    return str(setting).strip().lower() in ("true", "yes")
