"""Delivery events settle rows: late, twice, in any order, before the sender has said what it did."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.domain.deliveries import Delivery, DeliveryStatus
from shift_sms_runtime.domain.receipts import EventOrder, Receipt, UnreadableEvent, read_receipt
from shift_sms_runtime.services.receipts import ReceiptOutcome, Receipts, RowKeepsChanging
from tests.business import miscounted
from tests.fakes import Clock, LedgerRow, MemoryDeliveries

ANN = "+14255550101"
ROW = Delivery("c", ANN, 2)
EVENT: dict[str, Any] = {
    "eventType": "TEXT_SUCCESSFUL",
    "eventVersion": "1.0",
    "eventTimestamp": 1686975103470,
    "isFinal": True,
    "originationPhoneNumber": "+12065550152",
    "destinationPhoneNumber": ANN,
    "isInternationalSend": False,
    "mcc": "310",
    "mnc": "800",
    "messageId": "sms-1",
    "messageRequestTimestamp": 1686975103170,
    "messageEncoding": "GSM",
    "messageType": "PROMOTIONAL",
    "messageStatus": "SUCCESSFUL",
    "messageStatusDescription": "Message has been accepted by phone carrier",
    "context": {"campaign_id": "c"},
    "totalMessageParts": 2,
    "totalMessagePrice": 0.09582,
    "totalCarrierFee": 0.0,
}
STATUSES = {
    "TEXT_PENDING": DeliveryStatus.SENT,
    "TEXT_QUEUED": DeliveryStatus.SENT,
    "TEXT_SENT": DeliveryStatus.SENT,
    "TEXT_UNKNOWN": DeliveryStatus.SENT,
    "TEXT_SUCCESSFUL": DeliveryStatus.DELIVERED,
    "TEXT_DELIVERED": DeliveryStatus.DELIVERED,
    "TEXT_PROTECT_BLOCKED": DeliveryStatus.BLOCKED_COUNTRY,
    "TEXT_INVALID": DeliveryStatus.FAILED,
    "TEXT_INVALID_MESSAGE": DeliveryStatus.FAILED,
    "TEXT_UNREACHABLE": DeliveryStatus.FAILED,
    "TEXT_CARRIER_UNREACHABLE": DeliveryStatus.FAILED,
    "TEXT_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_CARRIER_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_SPAM": DeliveryStatus.FAILED,
    "TEXT_TTL_EXPIRED": DeliveryStatus.FAILED,
}


def notification(event: object) -> str:
    """The SNS envelope of an event."""
    return json.dumps({"Type": "Notification", "Message": json.dumps(event)})


def event(event_type: str, at: int = 1, *, final: bool = True, message_id: str = "sms-1") -> Receipt:
    """An event about Ann's text."""
    order = EventOrder(final, at, event_type)
    return Receipt("c", ANN, message_id, 2, STATUSES[event_type], order)


