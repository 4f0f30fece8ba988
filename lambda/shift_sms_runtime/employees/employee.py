"""An employee, as read from the Employees table."""

from shift_sms_runtime.records import record

MESSAGING_SERVICE = "service"
"""The value of `Employee.opt_changed_by` if the service refused a text to the number.

Such an opt-out ends when the service sends texts to the number again. Any other opt-out ends only when the employee
texts START.
"""


@record
class Employee:
    """A phone number and the attributes of its owner."""

    phone_number: str
    """In E.164 format."""
    on_roster: bool = True
    """False for a number without a row, and for a row that only records an opt-out."""
    language: str = ""
    """If empty, the default language applies."""
    roles: frozenset[str] = frozenset()
    """In lower case."""
    hired_at: str = ""
    """The date in ISO 8601, as an operator wrote it."""
    timezone: str = ""
    """The IANA name of the time zone, as an operator wrote it. If empty, that of the shift or the setting applies."""
    sites: frozenset[str] = frozenset()
    """In lower case. A manager of no site is a manager of every site."""
    notices: frozenset[str] | None = None
    """The notices that a manager receives, in lower case. None for all."""
    name: str = ""
    """As an operator wrote it."""
    opted_out: bool = False
    opt_changed_by: str | None = None
    """What last changed `opted_out`.

    It is the id of an inbound text, `MESSAGING_SERVICE`, an import, or None.
    """
