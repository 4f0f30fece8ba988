"""Records every SendTextMessage call with its outcome.

Tests compare them with the caller's own records.
"""

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
    """The response that the caller received."""

    ACCEPTED = "accepted"
    THROTTLED = "throttled"
    REFUSED = "refused"
    FAILED = "failed"
    """An error of the service; it does not tell whether the text was sent."""
    DROPPED = "dropped"
    """No response: the connection was closed, or the caller timed out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One SendTextMessage call; `monotonic` is its start on the clock of `time.monotonic`.

    `message_id` is set if the text was sent, whatever the response was. `error` and `reason` are the code
    and the Reason of the error response, if there was one.
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
    """The attempts so far, each recorded when its call ends."""

    def __init__(self) -> None:
        self._recorded: list[Attempt] = []

    @property
    def recorded(self) -> tuple[Attempt, ...]:
        """The attempts in the order in which their calls ended."""
        return tuple(self._recorded)

    def throttled(self) -> Counter[str]:
        """Returns the number of throttled attempts by destination."""
        return Counter(
            attempt.destination for attempt in self.recorded if attempt.outcome is Outcome.THROTTLED
        )

    @contextmanager
    def recording(self, operation: str, parameters: Parameters) -> Iterator[dict[str, Any]]:
        """Records the outcome of the call in the `with` block.

        The block puts the result into the yielded dict.
        """
        result: dict[str, Any] = {}
        if operation != _OPERATION:
            yield result
            return
        started = time.monotonic()
        outcome, error = Outcome.DROPPED, None
        try:
            yield result
            outcome = Outcome.ACCEPTED
        except ServiceError as raised:
            outcome, error = _outcome(raised), raised
            raise
        finally:
            self._recorded.append(_attempt(parameters, started, result, outcome, error))


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
    started: float,
    result: Mapping[str, Any],
    outcome: Outcome,
    error: ServiceError | None,
) -> Attempt:
    return Attempt(
        destination=str(parameters.get("DestinationPhoneNumber")),
        outcome=outcome,
        monotonic=started,
        message_id=None if parameters.get("DryRun") else result.get("MessageId"),
        error=error.code if error else None,
        reason=error.members.get("Reason") if error else None,
        configuration_set=parameters.get("ConfigurationSetName"),
        context=parameters.get("Context") or {},
    )
