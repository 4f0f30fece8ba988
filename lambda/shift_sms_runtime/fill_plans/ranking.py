"""The order in which a fill plan texts employees.

It depends on the stored inputs alone, so that computing it again gives the same order.
"""

import hashlib
from collections.abc import Iterable

from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

_NOT_KNOWN = "9999"
"""Orders employees without `hired_at` after all others."""


@record
class RankingInputs:
    """What the order of one employee depends on."""

    phone_number: str
    contacts: int = 0
    """The texts of fill plans in the last 30 days."""
    last_contact: str = ""
    """When the last text of a fill plan was planned, in ISO 8601 and UTC; empty if none is known."""
    hired_at: str = ""
    """The date in ISO 8601; empty if it is missing or wrong."""
    minutes: int = 0
    """The booked minutes in the week of the shift."""


def ranked(inputs: Iterable[RankingInputs], order: FillOrder, *, seed: str) -> list[RankingInputs]:
    """Returns the employees in the order in which they are texted.

    Ties are in the order of the fewest texts in 30 days, and then of the phone number.

    Args:
        inputs: The inputs, in any order.
        order: The order of the plan.
        seed: Makes the order `random` one of its own: the campaign id of the plan.
    """

    def key(one: RankingInputs) -> tuple[object, ...]:
        return (*_key(one, order, seed), one.contacts, one.phone_number)

    return sorted(inputs, key=key)


def _key(one: RankingInputs, order: FillOrder, seed: str) -> tuple[object, ...]:
    match order:
        case FillOrder.BROADCAST:
            return ()
        case FillOrder.SENIORITY:
            return (one.hired_at or _NOT_KNOWN,)
        case FillOrder.ROTATION:
            return (one.last_contact,)
        case FillOrder.FEWEST_HOURS:
            return (one.minutes,)
        case FillOrder.RANDOM:
            return (hashlib.sha256(f"{seed}#{one.phone_number}".encode()).hexdigest(),)
