"""Reads the plans, waves, contacts and skipped employees of shifts for operators. Every read is limited."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.cursors import UnusableCursor, cursor_of, start_key
from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.fill_plans.fill_contact import FillWave, PlanProgress
from shift_sms_runtime.fill_plans.ranking import RankingInputs
from shift_sms_runtime.records import record
from shift_sms_runtime.tables.fill_plans.plan_items import read_progress
from shift_sms_runtime.tables.fill_plans.wave_items import (
    UNREACHED_PER_ITEM,
    read_skipped,
    read_unreached,
    read_wave,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@record
class StoredWave:
    """A wave, and the plan that decided it."""

    started_at: str
    """The start of the plan, which identifies it."""
    wave: FillWave
    eligible: int
    """How many employees could have been texted: the contacts, and those whom the wave did not reach."""

    @property
    def unreached(self) -> int:
        """How many employees the wave did not reach."""
        return self.eligible - len(self.wave.contacts)


class DynamoFillHistory:
    """Reads the FillContacts table for operators. `fill_contacts` describes its entries."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def plans(self, shift_id: str, *, most: int) -> Sequence[PlanProgress]:
        """Returns the last plans of a shift, the newest first."""
        response = self._client.query(**self._entries(shift_id, "plan#"), ScanIndexForward=False, Limit=most)
        return [read_progress(plain(item)) for item in response["Items"]]

    def waves(
        self, shift_id: str, *, started_at: str = "", limit: int, after: str | None
    ) -> tuple[Sequence[StoredWave], str | None]:
        """Returns waves in their order, the oldest plan first, and the cursor of the next page.

        A page has at most `limit` waves, and fewer if they are large.

        Args:
            shift_id: The shift.
            started_at: The plan; empty for all plans of the shift.
            limit: The most waves.
            after: The cursor that the page before has returned.

        Raises:
            UnusableCursor: `after` is no cursor of these waves.
        """
        prefix = f"wave#{started_at}#" if started_at else "wave#"
        request = start_key(after, "shift_id", "entry")
        if (key := request.get("ExclusiveStartKey")) and (
            key["shift_id"]["S"] != shift_id or not key["entry"]["S"].startswith(prefix)
        ):
            raise UnusableCursor(after)
        response = self._client.query(**self._entries(shift_id, prefix), **request, Limit=limit)
        waves = [_stored_wave(plain(item)) for item in response["Items"]]
        return waves, cursor_of(response.get("LastEvaluatedKey"))

    def wave(self, shift_id: str, started_at: str, wave: int) -> StoredWave | None:
        """Returns a wave; None if it is not stored."""
        row = self._first(shift_id, f"wave#{started_at}#{wave:05}")
        return _stored_wave(row) if row else None

    def contacted(self, shift_id: str, started_at: str, wave: int) -> Mapping[str, datetime]:
        """Returns when each employee of a wave was contacted. Omits those whom another plan texted too often."""
        rows = self._all(shift_id, f"contact#{started_at}#{wave:05}#")
        return {str(row["phone_number"]): datetime.fromisoformat(row["at"]) for row in rows}

    def last_waves(self, shift_id: str, started_at: str) -> Mapping[str, int]:
        """Returns the last wave of a plan that contacted each employee. Reads all contacts of the plan."""
        rows = self._all(shift_id, f"contact#{started_at}#")
        # In the order of the waves.
        return {str(row["phone_number"]): int(row["wave"]) for row in rows}

    def skipped(self, shift_id: str, started_at: str, wave: int) -> Mapping[str, Sequence[str]]:
        """Returns the phone numbers that a wave skipped, by reason."""
        return read_skipped(self._all(shift_id, f"skipped#{started_at}#{wave:05}#"))

    def unreached(
        self, shift_id: str, started_at: str, wave: int, *, start: int = 0, most: int = UNREACHED_PER_ITEM
    ) -> Sequence[RankingInputs]:
        """Returns employees who could have been texted after the contacts of a wave, in their order.

        Reads one item, so there may be fewer than `most` before the end of the list.

        Args:
            shift_id: The shift.
            started_at: The plan.
            wave: The wave.
            start: The place in the list from which to read, from 0.
            most: The most employees.
        """
        part, first = divmod(start, UNREACHED_PER_ITEM)
        row = self._first(shift_id, f"unreached#{started_at}#{wave:05}#{part:03}")
        return read_unreached(row)[first : first + most] if row else []

    def all_unreached(self, shift_id: str, started_at: str, wave: int) -> Iterator[RankingInputs]:
        """Yields all employees who could have been texted after the contacts of a wave, in their order."""
        for row in self._all(shift_id, f"unreached#{started_at}#{wave:05}#"):
            yield from read_unreached(row)

    def _first(self, shift_id: str, prefix: str) -> dict[str, Any] | None:
        items = self._client.query(**self._entries(shift_id, prefix), Limit=1)["Items"]
        return plain(items[0]) if items else None

    def _all(self, shift_id: str, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(**self._entries(shift_id, prefix))
        for page in pages:
            yield from map(plain, page["Items"])

    def _entries(self, shift_id: str, prefix: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "KeyConditionExpression": "shift_id = :shift_id AND begins_with(entry, :prefix)",
            "ExpressionAttributeValues": wire({":shift_id": shift_id, ":prefix": prefix}),
            "ConsistentRead": True,
        }


def _stored_wave(row: Mapping[str, Any]) -> StoredWave:
    started_at = str(row["entry"]).removeprefix("wave#").rpartition("#")[0]
    wave = read_wave(row)
    return StoredWave(started_at, wave, int(row.get("eligible", len(wave.contacts))))
