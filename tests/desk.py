"""An operator at work: files, commands, what they print, and the tables afterwards."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest

from shift_sms_cli.__main__ import main

KEYS = {
    "Employees": ("phone_number",),
    "SegmentMembers": ("segment", "phone_number"),
    "Shifts": ("shift_id",),
    "Campaigns": ("campaign_id",),
}
_ROSTER = ("--table", "Employees", "--segment-table", "SegmentMembers")
_CAMPAIGNS = ("--table", "Campaigns")
TABLES = {
    "load-employees": _ROSTER,
    "load-pinpoint": _ROSTER,
    "load-shifts": ("--table", "Shifts"),
    "put-campaign": (*_CAMPAIGNS, "--segment-table", "SegmentMembers"),
    "show-campaign": _CAMPAIGNS,
    "stop-campaign": _CAMPAIGNS,
    "relaunch-campaign": _CAMPAIGNS,
}


class Desk:
    """The tables of a new account, and the command line in front of them."""

    def __init__(self, folder: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._session = session
        self._capsys = capsys
        self._dynamodb = session.resource("dynamodb")
        for table, keys in KEYS.items():
            self._dynamodb.create_table(
                TableName=table,
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind}
                    for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                BillingMode="PAY_PER_REQUEST",
            )

    def file(self, content: str | bytes) -> str:
        """Save a file and return its path."""
        path = self._folder / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run(self, command: str, *arguments: str, tables: Sequence[str] | None = None) -> tuple[int, str, str]:
        """Type a command; returns its status, what it printed, and what it complained of."""
        named = TABLES[command] if tables is None else tables
        status = main([command, *arguments, *named], session=self._session)
        return status, *self._capsys.readouterr()

    def put(self, table: str, item: Mapping[str, Any]) -> None:
        """Write a row as somebody else would."""
        self._dynamodb.Table(table).put_item(Item=dict(item))

    def lose_answer(self, operation: str) -> None:
        """Have the answer to the next such request lost on its way, so that boto3 asks again."""
        event, events = f"needs-retry.dynamodb.{operation}", self._session.events

        def seconds_until_asked_again(attempts: int, **_: object) -> Any:
            events.unregister(event, seconds_until_asked_again)
            return 0 if attempts == 1 else None

        events.register(event, seconds_until_asked_again)

    def delete(self, table: str) -> None:
        """Take a whole table away."""
        self._dynamodb.Table(table).delete()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows, ordered by key."""
        items: list[dict[str, Any]] = []
        for page in self._dynamodb.meta.client.get_paginator("scan").paginate(TableName=table):
            items += page["Items"]
        return sorted(items, key=lambda item: [str(item[key]) for key in KEYS[table]])
