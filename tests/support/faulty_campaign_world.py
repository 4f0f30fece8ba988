"""Runs the functions of campaigns concurrently, with random faults at their steps."""

import contextlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.campaigns.campaign import CampaignComposer
from shift_sms_runtime.campaigns.launcher import CampaignLauncher, EndUserMessagingEngine
from shift_sms_runtime.campaigns.planner import CampaignPlanner
from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
from shift_sms_runtime.campaigns.reconciliation.reconciler import CampaignReconciler
from shift_sms_runtime.campaigns.sender import MAX_RETRY_SECONDS, CampaignSender
from shift_sms_runtime.campaigns.summary import CampaignSummarizer
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.delivery_events.delivery_event import read_delivery_event
from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
from shift_sms_runtime.handlers import batch
from shift_sms_runtime.handlers.events import BatchResponse, EventType, Record
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import locales
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
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import SmsSender
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.messaging.rate_limiter import RateLimiter
from shift_sms_runtime.messaging.send_once import SendOnce
from tests.support.campaign_world import MESSAGE, OUR_NUMBER, numbers
from tests.support.clock import Clock
from tests.support.concurrent_functions import ConcurrentFunctions
from tests.support.crash_points import Killed, Steps, Throttled, stepwise
from tests.support.functions_on_moto import LambdaContext
from tests.support.memory.queues import MemoryTimers
from tests.support.memory.send_permits import MemorySendPermits
from tests.support.notifications import notification
from tests.support.store_pairs import Stores
from tests.support.unreliable_queue import QueuedMessage, UnreliableQueue

MEMBERS = [*numbers(13), "+1 425 555 0100", "call me"]

RECIPIENTS = 14
"""Two of the members have the same phone number."""

_ZONE = ZoneInfo("UTC")

FAULT_PERIOD = timedelta(minutes=40)

Process = Callable[..., BatchResponse]


class UnreliableNetwork:
    """The SMS service and the carriers. `sent` has the campaign and phone number of each text that was sent."""

    def __init__(self, world: "FaultyCampaignWorld") -> None:
        self._world = world
        self.sent: list[tuple[str, str]] = []

    def send(self, text: OutgoingText) -> SendResult:
        chance, faults = self._world.rng.random(), self._world.faults_occur
        self._world.functions.wait(0.05)
        if faults and chance < 0.1:
            return NotSent("ThrottlingException", transient=True, throttled=True)
        if faults and chance < 0.13:
            return NotSent("OTHER", transient=False, destination_specific=chance < 0.115)
        if faults and chance < 0.14:
            return LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
        if chance < 0.18:
            return Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")
        if chance < 0.22:
            return Unknown("ReadTimeoutError")
        sms_message_id = self._take(text)
        # The response takes some time, so an event may arrive before it.
        self._world.functions.wait(self._world.rng.choice([0.05, 0.1, 4.5]))
        if faults and chance > 0.96:
            raise Killed
        return Unknown("ReadTimeoutError") if chance < 0.3 else Sent(sms_message_id)

    def _take(self, text: OutgoingText) -> str:
        assert text.campaign_id is not None
        self.sent.append((text.campaign_id, text.to))
        sms_message_id = f"sms-{len(self.sent)}"
        rng = self._world.rng
        for event_type, final in (
            ("TEXT_SUCCESSFUL", False),
            (rng.choice(["TEXT_DELIVERED", "TEXT_DELIVERED", "TEXT_CARRIER_UNREACHABLE"]), True),
        ):
            event = {
                "eventType": event_type,
                "eventTimestamp": rng.randint(1, 3),
                "isFinal": final,
                "destinationPhoneNumber": text.to,
                "messageId": sms_message_id,
                "context": {"campaign_id": text.campaign_id},
                "totalMessageParts": 1,
            }
            for _ in range(rng.choice([0, 1, 1, 2])):
                delay = rng.choice([0, 0, rng.uniform(0, 1200)])
                self._world.events.add(notification(event), timedelta(seconds=delay))
        return sms_message_id


@dataclass
class Invocation:
    """The ids of the records of an invocation, by what became of them."""

    function: str
    records: list[str]
    failed: dict[str, bool] = field(default_factory=dict)
    """Whether the record failed, for records that were handled."""
    reported: set[str] = field(default_factory=set)
    """The records that were reported to Lambda as failed."""


