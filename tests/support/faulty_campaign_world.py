"""Runs the functions of campaigns at the same time, with faults by chance at every step."""

import contextlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from shift_sms_runtime.campaigns.launcher import CampaignLauncher, EndUserMessagingEngine
from shift_sms_runtime.campaigns.planner import CampaignPlanner
from shift_sms_runtime.campaigns.sender import MAX_RETRY_SECONDS, CampaignSender
from shift_sms_runtime.campaigns.summary import CampaignSummarizer
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.delivery_events.delivery_event import read_delivery_event
from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
from shift_sms_runtime.handlers import batch
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.messaging.outgoing_text import (
    DeliveryStatus,
    LimitReached,
    NotSent,
    OutgoingText,
    Refused,
    SendResult,
    Sent,
    Unknown,
)
from shift_sms_runtime.messaging.ports import SmsSender
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.queue_messages import NO_DELAY, QueueMessage
from tests.support.campaign_world import MESSAGE, OUR_NUMBER, numbers
from tests.support.clock import Clock
from tests.support.concurrent_functions import ConcurrentFunctions
from tests.support.crash_points import Killed, Steps, Throttled, watched
from tests.support.functions_on_moto import LambdaContext
from tests.support.memory.campaign_counters import MemorySendPermits
from tests.support.notifications import notification
from tests.support.store_pairs import Stores

MEMBERS = [*numbers(13), "+1 425 555 0100", "call me"]


RECIPIENTS = 14
"""Two of the members are the same phone number."""


TROUBLE = timedelta(minutes=40)


VISIBILITY = timedelta(minutes=6)


MOST_RECEIVES = 5


Process = Callable[..., PartialItemFailureResponse]


@dataclass
class QueuedMessage:
    """A message of a queue."""

    message_id: str
    body: str
    seen_at: datetime
    receives: int = 0


@dataclass
class UnreliableQueue:
    """An SQS queue: delivers at least once and in any order, and moves a message that fails often to `dead`."""

    clock: Clock
    chance: random.Random
    messages: list[QueuedMessage] = field(default_factory=list)
    dead: list[QueuedMessage] = field(default_factory=list)
    put_so_far: int = 0

    def put(self, messages: Sequence[QueueMessage], *, delay: timedelta = NO_DELAY) -> None:
        """See `Queue.put`."""
        for message in messages:
            self.add(message.to_json(), delay)

    def add(self, body: str, delay: timedelta = NO_DELAY) -> None:
        """Adds a message that comes from outside."""
        self.put_so_far += 1
        self.messages.append(QueuedMessage(f"m{self.put_so_far}", body, self.clock() + delay))

    def receive(self, most: int) -> list[QueuedMessage]:
        visible = [message for message in self.messages if message.seen_at <= self.clock()]
        batch = []
        for message in self.chance.sample(visible, min(most, len(visible))):
            if message.receives == MOST_RECEIVES:
                self.messages.remove(message)
                self.dead.append(message)
                continue
            message.receives += 1
            # Now and then a message is delivered a second time.
            if self.chance.random() > 0.15:
                message.seen_at = self.clock() + VISIBILITY
            batch.append(message)
        return batch

    def delete(self, message: QueuedMessage) -> None:
        if message in self.messages:
            self.messages.remove(message)

    def redrive(self) -> None:
        """Moves the dead letters back into the queue."""
        for message in self.dead:
            self.add(message.body)
        self.dead.clear()


