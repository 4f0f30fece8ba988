"""Tests that no partition key takes too many write units while a campaign is sent."""

import random
from collections.abc import Callable, Iterable, Iterator
from contextvars import Context
from dataclasses import replace
from typing import Any

import pytest

from lab.simulation.aws.dynamodb import DynamoDbClient
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.delivery_events.delivery_event import expected_row
from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.deliveries import DynamoDeliveries, delivery_send_ledger
from tests.support.simulated_tables import simulated_database
from tests.support.store_operations import LEASE, NOW, campaign_event, queued

TEXTS = 500
"""The texts of one second."""

MEMBERS = 990
"""The members that are planned in one second."""

SENDERS, EVENT_FUNCTIONS = 125, 10

LIMIT = 500


class Campaign:
    """Writes to the rows of one campaign. Its id has the greatest length."""

    def __init__(self) -> None:
        database = simulated_database(clock=NOW.timestamp)
        self.metrics = database.metrics
        client: Any = DynamoDbClient(database)
        self._campaign_id = "c" * 256
        tables = {"deliveries": "Deliveries", "counters": "CampaignCounters"}
        self._ledger = delivery_send_ledger(client, conversations="Conversations", **tables)
        self._deliveries = DynamoDeliveries(client, **tables)

    def plan(self, members: list[str]) -> None:
        for start in range(0, len(members), 99):
            page = queued(*members[start : start + 99])
            self._deliveries.add(self._campaign_id, page, requeue_stopped=False, now=NOW)

    def send(self, number: str) -> None:
        key = Delivery(self._campaign_id, number, 9, "XYZ123")
        assert self._ledger.claim(key, token="t" * 32, now=NOW, lease_until=LEASE) is SendClaim.GRANTED
        self._ledger.settle(
            key, DeliveryStatus.SENT, token="t" * 32, now=NOW, sms_message_id=f"{number:->36}"
        )

    def record(self, number: str) -> None:
        event = replace(
            campaign_event(number, "TEXT_CARRIER_UNREACHABLE", 5, DeliveryStatus.FAILED),
            campaign_id=self._campaign_id,
            sms_message_id=f"{number:->36}",
            segments=9,
        )
        assert self._deliveries.record_event(event, expected_row(event), now=NOW) == (True, None)


def in_threads(function: Callable[[str], None], numbers: Iterable[str], threads: int) -> None:
    """Calls the function for each number, in turn as each of several threads."""
    contexts = [Context() for _ in range(threads)]
    for place, number in enumerate(numbers):
        contexts[place % threads].run(function, number)


def consecutive(chance: random.Random) -> Iterator[str]:
    first = 14250000000 + chance.randrange(10**6)
    return (f"+{number}" for number in range(first, first + TEXTS + MEMBERS))


def scattered(chance: random.Random) -> Iterator[str]:
    return (
        f"+{number}" for number in sorted(chance.sample(range(14250000000, 14259999999), TEXTS + MEMBERS))
    )


@pytest.fixture
def several_writers() -> None:
    """Every thread chooses its row of counters itself."""


@pytest.mark.parametrize("numbers", [consecutive, scattered])
@pytest.mark.parametrize("seed", range(3))
def test_given_500_texts_in_a_second_when_counted_then_no_key_takes_500_units(
    seed: int, numbers: Callable[[random.Random], Iterator[str]]
) -> None:
    random.seed(seed)
    campaign, recipients = Campaign(), list(numbers(random.Random(seed)))
    Context().run(campaign.plan, recipients[:TEXTS])
    campaign.metrics.reset()
    Context().run(campaign.plan, recipients[TEXTS:])
    in_threads(campaign.send, recipients[:TEXTS], SENDERS)
    in_threads(campaign.record, recipients[:TEXTS], EVENT_FUNCTIONS)
    units = {
        table: campaign.metrics.usage(table).write_units
        for table in ("Deliveries", "CampaignCounters", "Conversations")
    }
    assert units == {
        "Deliveries": MEMBERS * 2 + TEXTS * 6,
        "CampaignCounters": MEMBERS // 99 * 2 + TEXTS * 4,
        "Conversations": TEXTS * 4,
    }
    ((table, _, _, busiest),) = campaign.metrics.busiest_partitions(1)
    assert busiest.peak_write_units <= LIMIT, table


def test_given_writers_when_they_count_again_then_each_keeps_its_row_of_counters() -> None:
    random.seed(1)
    campaign, numbers = Campaign(), [f"+1425555{number:04}" for number in range(90)]
    Context().run(campaign.plan, numbers)
    in_threads(campaign.send, numbers, 1)
    campaign.metrics.reset()
    in_threads(campaign.record, numbers, 3)
    busiest = campaign.metrics.busiest_partitions()
    assert [usage.write_units for table, _, _, usage in busiest if table == "CampaignCounters"] == [60] * 3
