"""`shift-sms inbox`: list, show, reply, follow up and close what employees wrote."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.output import (
    AfterOption,
    Column,
    JsonOption,
    LimitOption,
    print_json,
    print_line,
    print_more,
    print_table,
)
from shift_sms_cli.prompts import YesOption, confirm
from shift_sms_cli.text_cost import size_of, why_dear
from shift_sms_operator.operator_inbox.messages import Answer, InboxMessage
from shift_sms_operator.pages import DEFAULT_LIMIT
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus

app = typer.Typer(no_args_is_help=True, help="Read what employees wrote, and reply.")

_SHORTEST_ID = 6


class ListedStatus(StrEnum):
    """What a list can be limited to."""

    WAITING = "waiting"
    OPEN = "open"
    REPLIED = "replied"
    NOT_SENT = "not-sent"
    CLOSED = "closed"


IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The message_id, or a beginning of it that no other message has.")
]
TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="What to send.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show the text and its size, and send nothing.")
]


@app.command("list")
def list_messages(
    status: Annotated[
        ListedStatus,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="waiting (open and without a reply), open, replied, not-sent or closed.",
        ),
    ] = ListedStatus.WAITING,
    limit: LimitOption = DEFAULT_LIMIT,
    after: AfterOption = None,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Lists the messages that wait for a person: urgent ones first, then the oldest.

    Example: shift-sms inbox list --env prod
    """
    operator = connect(env, profile, region)
    inbox = operator.operator_inbox
    if status is ListedStatus.WAITING:
        page = inbox.waiting(limit=limit, after=after)
    else:
        page = inbox.with_status(InboxStatus(status.value), limit=limit, after=after)
    if json:
        print_json([_json(message) for message in page.items])
        return
    if page.items:
        _print_list(page.items, operator.deployment.settings.zone)
    else:
        print_line("No message waits." if status is ListedStatus.WAITING else "No message has this status.")
    print_more(page.cursor)


@app.command()
def show(
    message_id: IdArgument,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Shows a message with its reply and its follow-ups.

    Example: shift-sms inbox show 6f1c2a --env prod
    """
    operator = connect(env, profile, region)
    message = operator.operator_inbox.find(message_id)
    follow_ups = operator.operator_inbox.conversation(message)
    if json:
        print_json({**_json(message), "follow_ups": [_json(one) for one in follow_ups]})
        return
    zone = operator.deployment.settings.zone
    print_line(f"message {message.message_id}", style="bold")
    print_line(f"from:     {message.sender}")
    print_line(f"received: {_when(message.received_at, zone)}")
    print_line(f"status:   {_status(message)}")
    if message.follow_up_to:
        print_line(f"follows:  {message.follow_up_to}")
    else:
        print_line(f"text:     {'URGENT: ' if message.urgent else ''}{message.text}")
    if message.closed_at:
        print_line(f"closed:   {_when(message.closed_at, zone)}")
    for words, one in [("reply", message), *(("follow-up", one) for one in follow_ups)]:
        if one.reply.strip():
            print_line(f"{words + ':':<9} {one.reply.strip()} ({_outcome(one, zone)})")


@app.command()
def reply(
    message_id: IdArgument,
    text: TextArgument,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Texts the reply to a message, after showing what it takes. A message has one reply.

    Example: shift-sms inbox reply 6f1c2a "Yes, gate 4" --env prod
    """
    inbox = connect(env, profile, region).operator_inbox
    answer = inbox.preview(message_id, text)
    _print_answer(answer)
    if dry_run:
        print_line("Nothing was sent (--dry-run).")
        return
    if answer.message.waits:
        confirm("Send this reply?", yes=yes)
    change = inbox.reply(answer)
    print_line(
        f"The reply to {change.message.message_id} is on its way; inbox show tells what became of it."
        if change.changed
        else f"The message {change.message.message_id} has this reply already."
    )


@app.command("follow-up")
def follow_up(
    message_id: IdArgument,
    text: TextArgument,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Sends a further text to the employee, once the message has a reply or is closed.

    Example: shift-sms inbox follow-up 6f1c2a "Gate 5 instead" --env prod
    """
    inbox = connect(env, profile, region).operator_inbox
    answer = inbox.preview(message_id, text)
    _print_answer(answer)
    if dry_run:
        print_line("Nothing was sent (--dry-run).")
        return
    if answer.message.message_status != InboxStatus.OPEN:
        confirm("Send this text?", yes=yes)
    change = inbox.follow_up(answer)
    print_line(
        f"The follow-up to {change.message.message_id} is on its way; inbox show tells what became of it."
        if change.changed
        else f"The message {change.message.message_id} has this follow-up already."
    )


@app.command()
def close(
    message_id: IdArgument,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Marks a message as handled without a reply.

    Example: shift-sms inbox close 6f1c2a --env prod
    """
    change = connect(env, profile, region).operator_inbox.close(message_id)
    closed = "is closed" if change.changed else "was closed already"
    print_line(f"The message {change.message.message_id} {closed}.")


def _print_list(messages: tuple[InboxMessage, ...], zone: ZoneInfo) -> None:
    ids = _short_ids([message.message_id for message in messages])
    print_table(
        (Column("id", no_wrap=True), Column("received", no_wrap=True), "from", "status", "text"),
        [
            (
                short,
                _when(message.received_at, zone),
                message.sender,
                _status(message),
                ("URGENT: " if message.urgent else "")
                + (message.text or f"follow-up to {message.follow_up_to}: {message.reply}"),
            )
            for short, message in zip(ids, messages, strict=True)
        ],
    )


def _print_answer(answer: Answer) -> None:
    size = measure(answer.body)
    print_line(f"to {answer.message.sender}, who wrote: {answer.message.text}")
    print_line(f"text: {answer.body}")
    if answer.substituted:
        print_line("Characters outside the GSM alphabet were replaced by similar ones, which cost less.")
    print_line(f"size: {size_of(size)}")
    for hint in why_dear(size):
        print_line(hint)


def _status(message: InboxMessage) -> str:
    return (
        "being sent"
        if message.message_status == InboxStatus.OPEN and not message.waits
        else message.message_status
    )


def _outcome(message: InboxMessage, zone: ZoneInfo) -> str:
    if message.reply_error:
        return f"not sent: {message.reply_error}"
    return f"sent {_when(message.replied_at, zone)}" if message.replied_at else "being sent"


def _when(time: str, zone: ZoneInfo) -> str:
    try:
        return f"{datetime.fromisoformat(time).astimezone(zone):%Y-%m-%d %H:%M}"
    except ValueError:
        return time


def _json(message: InboxMessage) -> dict[str, Any]:
    """Returns the attributes that the item has."""
    kept = ("message_id", "phone_number", "message_status")
    return {name: value for name, value in asdict(message).items() if value or name in kept}


def _short_ids(ids: list[str]) -> list[str]:
    """Returns so much of each id that they differ."""
    for length in range(_SHORTEST_ID, max(map(len, ids))):
        short = [one[:length] for one in ids]
        if len(set(short)) == len(ids):
            return short
    return ids
