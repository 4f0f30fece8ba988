"""`shift-sms`: what an operator types. Each command says what it did, and what it did not and why.

Exit status: 0 all done; 1 AWS did not do it, or it could not be told; 2 something given was wrong, the rest is done.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shift_sms_cli.campaign_report import cost_of_all, cost_of_each, report
from shift_sms_cli.campaigns import (
    CampaignRefused,
    count_members,
    find_campaign,
    for_relaunch,
    is_there,
    measure_campaign,
    put_campaign,
    putting_command,
    stop_campaign,
    take_away,
)
from shift_sms_cli.stack import UnknownTable, table_name
from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.segments import segment_name
from shift_sms_runtime.campaigns.campaign import CampaignNotSendable, CampaignStatus
from shift_sms_runtime.language.language_settings import Vocabulary
from shift_sms_runtime.language.locale import ENGLISH, Locales
from shift_sms_runtime.language.locale_files import locales, vocabularies
from shift_sms_runtime.messaging.encoding import TextSize

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
    except (CampaignNotSendable, CampaignRefused, UnknownTable) as error:
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


def _put(arguments: argparse.Namespace, account: Account) -> int:
    item = {"campaign_id": arguments.id, "campaign_message": arguments.message}
    if arguments.segment:
        item["segment"] = arguments.segment
    sizes = measure_campaign(
        item,
        Locales(locales(arguments.vocabulary), default=ENGLISH),
        opt_out_hint=arguments.opt_out_hint,
        keep_typography=arguments.keep_typography,
    )
    table = account.table(arguments.table, arguments.env, "CampaignsTableName")
    print("\n".join(cost_of_each(sizes)))
    print(_cost_of_all(arguments, account, sizes))
    if arguments.dry_run:
        if is_there(account.dynamodb, campaigns_table=table, item=item):
            print(_there_is(arguments.id))
        print(f"campaign {arguments.id} was not put (--dry-run)")
    elif put_campaign(account.dynamodb, campaigns_table=table, item=item):
        print(f"campaign {arguments.id} started")
    else:
        print(_there_is(arguments.id))
    return DONE


def _there_is(campaign_id: str) -> str:
    return (
        f"there is a campaign {campaign_id} with this message and segment: put a moment ago by this command, or"
        " before; show-campaign tells how it is doing"
    )


def _cost_of_all(arguments: argparse.Namespace, account: Account, sizes: Mapping[str, TextSize]) -> str:
    """A campaign does not wait for a count that cannot be had. Raises CampaignRefused where nobody would be texted."""
    if not arguments.segment:
        return (
            "its segment is the setting default_segment of the stack, not known here: to have the members counted,"
            " name it with --segment"
        )
    try:
        table = account.table(arguments.segment_table, arguments.env, "SegmentMembersTableName")
        members = count_members(account.dynamodb_client, table, arguments.segment)
    except (UnknownTable, ClientError) as error:
        return f"segment {arguments.segment}: its members were not counted: {error}"
    if not members:
        raise CampaignRefused(f"nobody is in the segment {arguments.segment}; is the name right?")
    return cost_of_all(sizes, arguments.segment, members)


def _relaunch(arguments: argparse.Namespace, account: Account) -> int:
    table = account.table(arguments.table, arguments.env, "CampaignsTableName")
    seen = find_campaign(account.dynamodb, campaigns_table=table, campaign_id=arguments.id)
    again = for_relaunch(seen, now=datetime.now(UTC))
    print(f"campaign {arguments.id} is deleted and put again, to reach those whom it has not tried")
    waiting = seen.get("waiting", 0)
    if waiting:
        print(
            f"{waiting} of its recipients still wait. Should some of them be left out as stopped in this moment,"
            " relaunch it once more when the dispatch queue is empty"
        )
    # One transaction cannot do both on one item, and an item that is only changed starts nothing. So that its words
    # outlive whatever happens in between, they are on the screen before.
    print("if it is not there afterwards, this puts it:")
    print(f"  {putting_command(table, again)}", flush=True)
    take_away(account.dynamodb, campaigns_table=table, seen=seen)
    try:
        put = put_campaign(account.dynamodb, campaigns_table=table, item=again)
    except CampaignRefused:
        put = False
    except BaseException:
        print("the campaign is deleted and may not be there again: run the command above", file=sys.stderr)
        raise
    if put:
        print(f"campaign {arguments.id} started again")
    else:
        # Put by somebody else, or by a request of ours that was repeated because its answer was lost.
        print(f"there is a campaign {arguments.id} again; show-campaign tells how it is doing")
    return DONE


def _stop(arguments: argparse.Namespace, account: Account) -> int:
    table = account.table(arguments.table, arguments.env, "CampaignsTableName")
    before = stop_campaign(account.dynamodb, campaigns_table=table, campaign_id=arguments.id)
    was = before.get("campaign_status", "not launched yet")
    if was == CampaignStatus.STOPPED:
        why = before.get("campaign_error", "no reason is given")
        print(f"campaign {arguments.id} was stopped already and is left as it is: {why}")
        return DONE
    print(f"campaign {arguments.id} stopped; before, it was {was}")
    # While it is being launched, those who are counted are not all.
    if was == CampaignStatus.LAUNCHED and before.get("waiting") == 0:
        print("by the last count nobody was waiting any more, so nothing was left to stop")
    else:
        print(
            "texts that are being sent in this moment still leave; show-campaign tells how many were left out"
        )
    return DONE


def _show(arguments: argparse.Namespace, account: Account) -> int:
    table = account.table(arguments.table, arguments.env, "CampaignsTableName")
    item = find_campaign(account.dynamodb, campaigns_table=table, campaign_id=arguments.id)
    print("\n".join(report(item)))
    return DONE


def _only_tells(arguments: argparse.Namespace) -> bool:
    return arguments.command is _show or getattr(arguments, "dry_run", False)


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
        description="Start, stop and follow campaigns.",
        epilog="The account and region are those of the AWS environment: AWS_PROFILE, AWS_REGION and so on.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    put = _add_campaign(
        commands,
        "put-campaign",
        _put,
        "say what it costs, then text everybody in a segment",
        campaign_id="any name that no campaign had before",
    )
    put.add_argument("message", help="the text; how to answer is added to it")
    put.add_argument("--segment", type=_segment, help="whom to text (default: the setting default_segment)")
    put.add_argument("--segment-table", help="the SegmentMembers table, instead of the stack's")
    put.add_argument("--dry-run", action="store_true", help="say what it costs, and put nothing")
    put.add_argument(
        "--opt-out-hint",
        action="store_true",
        help="measure how to opt out too: for a stack with the setting campaign_opt_out_hint",
    )
    put.add_argument(
        "--keep-typography",
        action="store_true",
        help="measure typographic quotes, dashes and so on as they are: for a stack with that setting",
    )
    _add_vocabulary(put)

    _add_campaign(commands, "show-campaign", _show, "how a campaign is doing")
    _add_campaign(commands, "stop-campaign", _stop, "text nobody any more")
    _add_campaign(
        commands,
        "relaunch-campaign",
        _relaunch,
        "text those whom it has not tried: new members, who was stopped, and who is still queued",
    )
    return parser


def _add_vocabulary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vocabulary",
        choices=vocabularies(),
        default=Vocabulary.SHIFTS.value,
        help="the setting vocabulary of the stack (default: %(default)s)",
    )


def _add_campaign(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    command: Callable[[argparse.Namespace, Account], int],
    summary: str,
    *,
    campaign_id: str = "its campaign_id",
) -> argparse.ArgumentParser:
    parser = _add(commands, name, command, summary)
    parser.add_argument("id", type=_not_blank, help=campaign_id)
    parser.add_argument("--table", help="the Campaigns table, instead of the stack's")
    return parser


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
