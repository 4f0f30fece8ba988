"""Execution environments of functions: the real handlers.

Each has its own service, clients and variables.
"""

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from unittest import mock

from lab.simulation.aws.calls import Calls
from lab.simulation.execution.deployment import Function
from lab.simulation.execution.scheduler import Scheduler, Task
from shift_sms_runtime import composition, telemetry
from shift_sms_runtime.handlers import batch


class ClientFactory(Protocol):
    """Makes the client of a service for one execution environment."""

    def __call__(self, service: str, *, calls: Calls, max_attempts: int) -> Any: ...


@dataclass
class Invocation:
    """One invocation of a function."""

    request_id: str
    event: Mapping[str, Any]
    began: float
    ends: float
    """When Lambda stops it."""
    ended: Callable[["Invocation"], None]
    """Settles it at its event source."""
    response: Any = None
    error: Exception | None = None
    stopped: str = ""
    """Why it was stopped: a crash or the timeout; empty if it returned."""


@dataclass
class LogLine:
    """A line of a function's log, with its fields."""

    function: str
    level: str
    message: str
    fields: Mapping[str, object]


@dataclass(eq=False)
class Environment:
    """An execution environment. It handles one invocation at a time."""

    name: str
    function: Function
    variables: Mapping[str, str]
    calls: Calls = field(init=False, repr=False)
    services: dict[str, Any] = field(default_factory=dict, repr=False)
    tasks: list[Task] = field(default_factory=list, repr=False)
    invocation: Invocation | None = None
    stopped: bool = False
    logger: "SimulatedLogger" = field(init=False, repr=False)
    metrics: "SimulatedMetrics" = field(init=False, repr=False)


class SimulatedLogger:
    """The functions' logger. It keeps the lines."""

    def __init__(self, function: str, write: Callable[[LogLine], None]) -> None:
        self._function = function
        self._write = write

    def info(self, message: str, **fields: object) -> None:
        self._write(LogLine(self._function, "info", message, fields))

    def warning(self, message: str, **fields: object) -> None:
        self._write(LogLine(self._function, "warning", message, fields))

    def error(self, message: str, **fields: object) -> None:
        self._write(LogLine(self._function, "error", message, fields))


class SimulatedMetrics:
    """The functions' metrics. It adds them up by function and name."""

    def __init__(self, function: str, totals: dict[tuple[str, str], float]) -> None:
        self._function = function
        self._totals = totals
        self.metric_set: dict[str, float] = {}

    def add_metric(self, name: str, unit: object, value: float) -> None:  # noqa: ARG002 - the signature of the runtime's metrics
        self.metric_set[name] = self.metric_set.get(name, 0) + value

    def flush_metrics(self) -> None:
        for name, value in self.metric_set.items():
            key = (self._function, name)
            self._totals[key] = self._totals.get(key, 0) + value
        self.metric_set.clear()


@dataclass
class LambdaContext:
    """The context that Lambda passes to a handler."""

    function_name: str
    aws_request_id: str
    scheduler: Scheduler
    ends: float
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:simulated"

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends - self.scheduler.now) * 1000)


def current_environment(scheduler: Scheduler) -> Environment:
    """Returns the execution environment whose task runs."""
    task = scheduler.current
    if task is None or not isinstance(task.owner, Environment):
        raise RuntimeError("no function runs")
    return task.owner


def call_handler(environment: Environment, invocation: Invocation, scheduler: Scheduler) -> Any:
    """Calls the handler of a function."""
    module = importlib.import_module(f"shift_sms_runtime.handlers.{environment.function.name}")
    context = LambdaContext(environment.function.name, invocation.request_id, scheduler, invocation.ends)
    return module.handler(invocation.event, context)


class _Boto3:
    """Replaces `boto3` in composition: makes clients of the current execution environment."""

    def __init__(self, scheduler: Scheduler, make_client: ClientFactory) -> None:
        self._scheduler = scheduler
        self._make_client = make_client

    def client(self, service: str, *, config: Any) -> Any:
        environment = current_environment(self._scheduler)
        return self._make_client(
            service, calls=environment.calls, max_attempts=config.retries["total_max_attempts"]
        )


@contextmanager
def composed_per_environment(
    functions: Iterable[Function], scheduler: Scheduler, make_client: ClientFactory
) -> Iterator[None]:
    """Makes composition build a service per execution environment.

    Clients, clock, log and metrics are simulated.
    """
    for function in functions:
        importlib.import_module(f"shift_sms_runtime.handlers.{function.name}")
    replaced: dict[Any, Any] = {
        telemetry.logger: lambda: current_environment(scheduler).logger,
        telemetry.metrics: lambda: current_environment(scheduler).metrics,
        batch.run_concurrently: lambda function, records: _run_in_tasks(scheduler, function, records),
    }
    services = {
        name: value
        for name, value in vars(composition).items()
        if hasattr(value, "cache_clear") and value.__module__ == composition.__name__
    }
    overrides: Any = {
        "boto3": _Boto3(scheduler, make_client),
        "_now": lambda: scheduler.time,
        **{name: _per_environment(name, build, scheduler) for name, build in services.items()},
    }
    with (
        mock.patch.multiple(composition, **overrides),
        replaced_everywhere(replaced),
    ):
        yield


def _run_in_tasks(
    scheduler: Scheduler, function: Callable[[Any], bool], records: Sequence[Any]
) -> list[bool]:
    """Handles every record in a task of its own, instead of a thread."""
    if len(records) == 1:
        return [function(records[0])]
    environment = current_environment(scheduler)
    results = [False] * len(records)

    def handle(place: int) -> None:
        results[place] = function(records[place])

    tasks = [
        scheduler.start(f"{environment.name}#{place}", partial(handle, place), owner=environment)
        for place in range(len(records))
    ]
    environment.tasks += tasks
    scheduler.join(tasks)
    return results


def _per_environment(name: str, build: Any, scheduler: Scheduler) -> Callable[[], Any]:
    def service() -> Any:
        environment = current_environment(scheduler)
        if name not in environment.services:
            with mock.patch.dict(os.environ, environment.variables):
                environment.services[name] = build.__wrapped__()
        return environment.services[name]

    return service


@contextmanager
def replaced_everywhere(replaced: Mapping[Any, Any]) -> Iterator[None]:
    """Replaces functions in every module of the runtime that has imported them."""
    found = [
        (module, name, value)
        for module_name, module in sorted(sys.modules.items())
        if module_name.startswith("shift_sms_runtime.")
        for name, value in list(vars(module).items())
        if callable(value) and getattr(value, "__hash__", None) and value in replaced
    ]
    for module, name, value in found:
        setattr(module, name, replaced[value])
    try:
        yield
    finally:
        for module, name, value in found:
            setattr(module, name, value)
