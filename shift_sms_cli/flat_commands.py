"""`shift-sms`: what an operator types. Each command says what it did, and what it did not and why.

Exit status: 0 all done; 1 AWS did not do it, or it could not be told; 2 something given was wrong, the rest is done.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shift_sms_cli.csv_file import BadValue, Problem, UnusableFile
from shift_sms_cli.employee_loader import AT_ONCE, Roster
from shift_sms_cli.employees import COLUMNS as EMPLOYEE_COLUMNS
from shift_sms_cli.employees import read_employees
from shift_sms_cli.layout import on_one_line
from shift_sms_cli.operator_inbox import (
    MessageRefused,
    MessageTable,
    check_open,
    cost_of_answer,
    fit_to_send,
    listing,
    waits,
)
from shift_sms_cli.people import People, find_people
from shift_sms_cli.pinpoint_endpoints import Endpoints
from shift_sms_cli.segments import segment_name
from shift_sms_cli.stack import UnknownTable, table_name
from shift_sms_runtime.campaigns.segment_names import DEFAULT_SEGMENT
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient, DynamoDBServiceResource

DONE, AWS_FAILED, WRONG_INPUT = 0, 1, 2


@dataclass(frozen=True)
class Account:
    """The AWS account that a command works in, reached when it is first needed."""

    given: boto3.Session | None
    tables: list[str] = field(default_factory=list)
    """Those that the command works with."""

    @cached_property
    def session(self) -> boto3.Session:
        """The one that was given, or that the environment names."""
        return self.given or boto3.Session()

    @cached_property
    def dynamodb(self) -> "DynamoDBServiceResource":
        """The tables."""
        dynamodb: DynamoDBServiceResource = self.session.resource("dynamodb")
        return dynamodb

    @cached_property
    def dynamodb_client(self) -> "DynamoDBClient":
        """The tables, for many requests at once."""
        client: DynamoDBClient = self.session.client("dynamodb", config=Config(max_pool_connections=AT_ONCE))
        return client

    def table(self, named: str | None, environment: str, output: str) -> str:
        """Returns the table that was named, or else the stack's. Raises UnknownTable."""
        table = named or table_name(self.session.client("cloudformation"), environment, output)
        self.tables.append(table)
        return table


def main(argv: Sequence[str] | None = None, *, session: boto3.Session | None = None) -> int:
    """Runs one command, in the account that the environment or `session` names; returns the exit status."""
    arguments = _parser().parse_args(argv)
    status = None
    try:
        status = _carry_out(arguments, Account(session))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has enough, like `head`.
        _give_up_output()
        if status is None and not _only_tells(arguments):
            print(
                "shift-sms: nobody reads any more what is done; look at it before you give the command again",
                file=sys.stderr,
            )
            return AWS_FAILED
        return status or DONE
    except OSError as error:
        _give_up_output()
        what = "" if error.filename else "what was done could not be told: "
        print(f"shift-sms: {what}{error}", file=sys.stderr)
        return status or AWS_FAILED
    return status


