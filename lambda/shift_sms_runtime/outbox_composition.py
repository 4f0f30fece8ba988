"""Builds what several functions share, such as permits, locales and the outbox.

Also builds the workers of the outbox and the sources of its texts.

Like `composition`, a function imports in its body.
"""

from typing import TYPE_CHECKING

from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.telemetry import count, log_failure, logger, metrics

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_runtime.employees.ports import Employees
    from shift_sms_runtime.employees.recipients import Recipients
    from shift_sms_runtime.environment import (
        LanguageSettings,
        NotifyManagers,
        ProcessInboundSms,
        ReconcileShift,
        SendCampaign,
        SendOperatorReply,
        SendOutbox,
        StartCallback,
    )
    from shift_sms_runtime.inbound.ports import ShiftIndexes, WaitingReplies
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.messaging.ledger import ReplyKind
    from shift_sms_runtime.messaging.ports import SmsSender
    from shift_sms_runtime.operator_inbox.inbox_notices import InboxNotices
    from shift_sms_runtime.operator_inbox.reply_outcomes import ReplyOutcomes
    from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers, TextSource
    from shift_sms_runtime.outbox.sender import OutboxSender
    from shift_sms_runtime.outbox.worker import OutboxWorker
    from shift_sms_runtime.outbox.workers import WorkerStarter
    from shift_sms_runtime.queue_messages import Queue
    from shift_sms_runtime.shifts.booking_policy import BookingPolicy
    from shift_sms_runtime.shifts.manager_notices.queue import ManagerNoticeQueue
    from shift_sms_runtime.shifts.notice_source import NoticeSource
    from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.outbox_store import DynamoOutbox
    from shift_sms_runtime.tables.send_permits import DynamoSendPermits


def send_permits(
    dynamodb: "DynamoDBClient",
    environment: "NotifyManagers | ProcessInboundSms | ReconcileShift | SendCampaign | SendOperatorReply | SendOutbox"
    " | StartCallback",
    clock: Clock,
) -> "DynamoSendPermits":
    """Returns the permits of the origination identity."""
    from shift_sms_runtime.tables.send_permits import DynamoSendPermits

    return DynamoSendPermits(
        dynamodb, environment.send_permits_table, environment.origination_identity, clock=clock
    )


def count_rate_too_high() -> None:
    """Counts a reservation at a rate far below `messages_per_second`, for the alarm."""
    count("SendRate", "too-high")


def reply_locales(language: "LanguageSettings") -> "Locales":
    """Returns the locales of the texts to employees."""
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.language.locale_files import locales

    return Locales(locales(language.vocabulary), default=language.default_language)


def notice_source(
    dynamodb: "DynamoDBClient",
    requests: "Queue[ReconcileRequest]",
    environment: "SendOutbox",
    clock: Clock,
    *,
    employees: "Employees",
    locales: "Locales",
) -> "NoticeSource":
    """Returns the source of notices. `requests` is the queue of shifts to reconcile."""
    from shift_sms_runtime.employees.recipients import Recipients
    from shift_sms_runtime.language.locale_files import lexicons
    from shift_sms_runtime.shifts.notice_source import NoticeSource
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.shifts import DynamoShifts

    return NoticeSource(
        shifts=DynamoShifts(
            dynamodb,
            environment.shifts_table,
            ShiftReader(environment.booking_policy.zone, lexicons(environment.language.vocabulary)),
        ),
        recipients=Recipients(employees, environment.approved_numbers),
        requests=requests,
        locales=locales,
        policy=environment.booking_policy,
        clock=clock,
    )


def manager_notice_queue(
    dynamodb: "DynamoDBClient",
    environment: "NotifyManagers | ReconcileShift",
    clock: Clock,
    *,
    segment_members: str,
    recipients: "Recipients",
    outbox: "Outbox",
    workers: "OutboxWorkers",
    policy: "BookingPolicy | NotifyManagers",
    urgent_overrides_quiet_hours: bool = False,
) -> "ManagerNoticeQueue":
    """Returns what queues the notices to managers. `segment_members` is the table. `policy` has the quiet hours."""
    from zoneinfo import ZoneInfo

    from shift_sms_runtime.employees.managers import Managers
    from shift_sms_runtime.messaging.quiet_hours import QuietHours
    from shift_sms_runtime.shifts.manager_notices.queue import ManagerNoticeQueue
    from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

    return ManagerNoticeQueue(
        Managers(DynamoSegmentMembers(dynamodb, segment_members), recipients),
        outbox,
        workers,
        origination_identity=environment.origination_identity,
        quiet_hours=QuietHours.parse(policy.quiet_hours),
        zone=ZoneInfo(policy.timezone),
        urgent_overrides_quiet_hours=urgent_overrides_quiet_hours,
        clock=clock,
    )


