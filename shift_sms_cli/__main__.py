"""`shift-sms`: what an operator types. Each command says what it did, and what it did not and why.

Exit status: 0 all done; 1 AWS did not do it; 2 something given was wrong, and what was right is done.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shift_sms_cli.campaigns import CampaignExists, measure_campaign, put_campaign
from shift_sms_cli.csv_file import Rows, UnusableFile
from shift_sms_cli.employees import COLUMNS as EMPLOYEE_COLUMNS
from shift_sms_cli.employees import load_employees, read_employees
from shift_sms_cli.shifts import COLUMNS as SHIFT_COLUMNS
from shift_sms_cli.shifts import load_shifts, read_shifts
from shift_sms_cli.stack import UnknownTable, table_name
from shift_sms_runtime.domain.campaigns import CampaignNotSendable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

DONE, AWS_FAILED, WRONG_INPUT = 0, 1, 2


@dataclass(frozen=True)
class Account:
    """The AWS account that a command works in, reached when it is first needed."""

    session: boto3.Session

    @cached_property
    def dynamodb(self) -> "DynamoDBServiceResource":
        """The tables."""
        dynamodb: DynamoDBServiceResource = self.session.resource("dynamodb")
        return dynamodb

    def table(self, named: str | None, environment: str, output: str) -> str:
        """Returns the table that was named, or else the stack's. Raises UnknownTable."""
        return named or table_name(self.session.client("cloudformation"), environment, output)


def main(argv: Sequence[str] | None = None, *, session: boto3.Session | None = None) -> int:
    """Runs one command, in the account that the environment or `session` names; returns the exit status."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace, Account], int] = arguments.command
    try:
        return command(arguments, Account(session or boto3.Session()))
    except (CampaignNotSendable, UnknownTable) as error:
        return _refuse(str(error))
    except CampaignExists as error:
        return _refuse(f"the campaign {error} exists already and texts nobody again; choose another id")
    except UnusableFile as error:
        return _refuse(f"{arguments.file}: {error}")
    except ClientError as error:
        print(f"shift-sms: AWS refused: {error}", file=sys.stderr)
    except BotoCoreError as error:
        print(f"shift-sms: AWS was not reached: {error}", file=sys.stderr)
        print("Is AWS_PROFILE, or are credentials and AWS_REGION, set?", file=sys.stderr)
    return AWS_FAILED


def _employees(arguments: argparse.Namespace, account: Account) -> int:
    rows = read_employees(arguments.file)
    load_employees(
        account.dynamodb,
        rows.good,
        employees_table=account.table(arguments.table, arguments.env, "EmployeesTableName"),
        segment_members_table=account.table(
            arguments.segment_table, arguments.env, "SegmentMembersTableName"
        ),
        segment=arguments.segment,
    )
    print(f"{_count(rows.good, 'employee')} loaded, all in the segment {arguments.segment}")
    return _report(arguments.file, rows)


def _shifts(arguments: argparse.Namespace, account: Account) -> int:
    rows = read_shifts(arguments.file)
    table = account.table(arguments.table, arguments.env, "ShiftsTableName")
    existing = load_shifts(account.dynamodb, rows.good, shifts_table=table)
    new = [shift for shift in rows.good if shift.shift_id not in existing]
    print(f"{_count(new, 'shift')} loaded")
    if existing:
        print(f"left as found, because already there: {', '.join(existing)}")
    return _report(arguments.file, rows)


def _campaign(arguments: argparse.Namespace, account: Account) -> int:
    size = measure_campaign(arguments.message)
    table = account.table(arguments.table, arguments.env, "CampaignsTableName")
    put_campaign(
        account.dynamodb,
        campaigns_table=table,
        campaign_id=arguments.id,
        message=arguments.message,
        segment=arguments.segment,
    )
    print(f"campaign {arguments.id} started; with how to answer, each text has at most", end=" ")
    print(f"{size.characters} {size.encoding} characters and costs {size.segments} segment(s)")
    return DONE


def _report(file: Path, rows: Rows[Any]) -> int:
    for problem in rows.problems:
        print(f"{file}, line {problem.line}: not loaded: {problem.message}", file=sys.stderr)
    return WRONG_INPUT if rows.problems else DONE


def _refuse(why: str) -> int:
    print(f"shift-sms: nothing was done: {why}", file=sys.stderr)
    return WRONG_INPUT


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}" + ("" if len(things) == 1 else "s")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shift-sms",
        description="Load rosters and shifts, and start campaigns.",
        epilog="The account and region are those of the AWS environment: AWS_PROFILE, AWS_REGION and so on.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    employees = _add(commands, "load-employees", _employees, "who may text, and whom campaigns reach")
    employees.add_argument("file", type=Path, metavar="FILE.csv", help=f"columns {EMPLOYEE_COLUMNS}")
    employees.add_argument("--table", help="the Employees table, instead of the stack's")
    employees.add_argument("--segment-table", help="the SegmentMembers table, instead of the stack's")
    employees.add_argument("--segment", default="overtime", help="whom they belong to (default: %(default)s)")

    shifts = _add(commands, "load-shifts", _shifts, "open shifts; those that exist are left as they are")
    shifts.add_argument("file", type=Path, metavar="FILE.csv", help=f"columns {SHIFT_COLUMNS}")
    shifts.add_argument("--table", help="the Shifts table, instead of the stack's")

    campaign = _add(commands, "put-campaign", _campaign, "text everybody in a segment")
    campaign.add_argument("id", type=_not_blank, help="any name that no campaign had before")
    campaign.add_argument("message", help="the text; how to answer is added to it")
    campaign.add_argument("--table", help="the Campaigns table, instead of the stack's")
    campaign.add_argument("--segment", help="whom to text (default: the setting default_segment)")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
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


if __name__ == "__main__":
    sys.exit(main())
