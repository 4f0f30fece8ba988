"""Things that go wrong on purpose, so that every outcome a caller must survive can be had on demand."""

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
    """A valid and permitted call, about to take effect or just after it did.

    `peer` is the caller's address; on this machine it identifies the calling process.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    peer: tuple[str, int]
    connection: socket.socket


class Moment(Enum):
    """When a fault strikes."""

    BEFORE_EFFECT = "before"
    AFTER_EFFECT = "after"


@dataclass(kw_only=True, eq=False)
class Fault:
    """A rule: what happens to which calls. `struck` are the parameters of the calls it happened to.

    `act` gets the call and may do anything: raise what the caller shall be answered, or kill it.
    `times` is how often the rule applies, None for always. It applies to a `share` (0 to 1) of the calls it is asked
    about, and chooses them by `seed`: in every run the same, counted in the order in which they come, and other ones
    than another kind of rule does.
    """

    operation: str
    act: Callable[[ApiCall], None]
    when: Moment = Moment.BEFORE_EFFECT
    matches: Callable[[Mapping[str, Any]], bool] = lambda _parameters: True
    times: int | None = None
    share: float = 1.0
    seed: int = 0
    struck: list[Mapping[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        act = getattr(self.act, "__name__", "")
        self._chance = Random(f"{self.seed}/{self.operation}/{self.when}/{act}")  # noqa: S311 - for accidents

    @property
    def hits(self) -> int:
        return len(self.struck)

    @property
    def destinations(self) -> list[str]:
        """Whom the texts and calls that were struck were for, in that order."""
        return [parameters["DestinationPhoneNumber"] for parameters in self.struck]

    def applies(self, call: ApiCall, moment: Moment) -> bool:
        return (
            self.when is moment
            and self.operation == call.operation
            and (self.times is None or self.hits < self.times)
            and self.matches(call.parameters)
            and (self.share >= 1 or self._chance.random() < self.share)
        )


class Faults:
    """The rules in force; the first that applies to a call is the one that acts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._rules.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def strike(self, moment: Moment, call: ApiCall) -> None:
        with self._lock:
            rule = next((rule for rule in self._rules if rule.applies(call, moment)), None)
            if rule is None:
                return
            rule.struck.append(call.parameters)
        rule.act(call)


def throttle(call: ApiCall) -> None:
    """Answer that the rate is exceeded, as the service of `call` says it."""
    if call.service == "pinpoint-sms-voice-v2":
        raise ServiceError("ThrottlingException", "Rate exceeded")
    raise ServiceError("TooManyRequestsException", "Too Many Requests", status=429)


def internal_error(call: ApiCall) -> None:
    """Answer 500, as the service of `call` says it."""
    codes = {
        "pinpoint-sms-voice-v2": "InternalServerException",
        "connect": "InternalServiceException",
        "pinpoint": "InternalServerErrorException",
    }
    raise ServiceError(codes[call.service], "Internal server error", status=500)


def refuse(code: str, message: str, **members: Any) -> Callable[[ApiCall], None]:
    """Answer with an error of the API, for reasons the network does not model."""

    def act(_call: ApiCall) -> None:
        raise ServiceError(code, message, **members)

    return act


def drop_connection(_call: ApiCall) -> None:
    """Answer nothing and hang up."""
    raise ConnectionDroppedError


def hang(call: ApiCall) -> None:
    """Answer nothing until the caller gives up or dies."""
    call.connection.recv(1, socket.MSG_PEEK)
    raise ConnectionDroppedError
