"""Messages on the command line: what people wrote is read, and answered once, by who knows what that costs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from shift_sms_cli.flat_commands import AWS_FAILED, DONE, WRONG_INPUT
from shift_sms_cli.operator_inbox import MessageTable
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, read_operator_reply
from tests.support.operator_cli import OperatorCli

ANN, BOB = "+14255550101", "+14255550102"
SICK = {
    "message_id": "3f2a9c1e-66b9-564c-8309-21f858e9fb84",
    "phone_number": ANN,
    "reply_from": "+12065550100",
    "text": "I am sick,\nwho can I call?",
    "received_at": "2026-08-01T09:00:05.123+00:00",
    "message_status": "open",
    "expires_at": 1_793_000_000,
}
LATE = {
    **SICK,
    "message_id": "3f2a77aa-0000-4000-8000-000000000001",
    "phone_number": BOB,
    "text": "I will be late",
    "received_at": "2026-08-01T08:00:00.000+00:00",
}
ANSWERED = {
    **SICK,
    "message_id": "77777777-0000-4000-8000-000000000002",
    "text": "Where do I park?",
    "received_at": "2026-08-01T07:00:00.000+00:00",
    "message_status": "replied",
    "reply": "Behind the house",
    "replied_at": "2026-08-01T07:30:00.000+00:00",
}
NOT_ANSWERED = {
    **ANSWERED,
    "message_id": "88888888-0000-4000-8000-000000000003",
    "received_at": "2026-08-01T07:10:00.000+00:00",
    "message_status": "not-sent",
    "reply_error": "the text was not sent: opted-out",
}
ANN_LEE = {"phone_number": ANN, "name": "Ann Lee"}
MOON = "not in the GSM alphabet, so that a segment has 70 characters instead of 160: \u263e (U+263E LAST QUARTER MOON)"


def row(operator_cli: OperatorCli, message: dict[str, Any]) -> dict[str, Any]:
    [found] = [
        row for row in operator_cli.rows("OperatorInbox") if row["message_id"] == message["message_id"]
    ]
    return found


def test_given_open_messages_when_shown_then_they_are_there_the_oldest_first(
    operator_cli: OperatorCli,
) -> None:
    for message in (SICK, LATE, ANSWERED, NOT_ANSWERED):
        operator_cli.put("OperatorInbox", message)
    operator_cli.put("Employees", ANN_LEE)

    status, printed, complaint = operator_cli.run("show-messages")

    assert (status, complaint) == (DONE, "")
    assert printed.splitlines() == [
        "id      when (UTC)           from                   words",
        "3f2a77  2026-08-01 08:00:00  +14255550102           I will be late",
        "3f2a9c  2026-08-01 09:00:05  Ann Lee, +14255550101  I am sick, / who can I call?",
        "2 messages wait for an answer",
    ]


def test_given_all_when_shown_then_answers_are_there_too(operator_cli: OperatorCli) -> None:
    being = {**LATE, "reply": "No problem"}
    for message in (SICK, being, ANSWERED, NOT_ANSWERED):
        operator_cli.put("OperatorInbox", message)

    _, printed, _ = operator_cli.run("show-messages", "--all")

    assert printed.splitlines() == [
        "id      when (UTC)           from          status          words",
        "777777  2026-08-01 07:00:00  +14255550101  replied         Where do I park?",
        "    answer: Behind the house",
        "888888  2026-08-01 07:10:00  +14255550101  not-sent        Where do I park?",
        "    answer: Behind the house",
        "    not sent: the text was not sent: opted-out",
        "3f2a77  2026-08-01 08:00:00  +14255550102  being answered  I will be late",
        "    answer: No problem",
        "3f2a9c  2026-08-01 09:00:05  +14255550101  open            I am sick, / who can I call?",
        "1 message waits for an answer",
    ]
    assert "I will be late" not in operator_cli.run("show-messages")[1]


def test_given_no_messages_when_shown_then_that_is_said(operator_cli: OperatorCli) -> None:
    assert operator_cli.run("show-messages") == (DONE, "no message waits for an answer\n", "")


def test_given_words_that_would_rearrange_a_screen_when_shown_then_they_do_not(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put(
        "OperatorInbox",
        {**SICK, "text": "\x1b[2J\x1b]0;hi\x07 a\u202eb\u2028c\tg \U0001f469\u200d\U0001f373"},
    )
    operator_cli.put("Employees", {**ANN_LEE, "name": "Ann\x1b[31m"})

    _, printed, _ = operator_cli.run("show-messages")

    assert "Ann [31m, +14255550101  [2J ]0;hi ab / c g \U0001f469\U0001f373\n" in printed


@pytest.mark.parametrize("ids", [("3f2a9c1e-1", "3f2a9c1e-2"), ("a", "b"), ("m1", "m1-b")])
def test_given_ids_that_begin_alike_when_shown_then_enough_of_each_is_shown(
    operator_cli: OperatorCli, ids: tuple[str, str]
) -> None:
    for message_id in ids:
        operator_cli.put("OperatorInbox", {**SICK, "message_id": message_id})

    for shown in [line.split()[0] for line in operator_cli.run("show-messages")[1].splitlines()[1:3]]:
        status, printed, _ = operator_cli.run("answer-message", shown, "OK", "--dry-run")
        assert status == DONE
        assert f"the message {shown}" in printed


def test_given_an_open_message_when_replied_to_then_the_reply_is_where_it_belongs(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("OperatorInbox", SICK)
    operator_cli.put("OperatorInbox", ANSWERED)
    operator_cli.put("Employees", ANN_LEE)

    status, printed, complaint = operator_cli.run("answer-message", "3f2a9c", " Call Bob\u2019s desk\u2026 ")

    assert (status, complaint) == (DONE, "")
    assert printed.splitlines() == [
        "to Ann Lee, +14255550101, who wrote: I am sick, / who can I call?",
        "sent with the characters of the GSM alphabet, which cost less: Call Bob's desk...",
        "the answer: 18 GSM characters, 1 segment",
        "the answer is on its way; show-messages --all tells what became of it",
    ]
    assert row(operator_cli, SICK) == {**SICK, "reply": "Call Bob's desk..."}
    sent = read_operator_reply(row(operator_cli, SICK))
    assert sent is not None
    assert (sent.phone_number, sent.text) == (ANN, "Call Bob's desk...")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "x" * 161,
            [
                "the answer: 161 GSM characters, 2 segments",
                "each segment is paid for; a text of one segment has at most 160 GSM characters",
            ],
        ),
        (
            "x" * 70 + "\u263e",
            [
                "the answer: 71 UCS-2 characters, 2 segments",
                "each segment is paid for; a text of one segment has at most 70 UCS-2 characters",
                MOON,
            ],
        ),
        (
            "Moon \u263e",
            [
                "the answer: 6 UCS-2 characters, 1 segment",
                MOON,
            ],
        ),
    ],
)
def test_given_an_expensive_reply_when_it_is_a_dry_run_then_it_says_why(
    operator_cli: OperatorCli, text: str, told: list[str]
) -> None:
    operator_cli.put("OperatorInbox", SICK)

    status, printed, _ = operator_cli.run("answer-message", "3f2a9c", text, "--dry-run")

    assert status == DONE
    assert printed.splitlines()[1:] == [
        *told,
        "the message 3f2a9c1e-66b9-564c-8309-21f858e9fb84 was not answered (--dry-run)",
    ]
    assert row(operator_cli, SICK) == SICK


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 1531, "too long: it has 1531 GSM characters, at most 1530 can be sent"),
        (
            "\u263e" * 631,
            f"too long: it has 631 UCS-2 characters, at most 630 can be sent; {MOON}",
        ),
        ("\u200b", "empty; write what is to be sent"),
    ],
)
def test_given_an_unsendable_reply_when_given_then_it_is_refused(
    operator_cli: OperatorCli, text: str, told: str
) -> None:
    operator_cli.put("OperatorInbox", SICK)

    status, printed, complaint = operator_cli.run("answer-message", "3f2a9c", text)

    assert (status, printed) == (WRONG_INPUT, "")
    assert complaint == f"shift-sms: nothing was done: the answer is {told}\n"
    assert row(operator_cli, SICK) == SICK


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("zzz", "there is no message zzz; show-messages tells those that wait for an answer"),
        (
            "3f2a",
            (
                "the ids of several messages begin with 3f2a: write more of"
                " 3f2a77aa-0000-4000-8000-000000000001 or of 3f2a9c1e-66b9-564c-8309-21f858e9fb84"
            ),
        ),
        (
            "7777",
            (
                "the message 77777777-0000-4000-8000-000000000002 was answered before at"
                " 2026-08-01T07:30:00.000+00:00, and has one answer: Behind the house"
            ),
        ),
        (
            "8888",
            (
                "the answer to the message 88888888-0000-4000-8000-000000000003 was not sent (the text was not sent:"
                " opted-out), and a message has one answer; reach +14255550101 in another way"
            ),
        ),
        (
            "99",
            "the message 99 was answered before, and has one answer: No problem",
        ),
    ],
)
def test_given_no_message_to_reply_to_when_replied_to_then_nothing_is_written(
    operator_cli: OperatorCli, written: str, told: str
) -> None:
    there = [SICK, LATE, ANSWERED, NOT_ANSWERED, {**LATE, "message_id": "99", "reply": "No problem"}]
    for message in there:
        operator_cli.put("OperatorInbox", message)

    status, printed, complaint = operator_cli.run("answer-message", written, "OK")

    assert (status, printed) == (WRONG_INPUT, "")
    assert complaint == f"shift-sms: nothing was done: {told}\n"
    assert [row(operator_cli, message) for message in there] == there


def test_given_somebody_who_opted_out_when_replied_to_then_nothing_is_written(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("OperatorInbox", SICK)
    operator_cli.put("Employees", {**ANN_LEE, "opted_out": True})

    status, _, complaint = operator_cli.run("answer-message", "3f2a9c", "OK")

    assert status == WRONG_INPUT
    assert "Ann Lee, +14255550101 wants no texts; reach them in another way" in complaint
    assert row(operator_cli, SICK) == SICK


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Have something happen right before an answer is written."""
    as_it_is = MessageTable.answer

    def later(table: MessageTable, message: Mapping[str, Any], words: str) -> bool:
        happens()
        return as_it_is(table, message, words)

    monkeypatch.setattr(MessageTable, "answer", later)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reply": "Not me"}, "was answered before, and has one answer: Not me"),
        (
            {"reply": "Not me", "message_status": "replied", "replied_at": "today"},
            "was answered before at today, and has one answer: Not me",
        ),
        (
            {"reply": "OK", "message_status": "not-sent"},
            "was not sent (no reason is given), and a message has one answer; reach +14255550101 in another way",
        ),
    ],
)
def test_given_another_reply_in_between_when_replied_to_then_theirs_stays(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], told: str
) -> None:
    operator_cli.put("OperatorInbox", SICK)
    meanwhile(monkeypatch, lambda: operator_cli.put("OperatorInbox", {**SICK, **change}))

    status, _, complaint = operator_cli.run("answer-message", "3f2a9c", "OK")

    assert status == WRONG_INPUT
    assert complaint.endswith(f"{told}\n")
    assert row(operator_cli, SICK) == {**SICK, **change}


