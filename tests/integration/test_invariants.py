"""Tests invariants 3, 4 and 5 under random faults, and that each check detects a violation."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import boto3
import pytest

from shift_sms_runtime import telemetry
from shift_sms_runtime.campaigns import planner
from shift_sms_runtime.campaigns.counters import CounterDelta
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.handlers import batch
from shift_sms_runtime.handlers.events import BatchResponse, EventType
from shift_sms_runtime.messaging.ledger import SendClaim, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult, Unknown
from shift_sms_runtime.messaging.ports import SmsSender
from tests.support.crash_points import Steps, stepwise
from tests.support.faulty_campaign_world import FaultyCampaignWorld
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.invariant_checks import CHECKERS, miscounts, silently_lost, texted_twice
from tests.support.memory.deliveries import MemoryDeliveries
from tests.support.memory.send_ledger import LedgerRow
from tests.support.store_pairs import dynamo_stores, memory_stores


@pytest.fixture(autouse=True)
def short_pages_and_own_telemetry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sets the environment of `batch.process`, and makes pages short, so that the segment has several pages."""
    for cached in (telemetry.logger, telemetry.metrics):
        cached.cache_clear()
    monkeypatch.setattr(planner, "MEMBERS_PER_PAGE", 4)
    monkeypatch.setenv("METRICS_NAMESPACE", "ShiftSms")
    monkeypatch.setenv("SERVICE_NAME", "simulation")
    yield
    for cached in (telemetry.logger, telemetry.metrics):
        cached.cache_clear()


def in_memory(
    seed: int,
    ledger: Callable[[Steps], MemoryDeliveries] = lambda _steps: MemoryDeliveries(),
    **overrides: Any,
) -> FaultyCampaignWorld:
    """Runs a world in memory to its end. Every call to a store is a step."""
    steps = Steps()
    stores_without_steps = memory_stores(ledger(steps))
    test_access = {
        "rows",
        "item",
        "put_item",
        "edit_item",
        "put_member",
        "put_shift",
        "put_employee",
        "employee_rows",
    }
    stores = replace(
        stores_without_steps,
        **{
            store.name: stepwise(getattr(stores_without_steps, store.name), steps)
            for store in fields(stores_without_steps)
            if store.name not in test_access
        },
    )
    world = FaultyCampaignWorld(stores, steps, seed, **overrides).run()
    # The reads of the checks are not steps.
    world.stores = stores_without_steps
    return world


@pytest.mark.parametrize("seed", range(40))
def test_given_random_faults_in_memory_when_the_run_ends_then_the_invariants_hold(seed: int) -> None:
    world = in_memory(seed)
    assert [checker(world) for checker in CHECKERS] == [[], [], []]


@pytest.mark.parametrize("seed", range(200, 220))
def test_given_pauses_and_quiet_hours_when_the_run_ends_then_the_invariants_hold(seed: int) -> None:
    world = in_memory(seed, pauses=True)
    assert [checker(world) for checker in CHECKERS] == [[], [], []]


@pytest.mark.parametrize("seed", range(100, 102))
def test_given_random_faults_on_dynamodb_when_the_run_ends_then_the_invariants_hold(
    system: FunctionsOnMoto, seed: int
) -> None:
    steps = Steps()
    stores = dynamo_stores(system, stepwise(boto3.client("dynamodb"), steps))
    world = FaultyCampaignWorld(stores, steps, seed).run()
    assert [checker(world) for checker in CHECKERS] == [[], [], []]


def test_given_many_faulty_worlds_when_compared_then_every_fault_has_occurred() -> None:
    worlds = [in_memory(seed) for seed in range(25)]
    rows = [row for world in worlds for row in world.stores.rows().values()]
    assert {row.status for row in rows} >= {
        DeliveryStatus.SENT,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.FAILED,
        DeliveryStatus.OPTED_OUT,
        DeliveryStatus.UNKNOWN,
    }
    assert {row.reason for row in rows} >= {"interrupted", "ReadTimeoutError", "TEXT_CARRIER_UNREACHABLE"}
    failed = [invocation for world in worlds for invocation in world.invocations if invocation.reported]
    assert {invocation.function for invocation in failed} == {"launch", "plan", "send", "events"}
    assert any(len(invocation.records) > len(invocation.reported) for invocation in failed), (
        "the other records of a batch succeed"
    )


