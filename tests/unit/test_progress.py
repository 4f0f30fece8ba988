"""Counters become attributes of the campaign item."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.domain.deliveries import Answer, Change, DeliveryStatus, NewDelivery
from shift_sms_runtime.domain.progress import ATTRIBUTES, BY_STATUS, Counter, CounterRow, summed, tally_of
from tests.business import MESSAGE, Business, moments, numbers
from tests.fakes import Clock, MemoryAnswers, MemoryCounters

NOON = Clock().time


def at(seconds: float) -> str:
    """A time as counters have it."""
    return (NOON + timedelta(seconds=seconds)).isoformat()


def test_given_counters_of_several_writers_when_summed_then_counts_add_up_and_what_is_left_waits() -> None:
    report = summed(
        [
            CounterRow({Counter.TARGETED: 10, Counter.SENT: 4, Counter.UNKNOWN: 1}, 7),
            CounterRow({Counter.SENT: -1, Counter.DELIVERED: 2, Counter.SEGMENTS_SPENT: 8}, 3),
            CounterRow({Counter.UNKNOWN: -1, Counter.OPTED_OUT: 1}, 1),
        ]
    )
    expected = dict.fromkeys([counter.value for counter in Counter], 0) | {
        "targeted": 10,
        "sent": 3,
        "delivered": 2,
        "opted_out": 1,
        "segments_spent": 8,
        "waiting": 4,
        "progress_version": 11,
    }
    assert report == expected
    assert report.keys() <= set(ATTRIBUTES)


def test_given_no_counters_when_summed_then_there_is_nothing_of_anything() -> None:
    report = summed([])
    assert set(report.values()) == {0}
    assert "first_send_at" not in report


@given(st.permutations([0.0, 0.5, 7.25, 90.0, 3600.0]), st.data())
def test_given_times_of_several_writers_when_summed_then_the_first_and_the_last_are_told_in_any_order(
    seconds: list[float], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, 4))
    rows = [
        CounterRow({}, 1, {"first_send_at": at(min(part)), "last_send_at": at(max(part))})
        for part in (seconds[:cut], seconds[cut:])
    ]
    report = summed(rows)
    assert report["first_send_at"] == at(0)
    assert report["last_send_at"] == at(3600)


def test_given_sends_and_bookings_when_summed_then_the_seconds_between_are_told_once_both_are_known() -> None:
    sends = CounterRow({}, 1, {"first_send_at": at(10), "last_send_at": at(40)})
    bookings = CounterRow({}, 1, {"first_booking_at": at(70.4), "last_booking_at": at(190)})
    report = summed([bookings, sends])
    assert report["seconds_to_first_booking"] == 60
    assert report["seconds_to_last_booking"] == 180
    for rows in ([sends], [bookings]):
        assert "seconds_to_first_booking" not in summed(rows)
        assert "seconds_to_last_booking" not in summed(rows)


FINAL = [status for status in DeliveryStatus if status.final]
STATUSES = list(DeliveryStatus)


@given(
    st.lists(st.sampled_from(STATUSES), min_size=2, max_size=12),
    st.integers(1, 5),
)
def test_given_recipients_that_go_from_status_to_status_when_tallied_then_the_sum_is_where_they_are(
    path: list[DeliveryStatus], recipients: int
) -> None:
    counters = MemoryCounters()
    for before, after in zip([DeliveryStatus.QUEUED, *path], path, strict=False):
        counters.add(tally_of("c", Change(before, after, NOON), recipients=recipients))
    report = summed(counters.rows("c"))
    where = {counter.value: report[counter] for counter in BY_STATUS if report[counter]}
    assert where == ({Counter.of(path[-1]).value: recipients} if path[-1].final else {})


@pytest.mark.parametrize("status", FINAL)
def test_given_a_final_status_when_counted_then_it_has_a_counter_of_its_name(status: DeliveryStatus) -> None:
    assert Counter.of(status).value == status.value.replace("-", "_")
    assert Counter.of(status) in BY_STATUS


@pytest.mark.parametrize(
    ("before", "after", "segments", "a_send"),
    [
        (DeliveryStatus.SENDING, DeliveryStatus.SENT, 1, True),
        (DeliveryStatus.SENDING, DeliveryStatus.DELIVERED, 1, True),
        (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN, 0, True),
        (DeliveryStatus.SENDING, DeliveryStatus.OPTED_OUT, 0, False),
        (DeliveryStatus.QUEUED, DeliveryStatus.STOPPED, 0, False),
        (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, 0, False),
        (DeliveryStatus.UNKNOWN, DeliveryStatus.DELIVERED, 1, False),
    ],
)
def test_given_a_change_when_tallied_then_it_has_a_time_of_sending_only_where_something_was_sent(
    before: DeliveryStatus, after: DeliveryStatus, segments: int, a_send: bool
) -> None:
    tally = tally_of("c", Change(before, after, NOON), segments=segments)
    assert tally.sent_at == (NOON if a_send else None)


def running() -> Business:
    """A campaign of which some were texted."""
    business = Business(numbers(4))
    business.run()
    return business


def test_given_a_campaign_when_reported_then_its_item_has_the_sum_beside_what_the_operator_wrote() -> None:
    business = running()
    business.progress.handle("c")
    item = business.board.rows["c"]
    assert item["campaign_message"] == MESSAGE
    assert (item["targeted"], item["sent"], item["waiting"], item["segments_spent"]) == (4, 4, 0, 4)
    assert item["first_send_at"] <= item["last_send_at"]


def test_given_a_newer_sum_at_any_step_of_an_older_one_when_both_are_written_then_the_newer_stays() -> None:
    def counting_more(business: Business) -> None:
        business.deliveries.open(
            "c", [NewDelivery("+14255550999", DeliveryStatus.QUEUED)], reopen=False, now=NOON
        )
        business.progress.handle("c")

    def reporting(business: Business) -> Any:
        business.steps.taken = 0
        business.progress.handle("c")
        return business.steps

    for step, after in moments(lambda: reporting(running())):
        business = running()
        business.steps.once(step, partial(counting_more, business), after=after)
        business.progress.handle("c")
        assert business.board.rows["c"]["targeted"] == 5
        assert business.board.rows["c"]["waiting"] == 1


def test_given_a_sum_that_is_written_twice_when_nothing_was_counted_between_then_nothing_changes() -> None:
    business = running()
    business.progress.handle("c")
    before = dict(business.board.rows["c"])
    business.progress.handle("c")
    assert business.board.rows["c"] == before


def test_given_a_deleted_item_when_its_sum_comes_then_it_stays_deleted() -> None:
    business = running()
    business.board.rows.clear()
    business.progress.handle("c")
    assert not business.board.rows


def test_given_a_campaign_that_is_put_up_again_when_reported_then_the_new_item_tells_what_became_of_it() -> (
    None
):
    business = running()
    business.progress.handle("c")
    business.put(campaign_message=MESSAGE)
    assert "sent" not in business.board.rows["c"]
    business.progress.handle("c")
    assert business.board.rows["c"]["sent"] == 4
    assert "launched before" in business.board.rows["c"]["campaign_error"]


def test_given_an_item_with_an_earlier_launchs_progress_when_relaunched_then_it_begins_anew_and_ends_with_all() -> (
    None
):
    business = running()
    business.progress.handle("c")
    earlier = {name: value for name, value in business.board.rows["c"].items() if name != "campaign_id"}
    business.members = numbers(6)
    business.roster.segments["overtime"] = set(numbers(6))
    business.put(**earlier | {"relaunch": "remaining"})
    assert not set(ATTRIBUTES) & business.board.rows["c"].keys()
    business.plan()
    business.send()
    business.progress.handle("c")
    assert business.board.rows["c"]["targeted"] == business.board.rows["c"]["sent"] == 6


def test_given_answers_when_settled_then_replies_and_bookings_are_counted_for_their_campaign_with_times() -> (
    None
):
    answers = MemoryAnswers()

    def answer(key: Answer, settled_at: datetime, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
        answers.claim(key, token="t", now=settled_at, lease_until=settled_at)
        answers.settle(key, status, token="t", now=settled_at)

    answer(Answer("m1", "c", 2), NOON)
    answer(Answer("m2", "c", 1), NOON + timedelta(minutes=1), DeliveryStatus.OPTED_OUT)
    answer(Answer("m3", "c"), NOON + timedelta(minutes=2))
    answer(Answer("m4"), NOON + timedelta(minutes=3))
    report = summed(answers.counters.rows("c"))
    assert (report["replies"], report["bookings"], report["seats_filled"]) == (3, 3, 3)
    assert (report["first_booking_at"], report["last_booking_at"]) == (at(0), at(60))
