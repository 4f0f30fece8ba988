"""Renders the notices to managers when they are sent, from the state of the shift at that time."""

from datetime import datetime

from shift_sms_runtime.employees.managers import ManagerNotice, receives
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.employees.recipients import Recipients
from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.outgoing_text import SendOutcome
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText
from shift_sms_runtime.shifts.manager_notices.notices import ManagerNews, is_true, shift_text, short_name
from shift_sms_runtime.shifts.ports import Shifts
from shift_sms_runtime.shifts.shift import Shift


class ManagerNoticeSource:
    """Implements `TextSource` for the notices to managers."""

    def __init__(
        self, *, shifts: Shifts, employees: Employees, recipients: Recipients, locales: Locales, clock: Clock
    ) -> None:
        """Creates a source.

        Args:
            shifts: the shifts.
            employees: the employees.
            recipients: the employees who may be texted.
            locales: the languages of the notices.
            clock: the time.
        """
        self._shifts = shifts
        self._employees = employees
        self._recipients = recipients
        self._locales = locales
        self._clock = clock

    def render(self, text: OutboxText) -> RenderedText | None:
        """Renders a notice, as `TextSource.render` describes."""
        manager = self._recipients.among([text.phone_number]).get(text.phone_number)
        news, shift = self._news(text)
        if manager is None or news is None or not receives(manager, news.kind, news.site):
            return None
        locale = self._locales.of(manager.language)
        if shift is None:
            body = make_sendable(locale.say(Template.MANAGER_INBOX))
        else:
            body = shift_text(shift, news.kind, self._name(news.employee), locale)
        return RenderedText(body, text.key, news.deadline)

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        """See `TextSource.record_outcome`. Nothing follows from a notice that was not sent."""

    def _news(self, text: OutboxText) -> tuple[ManagerNews | None, Shift | None]:
        """Returns what a text tells, and its shift; None if it is not true any longer."""
        kind = ManagerNotice(text.reply_id.partition("#")[0])
        if text.shift_id is None:
            at = text.reply_id.removeprefix(f"{kind}#")
            return ManagerNews(kind, datetime.fromisoformat(at)), None
        shift = self._shifts.get(text.shift_id)
        event = shift.manager_events.get(kind) if shift else None
        if shift is None or event is None or not is_true(shift, kind, event, self._clock()):
            return None, None
        news = ManagerNews(kind, event.at, shift.shift_id, shift.site, event.employee)
        # A later event of the same kind has a notice of its own.
        return (news, shift) if news.notice_id == text.reply_id else (None, None)

    def _name(self, number: str) -> str:
        employee = self._employees.of([number]).get(number) if number else None
        return short_name(employee.name if employee else "", number)
