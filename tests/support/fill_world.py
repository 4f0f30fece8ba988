"""A world of fill plans: the planner and a sender on the simulated DynamoDB, and a clock that tests move."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from lab.simulation.aws.calls import Response
from lab.simulation.aws.dynamodb import DynamoDbClient
from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.bookings.booking import BookingDecision, BookingOutcome, decide, report_sick
from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
from shift_sms_runtime.campaigns.sender import CampaignSender
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.fill_plans.candidates import AudienceFinder
from shift_sms_runtime.fill_plans.planner import FillPlanner
from shift_sms_runtime.fill_plans.seat_check import SeatCheck
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.campaign_counters import DynamoCampaignCounters, DynamoHeldMessages
from shift_sms_runtime.tables.campaigns import DynamoCampaigns
from shift_sms_runtime.tables.deliveries import DynamoDeliveries, delivery_send_ledger
from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
from shift_sms_runtime.tables.employees import DynamoEmployees
from shift_sms_runtime.tables.fill_plans.fill_contacts import DynamoFillContacts
from shift_sms_runtime.tables.fill_plans.last_deliveries import DynamoLastDeliveries
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers
from shift_sms_runtime.tables.shifts import DynamoShifts
from tests.support.clock import Clock, Deadline
from tests.support.crash_points import Steps, stepwise
from tests.support.memory.phones import MemoryPhones
from tests.support.memory.queues import MemoryQueue, MemoryTimers, handle_all
from tests.support.outbox_drain import Unlimited
from tests.support.simulated_tables import simulated_database

OVERTIME = "overtime"
OUR_NUMBER = "+14255550100"


def employee(index: int) -> str:
    """Returns the phone number of an employee."""
    return f"+1425555{1000 + index}"


class _SteppedCalls:
    """Takes a step for each request to DynamoDB."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def call(self, _service: str, _operation: str, _request: Any, effect: Callable[[], Response]) -> Response:
        return self._steps.take(effect)

    def wait(self, seconds: float) -> None:
        """Waits for no time."""