class FaultyCampaignWorld:
    """All functions of campaigns, with random faults."""

    def __init__(
        self,
        stores: Stores,
        steps: Steps,
        seed: int,
        *,
        process: Process = batch.process,
        pauses: bool = False,
        sender: Callable[[SmsSender], SmsSender] = lambda sender: sender,
    ) -> None:
        self.stores, self.rng, self.clock = stores, random.Random(seed), Clock()
        # The jitter of retries is random too. With this, a run depends on the seed alone.
        random.seed(seed)
        self.functions = ConcurrentFunctions(self.clock)
        self._began = self.clock()
        self._faults_end = self.clock() + FAULT_PERIOD
        self._busy_until = self.clock() + timedelta(minutes=2)
        self._process = process
        self._pauses = pauses
        """Whether the operator pauses and resumes the campaign, and members are texted outside of quiet hours only."""
        self._operator = random.Random(f"operator {seed}")
        self.invocations: list[Invocation] = []
        self.launches, self.pages, self.dispatch, self.events, self.requests = (
            UnreliableQueue(self.clock, self.rng) for _ in range(5)
        )
        self.network = UnreliableNetwork(self)
        self._steps = steps
        steps.on_step = self._fault
        pages, dispatch = stepwise(self.pages, steps), stepwise(self.dispatch, steps)
        campaigns, requests = stores.campaigns, stepwise(self.requests, steps)
        self._holder = CampaignHolder(stores.held, requests)
        self._timers = MemoryTimers()
        self._reconciler = CampaignReconciler(
            campaigns=campaigns,
            plans=stores.plans,
            held=stores.held,
            timers=stepwise(self._timers, steps),
            pages=pages,
            dispatch=dispatch,
            requests=requests,
            zone=_ZONE,
            clock=self.clock,
        )
        engine = EndUserMessagingEngine(
            stores.plans,
            pages,
            campaigns,
            stores.shifts,
            CampaignComposer(Locales(locales("shifts"), default="en"), agent_offered=True),
            clock=self.clock,
        )
        self._launcher = CampaignLauncher(campaigns, engine, default_segment="overtime", zone=_ZONE)
        self._planner = CampaignPlanner(
            segment_members=stores.segment_members,
            deliveries=stores.deliveries,
            plans=stores.plans,
            pages=pages,
            dispatch=dispatch,
            campaigns=campaigns,
            counters=stores.counters,
            holder=self._holder,
            requests=requests,
            recipients_per_item=3,
            most_waiting=7,
            clock=self.clock,
        )
        self._sms = sender(stepwise(self.network, steps))
        self._permits = stepwise(MemorySendPermits(self.clock), steps)
        self._campaigns, self._dispatch = campaigns, dispatch
        self._recorder = DeliveryEventRecorder(stores.delivery_events, self.clock)
        self._summarizer = CampaignSummarizer(stores.counters, campaigns)

    def _quiet_hours(self) -> QuietHours:
        """Returns quiet hours that begin after some texts."""
        if not self._pauses:
            return QuietHours()
        begins = (self._began + timedelta(minutes=2)).time()
        return QuietHours(begins, (self._began + timedelta(minutes=20)).time())

    def _new_sender(self) -> CampaignSender:
        """Returns the sender of one instance of the function."""
        limiter = RateLimiter(self._permits, self.clock, priority=Priority.CAMPAIGN, messages_per_second=5)
        return CampaignSender(
            send_once=SendOnce(
                self.stores.sends, self._sms, self.clock, limiter=limiter, max_retry_seconds=MAX_RETRY_SECONDS
            ),
            limiter=limiter,
            deliveries=self.stores.deliveries,
            dispatch=self._dispatch,
            employees=self.stores.employees,
            campaigns=self._campaigns,
            fill_plans=None,
            holder=self._holder,
            quiet_hours=self._quiet_hours(),
            zone=_ZONE,
            origination_identity=OUR_NUMBER,
            clock=self.clock,
            on_settled=lambda _status, _recipients: None,
            on_stopped=lambda: None,
            on_failure=lambda _failure: None,
        )

    @property
    def faults_occur(self) -> bool:
        """Whether faults still occur."""
        return self.clock() < self._faults_end

    def run(self) -> "FaultyCampaignWorld":
        """Runs from the first campaign item until all queues and dead-letter queues are empty."""
        for member in MEMBERS:
            self.stores.put_member(member)
        self._put_campaign({"campaign_message": MESSAGE})
        if self.rng.random() < 0.5:
            self.functions.start(self._stop_and_usually_relaunch, after=self.rng.uniform(1, 60))
        for function, queue, most, instances, handle in (
            ("launch", self.launches, 1, 2, self._handle_launch),
            ("plan", self.pages, 2, 2, self._handle_page),
            *(("send", self.dispatch, 2, 1, self._item_handler()) for _ in range(3)),
            ("events", self.events, 10, 2, self._handle_event),
        ):
            for _ in range(instances):
                self.functions.start(
                    lambda function=function, queue=queue, most=most, handle=handle: self._poll(  # type: ignore[misc]
                        function, queue, most, handle
                    )
                )
        if self._pauses:
            self.functions.start(self._pause_and_resume, after=self._operator.uniform(1, 60))
            self.functions.start(self._fire_timers)
            for _ in range(2):
                self.functions.start(lambda: self._poll("reconcile", self.requests, 1, self._handle_request))
        for _ in range(2):
            self.functions.start(self._keep_summarizing)
        self.functions.run()
        self._steps.on_step = lambda _step, _after: None
        self._summarizer.handle("c")
        return self

    def _put_campaign(self, item: dict[str, Any]) -> None:
        self.stores.put_item(dict(item))
        launch_id = f"launch-{self.launches.put_count}"
        for _ in range(self.rng.choice([1, 1, 2])):
            self.launches.add(json.dumps([{"campaign_id": "c", **item}, launch_id]))

    def _stop_and_usually_relaunch(self) -> None:
        stopped = False
        while not stopped:
            with contextlib.suppress(Killed, Throttled):
                self.stores.campaigns.stop("c", "stopped by the operator")
                stopped = True
        self.functions.wait(self.rng.uniform(1, 1800))
        if self.rng.random() < 0.3:
            return
        self._put_campaign(
            {"campaign_message": MESSAGE, "relaunch": "remaining", "campaign_status": "stopped"}
        )

    def _pause_and_resume(self) -> None:
        """Pauses the campaign some times, and resumes it as an operator does: by writing its status."""
        for _ in range(self._operator.randint(1, 3)):
            self._write_status("paused", unless=("stopped", "requested", "failed"))
            self.functions.wait(self._operator.uniform(1, 900))
            self._write_status("launching", unless=("stopped", "requested", "failed", "launched", "finished"))
            self.functions.wait(self._operator.uniform(1, 120))

    def _write_status(self, status: str, *, unless: Sequence[str]) -> None:
        item = self.stores.item()
        if item is not None and item.get("campaign_status") not in unless:
            self.stores.edit_item(campaign_status=status)
            self.requests.add(CampaignRequest("c").to_json())

    def _fire_timers(self) -> None:
        while self.faults_occur or self._timers.at or self.requests.messages:
            self.functions.wait(5)
            for campaign_id, at in list(self._timers.at.items()):
                if at <= self.clock():
                    del self._timers.at[campaign_id]
                    self.requests.add(CampaignRequest(campaign_id).to_json())

    def _fault(self, _step: int, after: bool) -> None:
        if not after:
            self.functions.wait(self.rng.uniform(0.003, 0.05))
        if self.faults_occur:
            chance = self.rng.random()
            if chance < 0.006:
                raise Killed
            if chance < 0.015:
                raise Throttled

    def _poll(
        self, function: str, queue: UnreliableQueue, most: int, handle: Callable[[Record], object]
    ) -> None:
        followed = (self.requests,) if self._pauses else ()
        queues = (self.launches, self.pages, self.dispatch, self.events, *followed)
        while (
            self.faults_occur
            or self._timers.at
            or any(other.messages or other.dead_letters for other in queues)
        ):
            if not self.faults_occur:
                queue.redrive()
            batch = queue.receive(self.rng.randint(1, most))
            if batch:
                self._invoke(function, queue, batch, handle)
            else:
                busy = self.clock() < self._busy_until
                self.functions.wait(self.rng.uniform(0.5, 5) if busy else self.rng.uniform(5, 60))

    def _invoke(
        self,
        function: str,
        queue: UnreliableQueue,
        batch: list[QueuedMessage],
        handle: Callable[[Record], object],
    ) -> None:
        invocation = Invocation(function, [message.message_id for message in batch])

        def handle_record(record: Record, _deadline: object) -> None:
            invocation.failed[record.identifier] = True
            handle(record)
            invocation.failed[record.identifier] = False

        event = {
            "Records": [
                {
                    "messageId": message.message_id,
                    "body": message.body,
                    "eventSource": "aws:sqs",
                    "attributes": {"ApproximateReceiveCount": str(message.receives)},
                }
                for message in batch
            ]
        }
        try:
            response = self._process(event, LambdaContext(), EventType.QUEUE, handle_record)
        except Killed:
            return
        invocation.reported = {str(failure["itemIdentifier"]) for failure in response["batchItemFailures"]}
        self.invocations.append(invocation)
        for message in batch:
            if message.message_id not in invocation.reported:
                queue.delete(message)

    def _handle_launch(self, record: Record) -> None:
        item, launch_id = json.loads(record.body)
        self._launcher.handle(item, launch_id)

    def _handle_page(self, record: Record) -> None:
        self._planner.handle(Page.from_json(record.body))

    def _handle_request(self, record: Record) -> None:
        try:
            self._reconciler.reconcile(
                CampaignRequest.from_json(record.body).campaign_id, self.functions.deadline(60)
            )
        finally:
            item = self.stores.item() or {}
            if item.get("campaign_status") == "requested" and "launch_id" not in item:
                self.launches.add(json.dumps([{"campaign_id": "c", **item}, "resumed"]))

    def _item_handler(self) -> Callable[[Record], None]:
        sender = self._new_sender()
        return lambda record: sender.handle(
            WorkItem.from_json(record.body),
            self.functions.deadline(60),
            delivered_before=record.delivered_before,
        )

    def _handle_event(self, record: Record) -> None:
        self._recorder.handle(read_delivery_event(record.body))

    def _keep_summarizing(self) -> None:
        """Summarizes at random times."""
        while self.faults_occur:
            self.functions.wait(self.rng.uniform(1, 300))
            try:
                self._summarizer.handle("c")
            except (Killed, Throttled):
                continue
