"""The reasons for which a simulated table refuses a request."""

from collections.abc import Mapping
from typing import Any


class Invalid(Exception):
    """DynamoDB rejects the request with a ValidationException."""


class DoesNotFitItem(Invalid):
    """The write is well formed, but does not fit the present item. It cancels a transaction."""


class ConditionFailed(Exception):
    """The condition of a write does not hold.

    `item` is the row that it was evaluated on; None if there is none.
    """

    def __init__(self, item: Mapping[str, Any] | None) -> None:
        super().__init__("The conditional request failed")
        self.item = item
