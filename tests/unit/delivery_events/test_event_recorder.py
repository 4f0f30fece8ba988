"""Tests that delivery events are recorded correctly if they come late, twice and in any order."""

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
def test_given_an_event_type_when_recorded_then_the_row_has_its_status(
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
def test_given_an_event_that_is_not_about_a_campaign_when_handled_then_unrelated(
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
    """Runs steps in order and asserts after each that the counters agree with the row."""
    ledger = OneDelivery()
    ledger.claim_as("one", seconds=0)
    for step in steps:
        step(ledger)
        assert ledger.counters_agree()
    return ledger


def settle(ledger: OneDelivery) -> None:
    """Settles the text as sent."""
    ledger.settle_as("one", DeliveryStatus.SENT, "sms-1")


def settle_as_unknown(ledger: OneDelivery) -> None:
    """Settles the text as UNKNOWN, as after a timeout."""
    ledger.settle_as("one", DeliveryStatus.UNKNOWN, reason="ReadTimeoutError")


def settle_as_abandoned(ledger: OneDelivery) -> None:
    """Settles the claim as abandoned, as another sender does after the lease."""
    ledger.settle_abandoned(ROW, now=ledger.clock())


@given(
    events=st.lists(EVENTS, min_size=1, max_size=5),
    by_sender=st.sampled_from(
        [
            [settle],
            [settle_as_unknown],
            [settle_as_abandoned],
            [settle_as_abandoned, settle],
            [settle_as_abandoned, settle_as_unknown],
            [],
        ]
    ),
    data=st.data(),
)
def test_given_events_and_copies_in_any_order_when_recorded_then_the_row_is_equal(
    events: list[DeliveryEvent], by_sender: list[Callable[[OneDelivery], None]], data: st.DataObject
) -> None:
    copies = data.draw(st.lists(st.sampled_from(events), max_size=4))
    deliveries = data.draw(st.permutations([*events, *copies]))
    handlers = [lambda ledger, one=one: ledger.recorder.handle(one) for one in deliveries]
    positions = sorted(data.draw(st.lists(st.integers(0, len(handlers)), min_size=2, max_size=2)))
    steps: list[Callable[[OneDelivery], object]] = list(handlers)
    for position, step in reversed(list(zip(positions, by_sender, strict=False))):
        steps.insert(position, step)
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
def test_given_two_events_in_either_order_when_recorded_then_final_or_later_stays(
    earlier: DeliveryEvent, later: DeliveryEvent
) -> None:
    for order in ((earlier, later), (later, earlier)):
        ledger = OneDelivery()
        ledger.sent()
        outcomes = [ledger.recorder.handle(one) for one in order]
        assert ledger.row.event == later.order
        assert outcomes[1] is (RecordOutcome.RECORDED if order[1] is later else RecordOutcome.IGNORED)
        assert ledger.counters_agree()


@pytest.mark.parametrize("carrier_event_type", [name for name in STATUSES if name != "TEXT_UNKNOWN"])
@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_given_an_event_of_a_carrier_when_text_unknown_follows_then_the_event_stays(
    carrier_event_type: str, final: bool, late: bool
) -> None:
    def of(event_type: str, at: int, *, final: bool) -> DeliveryEvent:
        read = read_delivery_event(
            event_notification(EVENT | {"eventType": event_type, "eventTimestamp": at, "isFinal": final})
        )
        assert read is not None
        return read

    events = [of(carrier_event_type, 1, final=final), of("TEXT_UNKNOWN", 3 * 86_400_000, final=True)]
    ledger = OneDelivery()
    ledger.sent()
    for one in reversed(events) if late else events:
        ledger.recorder.handle(one)
    assert (ledger.row.status, ledger.row.reason) == (STATUSES[carrier_event_type], carrier_event_type)


def test_given_a_text_of_unknown_outcome_when_its_event_is_recorded_then_settled() -> None:
    ledger = run([settle_as_unknown])
    assert (ledger.row.status, ledger.row.segments) == (DeliveryStatus.UNKNOWN, None)
    assert ledger.recorder.handle(event("TEXT_DELIVERED")) is RecordOutcome.RECORDED
    assert ledger.row.status is DeliveryStatus.DELIVERED
    assert ledger.row.segments == 2
    assert ledger.counters_agree()


def test_given_an_event_of_another_text_to_the_number_when_handled_then_ignored() -> None:
    ledger = OneDelivery()
    ledger.sent()
    before = ledger.row
    assert ledger.recorder.handle(event("TEXT_BLOCKED", sms_message_id="sms-2")) is RecordOutcome.IGNORED
    assert ledger.row == before


def test_given_an_event_without_a_row_when_handled_then_it_is_unrelated() -> None:
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
        # The service refused this text, so the event is about another one.
        DeliveryStatus.FAILED,
        DeliveryStatus.BLOCKED_COUNTRY,
    ],
)
def test_given_a_row_whose_text_was_not_sent_when_an_event_is_handled_then_ignored(
    status: DeliveryStatus,
) -> None:
    ledger = OneDelivery()
    ledger.rows["c", ANN] = row = LedgerRow(status)
    assert ledger.recorder.handle(event("TEXT_DELIVERED")) is RecordOutcome.IGNORED
    assert ledger.row == row


def test_given_a_row_that_keeps_changing_when_an_event_is_handled_then_it_fails() -> None:
    class KeepsChanging(OneDelivery):
        attempts = 0

        def record_event(self, event: DeliveryEvent, seen: Any, *, now: Any) -> Any:
            self.attempts += 1
            self.rows["c", ANN] = LedgerRow(
                DeliveryStatus.SENT, sms_message_id="sms-1", segments=self.attempts + 2
            )
            return super().record_event(event, seen, now=now)

    ledger = KeepsChanging()
    with pytest.raises(RowKeepsChanging):
        ledger.recorder.handle(event("TEXT_DELIVERED"))
    assert 1 < ledger.attempts < 20
    assert ledger.row.status is DeliveryStatus.SENT


def test_given_two_concurrent_events_when_one_is_first_then_the_greater_stays() -> None:
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
