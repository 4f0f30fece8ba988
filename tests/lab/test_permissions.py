"""Every permission that a function's own calls use is needed: without it the work stops, with it again it is done."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import unquote

import pytest

from lab.phone_network import Fault, throttle
from lab.system import OUR_NUMBER, System
from tests.lab.conftest import STAFF, empty_tables, put_shifts, quick_redelivery, wait_until
from tests.lab.test_campaigns import deliveries, join, put_campaign, to

_numbers = count(1)


@dataclass(frozen=True)
class Need:
    """A function, the action it needs, the call that is refused without, and the work that shows it."""

    function: str
    action: str
    call: str
    work: Callable[[System], Callable[[], bool]]
    before: Callable[[System], None] = lambda _system: None
    """What must be there before there is work."""
    comes_back: int = 1
    """Seconds after which work that was not done is handed out again: longer than it is worked on."""

    def __str__(self) -> str:
        return f"{self.function} needs {self.action}"


def book(system: System) -> Callable[[], bool]:
    """Somebody books; done when it is answered and on record."""
    code = f"NEED{next(_numbers)}"
    put_shifts(system, (code, ""))
    message_id = system.network.send_from_phone(STAFF[0], code, OUR_NUMBER)

    def done() -> bool:
        rows = system.rows(system.outputs.inbox_table_name)
        answered = any(
            row["inbound_message_id"] == message_id and row.get("status") == "sent" for row in rows
        )
        return answered and system.taken().get(code) == STAFF[0]

    return done


def ask_what_is_open(system: System) -> Callable[[], bool]:
    """Somebody asks for the list; done when it is there."""
    heard = len(system.network.inbox(STAFF[1]))
    system.network.send_from_phone(STAFF[1], "REQUEST", OUR_NUMBER)
    return lambda: len(system.network.inbox(STAFF[1])) > heard


def ask_for_an_agent(system: System) -> Callable[[], bool]:
    """Somebody wants a call; done when it is placed and promised."""
    heard, calls = len(system.network.inbox(STAFF[2])), len(system.network.calls)
    system.network.send_from_phone(STAFF[2], "AGENT", OUR_NUMBER)
    return lambda: len(system.network.inbox(STAFF[2])) > heard and len(system.network.calls) > calls


def campaign(system: System, *members: str) -> Callable[[], bool]:
    """A campaign for one, or for these; done when it is on record as delivered."""
    campaign_id, recipients = f"need-{next(_numbers)}", members or (STAFF[3],)
    join(system, campaign_id, *recipients)
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


def throttled_campaign(system: System) -> Callable[[], bool]:
    """A campaign for two, the second throttled for so long that it goes back into the queue; done when both have it."""
    system.network.faults.clear()
    system.network.faults.add(
        Fault(operation="SendTextMessage", act=throttle, times=14, matches=to(STAFF[4]))
    )
    return campaign(system, STAFF[3], STAFF[4])


def write_to_somebody(system: System) -> Callable[[], bool]:
    """Somebody writes words for a person; done when they are kept and that is said."""
    words = f"the door of room {next(_numbers)} does not close"
    heard = len(system.network.inbox(STAFF[5]))
    system.network.send_from_phone(STAFF[5], words, OUR_NUMBER)

    def done() -> bool:
        kept = any(row["words"] == words for row in system.rows(system.outputs.messages_table_name))
        return kept and len(system.network.inbox(STAFF[5])) > heard

    return done


def answer_somebody(system: System) -> Callable[[], bool]:
    """An operator answers words; done when that is texted and on record."""
    heard = len(system.network.inbox(STAFF[6]))
    message_id = f"words-{next(_numbers)}"
    message = {
        "message_id": message_id,
        "phone_number": STAFF[6],
        "answer_from": OUR_NUMBER,
        "words": "where is the key?",
        "received_at": "2026-08-15T10:00:00+00:00",
        "message_status": "open",
        "answer": "Under the mat",
    }
    system.put(system.outputs.messages_table_name, [message])

    def done() -> bool:
        rows = system.rows(system.outputs.messages_table_name)
        answered = any(
            row["message_id"] == message_id and row["message_status"] == "answered" for row in rows
        )
        return answered and len(system.network.inbox(STAFF[6])) == heard + 1

    return done


def put_shift(system: System, **attributes: object) -> None:
    """One shift, as an operator puts it up or writes on it."""
    item = {"shift_id": "KEPT", "shift_status": "available", **attributes}
    system.put(system.outputs.shifts_table_name, [item])


def nothing_else(system: System) -> None:
    """Nothing is left to be done for any other shift."""
    system.wait_until_followed()


def somebody_waits(system: System) -> None:
    """A shift that somebody has and somebody waits for."""
    put_shift(system, shift_status="taken", employee=STAFF[7], waiting_list=[STAFF[8]])
    system.wait_until_followed()


def a_deadline(system: System) -> None:
    """A shift that will be looked after in time."""
    put_shift(system, respond_by="2099-08-15T12:00:00Z")
    system.wait_until_followed()


def wake_ups(system: System) -> list[str]:
    """When the scheduler will call."""
    scheduler = system.cloud.client("scheduler")
    return [
        scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])["ScheduleExpression"]
        for one in scheduler.list_schedules()["Schedules"]
    ]


def pass_the_deadline(system: System) -> Callable[[], bool]:
    """A shift's deadline has passed; done when it is closed."""
    put_shift(system, respond_by="2020-08-15T12:00:00Z")
    rows = system.outputs.shifts_table_name
    return lambda: any(
        row["shift_id"] == "KEPT" and row["shift_status"] == "closed" for row in system.rows(rows)
    )


