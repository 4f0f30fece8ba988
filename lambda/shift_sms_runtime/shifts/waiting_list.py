"""Offers the free seats of a shift to the employees on its waiting list, the first one first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

MAX_WAITING_LIST_LENGTH = 100


@dataclass(frozen=True)
class Offer:
    """A seat that is held for one employee of the waiting list."""

    since: datetime
    until: datetime
    notified: bool = False
    """Whether the employee was texted. If not, the offer is extended when it expires."""
    refused: bool = False
    """Whether the messaging service refused the text. If so, the employee waits last when the offer expires."""


def extend_offers(
    offers: Mapping[str, Offer], waiting: Sequence[str], seats: int, now: datetime, extended_until: datetime
) -> tuple[dict[str, Offer], tuple[str, ...]]:
    """Returns the offers that are valid, and the waiting list.

    An expired offer is extended if its text was neither sent nor refused. An employee whose offered seat an
    operator gave away waits first. An employee whom the messaging service refused to text waits last.

    Args:
        offers: the offers by phone number.
        waiting: the phone numbers on the waiting list.
        seats: the number of seats without a holder.
        now: the current time.
        extended_until: the deadline of an offer that is extended.
    """
    by_age = sorted(offers.items(), key=lambda item: item[1].since)
    valid = {
        # `since` stays, because it identifies the notice: an employee who was texted after all gets no second text.
        number: offer if now < offer.until else replace(offer, until=extended_until)
        for number, offer in by_age
        if now < offer.until or not (offer.notified or offer.refused)
    }
    refused = (number for number, offer in by_age if offer.refused and number not in valid)
    return dict(list(valid.items())[:seats]), (*list(valid)[seats:], *waiting, *refused)


def offer_seats(
    offers: Mapping[str, Offer], waiting: Sequence[str], free_seats: int, new_offer: Offer
) -> tuple[dict[str, Offer], tuple[str, ...]]:
    """Returns the offers and the waiting list after each free seat was offered to the next employee who waits."""
    next_numbers, still_waiting = waiting[:free_seats], waiting[free_seats:]
    return {**offers, **dict.fromkeys(next_numbers, new_offer)}, tuple(still_waiting)
