"""Offers the free seats of a shift to its waiting list, the first employee first."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shift_sms_runtime.records import record

MAX_WAITING_LIST_LENGTH = 100


@record
class Offer:
    """A seat that is held for one employee of the waiting list."""

    since: datetime
    """When the seat was offered. It identifies the notice."""
    until: datetime
    """When the offer ends. The seat stays held until a reconciliation after that time."""


def keep_offers(
    offers: Mapping[str, Offer], waiting: Sequence[str], seats: int
) -> tuple[dict[str, Offer], tuple[str, ...]]:
    """Returns the offers for which there are seats, and the waiting list.

    An employee whose offered seat an operator gave away waits first.

    Args:
        offers: the offers by phone number.
        waiting: the phone numbers on the waiting list.
        seats: the number of seats without a holder.
    """
    by_age = sorted(offers.items(), key=lambda item: item[1].since)
    returned = (number for number, _ in by_age[seats:])
    return dict(by_age[:seats]), (*returned, *waiting)


def offer_seats(
    offers: Mapping[str, Offer], waiting: Sequence[str], free_seats: int, new_offer: Offer
) -> tuple[dict[str, Offer], tuple[str, ...]]:
    """Returns the offers and the waiting list after each free seat was offered."""
    next_numbers, still_waiting = waiting[:free_seats], waiting[free_seats:]
    return {**offers, **dict.fromkeys(next_numbers, new_offer)}, tuple(still_waiting)
