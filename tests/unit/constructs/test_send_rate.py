"""Tests the senders and work items of campaigns for the rates that occur."""

import pytest

from shift_sms.building_blocks.send_rate import SendRate


@pytest.mark.parametrize(
    ("messages_per_second", "senders", "recipients_per_item"),
    [(1, 2, 10), (3, 2, 30), (10, 3, 50), (50, 13, 50), (100, 25, 50), (1000, 250, 50)],
)
def test_given_a_rate_when_computed_then_there_are_enough_senders(
    messages_per_second: int, senders: int, recipients_per_item: int
) -> None:
    most_waiting = messages_per_second * 6 * 60 * 60
    assert SendRate.of(messages_per_second) == SendRate(senders, recipients_per_item, most_waiting)


def test_given_any_rate_when_computed_then_the_senders_suit_lambda_and_keep_up() -> None:
    for messages_per_second in range(1, 1001):
        rate = SendRate.of(messages_per_second)
        assert 2 <= rate.senders <= 1000
        assert rate.senders / 0.25 >= messages_per_second
