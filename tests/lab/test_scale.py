"""Tests campaigns to 1,500 recipients; `make bench` measures larger ones."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from lab.bench.crowd import WINDOW_SECONDS, Crowd
from lab.cloud.kill_function import kill_caller
from lab.lab_system import MESSAGES_PER_SECOND, LabSystem
from lab.phone_network import (
    Fault,
    FinalReportOnly,
    Moment,
    RandomReports,
    drop_connection,
    hang,
    internal_error,
    throttle,
)
from tests.support.deployed_lab import quick_redelivery

pytestmark = pytest.mark.timeout(400)

FIRST = 200
RECIPIENTS = 1500
REPLIES = 200
MOST_IN_WINDOW = MESSAGES_PER_SECOND * (WINDOW_SECONDS + 1) + 1
"""The network accepts texts up to one second ahead of the rate."""
MIN_IDLE = 0.15
"""The share of idle processor time below which the machine is overloaded."""
BEFORE, AFTER = Moment.BEFORE_EFFECT, Moment.AFTER_EFFECT


@pytest.fixture
def busy_system(system: LabSystem) -> Iterator[LabSystem]:
    """The system with cached permissions, because authorizing every call takes half of the processor time."""
    with system.cached_permissions():
        yield system


@pytest.fixture
def reset_network(system: LabSystem) -> Iterator[None]:
    """Resets the faults and the carrier reports after the test."""
    yield
    system.network.faults.clear()
    system.gateway.faults.clear()
    system.network.carrier_reports = FinalReportOnly()


def test_given_1500_recipients_when_200_reply_meanwhile_then_the_rate_holds(
    busy_system: LabSystem,
) -> None:
    start_functions(busy_system)
    crowd = Crowd(busy_system, "crowd", RECIPIENTS)
    crowd.add_to_tables()
    codes = crowd.add_shifts(REPLIES)
    crowd.launch()
    codes_by_number = crowd.send_replies(codes, seconds=0.9 * RECIPIENTS / MESSAGES_PER_SECOND)
    crowd.wait_until_finished(240)
    figures = crowd.figures(codes_by_number)
    booked = {code: number for number, code in codes_by_number.items()}
    assert figures.ledger == {"delivered": RECIPIENTS}
    assert figures.texted_twice == 0
    assert figures.item["targeted"] == figures.item["delivered"] == RECIPIENTS
    assert figures.busiest_window <= MOST_IN_WINDOW
    assert figures.busiest_campaign_window <= 1.2 * MESSAGES_PER_SECOND * WINDOW_SECONDS
    assert figures.median_rate <= 1.05 * MESSAGES_PER_SECOND
    # Replies come first. The campaign must use the rest of the rate, unless the machine is overloaded.
    rest = MESSAGES_PER_SECOND * RECIPIENTS / (RECIPIENTS + REPLIES)
    assert figures.median_rate >= 0.95 * rest or figures.machine_idle < MIN_IDLE, figures
    # Each sender receives exactly one reply, and the bookings match the replies.
    replies = {
        number: [text.body for text in busy_system.network.inbox(number)[1:]] for number in codes_by_number
    }
    assert replies == {number: [f"Booked: {code} 3h"] for code, number in booked.items()}
    assert booked.items() <= busy_system.bookings().items()
    assert (figures.item["replies"], figures.item["bookings"]) == (REPLIES, REPLIES)


@pytest.mark.usefixtures("reset_network")
def test_given_every_fault_and_killed_senders_when_sent_then_no_text_is_repeated(
    busy_system: LabSystem,
) -> None:
    system, network = busy_system, busy_system.network
    crowd = Crowd(system, "storm", RECIPIENTS, offset=RECIPIENTS)
    crowd.add_to_tables()
    network.carrier_reports = RandomReports(seed=7, duplicated=0.1, reordered=0.1, lost=0.3)
    send = "SendTextMessage"
    network.faults.add(Fault(operation=send, act=throttle, share=0.10))
    kills = [
        network.faults.add(Fault(operation=send, act=kill_caller, share=0.004, times=1, seed=1)),
        network.faults.add(Fault(operation=send, act=kill_caller, when=AFTER, share=0.004, times=1, seed=2)),
    ]
    hidden_sends = [
        *kills,
        network.faults.add(Fault(operation=send, act=hang, when=AFTER, share=0.02, times=4)),
        network.faults.add(Fault(operation=send, act=drop_connection, when=AFTER, share=0.02)),
        network.faults.add(Fault(operation=send, act=internal_error, share=0.005)),
        network.faults.add(Fault(operation=send, act=internal_error, when=AFTER, share=0.005)),
    ]
    _, claimed = kill_at(system, claims, BEFORE, seed=3), kill_at(system, claims, AFTER, seed=4)
    unsettled, _ = kill_at(system, settles, BEFORE, seed=5), kill_at(system, settles, AFTER, seed=6)
    with quick_redelivery(system, seconds=20):
        crowd.launch()
        crowd.wait_until_finished(360)
    killed = [*kills, claimed, unsettled]
    assert all(fault.hits for fault in [*hidden_sends, *killed]), [fault.hits for fault in killed]

    figures = crowd.figures(())
    numbers = set(crowd.numbers)
    assert figures.texted_twice == 0
    assert sum(figures.ledger.values()) == figures.item["targeted"] == RECIPIENTS
    assert figures.ledger.keys() <= {"delivered", "sent", "unknown"}
    assert figures.busiest_window <= MOST_IN_WINDOW
    assert figures.busiest_campaign_window <= 1.2 * MESSAGES_PER_SECOND * WINDOW_SECONDS

    hidden = {number for fault in hidden_sends for number in fault.destinations}
    hidden |= {recipient(parameters) for fault in (claimed, unsettled) for parameters in fault.affected_calls}
    reported = {
        text.destination for text in crowd.texts() if text.message_id in network.event_types_by_message
    }
    unknown = {number for number, row in crowd.ledger().items() if row["status"] == "unknown"}
    assert unknown == (hidden & numbers) - reported
    reached = {text.destination for text in crowd.texts()}
    assert numbers - reached <= unknown


def start_functions(system: LabSystem) -> None:
    """Runs a first campaign that starts the needed functions, because cold starts are slow on this machine."""
    first = Crowd(system, "first", FIRST, offset=2 * RECIPIENTS)
    first.add_to_tables()
    codes = first.add_shifts(FIRST // 10)
    first.launch()
    first.send_replies(codes, seconds=FIRST / MESSAGES_PER_SECOND)
    first.wait_until_finished(120)


def kill_at(
    system: LabSystem, matches: Callable[[Mapping[str, Any]], bool], when: Moment, *, seed: int
) -> Fault:
    """Kills a sender once, before or after the effect of a write to the Deliveries table."""
    return system.gateway.faults.add(
        Fault(
            operation="TransactWriteItems",
            act=kill_caller,
            when=when,
            matches=matches,
            share=0.01,
            times=1,
            seed=seed,
        )
    )


def claims(parameters: Mapping[str, Any]) -> bool:
    """Returns whether the write is a claim."""
    return "lease_until = :lease_until" in str(parameters["TransactItems"][0].get("Update"))


def settles(parameters: Mapping[str, Any]) -> bool:
    """Returns whether the write settles a claim."""
    return "claim_token = :token" in str(
        parameters["TransactItems"][0].get("Update", {}).get("ConditionExpression")
    )


def recipient(parameters: Mapping[str, Any]) -> str:
    """Returns the recipient of the written item."""
    return str(parameters["TransactItems"][0]["Update"]["Key"]["phone_number"]["S"])
