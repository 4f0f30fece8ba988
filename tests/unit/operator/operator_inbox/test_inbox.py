"""Tests what operators do with texts: each is answered once, and every change has its audit record."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shift_sms_operator.operator_inbox import inbox as inbox_module
from shift_sms_operator.operator_inbox.inbox import MOST_FOLLOW_UPS, OperatorInbox
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_runtime.operator_inbox.inbox_item import FollowUp, InboxItem, InboxStatus, read_operator_reply
from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox, inbox_item_update
from tests.support.inbox_items import ANN, ANN_LEE, FIRE, LATE, NOT_SENT, REPLIED, SICK
from tests.support.operator_world import ACTOR, OperatorWorld

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
SICK_ID = str(SICK["message_id"])
CLOSED = {**SICK, "message_status": "closed", "closed_at": "2026-08-01T12:00:00.000+00:00"}


@pytest.fixture
def world(operator_world: OperatorWorld) -> OperatorWorld:
    operator_world.now = lambda: NOON
    return operator_world


def inbox(world: OperatorWorld) -> OperatorInbox:
    return world.operator().operator_inbox


def item(world: OperatorWorld, message_id: str = SICK_ID) -> dict[str, Any]:
    return world.row("OperatorInbox", message_id)


def test_given_texts_when_listed_then_urgent_ones_first_and_then_the_oldest(world: OperatorWorld) -> None:
    world.put("OperatorInbox", SICK, LATE, FIRE, REPLIED, {**LATE, "message_id": "b", "reply": "OK"})
    world.put("Employees", ANN_LEE)

    page = inbox(world).waiting()

    assert [message.text for message in page.items] == [FIRE["text"], LATE["text"], SICK["text"]]
    assert [message.sender for message in page.items][-1] == f"Ann Lee, {ANN}"
    assert page.cursor is None


def test_given_pages_when_listed_then_each_is_bounded_and_urgent_ones_come_first(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("OperatorInbox", SICK, LATE, FIRE)
    listed = inbox(world)

    first = listed.waiting(limit=1)
    second = listed.waiting(limit=1, after=first.cursor)
    third = listed.waiting(limit=1, after=second.cursor)

    assert [message.text for message in first.items] == [FIRE["text"], LATE["text"]]
    assert [message.text for message in second.items] == [SICK["text"]]
    assert [message.text for message in third.items] == [FIRE["text"]]
    monkeypatch.setattr(inbox_module, "SEARCHED", 2)
    assert [message.text for message in listed.waiting(limit=1).items] == [LATE["text"]]
    with pytest.raises(Refused, match="is no position in this list"):
        listed.waiting(after="nonsense")


def test_given_a_status_when_listed_then_its_items_are_there(world: OperatorWorld) -> None:
    world.put("OperatorInbox", SICK, REPLIED, NOT_SENT)

    (replied,) = inbox(world).with_status(InboxStatus.REPLIED).items
    (not_sent,) = inbox(world).with_status(InboxStatus.NOT_SENT).items

    assert (replied.reply, replied.replied_at) == ("Behind the house", REPLIED["replied_at"])
    assert not_sent.reply_error == NOT_SENT["reply_error"]


def test_given_an_open_text_when_replied_to_then_it_is_sent_and_recorded(world: OperatorWorld) -> None:
    world.put("OperatorInbox", SICK)
    operations = inbox(world)

    answer = operations.preview("3f2a9c", " Call Bob\u2019s desk\u2026 ")
    change = operations.reply(answer)

    assert (answer.body, answer.substituted, change.changed) == ("Call Bob's desk...", True, True)
    assert item(world) == {**SICK, "reply": "Call Bob's desk..."}
    sent = read_operator_reply(item(world))
    assert sent is not None
    assert (sent.phone_number, sent.text) == (ANN, "Call Bob's desk...")
    assert world.audit(f"inbox#{SICK_ID}") == [
        {
            "subject": f"inbox#{SICK_ID}",
            "actor": ACTOR,
            "action": "replied",
            "before": {},
            "after": {"reply": "Call Bob's desk..."},
        }
    ]


@pytest.mark.parametrize("now", [{}, {"message_status": "replied", "replied_at": "now"}])
def test_given_a_reply_when_given_again_then_nothing_changes(
    world: OperatorWorld, now: dict[str, str]
) -> None:
    world.put("OperatorInbox", SICK)
    operations = inbox(world)
    answer = operations.preview(SICK_ID, "OK")
    operations.reply(answer)
    world.put("OperatorInbox", {**item(world), **now})

    assert operations.reply(answer).changed is False
    assert len(world.audit(f"inbox#{SICK_ID}")) == 1


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"reply": "Not me"}, "has a reply already: Not me"),
        ({**REPLIED, "message_id": SICK_ID}, "already at 2026-08-01T07:30:00.000.00:00: Behind the house"),
        ({"reply": "OK", "message_status": "not-sent"}, "was not sent \\(no reason is given\\)"),
        (CLOSED, "was closed at 2026-08-01T12:00:00.000"),
    ],
)
def test_given_another_reply_in_between_when_replied_to_then_that_stays(
    world: OperatorWorld, found: dict[str, Any], why: str
) -> None:
    world.put("OperatorInbox", SICK)
    operations = inbox(world)
    answer = operations.preview(SICK_ID, "OK")
    world.put("OperatorInbox", {**SICK, **found})

    with pytest.raises(Refused, match=why):
        operations.reply(answer)
    assert item(world) == {**SICK, **found}
    assert world.rows("AuditTrail") == []


def test_given_a_text_deleted_in_between_when_replied_to_then_it_stays_deleted(
    world: OperatorWorld,
) -> None:
    world.put("OperatorInbox", SICK)
    operations = inbox(world)
    answer = operations.preview(SICK_ID, "OK")
    world.dynamodb.Table("OperatorInbox").delete_item(Key={"message_id": SICK_ID})

    with pytest.raises(ChangedByAnother, match="was deleted; items are kept for 90 days"):
        operations.reply(answer)
    assert world.rows("OperatorInbox") == []


def test_given_a_reply_of_spaces_when_replied_to_then_it_is_replaced(world: OperatorWorld) -> None:
    world.put("OperatorInbox", {**SICK, "reply": " "})
    operations = inbox(world)

    assert operations.reply(operations.preview(SICK_ID, "OK")).changed
    assert item(world)["reply"] == "OK"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 1531, "it has 1531 GSM characters, and at most 1530 can be sent"),
        ("\u263e" * 631, "it has 631 UCS-2 characters, and at most 630 can be sent"),
        ("\u200b", "the text is empty"),
    ],
)
def test_given_a_text_that_cannot_be_sent_when_previewed_then_refused(
    world: OperatorWorld, text: str, why: str
) -> None:
    world.put("OperatorInbox", SICK)
    with pytest.raises(Refused, match=why):
        inbox(world).preview(SICK_ID, text)


def test_given_an_employee_who_opted_out_when_previewed_then_refused(world: OperatorWorld) -> None:
    world.put("OperatorInbox", SICK)
    world.put("Employees", {**ANN_LEE, "opted_out": True})
    with pytest.raises(Refused, match="Ann Lee, \\+14255550101 wants no texts"):
        inbox(world).preview(SICK_ID, "OK")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("zzz", "there is no message zzz; inbox list shows those that wait"),
        ("3f2a", f"several messages begin with 3f2a: write more of {LATE['message_id']} or of {SICK_ID}"),
    ],
)
def test_given_an_id_of_no_text_or_several_when_looked_up_then_refused(
    world: OperatorWorld, written: str, why: str
) -> None:
    world.put("OperatorInbox", SICK, LATE, REPLIED)
    with pytest.raises(Refused, match=why):
        inbox(world).find(written)


def test_given_beginnings_of_ids_when_looked_up_then_open_texts_come_first(world: OperatorWorld) -> None:
    replied = {**REPLIED, "message_id": "3f2a9c-older"}
    world.put("OperatorInbox", SICK, replied)
    assert inbox(world).find("3f2a9c").message_id == SICK_ID
    assert inbox(world).find("3f2a9c-").message_id == "3f2a9c-older"


def test_given_an_open_text_when_closed_then_it_needs_no_reply(world: OperatorWorld) -> None:
    world.put("OperatorInbox", SICK)

    assert inbox(world).close("3f2a9c").changed
    assert item(world) == CLOSED
    assert inbox(world).waiting().items == ()
    (record,) = world.audit(f"inbox#{SICK_ID}")
    assert (record["action"], record["before"], record["after"]) == (
        "closed",
        {"message_status": "open"},
        {"message_status": "closed"},
    )
    assert inbox(world).close(SICK_ID).changed is False
    assert read_operator_reply({**item(world), "reply": "OK"}) is None, "nothing is sent"


def test_given_a_text_with_a_reply_when_closed_then_refused(world: OperatorWorld) -> None:
    world.put("OperatorInbox", REPLIED, {**SICK, "reply": "OK"})
    for message_id in (REPLIED["message_id"], SICK_ID):
        with pytest.raises(Refused, match="has a reply already"):
            inbox(world).close(message_id)


@pytest.mark.parametrize("followed", [REPLIED, NOT_SENT, CLOSED])
def test_given_a_settled_text_when_followed_up_then_an_item_sends_the_text(
    world: OperatorWorld, followed: dict[str, Any]
) -> None:
    world.put("OperatorInbox", followed)
    operations, message_id = inbox(world), str(followed["message_id"])

    change = operations.follow_up(operations.preview(message_id, "Gate 5 instead"))

    (follow_up_id,) = change.message.follow_ups
    added = item(world, follow_up_id)
    assert read_operator_reply(added) is not None
    assert {name: added[name] for name in ("follow_up_to", "reply", "message_status", "reply_from")} == {
        "follow_up_to": message_id,
        "reply": "Gate 5 instead",
        "message_status": "open",
        "reply_from": followed["reply_from"],
    }
    assert item(world, message_id) == {**followed, "follow_ups": [follow_up_id]}
    (shown,) = operations.conversation(change.message)
    assert (shown.reply, shown.waits) == ("Gate 5 instead", False)
    assert operations.waiting().items == (), "a follow-up waits for no person"
    (record,) = world.audit(f"inbox#{message_id}")
    assert (record["action"], record["after"]) == ("followed up", {"follow_up": "Gate 5 instead"})


def test_given_the_same_follow_up_when_sent_again_then_it_is_sent_once(world: OperatorWorld) -> None:
    world.put("OperatorInbox", REPLIED)
    operations = inbox(world)
    answer = operations.preview(str(REPLIED["message_id"]), "Gate 5 instead")

    changed = [operations.follow_up(answer).changed for _ in range(2)]
    other = operations.follow_up(operations.preview(str(REPLIED["message_id"]), "Gate 6 instead"))

    assert changed == [True, False]
    assert (other.changed, len(other.message.follow_ups)) == (True, 2)
    assert len(world.rows("OperatorInbox")) == 3
    assert len(world.audit(f"inbox#{REPLIED['message_id']}")) == 2


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (SICK, "has no reply yet; use inbox reply"),
        ({**SICK, "reply": "OK"}, "is being sent; follow up when it was sent"),
        (
            {**CLOSED, "follow_ups": [str(number) for number in range(MOST_FOLLOW_UPS)]},
            "has 20 follow-ups; call the employee",
        ),
    ],
)
def test_given_a_text_that_takes_no_follow_up_when_followed_up_then_refused(
    world: OperatorWorld, found: dict[str, Any], why: str
) -> None:
    world.put("OperatorInbox", found)
    operations = inbox(world)
    with pytest.raises(Refused, match=why):
        operations.follow_up(operations.preview(SICK_ID, "Gate 5"))
    assert world.rows("OperatorInbox") == [found]
    assert world.rows("AuditTrail") == []


def test_given_a_follow_up_when_followed_up_then_its_text_is_named(world: OperatorWorld) -> None:
    world.put("OperatorInbox", {**REPLIED, "follow_up_to": "m-1"})
    operations = inbox(world)
    with pytest.raises(Refused, match="is a follow-up itself; follow up on m-1"):
        operations.follow_up(operations.preview(str(REPLIED["message_id"]), "Gate 5"))


def test_given_an_operator_who_writes_when_an_outcome_is_recorded_then_both_stay(
    world: OperatorWorld,
) -> None:
    kept = InboxItem("m-1", ANN, "+12065550100", "Hello", NOON)
    client = world.session.client("dynamodb")
    client.update_item(**inbox_item_update("OperatorInbox", kept))
    operations = inbox(world)
    operations.reply(operations.preview("m-1", "Hi"))
    DynamoOperatorInbox(client, "OperatorInbox").record_outcome("m-1", InboxStatus.REPLIED, "", now=NOON)

    operations.follow_up(operations.preview("m-1", "Gate 5"))
    follow_up = FollowUp("m-1", ANN, "+12065550100", "Gate 5", NOON)
    DynamoOperatorInbox(client, "OperatorInbox").record_outcome(
        follow_up.message_id, InboxStatus.NOT_SENT, "opted out", now=NOON
    )

    (shown,) = operations.conversation(operations.find("m-1"))
    assert (shown.message_status, shown.reply_error) == ("not-sent", "opted out")
    assert item(world, "m-1")["message_status"] == "replied"
