"""Permits to send: the sending time of an origination identity, divided by priority."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from shift_sms_runtime.records import record


class Priority(StrEnum):
    """The priorities of texts, the highest first."""

    REPLY = "reply"
    """Replies to inbound texts, including those that an operator wrote."""
    NOTICE = "notice"
    """Offers, cancellation notices and reminders."""
    CAMPAIGN = "campaign"

    @property
    def higher(self) -> tuple["Priority", ...]:
        """The priorities that come before this one."""
        priorities = tuple(Priority)
        return priorities[: priorities.index(self)]


@record
class Announcement:
    """What an outbox worker writes together with a reservation."""

    waits_until: Mapping[Priority, datetime] = field(default_factory=dict)
    """Until when senders of lower priorities yield to waiting texts of these priorities."""
    worker: int | None = None
    """The number of the worker."""
    lease_until: datetime | None = None
    """When the lease of the worker ends, unless it is renewed."""


@record
class Reservation:
    """A request for a span of the sending time of an origination identity."""

    priority: Priority
    span: timedelta
    latest: datetime
    """The latest time at which the span may begin."""
    immediate: bool = False
    """Whether the span is refused while an older text of the same priority waits."""
    slow_down: int = 0
    """How much the row's `slow_down` changes, for sends since the last reservation."""
    announcement: Announcement = Announcement()


@record
class Permit:
    """A span of time for one sender.

    If it is not `reserved`, `begins` is when the identity is free.
    """

    begins: datetime
    reserved: bool = True
    yields: bool = False
    """Whether the span was refused because other texts come first."""
    slow_down: int = 0
    """How much the service has throttled the identity, for all senders together.

    See `RateLimiter`.
    """
    running_workers: frozenset[int] = frozenset()
    """The outbox workers that hold a lease."""
