"""Tests the rate and the senders of campaigns for the rates and shares that occur."""

import pytest

from shift_sms.building_blocks.send_rate import SendRate


@pytest.mark.parametrize(
    ("messages_per_second", "answers_share_percent", "parts_per_second", "senders", "recipients_per_item"),
    [
        (1, 0, 1, 2, 10),
        (1, 20, 0.8, 2, 8),
        (1, 90, 0.1, 2, 5),
        (3, 0, 3, 2, 30),
        (3, 20, 2.4, 2, 24),
        (3, 90, 0.3, 2, 5),
        (10, 0, 10, 3, 50),
        (10, 20, 8, 2, 50),
        (10, 90, 1, 2, 10),
        (50, 0, 50, 13, 50),
        (50, 20, 40, 10, 50),
        (50, 90, 5, 2, 50),
        (100, 0, 100, 25, 50),
        (100, 20, 80, 20, 50),
        (100, 90, 10, 3, 50),
        (1000, 0, 1000, 250, 50),
        (1000, 20, 800, 200, 50),
        (1000, 90, 100, 25, 50),
    ],
)
def test_given_a_rate_when_shared_then_campaigns_have_their_part_and_enough_senders(
    messages_per_second: int,
    answers_share_percent: int,
    parts_per_second: float,
    senders: int,
    recipients_per_item: int,
) -> None:
    rate = SendRate.of(messages_per_second, answers_share_percent)
    most_waiting = round(parts_per_second * 6 * 60 * 60)
    assert rate == SendRate(parts_per_second, senders, recipients_per_item, most_waiting)


@pytest.mark.parametrize("answers_share_percent", range(91))
def test_given_any_rate_when_shared_then_the_senders_suit_lambda_and_keep_up(
    answers_share_percent: int,
) -> None:
    for messages_per_second in range(1, 1001):
        rate = SendRate.of(messages_per_second, answers_share_percent)
        assert 2 <= rate.senders <= 1000
        assert rate.senders / 0.25 >= rate.parts_per_second - 1e-9
