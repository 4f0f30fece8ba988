"""An employee, as far as texts depend on it."""

from dataclasses import dataclass

BY_THE_SERVICE = "service"
"""``opt_changed_by`` of a number that the messaging service has refused. Otherwise it is the text that said STOP, or
``pinpoint-import``: those only their owner can take back, by START."""


@dataclass(frozen=True)
class Employee:
    """What must be known of somebody to text them by ourselves."""

    language: str = ""
    opted_out: bool = False
    on_roster: bool = True
    """A row that only records a STOP makes nobody an employee."""
