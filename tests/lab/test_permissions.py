"""Tests that every permission is needed: without it the work waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network import Fault, throttle
from tests.support.deployed_lab import (
    STAFF,
    add_members,
    addressed_to,
    deliveries,
    empty_tables,
    put_campaign,
    put_shifts,
    quick_redelivery,
    wait_until,
)
from tests.support.lab_permissions import (
    actions,
    pass_the_deadline,
    policies,
    put_shift,
    reply_to_somebody,
    roles,
    unique_numbers,
    without_permission,
)


@dataclass(frozen=True)
class Need:
    """A function, the action it needs, the call that is refused without, and the work that shows it."""

    function: str
    action: str
    call: str
    work: Callable[[LabSystem], Callable[[], bool]]
    before: Callable[[LabSystem], None] = lambda _system: None
    """What must be there before there is work."""
    comes_back: int = 1
    """Seconds after which work that was not done is handed out again: longer than it is worked on."""

    def __str__(self) -> str:
        return f"{self.function} needs {self.action}"


def book(system: LabSystem) -> Callable[[], bool]:
    """Somebody books; done when it is answered and on record."""
    code = f"NEED{next(unique_numbers)}"
    put_shifts(system, (code, ""))
    message_id = system.network.send_from_phone(STAFF[0], code, OUR_NUMBER)

    def done() -> bool:
        rows = system.rows(system.outputs.conversations_table_name)
        answered = any(
            row["entry"] == f"INBOUND#{message_id}" and row.get("status") == "sent" for row in rows
        )
        return answered and system.bookings().get(code) == STAFF[0]

    return done


def ask_what_is_open(system: LabSystem) -> Callable[[], bool]:
    """Somebody asks for the list; done when it is there."""
    heard = len(system.network.inbox(STAFF[1]))
    system.network.send_from_phone(STAFF[1], "REQUEST", OUR_NUMBER)
    return lambda: len(system.network.inbox(STAFF[1])) > heard


def ask_for_an_agent(system: LabSystem) -> Callable[[], bool]:
    """Somebody wants a call; done when it is placed and promised."""
    heard, calls = len(system.network.inbox(STAFF[2])), len(system.network.calls)
    system.network.send_from_phone(STAFF[2], "AGENT", OUR_NUMBER)
    return lambda: len(system.network.inbox(STAFF[2])) > heard and len(system.network.calls) > calls


def campaign(system: LabSystem, *members: str) -> Callable[[], bool]:
    """A campaign for one, or for these; done when it is on record as delivered."""
    campaign_id, recipients = f"need-{next(unique_numbers)}", members or (STAFF[3],)
    add_members(system, campaign_id, *recipients)
    put_campaign(system, campaign_id, campaign_message="A1", segment=campaign_id)

    def done() -> bool:
        rows = system.rows(system.outputs.campaigns_table_name)
        over = any(
            row["campaign_id"] == campaign_id
            and row.get("campaign_status") == "launched"
            and row.get("delivered") == len(recipients)
            for row in rows
        )
        return over and deliveries(system, campaign_id) == dict.fromkeys(recipients, "delivered")

    return done


def throttled_campaign(system: LabSystem) -> Callable[[], bool]:
    """A campaign for two, the second throttled for so long that it goes back into the queue; done when both have it."""
    system.network.faults.clear()
    system.network.faults.add(
        Fault(operation="SendTextMessage", act=throttle, times=14, matches=addressed_to(STAFF[4]))
    )
    return campaign(system, STAFF[3], STAFF[4])


def write_to_somebody(system: LabSystem) -> Callable[[], bool]:
    """Somebody writes words for a person; done when they are kept and that is said."""
    words = f"the door of room {next(unique_numbers)} does not close"
    heard = len(system.network.inbox(STAFF[5]))
    system.network.send_from_phone(STAFF[5], words, OUR_NUMBER)

    def done() -> bool:
        kept = any(row["text"] == words for row in system.rows(system.outputs.operator_inbox_table_name))
        return kept and len(system.network.inbox(STAFF[5])) > heard

    return done


def nothing_else(system: LabSystem) -> None:
    """Nothing is left to be done for any other shift."""
    system.wait_until_reconciled()


def somebody_waits(system: LabSystem) -> None:
    """A shift that somebody has and somebody waits for."""
    put_shift(system, shift_status="taken", employee=STAFF[7], waiting_list=[STAFF[8]])
    system.wait_until_reconciled()


def a_deadline(system: LabSystem) -> None:
    """A shift that will be looked after in time."""
    put_shift(system, respond_by="2099-08-15T12:00:00Z")
    system.wait_until_reconciled()


def shift_timers(system: LabSystem) -> list[str]:
    """When the scheduler will call."""
    scheduler = system.cloud.client("scheduler")
    return [
        scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])["ScheduleExpression"]
        for one in scheduler.list_schedules()["Schedules"]
    ]


def give_back(system: LabSystem) -> Callable[[], bool]:
    """Somebody gives back what another one waits for; done when it is offered, and that is on record."""
    heard = len(system.network.inbox(STAFF[8]))
    system.network.send_from_phone(STAFF[7], "DROP KEPT", OUR_NUMBER)

    def done() -> bool:
        rows = system.rows(system.outputs.conversations_table_name)
        offers = [row["status"] for row in rows if row["entry"].startswith("NOTICE#offer#")]
        return offers == ["sent"] and len(system.network.inbox(STAFF[8])) == heard + 1

    return done


def set_a_deadline(system: LabSystem) -> Callable[[], bool]:
    """A shift gets a deadline; done when somebody will look after it then."""
    put_shift(system, respond_by="2099-08-15T12:00:00Z")
    return lambda: shift_timers(system) == ["at(2099-08-15T12:00:00)"]


def move_the_deadline(system: LabSystem) -> Callable[[], bool]:
    """A shift gets another deadline; done when somebody will look after it then."""
    put_shift(system, respond_by="2099-08-16T12:00:00Z")
    return lambda: shift_timers(system) == ["at(2099-08-16T12:00:00)"]


def lift_the_deadline(system: LabSystem) -> Callable[[], bool]:
    """A shift has no deadline any more; done when nobody will look after it."""
    put_shift(system)
    return lambda: shift_timers(system) == []


NEEDS = (
    Need("process_inbound_sms", "dynamodb:BatchGetItem", "BatchGetItem", book),
    Need("process_inbound_sms", "dynamodb:PutItem", "PutItem", write_to_somebody),
    Need("process_inbound_sms", "dynamodb:UpdateItem", "TransactWriteItems", book),
    Need("process_inbound_sms", "dynamodb:Query", "Query", ask_what_is_open),
    Need("process_inbound_sms", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", book),
    Need("process_inbound_sms", "sqs:SendMessage", "SendMessage", ask_for_an_agent),
    Need(
        "start_callback",
        "connect:StartOutboundVoiceContact",
        "connect:StartOutboundVoiceContact",
        ask_for_an_agent,
    ),
    Need("start_callback", "dynamodb:GetItem", "GetItem", ask_for_an_agent),
    Need("start_callback", "dynamodb:UpdateItem", "TransactWriteItems", ask_for_an_agent),
    Need("start_callback", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", ask_for_an_agent),
    Need("detect_shift_changes", "sqs:SendMessage", "SendMessage", pass_the_deadline, nothing_else),
    Need("reconcile_shift", "dynamodb:GetItem", "GetItem", pass_the_deadline, nothing_else),
    Need("reconcile_shift", "dynamodb:UpdateItem", "UpdateItem", pass_the_deadline, nothing_else),
    Need("reconcile_shift", "dynamodb:BatchGetItem", "BatchGetItem", give_back, somebody_waits),
    Need(
        "reconcile_shift", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", give_back, somebody_waits
    ),
    Need("reconcile_shift", "scheduler:CreateSchedule", "CreateSchedule", set_a_deadline, nothing_else),
    Need("reconcile_shift", "scheduler:UpdateSchedule", "UpdateSchedule", move_the_deadline, a_deadline),
    Need("reconcile_shift", "scheduler:DeleteSchedule", "DeleteSchedule", lift_the_deadline, a_deadline),
    Need("send_operator_reply", "dynamodb:BatchGetItem", "BatchGetItem", reply_to_somebody),
    Need("send_operator_reply", "dynamodb:UpdateItem", "UpdateItem", reply_to_somebody),
    Need("send_operator_reply", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", reply_to_somebody),
    Need("launch_campaign", "dynamodb:BatchGetItem", "BatchGetItem", campaign),
    Need("launch_campaign", "dynamodb:GetItem", "GetItem", campaign),
    Need("launch_campaign", "dynamodb:PutItem", "PutItem", campaign),
    Need("launch_campaign", "dynamodb:UpdateItem", "UpdateItem", campaign),
    Need("launch_campaign", "sqs:SendMessage", "SendMessage", campaign),
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
    Need("send_campaign", "sqs:SendMessage", "SendMessage", throttled_campaign, comes_back=4),
    Need("record_delivery_event", "dynamodb:UpdateItem", "TransactWriteItems", campaign),
    Need("summarize_campaign", "dynamodb:Query", "Query", campaign),
    Need("summarize_campaign", "dynamodb:UpdateItem", "UpdateItem", campaign),
)


NOTED_AFTERWARDS = Need(
    "reconcile_shift", "dynamodb:PutItem", "TransactWriteItems", give_back, somebody_waits
)
"""When it is refused, the text is out."""


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
    "sqs:GetQueueUrl": "part of what the CDK grants to whoever reads a queue",
    "sqs:ReceiveMessage": "Lambda reads the queue",
}
"""Used by Lambda in the function's name, not by the function; the embedded cloud does not ask for them."""


