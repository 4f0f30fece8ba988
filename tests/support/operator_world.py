"""An account on moto with the tables and queues of a deployment, and the operations and the command line on it.

`clock` of the operations is real, unless a test replaces it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from typer.testing import CliRunner

from shift_sms_cli.app import app
from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment
from tests.support.functions_on_moto import TABLES, create_tables_on_moto

ACTOR = "arn:aws:sts::123456789012:assumed-role/Operator/ann"
OUR_NUMBER = "+12065550100"
QUEUES = ("reconcile", "outbox")


def stack_outputs(queue_urls: Mapping[str, str], **settings: object) -> dict[str, str]:
    """Returns the outputs of a stack whose tables have the names of their constructs."""
    return {
        **{f"{table}TableName": table for table in TABLES},
        "ReconcileQueueUrl": queue_urls["reconcile"],
        "OutboxQueueUrl": queue_urls["outbox"],
        "InboundTopicArn": "arn:aws:sns:us-east-1:123456789012:inbound",
        "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms",
        "DeliveryEventsTopicArn": "arn:aws:sns:us-east-1:123456789012:events",
        "OperatorSettings": json.dumps({"origination_identity": OUR_NUMBER, **settings}),
    }


@dataclass(frozen=True)
class CommandResult:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output of a command with `--json`."""
        return json.loads(self.out)


@cache
def _connections(session: boto3.Session) -> tuple[Any, Clients]:
    """Returns what all tests share, because making clients takes longer than most tests."""
    return session.resource("dynamodb"), Clients(session)


@dataclass
class OperatorWorld:
    """Runs operations and commands, and reads and writes rows as other programs do."""

    session: boto3.Session
    settings: dict[str, object] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self.dynamodb, self.clients = _connections(self.session)
        create_tables_on_moto()
        sqs = self.clients.sqs
        self.queue_urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}

    def outputs(self) -> dict[str, str]:
        """Returns the outputs of the stack."""
        return stack_outputs(self.queue_urls, **self.settings)

    def operator(self, actor: str = ACTOR) -> Operator:
        """Returns the operations of one operator."""
        return operator(self.clients, Deployment.from_outputs(self.outputs()), lambda: actor, self.now)

    def run(self, *arguments: str, input: str | None = None) -> CommandResult:  # noqa: A002 - as of CliRunner
        """Runs a command of the command line. There is no terminal to ask on."""
        done = CliRunner().invoke(app, arguments, input=input, prog_name="shift-sms")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return CommandResult(done.exit_code, done.stdout, done.stderr)

    def put(self, table: str, *items: Mapping[str, Any]) -> None:
        """Writes rows as another program would."""
        for item in items:
            self.dynamodb.Table(table).put_item(Item=dict(item))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Returns all rows of a table, ordered by key."""
        rows: list[dict[str, Any]] = []
        for page in self.dynamodb.meta.client.get_paginator("scan").paginate(TableName=table):
            rows += page["Items"]
        return sorted(rows, key=lambda row: [str(row[key]) for key in TABLES[table]])

    def row(self, table: str, *key: str) -> dict[str, Any]:
        """Returns one row; an empty one if there is none."""
        keys = dict(zip(TABLES[table], key, strict=True))
        row: dict[str, Any] = (
            self.dynamodb.Table(table).get_item(Key=keys, ConsistentRead=True).get("Item", {})
        )
        return row

    def audit(self, subject: str) -> list[dict[str, Any]]:
        """Returns the audit records of a subject, the oldest first, without what differs between runs."""
        return [
            {name: value for name, value in row.items() if name not in ("entry", "day", "expires_at")}
            for row in self.rows("AuditTrail")
            if row["subject"] == subject
        ]
