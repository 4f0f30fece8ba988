"""Tests what the commands of the inbox print, ask and change."""

import json
from typing import Any

import pytest

from shift_sms_cli.app import AWS_FAILED, DONE, WRONG_INPUT
from shift_sms_cli.commands import inbox
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from tests.support.inbox_items import ANN_LEE, FIRE, LATE, NOT_SENT, REPLIED, SICK
from tests.support.operator_world import OperatorWorld

SICK_ID, REPLIED_ID = str(SICK["message_id"]), str(REPLIED["message_id"])
MOON = "not in the GSM alphabet, so that a segment has 70 characters instead of 160: \u263e (U+263E LAST QUARTER MOON)"


def lines(text: str) -> list[str]:
    """Returns lines with single spaces."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_given_texts_when_listed_then_urgent_ones_first_and_then_the_oldest(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("OperatorInbox", SICK, LATE, REPLIED, NOT_SENT, FIRE)
    operator_world.put("Employees", ANN_LEE)

    listed = operator_world.run("inbox", "list")

    assert (listed.code, listed.err) == (DONE, "")
    assert [line for line in lines(listed.out) if line[:1].isdigit()] == [
        "999999 2026-08-01 10:00 +14255550102 open URGENT: There is a fire",
        "3f2a77 2026-08-01 08:00 +14255550102 open I will be late",
        "3f2a9c 2026-08-01 09:00 Ann Lee, +14255550101 open I am sick,\\nwho can I call?",
    ]


def test_given_a_zone_and_a_limit_when_listed_then_times_are_local_and_pages_follow(
    operator_world: OperatorWorld,
) -> None:
    operator_world.settings["timezone"] = "Europe/Berlin"
    operator_world.put("OperatorInbox", SICK, LATE)

    first = operator_world.run("inbox", "list", "--limit", "1")
    cursor = first.out.rpartition("more: --after ")[2].strip()
    second = operator_world.run("inbox", "list", "--limit", "1", "--after", cursor)

    assert "2026-08-01 10:00" in first.out
    assert ("I will be late" in first.out, "I am sick" in first.out) == (True, False)
    assert ("I will be late" in second.out, "I am sick" in second.out) == (False, True)


@pytest.mark.parametrize(
    ("status", "printed"),
    [
        ("replied", "777777 2026-08-01 07:00 +14255550101 replied Where do I park?"),
        ("not-sent", "888888 2026-08-01 07:10 +14255550101 not-sent Where do I park?"),
        ("closed", "No message has this status."),
    ],
)
def test_given_a_status_when_listed_then_its_messages_are_printed(
    operator_world: OperatorWorld, status: str, printed: str
) -> None:
    operator_world.put("OperatorInbox", SICK, REPLIED, NOT_SENT)
    assert printed in lines(operator_world.run("inbox", "list", "--status", status).out)


def test_given_no_texts_when_listed_then_it_says_so(operator_world: OperatorWorld) -> None:
    assert operator_world.run("inbox", "list").out == "No message waits.\n"
    assert operator_world.run("inbox", "list", "--json").json == []


def test_given_json_when_listed_then_items_have_the_names_of_the_table(operator_world: OperatorWorld) -> None:
    operator_world.put("OperatorInbox", SICK)
    operator_world.put("Employees", ANN_LEE)
    (listed,) = operator_world.run("inbox", "list", "--json").json
    assert listed == {
        **{name: value for name, value in SICK.items() if name != "expires_at"},
        "name": "Ann Lee",
    }


def test_given_a_hostile_text_when_printed_then_it_controls_no_terminal(
    operator_world: OperatorWorld,
) -> None:
    hostile = "\x1b[2J\x1b]0;hi\x07 a\u202eb [bold]x[/]"
    operator_world.put("OperatorInbox", {**SICK, "text": hostile})
    operator_world.put("Employees", {**ANN_LEE, "name": "Ann\x1b[31m"})
    for command in (("list",), ("show", SICK_ID), ("list", "--json"), ("reply", SICK_ID, "OK", "--dry-run")):
        printed = operator_world.run("inbox", *command).out
        assert not {"\x1b", "\x07", "\u202e"} & set(printed)
        assert "[bold]x[/]" in printed


@pytest.mark.parametrize("ids", [("3f2a9c1e-1", "3f2a9c1e-2"), ("a", "b"), ("m1", "m1-b")])
def test_given_ids_that_begin_alike_when_listed_then_enough_of_each_is_shown(
    operator_world: OperatorWorld, ids: tuple[str, str]
) -> None:
    for message_id in ids:
        operator_world.put("OperatorInbox", {**SICK, "message_id": message_id})
    printed = [
        line.split()[0] for line in operator_world.run("inbox", "list").out.splitlines() if "sick" in line
    ]
    for message_id in printed:
        shown = operator_world.run("inbox", "show", message_id)
        assert f"message {message_id}" in shown.out


def test_given_a_conversation_when_shown_then_each_text_has_its_outcome(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("OperatorInbox", {**REPLIED, "urgent": True})
    operator_world.run("inbox", "follow-up", REPLIED_ID, "Gate 5 instead", "--yes")

    shown = operator_world.run("inbox", "show", REPLIED_ID)

    assert lines(shown.out) == [
        f"message {REPLIED_ID}",
        "from: +14255550101",
        "received: 2026-08-01 07:00",
        "status: replied",
        "text: URGENT: Where do I park?",
        "reply: Behind the house (sent 2026-08-01 07:30)",
        "follow-up: Gate 5 instead (being sent)",
    ]
    found = operator_world.run("inbox", "show", REPLIED_ID, "--json").json
    assert [one["reply"] for one in found["follow_ups"]] == ["Gate 5 instead"]


def test_given_a_reply_that_was_not_sent_when_shown_then_the_reason_is_there(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("OperatorInbox", NOT_SENT)
    shown = operator_world.run("inbox", "show", "8888")
    assert "reply: Behind the house (not sent: the text was not sent: opted-out)" in lines(shown.out)


def test_given_an_open_text_when_replied_to_then_size_is_shown_and_it_is_written(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("OperatorInbox", SICK, REPLIED)
    operator_world.put("Employees", ANN_LEE)

    done = operator_world.run("inbox", "reply", "3f2a9c", " Call Bob\u2019s desk\u2026 ", "--yes")

    assert (done.code, done.err) == (DONE, "")
    assert done.out.splitlines() == [
        "to Ann Lee, +14255550101, who wrote: I am sick,\\nwho can I call?",
        "text: Call Bob's desk...",
        "Characters outside the GSM alphabet were replaced by similar ones, which cost less.",
        "size: 18 GSM characters, 1 SMS segment",
        f"The reply to {SICK_ID} is on its way; inbox show tells what became of it.",
    ]
    assert operator_world.row("OperatorInbox", SICK_ID)["reply"] == "Call Bob's desk..."


@pytest.mark.parametrize(("command", "message_id"), [("reply", SICK_ID), ("follow-up", REPLIED_ID)])
def test_given_no_terminal_and_no_yes_when_a_text_is_sent_then_nothing_changes(
    operator_world: OperatorWorld, command: str, message_id: str
) -> None:
    operator_world.put("OperatorInbox", SICK, REPLIED)
    done = operator_world.run("inbox", command, message_id, "OK")
    assert done.code == WRONG_INPUT
    assert "confirm with --yes" in done.err
    assert [operator_world.row("OperatorInbox", one["message_id"]) for one in (SICK, REPLIED)] == [
        SICK,
        REPLIED,
    ]
    assert operator_world.rows("AuditTrail") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "x" * 161,
            [
                "size: 161 GSM characters, 2 SMS segments",
                "each SMS segment is paid for; a text of one has at most 160 GSM characters",
            ],
        ),
        (
            "x" * 70 + "\u263e",
            [
                "size: 71 UCS-2 characters, 2 SMS segments",
                "each SMS segment is paid for; a text of one has at most 70 UCS-2 characters",
                MOON,
            ],
        ),
        ("Moon \u263e", ["size: 6 UCS-2 characters, 1 SMS segment", MOON]),
    ],
)
def test_given_an_expensive_text_when_it_is_a_dry_run_then_it_says_why(
    operator_world: OperatorWorld, text: str, told: list[str]
) -> None:
    operator_world.put("OperatorInbox", SICK)

    done = operator_world.run("inbox", "reply", "3f2a9c", text, "--dry-run")

    assert done.code == DONE
    assert done.out.splitlines()[2:] == [*told, "Nothing was sent (--dry-run)."]
    assert operator_world.row("OperatorInbox", SICK_ID) == SICK


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("reply", "3f2a", "OK"), "the ids of several messages begin with 3f2a"),
        (("reply", "zzz", "OK"), "there is no message zzz"),
        (("reply", "3f2a9c", "\u200b"), "the text is empty"),
        (("reply", "7777", "OK", "--yes"), "has a reply already"),
        (("reply", "8888", "OK", "--yes"), "was not sent"),
        (("follow-up", "3f2a9c", "OK", "--yes"), "has no reply yet; use inbox reply"),
        (("close", "7777"), "has a reply already"),
        (("list", "--after", "nonsense"), "is no position in this list"),
    ],
)
def test_given_what_cannot_be_done_when_asked_for_then_refused_without_a_change(
    operator_world: OperatorWorld, arguments: tuple[str, ...], why: str
) -> None:
    there: list[dict[str, Any]] = [SICK, LATE, REPLIED, NOT_SENT]
    operator_world.put("OperatorInbox", *there)
    done = operator_world.run("inbox", *arguments)
    assert done.code == WRONG_INPUT
    assert why in done.err
    assert [operator_world.row("OperatorInbox", one["message_id"]) for one in there] == there


@pytest.mark.parametrize(
    ("command", "message_id", "again"),
    [
        (("reply", SICK_ID, "OK", "--yes"), SICK_ID, "has this reply already."),
        (("follow-up", REPLIED_ID, "OK", "--yes"), REPLIED_ID, "has this follow-up already."),
        (("close", SICK_ID), SICK_ID, "was closed already."),
    ],
)
def test_given_a_command_when_run_twice_then_the_second_changes_nothing(
    operator_world: OperatorWorld, command: tuple[str, ...], message_id: str, again: str
) -> None:
    operator_world.put("OperatorInbox", SICK, REPLIED)
    assert operator_world.run("inbox", *command).code == DONE
    rows = operator_world.rows("OperatorInbox")

    done = operator_world.run("inbox", *command)

    assert (done.code, done.out.splitlines()[-1]) == (DONE, f"The message {message_id} {again}")
    assert operator_world.rows("OperatorInbox") == rows
    assert len(operator_world.rows("AuditTrail")) == 1


def test_given_a_reply_like_an_option_when_behind_dashes_then_it_is_sent(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("OperatorInbox", SICK)
    assert operator_world.run("inbox", "reply", "--yes", SICK_ID, "--", "-yes").code == DONE
    assert operator_world.row("OperatorInbox", SICK_ID)["reply"] == "-yes"


def test_given_no_table_when_listed_then_aws_is_quoted(operator_world: OperatorWorld) -> None:
    operator_world.dynamodb.Table("OperatorInbox").delete()
    done = operator_world.run("inbox", "list")
    assert done.code == AWS_FAILED
    assert "ResourceNotFoundException" in done.err


def test_given_a_time_written_by_hand_when_printed_then_it_stays(operator_world: OperatorWorld) -> None:
    operator_world.put("OperatorInbox", {**SICK, "received_at": "Monday"})
    assert "Monday" in operator_world.run("inbox", "show", SICK_ID).out


def test_given_the_statuses_when_compared_then_a_list_can_have_each() -> None:
    assert json.dumps(sorted(inbox.ListedStatus)) == json.dumps(
        sorted([*InboxStatus, inbox.ListedStatus.WAITING])
    )
