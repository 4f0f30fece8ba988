"""Sends a campaign through every fault of the phone network, on the deployed system, and kills its senders."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from lab.bench.crowd import WINDOW_SECONDS, Crowd
from lab.cloud.kill_function import kill_caller
from lab.lab_system import MESSAGES_PER_SECOND, LabSystem
from lab.phone_network import (
    Fault,
    Moment,
    RandomReports,
    drop_connection,
    hang,
    internal_error,
    throttle,
)
from tests.support.deployed_lab import most_in_window

pytestmark = pytest.mark.timeout(900)

RECIPIENTS = 1500
BEFORE, AFTER = Moment.BEFORE_EFFECT, Moment.AFTER_EFFECT


@pytest.fixture
def system() -> Iterator[LabSystem]:
    """The system with cached permissions, because authorizing every call takes half of the processor time."""
    with LabSystem() as up, up.cached_permissions():
        yield up


def test_given_every_fault_and_killed_senders_when_sent_then_no_text_is_repeated(
    system: LabSystem,
) -> None:
    network = system.network
    crowd = Crowd(system, "storm", RECIPIENTS)
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
    with system.quick_redelivery(seconds=20):
        crowd.launch()
        crowd.wait_until_finished(600)
    killed = [*kills, claimed, unsettled]
    assert all(fault.hits for fault in [*hidden_sends, *killed]), [fault.hits for fault in killed]

    figures = crowd.figures(())
    numbers = set(crowd.numbers)
    assert figures.texted_twice == 0
    assert sum(figures.ledger.values()) == figures.item["targeted"] == RECIPIENTS
    assert figures.ledger.keys() <= {"delivered", "sent", "unknown"}
    assert figures.busiest_window <= most_in_window(WINDOW_SECONDS)
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