class UnreliableNetwork:
    """The service and the carriers: `out` are the texts, by campaign and phone number."""

    def __init__(self, world: "FaultyCampaignWorld") -> None:
        self._world = world
        self.out: list[tuple[str, str]] = []

    def send(self, text: OutgoingText) -> SendResult:
        chance, trouble = self._world.chance.random(), self._world.trouble
        self._world.together.wait(0.05)
        if trouble and chance < 0.1:
            return NotSent("ThrottlingException", transient=True)
        if trouble and chance < 0.13:
            return NotSent("OTHER", transient=False, destination_specific=chance < 0.115)
        if trouble and chance < 0.14:
            return LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
        if chance < 0.18:
            return Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")
        if chance < 0.22:
            return Unknown("ReadTimeoutError")
        sms_message_id = self._take(text)
        # The answer takes its time: an event may be there before.
        self._world.together.wait(self._world.chance.choice([0.05, 0.1, 4.5]))
        if trouble and chance > 0.96:
            raise Killed
        return Unknown("ReadTimeoutError") if chance < 0.3 else Sent(sms_message_id)

    def _take(self, text: OutgoingText) -> str:
        assert text.campaign_id is not None
        self.out.append((text.campaign_id, text.to))
        sms_message_id = f"sms-{len(self.out)}"
        chance = self._world.chance
        for event_type, final in (
            ("TEXT_SUCCESSFUL", False),
            (chance.choice(["TEXT_DELIVERED", "TEXT_DELIVERED", "TEXT_CARRIER_UNREACHABLE"]), True),
        ):
            event = {
                "eventType": event_type,
                "eventTimestamp": chance.randint(1, 3),
                "isFinal": final,
                "destinationPhoneNumber": text.to,
                "messageId": sms_message_id,
                "context": {"campaign_id": text.campaign_id},
                "totalMessageParts": 1,
            }
            for _ in range(chance.choice([0, 1, 1, 2])):
                delay = chance.choice([0, 0, chance.uniform(0, 1200)])
                self._world.events.add(notification(event), timedelta(seconds=delay))
        return sms_message_id


@dataclass
class Invocation:
    """The records of an invocation: which of them failed, and which were reported to Lambda."""

    function: str
    given: list[str]
    raised: dict[str, bool] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)


