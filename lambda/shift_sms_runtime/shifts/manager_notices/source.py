"""Renders the notices to managers when they are sent, from the state of the shift at that time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.managers import ManagerNotice, receives
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.employees.quiet_times import quiet_until
from shift_sms_runtime.employees.recipients import Recipients
from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, SendOutcome
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText
from shift_sms_runtime.queue_messages import Queue
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.manager_notices.notices import (
    ManagerNews,
    is_true,
    news_of_event,
    shift_text,
    short_name,
    waits_in_quiet_hours,
)
from shift_sms_runtime.shifts.ports import Shifts
from shift_sms_runtime.shifts.reconcile_request import OPERATOR_INBOX, ReconcileRequest
from shift_sms_runtime.shifts.shift import Shift

_RECORDED_WITHIN = timedelta(minutes=30)
"""How long after its quiet hours the withdrawal of a notice may be recorded."""


class WaitingManagers(Protocol):
    """The managers who are told of the operator inbox when their quiet hours end."""

    def wait(self, until: Mapping[str, datetime], *, now: datetime) -> None:
        """Records when the quiet hours of managers end, by phone number, and that a text waits for one of them.

        A manager who waits already keeps the earlier time.
        """


class ManagerNoticeSource:
    """Implements `TextSource` for the notices to managers."""

    def __init__(
        self,
        *,
        shifts: Shifts,
        employees: Employees,
        recipients: Recipients,
        waiting: WaitingManagers,
        requests: Queue[ReconcileRequest],
        locales: Locales,
        policy: BookingPolicy,
        urgent_overrides_quiet_hours: bool = False,
        clock: Clock,
    ) -> None:
        """Creates a source.

        Args:
            shifts: the shifts.
            employees: the employees.
            recipients: the employees who may be texted.
            waiting: the managers who are told of the operator inbox later.
            requests: the queue of shifts to reconcile.
            locales: the languages of the notices.
            policy: has the quiet hours.
            urgent_overrides_quiet_hours: see `waits_in_quiet_hours`.
            clock: the time.
        """
        self._shifts = shifts
        self._employees = employees
        self._recipients = recipients
        self._waiting = waiting
        self._requests = requests
        self._locales = locales
        self._policy = policy
        self._urgent_overrides = urgent_overrides_quiet_hours
        self._clock = clock

    def render(self, text: OutboxText) -> RenderedText | None:
        """Renders a notice, as `TextSource.render` describes.

        One that has waited until quiet hours began is not due any longer.
        """
        manager = self._recipients.among([text.phone_number]).get(text.phone_number)
        news, shift = self._news(text)
        if manager is None or news is None or not receives(manager, news.kind, news.site):
            return None
        if self._is_quiet(manager, news, shift):
            return None
        locale = self._locales.of(manager.language)
        if shift is None:
            body = make_sendable(locale.say(Template.MANAGER_INBOX))
        else:
            body = shift_text(shift, news.kind, self._name(news.employee), locale)
        return RenderedText(body, text.key, news.deadline)

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        """See `TextSource.record_outcome`.

        A notice that was withdrawn may be due again: when quiet hours end, or because it has become true meanwhile.
        """
        if outcome.status is not DeliveryStatus.STOPPED:
            return
        if text.shift_id is not None:
            self._requests.put([ReconcileRequest(text.shift_id)])
            return
        if not self._policy.quiet_hours:
            return
        end = self._inbox_waits_until(text)
        if end is not None:
            self._waiting.wait({text.phone_number: end}, now=self._clock())
            self._requests.put([ReconcileRequest(OPERATOR_INBOX)])

    def _is_quiet(self, manager: Employee, news: ManagerNews, shift: Shift | None) -> bool:
        if shift is not None and not waits_in_quiet_hours(
            shift, news.kind, urgent_overrides=self._urgent_overrides
        ):
            return False
        zone = shift.zone if shift else self._policy.zone
        return quiet_until(manager, self._policy.quiet_time, self._clock(), zone) is not None

    def _inbox_waits_until(self, text: OutboxText) -> datetime | None:
        """Returns when a notice of the operator inbox is due again; None if it was not withdrawn for quiet hours."""
        manager, now = self._recipients.among([text.phone_number]).get(text.phone_number), self._clock()
        news, _ = self._news(text)
        if manager is None or news is None or now >= news.deadline:
            return None
        # The same time also if the outcome is recorded twice, or after quiet hours.
        ends = (
            quiet_until(manager, self._policy.quiet_time, at, self._policy.zone)
            for at in (now, now - _RECORDED_WITHIN)
        )
        return next(filter(None, ends), None)

    def _news(self, text: OutboxText) -> tuple[ManagerNews | None, Shift | None]:
        """Returns what a text tells, and its shift; None if it is not true any longer."""
        kind = ManagerNotice(text.reply_id.partition("#")[0])
        if text.shift_id is None:
            at = text.reply_id.removeprefix(f"{kind}#")
            return ManagerNews(kind, datetime.fromisoformat(at)), None
        shift = self._shifts.get(text.shift_id)
        if shift is None:
            return None, None
        for event in shift.manager_events:
            news = news_of_event(shift, event)
            ids = (news.notice_id, replace(news, again=True).notice_id)
            if text.reply_id in ids and is_true(shift, event, self._clock()):
                return news, shift
        return None, None

    def _name(self, number: str) -> str:
        employee = self._employees.of([number]).get(number) if number else None
        return short_name(employee.name if employee else "", number)
