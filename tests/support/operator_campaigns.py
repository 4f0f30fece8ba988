"""Campaigns that operators work on, and what happens to them meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from shift_sms_runtime.aws.dynamodb import transact
from shift_sms_runtime.tables import campaigns
from shift_sms_runtime.tables.campaigns import DynamoCampaignItems
from tests.support.operator_world import OperatorWorld

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MESSAGE = "15/08 5h XYZ123"
AUGUST = {"campaign_id": "august", "campaign_message": MESSAGE, "segment": "night"}
LISTED = {"listing": "campaigns", "listed_at": "2026-11-28T12:00:00.000+00:00"}
SUBJECT = "campaign#august"
LAUNCHED = {
    **AUGUST,
    "campaign_status": "launched",
    "launch_id": "launch-1",
    "launched_at": NOON.isoformat(),
    "targeted": 5,
    "sent": 2,
    "opted_out": 1,
    "waiting": 2,
}
STOPPED = {**LAUNCHED, "campaign_status": "stopped", "campaign_error": "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"}


def put_member(world: OperatorWorld, number: str, **employee: Any) -> None:
    world.put("SegmentMembers", {"segment": "night", "phone_number": number})
    world.put("Employees", {"phone_number": number, **employee})


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, method: str, act: Callable[[], object], times: int = 1
) -> None:
    """Lets something happen right before the next calls of a method of the table."""
    as_it_is, left = getattr(DynamoCampaignItems, method), [act] * times

    def later(*arguments: Any, **named: Any) -> object:
        if left:
            left.pop()()
        return as_it_is(*arguments, **named)

    monkeypatch.setattr(DynamoCampaignItems, method, later)


def lose_response(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the response to the next transaction be lost, after it took effect."""
    responses = [ReadTimeoutError(endpoint_url="https://dynamodb")]

    def lossy(*arguments: Any) -> None:
        transact(*arguments)
        if responses:
            raise responses.pop()

    monkeypatch.setattr(campaigns, "transact", lossy)
