"""Amazon EventBridge Scheduler: one-time schedules, one per shift or campaign.

Source: CreateSchedule in the EventBridge Scheduler API reference.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.backoff import Backoff
from shift_sms_runtime.environment import TimerSettings
from shift_sms_runtime.messaging.ports import MIN_TIMER_DELAY, Clock
from shift_sms_runtime.queue_messages import QueueMessage

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

_WAITS = (0.1, 0.2, 0.4, 0.8, 1.6)


class SchedulerTimers:
    """Implements `ShiftTimers` and `CampaignTimers` as schedules.

    At its time, a schedule sends a request to the queue.
    """

    def __init__(
        self,
        client: "EventBridgeSchedulerClient",
        settings: TimerSettings,
        *,
        prefix: str,
        message: Callable[[str], QueueMessage],
        clock: Clock,
    ) -> None:
        """Sets up the properties that all schedules share.

        Args:
            client: The EventBridge Scheduler client.
            settings: The schedule group, the queue, the role, and the queue for what cannot be delivered.
            prefix: The beginning of the names of the schedules.
            message: Returns the message about the shift or campaign with an id.
            clock: The time.
        """
        self._client = client
        self._settings = settings
        self._prefix = prefix
        self._message = message
        self._clock = clock

    def set(self, subject_id: str, at: datetime) -> None:
        """See `ShiftTimers.set`.

        Writes the schedule again, a few seconds later, if its time has passed during the write. AWS does not document
        whether a schedule in the past fires.
        """
        self._put(subject_id, at)
        while at <= self._clock():
            at = self._clock() + MIN_TIMER_DELAY
            self._put(subject_id, at)

    def _put(self, subject_id: str, at: datetime) -> None:
        target = {
            "Arn": self._settings.timer_queue_arn,
            "RoleArn": self._settings.timer_role_arn,
            "Input": self._message(subject_id).to_json(),
            "DeadLetterConfig": {"Arn": self._settings.timer_dead_letters_arn},
        }
        schedule: Any = {
            "Name": self._name(subject_id),
            "GroupName": self._settings.timer_group,
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

    def clear(self, subject_id: str) -> None:
        """See `ShiftTimers.clear`."""

        def delete() -> None:
            try:
                self._client.delete_schedule(
                    Name=self._name(subject_id), GroupName=self._settings.timer_group
                )
            except self._client.exceptions.ResourceNotFoundException:
                return

        self._retry_conflicts(delete)

    def _name(self, subject_id: str) -> str:
        """Returns the name of a schedule.

        It is a hash, because names allow fewer characters than ids.
        """
        return f"{self._prefix}-{hashlib.sha256(subject_id.encode()).hexdigest()[:40]}"

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