class GrantsEveryClaim(MemoryDeliveries):
    """Grants every claim."""

    def claim(
        self, key: Delivery, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        row = self.rows[self.row_key(key)]
        self.rows[self.row_key(key)] = replace(row, status=DeliveryStatus.QUEUED)
        return super().claim(key, token=token, now=now, lease_until=lease_until)


class GrantsAbandonedClaims(MemoryDeliveries):
    """Grants an abandoned claim again, as if nothing had been sent."""

    def claim(
        self, key: Delivery, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        claim = super().claim(key, token=token, now=now, lease_until=lease_until)
        if claim is SendClaim.ABANDONED:
            row = self.rows[self.row_key(key)]
            self.rows[self.row_key(key)] = replace(row, token=token, lease_until=lease_until)
            return SendClaim.GRANTED
        return claim


class RetryingSender:
    """Repeats a request that got no response, as an SDK would."""

    def __init__(self, sender: SmsSender) -> None:
        self._sender = sender

    def send(self, text: OutgoingText) -> SendResult:
        result = self._sender.send(text)
        return self._sender.send(text) if isinstance(result, Unknown) else result


class CountsSeparately(MemoryDeliveries):
    """Counts in a step of its own, before which the function can die."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def count(self, delta: CounterDelta) -> None:
        self._steps.take(lambda: self.counters.add(delta))


class SettlesEveryRow(MemoryDeliveries):
    """Overwrites a row with any status when its sender settles it."""

    def settle(
        self,
        key: Delivery,
        status: DeliveryStatus,
        *,
        token: str,
        now: datetime,
        reason: str = "",
        sms_message_id: str = "",
    ) -> None:
        row = LedgerRow(status, reason=reason, sms_message_id=sms_message_id, token=token)
        self.rows[self.row_key(key)] = self.after_change(row, key)
        for delta in self.counter_deltas(key, StatusChange(DeliveryStatus.SENDING, status, now)):
            self.count(delta)


def hide_failures(event: Any, context: Any, event_type: EventType, handle: Any) -> BatchResponse:
    """Reports no failed record to Lambda."""

    def handle_quietly(record: Any, deadline: object) -> None:
        try:
            handle(record, deadline)
        except Exception:  # noqa: BLE001 - the mistake that the check must detect
            return

    return batch.process(event, context, event_type, handle_quietly)


def stop_at_the_first_failure(event: Any, context: Any, event_type: EventType, handle: Any) -> BatchResponse:
    """Skips the rest of a batch after its first failed record."""
    failed: list[Any] = []

    def handle_until(record: Any, deadline: object) -> None:
        if failed:
            return
        failed.append(record)
        handle(record, deadline)
        failed.clear()

    return batch.process(event, context, event_type, handle_until)


@pytest.mark.parametrize(
    ("checker", "overrides"),
    [
        (texted_twice, {"ledger": lambda _steps: GrantsEveryClaim()}),
        (texted_twice, {"ledger": lambda _steps: GrantsAbandonedClaims()}),
        (texted_twice, {"sender": RetryingSender}),
        (miscounts, {"ledger": CountsSeparately}),
        (miscounts, {"ledger": lambda _steps: SettlesEveryRow()}),
        (silently_lost, {"process": hide_failures}),
        (silently_lost, {"process": stop_at_the_first_failure}),
    ],
    ids=[
        "unconditional-claims",
        "abandoned-claims-taken-over",
        "retries",
        "separate-counting",
        "unconditional-settling",
        "swallowed-errors",
        "stop-at-first-failure",
    ],
)
def test_given_a_disabled_mechanism_when_faults_occur_then_its_check_fails(
    checker: Callable[[FaultyCampaignWorld], list[str]], overrides: dict[str, Any]
) -> None:
    # Some violations are rare: each occurs in at least five of a hundred worlds.
    assert any(checker(in_memory(seed, **overrides)) for seed in range(100))
