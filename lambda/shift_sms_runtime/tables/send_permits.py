"""The SendPermits table: one row per origination identity paces all its senders.

The key is `origination_identity`. Times are in microseconds since 1970:

| attribute | holds |
|---|---|
| `free_from` | the time from which the identity is free to send |
| `slow_down` | how much the service has throttled the identity |
| `reply_waits_until`, `notice_waits_until` | until when lower priorities yield |
| `worker_<n>`, `owner_<n>` | the end of the lease of an outbox worker, and the invocation that took it |
| `retry_at` | when texts are tried again that could not be sent |
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.messaging.permits import Announcement, Permit, Priority, Reservation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MICROSECOND = timedelta(microseconds=1)
_MAX_IDLE = 50_000
"""A span that began up to 50 ms ago is still used.

A number that was idle for longer is free from the current time.

It is longer than a write takes. Otherwise the number would seem idle between two writes, and senders would try both.
"""
_IN_USE = 1_000_000
"""How long other senders probably go on with a number that was in use: one second."""
_WORKER = "worker_"
_FOLLOWS = "free_from >= :oldest AND free_from <= :latest"
_BEGINS_NOW = "(attribute_not_exists(free_from) OR free_from < :oldest)"


class DynamoSendPermits:
    """Implements `SendPermits` on DynamoDB.

    A reservation usually takes one write, which moves `free_from` forward.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, origination_identity: str, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._table = table
        self._key = wire({"origination_identity": origination_identity})
        self._clock = clock
        self._free_from: int | None = None
        """When the identity was free, at the last attempt."""
        self._in_use_at = 0
        """When an attempt last found the identity in use."""

    def reserve(self, reservation: Reservation) -> Permit:
        """See `SendPermits.reserve`.

        A span follows the last one if the identity is busy, and begins now if it is idle. An expression cannot choose
        between the two, so the likely one is tried first. The condition that fails returns the row. An idle identity is
        never refused, however long the attempts take.
        """
        latest = _microseconds(reservation.latest)
        now = _microseconds(self._clock())
        oldest = now - _MAX_IDLE
        idle = self._seems_idle(now, oldest, reservation)
        while True:
            row, failed = self._reserve(reservation, now, oldest, idle=idle)
            workers = _running_workers(row, now)
            slow_down = int(row.get("slow_down", 0))
            free_from = self._free_from = int(row.get("free_from", 0))
            in_use = free_from >= oldest if failed else not idle
            self._in_use_at = now if in_use else 0
            if not failed:
                begins = free_from - reservation.span // _MICROSECOND
                return Permit(_time(begins), slow_down=slow_down, running_workers=workers)
            yields = any(int(row.get(_flag(first), 0)) > now for first in _before(reservation))
            if yields or free_from > latest:
                return Permit(
                    _time(max(now, free_from)),
                    reserved=False,
                    yields=yields,
                    slow_down=slow_down,
                    running_workers=workers,
                )
            now = _microseconds(self._clock())
            # An identity that was in use when `idle` was tried still is, however long the attempt took.
            oldest = min(free_from, now - _MAX_IDLE) if idle else now - _MAX_IDLE
            idle = free_from < oldest

    def _seems_idle(self, now: int, oldest: int, reservation: Reservation) -> bool:
        if self._free_from is None:
            return reservation.immediate
        return self._free_from < oldest and self._in_use_at < now - _IN_USE

    def announce(self, priority: Priority, until: datetime) -> frozenset[int]:
        """See `SendPermits.announce`."""
        row = self._update(Announcement(waits_until={priority: until}))
        return _running_workers(row, _microseconds(self._clock()))

    def take_worker(self, worker: int, owner: str, until: datetime) -> bool:
        """See `SendPermits.take_worker`."""
        lease, owned_by = f"{_WORKER}{worker}", f"owner_{worker}"
        values = {":now": _microseconds(self._clock()), ":until": _microseconds(until), ":owner": owner}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression=f"SET {lease} = :until, {owned_by} = :owner",
                ConditionExpression=f"attribute_not_exists({lease}) OR {lease} <= :now OR {owned_by} = :owner",
                ExpressionAttributeValues=wire(values),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def keep_worker(self, worker: int, until: datetime) -> frozenset[int]:
        """See `SendPermits.keep_worker`."""
        row = self._update(Announcement(worker=worker, lease_until=until))
        return _running_workers(row, _microseconds(self._clock()))

    def end_worker(self, worker: int) -> None:
        """See `SendPermits.end_worker`."""
        self._client.update_item(
            TableName=self._table,
            Key=self._key,
            UpdateExpression=f"REMOVE {_WORKER}{worker}, owner_{worker}",
        )

    def begin_retry_pause(self, until: datetime) -> bool:
        """See `SendPermits.begin_retry_pause`.

        The time recognizes the pause when the SDK retries a lost request.
        """
        values = {":now": _microseconds(self._clock()), ":until": _microseconds(until)}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression="SET retry_at = :until",
                ConditionExpression="attribute_not_exists(retry_at) OR retry_at <= :now OR retry_at = :until",
                ExpressionAttributeValues=wire(values),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _reserve(
        self, reservation: Reservation, now: int, oldest: int, *, idle: bool
    ) -> tuple[Mapping[str, Any], bool]:
        """Tries one write, which reserves the next span.

        With `idle`, the span begins now if the last one ended before `oldest`; otherwise it follows the last
        one.

        Returns:
            The row after the write, or the row that failed its condition, and whether it failed.
        """
        sets, values = _sets(reservation.announcement)
        values[":length"] = reservation.span // _MICROSECOND
        values[":oldest"] = oldest
        if idle:
            values[":now"] = now
            sets.append("free_from = :now + :length")
            conditions = [_BEGINS_NOW]
        else:
            values[":latest"] = _microseconds(reservation.latest)
            sets.append("free_from = free_from + :length")
            conditions = [_FOLLOWS]
        if reservation.slow_down:
            values |= {":zero": 0, ":slow_down": reservation.slow_down}
            sets.append("slow_down = if_not_exists(slow_down, :zero) + :slow_down")
        for first in _before(reservation):
            values[":now"] = now
            conditions.append(f"(attribute_not_exists({_flag(first)}) OR {_flag(first)} <= :now)")
        try:
            row = self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression=f"SET {', '.join(sets)}",
                ConditionExpression=" AND ".join(conditions),
                ExpressionAttributeValues=wire(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )["Attributes"]
        except self._client.exceptions.ConditionalCheckFailedException as failed:
            return plain(cast("Mapping[str, Any]", failed.response.get("Item", {}))), True
        return plain(row), False

    def _update(self, announcement: Announcement) -> Mapping[str, Any]:
        sets, values = _sets(announcement)
        response = self._client.update_item(
            TableName=self._table,
            Key=self._key,
            UpdateExpression=f"SET {', '.join(sets)}",
            ExpressionAttributeValues=wire(values),
            ReturnValues="ALL_NEW",
        )
        return plain(response["Attributes"])


def _before(reservation: Reservation) -> tuple[Priority, ...]:
    """Returns the priorities whose waiting texts come before a reservation."""
    higher = reservation.priority.higher
    return (*higher, reservation.priority) if reservation.immediate else higher


def _sets(announcement: Announcement) -> tuple[list[str], dict[str, object]]:
    """Returns the assignments that write an announcement, and their values."""
    values: dict[str, object] = {
        _flag(priority): _microseconds(until) for priority, until in announcement.waits_until.items()
    }
    if announcement.worker is not None and announcement.lease_until is not None:
        values[f"{_WORKER}{announcement.worker}"] = _microseconds(announcement.lease_until)
    return [f"{name} = :{name}" for name in values], {f":{name}": value for name, value in values.items()}


def _flag(priority: Priority) -> str:
    return f"{priority.value}_waits_until"


def _running_workers(row: Mapping[str, Any], now: int) -> frozenset[int]:
    return frozenset(
        int(name.removeprefix(_WORKER))
        for name, until in row.items()
        if name.startswith(_WORKER) and int(until) > now
    )


def _microseconds(time: datetime) -> int:
    return (time - datetime.fromtimestamp(0, UTC)) // _MICROSECOND


def _time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + microseconds * _MICROSECOND
