"""What a service contributes to the network: operations, and how it words a refusal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.validation import Violation

Parameters = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of an API.

    `resources` gives the ARNs IAM is asked about, `perform` takes effect and returns the response,
    `invalid` words the error for a request that breaks the service's model.
    """

    action: str
    resources: Callable[[Parameters], Sequence[str]]
    perform: Callable[[Parameters], Mapping[str, Any]]
    invalid: Callable[[Sequence[Violation]], ServiceError]
