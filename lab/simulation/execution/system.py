"""The deployed system: functions, queues, streams and their event sources.

They are connected as the stack connects them.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

from lab.simulation.execution.deployment import (
    STREAM_DEAD_LETTERS,
    Deployment,
    Function,
    QueueSource,
    StreamSource,
)
from lab.simulation.execution.event_sources import QueuePoller, StreamPoller
from lab.simulation.execution.faults import Attempt, EnvironmentCalls, FaultPlan
from lab.simulation.execution.functions import (
    ClientFactory,
    Environment,
    Invocation,
    LogLine,
    SimulatedLogger,
    SimulatedMetrics,
    call_handler,
    composed_per_environment,
)
from lab.simulation.execution.queues import QueueFaults, SimulatedQueue
from lab.simulation.execution.randomness import Randomness, repeatable
from lab.simulation.execution.scheduler import Scheduler
from lab.simulation.trace import Trace

_COLD_START = (0.3, 0.9)
_RECYCLED = 0.01
"""The share of invocations after which Lambda removes an idle execution environment."""
_TIMER_PRECISION = 60.0
"""A schedule fires within a minute.

Source: "What is Amazon EventBridge Scheduler?" in its user guide.
"""


class SimulatedSystem:
    """A stack that runs in virtual time."""

    def __init__(
        self,
        deployment: Deployment,
        *,
        scheduler: Scheduler,
        randomness: Randomness,
        plan: FaultPlan,
        queue_faults: QueueFaults,
        trace: Trace,
    ) -> None:
        self.deployment = deployment
        self.scheduler = scheduler
        self.randomness = randomness
        self.trace = trace
        self.observers: list[Callable[[Attempt], None]] = []
        self.on_stop: Callable[[Environment], None] = lambda _environment: None
        self.on_log: Callable[[LogLine], None] = lambda _line: None
        self.on_dead_letter: Callable[[str, str], None] = lambda _queue, _body: None
        self.metrics: dict[tuple[str, str], float] = {}
        self.calls: Counter[tuple[str, str, str]] = Counter()
        """How often each function made each call, attempts included."""
        self.invocations: Counter[str] = Counter()
        self.stops: Counter[str] = Counter()
        """How often invocations were stopped, by reason."""
        self._plan = plan
        self._random: Random = randomness.of("invocations")
        self._idle: dict[str, list[Environment]] = {function.name: [] for function in deployment.functions}
        self._environments = 0
        self._schedules: dict[str, int] = {}
        self._shown_schedules = 0
        self.queues = {
            name: SimulatedQueue(
                queue,
                scheduler,
                randomness.of(f"queue {name}"),
                queue_faults,
                on_dead_letter=lambda name, message: self._dead_letter(name, message.body),
            )
            for name, queue in deployment.queues.items()
        }
        self._queue_pollers = [
            QueuePoller(
                function.name,
                function.source,
                self.queues[function.source.queue],
                invoke=self.invoke,
                scheduler=scheduler,
                random=randomness.of(f"poller {function.name}"),
            )
            for function in deployment.functions
            if isinstance(function.source, QueueSource)
        ]
        self._stream_pollers = [
            StreamPoller(
                function.name,
                function.source,
                invoke=self.invoke,
                dead_letter=lambda name, records: self._dead_letter(
                    STREAM_DEAD_LETTERS, f"{name}: {len(records)} records"
                ),
                scheduler=scheduler,
                random=randomness.of(f"poller {function.name}"),
            )
            for function in deployment.functions
            if isinstance(function.source, StreamSource)
        ]

    @contextmanager
    def running(self, make_client: ClientFactory) -> Iterator[None]:
        """Makes the process run the functions of this system alone."""
        with (
            repeatable(self.randomness, self.scheduler.sleep),
            composed_per_environment(self.deployment.functions, self.scheduler, make_client),
        ):
            yield

    @property
    def redelivered(self) -> int:
        """How many messages and records were delivered again because they had not been handled."""
        queues = sum(queue.redelivered for queue in self.queues.values())
        return queues + sum(poller.redelivered for poller in self._stream_pollers)

    @property
    def idle(self) -> bool:
        """Whether no message waits and no function runs."""
        return (
            all(queue.idle for queue in self.queues.values())
            and all(poller.idle for poller in self._queue_pollers)
            and all(poller.idle for poller in self._stream_pollers)
        )

    def invoke(
        self, function: str, event: Mapping[str, Any], ended: Callable[[Invocation], None] = lambda _: None
    ) -> None:
        """Invokes a function in an idle execution environment, or in a new one."""
        idle = self._idle[function]
        if idle:
            environment, cold = idle.pop(), 0.0
        else:
            environment, cold = (
                self._new_environment(self.deployment.function(function)),
                self._random.uniform(*_COLD_START),
            )
        self.invocations[function] += 1
        invocation = Invocation(
            f"{environment.name}/{self.invocations[function]}",
            event,
            self.scheduler.now + cold,
            self.scheduler.now + cold + environment.function.timeout,
            ended,
        )
        environment.invocation = invocation
        self.trace.add(self.scheduler.now, environment.name, "invoked with", len(event["Records"]))

        def work() -> None:
            try:
                invocation.response = call_handler(environment, invocation, self.scheduler)
            except Exception as error:  # noqa: BLE001 - Lambda reports it to the event source
                invocation.error = error
            if not environment.stopped:
                self._end(environment)

        environment.tasks = [self.scheduler.start(environment.name, work, owner=environment, after=cold)]
        self.scheduler.after(
            invocation.ends - self.scheduler.now, lambda: self._time_out(environment, invocation)
        )

    def stop(self, environment: Environment, reason: str) -> None:
        """Stops an execution environment at once. A current task has to raise `Crashed`."""
        if environment.stopped:
            return
        environment.stopped = True
        self.stops[reason] += 1
        self.on_stop(environment)
        invocation = environment.invocation
        for task in environment.tasks:
            self.scheduler.kill(task)
        if invocation is not None:
            invocation.stopped = reason
            self._end(environment)

    def send(self, queue: str, body: str, *, delay: float = 0.0) -> str:
        """Sends a message to a queue, and returns its id."""
        return self.queues[queue].send(body, delay=delay)

    def notify(self, queue: str, message: Mapping[str, Any]) -> None:
        """Publishes a message to the topic of a queue. SNS stamps and delivers it."""
        envelope = {
            "Type": "Notification",
            "Message": json.dumps(message),
            "Timestamp": self.scheduler.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        body = json.dumps(envelope)
        self.scheduler.after(self._random.uniform(0.02, 0.15), lambda: self._deliver(queue, body))

    def _deliver(self, queue: str, body: str) -> None:
        self.send(queue, body)

    def table_changed(self, table: str, keys: Mapping[str, Any], record: dict[str, Any]) -> None:
        """Adds a record to the stream of a table, for each of its consumers."""
        for poller in self._stream_pollers:
            if poller.table == table:
                poller.put(json.dumps(next(iter(keys.values()))), record)

    def has_schedule(self, name: str) -> bool:
        """Returns whether a schedule exists."""
        return name in self._schedules

    def set_schedule(self, name: str, expression: str, target: Mapping[str, Any]) -> None:
        """Sets a one-time schedule, which replaces one of the same name."""
        at = datetime.strptime(expression, "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC)
        self._shown_schedules += 1
        version = self._schedules[name] = self._shown_schedules
        late = self._random.uniform(0, _TIMER_PRECISION)

        def fire() -> None:
            # Completed schedules stay, because their ActionAfterCompletion is NONE.
            if self._schedules.get(name) == version:
                self.send(target["Arn"].rpartition(":")[2], target["Input"])

        self.scheduler.after(max(0.0, (at - self.scheduler.time).total_seconds()) + late, fire)

    def delete_schedule(self, name: str) -> None:
        """Deletes a schedule."""
        self._schedules.pop(name, None)

    def _end(self, environment: Environment) -> None:
        invocation, environment.invocation = environment.invocation, None
        if invocation is None:
            return
        outcome = invocation.stopped or (type(invocation.error).__name__ if invocation.error else "returned")
        self.trace.add(self.scheduler.now, environment.name, outcome)
        if not environment.stopped and self._random.random() >= _RECYCLED:
            self._idle[environment.function.name].append(environment)
        else:
            environment.stopped = True
        invocation.ended(invocation)

    def _time_out(self, environment: Environment, invocation: Invocation) -> None:
        if environment.invocation is invocation:
            self.stop(environment, "timeout")

    def _new_environment(self, function: Function) -> Environment:
        self._environments += 1
        environment = Environment(
            f"{function.name}/{self._environments}", function, self.deployment.variables(function)
        )
        environment.calls = EnvironmentCalls(
            environment,
            scheduler=self.scheduler,
            random=self.randomness.of(f"calls {environment.name}"),
            plan=self._plan,
            stop=self.stop,
            observe=self._observe,
        )
        environment.logger = SimulatedLogger(function.name, self._log)
        environment.metrics = SimulatedMetrics(function.name, self.metrics)
        return environment

    def _log(self, line: LogLine) -> None:
        self.trace.add(self.scheduler.now, line.function, line.message, *line.fields.values())
        self.on_log(line)

    def _observe(self, attempt: Attempt) -> None:
        self.calls[attempt.environment.function.name, attempt.service, attempt.operation] += 1
        self.trace.add_attempt(self.scheduler.now, attempt)
        for observer in self.observers:
            observer(attempt)

    def _dead_letter(self, queue: str, body: str) -> None:
        self.trace.add(self.scheduler.now, queue, "dead letter", body)
        self.on_dead_letter(queue, body)
