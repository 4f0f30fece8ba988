"""Runs the services and queues of campaigns in memory."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.campaigns.campaign import CampaignComposer, CampaignStatus
from shift_sms_runtime.campaigns.launcher import CampaignLauncher, EndUserMessagingEngine
from shift_sms_runtime.campaigns.planner import CampaignPlanner
from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
from shift_sms_runtime.campaigns.reconciliation.reconciler import CampaignReconciler
from shift_sms_runtime.campaigns.sender import MAX_RETRY_SECONDS, CampaignSender
from shift_sms_runtime.campaigns.summary import CampaignSummarizer, summarize
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.messaging.rate_limiter import RateLimiter
from shift_sms_runtime.messaging.send_once import SendOnce
from tests.support.clock import Clock, Deadline
from tests.support.crash_points import Steps, stepwise
from tests.support.memory.campaign_counters import (
    MemoryCampaignCounters,
    MemoryHeldMessages,
    MemoryLaunchPlans,
)
from tests.support.memory.campaigns import MemoryCampaigns
from tests.support.memory.deliveries import MemoryDeliveries, miscounted
from tests.support.memory.employees import MemoryEmployees
from tests.support.memory.phones import MemoryPhones
from tests.support.memory.queues import MemoryQueue, MemoryTimers, handle_all
from tests.support.memory.segment_members import MemorySegmentMembers
from tests.support.memory.send_ledger import LedgerRow
from tests.support.memory.send_permits import MemorySendPermits
from tests.support.memory.shifts import MemoryShifts

UTC_ZONE = ZoneInfo("UTC")

OUR_NUMBER = "+12065550100"

MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"

EVENING = datetime(2026, 8, 15, 22, 0, tzinfo=UTC)
"""A time in the quiet hours of the tests."""
OVERTIME = "overtime"
"""The default segment."""


def numbers(count: int) -> list[str]:
    """Returns fictional phone numbers in ascending order."""
    return [f"+1425555{number:04}" for number in range(100, 100 + count)]


@dataclass
class CampaignWorld:
    """The services of campaigns with their stores, queues and phones. Every call to one of these is a step."""

    members: Collection[str] = ()
    members_per_page: int | None = None
    recipients_per_item: int = 5
    most_waiting: int = 1_000_000
    messages_per_second: float = 10
    agent_offered: bool = False
    opt_out_hint: bool = False
    keep_typography: bool = False
    quiet_hours: str = ""
    clock: Clock = field(default_factory=Clock)
    steps: Steps = field(default_factory=Steps)
    counters: MemoryCampaignCounters = field(default_factory=MemoryCampaignCounters)
    campaigns: MemoryCampaigns = field(default_factory=MemoryCampaigns)
    employees: MemoryEmployees = field(default_factory=MemoryEmployees)
    phones: MemoryPhones = field(default_factory=MemoryPhones)
    shifts: MemoryShifts = field(default_factory=MemoryShifts)
    settled: list[tuple[DeliveryStatus, int]] = field(default_factory=list)
    stops: int = 0
    failures: list[Exception] = field(default_factory=list)
    rates_too_high: int = 0

    def __post_init__(self) -> None:
        self.deliveries = MemoryDeliveries(self.counters)
        self.plans = MemoryLaunchPlans(self.counters)
        self.pages: MemoryQueue[Page] = MemoryQueue(self.clock)
        self.dispatch: MemoryQueue[WorkItem] = MemoryQueue(self.clock)
        self.permits = MemorySendPermits(self.clock)
        self.segment_members = MemorySegmentMembers({OVERTIME: self.members}, self.members_per_page)
        self._launches = 0
        deliveries = stepwise(self.deliveries, self.steps)
        plans = stepwise(self.plans, self.steps)
        campaigns = stepwise(self.campaigns, self.steps)
        pages = stepwise(self.pages, self.steps)
        dispatch = stepwise(self.dispatch, self.steps)
        engine = EndUserMessagingEngine(
            plans,
            pages,
            campaigns,
            self.shifts,
            CampaignComposer(
                Locales(locales("shifts"), default="en"),
                agent_offered=self.agent_offered,
                opt_out_hint=self.opt_out_hint,
                keep_typography=self.keep_typography,
            ),
            clock=self.clock,
        )
        self.launcher = CampaignLauncher(campaigns, engine, default_segment=OVERTIME, zone=UTC_ZONE)
        self.held = MemoryHeldMessages()
        self.timers = MemoryTimers()
        self.requests: MemoryQueue[CampaignRequest] = MemoryQueue(self.clock)
        held, requests = stepwise(self.held, self.steps), stepwise(self.requests, self.steps)
        self.holder = CampaignHolder(held, requests)
        self.reconciler = CampaignReconciler(
            campaigns=campaigns,
            plans=plans,
            held=held,
            timers=stepwise(self.timers, self.steps),
            pages=pages,
            dispatch=dispatch,
            requests=requests,
            zone=UTC_ZONE,
            clock=self.clock,
        )
        self.planner = CampaignPlanner(
            segment_members=stepwise(self.segment_members, self.steps),
            deliveries=deliveries,
            plans=plans,
            pages=pages,
            dispatch=dispatch,
            campaigns=campaigns,
            counters=stepwise(self.counters, self.steps),
            holder=self.holder,
            requests=requests,
            recipients_per_item=self.recipients_per_item,
            most_waiting=self.most_waiting,
            clock=self.clock,
        )
        self.sender = self.new_sender()
        self.event_recorder = DeliveryEventRecorder(deliveries, self.clock)
        self.summarizer = CampaignSummarizer(stepwise(self.counters, self.steps), campaigns)

    def new_sender(self, clock: Callable[[], datetime] | None = None) -> CampaignSender:
        """Returns the sender of one more instance of the function, with a clock of its own if one is given."""
        clock = clock or self.clock
        deliveries = stepwise(self.deliveries, self.steps)
        limiter = RateLimiter(
            stepwise(self.permits, self.steps),
            clock,
            priority=Priority.CAMPAIGN,
            messages_per_second=self.messages_per_second,
            on_rate_too_high=self._count_rate_too_high,
        )
        return CampaignSender(
            send_once=SendOnce(
                deliveries,
                stepwise(self.phones, self.steps),
                clock,
                limiter=limiter,
                max_retry_seconds=MAX_RETRY_SECONDS,
            ),
            deliveries=deliveries,
            dispatch=stepwise(self.dispatch, self.steps),
            limiter=limiter,
            employees=stepwise(self.employees, self.steps),
            campaigns=stepwise(self.campaigns, self.steps),
            fill_plans=None,
            holder=self.holder,
            quiet_hours=QuietHours.parse(self.quiet_hours),
            zone=UTC_ZONE,
            origination_identity=OUR_NUMBER,
            clock=clock,
            on_settled=lambda status, recipients: self.settled.append((status, recipients)),
            on_stopped=self._count_stop,
            on_failure=self.failures.append,
        )

    def _count_rate_too_high(self) -> None:
        self.rates_too_high += 1

    def _count_stop(self) -> None:
        self.stops += 1

    def put(self, campaign_id: str = "c", *, deliveries: int = 1, **item: Any) -> CampaignStatus | None:
        """Puts a new item and delivers its stream record `deliveries` times; returns the last status."""
        self.campaigns.rows[campaign_id] = {"campaign_id": campaign_id, **item}
        new_image = dict(self.campaigns.rows[campaign_id])
        self._launches += 1
        launch_id = f"launch-{self._launches}"
        return [self.launcher.handle(new_image, launch_id) for _ in range(deliveries)][-1]

    def plan(self) -> None:
        """Plans pages until none is waiting. A page that fails stays in the queue."""
        handle_all(self.pages.waiting, self.planner.handle)

    def reconcile(self) -> None:
        """Reconciles campaigns until no request is waiting. A request that fails stays in the queue."""

        def handle(request: CampaignRequest) -> None:
            self.reconciler.reconcile(request.campaign_id, Deadline(self.clock, 60))

        handle_all(self.requests.waiting, handle)

    def send(self, seconds: float = 60) -> None:
        """Sends work items until none is waiting or delayed. A work item that fails stays in the queue."""

        def handle(item: WorkItem) -> None:
            self.sender.handle(item, Deadline(self.clock, seconds))

        handle_all(self.dispatch.waiting, handle)
        while (visible_at := self.dispatch.show_due()) is not None or self.dispatch.waiting:
            self.clock.time = max(self.clock.time, visible_at or self.clock.time)
            self.dispatch.show_due()
            handle_all(self.dispatch.waiting, handle)

    def run(self, campaign_id: str = "c", **item: Any) -> None:
        """Puts, plans and sends a campaign."""
        self.put(campaign_id, **({"campaign_message": MESSAGE} | item))
        self.plan()
        self.send()

    def rows(self, campaign_id: str = "c") -> dict[str, LedgerRow]:
        """Returns the deliveries of a campaign by phone number."""
        return self.deliveries.of(campaign_id)

    def statuses(self, campaign_id: str = "c") -> dict[str, DeliveryStatus]:
        """Returns the status of each recipient."""
        return {number: row.status for number, row in self.rows(campaign_id).items()}

    def counted(self, campaign_id: str = "c") -> dict[str, Any]:
        """Returns the sum of a campaign's counters."""
        return summarize(self.counters.rows(campaign_id))

    def texted(self) -> list[str]:
        """Returns the phone numbers that were texted, sorted."""
        return sorted(text.to for text in self.phones.texts)

    def queued(self) -> list[str]:
        """Returns the phone numbers in the dispatch queue, sorted."""
        items = [*self.dispatch.waiting, *(item for _, item in self.dispatch.delayed)]
        return sorted(number for item in items for number in item.recipients)


