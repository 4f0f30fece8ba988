"""Creates every store in two kinds: in memory and on DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import boto3

from shift_sms_runtime.aws.dynamodb import sortable_time
from shift_sms_runtime.callbacks.ports import CallLog
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.campaigns.ports import (
    CampaignCounters,
    Campaigns,
    Deliveries,
    LaunchPlans,
    SegmentMembers,
    ShiftIds,
)
from shift_sms_runtime.campaigns.reconciliation.ports import HeldMessages
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.delivery_events.delivery_event import EventOrder
from shift_sms_runtime.delivery_events.ports import DeliveryEventLedger
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.inbound.ports import InboundStore, ShiftIndexes, WaitingReplies
from shift_sms_runtime.language.locale_files import lexicons
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import SendLedger, SendPermits
from shift_sms_runtime.operator_inbox.ports import OperatorInbox
from shift_sms_runtime.outbox.ports import Outbox
from shift_sms_runtime.shifts.ports import EmployeeBookingsStore, HolderBookings, Shifts
from shift_sms_runtime.shifts.reconcile_request import ShiftChangeDetector
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.campaign_counters import (
    DynamoCampaignCounters,
    DynamoHeldMessages,
    DynamoLaunchPlans,
)
from shift_sms_runtime.tables.campaigns import DynamoCampaigns
from shift_sms_runtime.tables.conversations import DynamoCallLog, reply_send_ledger
from shift_sms_runtime.tables.deliveries import DynamoDeliveries, delivery_send_ledger
from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
from shift_sms_runtime.tables.employees import DynamoEmployees
from shift_sms_runtime.tables.inbound_store import DynamoInboundStore
from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox
from shift_sms_runtime.tables.outbox_store import DynamoOutbox
from shift_sms_runtime.tables.seats.holder_bookings import DynamoHolderBookings
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers
from shift_sms_runtime.tables.send_permits import DynamoSendPermits
from shift_sms_runtime.tables.shifts import DynamoShifts
from tests.support.clock import Clock
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.memory.campaign_counters import MemoryHeldMessages, MemoryLaunchPlans
from tests.support.memory.campaigns import MemoryCampaigns
from tests.support.memory.conversations import MemoryCallLog, MemoryConversations
from tests.support.memory.deliveries import MemoryDeliveries, miscounted
from tests.support.memory.employee_bookings import MemoryEmployeeBookings, MemoryHolderBookings
from tests.support.memory.employees import EmployeeRow, MemoryEmployees
from tests.support.memory.inbound_store import MemoryInboundStore
from tests.support.memory.operator_inbox import MemoryOperatorInbox
from tests.support.memory.outbox import MemoryOutbox
from tests.support.memory.queues import MemoryQueue
from tests.support.memory.segment_members import MemorySegmentMembers
from tests.support.memory.send_ledger import LedgerRow
from tests.support.memory.send_permits import MemorySendPermits
from tests.support.memory.shifts import MemoryShifts


class ShiftsTable(ShiftIndexes, Shifts, ShiftIds, Protocol):
    """Every protocol of the Shifts table."""


@dataclass
class Stores:
    """The stores of one kind, and functions with which tests write and read their rows."""

    shifts: ShiftsTable
    employee_bookings: EmployeeBookingsStore
    holder_bookings: HolderBookings
    put_shift: Callable[..., object]
    """Takes the id, the info, and further attributes by name."""
    edit_shift: Callable[..., object]
    index_shifts: Callable[[], object]
    """Handles every shift as changed, as `detect_shift_changes` does."""
    operator_inbox: OperatorInbox
    inbox_texts: Callable[[], dict[str, str]]
    """Returns the text of each item of the operator inbox."""
    inbox_outcomes: Callable[[], dict[str, tuple[str, str]]]
    """Returns the status of each item of the operator inbox, and why its reply was not sent."""
    replies: SendLedger[ReplyKey]
    outbox: Outbox
    call_log: CallLog
    sends: SendLedger[Delivery]
    deliveries: Deliveries
    delivery_events: DeliveryEventLedger
    counters: CampaignCounters
    plans: LaunchPlans
    held: HeldMessages
    campaigns: Campaigns
    put_item: Callable[[dict[str, Any]], object]
    edit_item: Callable[..., object]
    """Takes attributes of the item of campaign `c` by name."""
    item: Callable[[], dict[str, Any] | None]
    """Returns the item of campaign `c`."""
    permits: SendPermits
    inbound: InboundStore
    waiting_replies: WaitingReplies
    clock: Clock
    """The clock of `inbound` and `permits`."""
    employees: Employees
    put_employee: Callable[..., object]
    """Takes a phone number, and further attributes by name."""
    delete_employee: Callable[[str], object]
    employee_rows: Callable[[], dict[str, EmployeeRow]]
    segment_members: SegmentMembers
    put_member: Callable[[str], object]
    """Adds a number to segment `overtime`."""
    put_member_at: Callable[[str, datetime], object]
    """Adds a number with `added_at` to segment `overtime`."""
    rows: Callable[[], dict[str, LedgerRow]]
    """Returns the deliveries of campaign `c` by phone number."""

    def counted(self) -> dict[str, Any]:
        """Returns the sum of the counters of campaign `c`."""
        return summarize(self.counters.rows("c"))

    def adds_up(self) -> bool:
        """Returns whether the counters of campaign `c` agree with its rows."""
        return miscounted(self.rows(), self.counted()) == []


def memory_stores(deliveries: MemoryDeliveries | None = None) -> Stores:
    """Returns empty stores in memory."""
    deliveries = deliveries or MemoryDeliveries()
    shifts, bookings = MemoryShifts(), MemoryEmployeeBookings()
    counters, inbox = deliveries.counters, MemoryOperatorInbox()
    conversations, clock = MemoryConversations(counters), Clock()
    outbox = MemoryOutbox(conversations, clock)
    campaigns, employees, segment_members = (
        MemoryCampaigns(clock),
        MemoryEmployees({ANN, BOB}),
        MemorySegmentMembers({"overtime": ()}),
    )
    inbound = MemoryInboundStore(
        employees=employees,
        employee_bookings=bookings,
        conversations=conversations,
        deliveries=deliveries,
        shifts=shifts,
        operator_inbox=inbox,
        outbox=outbox.rows,
        clock=clock,
    )
    return Stores(
        shifts=shifts,
        employee_bookings=bookings,
        holder_bookings=MemoryHolderBookings(shifts, bookings),
        put_shift=shifts.put,
        edit_shift=shifts.edit,
        index_shifts=lambda: None,
        operator_inbox=inbox,
        inbox_texts=lambda: {key: item.text for key, item in inbox.items.items()},
        inbox_outcomes=lambda: {key: (str(status), error) for key, (status, error) in inbox.outcomes.items()},
        replies=conversations,
        outbox=outbox,
        call_log=MemoryCallLog(),
        sends=deliveries,
        deliveries=deliveries,
        delivery_events=deliveries,
        counters=counters,
        plans=MemoryLaunchPlans(counters),
        held=MemoryHeldMessages(),
        campaigns=campaigns,
        put_item=lambda item: campaigns.rows.update({"c": item}),
        edit_item=lambda **attributes: campaigns.rows["c"].update(attributes),
        item=lambda: campaigns.rows.get("c"),
        permits=MemorySendPermits(clock),
        inbound=inbound,
        waiting_replies=inbound,
        clock=clock,
        employees=employees,
        put_employee=lambda number, **attributes: employees.rows.update({number: _employee(attributes)}),
        delete_employee=employees.rows.pop,
        employee_rows=lambda: employees.rows,
        segment_members=segment_members,
        put_member=segment_members.segments["overtime"].add,
        put_member_at=lambda number, at: segment_members.put("overtime", number, at),
        rows=lambda: deliveries.of("c"),
    )


def dynamo_stores(system: FunctionsOnMoto, client: Any = None) -> Stores:
    """Returns stores on the DynamoDB tables of the system."""
    client, clock = client or boto3.client("dynamodb"), Clock()
    tables = {"deliveries": "Deliveries", "counters": "CampaignCounters"}

    def put(table: str, **item: Any) -> None:
        system.dynamodb.Table(table).put_item(Item=item)

    inbound = DynamoInboundStore(
        client,
        employees="Employees",
        employee_bookings="EmployeeBookings",
        conversations="Conversations",
        campaign_counters="CampaignCounters",
        shifts="Shifts",
        operator_inbox="OperatorInbox",
        outbox="Outbox",
        shift_reader=ShiftReader(ZoneInfo("UTC")),
        clock=clock,
    )
    reader = ShiftReader(ZoneInfo("UTC"), lexicons("shifts"))
    shifts = DynamoShifts(client, "Shifts", reader)

    def index_shifts() -> None:
        detector = ShiftChangeDetector(reader, MemoryQueue(clock), shifts, retention_days=90)
        for row in system.rows("Shifts"):
            detector.handle(None, row)

    return Stores(
        shifts=shifts,
        employee_bookings=DynamoEmployeeBookings(client, "EmployeeBookings"),
        holder_bookings=DynamoHolderBookings(client, shifts="Shifts", employee_bookings="EmployeeBookings"),
        put_shift=system.put_shift,
        edit_shift=system.edit_shift,
        index_shifts=index_shifts,
        operator_inbox=DynamoOperatorInbox(client, "OperatorInbox"),
        inbox_texts=lambda: {row["message_id"]: row["text"] for row in system.rows("OperatorInbox")},
        inbox_outcomes=lambda: {
            row["message_id"]: (row["message_status"], row.get("reply_error", ""))
            for row in system.rows("OperatorInbox")
        },
        replies=reply_send_ledger(client, conversations="Conversations", outbox="Outbox"),
        outbox=DynamoOutbox(
            client,
            outbox="Outbox",
            conversations="Conversations",
            campaign_counters="CampaignCounters",
            clock=clock,
        ),
        call_log=DynamoCallLog(client, "Conversations"),
        sends=delivery_send_ledger(client, conversations="Conversations", **tables),
        deliveries=DynamoDeliveries(client, **tables),
        delivery_events=DynamoDeliveries(client, **tables),
        counters=DynamoCampaignCounters(client, "CampaignCounters"),
        plans=DynamoLaunchPlans(client, "CampaignCounters", clock),
        held=DynamoHeldMessages(client, "CampaignCounters", clock),
        campaigns=DynamoCampaigns(client, "Campaigns", clock),
        put_item=lambda item: put("Campaigns", campaign_id="c", **item),
        edit_item=lambda **attributes: _edit_item(system, attributes),
        item=lambda: _item(system),
        permits=DynamoSendPermits(client, "SendPermits", "number", clock),
        inbound=inbound,
        waiting_replies=inbound,
        clock=clock,
        employees=DynamoEmployees(client, "Employees"),
        put_employee=lambda number, **attributes: put("Employees", phone_number=number, **attributes),
        delete_employee=lambda number: client.delete_item(
            TableName="Employees", Key={"phone_number": {"S": number}}
        ),
        employee_rows=lambda: {row["phone_number"]: _employee(row) for row in system.rows("Employees")},
        segment_members=DynamoSegmentMembers(client, "SegmentMembers"),
        put_member=lambda number: put("SegmentMembers", segment="overtime", phone_number=number),
        put_member_at=lambda number, at: put(
            "SegmentMembers", segment="overtime", phone_number=number, added_at=sortable_time(at)
        ),
        rows=lambda: {
            row["phone_number"]: _ledger_row(row)
            for row in system.rows("Deliveries")
            if row["campaign_id"] == "c"
        },
    )


def _item(system: FunctionsOnMoto) -> dict[str, Any] | None:
    item: dict[str, Any] | None = (
        system.dynamodb.Table("Campaigns").get_item(Key={"campaign_id": "c"}).get("Item")
    )
    return item and {name: value for name, value in item.items() if name != "campaign_id"}


def _edit_item(system: FunctionsOnMoto, attributes: dict[str, Any]) -> None:
    table = system.dynamodb.Table("Campaigns")
    table.put_item(Item={**table.get_item(Key={"campaign_id": "c"})["Item"], **attributes})


def _employee(row: dict[str, Any]) -> EmployeeRow:
    at = row.get("opt_changed_at")
    return EmployeeRow(
        row.get("opted_out", False),
        row.get("only_opt_out", False),
        datetime.fromisoformat(at) if at else None,
        row.get("opt_changed_by", ""),
        row.get("language", ""),
        frozenset(str(role).strip().casefold() for role in row.get("roles", ())),
        timezone=row.get("timezone", ""),
    )


def _ledger_row(row: dict[str, Any]) -> LedgerRow:
    lease, segments = row.get("lease_until"), row.get("segments")
    order = None
    if "event_at" in row:
        order = EventOrder(row["event_final"], int(row["event_at"]), row["event_type"])
    return LedgerRow(
        DeliveryStatus(row["status"]),
        None if lease is None else datetime.fromtimestamp(int(lease), UTC),
        row.get("reason", ""),
        row.get("sms_message_id", ""),
        row.get("claim_token", ""),
        None if segments is None else int(segments),
        order,
    )
