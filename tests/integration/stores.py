"""The stores that services need, of two kinds: in memory and in DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import boto3

from shift_sms_runtime.adapters.call_log import DynamoCallLog
from shift_sms_runtime.adapters.campaign_board import DynamoCampaignBoard
from shift_sms_runtime.adapters.catalogues import lexicons
from shift_sms_runtime.adapters.deliveries import (
    DynamoDeliveryLedger,
    DynamoReceiptLedger,
    deliveries_ledger,
)
from shift_sms_runtime.adapters.dynamodb import moment
from shift_sms_runtime.adapters.front_desk import DynamoFrontDesk
from shift_sms_runtime.adapters.inbox import answers_ledger
from shift_sms_runtime.adapters.kept_shifts import DynamoAgendas, DynamoKeptShifts, ShiftReader
from shift_sms_runtime.adapters.messages import DynamoMessages
from shift_sms_runtime.adapters.progress_table import DynamoLaunchPlans, DynamoProgressCounters
from shift_sms_runtime.adapters.roster import DynamoOptOuts, DynamoRoster
from shift_sms_runtime.adapters.shift_book import DynamoShiftBook, DynamoShiftIds
from shift_sms_runtime.domain.deliveries import (
    Answer,
    Delivery,
    DeliveryStatus,
)
from shift_sms_runtime.domain.progress import summed
from shift_sms_runtime.domain.receipts import EventOrder
from shift_sms_runtime.services.callback import CallLog
from shift_sms_runtime.services.campaign_sending import CampaignStop, OptOuts
from shift_sms_runtime.services.launch import CampaignBoard
from shift_sms_runtime.services.operator_answers import AnswerDesk
from shift_sms_runtime.services.planning import DeliveryLedger, PlanProgress, Roster
from shift_sms_runtime.services.progress import ProgressBoard, ProgressCounters
from shift_sms_runtime.services.receipts import ReceiptLedger
from shift_sms_runtime.services.roster_engine import LaunchPlans, ShiftIds
from shift_sms_runtime.services.send_once import SendLedger
from shift_sms_runtime.services.shift_keeping import Agendas, KeptShifts
from shift_sms_runtime.services.wishes import FrontDesk, MessageDesk, ShiftBook
from tests.business import miscounted
from tests.dialogues import ANN, BOB
from tests.fakes import (
    Employee,
    LedgerRow,
    MemoryAnswers,
    MemoryCallLog,
    MemoryCampaignBoard,
    MemoryDeliveries,
    MemoryEmployees,
    MemoryFrontDesk,
    MemoryMessages,
    MemoryPlans,
    MemoryRoster,
    MemoryShiftBook,
)
from tests.integration.conftest import System

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
LEASE = NOW + timedelta(seconds=35)


class Plans(LaunchPlans, PlanProgress, Protocol):
    """How far launches have come, for the launcher and the planner."""


class Board(CampaignBoard, CampaignStop, ProgressBoard, Protocol):
    """The Campaigns table, for everybody."""


class Shifts(ShiftBook, KeptShifts, ShiftIds, Protocol):
    """The Shifts table, for everybody."""


class Messages(MessageDesk, AnswerDesk, Protocol):
    """The Messages table, for everybody."""


class _DynamoShifts(DynamoShiftBook, DynamoKeptShifts, DynamoShiftIds):
    def __init__(self, client: Any) -> None:
        DynamoShiftBook.__init__(
            self, client, shifts="Shifts", agendas="Agendas", inbox="Inbox", zone=ZoneInfo("UTC")
        )
        DynamoKeptShifts.__init__(self, client, "Shifts", ShiftReader(ZoneInfo("UTC"), lexicons("shifts")))


@dataclass
class Stores:
    """The stores of one kind, and how a test writes and sees what is in them."""

    shifts: Shifts
    agendas: Agendas
    put_shift: Callable[..., object]
    """An id, its info, and further attributes by name."""
    edit_shift: Callable[..., object]
    messages: Messages
    message_status: Callable[[], dict[str, tuple[str, str]]]
    """What came of each message, and why not."""
    answers: SendLedger[Answer]
    calls: CallLog
    sends: SendLedger[Delivery]
    deliveries: DeliveryLedger
    receipts: ReceiptLedger
    counters: ProgressCounters
    plans: Plans
    board: Board
    put_item: Callable[[dict[str, Any]], object]
    item: Callable[[], dict[str, Any] | None]
    """The item of campaign ``c``."""
    desk: FrontDesk
    opt_outs: OptOuts
    put_employee: Callable[[str], object]
    employees: Callable[[], dict[str, Employee]]
    roster: Roster
    put_member: Callable[[str], object]
    """Into segment ``overtime``."""
    put_member_at: Callable[[str, datetime], object]
    """Likewise, with the time when on the row."""
    rows: Callable[[], dict[str, LedgerRow]]
    """The ledger of campaign ``c``."""

    def counted(self) -> dict[str, Any]:
        """The counters of campaign ``c``, added up."""
        return summed(self.counters.rows("c"))

    def adds_up(self) -> bool:
        """Whether the counters of campaign ``c`` say what its rows do."""
        return miscounted(self.rows(), self.counted()) == []


def memory_stores(deliveries: MemoryDeliveries | None = None) -> Stores:
    """Fresh stores in memory."""
    deliveries = deliveries or MemoryDeliveries()
    shifts, counters, messages = MemoryShiftBook(), deliveries.counters, MemoryMessages()
    answers = MemoryAnswers(counters)
    board, employees, roster = (
        MemoryCampaignBoard(),
        MemoryEmployees({ANN, BOB}),
        MemoryRoster({"overtime": ()}),
    )
    return Stores(
        shifts=shifts,
        agendas=shifts,
        put_shift=shifts.put,
        edit_shift=shifts.edit,
        messages=messages,
        message_status=lambda: {
            key: (str(status), error) for key, (status, error) in messages.status.items()
        },
        answers=answers,
        calls=MemoryCallLog(),
        sends=deliveries,
        deliveries=deliveries,
        receipts=deliveries,
        counters=counters,
        plans=MemoryPlans(counters),
        board=board,
        put_item=lambda item: board.rows.update({"c": item}),
        item=lambda: board.rows.get("c"),
        desk=MemoryFrontDesk(employees, answers, deliveries, shifts),
        opt_outs=employees,
        put_employee=lambda number: employees.rows.update({number: Employee()}),
        employees=lambda: employees.rows,
        roster=roster,
        put_member=roster.segments["overtime"].add,
        put_member_at=lambda number, at: roster.put("overtime", number, at),
        rows=lambda: deliveries.of("c"),
    )


def dynamo_stores(system: System, client: Any = None) -> Stores:
    """Stores on the system's tables."""
    client = client or boto3.client("dynamodb")
    tables = {"deliveries": "Deliveries", "progress": "Progress"}

    def put(table: str, **item: Any) -> None:
        system.dynamodb.Table(table).put_item(Item=item)

    return Stores(
        shifts=_DynamoShifts(client),
        agendas=DynamoAgendas(client, "Agendas"),
        put_shift=system.put_shift,
        edit_shift=system.edit_shift,
        messages=DynamoMessages(client, "Messages"),
        message_status=lambda: {
            row["message_id"]: (row["message_status"], row.get("message_error", ""))
            for row in system.rows("Messages")
        },
        answers=answers_ledger(client, inbox="Inbox", progress="Progress"),
        calls=DynamoCallLog(client, "Inbox"),
        sends=deliveries_ledger(client, inbox="Inbox", **tables),
        deliveries=DynamoDeliveryLedger(client, **tables),
        receipts=DynamoReceiptLedger(client, **tables),
        counters=DynamoProgressCounters(client, "Progress"),
        plans=DynamoLaunchPlans(client, "Progress"),
        board=DynamoCampaignBoard(client, "Campaigns"),
        put_item=lambda item: put("Campaigns", campaign_id="c", **item),
        item=lambda: _item(system),
        desk=DynamoFrontDesk(
            client,
            employees="Employees",
            inbox="Inbox",
            shifts="Shifts",
            agendas="Agendas",
            zone=ZoneInfo("UTC"),
        ),
        opt_outs=DynamoOptOuts(client, "Employees"),
        put_employee=lambda number: put("Employees", phone_number=number),
        employees=lambda: {row["phone_number"]: _employee(row) for row in system.rows("Employees")},
        roster=DynamoRoster(client, "SegmentMembers"),
        put_member=lambda number: put("SegmentMembers", segment="overtime", phone_number=number),
        put_member_at=lambda number, at: put(
            "SegmentMembers", segment="overtime", phone_number=number, added_at=moment(at)
        ),
        rows=lambda: {
            row["phone_number"]: _ledger_row(row)
            for row in system.rows("Deliveries")
            if row["campaign_id"] == "c"
        },
    )


def _item(system: System) -> dict[str, Any] | None:
    item: dict[str, Any] | None = (
        system.dynamodb.Table("Campaigns").get_item(Key={"campaign_id": "c"}).get("Item")
    )
    return item and {name: value for name, value in item.items() if name != "campaign_id"}


def _employee(row: dict[str, Any]) -> Employee:
    at = row.get("opt_changed_at")
    return Employee(
        row.get("opted_out", False),
        row.get("only_opt_out", False),
        datetime.fromisoformat(at) if at else None,
        row.get("opt_changed_by", ""),
        row.get("language", ""),
        frozenset(row.get("roles", ())),
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