@dataclass
class FillWorld:
    """Employees of the segment `overtime`, and the functions that text them."""

    employees: int = 12
    texts_per_day: int = 3
    quiet_hours: str = ""
    urgent_overrides_quiet_hours: bool = False
    policy: BookingPolicy = field(default_factory=BookingPolicy)
    recipients_per_item: int = 5
    clock: Clock = field(default_factory=Clock)
    steps: Steps = field(default_factory=Steps)
    phones: MemoryPhones = field(default_factory=MemoryPhones)
    timers: MemoryTimers = field(default_factory=MemoryTimers)

    def __post_init__(self) -> None:
        database = simulated_database(self._seconds)
        self.plain_client = DynamoDbClient(database)
        """A client whose calls are no steps."""
        self.dispatch: MemoryQueue[WorkItem] = MemoryQueue(self.clock)
        self.client = cast("Any", DynamoDbClient(database, calls=_SteppedCalls(self.steps)))
        self.reader = ShiftReader(ZoneInfo("UTC"), fill_defaults=self.policy.fill_defaults)
        self.shifts = DynamoShifts(cast("Any", self.plain_client), "Shifts", self.reader)
        self.contacts = self._contacts(cast("Any", self.plain_client))
        for index in range(self.employees):
            self.put_employee(index)

    def put_employee(self, index: int, *, segment: str = OVERTIME, **attributes: Any) -> None:
        """Adds an employee to the roster and to a segment."""
        self.put("Employees", {"phone_number": employee(index), **attributes})
        self.put("SegmentMembers", {"segment": segment, "phone_number": employee(index)})

    def put(self, table: str, item: dict[str, Any]) -> None:
        """Writes an item as another program does."""
        self.plain_client.put_item(TableName=table, Item=wire(item))

    def put_shift(self, shift_id: str = "A1", **attributes: Any) -> None:
        """Adds a shift with a fill plan."""
        item = {
            "shift_id": shift_id,
            "shift_info": "15/08 5h nightshift",
            "shift_status": "available",
            "fill_order": "rotation",
            "fill_wave_size": 4,
            "fill_wave_minutes": 10,
            **attributes,
        }
        self.put("Shifts", {name: value for name, value in item.items() if value is not None})

    def edit_shift(self, shift_id: str = "A1", **attributes: Any) -> None:
        """Edits a shift as an operator does. None removes an attribute."""
        item = {**self.item(shift_id), **attributes}
        self.put("Shifts", {name: value for name, value in item.items() if value is not None})

    def item(self, shift_id: str = "A1") -> dict[str, Any]:
        """Returns the item of a shift."""
        key = wire({"shift_id": shift_id})
        return plain(self.plain_client.get_item(TableName="Shifts", Key=key, ConsistentRead=True)["Item"])

    def shift(self, shift_id: str = "A1") -> Shift:
        """Returns a shift."""
        return self.reader.read(self.item(shift_id))

    def claim(self, index: int, shift_id: str = "A1") -> None:
        """Gives an employee a seat."""
        self.shifts.save(self.shift(shift_id).with_holder(employee(index), self.clock()))

    def drop(self, index: int, shift_id: str = "A1") -> None:
        """Frees the seat of an employee."""
        self.shifts.save(self.shift(shift_id).without_holder(employee(index)))

    def call_in_sick(self, index: int, shift_id: str = "A1") -> BookingDecision:
        """Writes what the text SICK of an employee with a seat changes on the shift. Returns all that it changes."""
        decision = decide(
            report_sick,
            [shift_id],
            {shift_id: self.shift(shift_id)},
            employee=Employee(employee(index)),
            message_id="m",
            campaign_id=None,
            bookings=EmployeeBookings(),
            policy=self.policy,
            now=self.clock(),
        )
        assert [result.outcome for result in decision.results] == [BookingOutcome.SICK]
        for shift in decision.changed:
            self.shifts.save(shift)
        return decision

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Returns every row of a table."""
        pages = self.plain_client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [plain(item) for page in pages for item in page["Items"]]

    def counts(self, shift_id: str = "A1") -> dict[str, Any]:
        """Returns the sum of the counters of the plan that runs."""
        fill = self.shift(shift_id).fill
        assert fill is not None
        counters = DynamoCampaignCounters(cast("Any", self.plain_client), "CampaignCounters")
        return summarize(counters.rows(f"fill#{shift_id}#{fill.started_at}"))

    def plan(self, shift_id: str = "A1", *, seconds: float = 60) -> None:
        """Handles one request of a shift."""
        self.new_planner().plan(shift_id, Deadline(self.clock, seconds))

    def send(self) -> None:
        """Sends every work item."""
        sender = self.new_sender()
        self.dispatch.show_delayed()
        handle_all(self.dispatch.waiting, lambda item: sender.handle(item, Deadline(self.clock, 60)))

    def run(self, shift_id: str = "A1") -> None:
        """Handles a request of a shift, sends its texts, and handles the request that the changes lead to."""
        self.plan(shift_id)
        self.send()
        self.plan(shift_id)

    def pass_time(self, shift_id: str = "A1", **span: float) -> None:
        """Moves the clock, and runs what the timers have scheduled meanwhile."""
        end = self.clock.time + timedelta(**span)
        while (due := self.timers.at.get(shift_id)) is not None and due <= end:
            self.clock.time = max(self.clock.time, due)
            del self.timers.at[shift_id]
            self.run(shift_id)
        self.clock.time = end

    def texted(self, shift_id: str | None = None) -> list[str]:
        """Returns the numbers that were texted, in order, about a shift or about any."""
        return [
            text.to
            for text in self.phones.texts
            if shift_id is None or (text.campaign_id or "").startswith(f"fill#{shift_id}#")
        ]

    def status(self, shift_id: str = "A1") -> tuple[str, int]:
        """Returns the status of the plan, and how many people it texted."""
        item = self.item(shift_id)
        return str(item["fill_status"]), int(item["fill_contacted"])

    def new_planner(self) -> FillPlanner:
        """Returns the planner of one instance of the function."""
        contacts = self._contacts(self.client)
        return FillPlanner(
            shifts=DynamoShifts(self.client, "Shifts", self.reader),
            audience=AudienceFinder(
                segment_members=DynamoSegmentMembers(self.client, "SegmentMembers"),
                employees=DynamoEmployees(self.client, "Employees"),
                bookings=DynamoEmployeeBookings(self.client, "EmployeeBookings"),
                contacts=contacts,
                last_deliveries=DynamoLastDeliveries(
                    self.client, conversations="Conversations", deliveries="Deliveries"
                ),
                policy=self.policy,
                approved_numbers=frozenset(),
                texts_per_day=self.texts_per_day,
                quiet_hours=QuietHours.parse(self.quiet_hours),
                urgent_overrides_quiet_hours=self.urgent_overrides_quiet_hours,
            ),
            contacts=contacts,
            deliveries=self._deliveries(),
            counters=DynamoCampaignCounters(self.client, "CampaignCounters"),
            dispatch=stepwise(self.dispatch, self.steps),
            timers=stepwise(self.timers, self.steps),
            locales=Locales(locales("shifts"), default="en"),
            default_segment=OVERTIME,
            recipients_per_item=self.recipients_per_item,
            texts_per_day=self.texts_per_day,
            target=timedelta(minutes=15),
            clock=self.clock,
        )

    def new_sender(self) -> CampaignSender:
        """Returns the sender of one instance of the function."""
        ledger = delivery_send_ledger(
            self.client, deliveries="Deliveries", conversations="Conversations", counters="CampaignCounters"
        )
        limiter = cast("Any", Unlimited())
        return CampaignSender(
            send_once=SendOnce(ledger, stepwise(self.phones, self.steps), self.clock, limiter=limiter),
            deliveries=self._deliveries(),
            dispatch=stepwise(self.dispatch, self.steps),
            limiter=limiter,
            employees=DynamoEmployees(self.client, "Employees"),
            campaigns=DynamoCampaigns(self.client, "Campaigns", self.clock),
            fill_plans=SeatCheck(
                DynamoShifts(self.client, "Shifts", self.reader),
                self.clock,
                urgent_overrides_quiet_hours=self.urgent_overrides_quiet_hours,
            ),
            holder=CampaignHolder(
                DynamoHeldMessages(self.client, "CampaignCounters", self.clock), MemoryQueue(self.clock)
            ),
            quiet_hours=QuietHours.parse(self.quiet_hours),
            zone=ZoneInfo("UTC"),
            origination_identity=OUR_NUMBER,
            clock=self.clock,
            on_settled=lambda _status, _recipients: None,
            on_stopped=lambda: None,
            on_failure=lambda _failure: None,
        )

    def _seconds(self) -> float:
        return self.clock.time.timestamp()

    def _deliveries(self) -> DynamoDeliveries:
        return DynamoDeliveries(self.client, deliveries="Deliveries", counters="CampaignCounters")

    def _contacts(self, client: Any) -> DynamoFillContacts:
        return DynamoFillContacts(client, fill_contacts="FillContacts", shifts="Shifts", retention_days=365)