def inbox_notices(
    environment: "NotifyManagers", dynamodb: "DynamoDBClient", sqs: "SQSClient", clock: Clock
) -> "InboxNotices":
    """Returns what tells managers of texts in the operator inbox."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.employees.recipients import Recipients
    from shift_sms_runtime.operator_inbox.inbox_notices import InboxNotices
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox

    notices = manager_notice_queue(
        dynamodb,
        environment,
        clock,
        segment_members=environment.segment_members_table,
        recipients=Recipients(
            DynamoEmployees(dynamodb, environment.employees_table), environment.approved_numbers
        ),
        outbox=outbox(dynamodb, environment, clock),
        workers=outbox_workers(dynamodb, sqs, environment, clock),
        policy=environment,
    )
    return InboxNotices(
        DynamoOperatorInbox(dynamodb, environment.operator_inbox_table),
        notices,
        SqsQueue(sqs, environment.reconcile_queue_url),
        clock,
    )


def reply_sources(
    dynamodb: "DynamoDBClient",
    environment: "ProcessInboundSms | SendOutbox",
    shift_reader: "ShiftReader",
    clock: Clock,
    *,
    replies: "WaitingReplies",
    shift_indexes: "ShiftIndexes",
    employees: "Employees",
    locales: "Locales",
    agent_offered: bool,
    self_managed_opt_outs: bool,
) -> "dict[ReplyKind, TextSource]":
    """Returns the sources of all replies but those of operators.

    The named arguments are those of `DelayedReplies`.
    """
    from shift_sms_runtime.bookings.undo import BookingUndo
    from shift_sms_runtime.inbound.delayed_replies import DelayedReplies
    from shift_sms_runtime.messaging.ledger import ReplyKind
    from shift_sms_runtime.outbox.stored_body import StoredBody
    from shift_sms_runtime.tables.booking_undo import DynamoReportedBookings

    reported_bookings = DynamoReportedBookings(
        dynamodb,
        employee_bookings=environment.employee_bookings_table,
        conversations=environment.conversations_table,
        campaign_counters=environment.campaign_counters_table,
        shifts=environment.shifts_table,
        operator_inbox=environment.operator_inbox_table,
        shift_reader=shift_reader,
        clock=clock,
    )
    delayed_replies = DelayedReplies(
        replies=replies,
        shift_indexes=shift_indexes,
        employees=employees,
        booking_undo=BookingUndo(reported_bookings, environment.booking_policy),
        policy=environment.booking_policy,
        locales=locales,
        agent_offered=agent_offered,
        self_managed_opt_outs=self_managed_opt_outs,
        clock=clock,
    )
    return {
        ReplyKind.INBOUND: delayed_replies,
        ReplyKind.LIMIT_NOTICE: StoredBody(),
        ReplyKind.STRANGER_REPLY: StoredBody(),
    }


def waiting_replies(
    dynamodb: "DynamoDBClient", environment: "SendOutbox", shift_reader: "ShiftReader", clock: Clock
) -> "WaitingReplies":
    """Returns the reader of replies that wait in the outbox."""
    from shift_sms_runtime.tables.inbound_store import DynamoInboundRows

    return DynamoInboundRows(
        dynamodb,
        employees=environment.employees_table,
        employee_bookings=environment.employee_bookings_table,
        conversations=environment.conversations_table,
        shifts=environment.shifts_table,
        shift_reader=shift_reader,
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
    environment: "NotifyManagers | ProcessInboundSms | ReconcileShift | SendOperatorReply | SendOutbox"
    " | StartCallback",
    clock: Clock,
    *,
    campaign_counters: str | None = None,
) -> "DynamoOutbox":
    """Returns the outbox.

    `campaign_counters` is the table, if texts that are added count for campaigns.
    """
    from shift_sms_runtime.tables.outbox_store import DynamoOutbox

    return DynamoOutbox(
        dynamodb,
        outbox=environment.outbox_table,
        conversations=environment.conversations_table,
        campaign_counters=campaign_counters,
        clock=clock,
    )


def outbox_workers(
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    environment: "NotifyManagers | ProcessInboundSms | ReconcileShift | SendOperatorReply | StartCallback",
    clock: Clock,
) -> "WorkerStarter":
    """Returns the starter of the workers of the outbox."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.outbox.workers import WorkerStarter

    permits = send_permits(dynamodb, environment, clock)
    return WorkerStarter(permits, SqsQueue(sqs, environment.outbox_queue_url), clock)


