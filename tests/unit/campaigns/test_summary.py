"""Tests that counters are summarized on the campaign item."""

from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.campaigns.counters import SUMMARY_ATTRIBUTES, Counter, CounterRow
from shift_sms_runtime.campaigns.deliveries import NewDelivery
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.campaign_world import MESSAGE, CampaignWorld, numbers
from tests.support.clock import NOON, seconds_after_noon
from tests.support.crash_points import crash_points


def test_given_counter_rows_of_several_writers_when_summarized_then_counts_add_up() -> None:
    summary = summarize(
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
        "summary_version": 11,
    }
    assert summary == expected
    assert summary.keys() <= set(SUMMARY_ATTRIBUTES)


def test_given_no_counter_rows_when_summarized_then_every_count_is_zero() -> None:
    summary = summarize([])
    assert set(summary.values()) == {0}
    assert "first_send_at" not in summary


@given(st.permutations([0.0, 0.5, 7.25, 90.0, 3600.0]), st.data())
def test_given_times_of_several_writers_when_summarized_then_first_and_last_remain(
    seconds: list[float], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, 4))
    rows = [
        CounterRow(
            {},
            1,
            {"first_send_at": seconds_after_noon(min(part)), "last_send_at": seconds_after_noon(max(part))},
        )
        for part in (seconds[:cut], seconds[cut:])
    ]
    summary = summarize(rows)
    assert summary["first_send_at"] == seconds_after_noon(0)
    assert summary["last_send_at"] == seconds_after_noon(3600)


def test_given_sends_and_bookings_when_summarized_then_the_seconds_between_count() -> None:
    sends = CounterRow(
        {}, 1, {"first_send_at": seconds_after_noon(10), "last_send_at": seconds_after_noon(40)}
    )
    bookings = CounterRow(
        {}, 1, {"first_booking_at": seconds_after_noon(70.4), "last_booking_at": seconds_after_noon(190)}
    )
    summary = summarize([bookings, sends])
    assert summary["seconds_to_first_booking"] == 60
    assert summary["seconds_to_last_booking"] == 180
    for rows in ([sends], [bookings]):
        assert "seconds_to_first_booking" not in summarize(rows)
        assert "seconds_to_last_booking" not in summarize(rows)


def sent_campaign() -> CampaignWorld:
    """Returns a world with a campaign that was sent."""
    world = CampaignWorld(numbers(4))
    world.run()
    return world


def test_given_a_campaign_when_summarized_then_its_item_has_the_counts_too() -> None:
    world = sent_campaign()
    world.summarizer.handle("c")
    item = world.campaigns.rows["c"]
    assert item["campaign_message"] == MESSAGE
    assert (item["targeted"], item["sent"], item["waiting"], item["segments_spent"]) == (4, 4, 0, 4)
    assert item["first_send_at"] <= item["last_send_at"]


def test_given_a_newer_summary_at_any_step_of_an_older_when_written_then_it_stays() -> None:
    def add_and_summarize(world: CampaignWorld) -> None:
        world.deliveries.add(
            "c", [NewDelivery("+14255550999", DeliveryStatus.QUEUED)], requeue_stopped=False, now=NOON
        )
        world.summarizer.handle("c")

    def summarize_again(world: CampaignWorld) -> Any:
        world.steps.taken = 0
        world.summarizer.handle("c")
        return world.steps

    for step, after in crash_points(lambda: summarize_again(sent_campaign())):
        world = sent_campaign()
        world.steps.once(step, partial(add_and_summarize, world), after=after)
        world.summarizer.handle("c")
        assert world.campaigns.rows["c"]["targeted"] == 5
        assert world.campaigns.rows["c"]["waiting"] == 1


def test_given_unchanged_counters_when_summarized_again_then_the_item_is_unchanged() -> None:
    world = sent_campaign()
    world.summarizer.handle("c")
    before = dict(world.campaigns.rows["c"])
    world.summarizer.handle("c")
    assert world.campaigns.rows["c"] == before


def test_given_a_deleted_item_when_summarized_then_it_stays_deleted() -> None:
    world = sent_campaign()
    world.campaigns.rows.clear()
    world.summarizer.handle("c")
    assert not world.campaigns.rows


def test_given_a_campaign_put_again_when_summarized_then_the_new_item_has_counts() -> None:
    world = sent_campaign()
    world.summarizer.handle("c")
    world.put(campaign_message=MESSAGE)
    assert "sent" not in world.campaigns.rows["c"]
    world.summarizer.handle("c")
    assert world.campaigns.rows["c"]["sent"] == 4
    assert "launched before" in world.campaigns.rows["c"]["campaign_error"]


def test_given_an_item_with_earlier_counts_when_relaunched_then_they_are_removed() -> None:
    world = sent_campaign()
    world.summarizer.handle("c")
    earlier = {name: value for name, value in world.campaigns.rows["c"].items() if name != "campaign_id"}
    world.members = numbers(6)
    world.segment_members.segments["overtime"] = set(numbers(6))
    world.put(**earlier | {"relaunch": "remaining"})
    assert not set(SUMMARY_ATTRIBUTES) & world.campaigns.rows["c"].keys()
    world.plan()
    world.send()
    world.summarizer.handle("c")
    assert world.campaigns.rows["c"]["targeted"] == world.campaigns.rows["c"]["sent"] == 6