class FaultyCampaignWorld:
    """All functions of campaigns, and faults by chance."""

    def __init__(
        self,
        stores: Stores,
        steps: Steps,
        seed: int,
        *,
        process: Process = batch.process,
        sender: Callable[[SmsSender], SmsSender] = lambda sender: sender,
    ) -> None:
        self.stores, self.chance, self.clock = stores, random.Random(seed), Clock()
        # The jitter of retries is random too. With the same seed a world is the same each time.
        random.seed(seed)
        self.together = ConcurrentFunctions(self.clock)
        self._calm_from = self.clock() + TROUBLE
        self._busy_until = self.clock() + timedelta(minutes=2)
        self._process = process
        self.invocations: list[Invocation] = []
        self.launches, self.pages, self.dispatch, self.events = (
            UnreliableQueue(self.clock, self.chance) for _ in range(4)
        )
        self.network = UnreliableNetwork(self)
        self._steps = steps
        steps.happens = self._happens
        pages, dispatch = watched(self.pages, steps), watched(self.dispatch, steps)
        campaigns = stores.campaigns
        engine = EndUserMessagingEngine(
            stores.plans,
            pages,
            campaigns,
            stores.shifts,
            locale("shifts", "en"),
            agent_offered=True,
            keep_typography=False,
            clock=self.clock,
        )
        self._launcher = CampaignLauncher(campaigns, engine, default_segment="overtime")
        self._planner = CampaignPlanner(
            segment_members=stores.segment_members,
            deliveries=stores.deliveries,
            plans=stores.plans,
            pages=pages,
            dispatch=dispatch,
            campaigns=campaigns,
            counters=stores.counters,
            recipients_per_item=3,
            most_waiting=7,
            clock=self.clock,
        )
        sms = sender(watched(self.network, steps))
        self._sender = CampaignSender(
            send_once=SendOnce(stores.sends, sms, self.clock, max_retry_seconds=MAX_RETRY_SECONDS),
            deliveries=stores.deliveries,
            dispatch=dispatch,
            permits=watched(MemorySendPermits(self.clock), steps),
            employees=stores.employees,
            campaigns=campaigns,
            origination_identity=OUR_NUMBER,
            sends_per_second=5,
            clock=self.clock,
            on_settled=lambda _status, _recipients: None,
            on_stopped=lambda: None,
        )
        self._recorder = DeliveryEventRecorder(stores.delivery_events, self.clock)
        self._summarizer = CampaignSummarizer(stores.counters, campaigns)

    @property
    def trouble(self) -> bool:
        """Whether faults still occur."""
        return self.clock() < self._calm_from

    def run(self) -> "FaultyCampaignWorld":
        """Runs from the first item until every queue and every dead-letter queue is empty."""
        for member in MEMBERS:
            self.stores.put_member(member)
        self._put_up({"campaign_message": MESSAGE})
        if self.chance.random() < 0.5:
            self.together.start(self._stop_and_mostly_relaunch, after=self.chance.uniform(1, 60))
        for function, queue, most, instances, handle in (
            ("launch", self.launches, 1, 2, self._handle_launch),
            ("plan", self.pages, 2, 2, self._handle_page),
            ("send", self.dispatch, 2, 3, self._handle_item),
            ("events", self.events, 10, 2, self._handle_event),
        ):
            for _ in range(instances):
                self.together.start(
                    lambda function=function, queue=queue, most=most, handle=handle: self._poll(  # type: ignore[misc]
                        function, queue, most, handle
                    )
                )
        for _ in range(2):
            self.together.start(self._report)
        self.together.run()
        self._steps.happens = lambda _step, _after: None
        self._summarizer.handle("c")
        return self

    def _put_up(self, item: dict[str, Any]) -> None:
        self.stores.put_item(dict(item))
        launch_id = f"launch-{self.launches.put_so_far}"
        for _ in range(self.chance.choice([1, 1, 2])):
            self.launches.add(json.dumps([{"campaign_id": "c", **item}, launch_id]))

    def _stop_and_mostly_relaunch(self) -> None:
        stopped = False
        while not stopped:
            with contextlib.suppress(Killed, Throttled):
                self.stores.campaigns.stop("c", "stopped by the operator")
                stopped = True
        self.together.wait(self.chance.uniform(1, 1800))
        if self.chance.random() < 0.3:
            return
        self._put_up({"campaign_message": MESSAGE, "relaunch": "remaining", "campaign_status": "stopped"})

    def _happens(self, _step: int, after: bool) -> None:
        if not after:
            self.together.wait(self.chance.uniform(0.003, 0.05))
        if self.trouble:
            chance = self.chance.random()
            if chance < 0.006:
                raise Killed
            if chance < 0.015:
                raise Throttled

    def _poll(
        self, function: str, queue: UnreliableQueue, most: int, handle: Callable[[str], object]
    ) -> None:
        queues = (self.launches, self.pages, self.dispatch, self.events)
        while self.trouble or any(one.messages or one.dead for one in queues):
            if not self.trouble:
                queue.redrive()
            batch = queue.receive(self.chance.randint(1, most))
            if batch:
                self._invoke(function, queue, batch, handle)
            else:
                busy = self.clock() < self._busy_until
                self.together.wait(self.chance.uniform(0.5, 5) if busy else self.chance.uniform(5, 60))

    def _invoke(
        self,
        function: str,
        queue: UnreliableQueue,
        batch: list[QueuedMessage],
        handle: Callable[[str], object],
    ) -> None:
        invocation = Invocation(function, [message.message_id for message in batch])

        def handle_record(record: Any, _deadline: object) -> None:
            invocation.raised[record.message_id] = True
            handle(record.body)
            invocation.raised[record.message_id] = False

        event = {
            "Records": [
                {"messageId": one.message_id, "body": one.body, "eventSource": "aws:sqs"} for one in batch
            ]
        }
        try:
            response = self._process(event, LambdaContext(), EventType.SQS, handle_record)
        except Killed:
            return
        invocation.reported = {str(failure["itemIdentifier"]) for failure in response["batchItemFailures"]}
        self.invocations.append(invocation)
        for message in batch:
            if message.message_id not in invocation.reported:
                queue.delete(message)

    def _handle_launch(self, body: str) -> None:
        item, launch_id = json.loads(body)
        self._launcher.handle(item, launch_id)

    def _handle_page(self, body: str) -> None:
        self._planner.handle(Page.from_json(body))

    def _handle_item(self, body: str) -> None:
        self._sender.handle(WorkItem.from_json(body), self.together.deadline(60))

    def _handle_event(self, body: str) -> None:
        self._recorder.handle(read_delivery_event(body))

    def _report(self) -> None:
        """Summarizes at any time, and writes late."""
        while self.trouble:
            self.together.wait(self.chance.uniform(1, 300))
            try:
                self._summarizer.handle("c")
            except (Killed, Throttled):
                continue
