"""Makes the audit records of the changes of one operator."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import uuid4

from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.messaging.ports import Clock


def new_operation_id() -> str:
    """Returns the id of a new operation."""
    return uuid4().hex


class AuditRecorder:
    """Makes audit records. The operation writes each in the transaction of its change."""

    def __init__(
        self,
        actor: Callable[[], str],
        *,
        retention_days: int,
        clock: Clock,
        new_id: Callable[[], str] = new_operation_id,
    ) -> None:
        """Configures the recorder.

        Args:
            actor: Returns who operates. It is called when something is changed.
            retention_days: How many days records are kept; 0 keeps them.
            clock: Returns the time.
            new_id: Returns a new id.
        """
        self._actor = actor
        self._kept = timedelta(days=retention_days)
        self._clock = clock
        self._new_id = new_id

    def record(
        self,
        subject: str,
        action: str,
        *,
        before: Mapping[str, object],
        after: Mapping[str, object],
        operation_id: str | None = None,
        listed_by_day: bool = True,
    ) -> AuditRecord:
        """Returns the record of a change.

        Args:
            subject: What was changed, made by `Subject.of`.
            action: What was done, such as `canceled`.
            before: Attributes before the change. Those that it leaves as they are may be among them.
            after: Attributes afterwards.
            operation_id: The id of the operation; by default a new one.
            listed_by_day: Whether the changes of the day show it.
        """
        now = self._clock()
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return AuditRecord(
            subject=subject,
            record_id=operation_id or self._new_id(),
            at=now,
            actor=self._actor(),
            action=action,
            before={name: before[name] for name in changed if before.get(name) is not None},
            after={name: after[name] for name in changed if after.get(name) is not None},
            expires_at=now + self._kept if self._kept else None,
            listed_by_day=listed_by_day,
        )
