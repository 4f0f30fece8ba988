"""Counts the items of tables that requests read, by the responses of DynamoDB."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

from lab.lab_system import LabSystem
from lab.operator_setup import aws_variables
from lab.phone_network.api.faults import ApiCall
from lab.phone_network.api.wire import HttpResponse
from lab.settings import ENVIRONMENT
from shift_sms_cli.app import app


@dataclass
class CountedReads:
    """What was read."""

    items: int = 0
    """Items that a query or a scan has read before its filter, and keys that were looked up."""
    calls: int = 0
    """Calls that read."""

    def __call__(self, call: ApiCall, response: HttpResponse) -> None:
        """Counts one call."""
        if not call.service.startswith("DynamoDB"):
            return
        items = self._items(call, response)
        self.items += items or 0
        self.calls += items is not None

    def _items(self, call: ApiCall, response: HttpResponse) -> int | None:
        match call.operation:
            case "Query" | "Scan":
                found: dict[str, Any] = json.loads(response.body)
                return int(found["ScannedCount"])
            case "GetItem":
                return 1
            case "BatchGetItem":
                return sum(len(table["Keys"]) for table in call.parameters["RequestItems"].values())
            case "TransactGetItems":
                return len(call.parameters["TransactItems"])
        return None


@contextmanager
def counted_reads(system: LabSystem) -> Iterator[CountedReads]:
    """Counts the calls that pass the gateway: those of functions, and of commands that use its address."""
    counted = CountedReads()
    system.gateway.on_response = counted
    try:
        yield counted
    finally:
        system.gateway.on_response = None


def run_through_gateway(system: LabSystem, *arguments: str) -> str:
    """Runs a command of the command line, whose calls pass the gateway; returns its output and its errors."""
    done = CliRunner().invoke(
        app,
        [*arguments, "--env", ENVIRONMENT],
        env=dict(aws_variables(system.gateway.url, system.cloud.region, system.network.url)),
    )
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return str(done.output)


def next_page(output: str) -> str | None:
    """Returns the cursor of the next page that a command names."""
    found = re.search(r"^more: --after (\S+)$", output, re.MULTILINE)
    return found[1] if found else None
