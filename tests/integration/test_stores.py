"""One suite for the stores in memory and in DynamoDB: what the services rely on holds for both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import Binary

from shift_sms_runtime.adapters.call_log import DynamoCallLog
from shift_sms_runtime.adapters.send_ledger import answers_ledger
from shift_sms_runtime.adapters.shift_book import DynamoShiftBook
from shift_sms_runtime.domain.callbacks import CallOutcome
from shift_sms_runtime.domain.deliveries import DeliveryStatus, SendClaim
from shift_sms_runtime.domain.shifts import ClaimOutcome
from shift_sms_runtime.services.callback import CallLog
from shift_sms_runtime.services.conversation import ShiftBook
from shift_sms_runtime.services.send_once import SendLedger
from tests.dialogues import ANN, BOB
from tests.fakes import MemoryCallLog, MemorySendLedger, MemoryShiftBook
from tests.integration.conftest import System

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
LEASE = NOW + timedelta(seconds=35)


@dataclass
class Stores:
    """The stores of one kind."""

    shifts: ShiftBook
    put_shift: Callable[[str, str], object]
    ledger: SendLedger[str]
    calls: CallLog


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest, system: System) -> Stores:
    """Fresh stores, in memory and in DynamoDB."""
    if request.param == "memory":
        shifts = MemoryShiftBook()
        return Stores(shifts, shifts.put, MemorySendLedger(), MemoryCallLog())
    client = boto3.client("dynamodb")
    return Stores(
        DynamoShiftBook(client, "Shifts"),
        system.put_shift,
        answers_ledger(client, "Inbox"),
        DynamoCallLog(client, "Inbox"),
    )


def claim(
    stores: Stores, *codes: str, employee: str = ANN, message_id: str = "m"
) -> list[tuple[ClaimOutcome, str]]:
    """Claim and say what came of each code."""
    claims = stores.shifts.claim(codes, employee=employee, message_id=message_id, now=NOW)
    assert [one.code for one in claims] == list(codes)
    return [(one.outcome, one.info) for one in claims]


def test_given_a_shift_when_claimed_then_only_the_first_has_it_and_a_repeated_claim_says_the_same(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "early")
    for _ in range(2):
        assert claim(stores, "A1") == [(ClaimOutcome.BOOKED, "early")]
    assert claim(stores, "A1", message_id="another") == [(ClaimOutcome.ALREADY_YOURS, "early")]
    assert claim(stores, "A1", employee=BOB, message_id="m2") == [(ClaimOutcome.TAKEN, "early")]
    assert claim(stores, "A2") == [(ClaimOutcome.UNKNOWN, "")]


def test_given_shifts_when_listed_then_the_open_ones_come_by_id_from_any_place_and_ids_name_all(
    stores: Stores,
) -> None:
    for number in range(250):
        stores.put_shift(f"A{number:03}", "")
    claim(stores, "A000", "A200")
    assert [shift.shift_id for shift in stores.shifts.available(after=None)][:2] == ["A001", "A002"]
    assert [shift.shift_id for shift in stores.shifts.available(after="A198")][:2] == ["A199", "A201"]
    assert len(list(stores.shifts.available(after=None))) == 248
    assert len(set(stores.shifts.ids())) == 250


def test_given_a_claim_on_a_send_when_others_come_then_they_hear_what_became_of_it(stores: Stores) -> None:
    def claim_send(token: str, now: datetime = NOW) -> SendClaim:
        return stores.ledger.claim("m", token=token, now=now, lease_until=LEASE)

    assert claim_send("one") is SendClaim.GRANTED
    assert claim_send("one") is SendClaim.GRANTED, "a write whose response got lost knows itself"
    assert claim_send("two") is SendClaim.BUSY
    assert claim_send("two", LEASE) is SendClaim.ABANDONED
    stores.ledger.settle("m", DeliveryStatus.QUEUED, now=NOW)
    assert claim_send("three") is SendClaim.GRANTED
    stores.ledger.settle("m", DeliveryStatus.SENT, now=NOW, sms_message_id="sms")
    assert claim_send("four", LEASE) is SendClaim.SETTLED
    stores.ledger.give_up("m", now=LEASE)
    assert claim_send("three", LEASE) is SendClaim.SETTLED, "a settled text stays as it is"


def test_given_an_abandoned_claim_when_given_up_then_it_is_settled(stores: Stores) -> None:
    stores.ledger.claim("m", token="one", now=NOW, lease_until=NOW)
    stores.ledger.give_up("m", now=LEASE)
    assert stores.ledger.claim("m", token="two", now=LEASE, lease_until=LEASE) is SendClaim.SETTLED


def test_given_an_outcome_of_a_call_when_noted_twice_then_the_first_stays(stores: Stores) -> None:
    assert stores.calls.outcome("m") is None
    stores.calls.note("m", CallOutcome.ACCEPTED, now=NOW)
    stores.calls.note("m", CallOutcome.LIMIT_REACHED, now=NOW)
    assert stores.calls.outcome("m") is CallOutcome.ACCEPTED
    assert stores.ledger.claim("m", token="one", now=NOW, lease_until=LEASE) is SendClaim.GRANTED


@pytest.mark.parametrize(
    ("attributes", "line"),
    [
        ({}, "A1"),
        ({"shift_info": Decimal(5)}, "A1 5"),
        ({"shift_info": None}, "A1"),
        ({"shift_info": Binary(b"x")}, "A1"),
        ({"shift_info": {"a": "b"}}, "A1"),
        ({"shift_info": ["a"]}, "A1"),
        ({"shift_info": "a\nb  "}, "A1 a b"),
        ({"shift_info": "x", "employee": "", "claim_message_id": Decimal(1)}, "A1 x"),
    ],
)
def test_given_an_item_written_by_hand_in_an_odd_way_when_asked_for_then_everybody_still_gets_the_list(
    system: System, attributes: Mapping[str, Any], line: str
) -> None:
    system.dynamodb.Table("Shifts").put_item(
        Item={"shift_id": "A1", "shift_status": "available", **attributes}
    )
    system.put_shift("A2", "fine")
    system.text(ANN, "REQUEST")
    system.text(BOB, "A1")
    assert system.network.inbox(ANN)[0].body == f"Reply a code to book:\n{line}\nA2 fine"
    assert system.network.inbox(BOB)[0].body.startswith("Booked: A1")
