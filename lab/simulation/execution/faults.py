"""Carries the calls of functions to the services.

Draws their latency and their faults from the seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from lab.simulation.aws.calls import Response
from lab.simulation.aws.faults import Crashed, Fault, carry_out
from lab.simulation.execution.functions import Environment
from lab.simulation.execution.queues import QueueFaults
from lab.simulation.execution.scheduler import Scheduler

_LATENCIES: Mapping[str, tuple[float, float]] = {
    "dynamodb": (0.002, 0.012),
    "sqs": (0.004, 0.02),
    "scheduler": (0.01, 0.06),
    "pinpoint-sms-voice-v2": (0.03, 0.12),
    "connect": (0.05, 0.2),
}
"""The shortest and the longest usual duration of a call in seconds."""

_CONNECT_TIMEOUT, _READ_TIMEOUT = 2.0, 5.0
"""As in `aws/clients.py`."""


@dataclass(frozen=True)
class FaultRates:
    """The share of calls that have each fault.

    Also the share of messages that are duplicated or delayed.
    """

    calls: Mapping[Fault, float] = field(default_factory=dict)
    freezes: float = 0.0
    """The share of calls before which the function stands still."""
    longest_freeze: float = 40.0
    queues: QueueFaults = field(default_factory=QueueFaults)

    @property
    def none(self) -> bool:
        return not any(self.calls.values()) and not self.freezes and self.queues == QueueFaults()


def random_faults(random: Random) -> FaultRates:
    """Draws which faults a run has, and how often."""
    kinds = random.sample(list(Fault), random.randint(1, len(Fault)))
    rate = random.choice((0.001, 0.003, 0.01))
    # A crash ends a whole invocation. With more of them, a work item of fifty recipients would use up its receives.
    crashes = {Fault.CRASH_BEFORE: rate / 4, Fault.CRASH_AFTER: rate / 4}
    return FaultRates(
        {fault: crashes.get(fault, rate) for fault in kinds},
        freezes=random.choice((0.0, 0.0, 0.002)),
        queues=QueueFaults(
            duplicates=random.choice((0.0, 0.02, 0.1)),
            delays=random.choice((0.0, 0.05, 0.2)),
        ),
    )


@dataclass
class Attempt:
    """One attempt at a call, as observers see it."""

    environment: Environment
    service: str
    operation: str
    request: Mapping[str, Any]
    task: str
    """The task that makes it: an invocation, or one of its threads."""
    fault: Fault | None = None
    frozen: bool = False
    """Whether the function stood still before it."""
    response: Response | None = None
    """None unless the call took effect."""
    error: BaseException | None = None
    """What the function got instead of the response."""


class FaultPlan(Protocol):
    """Decides which attempts fail, and how."""

    def choose(
        self, environment: Environment, service: str, operation: str, request: Mapping[str, Any]
    ) -> Fault | None:
        """Returns the fault of the next attempt."""

    def freeze(self) -> float:
        """Returns for how many seconds the function stands still before the next attempt."""


class RandomFaults:
    """Faults at random."""

    def __init__(self, rates: FaultRates, random: Random) -> None:
        self._random = random
        self._rates = rates
        self._total = sum(rates.calls.values())

    def choose(
        self,
        environment: Environment,  # noqa: ARG002 - the protocol's
        service: str,  # noqa: ARG002 - the protocol's
        operation: str,  # noqa: ARG002 - the protocol's
        request: Mapping[str, Any],  # noqa: ARG002 - the protocol's
    ) -> Fault | None:
        """See `FaultPlan.choose`."""
        if not self._total:
            return None
        drawn = self._random.random()
        if drawn >= self._total:
            return None
        for fault, rate in self._rates.calls.items():
            if drawn < rate:
                return fault
            drawn -= rate
        return None

    def freeze(self) -> float:
        """See `FaultPlan.freeze`."""
        if not self._rates.freezes or self._random.random() >= self._rates.freezes:
            return 0.0
        return self._random.uniform(1.0, self._rates.longest_freeze)


@dataclass(frozen=True)
class Crash:
    """A crash at one call of a run."""

    call: int
    """Counted from 0 over all functions, with repeated attempts."""
    after: bool
    """Whether the call takes effect before the crash."""


class OneCrash:
    """Ends one call of a run with a crash."""

    def __init__(self, crash: Crash) -> None:
        self._crash = crash
        self._calls = 0

    def choose(
        self,
        environment: Environment,  # noqa: ARG002 - the protocol's
        service: str,  # noqa: ARG002 - the protocol's
        operation: str,  # noqa: ARG002 - the protocol's
        request: Mapping[str, Any],  # noqa: ARG002 - the protocol's
    ) -> Fault | None:
        """See `FaultPlan.choose`."""
        self._calls += 1
        if self._calls != self._crash.call + 1:
            return None
        return Fault.CRASH_AFTER if self._crash.after else Fault.CRASH_BEFORE

    def freeze(self) -> float:
        """See `FaultPlan.freeze`."""
        return 0.0


class EnvironmentCalls:
    """The calls of one execution environment."""

    def __init__(
        self,
        environment: Environment,
        *,
        scheduler: Scheduler,
        random: Random,
        plan: FaultPlan,
        stop: Callable[[Environment, str], None],
        observe: Callable[[Attempt], None],
    ) -> None:
        self._environment = environment
        self._scheduler = scheduler
        self._random = random
        self._plan = plan
        self._stop = stop
        self._observe = observe

    def call(
        self, service: str, operation: str, request: Mapping[str, Any], effect: Callable[[], Response]
    ) -> Response:
        """See `Calls.call`."""
        if self._environment.stopped:
            raise Crashed
        shortest, longest = _LATENCIES[service]
        before, after = (
            self._random.uniform(shortest, longest) / 2,
            self._random.uniform(shortest, longest) / 2,
        )
        fault = self._plan.choose(self._environment, service, operation, request)
        if fault is Fault.TIMEOUT_BEFORE:
            before += _CONNECT_TIMEOUT
        freeze = self._plan.freeze()
        self._scheduler.sleep(before + freeze)
        task = self._scheduler.current
        attempt = Attempt(
            self._environment,
            service,
            operation,
            request,
            task.name if task else "",
            fault,
            frozen=freeze > 0,
        )
        try:
            response = self._carry_out(attempt, effect)
        except Crashed as error:
            attempt.error = error
            self._observe(attempt)
            self._stop(self._environment, "crash")
            raise
        except Exception as error:
            attempt.error = error
            self._observe(attempt)
            self._scheduler.sleep(after + (_READ_TIMEOUT if fault is Fault.TIMEOUT_AFTER else 0.0))
            raise
        self._observe(attempt)
        self._scheduler.sleep(after)
        return response

    def _carry_out(self, attempt: Attempt, effect: Callable[[], Response]) -> Response:
        def recorded() -> Response:
            attempt.response = effect()
            return attempt.response

        if attempt.fault is None:
            return recorded()
        if attempt.fault is Fault.SERVER_ERROR and self._random.random() < 0.5:
            # AWS does not say whether a request took effect that ended with a server error.
            recorded()
        return carry_out(attempt.fault, attempt.service, attempt.operation, recorded)

    def wait(self, seconds: float) -> None:
        """See `Calls.wait`."""
        self._scheduler.sleep(seconds)
