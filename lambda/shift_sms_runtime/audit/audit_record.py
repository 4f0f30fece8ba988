"""One change by an operator: who changed what, when, and from which values to which."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.records import record


class Subject(StrEnum):
    """The kinds of things that operators change."""

    SHIFT = "shift"
    EMPLOYEE = "employee"
    CAMPAIGN = "campaign"
    INBOX = "inbox"
    IMPORT = "import"
    QUEUE = "queue"
    CONSOLE_USER = "console-user"

    def of(self, thing_id: str) -> str:
        """Returns the subject of records about one thing, such as `shift#XYZ123`."""
        return f"{self.value}#{thing_id}"


@record
class AuditRecord:
    """A change that an operator made.

    Attributes:
        subject: What was changed, made by `Subject.of`.
        record_id: The id of the operation, made by the operator's program. Writing the record again adds none.
        at: When the operator changed it.
        actor: Who changed it: an ARN or an email address.
        action: What was done, such as `canceled`.
        before: The changed attributes before. One that is missing was not there.
        after: The changed attributes afterwards. One that is missing was removed.
        expires_at: When the record is deleted; None keeps it.
        listed_by_day: Whether the changes of the day show it. Those of an import have one record that stands for all.
    """

    subject: str
    record_id: str
    at: datetime
    actor: str
    action: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    expires_at: datetime | None = None
    listed_by_day: bool = True
