"""Amazon EventBridge Scheduler: one-time schedules, one per shift.

Source: CreateSchedule in the EventBridge Scheduler API reference.
"""

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
    """Implements shift timers as schedules.

    At its time, a schedule sends a request to the queue.
    """

    def __init__(
        self,
        client: "EventBridgeSchedulerClient",
        *,
        group: str,
        queue_arn: str,
        role_arn: str,
        dead_letters_arn: str,
        request: type[ReconcileRequest] = ReconcileRequest,
        prefix: str = "shift",
    ) -> None:
        """Sets up the properties that all schedules share.

        Args:
            client: The EventBridge Scheduler client.
            group: The schedule group.
            queue_arn: The queue of shifts to reconcile, or to fill.
            role_arn: The role that EventBridge Scheduler assumes to send to the queue.
            dead_letters_arn: The queue for requests that EventBridge Scheduler cannot deliver.
            request: The messages of the queue.
            prefix: The beginning of the names of the schedules.
        """
        self._client = client
        self._group = group
        self._queue_arn = queue_arn
        self._role_arn = role_arn
        self._dead_letters_arn = dead_letters_arn
        self._request = request
        self._prefix = prefix

    def set(self, shift_id: str, at: datetime) -> None:
        """See `ShiftTimers.set`."""
        target = {
            "Arn": self._queue_arn,
            "RoleArn": self._role_arn,
            "Input": self._request(shift_id).to_json(),
            "DeadLetterConfig": {"Arn": self._dead_letters_arn},
        }
        schedule: Any = {
            "Name": self._name(shift_id),
            "GroupName": self._group,
            # Schedules have a precision of one second. Rounding up keeps them from firing early.
            "ScheduleExpression": f"at({_whole_second(at):%Y-%m-%dT%H:%M:%S})",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            # A schedule that deleted itself after firing could delete a new schedule of the same name, set by the
            # reconciliation that it caused. Reconciliation sets or clears the schedule anyway.
            "ActionAfterCompletion": "NONE",
            "Target": target,
        }

        def put() -> None:
            try:
                self._client.update_schedule(**schedule)
            except self._client.exceptions.ResourceNotFoundException:
                self._client.create_schedule(**schedule)

        self._retry_conflicts(put)

    def clear(self, shift_id: str) -> None:
        """See `ShiftTimers.clear`."""

        def delete() -> None:
            try:
                self._client.delete_schedule(Name=self._name(shift_id), GroupName=self._group)
            except self._client.exceptions.ResourceNotFoundException:
                return

        self._retry_conflicts(delete)

    def _name(self, shift_id: str) -> str:
        """Returns the name of a shift's schedule.

        It is a hash, because names allow fewer characters than shift ids.
        """
        return f"{self._prefix}-{hashlib.sha256(shift_id.encode()).hexdigest()[:40]}"

    def _retry_conflicts(self, write: Callable[[], None]) -> None:
        """Writes a schedule. Retries while another function writes the same one."""
        backoff = Backoff(_WAITS)
        while True:
            try:
                write()
            except self._client.exceptions.ConflictException:
                if not backoff.wait():
                    raise
            else:
                return


def _whole_second(at: datetime) -> datetime:
    return (at + timedelta(seconds=1) - timedelta(microseconds=1)).astimezone(UTC).replace(microsecond=0)
