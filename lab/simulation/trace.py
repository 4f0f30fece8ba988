"""The trace of a run: a hash of every step, and the steps themselves if they are kept."""

import hashlib
from collections.abc import Mapping
from typing import Any

from lab.simulation.execution.faults import Attempt


class Trace:
    """Hashes the steps of a run. Two runs of one seed have the same hash."""

    def __init__(self, *, keep: bool = False) -> None:
        self._hash = hashlib.blake2b(digest_size=12)
        self._keep = keep
        self.lines: list[str] = []

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def add(self, now: float, *parts: object) -> None:
        """Adds a step."""
        line = f"{now:.6f} {' '.join(map(str, parts))}"
        self._hash.update(line.encode())
        if self._keep:
            self.lines.append(line)

    def add_attempt(self, now: float, attempt: Attempt) -> None:
        """Adds an attempt at a call."""
        outcome = "" if attempt.error is None else type(attempt.error).__name__
        fault = attempt.fault.value if attempt.fault else ""
        target = subject(attempt.request) if self._keep else ""
        line = f"{now:.6f} {attempt.environment.name} {attempt.operation} {fault} {outcome}"
        self._hash.update(line.encode())
        if self._keep:
            self.lines.append(f"{line} {target}".rstrip())


def subject(request: Mapping[str, Any]) -> str:
    """Returns what a request is about: its tables and keys, queue or phone."""
    if "TransactItems" in request:
        return " + ".join(subject(next(iter(action.values()))) for action in request["TransactItems"])
    if "RequestItems" in request:
        return ", ".join(f"{table}[{len(part['Keys'])}]" for table, part in request["RequestItems"].items())
    for name in ("DestinationPhoneNumber", "QueueUrl", "Name"):
        if name in request:
            words = request.get("MessageBody", "")
            return f"{str(request[name]).rpartition('/')[2]} {words!r}"
    key = request.get("Key") or request.get("Item") or request.get("ExpressionAttributeValues") or {}
    values = "/".join(str(next(iter(value.values()))) for value in list(key.values())[:2])
    return f"{request.get('TableName', '')} {values}"
