"""Tests a campaign to 1,500 recipients of whom some reply; `make bench` measures larger ones."""

from collections.abc import Iterator

import pytest

from lab.bench.crowd import WINDOW_SECONDS, Crowd
from lab.lab_system import MESSAGES_PER_SECOND, LabSystem
from tests.support.deployed_lab import most_in_window

pytestmark = pytest.mark.timeout(400)

FIRST = 200
RECIPIENTS = 1500
REPLIES = 200
MIN_IDLE = 0.15
"""The share of idle processor time below which the machine is overloaded."""


@pytest.fixture
def system() -> Iterator[LabSystem]:
    """The system with cached permissions, because authorizing every call takes half of the processor time."""
    with LabSystem(overrides={"texts_per_hour": "0"}) as up, up.cached_permissions():
        yield up


def test_given_1500_recipients_when_200_reply_meanwhile_then_the_rate_holds(system: LabSystem) -> None:
    start_functions(system)
    crowd = Crowd(system, "crowd", RECIPIENTS)
    crowd.add_to_tables()
    codes = crowd.add_shifts(REPLIES)
    crowd.launch()
    sent = crowd.send_replies(codes, seconds=0.9 * RECIPIENTS / MESSAGES_PER_SECOND)
    crowd.wait_until_finished(240)
    figures = crowd.figures(sent)
    booked = dict(zip(codes, sent, strict=True))
    assert figures.ledger == {"delivered": RECIPIENTS}
    assert figures.texted_twice == 0
    assert figures.item["targeted"] == figures.item["delivered"] == RECIPIENTS
    assert figures.busiest_window <= most_in_window(WINDOW_SECONDS)
    assert figures.busiest_campaign_window <= 1.2 * MESSAGES_PER_SECOND * WINDOW_SECONDS
    assert figures.median_rate <= 1.05 * MESSAGES_PER_SECOND
    # Replies come first. The campaign must use the rest of the rate, unless the machine is overloaded.
    rest = MESSAGES_PER_SECOND * RECIPIENTS / (RECIPIENTS + REPLIES)
    assert figures.median_rate >= 0.95 * rest or figures.machine_idle < MIN_IDLE, figures
    # Each sender receives exactly one reply, and the bookings match the replies.
    replies = {number: [text.body for text in system.network.inbox(number)[1:]] for number in sent}
    assert replies == {number: [f"Booked: {code} 3h"] for code, number in booked.items()}
    assert booked.items() <= system.bookings().items()
    assert (figures.item["replies"], figures.item["bookings"]) == (REPLIES, REPLIES)


def start_functions(system: LabSystem) -> None:
    """Runs a first campaign that starts the needed functions, because cold starts are slow on this machine."""
    first = Crowd(system, "first", FIRST, offset=2 * RECIPIENTS)
    first.add_to_tables()
    codes = first.add_shifts(FIRST // 10)
    first.launch()
    first.send_replies(codes, seconds=FIRST / MESSAGES_PER_SECOND)
    first.wait_until_finished(120)
