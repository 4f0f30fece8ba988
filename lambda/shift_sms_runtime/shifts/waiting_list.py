"""Offers the free seats of a shift to its waiting list, the first employee first."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from shift_sms_runtime.records import record

MAX_WAITING_LIST_LENGTH = 100
SHORTEST_OFFER = timedelta(minutes=1)
"""A seat of a shift that closes sooner is not offered. Every employee can book it."""


@record
class Offer:
    """A seat that is held for one employee of the waiting list."""

    since: datetime
    """When the seat was offered. It identifies the notice.

    It is later than now if the employee's quiet hours end then.
    """
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


def keep_out_of_quiet_hours(
    offers: Mapping[str, Offer],
    waiting: Sequence[str],
    *,
    unsent: Collection[str],
    quiet_until: Mapping[str, datetime],
    offer_from: Callable[[datetime], Offer],
    now: datetime,
) -> tuple[dict[str, Offer], tuple[str, ...]]:
    """Returns the offers and the waiting list, with no offer to an employee in quiet hours.

    A seat whose offer was not sent goes to the next employee who may be texted. If there is none, it is held for the
    employee whose quiet hours end first, and the offer begins then. Employees whose quiet hours end too late for an
    offer leave the list if a seat is left for them.

    Args:
        offers: the offers by phone number.
        waiting: the phone numbers on the waiting list.
        unsent: the phone numbers whose offers were not sent.
        quiet_until: when quiet hours end, by phone number. Other employees may be texted.
        offer_from: returns an offer that is made at a time.
        now: the time.
    """
    in_turn = [*sorted(unsent, key=lambda number: offers[number].since), *waiting]
    awake = [number for number in in_turn if number not in quiet_until][: len(unsent)]
    later = {number: offer_from(quiet_until[number]) for number in in_turn if number in quiet_until}
    in_time = [number for number, offer in later.items() if offer.until - offer.since >= SHORTEST_OFFER]
    held = sorted(in_time, key=lambda number: later[number].since)[: len(unsent) - len(awake)]
    too_late = later.keys() - set(in_time) if len(awake) + len(held) < len(unsent) else set()
    made = {number: offers[number] for number in awake if number in offers and offers[number].since <= now}
    kept = {number: offer for number, offer in offers.items() if number not in unsent}
    offered = {
        **kept,
        **{number: made.get(number) or offer_from(now) for number in awake},
        **{number: later[number] for number in held},
    }
    return offered, tuple(number for number in in_turn if number not in offered and number not in too_late)
