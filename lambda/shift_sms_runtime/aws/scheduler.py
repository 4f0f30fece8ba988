"""Shift timers: one-time schedules of Amazon EventBridge Scheduler."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.backoff import Backoff
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

_WAITS = (0.1, 0.2, 0.4, 0.8, 1.6)


class SchedulerShiftTimers:
    """See `ShiftTimers`: one schedule for each shift that waits for a time.

    https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
    """

    def __init__(
        self,
        client: "EventBridgeSchedulerClient",
        *,
        group: str,
        queue_arn: str,
        role_arn: str,
        dead_letters_arn: str,
    ) -> None:
        """``role_arn`` is what the scheduler puts calls into the queue with."""
        self._client = client
        self._group = group
        self._queue_arn = queue_arn
        self._role_arn = role_arn
        self._dead_letters_arn = dead_letters_arn

    def set(self, shift_id: str, at: datetime) -> None:
        """See `ShiftTimers.set`."""
        target = {
            "Arn": self._queue_arn,
            "RoleArn": self._role_arn,
            "Input": ReconcileRequest(shift_id).to_json(),
            "DeadLetterConfig": {"Arn": self._dead_letters_arn},
        }
        schedule: Any = {
            "Name": _name(shift_id),
            "GroupName": self._group,
            # Schedules have whole seconds: never before the time.
            "ScheduleExpression": f"at({_whole_second(at):%Y-%m-%dT%H:%M:%S})",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            # It must not remove itself: that could remove what a call that has just come has set under this name. Each
            # call ends with the next time, or with none.
            "ActionAfterCompletion": "NONE",
            "Target": target,
        }

        def put() -> None:
            try:
                self._client.update_schedule(**schedule)
            except self._client.exceptions.ResourceNotFoundException:
                self._client.create_schedule(**schedule)

        self._alone(put)

    def clear(self, shift_id: str) -> None:
        """See `ShiftTimers.clear`."""

        def delete() -> None:
            try:
                self._client.delete_schedule(Name=_name(shift_id), GroupName=self._group)
            except self._client.exceptions.ResourceNotFoundException:
                return

        self._alone(delete)

    def _alone(self, write: Callable[[], None]) -> None:
        """Write, waiting out another function that writes the same schedule at the moment."""
        backoff = Backoff(_WAITS)
        while True:
            try:
                write()
            except self._client.exceptions.ConflictException:
                if not backoff.wait():
                    raise
            else:
                return


def _name(shift_id: str) -> str:
    """Names of schedules have fewer characters than ids may have, and fewer kinds of them."""
    return f"shift-{hashlib.sha256(shift_id.encode()).hexdigest()[:40]}"


def _whole_second(at: datetime) -> datetime:
    return (at + timedelta(seconds=1) - timedelta(microseconds=1)).astimezone(UTC).replace(microsecond=0)