def outbox_sender(
    environment: "ProcessInboundSms",
    dynamodb: "DynamoDBClient",
    sms: "SmsSender",
    clock: Clock,
    *,
    outbox: "Outbox",
    workers: "OutboxWorkers",
    sources: "dict[ReplyKind, TextSource]",
) -> "OutboxSender":
    """Returns the sender of replies that are sent at once."""
    from shift_sms_runtime.messaging.permits import Priority
    from shift_sms_runtime.messaging.rate_limiter import RateLimiter
    from shift_sms_runtime.messaging.send_once import SendOnce
    from shift_sms_runtime.outbox.follow_ups import FollowUps
    from shift_sms_runtime.outbox.sender import MAX_RETRY_SECONDS, OutboxSender
    from shift_sms_runtime.tables.conversations import reply_send_ledger

    limiter = RateLimiter(
        send_permits(dynamodb, environment, clock),
        clock,
        priority=Priority.REPLY,
        messages_per_second=environment.messages_per_second,
        on_rate_too_high=count_rate_too_high,
    )
    ledger = reply_send_ledger(
        dynamodb, conversations=environment.conversations_table, outbox=environment.outbox_table
    )
    return OutboxSender(
        # A text that a worker has claimed is sent without this function.
        send_once=SendOnce(
            ledger, sms, clock, limiter=limiter, max_retry_seconds=MAX_RETRY_SECONDS, claim_waits=()
        ),
        limiter=limiter,
        follow_ups=FollowUps(outbox, sources),
        workers=workers,
        clock=clock,
    )


def outbox_worker(
    environment: "SendOutbox",
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    sms: "SmsSender",
    clock: Clock,
) -> "OutboxWorker":
    """Returns the worker of the outbox, with the sources of all its texts."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.employees.recipients import Recipients
    from shift_sms_runtime.messaging.ledger import ReplyKind
    from shift_sms_runtime.operator_inbox.reply_source import OperatorReplySource
    from shift_sms_runtime.outbox.follow_ups import FollowUps
    from shift_sms_runtime.outbox.stored_body import StoredBody
    from shift_sms_runtime.outbox.worker import OutboxWorker
    from shift_sms_runtime.shifts.manager_notices.source import ManagerNoticeSource
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.conversations import reply_send_ledger
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox
    from shift_sms_runtime.tables.shifts import DynamoShifts

    text_outbox = outbox(dynamodb, environment, clock)
    employees = DynamoEmployees(dynamodb, environment.employees_table)
    locales = reply_locales(environment.language)
    shift_reader = ShiftReader(environment.booking_policy.zone)
    sources = reply_sources(
        dynamodb,
        environment,
        shift_reader,
        clock,
        replies=waiting_replies(dynamodb, environment, shift_reader, clock),
        shift_indexes=DynamoShifts(dynamodb, environment.shifts_table, shift_reader),
        employees=employees,
        locales=locales,
        agent_offered=environment.agent_offered,
        self_managed_opt_outs=environment.self_managed_opt_outs,
    )
    if environment.reconcile_queue_url is not None:
        requests: SqsQueue[ReconcileRequest] = SqsQueue(sqs, environment.reconcile_queue_url)
        sources[ReplyKind.NOTICE] = notice_source(
            dynamodb, requests, environment, clock, employees=employees, locales=locales
        )
        sources[ReplyKind.MANAGER_NOTICE] = ManagerNoticeSource(
            shifts=DynamoShifts(dynamodb, environment.shifts_table, shift_reader),
            employees=employees,
            recipients=Recipients(employees, environment.approved_numbers),
            waiting=DynamoOperatorInbox(dynamodb, environment.operator_inbox_table),
            requests=requests,
            locales=locales,
            policy=environment.booking_policy,
            urgent_overrides_quiet_hours=bool(environment.urgent_overrides_quiet_hours),
            clock=clock,
        )
    outcomes = reply_outcomes(dynamodb, environment.operator_inbox_table, clock)
    sources[ReplyKind.OPERATOR_REPLY] = OperatorReplySource(employees, outcomes)
    sources[ReplyKind.CAMPAIGN_TEST] = StoredBody()

    def report_blocked(reason: str) -> None:
        logger().warning("text blocked", reason=reason)
        count("OutboxText", "blocked")

    def report_failure(error: Exception) -> None:
        log_failure("text failed", error)
        count("OutboxText", "failed")

    return OutboxWorker(
        outbox=text_outbox,
        ledger=reply_send_ledger(
            dynamodb, conversations=environment.conversations_table, outbox=environment.outbox_table
        ),
        sms=sms,
        permits=send_permits(dynamodb, environment, clock),
        follow_ups=FollowUps(text_outbox, sources),
        turns=SqsQueue(sqs, environment.outbox_queue_url),
        messages_per_second=environment.messages_per_second,
        workers=environment.outbox_workers,
        clock=clock,
        on_blocked=report_blocked,
        on_failed=report_failure,
        on_rate_too_high=count_rate_too_high,
    )