def test_given_a_message_deleted_in_between_when_replied_to_then_it_stays_deleted(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("OperatorInbox", SICK)
    key = {"message_id": SICK["message_id"]}
    meanwhile(monkeypatch, lambda: operator_cli.take_away("OperatorInbox", key))

    status, _, complaint = operator_cli.run("answer-message", "3f2a9c", "OK")

    assert status == WRONG_INPUT
    assert "has just been deleted; it is kept for 90 days" in complaint
    assert operator_cli.rows("OperatorInbox") == []


@pytest.mark.parametrize(
    "there", [{}, {"message_status": "replied", "replied_at": "2026-08-01T09:10:00.000+00:00"}]
)
def test_given_an_answer_when_given_again_then_nobody_is_told_that_it_was_wrong(
    operator_cli: OperatorCli, there: dict[str, str]
) -> None:
    answered = {**SICK, "reply": "OK", **there}
    operator_cli.put("OperatorInbox", answered)

    status, printed, complaint = operator_cli.run("answer-message", "3f2a9c", "OK")

    assert (status, complaint) == (DONE, "")
    assert printed.endswith(
        "the message 3f2a9c1e-66b9-564c-8309-21f858e9fb84 has this answer: given a moment ago by this command, or"
        " before; show-messages --all tells what became of it\n"
    )
    assert row(operator_cli, SICK) == answered


def test_given_an_answer_of_nothing_but_space_when_answered_then_it_is_replaced(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("OperatorInbox", {**SICK, "reply": " "})

    assert operator_cli.run("answer-message", "3f2a9c", "OK")[0] == DONE
    assert row(operator_cli, SICK) == {**SICK, "reply": "OK"}


def test_given_the_answer_of_aws_is_lost_when_answered_then_it_counts_as_answered(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("OperatorInbox", SICK)
    operator_cli.lose_answer("UpdateItem")

    status, printed, complaint = operator_cli.run("answer-message", "3f2a9c", "OK")

    assert (status, complaint) == (DONE, "")
    assert "has this answer: given a moment ago by this command" in printed
    assert row(operator_cli, SICK) == {**SICK, "reply": "OK"}


def test_given_no_employees_table_when_shown_then_aws_is_quoted(operator_cli: OperatorCli) -> None:
    operator_cli.put("OperatorInbox", SICK)
    operator_cli.delete("Employees")

    status, _, complaint = operator_cli.run("show-messages")

    assert status == AWS_FAILED
    assert "ResourceNotFoundException" in complaint


def test_given_what_the_functions_keep_when_shown_then_it_reads_well(operator_cli: OperatorCli) -> None:
    kept = InboxItem("m-1", ANN, "+12065550100", "Hello", datetime(2026, 8, 1, 9, tzinfo=UTC))
    operator_cli.keep(kept)

    assert "m-1  2026-08-01 09:00:00  +14255550101  Hello\n" in operator_cli.run("show-messages")[1]
