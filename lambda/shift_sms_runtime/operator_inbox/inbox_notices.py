"""Tells managers that texts arrived in the operator inbox."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.operator_inbox.ports import InboxNoticeLimit
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.manager_notices.notices import ManagerNews
from shift_sms_runtime.shifts.manager_notices.queue import ManagerNoticeQueue

INTERVAL = timedelta(minutes=30)
"""Managers are told of texts in the inbox at most once in this time."""

_NEWS_FOR = timedelta(hours=3)
"""Managers are not told of an older text: a stream may deliver it late, or when the function is deployed."""


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

    def __init__(self, limit: InboxNoticeLimit, notices: ManagerNoticeQueue, clock: Clock) -> None:
        self._limit = limit
        self._notices = notices
        self._clock = clock

    def handle(self, text: NewText, deadline: InvocationDeadline) -> bool:
        """Queues the notices of a text, unless managers were told of another one within `INTERVAL`.

        A repeated call for the same text continues where an earlier one has stopped.

        Returns:
            Whether managers are told of this text.

        Raises:
            TransientFailure: no time was left for some notices.
        """
        at = text.received_at
        if self._clock() > at + _NEWS_FOR:
            return False
        wanted = self._notices.addressed([ManagerNews(ManagerNotice.INBOX, at, employee=text.phone_number)])
        if not wanted or not self._limit.begin_notice(at, not_since=at - INTERVAL):
            return False
        if not self._notices.add(wanted, deadline):
            raise TransientFailure("no time left for the notices of some managers")
        return True
