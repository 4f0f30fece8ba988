"""The Shifts table: who has which seat, and who waits for one. Each change is written only while all that it was
decided on is as it was read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.adapters.agendas import agenda_write
from shift_sms_runtime.adapters.dynamodb import ConditionsFailed, plain, read_batch, transact, wire
from shift_sms_runtime.adapters.inbox import inbox_expiry, inbox_key
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.front_desk import ChangedMeanwhile, Effect
from shift_sms_runtime.domain.shifts import DECISIVE, Shift, ShiftStatus, read_shift

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef

BY_STATUS = "by-status"
_SHIFTS_ON_A_PAGE = 100
"""More than one text has room for."""


def shift_key(shift_id: str) -> dict[str, str]:
    """The key of a shift."""
    return {"shift_id": shift_id}


def shift_write(table: str, shift: Shift) -> "UpdateTypeDef":
    """Write what has changed of a shift, if its item is still as it was read."""
    values: dict[str, object] = {}
    conditions, sets, removes = ["attribute_exists(shift_id)"], [], []
    for name in DECISIVE:
        if name in shift.stored:
            values[f":was_{name}"] = shift.stored[name]
            conditions.append(f"#{name} = :was_{name}")
        else:
            conditions.append(f"attribute_not_exists(#{name})")
    for name, value in shift.item().items():
        if value is None:
            removes.append(f"#{name}")
        else:
            values[f":{name}"] = value
            sets.append(f"#{name} = :{name}")
    # An operator may have taken away the status, and then nothing is set.
    clauses = [f"{what} {', '.join(names)}" for what, names in (("SET", sets), ("REMOVE", removes)) if names]
    return {
        "TableName": table,
        "Key": wire(shift_key(shift.shift_id)),
        "UpdateExpression": " ".join(clauses),
        "ConditionExpression": " AND ".join(conditions),
        # Some of the names are words of DynamoDB's own.
        "ExpressionAttributeNames": {f"#{name}": name for name in DECISIVE},
        "ExpressionAttributeValues": wire(values),
    }


class DynamoShiftIds:
    """See ``ShiftIds``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """See ``ShiftIds.existing``."""
        rows = read_batch(self._client, {self._table: [shift_key(shift_id) for shift_id in shift_ids]})
        return [str(row["shift_id"]) for row in rows.get(self._table, [])]


class DynamoShiftBook:
    """See ``ShiftBook``."""

    def __init__(
        self, client: "DynamoDBClient", *, shifts: str, agendas: str, inbox: str, zone: ZoneInfo
    ) -> None:
        """``zone`` is where shifts are that name none."""
        self._client = client
        self._shifts = shifts
        self._agendas = agendas
        self._inbox = inbox
        self._zone = zone

    def write(self, effect: Effect) -> None:
        """See ``ShiftBook.write``."""
        actions: list[TransactWriteItemTypeDef] = [self._decided(effect)]
        actions += [{"Update": shift_write(self._shifts, shift)} for shift in effect.changed]
        if effect.after != effect.before:
            actions.append(
                agenda_write(
                    self._agendas, effect.person, before=effect.before, after=effect.after, now=effect.now
                )
            )
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """See ``ShiftBook.available``."""
        few = {"PageSize": _SHIFTS_ON_A_PAGE}
        for item in self._by_status(ShiftStatus.AVAILABLE, after=after, PaginationConfig=few):
            yield read_shift(plain(item), default_zone=self._zone)

    def ids(self) -> Iterator[str]:
        """See ``ShiftBook.ids``."""
        for status in (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN):
            # As many on a page as fit.
            for item in self._by_status(status, ProjectionExpression="shift_id"):
                yield item["shift_id"]["S"]

    def _decided(self, effect: Effect) -> "TransactWriteItemTypeDef":
        decided = {
            "answer": effect.decided.answer,
            "bookings": effect.decided.bookings,
            "standings": {code: standing.value for code, standing in effect.decided.standings.items()},
            "given_back": list(effect.decided.given_back),
            **({"campaign_id": effect.decided.campaign_id} if effect.decided.campaign_id else {}),
            **({"offers": effect.decided.offers} if effect.decided.offers else {}),
        }
        return {
            "Update": {
                "TableName": self._inbox,
                "Key": wire(inbox_key(effect.message_id)),
                "UpdateExpression": "SET decided = :decided, expires_at = if_not_exists(expires_at, :expires_at)",
                # Nor may another delivery of the text be telling that nothing has changed.
                "ConditionExpression": "attribute_not_exists(decided)"
                " AND (attribute_not_exists(#status) OR #status = :queued)",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": wire(
                    {
                        ":decided": decided,
                        ":queued": DeliveryStatus.QUEUED.value,
                        ":expires_at": inbox_expiry(effect.now),
                    }
                ),
            }
        }

    def _by_status(
        self, status: str, *, after: str | None = None, **further: Any
    ) -> Iterator[Mapping[str, Any]]:
        condition = "shift_status = :status" + ("" if after is None else " AND shift_id > :after")
        values = {":status": status} | ({} if after is None else {":after": after})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._shifts,
            IndexName=BY_STATUS,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=wire(values),
            **further,
        )
        for page in pages:
            yield from page["Items"]
