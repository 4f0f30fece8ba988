"""Says in words why employees were contacted or skipped, and what came of a contact."""

from datetime import datetime, tzinfo

from shift_sms_operator.fill_plans.views import ContactOutcome
from shift_sms_runtime.fill_plans.eligibility import SkipReason
from shift_sms_runtime.fill_plans.ranking import RankingInputs
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

_SKIPPED = {
    SkipReason.INVALID_NUMBER: "the member is no phone number",
    SkipReason.NOT_ON_ROSTER: "not on the roster",
    SkipReason.OPTED_OUT: "opted out",
    SkipReason.TEXTED_BEFORE: "texted about this shift before",
    SkipReason.WRONG_ROLE: "does not have the role of the shift",
    SkipReason.HAS_PLACE: "has a place in the shift already",
    SkipReason.SICK: "reported sick for the shift, or for one at the same time",
    SkipReason.GAVE_BACK: "gave the shift back",
    SkipReason.OVERLAP: "has another shift at the same time",
    SkipReason.REST: "would have too little rest between shifts",
    SkipReason.HOURS: "would exceed the weekly hours",
    SkipReason.UNDELIVERABLE: "the last text to the number failed for good",
    SkipReason.DAILY_LIMIT: "has had the most texts of fill plans for the day",
    SkipReason.QUIET_HOURS: "is in quiet hours",
}

_OUTCOMES = {
    ContactOutcome.BOOKED: "has a seat",
    ContactOutcome.WAITS: "waits for a seat",
    ContactOutcome.SICK: "reported sick",
    ContactOutcome.GAVE_BACK: "gave the shift back",
    ContactOutcome.TEXTED: "texted, has no seat",
    ContactOutcome.UNDELIVERED: "perhaps not delivered",
    ContactOutcome.WAITING: "the text waits to be sent",
    ContactOutcome.NOT_TEXTED: "not texted: no seat was free, quiet hours had begun, or the plan had ended",
    ContactOutcome.LIMITED: "not texted: another plan had used up the texts of the day",
    ContactOutcome.NOT_REACHED: "not reached: the wave ended at an earlier rank",
    ContactOutcome.FORGOTTEN: "texted; the outcome is not stored any longer",
}

_DELIVERIES = {
    DeliveryStatus.OPTED_OUT: "not texted: opted out",
    DeliveryStatus.FAILED: "the text failed",
    DeliveryStatus.UNKNOWN: "perhaps texted: the outcome is not known",
    DeliveryStatus.NOT_VERIFIED: "not texted: the account is in the SMS sandbox",
    DeliveryStatus.BLOCKED_COUNTRY: "not texted: the country is blocked",
}

_ORDERS = {
    FillOrder.BROADCAST: "broadcast (everyone at once)",
    FillOrder.SENIORITY: "seniority (the earliest hired_at first)",
    FillOrder.ROTATION: "rotation (whose last text is the longest ago first)",
    FillOrder.FEWEST_HOURS: "fewest-hours (the fewest hours in the week first)",
    FillOrder.RANDOM: "random",
}


def order_in_words(order: FillOrder) -> str:
    """Returns an order and what it means."""
    return _ORDERS[order]


def why_skipped(reason: str) -> str:
    """Returns a reason of a skipped employee in words. One of another version of the stack stays as it is."""
    return _SKIPPED[SkipReason(reason)] if reason in list(SkipReason) else reason


def why_ranked(inputs: RankingInputs, order: FillOrder, zone: tzinfo) -> str:
    """Returns the inputs of the order of one employee in words, such as `no shift text for 30 days`."""
    texts = _texts(inputs)
    match order:
        case FillOrder.BROADCAST:
            return f"everyone at once, {texts}"
        case FillOrder.SENIORITY:
            hired = f"hired on {inputs.hired_at}" if inputs.hired_at else "no hiring date"
            return f"{hired}, {texts}"
        case FillOrder.ROTATION:
            last = _day(inputs.last_contact, zone)
            if not last:
                return texts
            return f"no text since {last}" + (f", {texts}" if inputs.contacts else "")
        case FillOrder.FEWEST_HOURS:
            return f"{_hours(inputs.minutes)} booked in the week, {texts}"
        case FillOrder.RANDOM:
            return "drawn at random"


def outcome_text(
    outcome: ContactOutcome, delivery: DeliveryStatus | None, booked_at: datetime | None, zone: tzinfo
) -> str:
    """Returns what came of a contact in words.

    Args:
        outcome: The outcome.
        delivery: The status of the text.
        booked_at: Since when the employee has a seat.
        zone: The zone of times.
    """
    if outcome is ContactOutcome.BOOKED and booked_at is not None:
        return f"booked at {booked_at.astimezone(zone):%Y-%m-%d %H:%M}"
    if outcome in (ContactOutcome.UNDELIVERED, ContactOutcome.NOT_TEXTED) and delivery in _DELIVERIES:
        return _DELIVERIES[delivery]
    return _OUTCOMES[outcome]


def _texts(inputs: RankingInputs) -> str:
    if not inputs.contacts:
        return "no text in 30 days"
    return f"{inputs.contacts} text{'' if inputs.contacts == 1 else 's'} in 30 days"


def _day(time: str, zone: tzinfo) -> str:
    try:
        at = datetime.fromisoformat(time)
    except ValueError:
        return ""
    return f"{at.astimezone(zone):%Y-%m-%d}"


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
