"""Tests that campaigns keep their place while they are paused, scheduled or in quiet hours, across deployments."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lab.lab_system import LabSystem
from tests.support.deployed_lab import add_members, deploy_again, put_campaign, wait_until

pytestmark = pytest.mark.timeout(900)

RECIPIENTS = tuple(f"+1425555{number}" for number in range(1000, 1030))
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def system() -> Iterator[LabSystem]:
    """The system with a slow number, so that a pause finds a campaign halfway."""
    with LabSystem(connect=False, overrides={"messages_per_second": "1"}) as up, up.cached_permissions():
        add_members(up, "waiting", *RECIPIENTS)
        yield up


def texted(system: LabSystem, message: str) -> Counter[str]:
    """Returns how often each recipient was sent a message."""
    return Counter(text.destination for text in system.network.texts if text.body.startswith(message))


def write_status(system: LabSystem, campaign_id: str, status: str) -> None:
    """Writes the status of a campaign as an operator does in the console."""
    system.cloud.client("dynamodb").update_item(
        TableName=system.outputs.campaigns_table_name,
        Key={"campaign_id": {"S": campaign_id}},
        UpdateExpression="SET campaign_status = :status",
        ExpressionAttributeValues={":status": {"S": status}},
    )


def item(system: LabSystem, campaign_id: str) -> dict[str, Any]:
    (found,) = (
        row for row in system.rows(system.outputs.campaigns_table_name) if row["campaign_id"] == campaign_id
    )
    return found


def is_finished(system: LabSystem, campaign_id: str) -> bool:
    return bool(item(system, campaign_id).get("campaign_status") == "finished")


def test_given_a_paused_campaign_when_deployed_again_then_it_keeps_its_place(system: LabSystem) -> None:
    put_campaign(system, "paused", campaign_message="Paused", segment="waiting")
    assert wait_until(lambda: texted(system, "Paused").total() >= 3, 120)
    write_status(system, "paused", "paused")
    assert wait_until(lambda: len(held(system)) > 0, 120), "senders hold their work items"
    system.wait_until_idle()
    before = texted(system, "Paused")
    assert 3 <= before.total() < len(RECIPIENTS)
    deploy_again(system, quiet_hours="03:00-03:01")
    time.sleep(5)
    assert texted(system, "Paused") == before
    assert item(system, "paused")["campaign_status"] == "paused"
    write_status(system, "paused", "launching")
    assert wait_until(lambda: is_finished(system, "paused"), 240)
    assert texted(system, "Paused") == Counter(RECIPIENTS)
    assert held(system) == []


def held(system: LabSystem) -> list[str]:
    """Returns the held pages and work items."""
    rows = system.rows(system.outputs.campaign_counters_table_name)
    return [row["part"] for row in rows if row["part"].startswith("held#")]


def test_given_quiet_hours_when_they_end_then_each_is_texted_once(system: LabSystem) -> None:
    now = datetime.now(UTC)
    ends = (now + 4 * MINUTE).replace(second=0, microsecond=0)
    deploy_again(system, quiet_hours=f"{now - MINUTE:%H:%M}-{ends:%H:%M}")
    put_campaign(system, "quiet", campaign_message="Quiet", segment="waiting")
    assert wait_until(lambda: len(held(system)) > 0, 60)
    while datetime.now(UTC) < ends:
        assert texted(system, "Quiet").total() == 0
        time.sleep(1)
    assert wait_until(lambda: is_finished(system, "quiet"), 240)
    assert texted(system, "Quiet") == Counter(RECIPIENTS)


def test_given_send_at_when_it_comes_then_the_campaign_is_launched(system: LabSystem) -> None:
    send_at = datetime.now(UTC) + timedelta(seconds=30)
    put_campaign(system, "timed", campaign_message="Timed", segment="waiting", send_at=send_at.isoformat())
    assert wait_until(lambda: item(system, "timed").get("campaign_status") == "scheduled", 20)
    assert texted(system, "Timed").total() == 0
    assert wait_until(lambda: is_finished(system, "timed"), 240)
    assert datetime.now(UTC) >= send_at
    assert texted(system, "Timed") == Counter(RECIPIENTS)
