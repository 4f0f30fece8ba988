"""`shift-sms queues`: look at the dead-letter queues, and move their messages back."""

from dataclasses import asdict
from typing import Annotated

import typer

from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.output import Column, JsonOption, note, print_json, print_line, print_table
from shift_sms_cli.prompts import YesOption, confirm, is_interactive
from shift_sms_operator.queues.queues import MOST_SHOWN
from shift_sms_operator.refusals import Refused

app = typer.Typer(
    no_args_is_help=True,
    help="For engineers: dead letters, which the functions failed to handle, and their retry.",
)

_SHOWN = 10

QueueArgument = Annotated[
    str, typer.Argument(metavar="QUEUE", help="The name of the queue, as queues list prints it.")
]


@app.command("list")
def list_queues(
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Lists the queues: messages that were not handled, that wait, and that are being handled.

    Example: shift-sms queues list --env prod
    """
    views = connect(env, profile, region).queues.all()
    if json:
        print_json([asdict(view) for view in views])
        return
    print_table(
        (
            Column("queue", no_wrap=True),
            Column("dead letters", right=True),
            Column("waiting", right=True),
            Column("in flight", right=True),
            "dead letters are",
        ),
        [(view.name, view.dead_letters, view.waiting, view.in_flight, view.holds) for view in views],
    )
    for view in views:
        if view.dead_letters:
            print_line(f"{view.name}: {view.way_back}")


@app.command()
def show(
    queue: QueueArgument,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MOST_SHOWN, help="Most messages.")] = _SHOWN,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Shows dead letters without removing them. They contain phone numbers and texts.

    Example: shift-sms queues show inbound-texts --env prod
    """
    queues = connect(env, profile, region).queues
    view = queues.one(queue)
    letters = queues.look(queue, limit=limit)
    if json:
        print_json([asdict(letter) for letter in letters])
        return
    print_line(f"{view.name} keeps {view.dead_letters} dead letters: {view.holds}")
    for letter in letters:
        print_line()
        print_line(f"{letter.message_id}, first sent {letter.sent_at}", style="bold")
        print_line(letter.body)
        if letter.way_back:
            print_line(f"what to do: {letter.way_back}")
    if view.dead_letters:
        print_line()
        print_line(view.way_back)


@app.command()
def redrive(
    queue: QueueArgument,
    message: Annotated[
        str | None, typer.Option("--message", metavar="ID", help="One message; by default all of them.")
    ] = None,
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Moves dead letters back to their queue. Correct the cause first, or they return.

    Example: shift-sms queues redrive inbound-texts --env prod
    """
    queues = connect(env, profile, region).queues
    view = queues.one(queue)
    if not view.redrivable:
        raise Refused(f"messages of {queue} cannot be moved back; {view.way_back}")
    if not view.dead_letters:
        print_line(f"{queue} has no dead letters.")
        return
    what = f"the dead letter {message}" if message else f"{view.dead_letters} dead letters"
    confirm(f"Move {what} back to {queue}? They are {view.holds}.", yes=yes)

    def progress(count: int) -> None:
        if is_interactive():
            note(f"{count} of {view.dead_letters} moved")

    moved = queues.redrive(queue, message_id=message, on_moved=progress)
    print_line(f"{moved} moved back to {queue}. queues list tells whether they were handled.")
