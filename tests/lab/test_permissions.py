"""Tests that every permission of a role is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network import Fault, refuse
from tests.support.deployed_lab import (
    STAFF,
    add_members,
    addressed_to,
    empty_tables,
    put_shifts,
    wait_until,
)
from tests.support.lab_campaigns import (
    campaign,
    due_campaign,
    move_campaign,
    put_held_campaign,
    put_scheduled_campaign,
    schedule_campaign,
    shift_timers,
    stop_held_campaign,
    throttled_campaign,
)
from tests.support.lab_managers import NEEDS as MANAGER_NEEDS
from tests.support.lab_permissions import (
    actions,
    free_number,
    policies,
    put_operator_reply,
    put_overdue_shift,
    put_shift,
    resume_outbox,
    roles,
    unique_numbers,
    without_permission,
)


@dataclass(frozen=True)
class Need:
    """An action that a function needs, the call that is denied without it, and work that makes the call."""

    function: str
    action: str
    call: str
    work: Callable[[LabSystem], Callable[[], bool]]
    prepare: Callable[[LabSystem], None] = lambda _system: None
    """Prepares the system for the work."""
    visibility_timeout: int = 1
    """The visibility timeout in seconds; longer than the function takes."""
    work_waits: bool = True
    """Whether the work waits for the permission; otherwise a worker of the outbox finishes it."""

    def __str__(self) -> str:
        return f"{self.function} needs {self.action}"


def book(system: LabSystem) -> Callable[[], bool]:
    """Books a shift; the result tells whether the booking is confirmed and recorded."""
    code = f"NEED{next(unique_numbers)}"
    put_shifts(system, (code, ""))
    message_id = system.network.send_from_phone(STAFF[0], code, OUR_NUMBER)

    def done() -> bool:
        rows = system.rows(system.outputs.conversations_table_name)
        confirmed = any(
            row["entry"] == f"INBOUND#{message_id}" and row.get("status") == "sent" for row in rows
        )
        return confirmed and system.bookings().get(code) == STAFF[0]

    return done


def book_without_record(system: LabSystem) -> Callable[[], bool]:
    """Books a shift; the result tells whether the reply arrived and left the outbox, and the seat is taken."""
    code = f"NEED{next(unique_numbers)}"
    put_shifts(system, (code, ""))
    system.network.send_from_phone(STAFF[0], code, OUR_NUMBER)
    return lambda: (
        [code in text.body for text in system.network.inbox(STAFF[0])].count(True) == 1
        and not system.rows(system.outputs.outbox_table_name)
        and system.bookings().get(code) == STAFF[0]
    )


def put_unlisted_shift(system: LabSystem) -> Callable[[], bool]:
    """Puts a shift without the keys of its indexes; the result tells whether it has them."""
    put_shift(system, shift_info="unlisted")
    table = system.outputs.shifts_table_name
    return lambda: any("listed_at" in row for row in system.rows(table) if row["shift_id"] == "KEPT")


def request_shifts(system: LabSystem) -> Callable[[], bool]:
    """Requests the list of shifts; the result tells whether it arrived."""
    received = len(system.network.inbox(STAFF[1]))
    system.network.send_from_phone(STAFF[1], "REQUEST", OUR_NUMBER)
    return lambda: len(system.network.inbox(STAFF[1])) > received


def request_agent(system: LabSystem) -> Callable[[], bool]:
    """Requests a call; the result tells whether it is placed and confirmed."""
    received, calls = len(system.network.inbox(STAFF[2])), len(system.network.calls)
    system.network.send_from_phone(STAFF[2], "AGENT", OUR_NUMBER)
    return lambda: len(system.network.inbox(STAFF[2])) > received and len(system.network.calls) > calls


def wait_for_reconciliation(system: LabSystem) -> None:
    """Waits until all shifts are reconciled."""
    system.wait_until_reconciled()


def put_waiting_list(system: LabSystem) -> None:
    """Puts a taken shift with a waiting list."""
    put_shift(system, shift_status="taken", employee=STAFF[7], waiting_list=[STAFF[8]])
    system.wait_until_reconciled()


def put_deadline(system: LabSystem) -> None:
    """Puts a shift with a deadline in the future."""
    put_shift(system, respond_by="2099-08-15T12:00:00Z")
    system.wait_until_reconciled()


def put_plan(system: LabSystem, **attributes: object) -> None:
    """Puts a shift with a fill plan that texts one of two employees now, and the other in an hour."""
    add_members(system, "filled", STAFF[10], STAFF[11])
    plan = {"fill_order": "rotation", "fill_segment": "filled", "fill_wave_size": 1, "fill_wave_minutes": 60}
    put_shift(system, **plan, **attributes)


def fill_shift(system: LabSystem) -> Callable[[], bool]:
    """Puts a shift with a fill plan; the result tells whether its text is sent and its next wave scheduled."""
    received = len(system.network.inbox(STAFF[10]))
    put_plan(system)
    table = system.outputs.shifts_table_name
    return lambda: (
        any(row.get("fill_status") == "running" for row in system.rows(table))
        and len(system.network.inbox(STAFF[10])) == received + 1
        and len(shift_timers(system, "fill-")) == 1
    )


def prepare_plan(system: LabSystem) -> None:
    """Puts a shift with a fill plan, and waits for its schedule."""
    done = fill_shift(system)
    assert wait_until(done, 30)
    system.wait_until_idle()


def end_plan_earlier(system: LabSystem) -> Callable[[], bool]:
    """Writes an end of the plan before its next wave; the result tells whether the schedule moved."""
    before = shift_timers(system, "fill-")
    (item,) = (row for row in system.rows(system.outputs.shifts_table_name) if row["shift_id"] == "KEPT")
    fill_by = datetime.now(UTC) + timedelta(minutes=5)
    system.put(system.outputs.shifts_table_name, [{**item, "fill_by": fill_by.isoformat()}])
    return lambda: shift_timers(system, "fill-") not in (before, [])


def stop_plan(system: LabSystem) -> Callable[[], bool]:
    """Stops the plan; the result tells whether its schedule is gone."""
    (item,) = (row for row in system.rows(system.outputs.shifts_table_name) if row["shift_id"] == "KEPT")
    system.put(system.outputs.shifts_table_name, [{**item, "fill_status": "stopped"}])
    return lambda: shift_timers(system, "fill-") == []


def remove_plans(system: LabSystem) -> None:
    """Removes what an earlier plan has left: its schedule, and the texts that count for the day."""
    # A request that the deletion of its shift has caused could otherwise plan the next shift with the same id.
    system.wait_until_reconciled()
    scheduler, dynamodb = system.cloud.client("scheduler"), system.cloud.client("dynamodb")
    for one in scheduler.list_schedules()["Schedules"]:
        if one["Name"].startswith("fill-"):
            scheduler.delete_schedule(Name=one["Name"], GroupName=one["GroupName"])
    (table,) = (name for name in dynamodb.list_tables()["TableNames"] if "FillContacts" in name)
    for row in system.rows(table):
        key = {name: {"S": row[name]} for name in ("shift_id", "entry")}
        dynamodb.delete_item(TableName=table, Key=key)


def prepare_new_plan(system: LabSystem) -> None:
    """Removes earlier plans, and puts one that has a schedule."""
    remove_plans(system)
    prepare_plan(system)


def put_long_waiting_list(system: LabSystem) -> None:
    """Puts a taken shift with a waiting list whose first employee cannot be texted."""
    system.network.faults.clear()
    system.network.faults.add(
        Fault(
            operation="SendTextMessage",
            act=refuse("ConflictException", "opted out", Reason="DESTINATION_PHONE_NUMBER_OPTED_OUT"),
            matches=addressed_to(STAFF[9]),
            times=1,
        )
    )
    put_shift(system, shift_status="taken", employee=STAFF[7], waiting_list=[STAFF[9], STAFF[8]])
    system.wait_until_reconciled()


def pass_offer_on(system: LabSystem) -> Callable[[], bool]:
    """Drops a shift; the result tells whether the second employee of the waiting list has the offer."""
    received = len(system.network.inbox(STAFF[8]))
    system.network.send_from_phone(STAFF[7], "DROP KEPT", OUR_NUMBER)
    return lambda: len(system.network.inbox(STAFF[8])) == received + 1


def drop_shift(system: LabSystem) -> Callable[[], bool]:
    """Drops a shift with a waiting list; the result tells whether the offer is sent and recorded."""
    received = len(system.network.inbox(STAFF[8]))
    system.network.send_from_phone(STAFF[7], "DROP KEPT", OUR_NUMBER)

    def done() -> bool:
        rows = system.rows(system.outputs.conversations_table_name)
        offers = [row["status"] for row in rows if row["entry"].startswith("NOTICE#offer#")]
        return offers == ["sent"] and len(system.network.inbox(STAFF[8])) == received + 1

    return done


def set_deadline(system: LabSystem) -> Callable[[], bool]:
    """Sets a deadline; the result tells whether its schedule exists."""
    put_shift(system, respond_by="2099-08-15T12:00:00Z")
    return lambda: shift_timers(system) == ["at(2099-08-15T12:00:00)"]


def move_deadline(system: LabSystem) -> Callable[[], bool]:
    """Moves the deadline; the result tells whether its schedule moved."""
    put_shift(system, respond_by="2099-08-16T12:00:00Z")
    return lambda: shift_timers(system) == ["at(2099-08-16T12:00:00)"]


def remove_deadline(system: LabSystem) -> Callable[[], bool]:
    """Removes the deadline; the result tells whether its schedule is gone."""
    put_shift(system)
    return lambda: shift_timers(system) == []


NEEDS = (
    Need("process_inbound_sms", "dynamodb:BatchGetItem", "BatchGetItem", book),
    Need(
        "process_inbound_sms", "dynamodb:DeleteItem", "TransactWriteItems", book_without_record, free_number
    ),
    Need("process_inbound_sms", "dynamodb:ConditionCheckItem", "TransactWriteItems", book),
    Need("process_inbound_sms", "dynamodb:PutItem", "TransactWriteItems", book),
    Need("process_inbound_sms", "dynamodb:UpdateItem", "TransactWriteItems", book),
    Need("process_inbound_sms", "dynamodb:Query", "Query", request_shifts),
    Need(
        "process_inbound_sms",
        "sms-voice:SendTextMessage",
        "sms-voice:SendTextMessage",
        book,
        free_number,
        work_waits=False,
    ),
    Need("process_inbound_sms", "sqs:SendMessage", "SendMessage", request_agent),
    Need(
        "start_callback",
        "connect:StartOutboundVoiceContact",
        "connect:StartOutboundVoiceContact",
        request_agent,
    ),
    Need("start_callback", "dynamodb:GetItem", "GetItem", request_agent),
    Need("start_callback", "dynamodb:PutItem", "TransactWriteItems", request_agent),
    Need("start_callback", "dynamodb:UpdateItem", "TransactWriteItems", request_agent),
    Need("start_callback", "sqs:SendMessage", "SendMessage", request_agent),
    Need("detect_shift_changes", "dynamodb:UpdateItem", "UpdateItem", put_unlisted_shift),
    Need(
        "detect_shift_changes", "sqs:SendMessage", "SendMessage", put_overdue_shift, wait_for_reconciliation
    ),
    Need("reconcile_shift", "dynamodb:GetItem", "GetItem", put_overdue_shift, wait_for_reconciliation),
    Need("reconcile_shift", "dynamodb:UpdateItem", "UpdateItem", put_overdue_shift, wait_for_reconciliation),
    Need("reconcile_shift", "dynamodb:BatchGetItem", "BatchGetItem", drop_shift, put_waiting_list),
    Need("reconcile_shift", "dynamodb:PutItem", "TransactWriteItems", drop_shift, put_waiting_list),
    Need("reconcile_shift", "sqs:SendMessage", "SendMessage", drop_shift, put_waiting_list),
    Need(
        "reconcile_shift", "scheduler:CreateSchedule", "CreateSchedule", set_deadline, wait_for_reconciliation
    ),
    Need("reconcile_shift", "scheduler:UpdateSchedule", "UpdateSchedule", move_deadline, put_deadline),
    Need("reconcile_shift", "scheduler:DeleteSchedule", "DeleteSchedule", remove_deadline, put_deadline),
    Need("plan_fill_wave", "dynamodb:GetItem", "GetItem", fill_shift, remove_plans),
    Need("plan_fill_wave", "dynamodb:Query", "Query", fill_shift, remove_plans),
    Need("plan_fill_wave", "dynamodb:BatchGetItem", "BatchGetItem", fill_shift, remove_plans),
    Need("plan_fill_wave", "dynamodb:PutItem", "TransactWriteItems", fill_shift, remove_plans),
    Need("plan_fill_wave", "dynamodb:UpdateItem", "TransactWriteItems", fill_shift, remove_plans),
    Need("plan_fill_wave", "sqs:SendMessage", "SendMessage", fill_shift, remove_plans),
    Need("plan_fill_wave", "scheduler:CreateSchedule", "CreateSchedule", fill_shift, remove_plans),
    Need(
        "plan_fill_wave",
        "scheduler:UpdateSchedule",
        "UpdateSchedule",
        end_plan_earlier,
        prepare_new_plan,
    ),
    Need("plan_fill_wave", "scheduler:DeleteSchedule", "DeleteSchedule", stop_plan, prepare_new_plan),
    Need("send_operator_reply", "dynamodb:PutItem", "TransactWriteItems", put_operator_reply),
    Need("send_operator_reply", "dynamodb:UpdateItem", "TransactWriteItems", put_operator_reply),
    Need("send_operator_reply", "sqs:SendMessage", "SendMessage", put_operator_reply),
    Need("send_outbox", "dynamodb:BatchGetItem", "BatchGetItem", put_operator_reply),
    Need("send_outbox", "dynamodb:DeleteItem", "DeleteItem", put_operator_reply),
    Need("send_outbox", "dynamodb:GetItem", "GetItem", drop_shift, put_waiting_list),
    Need("send_outbox", "dynamodb:Query", "Query", put_operator_reply),
    Need("send_outbox", "dynamodb:UpdateItem", "UpdateItem", put_operator_reply),
    Need("send_outbox", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", put_operator_reply),
    Need("send_outbox", "sqs:SendMessage", "SendMessage", pass_offer_on, put_long_waiting_list),
    Need("launch_campaign", "dynamodb:BatchGetItem", "BatchGetItem", campaign),
    Need("launch_campaign", "dynamodb:GetItem", "GetItem", campaign),
    Need("launch_campaign", "dynamodb:PutItem", "PutItem", campaign),
    Need("launch_campaign", "dynamodb:UpdateItem", "UpdateItem", campaign),
    Need("launch_campaign", "sqs:SendMessage", "SendMessage", campaign),
    Need("plan_campaign", "dynamodb:BatchGetItem", "BatchGetItem", campaign),
    Need("plan_campaign", "dynamodb:GetItem", "GetItem", campaign),
    Need("plan_campaign", "dynamodb:PutItem", "TransactWriteItems", campaign),
    Need("plan_campaign", "dynamodb:Query", "Query", campaign),
    Need("plan_campaign", "dynamodb:UpdateItem", "TransactWriteItems", campaign),
    Need("plan_campaign", "sqs:SendMessage", "SendMessage", campaign),
    Need("send_campaign", "dynamodb:BatchGetItem", "BatchGetItem", campaign),
    Need("send_campaign", "dynamodb:GetItem", "GetItem", campaign),
    Need("send_campaign", "dynamodb:PutItem", "TransactWriteItems", campaign),
    Need("send_campaign", "dynamodb:UpdateItem", "UpdateItem", campaign),
    Need("send_campaign", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", campaign),
    Need("send_campaign", "sqs:SendMessage", "SendMessage", throttled_campaign, visibility_timeout=4),
    Need("reconcile_campaign", "dynamodb:GetItem", "GetItem", due_campaign),
    Need("reconcile_campaign", "dynamodb:UpdateItem", "UpdateItem", due_campaign),
    Need("reconcile_campaign", "dynamodb:Query", "Query", due_campaign, work_waits=False),
    Need("reconcile_campaign", "dynamodb:DeleteItem", "DeleteItem", stop_held_campaign, put_held_campaign),
    Need("reconcile_campaign", "sqs:SendMessage", "SendMessage", stop_held_campaign, put_held_campaign),
    Need("reconcile_campaign", "scheduler:CreateSchedule", "CreateSchedule", schedule_campaign),
    Need(
        "reconcile_campaign",
        "scheduler:UpdateSchedule",
        "UpdateSchedule",
        move_campaign,
        put_scheduled_campaign,
    ),
    Need(
        "reconcile_campaign",
        "scheduler:DeleteSchedule",
        "DeleteSchedule",
        stop_held_campaign,
        put_held_campaign,
        work_waits=False,
    ),
    Need("record_delivery_event", "dynamodb:UpdateItem", "TransactWriteItems", campaign),
    Need("summarize_campaign", "dynamodb:BatchGetItem", "BatchGetItem", campaign),
    Need("summarize_campaign", "dynamodb:GetItem", "GetItem", campaign),
    Need("summarize_campaign", "dynamodb:UpdateItem", "UpdateItem", campaign),
    *(Need(*one) for one in MANAGER_NEEDS),
)

RECORDED_AFTER_SEND = Need(
    "send_outbox", "dynamodb:PutItem", "TransactWriteItems", drop_shift, put_waiting_list
)
"""Denied only after the text is sent."""

BY_THE_PLATFORM = {
    "dynamodb:DescribeStream": "Lambda reads the stream",
    "dynamodb:GetRecords": "Lambda reads the stream",
    "dynamodb:GetShardIterator": "Lambda reads the stream",
    "dynamodb:ListStreams": "Lambda reads the stream",
    "logs:CreateLogStream": "Lambda writes the log",
    "logs:PutLogEvents": "Lambda writes the log",
    "sqs:ChangeMessageVisibility": "Lambda reads the queue",
    "sqs:DeleteMessage": "Lambda reads the queue",
    "sqs:GetQueueAttributes": "Lambda reads the queue",
    "sqs:GetQueueUrl": "the CDK grants it with the permissions to consume a queue",
    "sqs:ReceiveMessage": "Lambda reads the queue",
}
"""Lambda uses them on behalf of the function; the embedded cloud does not check them."""

FOR_EXPIRED_RECORDS = {(function, "sqs:SendMessage") for function in ("index_managers", "summarize_campaign")}
"""Lambda sends expired stream records to their dead-letter queue on behalf of the function."""

NOT_CHECKED = {
    (function, "iam:PassRole") for function in ("reconcile_campaign", "reconcile_shift", "plan_fill_wave")
}
"""AWS checks it when a schedule is created; the embedded cloud does not."""


IN_EVERY_RUN = {
    ("process_inbound_sms", "dynamodb:UpdateItem"),
    ("start_callback", "connect:StartOutboundVoiceContact"),
    ("detect_shift_changes", "dynamodb:UpdateItem"),
    ("reconcile_shift", "scheduler:CreateSchedule"),
    ("plan_fill_wave", "dynamodb:Query"),
    ("send_operator_reply", "sqs:SendMessage"),
    ("send_outbox", "sms-voice:SendTextMessage"),
}
"""One action of each function that needs neither a campaign nor a manager, and at least one of each service."""
assert {(one.function, one.action) for one in NEEDS} >= IN_EVERY_RUN
IN_SOAK = [one for one in NEEDS if (one.function, one.action) not in IN_EVERY_RUN]


@pytest.mark.parametrize(
    "need", [pytest.param(one, id=str(one), marks=[pytest.mark.soak] * (one in IN_SOAK)) for one in NEEDS]
)
def test_given_a_permission_removed_when_work_arrives_then_it_waits(system: LabSystem, need: Need) -> None:
    empty_tables(system)
    need.prepare(system)
    denied = system.denied()[need.call]
    with system.quick_redelivery(need.visibility_timeout):
        with without_permission(system, roles(system)[need.function], need.action):
            done = need.work(system)
            assert wait_until(lambda: system.denied()[need.call] > denied, 20), "no call was denied"
            assert not need.work_waits or not done()
        if need.function == "send_outbox":
            resume_outbox(system)
        assert wait_until(done, 60), "the work was not finished"
        system.wait_until_idle()


@pytest.mark.soak
def test_given_an_offer_that_cannot_be_recorded_when_tried_again_then_sent_once(
    system: LabSystem,
) -> None:
    empty_tables(system)
    put_waiting_list(system)
    received, denied = len(system.network.inbox(STAFF[8])), system.denied()[RECORDED_AFTER_SEND.call]
    with without_permission(system, roles(system)[RECORDED_AFTER_SEND.function], RECORDED_AFTER_SEND.action):
        done = drop_shift(system)
        assert wait_until(lambda: system.denied()[RECORDED_AFTER_SEND.call] > denied, 20), (
            "no call was denied"
        )
        assert not done()
    # The worker tries again after 30 seconds, when the claim has expired.
    system.wait_until_idle(timeout=100)
    assert len(system.network.inbox(STAFF[8])) == received + 1
    rows = system.rows(system.outputs.conversations_table_name)
    assert [row["status"] for row in rows if row["entry"].startswith("NOTICE#offer#")] == ["unknown"]


def test_given_the_roles_when_compared_with_proven_needs_then_each_is_needed(
    system: LabSystem,
) -> None:
    proven = {(need.function, need.action) for need in (*NEEDS, RECORDED_AFTER_SEND)}
    granted = {
        (function, action)
        for function, role in roles(system).items()
        for document in policies(system, role).values()
        for statement in document["Statement"]
        for action in actions(statement)
        if action not in BY_THE_PLATFORM
    }
    assert granted == proven | FOR_EXPIRED_RECORDS | NOT_CHECKED
