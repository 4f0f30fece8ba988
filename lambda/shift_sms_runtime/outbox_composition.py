"""Builds what several functions share: the outbox, its workers and the sources of its texts.

Like `composition`, a function imports in its body.
"""

from typing import TYPE_CHECKING

from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.telemetry import count, metrics

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_runtime.environment import ReconcileShift, SendOperatorReply, SendOutbox, StartCallback
    from shift_sms_runtime.operator_inbox.reply_outcomes import ReplyOutcomes
    from shift_sms_runtime.outbox.workers import WorkerStarter
    from shift_sms_runtime.queue_messages import Queue
    from shift_sms_runtime.shifts.notice_source import NoticeSource
    from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
    from shift_sms_runtime.tables.outbox_store import DynamoOutbox


def notice_source(
    dynamodb: "DynamoDBClient", requests: "Queue[ReconcileRequest]", environment: "SendOutbox", clock: Clock
) -> "NoticeSource":
    """Returns the source of notices. `requests` is the queue of shifts to reconcile."""
    from shift_sms_runtime.employees.recipients import Recipients
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.language.locale_files import lexicons, locales
    from shift_sms_runtime.shifts.notice_source import NoticeSource
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.shifts import DynamoShifts

    vocabulary = environment.language.vocabulary
    return NoticeSource(
        shifts=DynamoShifts(
            dynamodb,
            environment.shifts_table,
            ShiftReader(environment.booking_policy.zone, lexicons(vocabulary)),
        ),
        recipients=Recipients(
            DynamoEmployees(dynamodb, environment.employees_table), environment.approved_numbers
        ),
        requests=requests,
        locales=Locales(locales(vocabulary), default=environment.language.default_language),
        policy=environment.booking_policy,
        clock=clock,
    )


def reply_outcomes(dynamodb: "DynamoDBClient", operator_inbox_table: str, clock: Clock) -> "ReplyOutcomes":
    """Returns the recorder of outcomes of operators' replies. It counts them for the alarm."""
    from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
    from shift_sms_runtime.operator_inbox.reply_outcomes import ReplyOutcomes
    from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox

    def count_at_once(status: InboxStatus) -> None:
        count("OperatorReply", "sent" if status is InboxStatus.REPLIED else "not-sent")
        # The metrics of an invocation that is stopped are lost, and the alarm of this one must fire.
        metrics().flush_metrics()

    return ReplyOutcomes(DynamoOperatorInbox(dynamodb, operator_inbox_table), clock, on_outcome=count_at_once)


def outbox(
    dynamodb: "DynamoDBClient",
    environment: "ReconcileShift | SendOperatorReply | SendOutbox | StartCallback",
    clock: Clock,
) -> "DynamoOutbox":
    """Returns the outbox."""
    from shift_sms_runtime.tables.outbox_store import DynamoOutbox

    return DynamoOutbox(
        dynamodb, outbox=environment.outbox_table, conversations=environment.conversations_table, clock=clock
    )


def outbox_workers(
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    environment: "ReconcileShift | SendOperatorReply | StartCallback",
    clock: Clock,
) -> "WorkerStarter":
    """Returns the starter of the workers of the outbox."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.outbox.workers import WorkerStarter
    from shift_sms_runtime.tables.send_permits import DynamoSendPermits

    permits = DynamoSendPermits(
        dynamodb, environment.send_permits_table, environment.origination_identity, clock=clock
    )
    return WorkerStarter(permits, SqsQueue(sqs, environment.outbox_queue_url), clock)
