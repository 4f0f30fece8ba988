"""Tests invariants 3, 4 and 5 while everything fails, and that each check notices a breach."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from shift_sms_runtime import telemetry
from shift_sms_runtime.campaigns import planner
from shift_sms_runtime.campaigns.counters import CounterDelta
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.handlers import batch
from shift_sms_runtime.messaging.ledger import SendClaim, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult, Unknown
from shift_sms_runtime.messaging.ports import SmsSender
from tests.support.crash_points import Steps, watched
from tests.support.faulty_campaign_world import FaultyCampaignWorld
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.invariant_checks import CHECKERS, does_not_add_up, lost_in_silence, texted_twice
from tests.support.memory.deliveries import MemoryDeliveries
from tests.support.memory.send_ledger import LedgerRow
from tests.support.store_pairs import dynamo_stores, memory_stores


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sets what `process` reads from the environment, and makes pages short, so that the segment has several."""
    for cached in (telemetry.logger, telemetry.metrics):
        cached.cache_clear()
    monkeypatch.setattr(planner, "MEMBERS_PER_PAGE", 4)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ShiftSms")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "simulation")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    yield
    for cached in (telemetry.logger, telemetry.metrics):
        cached.cache_clear()


def in_memory(
    seed: int,
    ledger: Callable[[Steps], MemoryDeliveries] = lambda _steps: MemoryDeliveries(),
    **switched_off: Any,
) -> FaultyCampaignWorld:
    """Runs a world in memory to its end. Every call of a store is a step."""
    steps = Steps()
    plain = memory_stores(ledger(steps))
    looked_at = {"rows", "item", "put_item", "put_member", "put_shift", "put_employee", "employee_rows"}
    stores = replace(
        plain,
        **{
            one.name: watched(getattr(plain, one.name), steps)
            for one in fields(plain)
            if one.name not in looked_at
        },
    )
    world = FaultyCampaignWorld(stores, steps, seed, **switched_off).run()
    # What the checks read is no step.
    world.stores = plain
    return world


@pytest.mark.parametrize("seed", range(40))
def test_given_everything_goes_wrong_when_it_is_over_then_the_invariants_hold(seed: int) -> None:
    world = in_memory(seed)
    assert [checker(world) for checker in CHECKERS] == [[], [], []]


@pytest.mark.parametrize("seed", range(100, 102))
def test_given_every_fault_with_dynamodb_when_it_is_over_then_the_invariants_hold(
    system: FunctionsOnMoto, seed: int
) -> None:
    steps = Steps()
    stores = dynamo_stores(system, watched(boto3.client("dynamodb"), steps))
    world = FaultyCampaignWorld(stores, steps, seed).run()
    assert [checker(world) for checker in CHECKERS] == [[], [], []]


def test_given_the_faulty_worlds_when_compared_then_every_fault_has_happened() -> None:
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
    failed = [one for world in worlds for one in world.invocations if one.reported]
    assert {one.function for one in failed} == {"launch", "plan", "send", "events"}
    assert any(len(one.given) > len(one.reported) for one in failed), "neighbours of a failed record are done"


class ClaimsAnything(MemoryDeliveries):
    """Grants every claim."""

    def claim(
        self, key: Delivery, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        row = self.rows[self.row_key(key)]
        self.rows[self.row_key(key)] = replace(row, status=DeliveryStatus.QUEUED)
        return super().claim(key, token=token, now=now, lease_until=lease_until)


class SendsForTheDead(MemoryDeliveries):
    """Lets a sender take over an abandoned claim, as if nothing had been sent."""

    def claim(
        self, key: Delivery, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        said = super().claim(key, token=token, now=now, lease_until=lease_until)
        if said is SendClaim.ABANDONED:
            row = self.rows[self.row_key(key)]
            self.rows[self.row_key(key)] = replace(row, token=token, lease_until=lease_until)
            return SendClaim.GRANTED
        return said


class Retries:
    """Repeats a request without a response, as an SDK would."""

    def __init__(self, sender: SmsSender) -> None:
        self._sender = sender

    def send(self, text: OutgoingText) -> SendResult:
        result = self._sender.send(text)
        return self._sender.send(text) if isinstance(result, Unknown) else result


class CountsAfterwards(MemoryDeliveries):
    """Counts in a step of its own, before which a function may die."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def count(self, delta: CounterDelta) -> None:
        self._steps.take(lambda: self.counters.add(delta))


class SettlesAnything(MemoryDeliveries):
    """Overwrites whatever a row says when its sender settles it."""

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


def swallowing(event: Any, context: Any, event_type: EventType, handle: Any) -> PartialItemFailureResponse:
    """Reports no failed record to Lambda."""

    def handle_quietly(record: Any, deadline: object) -> None:
        try:
            handle(record, deadline)
        except Exception:  # noqa: BLE001 - the mistake that the check has to notice
            return

    return batch.process(event, context, event_type, handle_quietly)


def stopping_at_the_first(
    event: Any, context: Any, event_type: EventType, handle: Any
) -> PartialItemFailureResponse:
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
    ("checker", "switched_off"),
    [
        (texted_twice, {"ledger": lambda _steps: ClaimsAnything()}),
        (texted_twice, {"ledger": lambda _steps: SendsForTheDead()}),
        (texted_twice, {"sender": Retries}),
        (does_not_add_up, {"ledger": CountsAfterwards}),
        (does_not_add_up, {"ledger": lambda _steps: SettlesAnything()}),
        (lost_in_silence, {"process": swallowing}),
        (lost_in_silence, {"process": stopping_at_the_first}),
    ],
    ids=[
        "unconditional-claims",
        "abandoned-claims-taken-over",
        "retries",
        "counting-afterwards",
        "unconditional-settling",
        "swallowed-errors",
        "no-isolation",
    ],
)
def test_given_a_mechanism_switched_off_when_faults_occur_then_its_check_fails(
    checker: Callable[[FaultyCampaignWorld], list[str]], switched_off: dict[str, Any]
) -> None:
    # Some breaches are rare: five or more of a hundred worlds show each of them.
    assert any(checker(in_memory(seed, **switched_off)) for seed in range(100))
