"""An employee, as the Employees table has them."""

from dataclasses import dataclass

BY_THE_SERVICE = "service"
"""`Employee.opted_out_by` of a number that the messaging service refused.

Otherwise it is the inbound text that said STOP, or `pinpoint-import`: such an opt-out ends only when its owner texts
START.
"""


@dataclass(frozen=True)
class Employee:
    """A phone number and what is on record about its owner."""

    phone_number: str
    """E.164."""
    on_roster: bool = True
    """False for a number without a row, and for a row that only records an opt-out."""
    language: str = ""
    """Empty where the operator wrote none: the default language applies."""
    roles: frozenset[str] = frozenset()
    """In lower case."""
    opted_out: bool = False
    opted_out_by: str | None = None
    """What changed `opted_out` last: see `BY_THE_SERVICE`. None if nothing did."""
