"""Names the calls that functions make, and gives one of them a fault."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from lab.simulation.aws.faults import Fault
from lab.simulation.execution.functions import Environment, Invocation

_CALLERS = ("shift_sms_runtime.tables.", "shift_sms_runtime.aws.")
_ATTEMPTS = 3
"""As many as `aws/clients.py` allows, so that the call fails."""
_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass(frozen=True, order=True)
class DependencyCall:
    """A call of one function: the operation, and the method of `tables` or `aws` that makes it."""

    function: str
    method: str
    queue: str
    """The queue of a message; otherwise empty."""
    service: str
    operation: str


@dataclass(frozen=True, order=True)
class Use:
    """The use of one permission: an action on a table, an index or a queue.

    Other resources have no name.
    """

    function: str
    action: str
    resource: str


def call_of(
    environment: Environment, service: str, operation: str, request: Mapping[str, Any]
) -> DependencyCall:
    """Returns which call the current attempt belongs to."""
    method = ""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(_CALLERS):
            method = frame.f_code.co_qualname
        elif method:
            break
        frame = frame.f_back
    name = method.partition(".<locals>")[0]
    return DependencyCall(environment.function.name, name, _queue(request), service, operation)


def _queue(request: Mapping[str, Any]) -> str:
    return str(request.get("QueueUrl", "")).rpartition("/")[2]


def _uses(function: str, operation: str, request: Mapping[str, Any]) -> Iterator[Use]:
    if operation == "TransactWriteItems":
        for action in request["TransactItems"]:
            for kind, part in action.items():
                yield Use(function, _ACTIONS[kind], part["TableName"])
    elif operation == "BatchGetItem":
        yield from (Use(function, operation, table) for table in request["RequestItems"])
    else:
        index = f"/index/{request['IndexName']}" if "IndexName" in request else ""
        yield Use(function, operation, f"{request.get('TableName', '')}{index}{_queue(request)}")


class RecordCalls:
    """Injects nothing. Records every call, and the permissions that it uses."""

    def __init__(self) -> None:
        self.calls: set[DependencyCall] = set()
        self.uses: set[Use] = set()

    def choose(
        self, environment: Environment, service: str, operation: str, request: Mapping[str, Any]
    ) -> Fault | None:
        """See `FaultPlan.choose`."""
        self.calls.add(call_of(environment, service, operation, request))
        self.uses.update(_uses(environment.function.name, operation, request))
        return None

    def freeze(self) -> float:
        """See `FaultPlan.freeze`."""
        return 0.0


class OneFault(RecordCalls):
    """Injects a fault into the first call of a kind.

    The fault hits its first attempt, or all of them.
    """

    def __init__(
        self,
        call: DependencyCall,
        fault: Fault,
        *,
        all_attempts: bool,
        after: "OneFault | None" = None,
    ) -> None:
        """Plans a fault.

        Args:
            call: The call.
            fault: The fault.
            all_attempts: Whether every attempt at the call has the fault.
            after: A fault that comes first.
        """
        super().__init__()
        self.injected = 0
        self._call = call
        self._fault = fault
        self._most = _ATTEMPTS if all_attempts else 1
        self._after = after
        self._invocation: Invocation | None = None
        self._ended = False

    def choose(
        self, environment: Environment, service: str, operation: str, request: Mapping[str, Any]
    ) -> Fault | None:
        """See `FaultPlan.choose`."""
        super().choose(environment, service, operation, request)
        if self._after is not None and not self._after.injected:
            return self._after.choose(environment, service, operation, request)
        if self._ended or (self._invocation is not None and environment.invocation is not self._invocation):
            return None
        if call_of(environment, service, operation, request) != self._call:
            # The function went on to another call.
            self._ended = self._invocation is not None
            return None
        self._invocation = environment.invocation
        self.injected += 1
        self._ended = self.injected == self._most
        return self._fault
