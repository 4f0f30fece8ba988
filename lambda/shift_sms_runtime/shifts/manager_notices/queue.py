"""Queues the notices to managers."""

from collections.abc import Sequence

from shift_sms_runtime.employees.managers import Managers, receives
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers
from shift_sms_runtime.shifts.manager_notices.notices import ManagerNews, news_of
from shift_sms_runtime.shifts.shift import Shift

_LEAST_SECONDS = 5.0
"""A notice is added only if this much time is left."""


class ManagerNoticeQueue:
    """Adds the notices to managers to the outbox."""

    def __init__(
        self,
        managers: Managers,
        outbox: Outbox,
        workers: OutboxWorkers,
        *,
        origination_identity: str,
        clock: Clock,
    ) -> None:
        """Creates a queue.

        Args:
            managers: finds the managers.
            outbox: takes the notices.
            workers: send the texts of the outbox.
            origination_identity: the phone number, sender ID or pool that sends the notices.
            clock: the time.
        """
        self._managers = managers
        self._outbox = outbox
        self._workers = workers
        self._origination_identity = origination_identity
        self._clock = clock

    def add_news_of(self, shift: Shift, deadline: InvocationDeadline) -> bool:
        """Adds the notices of the recent events of a shift. See `add`."""
        news = [*news_of(shift, self._clock())]
        return self.add(self.addressed(news), deadline) if news else True

    def addressed(self, news: Sequence[ManagerNews]) -> Sequence[tuple[ManagerNews, str]]:
        """Returns each piece of news with the phone number of each manager who is told."""
        managers = self._managers.all()
        return [
            (one, manager.phone_number)
            for one in news
            for manager in managers
            if receives(manager, one.kind, one.site) and manager.phone_number != one.employee
        ]

    def add(self, wanted: Sequence[tuple[ManagerNews, str]], deadline: InvocationDeadline) -> bool:
        """Adds those notices that the outbox does not have, and starts a worker.

        Starts one also if it adds none and some wait: an earlier call may have stopped after it added them.

        Args:
            wanted: what is told, and the phone number of the manager.
            deadline: the deadline of the invocation.

        Returns:
            False if no time was left for some of them.
        """
        statuses = self._outbox.statuses([one.key(number) for one, number in wanted]) if wanted else {}
        waiting = [
            (one, number)
            for one, number in wanted
            if statuses.get(one.key(number)) in (None, DeliveryStatus.QUEUED)
        ]
        all_added = True
        for one, number in waiting:
            if one.key(number) in statuses:
                continue
            if deadline.remaining() < _LEAST_SECONDS:
                all_added = False
                break
            self._outbox.add(
                OutboxText(
                    number,
                    ReplyKind.MANAGER_NOTICE,
                    one.notice_id,
                    Priority.NOTICE,
                    self._origination_identity,
                    queued_at=self._clock(),
                    shift_id=one.shift_id,
                )
            )
        if waiting:
            self._workers.ensure_running(Priority.NOTICE)
        return all_added