def give_back(system: System) -> Callable[[], bool]:
    """Somebody gives back what another one waits for; done when it is offered, and that is on record."""
    heard = len(system.network.inbox(STAFF[8]))
    system.network.send_from_phone(STAFF[7], "DROP KEPT", OUR_NUMBER)

    def done() -> bool:
        rows = system.rows(system.outputs.inbox_table_name)
        offers = [row["status"] for row in rows if row["inbound_message_id"].startswith("offer#")]
        return offers == ["sent"] and len(system.network.inbox(STAFF[8])) == heard + 1

    return done


def set_a_deadline(system: System) -> Callable[[], bool]:
    """A shift gets a deadline; done when somebody will look after it then."""
    put_shift(system, respond_by="2099-08-15T12:00:00Z")
    return lambda: wake_ups(system) == ["at(2099-08-15T12:00:00)"]


def move_the_deadline(system: System) -> Callable[[], bool]:
    """A shift gets another deadline; done when somebody will look after it then."""
    put_shift(system, respond_by="2099-08-16T12:00:00Z")
    return lambda: wake_ups(system) == ["at(2099-08-16T12:00:00)"]


def lift_the_deadline(system: System) -> Callable[[], bool]:
    """A shift has no deadline any more; done when nobody will look after it."""
    put_shift(system)
    return lambda: wake_ups(system) == []