class Ledger(MemoryDeliveries):
    """One row of a campaign, and what a sender and events do to it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.rows["c", ANN] = LedgerRow(DeliveryStatus.QUEUED)
        self.receipts = Receipts(self, self.clock)

    @property
    def row(self) -> LedgerRow:
        return self.rows["c", ANN]

    def claim_as(self, token: str, seconds: float = 30) -> None:
        lease_until = self.clock() + timedelta(seconds=seconds)
        self.claim(ROW, token=token, now=self.clock(), lease_until=lease_until)

    def settle_as(self, token: str, status: DeliveryStatus, message_id: str = "", reason: str = "") -> None:
        self.settle(ROW, status, token=token, now=self.clock(), sms_message_id=message_id, reason=reason)

    def sent(self) -> None:
        self.claim_as("one")
        self.settle_as("one", DeliveryStatus.SENT, "sms-1")

    def counters_agree(self) -> bool:
        counted: dict[str, int] = {}
        for counters in self.counters.rows("c"):
            for counter, count in counters.counts.items():
                counted[counter.value] = counted.get(counter.value, 0) + count
        rows = self.of("c")
        everything = dict.fromkeys((status.value.replace("-", "_") for status in DeliveryStatus), 0)
        return miscounted(rows, everything | {"targeted": 1, "segments_spent": 0} | counted) == []


def test_given_the_documented_event_when_read_then_it_says_what_became_of_which_text() -> None:
    assert read_receipt(notification(EVENT)) == Receipt(
        "c", ANN, "sms-1", 2, DeliveryStatus.DELIVERED, EventOrder(True, 1686975103470, "TEXT_SUCCESSFUL")
    )


@pytest.mark.parametrize(("event_type", "status"), STATUSES.items())
def test_given_an_event_type_when_it_settles_a_text_then_the_row_has_this_status_and_the_type_as_reason(
    event_type: str, status: DeliveryStatus
) -> None:
    receipt = read_receipt(notification(EVENT | {"eventType": event_type}))
    ledger = Ledger()
    ledger.sent()
    assert ledger.receipts.handle(receipt) is ReceiptOutcome.SETTLED
    assert (ledger.row.status, ledger.row.reason, ledger.row.sms_message_id) == (status, event_type, "sms-1")
    assert ledger.counters_agree()


@pytest.mark.parametrize(
    "changed",
    [
        {"context": {}},
        {"context": None},
        {"context": {"account": "bar"}},
        {"eventType": "TEXT_OF_THE_FUTURE"},
        {"eventType": "VOICE_COMPLETED"},
    ],
)
def test_given_an_event_that_is_not_about_a_campaign_when_read_then_it_is_dropped(
    changed: dict[str, Any],
) -> None:
    receipt = read_receipt(notification(EVENT | changed))
    assert receipt is None
    assert Ledger().receipts.handle(receipt) is ReceiptOutcome.NOT_OURS


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eventType", None),
        ("eventType", 5),
        ("destinationPhoneNumber", None),
        ("destinationPhoneNumber", ""),
        ("messageId", None),
        ("messageId", ["x"]),
        ("eventTimestamp", "yesterday"),
        ("eventTimestamp", None),
        ("context", "c"),
        ("context", {"campaign_id": 5}),
    ],
)
def test_given_a_field_missing_or_wrong_when_read_then_the_error_names_it_and_quotes_nothing(
    field: str, value: Any
) -> None:
    with pytest.raises(UnreadableEvent) as error:
        read_receipt(notification(EVENT | {field: value}))
    assert field in str(error.value) or "campaign_id" in str(error.value)
    assert "+1425" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "{}", '{"Message": 5}', '{"Message": "x"}', '{"Message": "[]"}']
)
def test_given_no_event_when_read_then_it_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableEvent):
        read_receipt(text)


EVENTS = st.builds(
    lambda event_type, at, final: event(event_type, at, final=final),
    st.sampled_from(sorted(STATUSES)),
    st.integers(1, 4),
    st.booleans(),
)


def run(steps: Sequence[Callable[[Ledger], object]]) -> Ledger:
    """Take the steps in order; after each of them the counters agree with the row."""
    ledger = Ledger()
    ledger.claim_as("one", seconds=0)
    for step in steps:
        step(ledger)
        assert ledger.counters_agree()
    return ledger


def settle(ledger: Ledger) -> None:
    """The sender hears that its text was taken."""
    ledger.settle_as("one", DeliveryStatus.SENT, "sms-1")


def lose(ledger: Ledger) -> None:
    """The sender hears nothing."""
    ledger.settle_as("one", DeliveryStatus.UNKNOWN, reason="ReadTimeoutError")


def give_up(ledger: Ledger) -> None:
    """Another sender thinks it dead."""
    ledger.give_up(ROW, now=ledger.clock())


@given(
    events=st.lists(EVENTS, min_size=1, max_size=5),
    by_sender=st.sampled_from([[settle], [lose], [give_up], [give_up, settle], [give_up, lose], []]),
    data=st.data(),
)
def test_given_events_in_any_order_with_copies_around_what_the_sender_says_when_all_are_in_then_the_row_is_the_same(
    events: list[Receipt], by_sender: list[Callable[[Ledger], None]], data: st.DataObject
) -> None:
    copies = data.draw(st.lists(st.sampled_from(events), max_size=4))
    arriving = data.draw(st.permutations([*events, *copies]))
    handling = [lambda ledger, one=one: ledger.receipts.handle(one) for one in arriving]
    places = sorted(data.draw(st.lists(st.integers(0, len(handling)), min_size=2, max_size=2)))
    steps: list[Callable[[Ledger], object]] = list(handling)
    for place, step in reversed(list(zip(places, by_sender, strict=False))):
        steps.insert(place, step)
    ledger = run(steps)
    last = max(events, key=lambda one: one.order)
    assert ledger.row == LedgerRow(
        last.status,
        reason=last.order.event_type,
        sms_message_id="sms-1",
        token="one",
        segments=2,
        event=last.order,
    )


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (event("TEXT_PENDING", 9, final=False), event("TEXT_DELIVERED", 1)),
        (event("TEXT_SUCCESSFUL", 1, final=False), event("TEXT_CARRIER_UNREACHABLE", 2)),
        (event("TEXT_DELIVERED", 1), event("TEXT_UNREACHABLE", 2)),
        (event("TEXT_PENDING", 1, final=False), event("TEXT_QUEUED", 2, final=False)),
    ],
)
def test_given_two_events_when_they_come_in_either_order_then_the_final_one_stays_else_the_later(
    earlier: Receipt, later: Receipt
) -> None:
    for order in ((earlier, later), (later, earlier)):
        ledger = Ledger()
        ledger.sent()
        outcomes = [ledger.receipts.handle(one) for one in order]
        assert ledger.row.event == later.order
        assert outcomes[1] is (ReceiptOutcome.SETTLED if order[1] is later else ReceiptOutcome.OLD_NEWS)
        assert ledger.counters_agree()


@pytest.mark.parametrize("said", [name for name in STATUSES if name != "TEXT_UNKNOWN"])
@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_given_what_a_carrier_has_said_when_aws_ends_with_nobody_knows_then_it_stays_in_either_order(
    said: str, final: bool, late: bool
) -> None:
    def of(event_type: str, at: int, *, final: bool) -> Receipt:
        receipt = read_receipt(
            notification(EVENT | {"eventType": event_type, "eventTimestamp": at, "isFinal": final})
        )
        assert receipt is not None
        return receipt

    events = [of(said, 1, final=final), of("TEXT_UNKNOWN", 3 * 86_400_000, final=True)]
    ledger = Ledger()
    ledger.sent()
    for receipt in reversed(events) if late else events:
        ledger.receipts.handle(receipt)
    assert (ledger.row.status, ledger.row.reason) == (STATUSES[said], said)


def test_given_a_text_of_unknown_outcome_when_its_event_comes_then_it_is_settled_and_counted_as_spent() -> (
    None
):
    ledger = run([lose])
    assert (ledger.row.status, ledger.row.segments) == (DeliveryStatus.UNKNOWN, None)
    assert ledger.receipts.handle(event("TEXT_DELIVERED")) is ReceiptOutcome.SETTLED
    assert ledger.row.status is DeliveryStatus.DELIVERED
    assert ledger.row.segments == 2
    assert ledger.counters_agree()


def test_given_an_event_about_another_text_to_the_same_phone_when_it_comes_then_the_row_stays() -> None:
    ledger = Ledger()
    ledger.sent()
    before = ledger.row
    assert ledger.receipts.handle(event("TEXT_BLOCKED", message_id="sms-2")) is ReceiptOutcome.OLD_NEWS
    assert ledger.row == before


def test_given_an_event_about_nobody_of_the_campaign_when_it_comes_then_it_is_dropped() -> None:
    ledger = Ledger()
    ledger.rows.clear()
    assert ledger.receipts.handle(event("TEXT_DELIVERED")) is ReceiptOutcome.NOT_OURS
    assert not ledger.rows


@pytest.mark.parametrize(
    "status",
    [
        DeliveryStatus.QUEUED,
        DeliveryStatus.OPTED_OUT,
        DeliveryStatus.NOT_VERIFIED,
        DeliveryStatus.STOPPED,
        # Refused by the service itself: there is no text, so the event is about another one.
        DeliveryStatus.FAILED,
        DeliveryStatus.BLOCKED_COUNTRY,
    ],
)
def test_given_a_row_of_no_text_when_an_event_comes_then_it_stays(status: DeliveryStatus) -> None:
    ledger = Ledger()
    ledger.rows["c", ANN] = row = LedgerRow(status)
    assert ledger.receipts.handle(event("TEXT_DELIVERED")) is ReceiptOutcome.OLD_NEWS
    assert ledger.row == row


def test_given_a_row_that_others_keep_changing_when_an_event_comes_then_it_fails_to_be_delivered_again() -> (
    None
):
    class Restless(Ledger):
        tries = 0

        def apply(self, receipt: Receipt, seen: Any, *, now: Any) -> Any:
            self.tries += 1
            self.rows["c", ANN] = LedgerRow(
                DeliveryStatus.SENT, sms_message_id="sms-1", segments=self.tries + 2
            )
            return super().apply(receipt, seen, now=now)

    ledger = Restless()
    with pytest.raises(RowKeepsChanging):
        ledger.receipts.handle(event("TEXT_DELIVERED"))
    assert 1 < ledger.tries < 20
    assert ledger.row.status is DeliveryStatus.SENT


def test_given_two_events_at_once_when_one_is_written_while_the_other_is_decided_then_the_greater_stays() -> (
    None
):
    late, final = event("TEXT_QUEUED", 9, final=False), event("TEXT_DELIVERED", 5)
    for first, second in ((late, final), (final, late)):
        ledger = Ledger()
        ledger.sent()
        apply = ledger.apply

        def overtaken(
            receipt: Receipt,
            seen: Any,
            *,
            now: Any,
            ledger: Ledger = ledger,
            apply: Any = apply,
            second: Receipt = second,
        ) -> Any:
            ledger.apply = apply  # type: ignore[method-assign]
            ledger.receipts.handle(second)
            return apply(receipt, seen, now=now)

        ledger.apply = overtaken  # type: ignore[method-assign]
        ledger.receipts.handle(first)
        assert ledger.row.status is DeliveryStatus.DELIVERED
        assert ledger.row.event == final.order
        assert ledger.counters_agree()