SETS_ASIDE = {("summarize_campaign", "sqs:SendMessage"), ("send_operator_reply", "sqs:SendMessage")}
"""Lambda sends the stream's records that it gave up on to their dead-letter queue, in the function's name."""


NOT_ASKED_FOR = {("reconcile_shift", "iam:PassRole")}
"""AWS asks for it when a schedule is made; the embedded cloud does not."""


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_given_a_permission_taken_away_when_there_is_work_then_it_waits_for_it(
    system: LabSystem, need: Need
) -> None:
    empty_tables(system)
    need.before(system)
    refused = system.denied()[need.call]
    with quick_redelivery(system, need.comes_back):
        with without_permission(system, roles(system)[need.function], need.action):
            done = need.work(system)
            assert wait_until(lambda: system.denied()[need.call] > refused, 20), "nothing was refused"
            assert not done()
        assert wait_until(done, 60), "the work was lost"
        system.wait_until_idle()


def test_given_an_offer_that_cannot_be_noted_when_redelivered_then_it_is_sent_once(
    system: LabSystem,
) -> None:
    empty_tables(system)
    somebody_waits(system)
    heard, refused = len(system.network.inbox(STAFF[8])), system.denied()[NOTED_AFTERWARDS.call]
    claims = Fault(
        operation="UpdateItem", act=lambda _call: None, matches=lambda asked: "offer#" in str(asked["Key"])
    )
    system.gateway.faults.add(claims)
    with (
        quick_redelivery(system, seconds=1),
        without_permission(system, roles(system)[NOTED_AFTERWARDS.function], NOTED_AFTERWARDS.action),
    ):
        done = give_back(system)
        assert wait_until(lambda: system.denied()[NOTED_AFTERWARDS.call] > refused, 20), "nothing was refused"
        assert wait_until(lambda: claims.hits > 1, 20), "it was not delivered again"
        assert not done()
        # Its claim runs out when the function could not live any more: nobody needs to see that here.
        system.cloud.client("sqs").purge_queue(QueueUrl=system.outputs.reconcile_queue_url)
        # Whoever works on it still waits for the claim, and would find none in empty tables.
        assert wait_until(lambda: no_more(claims, seconds=3), 20)
    system.wait_until_idle()
    system.gateway.faults.clear()
    assert len(system.network.inbox(STAFF[8])) == heard + 1


def no_more(fault: Fault, seconds: float) -> bool:
    """Whether nothing meets it for so long."""
    hits = fault.hits
    time.sleep(seconds)
    return fault.hits == hits


def test_given_the_roles_when_compared_with_proven_needs_then_no_permission_is_left(
    system: LabSystem,
) -> None:
    proven = {(need.function, need.action) for need in (*NEEDS, NOTED_AFTERWARDS)}
    granted = {
        (function, action)
        for function, role in roles(system).items()
        for document in policies(system, role).values()
        for statement in document["Statement"]
        for action in actions(statement)
        if action not in BY_THE_PLATFORM
    }
    assert granted == proven | SETS_ASIDE | NOT_ASKED_FOR