def planned_campaign(members: int = 5, **settings: Any) -> CampaignWorld:
    """Returns a world with a campaign that is planned and not sent."""
    world = CampaignWorld(numbers(members), **settings)
    world.put(campaign_message=MESSAGE)
    world.plan()
    return world


def send_all(world: CampaignWorld) -> Steps:
    """Sends all work items; returns the steps taken."""
    world.steps.taken = 0
    world.send()
    return world.steps


def assert_all_settled(world: CampaignWorld) -> None:
    """Asserts that no recipient was texted twice, every recipient is settled, and the counters are right."""
    assert len(world.texted()) == len(set(world.texted()))
    assert all(row.status.final for row in world.rows().values())
    assert miscounted(world.rows(), world.counted()) == []
    assert world.counted()["waiting"] == 0


def launched_campaign(members: int = 7, members_per_page: int = 3) -> CampaignWorld:
    """Returns a world with a campaign whose first page waits to be planned."""
    world = CampaignWorld(numbers(members), members_per_page=members_per_page, recipients_per_item=2)
    world.put(campaign_message=MESSAGE)
    return world


def assert_all_planned(world: CampaignWorld) -> None:
    """Asserts that every member has one row and is in a work item, and that the counters are right."""
    members = sorted(world.segment_members.segments[OVERTIME])
    assert sorted(world.rows()) == members
    assert set(world.statuses().values()) <= {DeliveryStatus.QUEUED}
    assert world.counted()["targeted"] == world.counted()["waiting"] == len(members)
    assert miscounted(world.rows(), world.counted()) == []
    assert sorted(set(world.queued())) == members, "every member is in a work item"
    assert world.campaigns.rows["c"]["campaign_status"] == "launched"
    assert world.pages.waiting == []


