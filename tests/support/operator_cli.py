"""Runs commands of the operator, and reads what they print and write."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from shift_sms_cli.flat_commands import main
from shift_sms_runtime.aws.dynamodb import update
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem
from shift_sms_runtime.shifts.shift_item import INDEX_ATTRIBUTES
from shift_sms_runtime.tables.operator_inbox import inbox_item_update

KEYS = {
    "Employees": ("phone_number",),
    "SegmentMembers": ("segment", "phone_number"),
    "Shifts": ("shift_id",),
    "Campaigns": ("campaign_id",),
    "OperatorInbox": ("message_id",),
}
BY_STATUS = {"OperatorInbox": ("message_status", "received_at")}
"""The keys of the index that a table has."""
_OPERATOR_INBOX = ("--table", "OperatorInbox", "--employees-table", "Employees")
TABLES = {
    "show-messages": _OPERATOR_INBOX,
    "answer-message": _OPERATOR_INBOX,
}


class OperatorCli:
    """The tables of a new account, and the command line that works on them."""

    def __init__(self, folder: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._session = session
        self._capsys = capsys
        self._dynamodb = session.resource("dynamodb")
        for table, keys in KEYS.items():
            of_index = BY_STATUS.get(table, ())
            index: Any = {
                "IndexName": "by-status",
                "KeySchema": _schema(of_index),
                "Projection": {"ProjectionType": "ALL"},
            }
            indexes: Any = {"GlobalSecondaryIndexes": [index]} if of_index else {}
            self._dynamodb.create_table(
                TableName=table,
                KeySchema=_schema(keys),
                AttributeDefinitions=[
                    {"AttributeName": key, "AttributeType": "S"} for key in dict.fromkeys((*keys, *of_index))
                ],
                BillingMode="PAY_PER_REQUEST",
                **indexes,
            )

    def file(self, content: str | bytes) -> str:
        """Writes a file and returns its path."""
        path = self._folder / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run(self, command: str, *arguments: str, tables: Sequence[str] | None = None) -> tuple[int, str, str]:
        """Runs a command; returns its exit code, its output and its errors."""
        named = TABLES[command] if tables is None else tables
        status = main([command, *arguments, *named], session=self._session)
        return status, *self._capsys.readouterr()

    def put(self, table: str, item: Mapping[str, Any]) -> None:
        """Writes a row as another program would."""
        self._dynamodb.Table(table).put_item(Item=dict(item))

    def lose_answer(self, operation: str) -> None:
        """Loses the response to the next such request, so that boto3 repeats it."""
        event, events = f"needs-retry.dynamodb.{operation}", self._session.events

        def seconds_until_asked_again(attempts: int, **_: object) -> Any:
            events.unregister(event, seconds_until_asked_again)
            return 0 if attempts == 1 else None

        events.register(event, seconds_until_asked_again)

    def delete(self, table: str) -> None:
        """Deletes a table."""
        self._dynamodb.Table(table).delete()

    def keep(self, message: InboxItem) -> None:
        """Keeps an item of the operator inbox as the functions do."""
        update(self._session.client("dynamodb"), inbox_item_update("OperatorInbox", message))

    def change(self, table: str, key: Mapping[str, Any], **attributes: Any) -> None:
        """Changes attributes of a row as another program would; None removes one."""
        rows = self._dynamodb.Table(table)
        row = {**rows.get_item(Key=dict(key))["Item"], **attributes}
        rows.put_item(Item={name: value for name, value in row.items() if value is not None})

    def take_away(self, table: str, key: Mapping[str, Any]) -> None:
        """Deletes a row as another program would."""
        self._dynamodb.Table(table).delete_item(Key=dict(key))

    @contextmanager
    def conflict(self, operation: str, *, times: int) -> Iterator[None]:
        """Lets the next requests of that kind conflict with a transaction."""
        event, events, left = f"before-call.dynamodb.{operation}", self._session.events, times

        def refuse(**_: object) -> Any:
            nonlocal left
            if not left:
                return None
            left -= 1
            error = {"Code": "TransactionConflictException", "Message": "it is under way"}
            return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}

        events.register(event, refuse)
        try:
            yield
        finally:
            events.unregister(event, refuse)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Returns all rows, ordered by key, without the keys of the indexes of shifts."""
        return [
            {name: value for name, value in item.items() if name not in INDEX_ATTRIBUTES}
            for item in self._items(table)
        ]

    def index_keys(self) -> dict[str, dict[str, Any]]:
        """Returns the keys that each shift has in indexes."""
        return {
            item["shift_id"]: {name: item[name] for name in INDEX_ATTRIBUTES if name in item}
            for item in self._items("Shifts")
        }

    def _items(self, table: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        for page in self._dynamodb.meta.client.get_paginator("scan").paginate(TableName=table):
            items += page["Items"]
        return sorted(items, key=lambda item: [str(item[key]) for key in KEYS[table]])


def _schema(keys: Sequence[str]) -> Any:
    return [
        {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
    ]
