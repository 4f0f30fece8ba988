"""Prints the tables, at the end of the demo and for a running lab.

`python -m lab.show_tables` prints those of the lab that runs in this checkout.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from lab.cloud.embedded_cloud import ACCESS_KEY, REGION, SECRET_KEY
from lab.deployment import Outputs
from lab.discovery import NoRunningLab, find_running_lab
from lab.screen import Screen
from lab.settings import STACK

Row = Mapping[str, Any]


def show_tables(screen: Screen, outputs: Outputs, rows: Callable[[str], Iterable[Row]]) -> None:
    """Prints shifts, operator inbox, campaigns, and the number of deliveries by status.

    Args:
        screen: prints the tables.
        outputs: the stack's outputs.
        rows: returns the items of a table by its name.
    """
    names = {row["phone_number"]: row.get("name", "") for row in rows(outputs.employees_table_name)}
    screen.print(_shifts(rows(outputs.shifts_table_name), names))
    if messages := list(rows(outputs.operator_inbox_table_name)):
        screen.print(_operator_inbox(messages, names))
    screen.print(_campaigns(rows(outputs.campaigns_table_name)))
    screen.print(_deliveries(rows(outputs.deliveries_table_name)))


def main() -> int:
    """Prints the running lab's tables; returns the exit status."""
    try:
        tables = _Tables(find_running_lab().cloud_url)
        show_tables(Screen(), tables.outputs(), tables.rows)
    except NoRunningLab as error:
        print(error, file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        print(f"The lab is not responding: {error}. Start it again: make lab", file=sys.stderr)
        return 1
    return 0


class _Tables:
    def __init__(self, cloud_url: str) -> None:
        self._session = boto3.Session(
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION
        )
        self._options: dict[str, Any] = {"endpoint_url": cloud_url, "config": Config(proxies={})}

    def outputs(self) -> Outputs:
        cloudformation = self._session.client("cloudformation", **self._options)
        (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        return Outputs.parse({output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]})

    def rows(self, table: str) -> list[Row]:
        # The lab's tables are smaller than 1 MB, which one Scan call returns.
        items: list[Row] = self._session.resource("dynamodb", **self._options).Table(table).scan()["Items"]
        return items


def _table(title: str, *columns: str) -> Table:
    table = Table(
        *columns, title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.columns[0].no_wrap = True
    return table


def _shifts(rows: Iterable[Row], names: Mapping[str, str]) -> Table:
    table = _table("Shifts", "shift_id", "shift_info", "shift_status", "employee")
    for row in sorted(rows, key=lambda row: str(row["shift_id"])):
        people = list(_people(row, names))
        table.add_row(
            row["shift_id"],
            "\n".join(_details(row)),
            Text(row["shift_status"], style="green" if people else "dim"),
            "\n".join(people),
        )
    return table


def _details(row: Row) -> Iterator[str]:
    if info := row.get("shift_info"):
        yield str(info)
    for name in ("starts_at", "ends_at", "respond_by", "role", "seats", "shift_error"):
        if name in row:
            yield f"{name} {row[name]}"


def _people(row: Row, names: Mapping[str, str]) -> Iterator[str]:
    """Yields the employees who have the shift, have an offer or are on the waiting list."""
    booked = row.get("employees") or [row.get("employee")]
    for people, label in ((booked, ""), (row.get("offers"), "offered"), (row.get("waiting_list"), "waiting")):
        for phone in people or ():
            yield " ".join(filter(None, (phone, names.get(phone), label)))


def _operator_inbox(rows: Iterable[Row], names: Mapping[str, str]) -> Table:
    table = _table("OperatorInbox", "message_status", "phone_number", "text", "reply")
    # The item that says when managers were told last is no text.
    texts = (row for row in rows if "phone_number" in row)
    for row in sorted(texts, key=lambda row: str(row["received_at"])):
        phone = row["phone_number"]
        table.add_row(
            row["message_status"],
            f"{phone} {names.get(phone, '')}".strip(),
            Text(row.get("text") or f"follow-up to {row.get('follow_up_to', '')}"),
            Text(row.get("reply", "")),
        )
    return table


def _campaigns(rows: Iterable[Row]) -> Table:
    table = _table("Campaigns", "attribute", "value")
    for row in rows:
        for name in ("campaign_id", *sorted(row.keys() - {"campaign_id"})):
            table.add_row(name, str(row[name]))
    return table


def _deliveries(rows: Iterable[Row]) -> Table:
    table = _table("Deliveries by status", "campaign_id", "status", "recipients")
    table.columns[2].justify = "right"
    counts = Counter((row["campaign_id"], row["status"]) for row in rows)
    for (campaign_id, status), count in sorted(counts.items()):
        table.add_row(campaign_id, status, str(count))
    table.add_row("", "all", str(counts.total()))
    return table


if __name__ == "__main__":
    sys.exit(main())
