"""What looking after shifts reads and writes: Shifts and Agendas."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.adapters.agendas import agenda_key, agenda_write, read_agenda
from shift_sms_runtime.adapters.dynamodb import ConditionsFailed, plain, read_batch, update, wire
from shift_sms_runtime.adapters.shift_book import shift_key, shift_write
from shift_sms_runtime.domain.agenda import Agenda
from shift_sms_runtime.domain.commands import reserved
from shift_sms_runtime.domain.front_desk import ChangedMeanwhile
from shift_sms_runtime.domain.lexicon import Lexicon
from shift_sms_runtime.domain.shifts import Shift, read_shift

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class ShiftReader:
    """Reads items of the Shifts table, and knows the words that no shift may be called by."""

    def __init__(self, zone: ZoneInfo, lexicons: Sequence[Lexicon]) -> None:
        """``zone`` is where shifts are that name none."""
        self._zone = zone
        self._lexicons = lexicons

    def read(self, item: Mapping[str, Any]) -> Shift:
        """A shift as its item is."""
        return read_shift(item, default_zone=self._zone, reserved=lambda code: reserved(code, self._lexicons))


class DynamoKeptShifts:
    """See ``KeptShifts``."""

    def __init__(self, client: "DynamoDBClient", table: str, reader: ShiftReader) -> None:
        self._client = client
        self._table = table
        self._reader = reader

    def get(self, shift_id: str) -> Shift | None:
        """See ``KeptShifts.get``."""
        item = self._client.get_item(
            TableName=self._table, Key=wire(shift_key(shift_id)), ConsistentRead=True
        ).get("Item")
        return None if item is None else self._reader.read(plain(item))

    def save(self, shift: Shift) -> None:
        """See ``KeptShifts.save``."""
        try:
            update(self._client, shift_write(self._table, shift))
        except ConditionsFailed:
            raise ChangedMeanwhile from None


class DynamoAgendas:
    """See ``Agendas``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, numbers: Sequence[str]) -> Mapping[str, Agenda]:
        """See ``Agendas.of``."""
        rows = read_batch(self._client, {self._table: [agenda_key(number) for number in numbers]})
        by_number = {str(row["phone_number"]): row for row in rows.get(self._table, [])}
        return {number: read_agenda(by_number.get(number)) for number in numbers}

    def replace(self, number: str, *, before: Agenda, after: Agenda, now: datetime) -> None:
        """See ``Agendas.replace``."""
        try:
            update(
                self._client,
                agenda_write(self._table, number, before=before, after=after, now=now)["Update"],
            )
        except ConditionsFailed:
            raise ChangedMeanwhile from None
