"""Builds the services that follow shifts.

Like `composition`, a function imports in its body.
"""

from typing import TYPE_CHECKING

from shift_sms_runtime import outbox_composition
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_runtime.environment import DetectShiftChanges, ReconcileShift
    from shift_sms_runtime.shifts.ports import ShiftTimers
    from shift_sms_runtime.shifts.reconcile_request import ShiftChangeDetector
    from shift_sms_runtime.shifts.reconciler import ShiftReconciler


def shift_change_detector(
    environment: "DetectShiftChanges", dynamodb: "DynamoDBClient", sqs: "SQSClient"
) -> "ShiftChangeDetector":
    """Returns the service of `detect_shift_changes`."""
    from zoneinfo import ZoneInfo

    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.language.locale_files import lexicons
    from shift_sms_runtime.shifts.reconcile_request import ShiftChangeDetector
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.shifts import DynamoShifts

    reader = ShiftReader(ZoneInfo(environment.timezone), lexicons(environment.vocabulary))
    return ShiftChangeDetector(
        reader,
        SqsQueue(sqs, environment.reconcile_queue_url),
        DynamoShifts(dynamodb, environment.shifts_table, reader),
        retention_days=environment.shift_retention_days,
        fill_requests=SqsQueue(sqs, environment.fill_queue_url) if environment.fill_queue_url else None,
    )


def shift_reconciler(
    environment: "ReconcileShift",
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    timers: "ShiftTimers",
    clock: Clock,
) -> "ShiftReconciler":
    """Returns the service of `reconcile_shift`."""
    from shift_sms_runtime.employees.recipients import Recipients
    from shift_sms_runtime.language.locale_files import lexicons
    from shift_sms_runtime.operator_inbox.waiting_notices import WaitingInboxNotices
    from shift_sms_runtime.shifts.reconciler import ShiftReconciler
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox
    from shift_sms_runtime.tables.seats.holder_bookings import DynamoHolderBookings
    from shift_sms_runtime.tables.shifts import DynamoShifts

    recipients = Recipients(
        DynamoEmployees(dynamodb, environment.employees_table), environment.approved_numbers
    )
    outbox = outbox_composition.outbox(dynamodb, environment, clock)
    workers = outbox_composition.outbox_workers(dynamodb, sqs, environment, clock)
    manager_notices = inbox = None
    if environment.segment_members_table is not None and environment.operator_inbox_table is not None:
        manager_notices = outbox_composition.manager_notice_queue(
            dynamodb,
            environment,
            clock,
            segment_members=environment.segment_members_table,
            recipients=recipients,
            outbox=outbox,
            workers=workers,
            policy=environment.booking_policy,
            urgent_overrides_quiet_hours=bool(environment.urgent_overrides_quiet_hours),
        )
        operator_inbox = DynamoOperatorInbox(dynamodb, environment.operator_inbox_table)
        inbox = WaitingInboxNotices(operator_inbox, manager_notices, timers, clock)
    return ShiftReconciler(
        shifts=DynamoShifts(
            dynamodb,
            environment.shifts_table,
            ShiftReader(environment.booking_policy.zone, lexicons(environment.vocabulary)),
        ),
        bookings=DynamoEmployeeBookings(dynamodb, environment.employee_bookings_table),
        holder_bookings=DynamoHolderBookings(
            dynamodb, shifts=environment.shifts_table, employee_bookings=environment.employee_bookings_table
        ),
        recipients=recipients,
        shift_timers=timers,
        outbox=outbox,
        workers=workers,
        policy=environment.booking_policy,
        origination_identity=environment.origination_identity,
        clock=clock,
        manager_notices=manager_notices,
        inbox=inbox,
    )
