"""Tests that delivery events settle deliveries, late, twice and in any order."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, read_delivery_event
from shift_sms_runtime.delivery_events.event_recorder import RecordOutcome, RowKeepsChanging
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.delivery_events import ANN, EVENT, ROW, STATUSES, OneDelivery, event, event_notification
from tests.support.memory.send_ledger import LedgerRow


@pytest.mark.parametrize(("event_type", "status"), STATUSES.items())
def test_given_an_event_type_when_it_settles_a_text_then_the_row_has_its_status(
    event_type: str, status: DeliveryStatus
) -> None:
    read = read_delivery_event(event_notification(EVENT | {"eventType": event_type}))
    ledger = OneDelivery()
    ledger.sent()
    assert ledger.recorder.handle(read) is RecordOutcome.RECORDED
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
    read = read_delivery_event(event_notification(EVENT | changed))
    assert read is None
    assert OneDelivery().recorder.handle(read) is RecordOutcome.UNRELATED


EVENTS = st.builds(
    lambda event_type, at, final: event(event_type, at, final=final),
    st.sampled_from(sorted(STATUSES)),
    st.integers(1, 4),
    st.booleans(),
)


def run(steps: Sequence[Callable[[OneDelivery], object]]) -> OneDelivery:
    """Takes the steps in order and asserts after each that the counters agree with the row."""
    ledger = OneDelivery()
    ledger.claim_as("one", seconds=0)
    for step in steps:
        step(ledger)
        assert ledger.counters_agree()
    return ledger


def settle(ledger: OneDelivery) -> None:
    """Settles the text as sent."""
    ledger.settle_as("one", DeliveryStatus.SENT, "sms-1")


def lose(ledger: OneDelivery) -> None:
    """Settles the text as unknown, without a response of the service."""
    ledger.settle_as("one", DeliveryStatus.UNKNOWN, reason="ReadTimeoutError")


def give_up(ledger: OneDelivery) -> None:
    """Gives up the claim, as another sender does that takes its owner for dead."""
    ledger.settle_abandoned(ROW, now=ledger.clock())


@given(
    events=st.lists(EVENTS, min_size=1, max_size=5),
    by_sender=st.sampled_from([[settle], [lose], [give_up], [give_up, settle], [give_up, lose], []]),
    data=st.data(),
)
def test_given_events_in_any_order_with_copies_when_all_are_in_then_same_row(
    events: list[DeliveryEvent], by_sender: list[Callable[[OneDelivery], None]], data: st.DataObject
) -> None:
    copies = data.draw(st.lists(st.sampled_from(events), max_size=4))
    arriving = data.draw(st.permutations([*events, *copies]))
    handling = [lambda ledger, one=one: ledger.recorder.handle(one) for one in arriving]
    places = sorted(data.draw(st.lists(st.integers(0, len(handling)), min_size=2, max_size=2)))
    steps: list[Callable[[OneDelivery], object]] = list(handling)
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
def test_given_two_events_when_in_either_order_then_the_final_or_later_one_stays(
    earlier: DeliveryEvent, later: DeliveryEvent
) -> None:
    for order in ((earlier, later), (later, earlier)):
        ledger = OneDelivery()
        ledger.sent()
        outcomes = [ledger.recorder.handle(one) for one in order]
        assert ledger.row.event == later.order
        assert outcomes[1] is (RecordOutcome.RECORDED if order[1] is later else RecordOutcome.IGNORED)
        assert ledger.counters_agree()


@pytest.mark.parametrize("said", [name for name in STATUSES if name != "TEXT_UNKNOWN"])
@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_given_a_carriers_final_event_when_aws_says_unknown_then_it_stays(
    said: str, final: bool, late: bool
) -> None:
    def of(event_type: str, at: int, *, final: bool) -> DeliveryEvent:
        read = read_delivery_event(
            event_notification(EVENT | {"eventType": event_type, "eventTimestamp": at, "isFinal": final})
        )
        assert read is not None
        return read

    events = [of(said, 1, final=final), of("TEXT_UNKNOWN", 3 * 86_400_000, final=True)]
    ledger = OneDelivery()
    ledger.sent()
    for one in reversed(events) if late else events:
        ledger.recorder.handle(one)
    assert (ledger.row.status, ledger.row.reason) == (STATUSES[said], said)


def test_given_a_text_of_unknown_outcome_when_its_event_comes_then_it_is_settled() -> None:
    ledger = run([lose])
    assert (ledger.row.status, ledger.row.segments) == (DeliveryStatus.UNKNOWN, None)
    assert ledger.recorder.handle(event("TEXT_DELIVERED")) is RecordOutcome.RECORDED
    assert ledger.row.status is DeliveryStatus.DELIVERED
    assert ledger.row.segments == 2
    assert ledger.counters_agree()


def test_given_an_event_of_another_text_to_the_phone_when_it_comes_then_no_change() -> None:
    ledger = OneDelivery()
    ledger.sent()
    before = ledger.row
    assert ledger.recorder.handle(event("TEXT_BLOCKED", sms_message_id="sms-2")) is RecordOutcome.IGNORED
    assert ledger.row == before


def test_given_an_event_of_no_recipient_when_it_comes_then_it_is_dropped() -> None:
    ledger = OneDelivery()
    ledger.rows.clear()
    assert ledger.recorder.handle(event("TEXT_DELIVERED")) is RecordOutcome.UNRELATED
    assert not ledger.rows


@pytest.mark.parametrize(
    "status",
    [
        DeliveryStatus.QUEUED,
        DeliveryStatus.OPTED_OUT,
        DeliveryStatus.NOT_VERIFIED,
        DeliveryStatus.STOPPED,
        # The service itself has refused this text, so the event is about another one.
        DeliveryStatus.FAILED,
        DeliveryStatus.BLOCKED_COUNTRY,
    ],
)
def test_given_a_row_of_no_text_when_an_event_comes_then_it_stays(status: DeliveryStatus) -> None:
    ledger = OneDelivery()
    ledger.rows["c", ANN] = row = LedgerRow(status)
    assert ledger.recorder.handle(event("TEXT_DELIVERED")) is RecordOutcome.IGNORED
    assert ledger.row == row


def test_given_a_row_that_keeps_changing_when_an_event_comes_then_it_fails() -> None:
    class Restless(OneDelivery):
        tries = 0

        def record_event(self, event: DeliveryEvent, seen: Any, *, now: Any) -> Any:
            self.tries += 1
            self.rows["c", ANN] = LedgerRow(
                DeliveryStatus.SENT, sms_message_id="sms-1", segments=self.tries + 2
            )
            return super().record_event(event, seen, now=now)

    ledger = Restless()
    with pytest.raises(RowKeepsChanging):
        ledger.recorder.handle(event("TEXT_DELIVERED"))
    assert 1 < ledger.tries < 20
    assert ledger.row.status is DeliveryStatus.SENT


def test_given_two_events_at_once_when_one_is_written_first_then_the_greater_stays() -> None:
    late, final = event("TEXT_QUEUED", 9, final=False), event("TEXT_DELIVERED", 5)
    for first, second in ((late, final), (final, late)):
        ledger = OneDelivery()
        ledger.sent()
        record_event = ledger.record_event

        def overtaken(
            event: DeliveryEvent,
            seen: Any,
            *,
            now: Any,
            ledger: OneDelivery = ledger,
            record_event: Any = record_event,
            second: DeliveryEvent = second,
        ) -> Any:
            ledger.record_event = record_event  # type: ignore[method-assign]
            ledger.recorder.handle(second)
            return record_event(event, seen, now=now)

        ledger.record_event = overtaken  # type: ignore[method-assign]
        ledger.recorder.handle(first)
        assert ledger.row.status is DeliveryStatus.DELIVERED
        assert ledger.row.event == final.order
        assert ledger.counters_agree()