def plan_all(world: CampaignWorld) -> Steps:
    """Plans all pages; returns the steps taken."""
    world.steps.taken = 0
    world.plan()
    return world.steps


def status(world: CampaignWorld) -> str | None:
    """Returns the status of the campaign `c`."""
    return world.campaigns.rows["c"].get("campaign_status")


def write(world: CampaignWorld, **attributes: Any) -> None:
    """Changes the item as an operator does; the change is followed as by the stream."""
    for name, value in attributes.items():
        if value is None:
            world.campaigns.rows["c"].pop(name, None)
        else:
            world.campaigns.rows["c"][name] = value
    follow(world)


def follow(world: CampaignWorld) -> None:
    """Reconciles the campaign, and launches it if that was requested."""
    world.reconciler.reconcile("c", Deadline(world.clock, 60))
    world.reconcile()
    item = world.campaigns.rows.get("c", {})
    if item.get("campaign_status") == "requested":
        world.launcher.handle(dict(item), "requested-launch")


def fire_timer(world: CampaignWorld) -> None:
    """Fires the timer of the campaign at its time."""
    at = world.timers.at.pop("c")
    world.clock.time = max(world.clock.time, at)
    follow(world)


def go_on(world: CampaignWorld) -> None:
    """Plans and sends, and reconciles what asks for it."""
    world.plan()
    world.send()
    world.reconcile()
    world.summarizer.handle("c")
