"""`shift-sms`: what an operator types. Each command says what it did, and what it did not and why.

Exit status: 0 all done; 1 AWS did not do it, or it could not be told; 2 something given was wrong, the rest is done.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

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
from shift_sms_cli.stack import UnknownTable, table_name
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
        client: DynamoDBClient = self.session.client("dynamodb", config=Config(max_pool_connections=32))
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
    except ClientError as error:
        print(f"shift-sms: AWS refused: {error}", file=sys.stderr)
        if error.response["Error"]["Code"] == "ResourceNotFoundException" and account.tables:
            named = " and ".join(dict.fromkeys(account.tables))
            print(f"Is there {named} in this account and region?", file=sys.stderr)
    except BotoCoreError as error:
        print(f"shift-sms: AWS was not reached: {error}", file=sys.stderr)
        print("Is AWS_PROFILE, or are credentials and AWS_REGION, set?", file=sys.stderr)
    return AWS_FAILED


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
        description="Read and answer messages.",
        epilog="The account and region are those of the AWS environment: AWS_PROFILE, AWS_REGION and so on.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

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


def _not_blank(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return text.strip()