def _give_up_output() -> None:
    """Has Python not complain of it once more when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _carry_out(arguments: argparse.Namespace, account: Account) -> int:
    command: Callable[[argparse.Namespace, Account], int] = arguments.command
    try:
        return command(arguments, account)
    except (MessageRefused, UnknownTable) as error:
        return _refuse(str(error))
    except UnusableFile as error:
        return _refuse(f"{arguments.file}: {error}")
    except ClientError as error:
        print(f"shift-sms: AWS refused: {error}", file=sys.stderr)
        if error.response["Error"]["Code"] == "ResourceNotFoundException" and account.tables:
            named = " and ".join(dict.fromkeys(account.tables))
            print(f"Is there {named} in this account and region?", file=sys.stderr)
    except BotoCoreError as error:
        print(f"shift-sms: AWS was not reached: {error}", file=sys.stderr)
        print("Is AWS_PROFILE, or are credentials and AWS_REGION, set?", file=sys.stderr)
    return AWS_FAILED


def _employees(arguments: argparse.Namespace, account: Account) -> int:
    rows = read_employees(arguments.file)
    roster = _roster(arguments, account)
    members = [
        (segment, employee.phone_number)
        for employee in rows.good
        for segment in employee.segments or (arguments.segment,)
    ]
    roster.write(rows.good)
    roster.enrol(members)
    print(f"{_count(len(rows.good), 'employee')} loaded{_in_segments(members, arguments.segment)}")
    return _report(arguments.file, rows.problems)


def _in_segments(members: Sequence[tuple[str, str]], default: str) -> str:
    counts = Counter(segment for segment, _ in members)
    if set(counts) <= {default}:
        return f", all in the segment {default}"
    return ": " + ", ".join(f"{count} in {segment}" for segment, count in sorted(counts.items()))


def _pinpoint(arguments: argparse.Namespace, account: Account) -> int:
    endpoints = Endpoints(arguments.file, lambda problem: _tell(arguments.file, problem))
    roster = _roster(arguments, account)
    roster.write(endpoints.employees())
    loaded = f"{_count(len(endpoints.numbers), 'employee')} loaded"
    if endpoints.cut_off:
        print(f"{loaded}, nobody put into the segment {arguments.segment}")
    else:
        # Only now, for the last line of a file may say that somebody on the first wants no texts.
        roster.enrol((arguments.segment, number) for number in endpoints.numbers)
        print(f"{loaded}, all in the segment {arguments.segment}")
    if endpoints.opted_out:
        print(f"{endpoints.opted_out} of them opted out, and will not be texted")
    if endpoints.opted_out_inactive:
        others = _count(endpoints.opted_out_inactive, "inactive number")
        print(f"{others} opted out: noted, should another file have them as active")
    if endpoints.other_channels:
        others = ", ".join(f"{channel} {count}" for channel, count in endpoints.other_channels.most_common())
        total = endpoints.other_channels.total()
        print(f"{_count(total, 'endpoint')} of other channels left out: {others}")
    if endpoints.inactive:
        print(f"{_count(endpoints.inactive, 'inactive endpoint')} left out")
    if endpoints.cut_off:
        print(
            f"{arguments.file}: what cannot be read may say that some of these people opted out, so they were not put"
            " into the segment; get the whole file, and load it again",
            file=sys.stderr,
        )
    return WRONG_INPUT if endpoints.problems else DONE


def _roster(arguments: argparse.Namespace, account: Account) -> Roster:
    return Roster(
        account.dynamodb_client,
        account.table(arguments.table, arguments.env, "EmployeesTableName"),
        account.table(arguments.segment_table, arguments.env, "SegmentMembersTableName"),
    )


def _people(arguments: argparse.Namespace, account: Account, numbers: Iterable[str]) -> People:
    table = account.table(arguments.employees_table, arguments.env, "EmployeesTableName")
    return find_people(account.dynamodb, table, numbers)


def _messages(arguments: argparse.Namespace, account: Account) -> int:
    statuses = tuple(InboxStatus) if arguments.all else (InboxStatus.OPEN,)
    items = _message_table(arguments, account).items(statuses)
    shown = items if arguments.all else [item for item in items if waits(item)]
    if shown:
        people = _people(arguments, account, (str(item.get("phone_number", "")) for item in shown))
        print("\n".join(listing(shown, people, every=arguments.all)))
    waiting = sum(map(waits, items))
    told = _count(waiting, "message waits", "messages wait") if waiting else "no message waits"
    print(f"{told} for an answer")
    return DONE


def _answer(arguments: argparse.Namespace, account: Account) -> int:
    words = fit_to_send(arguments.text)
    table = _message_table(arguments, account)
    message = table.find(arguments.id)
    check_open(message, words)
    number = str(message.get("phone_number", ""))
    person = _people(arguments, account, [number])[number]
    if person.opted_out:
        raise MessageRefused(f"{person} wants no texts; reach them in another way")
    print(f"to {person}, who wrote: {on_one_line(str(message.get('text', '')))}")
    print("\n".join(cost_of_answer(arguments.text, words)))
    if arguments.dry_run:
        print(f"the message {message['message_id']} was not answered (--dry-run)")
    elif table.answer(message, words):
        print("the answer is on its way; show-messages --all tells what became of it")
    else:
        print(
            f"the message {message['message_id']} has this answer: given a moment ago by this command, or before;"
            " show-messages --all tells what became of it"
        )
    return DONE


def _message_table(arguments: argparse.Namespace, account: Account) -> MessageTable:
    return MessageTable(
        account.dynamodb, account.table(arguments.table, arguments.env, "OperatorInboxTableName")
    )


def _only_tells(arguments: argparse.Namespace) -> bool:
    return arguments.command is _messages or getattr(arguments, "dry_run", False)


def _report(file: Path, problems: Sequence[Problem]) -> int:
    for problem in problems:
        _tell(file, problem)
    return WRONG_INPUT if problems else DONE


def _tell(file: Path, problem: Problem) -> None:
    print(f"{file}, line {problem.line}: not loaded: {problem.message}", file=sys.stderr)


def _refuse(why: str) -> int:
    print(f"shift-sms: nothing was done: {why}", file=sys.stderr)
    return WRONG_INPUT


def _count(things: int, one: str, several: str = "") -> str:
    return f"{things} {one if things == 1 else several or one + 's'}"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Says also how to give what looks like an option."""
        missing = message.startswith("the following arguments are required")
        super().error(f"{message} (what begins with - comes last, after --)" if missing else message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="shift-sms",
        description="Load rosters; read and answer messages.",
        epilog="The account and region are those of the AWS environment: AWS_PROFILE, AWS_REGION and so on.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    employees = _add(commands, "load-employees", _employees, "who may text, and whom campaigns reach")
    employees.add_argument(
        "file",
        type=Path,
        metavar="FILE.csv",
        help=(
            f"columns {EMPLOYEE_COLUMNS}; an empty cell leaves what is there, roles and segments hold names with ;"
            " between"
        ),
    )
    _add_roster(employees, "where those belong for whom the file names no segment")

    pinpoint = _add(commands, "load-pinpoint", _pinpoint, "the people in a file of Amazon Pinpoint endpoints")
    pinpoint.add_argument(
        "file", type=Path, metavar="FILE", help="as Pinpoint exported it: JSON lines or CSV, gzipped or not"
    )
    _add_roster(pinpoint, "where they belong")

    messages = _add_messages(
        commands, "show-messages", _messages, "what people wrote that a person has to read, the oldest first"
    )
    messages.add_argument("--all", action="store_true", help="also what was answered, for 90 days")

    answer = _add_messages(
        commands, "answer-message", _answer, "say what an answer costs, then text it to who wrote"
    )
    answer.add_argument("id", type=_not_blank, help="as show-messages has it, or the beginning of it")
    answer.add_argument(
        "text",
        type=_not_blank,
        metavar="TEXT",
        help="what to text; a message has one answer. One that begins with - comes last, after --",
    )
    answer.add_argument("--dry-run", action="store_true", help="say what it costs, and text nothing")
    return parser


def _add_roster(parser: argparse.ArgumentParser, segment: str) -> None:
    parser.add_argument("--table", help="the Employees table, instead of the stack's")
    parser.add_argument("--segment-table", help="the SegmentMembers table, instead of the stack's")
    parser.add_argument(
        "--segment", type=_segment, default=DEFAULT_SEGMENT, help=f"{segment} (default: %(default)s)"
    )


def _add_messages(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    command: Callable[[argparse.Namespace, Account], int],
    summary: str,
) -> argparse.ArgumentParser:
    parser = _add(commands, name, command, summary)
    parser.add_argument("--table", help="the Messages table, instead of the stack's")
    _add_employees(parser)
    return parser


def _add_employees(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--employees-table", help="the Employees table, instead of the stack's")


def _add(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    command: Callable[[argparse.Namespace, Account], int],
    summary: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=f"{name}: {summary}.")
    parser.add_argument(
        "--env", default="dev", help="the environment whose stack it is for (default: %(default)s)"
    )
    parser.set_defaults(command=command)
    return parser


def _segment(text: str) -> str:
    try:
        return segment_name(text)
    except BadValue as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _not_blank(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return text.strip()
