"""Runs commands of the group `employees` on files, and reads what they print and write."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.operator_world import OperatorWorld


class EmployeesCli:
    """A deployment, and the commands that work on it."""

    def __init__(self, world: OperatorWorld, folder: Path) -> None:
        self.world = world
        self._folder = folder

    def file(self, content: str | bytes) -> str:
        """Writes a file and returns its path."""
        path = self._folder / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run(self, command: str, *arguments: str) -> tuple[int, str, str]:
        """Runs a command; returns its exit code, its output and its errors."""
        done = self.world.run("employees", command, *arguments)
        return done.code, done.out, done.err

    def put(self, table: str, item: Mapping[str, Any]) -> None:
        """Writes a row as another program would."""
        self.world.put(table, item)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Returns all rows, ordered by key."""
        return self.world.rows(table)

    def members(self) -> list[tuple[str, str]]:
        """Returns the segment and the number of each member."""
        return [(row["segment"], row["phone_number"]) for row in self.rows("SegmentMembers")]

    def numbers(self) -> list[str]:
        """Returns the numbers that have a row."""
        return [row["phone_number"] for row in self.rows("Employees")]
