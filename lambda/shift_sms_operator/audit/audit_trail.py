"""Lists what operators changed."""

from datetime import date

from shift_sms_operator.pages import DEFAULT_LIMIT, Page, read_page
from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail


class AuditTrail:
    """The changes by operators, the newest first. A page reads at most `limit` records."""

    def __init__(self, table: DynamoAuditTrail) -> None:
        self._table = table

    def of_subject(
        self, subject: str, *, limit: int = DEFAULT_LIMIT, after: str | None = None
    ) -> Page[AuditRecord]:
        """Returns the changes of one thing, such as `Subject.SHIFT.of("XYZ123")`.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return read_page(lambda: self._table.page(subject, limit=limit, after=after))

    def of_day(self, day: date, *, limit: int = DEFAULT_LIMIT, after: str | None = None) -> Page[AuditRecord]:
        """Returns the changes of one day (UTC).

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return read_page(lambda: self._table.day(day, limit=limit, after=after))
