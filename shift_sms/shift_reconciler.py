"""Reconciles a shift when it changes or its timer fires."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.building_blocks.timers import Timers
from shift_sms.building_blocks.validators import (
    APPROVED_NUMBERS,
    SHIFT_RETENTION_DAYS,
    validate,
    validate_booking_policy,
    validate_language,
)
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import (
    BookingPolicy,
    DetectShiftChanges,
    LanguageSettings,
    ReconcileShift,
)


class ShiftReconciler(Construct):
    """Offers free seats to the waiting list.

    Queues offers, cancellation notices and reminders.

    Also indexes the shifts.

    Handles every change of the Shifts table, whether an employee, an operator or another program made it.

    Attributes:
        queue: The queue of shifts to reconcile.
        work_queue: The same queue, with its dead-letter queue.
        alarms: The alarms of its queues.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        outbox: OutboxSender,
        approved_numbers: Sequence[str] = (),
        booking_policy: BookingPolicy | None = None,
        language: LanguageSettings | None = None,
        shift_retention_days: int = 90,
    ) -> None:
        """Makes the queue, the functions and the schedule group.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            outbox: Sends offers, cancellation notices and reminders. It needs the same `approved_numbers`,
                `booking_policy` and `language`.
            approved_numbers: The `approved_numbers` of the `InboundSmsProcessor`.
            booking_policy: The `booking_policy` of the `InboundSmsProcessor`.
            language: The `language` of the `InboundSmsProcessor`.
            shift_retention_days: How many days after its end a shift is deleted, at least 14; 0 keeps shifts.
        """
        approved_numbers = validate("approved_numbers", approved_numbers, APPROVED_NUMBERS)
        booking_policy = validate_booking_policy(booking_policy)
        language = validate_language(language)
        shift_retention_days = validate("shift_retention_days", shift_retention_days, SHIFT_RETENTION_DAYS)
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(60)
        queue = WorkQueue(self, "Requests", timeout=timeout)
        timers = Timers(self, "Timers", queue=queue)

        detect = RuntimeFunction(
            self,
            "Detect",
            environment_class=DetectShiftChanges,
            description="Queues the shifts that changed, and maintains their indexes",
            timeout=timeout,
        )
        detect.configure(
            vocabulary=language.vocabulary,
            timezone=booking_policy.timezone,
            shift_retention_days=shift_retention_days,
        )
        tables.grant_index_shifts(detect)
        queue.grant_send(detect, url_variable="reconcile_queue_url")
        invoke_on_changes(
            detect,
            table=tables.shifts,
            dead_letters=tables.stream_dead_letters,
            pattern={"eventName": lambda_.FilterRule.or_("INSERT", "MODIFY", "REMOVE")},
            batch_size=100,
        )

        reconcile = RuntimeFunction(
            self,
            "Reconcile",
            environment_class=ReconcileShift,
            description="Recomputes the state of a shift and queues its due notices",
            timeout=timeout,
        )
        reconcile.configure(
            approved_numbers=approved_numbers, booking_policy=booking_policy, vocabulary=language.vocabulary
        )
        tables.grant_reconcile_shifts(reconcile)
        tables.grant_read_employees(reconcile)
        tables.grant_read_statuses(reconcile)
        outbox.grant_add(reconcile)
        queue.grant_send(outbox.runtime_function, url_variable="reconcile_queue_url")
        timers.grant_manage_schedules(reconcile)
        queue.add_consumer(reconcile, batch_size=1, max_concurrency=5)

        self.work_queue = queue
        self.queue: sqs.IQueue = queue.queue
        self._detect = detect
        self._reconcile = reconcile
        self.alarms: tuple[cloudwatch.Alarm, ...] = queue.alarms

    @property
    def detect_function(self) -> lambda_.Function:
        """Queues the shifts that changed, and maintains their indexes."""
        return self._detect.function

    @property
    def detector(self) -> RuntimeFunction:
        """The same function, for further permissions."""
        return self._detect

    @property
    def reconcile_function(self) -> lambda_.Function:
        """Recomputes the state of one shift and queues its due notices."""
        return self._reconcile.function

    @property
    def reconciler(self) -> RuntimeFunction:
        """The same function, for further permissions."""
        return self._reconcile
