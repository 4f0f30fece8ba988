"""Lists campaign items that the command line works with."""

from datetime import UTC, datetime, timedelta

from tests.support.operator_cli import OperatorCli

AUGUST = {"campaign_id": "august", "campaign_message": "Shifts: XYZ123", "segment": "night"}


LAUNCHED = {
    **AUGUST,
    "campaign_status": "launched",
    "launched_at": "2026-11-23T20:00:00+00:00",
    "encoding": "GSM",
    "segments_per_text": 1,
    "targeted": 5,
    "waiting": 1,
    "sent": 1,
    "delivered": 2,
    "opted_out": 1,
    "segments_spent": 3,
    "replies": 2,
    "bookings": 1,
    "seats_filled": 1,
    "first_send_at": "2026-11-23T20:00:01+00:00",
    "last_send_at": "2026-11-23T20:00:03+00:00",
    "first_booking_at": "2026-11-23T20:01:12+00:00",
    "last_booking_at": "2026-11-23T20:01:12+00:00",
    "seconds_to_first_booking": 71,
    "seconds_to_last_booking": 71,
    "summary_version": 9,
}


STOPPED = {
    **LAUNCHED,
    "campaign_status": "stopped",
    "launched_at": datetime.now(UTC).isoformat(),
    "first_send_at": (datetime.now(UTC) - timedelta(days=50)).isoformat(),
}
"""Launched 50 days ago, and relaunched today."""


def put_members(operator_cli: OperatorCli, segment: str, count: int) -> None:
    for number in range(count):
        operator_cli.put("SegmentMembers", {"segment": segment, "phone_number": f"+1425555{number:04}"})
