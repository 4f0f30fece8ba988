"""Lists what operators changed, in words."""

from collections.abc import Callable
from datetime import date, tzinfo

from shift_sms_operator.audit.change_texts import DescribedChange, describe
from shift_sms_operator.pages import DEFAULT_LIMIT, Page, read_page
from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail
from shift_sms_runtime.tables.employees import DynamoEmployeeRows

_LONGEST_NAME = 60
_MOST_NAMES = 100
"""The names that a page reads, in one call. Further employees have their numbers alone."""


class AuditTrail:
    """The changes by operators, the newest first. A page reads at most `limit` records and 100 names of employees."""

    def __init__(self, table: DynamoAuditTrail, employees: DynamoEmployeeRows) -> None:
        self._table = table
        self._employees = employees

    def of_subject(
        self, subject: str, *, zone: tzinfo, limit: int = DEFAULT_LIMIT, after: str | None = None
    ) -> Page[DescribedChange]:
        """Returns the changes of one thing, such as `Subject.SHIFT.of("XYZ123")`, with times in a zone.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return self._described(lambda: self._table.page(subject, limit=limit, after=after), zone)

    def of_day(
        self, day: date, *, zone: tzinfo, limit: int = DEFAULT_LIMIT, after: str | None = None
    ) -> Page[DescribedChange]:
        """Returns the changes of one day (UTC), with times in a zone.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return self._described(lambda: self._table.day(day, limit=limit, after=after), zone)

    def _described(
        self, read: Callable[[], tuple[list[AuditRecord], str | None]], zone: tzinfo
    ) -> Page[DescribedChange]:
        page = read_page(read)
        numbers: dict[str, None] = {}

        def noted(number: str) -> str:
            numbers.setdefault(number)
            return number

        for record in page.items:
            describe(record, zone, noted)
        wanted = [*numbers][:_MOST_NAMES]
        rows = self._employees.of(wanted) if wanted else {}

        def called(number: str) -> str:
            name = rows[number].name[:_LONGEST_NAME] if number in rows else ""
            return f"{name} ({number})" if name else number

        return Page(tuple(describe(record, zone, called) for record in page.items), page.cursor)
