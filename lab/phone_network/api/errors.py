"""The errors of the AWS APIs, raised where they occur and serialized in `wire`."""

from typing import Any


class ServiceError(Exception):
    """An error response: code, message and further members (`Reason`, `Fields`, ...).

    `status` is the HTTP status of a code that the service model does not define; the default is 400.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None, **members: Any):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class ConnectionDroppedError(Exception):
    """The connection is closed without a response."""
