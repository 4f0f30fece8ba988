"""What happened to a shift that managers are told."""

from datetime import datetime, timedelta

from shift_sms_runtime.records import record

NOT_REPEATED_FOR = timedelta(hours=1)
"""An event of a shift replaces an earlier one of its kind only after this time. So managers are not told it twice."""


@record
class ManagerEvent:
    """An event of a shift. The item has the last one of each kind, for the managers who are told."""

    at: datetime
    employee: str = ""
    """The phone number of the employee who caused it; empty if no employee did."""
