"""Tests that no partition key takes too many write units while a campaign is sent."""

import random
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.delivery_events.delivery_event import DeliveryRow, expected_row
from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.deliveries import DynamoDeliveries, delivery_send_ledger
from tests.support.functions_on_moto import TABLES, FunctionsOnMoto
from tests.support.store_operations import LEASE, NOW, campaign_event, queued
from tests.support.store_pairs import Stores, dynamo_stores
from tests.support.write_units import CountingClient, item_units

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEXTS = 500
"""The texts of one second."""

MEMBERS = 990
"""The members that are planned in one second."""

SENDERS, EVENT_FUNCTIONS = 125, 10

LIMIT = 500


class OneSecond:
    """The writes of one second of a campaign."""

    def __init__(self) -> None:
        self.counting = CountingClient({table: keys[0] for table, keys in TABLES.items()})
        client = cast("DynamoDBClient", self.counting)
        tables = {"deliveries": "Deliveries", "counters": "CampaignCounters"}
        self._ledger = delivery_send_ledger(client, conversations="Conversations", **tables)
        self._deliveries = DynamoDeliveries(client, **tables)

    def plan(self, members: list[str]) -> None:
        for start in range(0, len(members), 99):
            self._deliveries.add("c", queued(*members[start : start + 99]), requeue_stopped=False, now=NOW)

    def send(self, number: str) -> None:
        key = Delivery("c", number, 1, "XYZ123")
        assert self._ledger.claim(key, token="t", now=NOW, lease_until=LEASE) is SendClaim.GRANTED
        self._ledger.settle(key, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id=f"sms{number}")

    def record(self, number: str) -> None:
        event = campaign_event(number, "TEXT_DELIVERED", 5, DeliveryStatus.DELIVERED)
        assert self._deliveries.record_event(event, expected_row(event), now=NOW) == (True, None)


def in_threads(function: Callable[[str], None], numbers: Iterable[str], threads: int) -> None:
    """Calls the function for each number, in turn as each of several threads."""
    contexts = [copy_context() for _ in range(threads)]
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
@pytest.mark.parametrize("seed", range(5))
def test_given_500_texts_in_a_second_when_counted_then_no_key_is_near_its_limit(
    seed: int, numbers: Callable[[random.Random], Iterator[str]]
) -> None:
    random.seed(seed)
    second, recipients = OneSecond(), list(numbers(random.Random(seed)))
    copy_context().run(second.plan, recipients[TEXTS:])
    in_threads(second.send, recipients[:TEXTS], SENDERS)
    in_threads(second.record, recipients[:TEXTS], EVENT_FUNCTIONS)
    most = second.counting.most()
    assert second.counting.units.total() == MEMBERS * 2 + 20 + TEXTS * (4 + 6 + 4)
    assert most.keys() == {"Deliveries", "CampaignCounters", "Conversations"}
    assert max(most.values()) <= LIMIT, most


def test_given_writers_when_they_count_again_then_each_keeps_its_row_of_counters() -> None:
    random.seed(1)
    second = OneSecond()
    in_threads(second.record, [f"+1425555{number:04}" for number in range(90)], 3)
    rows = {
        key: units for (table, key), units in second.counting.units.items() if table == "CampaignCounters"
    }
    assert list(rows.values()) == [60, 60, 60]


def test_given_the_longest_campaign_id_when_a_text_fails_then_rows_take_one_unit(
    system: FunctionsOnMoto,
) -> None:
    stores: Stores = dynamo_stores(system)
    campaign_id, number = "c" * 256, "+14155550123"
    key = Delivery(campaign_id, number, 9, "XYZ123")
    stores.deliveries.add(campaign_id, queued(number), requeue_stopped=False, now=NOW)
    stores.sends.claim(key, token="t" * 32, now=NOW, lease_until=LEASE)
    rows = system.rows("Deliveries")
    stores.sends.settle(key, DeliveryStatus.UNKNOWN, token="t" * 32, now=NOW, reason="interrupted")
    stores.sends.settle(key, DeliveryStatus.SENT, token="t" * 32, now=NOW, sms_message_id="i" * 36)
    event = campaign_event(number, "TEXT_CARRIER_UNREACHABLE", 5, DeliveryStatus.FAILED)
    event = replace(event, campaign_id=campaign_id, sms_message_id="i" * 36)
    seen = DeliveryRow(DeliveryStatus.SENT, event.sms_message_id, 9, None)
    assert stores.delivery_events.record_event(event, seen, now=NOW) == (True, None)
    rows += [*system.rows("Deliveries"), *system.rows("CampaignCounters"), *system.rows("Conversations")]
    assert {item_units(row) for row in rows} == {1}
