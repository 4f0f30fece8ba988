"""Tells managers of the operator inbox when their quiet hours end."""

from datetime import datetime, timedelta

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.messaging.ports import MIN_TIMER_DELAY, Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.operator_inbox.ports import InboxNoticeStore, ToldManagers
from shift_sms_runtime.shifts.manager_notices.notices import ManagerNews
from shift_sms_runtime.shifts.manager_notices.queue import ManagerNoticeForOne, ManagerNoticeQueue
from shift_sms_runtime.shifts.ports import ShiftTimers
from shift_sms_runtime.shifts.reconcile_request import OPERATOR_INBOX

_PASS_SECONDS = 5.0
"""A pass begins only if this much time is left."""

_SHOWN_WITHIN = timedelta(minutes=1)
"""A later text may be missing in the index of open texts."""


class WaitingInboxNotices:
    """Queues the notices of managers who wait, and schedules the next call."""

    def __init__(
        self, store: InboxNoticeStore, notices: ManagerNoticeQueue, timers: ShiftTimers, clock: Clock
    ) -> None:
        self._store = store
        self._notices = notices
        self._timers = timers
        self._clock = clock

    def reconcile(self, deadline: InvocationDeadline) -> None:
        """Tells the managers whose quiet hours have ended that texts wait, unless operators have answered all.

        Each manager is told once. A call that is repeated, or made too early, does no harm.

        Raises:
            TransientFailure: no time was left for some notices, or managers keep being added.
        """
        known = self._store.managers()
        while True:
            if deadline.remaining() < _PASS_SECONDS:
                raise TransientFailure("managers keep being added")
            now = self._clock()
            rest, due = self._by_time(known, now)
            if rest:
                self._timers.set(OPERATOR_INBOX, max(min(rest.values()), now + MIN_TIMER_DELAY))
            else:
                self._timers.clear(OPERATOR_INBOX)
            if not self._notices.add(self._notices.unsent(due), deadline):
                raise TransientFailure("no time left for the notices of some managers")
            told = {one.phone_number for one in due}
            for number in known.waits:
                if number not in rest:
                    self._store.end_waiting(number, known, told=number in told)
            known = self._store.managers()
            # Another function may have added a manager before this one set the timer, or recorded a text.
            if known.waits.keys() == rest.keys():
                return

    def _by_time(
        self, known: ToldManagers, now: datetime
    ) -> tuple[dict[str, datetime], list[ManagerNoticeForOne]]:
        """Returns until when the managers wait who are not told yet, and the notices of the others."""
        rest: dict[str, datetime] = {}
        due: list[ManagerNoticeForOne] = []
        if not known.waits:
            return rest, due
        senders = self._store.open_senders()
        recent = known.waited_at is not None and now < known.waited_at + _SHOWN_WITHIN
        for manager in self._notices.receivers(ManagerNews(ManagerNotice.INBOX, now)):
            number = manager.phone_number
            if number not in known.waits:
                continue
            until = max(self._notices.quiet_until(manager, now) or now, known.waits[number])
            if until > now:
                rest[number] = until
            elif recent or senders is None or senders - {number}:
                # Named after the time for which the manager waited, so that a repeated call adds no second one.
                due.append(ManagerNoticeForOne(ManagerNews(ManagerNotice.INBOX, known.waits[number]), number))
        return rest, due
