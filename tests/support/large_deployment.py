"""Fills the tables of a deployed system directly, without the functions that handle changes."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from lab.lab_system import OUR_NUMBER, LabSystem
from shift_sms_runtime.aws.dynamodb import sortable_time
from shift_sms_runtime.tables.deliveries import delivery_key

SEGMENT, LONG_SEGMENT = "overtime", "everyone"
"""The embedded cloud sorts all members of a segment for each page, so that the console's function would exceed its time
if it examined pages of the long segment."""
_MEMBERS = 12_000
"""Of the first ones, each second employee is in the short segment. All others are in the long one."""
SHIFTS_OF_A_DAY = 100
NOW = datetime.now(UTC)
TODAY = NOW.date()
ACTIVE_DAY = TODAY - timedelta(days=1)
"""The day (UTC) of the audit records."""
FIRST_DAY = TODAY + timedelta(days=2)
"""The day of the first shifts, which can be booked."""
EMPLOYEE = "+14255000000"
"""The first employee."""
SHIFT, CAMPAIGN, MESSAGE = "S000000", "campaign-000000", "message-000000"
STATUSES = ("open", "open", "open", "replied", "not-sent", "closed")


def stop_table_changes(system: LabSystem) -> None:
    """Stops the functions that read the streams of tables, so that nothing follows from what is put."""
    functions = system.cloud.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if ":dynamodb:" in mapping["EventSourceArn"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


class LargeDeployment:
    """Grows the tables. In every size, a page of each list is full."""

    def __init__(self, system: LabSystem) -> None:
        self._system = system
        self._shifts = self._employees = self._others = 0

    def grow(self, *, shifts: int, employees: int, others: int) -> None:
        """Adds rows up to a number of shifts, of employees, and of each other kind."""
        outputs = self._system.outputs
        self._system.put_shifts(map(_shift, range(self._shifts, shifts)))
        added = range(self._employees, employees)
        self._system.put(outputs.employees_table_name, map(_employee, added))
        self._system.put(outputs.segment_members_table_name, map(_member, added))
        added = range(self._others, others)
        self._system.put(outputs.campaigns_table_name, map(_campaign, added))
        self._system.put(outputs.operator_inbox_table_name, map(_message, added))
        self._system.put(outputs.audit_trail_table_name, map(_change, added))
        self._system.put(outputs.deliveries_table_name, map(_delivery, added))
        self._shifts, self._employees, self._others = shifts, employees, others


def _shift(number: int) -> dict[str, Any]:
    """Returns a shift: one half of them have no start, the others start on one day after another."""
    item: dict[str, Any] = {"shift_id": f"S{number:06}", "shift_info": "night", "shift_status": "available"}
    if number == 0:
        item["seats"] = 2
    if number % 2:
        return item
    day, minute = divmod(number // 2, SHIFTS_OF_A_DAY)
    start = datetime.combine(FIRST_DAY, time(8), UTC) + timedelta(days=day, minutes=minute)
    return {**item, "starts_at": start.isoformat()}


def leaver(number: int) -> str:
    """Returns an employee who has nothing else."""
    return _number(4_000 + number)


def _number(number: int) -> str:
    return f"+1425{5_000_000 + number}"


def _employee(number: int) -> dict[str, Any]:
    return {"phone_number": _number(number), "name": f"Employee {number}", "roles": ["Bar"]}


def _member(number: int) -> dict[str, Any]:
    segment = SEGMENT if number < _MEMBERS and number % 2 == 0 else LONG_SEGMENT
    return {"segment": segment, "phone_number": _number(number)}


def _campaign(number: int) -> dict[str, Any]:
    at = sortable_time(NOW - timedelta(minutes=number))
    return {
        "campaign_id": f"campaign-{number:06}",
        "campaign_message": "Who can work?",
        "segment": SEGMENT,
        "campaign_status": "launched",
        "targeted": 10,
        "waiting": 10,
        "listing": "campaigns",
        "listed_at": at,
        "launched_at": at,
    }


def _message(number: int) -> dict[str, Any]:
    return {
        "message_id": f"message-{number:06}",
        "phone_number": _number(number % 100),
        "reply_from": OUR_NUMBER,
        "text": "I am late",
        "received_at": (NOW - timedelta(minutes=number)).isoformat(timespec="milliseconds"),
        "message_status": STATUSES[number % len(STATUSES)],
    }


def _delivery(number: int) -> dict[str, Any]:
    """Returns the row of a recipient. Each second member of the short segment is one."""
    return {
        **delivery_key(CAMPAIGN, _number(number * 4)),
        "campaign_id": CAMPAIGN,
        "status": "delivered",
        "segments": 1,
        "settled_at": sortable_time(NOW),
    }


def _change(number: int) -> dict[str, Any]:
    return {
        "subject": f"shift#S{number % 5:06}",
        "entry": f"{sortable_time(NOW - timedelta(days=1))}#{number:06}",
        "actor": "ann@example.com",
        "action": "edited",
        "before": {"seats": 1},
        "after": {"seats": 2},
        "day": ACTIVE_DAY.isoformat(),
    }
