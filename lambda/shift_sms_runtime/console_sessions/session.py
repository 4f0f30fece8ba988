"""A session of the operators' console."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SESSION_LENGTH = timedelta(hours=8)
"""A working day. Afterwards the operator signs in again."""


class Role(StrEnum):
    """What an operator may do. The name of the group that gives the role."""

    VIEWER = "viewer"
    """Read every page."""
    MANAGER = "manager"
    """Also change what the pages show."""


@dataclass(frozen=True)
class Session:
    """A signed-in operator."""

    email: str
    role: Role
    csrf_token: str
    """A secret of the session that every change repeats. A page of another site cannot read it."""
    expires_at: datetime
