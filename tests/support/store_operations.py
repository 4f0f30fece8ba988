"""Reads and writes stores like the services."""

from datetime import UTC, datetime, timedelta

from shift_sms_runtime.bookings.booking import (
    BookingAction,
    BookingDecision,
    BookingOutcome,
    decide,
    reported_status,
)
from shift_sms_runtime.campaigns.deliveries import Delivery, NewDelivery
from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, EventOrder
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.dialogues.dialogue import ANN
from tests.support.functions_on_moto import OUR_NUMBER
from tests.support.store_pairs import Stores

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)

LEASE = NOW + timedelta(seconds=35)


def inbound_text(message_id: str, sender: str, *ids: str, in_reply_to: str | None = None) -> InboundText:
    """Returns a text that names these ids."""
    return InboundText(message_id, sender, OUR_NUMBER, " ".join(ids), in_reply_to=in_reply_to)


def read_context(
    stores: Stores, message_id: str, sender: str, *ids: str, in_reply_to: str | None = None
) -> InboundContext:
    """Reads the context of a text that names these ids."""
    return stores.inbound.read(inbound_text(message_id, sender, *ids, in_reply_to=in_reply_to))


def carry_out(
    stores: Stores,
    action: BookingAction,
    *codes: str,
    sender: str = ANN,
    message_id: str = "m",
    context: InboundContext | None = None,
) -> tuple[BookingOutcome, ...]:
    """Decides about a text and writes the decision.

    Raises:
        ChangedMeanwhile: a row has changed since it was read.
    """
    context = context or read_context(stores, message_id, sender, *codes)
    decision = decide(
        action,
        codes,
        context.shifts,
        employee=context.employee,
        message_id=message_id,
        campaign_id=context.campaign_id,
        bookings=context.bookings,
        policy=BookingPolicy(),
        now=NOW,
    )
    if decision.changes_rows:
        stores.inbound.write(context, reply_to(context, decision), decision)
    return tuple(result.outcome for result in decision.results)


def reply_to(context: InboundContext, decision: BookingDecision) -> Reply:
    """Returns the reply that reports a decision."""
    number = context.employee.phone_number
    statuses = {one.code: reported_status(one, number, NOW) for one in decision.results if one.shift}
    return Reply("the reply", statuses=statuses, campaign_id=context.campaign_id)


def keep_for_operator(stores: Stores, message_id: str, sender: str = ANN) -> None:
    """Writes the reply to a text that is kept for an operator."""
    context = read_context(stores, message_id, sender, "where is the key")
    stores.inbound.write(context, Reply("We keep it", kept_for_operator=True))


def queued(*members: str) -> list[NewDelivery]:
    """Returns new deliveries with the status QUEUED."""
    return [NewDelivery(number, DeliveryStatus.QUEUED) for number in members]


def send_to(stores: Stores, number: str, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
    """Claims and settles one text of two segments."""
    key = Delivery("c", number, 2)
    assert stores.sends.claim(key, token="t", now=NOW, lease_until=LEASE) is SendClaim.GRANTED
    message_id = f"sms{number}" if status is DeliveryStatus.SENT else ""
    stores.sends.settle(key, status, token="t", now=NOW, sms_message_id=message_id)


def campaign_event(
    number: str, event_type: str, at: int, status: DeliveryStatus, *, final: bool = True
) -> DeliveryEvent:
    """Returns an event about a text of campaign `c`."""
    return DeliveryEvent("c", number, f"sms{number}", 2, status, EventOrder(final, at, event_type))
