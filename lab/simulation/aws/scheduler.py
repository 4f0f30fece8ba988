"""The EventBridge Scheduler client: checks one-time schedules and passes them on.

The simulated schedules fire them.
"""

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from lab.simulation.aws.calls import Calls, Response
from lab.simulation.aws.client import SimulatedClient, check_request, client_error

_SERVICE = "scheduler"


class Schedules(Protocol):
    """The one-time schedules of the account, by name."""

    def has_schedule(self, name: str) -> bool:
        """Returns whether a schedule exists. A schedule that has fired exists until it is deleted."""

    def set_schedule(self, name: str, expression: str, target: Mapping[str, Any]) -> None:
        """Sets a schedule, which replaces one of the same name."""

    def delete_schedule(self, name: str) -> None:
        """Deletes a schedule."""


class SchedulerClient(SimulatedClient):
    """The boto3 client of EventBridge Scheduler."""

    service = _SERVICE

    def __init__(self, schedules: Schedules, *, calls: Calls | None = None, max_attempts: int = 1) -> None:
        """See `SimulatedClient`."""
        super().__init__(calls=calls, max_attempts=max_attempts)
        self._schedules = schedules
        self._tokens = itertools.count(1)
        self._created_with: dict[str, str] = {}

    def create_schedule(self, **request: Any) -> Response:
        """See CreateSchedule in the EventBridge Scheduler API reference.

        As botocore does, adds a client token.
        """
        request = {"ClientToken": f"token-{next(self._tokens)}", **request}
        return self._request("CreateSchedule", request, lambda: self._set("CreateSchedule", request))

    def update_schedule(self, **request: Any) -> Response:
        """See UpdateSchedule in the EventBridge Scheduler API reference."""
        return self._request("UpdateSchedule", request, lambda: self._set("UpdateSchedule", request))

    def delete_schedule(self, **request: Any) -> Response:
        """See DeleteSchedule in the EventBridge Scheduler API reference."""
        return self._request("DeleteSchedule", request, lambda: self._delete(request))

    def _set(self, operation: str, request: Mapping[str, Any]) -> Response:
        check_request(_SERVICE, operation, request)
        name, expression = _name(request), request["ScheduleExpression"]
        self._check_expression(operation, expression)
        exists = self._schedules.has_schedule(name)
        if operation == "UpdateSchedule" and not exists:
            raise _not_found(operation, name)
        if (
            operation == "CreateSchedule"
            and exists
            and self._created_with.get(name) != request["ClientToken"]
        ):
            raise client_error(
                _SERVICE, operation, "ConflictException", f"Schedule {name} already exists.", status=409
            )
        self._schedules.set_schedule(name, expression, request["Target"])
        if operation == "CreateSchedule":
            self._created_with[name] = request["ClientToken"]
        return {"ScheduleArn": f"arn:aws:scheduler:us-east-1:123456789012:schedule/{name}"}

    def _check_expression(self, operation: str, expression: str) -> None:
        try:
            datetime.strptime(expression, "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC)
        except ValueError:
            raise client_error(
                _SERVICE, operation, "ValidationException", f"Invalid Schedule Expression {expression}."
            ) from None

    def _delete(self, request: Mapping[str, Any]) -> Response:
        check_request(_SERVICE, "DeleteSchedule", request)
        name = _name(request)
        if not self._schedules.has_schedule(name):
            raise _not_found("DeleteSchedule", name)
        self._schedules.delete_schedule(name)
        return {}


def _name(request: Mapping[str, Any]) -> str:
    """Returns the name of a schedule with its group, in which names are unique."""
    return f"{request['GroupName']}/{request['Name']}"


def _not_found(operation: str, name: str) -> Exception:
    return client_error(
        _SERVICE, operation, "ResourceNotFoundException", f"Schedule {name} does not exist.", status=404
    )
