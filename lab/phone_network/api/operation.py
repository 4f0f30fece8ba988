"""The interface between a service and the request pipeline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.validation import Violation

Parameters = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of an API.

    Args:
        action: the IAM action.
        resources: returns the ARNs that IAM authorizes.
        perform: carries the operation out and returns the response.
        invalid: returns the error for a request that violates the service model.
    """

    action: str
    resources: Callable[[Parameters], Sequence[str]]
    perform: Callable[[Parameters], Mapping[str, Any]]
    invalid: Callable[[Sequence[Violation]], ServiceError]
