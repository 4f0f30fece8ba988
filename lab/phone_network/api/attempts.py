"""Every attempt to send a text and what the caller was told, so that a test can compare with what it believes."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.operation import Parameters

_OPERATION = "SendTextMessage"


class Outcome(Enum):
    """What the caller was told."""

    ACCEPTED = "accepted"
    THROTTLED = "throttled"
    REFUSED = "refused"
    FAILED = "failed"
    """An error of the service, which leaves open whether the text was sent."""
    DROPPED = "dropped"
    """Nothing: the connection was closed, or the caller gave up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One SendTextMessage; `monotonic` is when it came, on the clock of `time.monotonic`.

    `message_id` is the text's if it was sent, whatever the caller was told. `error` is the code of the error
    and `reason` its Reason, if it was answered one.
    """

    destination: str
    outcome: Outcome
    monotonic: float
    message_id: str | None
    error: str | None
    reason: str | None
    configuration_set: str | None
    context: Mapping[str, str]


class Attempts:
    """The attempts so far, each noted when its call came to an end."""

    def __init__(self) -> None:
        self._noted: list[Attempt] = []

    @property
    def noted(self) -> tuple[Attempt, ...]:
        return tuple(self._noted)

    def throttled(self) -> Counter[str]:
        """Count the throttled attempts by destination."""
        return Counter(one.destination for one in self.noted if one.outcome is Outcome.THROTTLED)

    @contextmanager
    def noting(self, operation: str, parameters: Parameters) -> Iterator[dict[str, Any]]:
        """Note how the call that happens inside ends; its result belongs into what is yielded."""
        result: dict[str, Any] = {}
        if operation != _OPERATION:
            yield result
            return
        began = time.monotonic()
        outcome, error = Outcome.DROPPED, None
        try:
            yield result
            outcome = Outcome.ACCEPTED
        except ServiceError as raised:
            outcome, error = _outcome(raised), raised
            raise
        finally:
            self._noted.append(_attempt(parameters, began, result, outcome, error))


def _outcome(error: ServiceError) -> Outcome:
    match error.code:
        case "ThrottlingException":
            return Outcome.THROTTLED
        case "InternalServerException":
            return Outcome.FAILED
        case _:
            return Outcome.REFUSED


def _attempt(
    parameters: Parameters,
    began: float,
    result: Mapping[str, Any],
    outcome: Outcome,
    error: ServiceError | None,
) -> Attempt:
    return Attempt(
        destination=str(parameters.get("DestinationPhoneNumber")),
        outcome=outcome,
        monotonic=began,
        message_id=None if parameters.get("DryRun") else result.get("MessageId"),
        error=error.code if error else None,
        reason=error.members.get("Reason") if error else None,
        configuration_set=parameters.get("ConfigurationSetName"),
        context=parameters.get("Context") or {},
    )
