"""Reads and writes stores as the services do."""

from datetime import UTC, datetime, timedelta

from shift_sms_runtime.campaigns.deliveries import Delivery, NewDelivery
from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, EventOrder
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord
from shift_sms_runtime.inbound.reply import Effect, Reply
from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking import BookingOutcome, Step, booking_status, decide
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.dialogues.dialogue import ANN
from tests.support.store_pairs import Stores

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


LEASE = NOW + timedelta(seconds=35)


def look_up(
    stores: Stores, message_id: str, sender: str, *ids: str, answers_to: str | None = None
) -> InboundRecord:
    """What is on record when a text arrives."""
    return stores.desk.look_up(InboundQuery(message_id, sender, answers_to, ids, NOW))


def carry_out(
    stores: Stores,
    step: Step,
    *codes: str,
    person: str = ANN,
    message_id: str = "m",
    arrival: InboundRecord | None = None,
) -> tuple[BookingOutcome, ...]:
    """Decide on what was read and write it; raises ChangedMeanwhile."""
    arrival = arrival or look_up(stores, message_id, person, *codes)
    decision = decide(
        step,
        codes,
        arrival.shifts,
        employee=Employee(person),
        campaign_id=None,
        bookings=arrival.agenda,
        policy=BookingPolicy(),
        now=NOW,
    )
    standings = {one.code: booking_status(one.shift, person) for one in decision.results if one.shift}
    decided = Reply(
        "said", decision.seats_booked, standings=standings, campaign_id=arrival.campaign_id, has_effect=True
    )
    if decision.changed:
        stores.desk.write(
            Effect(message_id, person, decision.changed, arrival.agenda, decision.bookings, decided, NOW)
        )
    return tuple(result.outcome for result in decision.results)


def queued(*members: str) -> list[NewDelivery]:
    """Rows that begin as recipients who wait."""
    return [NewDelivery(number, DeliveryStatus.QUEUED) for number in members]


def send_to(stores: Stores, number: str, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
    """Claim and settle one text of two segments."""
    key = Delivery("c", number, 2)
    assert stores.sends.claim(key, token="t", now=NOW, lease_until=LEASE) is SendClaim.GRANTED
    message_id = f"sms{number}" if status is DeliveryStatus.SENT else ""
    stores.sends.settle(key, status, token="t", now=NOW, sms_message_id=message_id)


def campaign_event(
    number: str, event_type: str, at: int, status: DeliveryStatus, *, final: bool = True
) -> DeliveryEvent:
    """An event about a text of campaign ``c``."""
    return DeliveryEvent("c", number, f"sms{number}", 2, status, EventOrder(final, at, event_type))
