"""What the holders of a shift know of its time and place: the history of its changes.

A holder knows the time and place as they were at the booking. After a change has settled, holders are told.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shift_sms_runtime.messaging.time_zones import read_utc_time
from shift_sms_runtime.records import record

SETTLES_AFTER = timedelta(minutes=2)
"""Holders are told of a change when there was no other one for this time.

So an operator who edits twice, or corrects a mistake, causes one text.
"""

TOLD_FOR = timedelta(days=14)
"""How long after a change or a cancellation employees are told of it. After that a change counts as told.

Must be shorter than the ledger keeps the notices that were sent.
"""

_MAX_HISTORY = 10
"""The changes that the item of a shift keeps."""

_DETAILS = ("starts_at", "ends_at", "site", "info")


@record
class TimeAndPlace:
    """The time and place of a shift from one moment on."""

    since: datetime
    """When a booking or a reconciliation first saw them."""
    starts_at: datetime | None
    ends_at: datetime | None
    site: str
    info: str
    """`shift_info`, if time or place may be nowhere else; else empty."""

    def differences(self, other: "TimeAndPlace") -> frozenset[str]:
        """Returns the names of the details that differ."""
        return frozenset(name for name in _DETAILS if getattr(self, name) != getattr(other, name))

    @property
    def settles_at(self) -> datetime:
        """When holders are told, if there is no other change before."""
        return self.since + SETTLES_AFTER


History = tuple[TimeAndPlace, ...]
"""The times and places of a shift, the oldest first. The last one is current."""


@record
class Change:
    """A change of which one holder has to be told."""

    at: datetime
    known: History
    """What the holder may know: the time and place at the booking, and what was told since."""
    told_by: tuple[tuple[datetime, bool], ...] = ()
    """Earlier changes, the latest first, and whether each led to the current time and place.

    The holder knows the time and place of the first one in this list that was told. Empty if this decides nothing.
    """
    only_if_told: bool = False
    """Whether the holder knows the current time and place, unless one of the earlier changes was told."""


def with_current(history: History, current: TimeAndPlace) -> History:
    """Returns the history with the current time and place as its end. Equal ones are added once."""
    if history and not history[-1].differences(current):
        return history
    # The first one stays: the oldest holder knows it.
    first, later = history[:1], (*history[1:], current)
    return (*first, *later[1 - _MAX_HISTORY :])


def change_for(history: History, booked_at: datetime) -> Change | None:
    """Returns the last change, as one holder has to be told of it; None if the holder knows it.

    Args:
        history: the times and places of the shift.
        booked_at: when the holder got the seat.
    """
    if len(history) < 2 or booked_at >= history[-1].since:
        return None
    first = max((index for index, one in enumerate(history) if one.since <= booked_at), default=0)
    at_booking, *others, last = history[first:]
    told = [
        one
        for one, following in zip(others, [*others, last][1:], strict=True)
        # One that was replaced before it settled was told to no holder.
        if one.settles_at <= following.since
    ]
    known = (at_booking, *told)
    # The ledger may not have the notices of older changes any longer.
    told_by = tuple(
        (one.since, not last.differences(one)) for one in reversed(told) if last.since < one.since + TOLD_FOR
    )
    only_if_told = not last.differences(known[-1 - len(told_by)])
    if only_if_told and not told_by:
        return None
    decides = only_if_told or any(same for _, same in told_by)
    return Change(last.since, known, told_by if decides else (), only_if_told=only_if_told)


def stored_history(history: History) -> list[dict[str, str]] | None:
    """Returns the attribute `announced` of a history; None without one. It omits empty details."""
    return [dict(_stored(one)) for one in history] or None


def read_history(value: object) -> History:
    """Returns the history that an attribute `announced` has. Ignores what it cannot read."""
    entries = value if isinstance(value, list) else ()
    read = (_read(entry) for entry in entries if isinstance(entry, dict))
    return tuple(one for one in read if one is not None)


def _stored(one: TimeAndPlace) -> Iterator[tuple[str, str]]:
    yield "since", one.since.isoformat()
    for name in _DETAILS:
        value = getattr(one, name)
        if value:
            yield name, value.isoformat() if isinstance(value, datetime) else value


def _read(entry: Mapping[str, Any]) -> TimeAndPlace | None:
    since = read_utc_time(entry.get("since"))
    if since is None:
        return None
    times: Sequence[datetime | None] = [read_utc_time(entry.get(name)) for name in ("starts_at", "ends_at")]
    return TimeAndPlace(since, times[0], times[1], str(entry.get("site", "")), str(entry.get("info", "")))
