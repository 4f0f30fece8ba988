"""Injects faults into API calls: errors, throttling, lost responses, killed callers."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from threading import Lock
from typing import Any

from lab.phone_network.api.errors import ConnectionDroppedError, ServiceError


@dataclass(frozen=True)
class ApiCall:
    """A valid and permitted call, immediately before or after its effect.

    `peer` is the caller's address, which identifies the calling process on this machine.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    peer: tuple[str, int]
    connection: socket.socket


class Moment(Enum):
    """When a fault occurs: before or after the effect of the call."""

    BEFORE_EFFECT = "before"
    AFTER_EFFECT = "after"


@dataclass(kw_only=True, eq=False)
class Fault:
    """A rule that applies `act` to some calls.

    `affected_calls` are the parameters of those calls.

    Args:
        operation: the API operation that the rule applies to.
        act: receives the call; it can raise the error response, or kill the caller.
        when: before or after the effect of the call.
        matches: chooses calls by their parameters.
        times: how often the rule applies; None means always.
        share: the share (0 to 1) of the matching calls that the rule applies to.
        seed: chooses these calls; the choice is the same in every run, and differs between kinds of rules.
    """

    operation: str
    act: Callable[[ApiCall], None]
    when: Moment = Moment.BEFORE_EFFECT
    matches: Callable[[Mapping[str, Any]], bool] = lambda _parameters: True
    times: int | None = None
    share: float = 1.0
    seed: int = 0
    affected_calls: list[Mapping[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        act = getattr(self.act, "__name__", "")
        self._chance = Random(f"{self.seed}/{self.operation}/{self.when}/{act}")  # noqa: S311 - for accidents

    @property
    def hits(self) -> int:
        """The number of affected calls."""
        return len(self.affected_calls)

    @property
    def destinations(self) -> list[str]:
        """The destinations of the affected texts and calls, in order."""
        return [parameters["DestinationPhoneNumber"] for parameters in self.affected_calls]

    def applies(self, call: ApiCall, moment: Moment) -> bool:
        """Returns whether the rule applies to this call at this moment."""
        return (
            self.when is moment
            and self.operation == call.operation
            and (self.times is None or self.hits < self.times)
            and self.matches(call.parameters)
            and (self.share >= 1 or self._chance.random() < self.share)
        )


class Faults:
    """The rules in force; the first rule that applies to a call acts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Adds a rule and returns it."""
        with self._lock:
            self._rules.append(fault)
        return fault

    def clear(self) -> None:
        """Removes all rules."""
        with self._lock:
            self._rules.clear()

    def apply(self, moment: Moment, call: ApiCall) -> None:
        """Applies the first rule that matches the call, if any."""
        with self._lock:
            rule = next((rule for rule in self._rules if rule.applies(call, moment)), None)
            if rule is None:
                return
            rule.affected_calls.append(call.parameters)
        rule.act(call)


def throttle(call: ApiCall) -> None:
    """Raises the throttling error of the called service."""
    if call.service == "pinpoint-sms-voice-v2":
        raise ServiceError("ThrottlingException", "Rate exceeded")
    raise ServiceError("TooManyRequestsException", "Too Many Requests", status=429)


def internal_error(call: ApiCall) -> None:
    """Raises the internal error (500) of the called service."""
    codes = {
        "pinpoint-sms-voice-v2": "InternalServerException",
        "connect": "InternalServiceException",
        "pinpoint": "InternalServerErrorException",
    }
    raise ServiceError(codes[call.service], "Internal server error", status=500)


def refuse(code: str, message: str, **members: Any) -> Callable[[ApiCall], None]:
    """Returns an action that raises an error which the network does not simulate otherwise."""

    def act(_call: ApiCall) -> None:
        raise ServiceError(code, message, **members)

    return act


def drop_connection(_call: ApiCall) -> None:
    """Closes the connection without a response."""
    raise ConnectionDroppedError


def hang(call: ApiCall) -> None:
    """Sends no response until the caller disconnects."""
    call.connection.recv(1, socket.MSG_PEEK)
    raise ConnectionDroppedError
