"""What the console needs of the table of sessions."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.console_sessions.session import Session


class ConsoleSessions(Protocol):
    """The sessions, by a token that only the browser has."""

    def begin(self, token: str, session: Session) -> None:
        """Adds a session."""

    def find(self, token: str, *, now: datetime) -> Session | None:
        """Returns the session of a token; None if there is none or if it has expired."""

    def end(self, token: str) -> None:
        """Removes the session of a token, if there is one."""