NEEDS = (
    Need("inbound_sms", "dynamodb:BatchGetItem", "BatchGetItem", book),
    Need("inbound_sms", "dynamodb:PutItem", "PutItem", write_to_somebody),
    Need("inbound_sms", "dynamodb:UpdateItem", "TransactWriteItems", book),
    Need("inbound_sms", "dynamodb:Query", "Query", ask_what_is_open),
    Need("inbound_sms", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", book),
    Need("inbound_sms", "sqs:SendMessage", "SendMessage", ask_for_an_agent),
    Need(
        "connect_callback",
        "connect:StartOutboundVoiceContact",
        "connect:StartOutboundVoiceContact",
        ask_for_an_agent,
    ),
    Need("connect_callback", "dynamodb:GetItem", "GetItem", ask_for_an_agent),
    Need("connect_callback", "dynamodb:UpdateItem", "TransactWriteItems", ask_for_an_agent),
    Need("connect_callback", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", ask_for_an_agent),
    Need("follow_shifts", "sqs:SendMessage", "SendMessage", pass_the_deadline, nothing_else),
    Need("keep_shifts", "dynamodb:GetItem", "GetItem", pass_the_deadline, nothing_else),
    Need("keep_shifts", "dynamodb:UpdateItem", "UpdateItem", pass_the_deadline, nothing_else),
    Need("keep_shifts", "dynamodb:BatchGetItem", "BatchGetItem", give_back, somebody_waits),
    Need("keep_shifts", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", give_back, somebody_waits),
    Need("keep_shifts", "scheduler:CreateSchedule", "CreateSchedule", set_a_deadline, nothing_else),
    Need("keep_shifts", "scheduler:UpdateSchedule", "UpdateSchedule", move_the_deadline, a_deadline),
    Need("keep_shifts", "scheduler:DeleteSchedule", "DeleteSchedule", lift_the_deadline, a_deadline),
    Need("answer_messages", "dynamodb:BatchGetItem", "BatchGetItem", answer_somebody),
    Need("answer_messages", "dynamodb:UpdateItem", "UpdateItem", answer_somebody),
    Need("answer_messages", "sms-voice:SendTextMessage", "sms-voice:SendTextMessage", answer_somebody),
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
    Need("delivery_events", "dynamodb:UpdateItem", "TransactWriteItems", campaign),
    Need("campaign_progress", "dynamodb:Query", "Query", campaign),
    Need("campaign_progress", "dynamodb:UpdateItem", "UpdateItem", campaign),
)
NOTED_AFTERWARDS = Need("keep_shifts", "dynamodb:PutItem", "TransactWriteItems", give_back, somebody_waits)
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
SETS_ASIDE = {("campaign_progress", "sqs:SendMessage"), ("answer_messages", "sqs:SendMessage")}
"""Lambda sends the stream's records that it gave up on to their dead-letter queue, in the function's name."""

NOT_ASKED_FOR = {("keep_shifts", "iam:PassRole")}
"""AWS asks for it when a schedule is made; the embedded cloud does not."""


def roles(system: System) -> Mapping[str, str]:
    """Role by function; a function is known by its handler."""
    functions = system.cloud.client("lambda").list_functions()["Functions"]
    return {
        function["Handler"].split(".")[-2]: function["Role"].split("/")[-1]
        for function in functions
        if function["Handler"].startswith("shift_sms_runtime")
    }


def policies(system: System, role: str) -> dict[str, dict[str, Any]]:
    """Inline policies of a role by name."""
    iam = system.cloud.client("iam")
    found: dict[str, dict[str, Any]] = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        found[name] = dict(document) if isinstance(document, dict) else json.loads(unquote(document))
    return found


def actions(statement: Mapping[str, Any]) -> list[str]:
    """What a statement allows."""
    return [statement["Action"]] if isinstance(statement["Action"], str) else list(statement["Action"])


@contextmanager
def without(system: System, role: str, action: str) -> Iterator[None]:
    """The role lacks one action."""
    iam = system.cloud.client("iam")
    before = policies(system, role)
    for name, document in before.items():
        kept = [
            {**statement, "Action": [allowed for allowed in actions(statement) if allowed != action]}
            for statement in document["Statement"]
            if actions(statement) != [action]
        ]
        iam.put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=json.dumps({**document, "Statement": kept})
        )
    try:
        yield
    finally:
        for name, document in before.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_given_a_permission_is_taken_away_when_there_is_work_then_it_waits_until_the_permission_is_back(
    system: System, need: Need
) -> None:
    empty_tables(system)
    need.before(system)
    refused = system.refused()[need.call]
    with quick_redelivery(system, need.comes_back):
        with without(system, roles(system)[need.function], need.action):
            done = need.work(system)
            assert wait_until(lambda: system.refused()[need.call] > refused, 20), "nothing was refused"
            assert not done()
        assert wait_until(done, 60), "the work was lost"
        system.wait_until_idle()


def test_given_an_offer_cannot_be_noted_when_it_is_delivered_again_and_again_then_it_is_texted_once(
    system: System,
) -> None:
    empty_tables(system)
    somebody_waits(system)
    heard, refused = len(system.network.inbox(STAFF[8])), system.refused()[NOTED_AFTERWARDS.call]
    claims = Fault(
        operation="UpdateItem", act=lambda _call: None, matches=lambda asked: "offer#" in str(asked["Key"])
    )
    system.gateway.faults.add(claims)
    with (
        quick_redelivery(system, seconds=1),
        without(system, roles(system)[NOTED_AFTERWARDS.function], NOTED_AFTERWARDS.action),
    ):
        done = give_back(system)
        assert wait_until(lambda: system.refused()[NOTED_AFTERWARDS.call] > refused, 20), (
            "nothing was refused"
        )
        assert wait_until(lambda: claims.hits > 1, 20), "it was not delivered again"
        assert not done()
        # Its claim runs out when the function could not live any more: nobody needs to see that here.
        system.cloud.client("sqs").purge_queue(QueueUrl=system.outputs.shift_calls_queue_url)
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


def test_given_the_roles_when_compared_with_what_was_proven_needed_then_no_permission_is_left_over(
    system: System,
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
