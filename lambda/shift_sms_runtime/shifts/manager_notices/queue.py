"""Queues the notices to managers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.managers import Managers, receives
from shift_sms_runtime.employees.quiet_times import quiet_until
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.manager_notices.notices import (
    QUEUED_FOR,
    ManagerNews,
    news_of,
    waits_in_quiet_hours,
)
from shift_sms_runtime.shifts.shift import Shift

_LEAST_SECONDS = 5.0
"""A notice is added only if this much time is left."""


@record
class ManagerNoticeForOne:
    """What one manager is told."""

    news: ManagerNews
    phone_number: str
    quiet_until: datetime | None = None
    """When the manager's quiet hours end; None if the notice does not wait for that."""
    in_outbox: bool = False

    @property
    def key(self) -> ReplyKey:
        """The key of its ledger row."""
        return self.news.key(self.phone_number)

    @property
    def waits(self) -> bool:
        """Whether it is queued only when quiet hours end."""
        return self.quiet_until is not None and not self.in_outbox


class ManagerNoticeQueue:
    """Adds the notices to managers to the outbox."""

    def __init__(
        self,
        managers: Managers,
        outbox: Outbox,
        workers: OutboxWorkers,
        *,
        origination_identity: str,
        quiet_hours: QuietHours,
        zone: ZoneInfo,
        urgent_overrides_quiet_hours: bool = False,
        clock: Clock,
    ) -> None:
        """Creates a queue.

        Args:
            managers: finds the managers.
            outbox: takes the notices.
            workers: send the texts of the outbox.
            origination_identity: the phone number, sender ID or pool that sends the notices.
            quiet_hours: when managers are not told.
            zone: the time zone of managers without one, for news without a shift.
            urgent_overrides_quiet_hours: see `waits_in_quiet_hours`.
            clock: the time.
        """
        self._managers = managers
        self._outbox = outbox
        self._workers = workers
        self._origination_identity = origination_identity
        self._quiet_hours = quiet_hours
        self._zone = zone
        self._urgent_overrides = urgent_overrides_quiet_hours
        self._clock = clock

    def unsent_news_of(self, shift: Shift, now: datetime) -> Sequence[ManagerNoticeForOne]:
        """Returns the notices of the recent events of a shift that were not sent."""
        news = [*news_of(shift, now, quiet_hours=bool(self._quiet_hours))]
        if not news:
            return []
        managers, found = self._managers.all(), []
        for one in news:
            waits = waits_in_quiet_hours(shift, one.kind, urgent_overrides=self._urgent_overrides)
            for manager in _receivers(managers, one):
                end = self.quiet_until(manager, now, shift.zone) if waits else None
                found.append(ManagerNoticeForOne(one, manager.phone_number, end))
        unsent = self.unsent(found)
        by_number = {manager.phone_number: manager for manager in managers}
        return [
            one
            for one in unsent
            if one.in_outbox
            or one.news.again
            or now < self._queued_until(by_number[one.phone_number], one.news, shift.zone)
        ]

    def quiet_until(self, manager: Employee, at: datetime, zone: ZoneInfo | None = None) -> datetime | None:
        """Returns when the quiet hours of a manager end; None if it is not quiet.

        Args:
            manager: the manager.
            at: the time.
            zone: the time zone of a manager without one; None for the setting.
        """
        return quiet_until(manager, self._quiet_hours, at, zone or self._zone)

    def receivers(self, news: ManagerNews) -> Sequence[Employee]:
        """Returns the managers who are told a piece of news."""
        return _receivers(self._managers.all(), news)

    def unsent(self, notices: Sequence[ManagerNoticeForOne]) -> Sequence[ManagerNoticeForOne]:
        """Returns those notices that were not sent, and whether the outbox has them.

        One about a shift that was withdrawn has a second one in its place: quiet hours had begun, or it was not true
        for a while.
        """
        statuses = self._outbox.statuses([one.key for one in notices]) if notices else {}
        unsent = [
            replace(one, in_outbox=one.key in statuses)
            for one in notices
            if statuses.get(one.key) in (None, DeliveryStatus.QUEUED)
        ]
        second = [
            replace(one, news=replace(one.news, again=True))
            for one in notices
            if statuses.get(one.key) is DeliveryStatus.STOPPED
            and one.news.shift_id is not None
            and not one.news.again
        ]
        return [*unsent, *self.unsent(second)] if second else unsent

    def add(self, unsent: Sequence[ManagerNoticeForOne], deadline: InvocationDeadline) -> bool:
        """Adds those notices that the outbox does not have, and starts a worker.

        Skips those that wait for quiet hours to end. Starts a worker also if it adds none and some are in the
        outbox: an earlier call may have stopped after it added them.

        Returns:
            False if no time was left for some of them.
        """
        pending = [one for one in unsent if not one.waits]
        all_added = True
        for one in pending:
            if one.in_outbox:
                continue
            if deadline.remaining() < _LEAST_SECONDS:
                all_added = False
                break
            self._outbox.add(
                OutboxText(
                    one.phone_number,
                    ReplyKind.MANAGER_NOTICE,
                    one.news.notice_id,
                    Priority.NOTICE,
                    self._origination_identity,
                    queued_at=self._clock(),
                    shift_id=one.news.shift_id,
                )
            )
        if pending:
            self._workers.ensure_running(Priority.NOTICE)
        return all_added

    def _queued_until(self, manager: Employee, news: ManagerNews, zone: ZoneInfo) -> datetime:
        """Returns until when the notice of an event is queued: a while after the quiet hours in which that fell."""
        latest = news.at + QUEUED_FOR
        ends = [self.quiet_until(manager, at, zone) for at in (news.at, latest)]
        return max([latest, *(end + QUEUED_FOR for end in ends if end is not None)])


def _receivers(managers: Sequence[Employee], news: ManagerNews) -> Sequence[Employee]:
    return [
        manager
        for manager in managers
        if receives(manager, news.kind, news.site) and manager.phone_number != news.employee
    ]
