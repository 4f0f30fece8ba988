"""Tells managers that texts arrived in the operator inbox."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.operator_inbox.ports import InboxNoticeStore, ToldManagers
from shift_sms_runtime.queue_messages import Queue
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.manager_notices.notices import ManagerNews
from shift_sms_runtime.shifts.manager_notices.queue import ManagerNoticeForOne, ManagerNoticeQueue
from shift_sms_runtime.shifts.reconcile_request import OPERATOR_INBOX, ReconcileRequest

INTERVAL = timedelta(minutes=30)
"""Managers are told of texts in the inbox at most once in this time."""

_NEWS_FOR = timedelta(hours=3)
"""Managers are not told of an older text: a stream may deliver it late, or when the function is deployed."""

_LEAST_SECONDS = 5.0
"""A notice is begun only if this much time is left."""

_NO_TIME = "no time left for the notices of some managers"


@record
class NewText:
    """A text that arrived in the operator inbox."""

    phone_number: str
    received_at: datetime


def read_new_text(item: Mapping[str, Any]) -> NewText | None:
    """Returns the text of a new item; None if managers are not told of it.

    A follow-up is no text of an employee. A sick call has a notice of its own.
    """
    if not item.get("text") or not item.get("phone_number") or item.get("sick_call"):
        return None
    return NewText(str(item["phone_number"]), datetime.fromisoformat(str(item["received_at"])))


class InboxNotices:
    """Queues the notices of new texts."""

    def __init__(
        self,
        store: InboxNoticeStore,
        notices: ManagerNoticeQueue,
        requests: Queue[ReconcileRequest],
        clock: Clock,
    ) -> None:
        self._store = store
        self._notices = notices
        self._requests = requests
        self._clock = clock

    def handle(self, text: NewText, deadline: InvocationDeadline) -> bool:
        """Queues the notices of a text, unless managers were told of another one within `INTERVAL`.

        Managers whose quiet hours it is are told when they end. A repeated call for the same text continues where an
        earlier one has stopped.

        Returns:
            Whether managers are told of this text now.

        Raises:
            TransientFailure: no time was left for some notices.
        """
        at, now = text.received_at, self._clock()
        if now > at + _NEWS_FOR:
            return False
        news = ManagerNews(ManagerNotice.INBOX, at, employee=text.phone_number)
        managers = self._notices.receivers(news)
        if not managers:
            return False
        known = self._store.managers()
        waits = {
            one.phone_number: until
            for one in managers
            if (until := self._waits_until(one, known, now)) is not None
        }
        if waits:
            # Also those who wait already: a reconciliation that has not seen this text may have ended that.
            self._store.wait(waits, now=now)
        if waits or known.waits:
            self._requests.put([ReconcileRequest(OPERATOR_INBOX)])
        awake = [one.phone_number for one in managers if one.phone_number not in waits]
        wanted = [
            ManagerNoticeForOne(news, number) for number in awake if self._begins(number, at, known, deadline)
        ]
        if not self._notices.add(self._notices.unsent(wanted), deadline):
            raise TransientFailure(_NO_TIME)
        return bool(wanted)

    def _waits_until(self, manager: Employee, known: ToldManagers, now: datetime) -> datetime | None:
        """Returns when a manager is told later: after quiet hours, and `INTERVAL` after the last time; None if now."""
        number = manager.phone_number
        if number in known.waits:
            return known.waits[number]
        end = self._notices.quiet_until(manager, now)
        return end if end is None or number not in known.told else max(end, known.told[number] + INTERVAL)

    def _begins(self, number: str, at: datetime, known: ToldManagers, deadline: InvocationDeadline) -> bool:
        """Returns whether a manager is told of a text, and records it."""
        told, not_since = known.told.get(number), at - INTERVAL
        if told is not None and told != at and told > not_since:
            return False
        if deadline.remaining() < _LEAST_SECONDS:
            raise TransientFailure(_NO_TIME)
        return self._store.begin_notice(number, at, not_since=not_since)
