"""Plans a campaign for any number of recipients.

Uses the product's planner and clients that only count calls.

The figures show that memory use is independent of the size of the segment, and that calls grow in proportion to it.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import psutil

from lab.bench.figures import Figure
from shift_sms_runtime.aws.sqs import SqsQueue
from shift_sms_runtime.campaigns.campaign import Campaign, CampaignComposer
from shift_sms_runtime.campaigns.launcher import EndUserMessagingEngine
from shift_sms_runtime.campaigns.planner import CampaignPlanner
from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.campaign_counters import (
    DynamoCampaignCounters,
    DynamoHeldMessages,
    DynamoLaunchPlans,
)
from shift_sms_runtime.tables.campaigns import DynamoCampaigns
from shift_sms_runtime.tables.deliveries import DynamoDeliveries
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers
from shift_sms_runtime.tables.shifts import DynamoShifts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_FIRST_NUMBER = 14252000000
_CAMPAIGN = Campaign(
    "simulated",
    "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124, 19/08 6h lateshift XYZ125",
    "overtime",
)
RECIPIENTS_PER_ITEM = 50
_SIZES = (10_000, 100_000, 1_000_000)
_TOLERANCE = 0.05
_MEGABYTE = 1e6
_BASELINE_CALLS = 2000
"""Calls for 1,000 recipients with one write and one message per recipient."""
_MAX_CALLS_RATIO = 0.05
_LAUNCH = "launch"


@dataclass(frozen=True)
class PlanningFigures:
    """The figures of planning one campaign.

    `calls` are by operation; `peak_memory` is the resident size in bytes.
    """

    recipients: int
    pages: int
    work_items: int
    queued: int
    calls: Counter[str]
    seconds: float
    peak_memory: int

    @property
    def calls_per_thousand(self) -> float:
        """Calls to AWS per 1,000 recipients."""
        return self.calls.total() / self.recipients * 1000


class _NeverRaised(Exception):
    """Stands for exceptions that the client never raises, because it evaluates no condition."""


class _CountingDynamo:
    """A DynamoDB client that computes the members of a segment.

    It stores nothing but the launch plan.
    """

    class exceptions:  # noqa: N801 - boto3's name
        ConditionalCheckFailedException = _NeverRaised
        TransactionCanceledException = _NeverRaised

    def __init__(self, members: int, calls: Counter[str]) -> None:
        self._members = members
        self._calls = calls
        self._plan: dict[str, Any] = {}
        self.targeted = 0

    def query(self, **request: Any) -> dict[str, Any]:
        self._calls["Query"] += 1
        start = request.get("ExclusiveStartKey")
        first = int(start["phone_number"]["S"]) - _FIRST_NUMBER + 1 if start else 0
        end = min(first + request["Limit"], self._members)
        items = [{"phone_number": {"S": f"+{_FIRST_NUMBER + number}"}} for number in range(first, end)]
        return {"Items": items} | ({"LastEvaluatedKey": items[-1]} if end < self._members else {})

    def transact_write_items(self, *, TransactItems: list[Any]) -> None:  # noqa: N803 - boto3's name
        self._calls["TransactWriteItems"] += 1
        self.targeted += sum("Put" in item for item in TransactItems)

    def put_item(self, **request: Any) -> None:
        self._calls["PutItem"] += 1
        self._plan = request["Item"]

    def update_item(self, **request: Any) -> dict[str, Any]:
        self._calls["UpdateItem"] += 1
        after = request["ExpressionAttributeValues"].get(":page_after")
        if after:
            self._plan["page_after"] = after
        return {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        self._calls["GetItem"] += 1
        item = self._plan if "part" in request["Key"] else request["Key"] | {"launch_id": {"S": _LAUNCH}}
        return {"Item": item}

    def batch_get_item(self, **_request: Any) -> dict[str, Any]:
        self._calls["BatchGetItem"] += 1
        return {"Responses": {}, "UnprocessedKeys": {}}


class _CountingQueue:
    """An SQS client that keeps the next page and counts work items."""

    def __init__(self, calls: Counter[str]) -> None:
        self._calls = calls
        self._pages: list[Page] = []
        self.items = self.recipients = 0

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:  # noqa: N803, ARG002 - boto3's names
        self._calls["SendMessage"] += 1
        if QueueUrl == "pages":
            self._pages.append(Page.from_json(MessageBody))
            return
        self.items += 1
        self.recipients += len(WorkItem.from_json(MessageBody).recipients)

    def pages(self) -> Iterator[Page]:
        """Yields pages until none is queued."""
        while self._pages:
            yield self._pages.pop()


def planning_figures() -> Iterator[Figure]:
    """Yields the calls and the memory of planning for up to a million recipients.

    The baseline of the calls is one write and one message per recipient. The baseline of the growth is a tenth of the
    recipients.
    """
    smaller: PlanningFigures | None = None
    for size in _SIZES:
        figures = plan(size)
        case = f"{size:,} recipients"
        yield Figure(
            "calls to AWS per 1,000 recipients of a launch",
            case,
            figures.calls_per_thousand,
            _BASELINE_CALLS,
            at_most=_MAX_CALLS_RATIO,
        )
        if smaller and size == _SIZES[-1]:
            grown = f"{case} / {smaller.recipients:,}"
            yield Figure(
                "memory of a launch in MB",
                grown,
                figures.peak_memory / _MEGABYTE,
                smaller.peak_memory / _MEGABYTE,
                at_most=1 + _TOLERANCE,
            )
            yield Figure(
                "calls to AWS per 1,000 recipients of a launch",
                grown,
                figures.calls_per_thousand,
                smaller.calls_per_thousand,
                at_most=1 + _TOLERANCE,
            )
        smaller = figures


def plan(recipients: int) -> PlanningFigures:
    """Launches one campaign for a segment of `recipients` members and plans all of it."""
    calls: Counter[str] = Counter()
    tables, queues = _CountingDynamo(recipients, calls), _CountingQueue(calls)
    dynamodb, sqs = cast("DynamoDBClient", tables), cast("SQSClient", queues)
    plans, pages = DynamoLaunchPlans(dynamodb, "CampaignCounters", _now), SqsQueue[Page](sqs, "pages")
    requests = SqsQueue[CampaignRequest](sqs, "campaign-requests")
    campaigns = DynamoCampaigns(dynamodb, "Campaigns", _now)
    engine = EndUserMessagingEngine(
        plans,
        pages,
        campaigns,
        DynamoShifts(dynamodb, "Shifts", ShiftReader()),
        CampaignComposer(Locales(locales("shifts"), default="en"), agent_offered=True, opt_out_hint=True),
        clock=_now,
    )
    planner = CampaignPlanner(
        segment_members=DynamoSegmentMembers(dynamodb, "SegmentMembers"),
        deliveries=DynamoDeliveries(dynamodb, deliveries="Deliveries", counters="CampaignCounters"),
        plans=plans,
        pages=pages,
        dispatch=SqsQueue[WorkItem](sqs, "dispatch"),
        campaigns=campaigns,
        counters=DynamoCampaignCounters(dynamodb, "CampaignCounters"),
        holder=CampaignHolder(DynamoHeldMessages(dynamodb, "CampaignCounters", _now), requests),
        requests=requests,
        recipients_per_item=RECIPIENTS_PER_ITEM,
        most_waiting=sys.maxsize,
        clock=_now,
    )
    process, peak, count = psutil.Process(), 0, 0
    began = time.perf_counter()
    engine.launch(_CAMPAIGN, _LAUNCH)
    for page in queues.pages():
        planner.handle(page)
        count += 1
        peak = max(peak, process.memory_info().rss)
    seconds = time.perf_counter() - began
    if not tables.targeted == queues.recipients == recipients:
        raise AssertionError(f"{tables.targeted} rows, {queues.recipients} queued, {recipients} expected")
    return PlanningFigures(recipients, count, queues.items, queues.recipients, calls, seconds, peak)


def bytes_per_work_item() -> int:
    """Returns the size of a full work item as a queue message.

    The maximum of SQS is 262,144 bytes.
    """
    numbers = tuple(f"+{_FIRST_NUMBER + number}" for number in range(RECIPIENTS_PER_ITEM))
    return len(json.dumps(WorkItem("simulated", _LAUNCH, _CAMPAIGN.message, 1, numbers).to_json()))


def _now() -> datetime:
    return datetime.now(UTC)
