"""The errors an AWS API answers with, raised wherever they are noticed and serialised in one place."""

from typing import Any


class ServiceError(Exception):
    """An error of the API: its code, message and further members (`Reason`, `Fields`, ...).

    `status` is for codes whose HTTP status the service's model does not tell; 400 otherwise.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None, **members: Any):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class ConnectionDroppedError(Exception):
    """The caller gets no answer: its connection is closed."""
