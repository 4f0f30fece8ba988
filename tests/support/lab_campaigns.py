"""Campaigns that tests of permissions launch, schedule, pause and stop on the deployed system."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from lab.lab_system import LabSystem
from lab.phone_network import Fault, throttle
from shift_sms_runtime.campaigns.reconciliation.held_message import HeldKind, HeldMessage
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.tables.campaign_counters import DynamoHeldMessages
from tests.support.deployed_lab import STAFF, add_members, addressed_to, deliveries, put_campaign, wait_until
from tests.support.lab_permissions import unique_numbers


def shift_timers(system: LabSystem, prefix: str = "shift-") -> list[str]:
    """Returns the expressions of the schedules whose names begin with the prefix."""
    scheduler = system.cloud.client("scheduler")
    expressions = []
    for one in scheduler.list_schedules()["Schedules"]:
        # A function may delete the schedule meanwhile.
        with suppress(scheduler.exceptions.ResourceNotFoundException):
            found = scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])
            expressions += [found["ScheduleExpression"]] if one["Name"].startswith(prefix) else []
    return expressions


def campaign(system: LabSystem, *members: str, **attributes: str) -> Callable[[], bool]:
    """Launches a campaign; the result tells whether every text is recorded as delivered."""
    campaign_id, recipients = f"need-{next(unique_numbers)}", members or (STAFF[3],)
    add_members(system, campaign_id, *recipients)
    put_campaign(system, campaign_id, campaign_message="A1", segment=campaign_id, **attributes)

    def done() -> bool:
        rows = system.rows(system.outputs.campaigns_table_name)
        finished = any(
            row["campaign_id"] == campaign_id
            and row.get("campaign_status") == "finished"
            and row.get("delivered") == len(recipients)
            for row in rows
        )
        return finished and deliveries(system, campaign_id) == dict.fromkeys(recipients, "delivered")

    return done


def due_campaign(system: LabSystem) -> Callable[[], bool]:
    """Puts a scheduled campaign that is due. Reconciling launches it; see `campaign`."""
    return campaign(system, campaign_status="scheduled")


def schedule_campaign(system: LabSystem, send_at: str = "2099-08-15T12:00:00Z") -> Callable[[], bool]:
    """Schedules a campaign; the result tells whether its schedule exists."""
    put_campaign(system, "timed", campaign_message="A1", send_at=send_at, campaign_status="scheduled")
    return lambda: shift_timers(system, "campaign-") == [f"at({send_at.rstrip('Z')})"]


def put_scheduled_campaign(system: LabSystem) -> None:
    """Puts a scheduled campaign."""
    assert wait_until(schedule_campaign(system), 60)


def move_campaign(system: LabSystem) -> Callable[[], bool]:
    """Moves the time of the campaign; the result tells whether its schedule moved."""
    return schedule_campaign(system, "2099-08-16T12:00:00Z")


def put_held_campaign(system: LabSystem) -> None:
    """Puts a paused campaign of which a work item is held."""
    held = DynamoHeldMessages(
        system.cloud.client("dynamodb"),
        system.outputs.campaign_counters_table_name,
        lambda: datetime.now(UTC),
    )
    item = WorkItem("held", "launch", "A1", 1, ())
    held.hold(HeldMessage("held", HeldKind.WORK_ITEM, item.to_json(), datetime.now(UTC)))
    put_campaign(system, "held", campaign_message="A1", campaign_status="paused", launch_id="launch")


def stop_held_campaign(system: LabSystem) -> Callable[[], bool]:
    """Stops the campaign; the result tells whether nothing of it is held."""
    put_campaign(system, "held", campaign_message="A1", campaign_status="stopped", launch_id="launch")
    table = system.outputs.campaign_counters_table_name
    return lambda: not any(row["part"].startswith("held#") for row in system.rows(table))


def throttled_campaign(system: LabSystem) -> Callable[[], bool]:
    """Launches a campaign whose second text is throttled until its work item returns to the queue."""
    system.network.faults.clear()
    system.network.faults.add(
        Fault(operation="SendTextMessage", act=throttle, times=14, matches=addressed_to(STAFF[4]))
    )
    return campaign(system, STAFF[3], STAFF[4])
