"""Builds the service behind each handler from the function's environment variables.

One function per handler, each cached for the life of the process. This is the only module that makes boto3 clients.
A function imports what it needs in its body, because a cold start must not pay for the modules of other functions.
"""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import boto3

from shift_sms_runtime.aws import clients
from shift_sms_runtime.telemetry import count

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.callbacks.callback_request import CallbackRequest
    from shift_sms_runtime.callbacks.callback_starter import CallbackStarter
    from shift_sms_runtime.campaigns.launcher import CampaignLauncher
    from shift_sms_runtime.campaigns.planner import CampaignPlanner
    from shift_sms_runtime.campaigns.sender import CampaignSender
    from shift_sms_runtime.campaigns.summary import CampaignSummarizer
    from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
    from shift_sms_runtime.environment import PinpointEngineSettings
    from shift_sms_runtime.inbound.processor import InboundProcessor
    from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender
    from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
    from shift_sms_runtime.shifts.reconciler import ShiftReconciler
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns


@cache
def process_inbound_sms() -> "InboundProcessor":
    """Returns the service of `process_inbound_sms`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.environment import ProcessInboundSms
    from shift_sms_runtime.inbound.command_executor import CommandExecutor
    from shift_sms_runtime.inbound.policy import InboundPolicy
    from shift_sms_runtime.inbound.processor import InboundProcessor
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.language.locale_files import locales
    from shift_sms_runtime.messaging.send_once import SendOnce
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.conversations import reply_send_ledger
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.inbound_store import DynamoInboundStore
    from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox
    from shift_sms_runtime.tables.shifts import DynamoShifts

    settings = ProcessInboundSms.from_env()
    dynamodb = _dynamodb()
    callbacks: SqsQueue[CallbackRequest] | None = None
    if settings.callback_queue_url is not None:
        callbacks = SqsQueue(_sqs(), settings.callback_queue_url)
    shift_reader = ShiftReader(settings.rules.zone)
    store = DynamoInboundStore(
        dynamodb,
        employees=settings.employees_table,
        employee_bookings=settings.agendas_table,
        conversations=settings.inbox_table,
        shifts=settings.shifts_table,
        shift_reader=shift_reader,
        clock=_now,
    )
    ledger = reply_send_ledger(dynamodb, conversations=settings.inbox_table, counters=settings.progress_table)
    return InboundProcessor(
        store=store,
        executor=CommandExecutor(
            store=store,
            open_shifts=DynamoShifts(dynamodb, settings.shifts_table, shift_reader),
            operator_inbox=DynamoOperatorInbox(dynamodb, settings.messages_table),
            policy=settings.rules,
            agent_offered=callbacks is not None,
        ),
        employees=DynamoEmployees(dynamodb, settings.employees_table),
        locales=Locales(locales(settings.tongue.vocabulary), default=settings.tongue.default_language),
        replies=SendOnce(ledger, _sms(), _now),
        callbacks=callbacks,
        policy=InboundPolicy(
            settings.approved_numbers,
            settings.stranger_reply,
            settings.self_managed_opt_outs,
            settings.texts_per_hour,
        ),
        clock=_now,
    )


@cache
def start_callback() -> "CallbackStarter":
    """Returns the service of `start_callback`."""
    from shift_sms_runtime.aws.connect import ConnectCallCenter, ContactFlow
    from shift_sms_runtime.callbacks.callback_starter import CallbackStarter
    from shift_sms_runtime.environment import StartCallback
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.language.locale_files import locales
    from shift_sms_runtime.messaging.send_once import SendOnce
    from shift_sms_runtime.tables.conversations import DynamoCallLog, reply_send_ledger

    settings = StartCallback.from_env()
    dynamodb = _dynamodb()
    connect = boto3.client("connect", config=clients.IDEMPOTENT)
    flow = ContactFlow(
        settings.instance_id, settings.contact_flow_id, settings.queue_id, settings.source_phone_number
    )
    ledger = reply_send_ledger(dynamodb, conversations=settings.inbox_table, counters=settings.progress_table)
    return CallbackStarter(
        call_center=ConnectCallCenter(connect, flow),
        call_log=DynamoCallLog(dynamodb, settings.inbox_table),
        send_once=SendOnce(ledger, _sms(), _now),
        locales=Locales(
            locales(settings.tongue.vocabulary),
            default=settings.tongue.default_language,
        ),
        calls_per_day=settings.calls_per_day,
        clock=_now,
    )


@cache
def launch_campaign() -> "CampaignLauncher":
    """Returns the service of `launch_campaign`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.campaigns.launcher import CampaignLauncher, EndUserMessagingEngine
    from shift_sms_runtime.environment import LaunchCampaign, PinpointEngineSettings
    from shift_sms_runtime.language.locale_files import locale
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.campaign_counters import DynamoLaunchPlans
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns
    from shift_sms_runtime.tables.shifts import DynamoShifts

    settings = LaunchCampaign.from_env()
    dynamodb = _dynamodb()
    campaigns = DynamoCampaigns(dynamodb, settings.campaigns_table)
    if isinstance(settings.engine, PinpointEngineSettings):
        return _pinpoint_launcher(campaigns, settings.engine)
    engine = EndUserMessagingEngine(
        DynamoLaunchPlans(dynamodb, settings.engine.progress_table),
        SqsQueue(_sqs(), settings.engine.pages_queue_url),
        campaigns,
        DynamoShifts(dynamodb, settings.engine.shifts_table, ShiftReader()),
        locale(settings.engine.tongue.vocabulary, settings.engine.tongue.default_language),
        agent_offered=settings.engine.agent_offered,
        keep_typography=settings.engine.keep_typography,
        clock=_now,
    )
    return CampaignLauncher(campaigns, engine, default_segment=settings.engine.default_segment)


def _pinpoint_launcher(
    campaigns: "DynamoCampaigns", settings: "PinpointEngineSettings"
) -> "CampaignLauncher":
    from shift_sms_runtime.aws.pinpoint import Pinpoint
    from shift_sms_runtime.campaigns.launcher import CampaignLauncher
    from shift_sms_runtime.campaigns.pinpoint_engine import PinpointEngine

    pinpoint = Pinpoint(
        boto3.client("pinpoint", config=clients.ONE_ATTEMPT),
        application_id=settings.application_id,
        segment_id=settings.segment_id,
    )
    engine = PinpointEngine(pinpoint, campaigns, keep_typography=settings.keep_typography)
    return CampaignLauncher(campaigns, engine, default_segment=settings.segment_id)


@cache
def plan_campaign() -> "CampaignPlanner":
    """Returns the service of `plan_campaign`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.campaigns.planner import CampaignPlanner
    from shift_sms_runtime.environment import PlanCampaign
    from shift_sms_runtime.tables.campaign_counters import DynamoCampaignCounters, DynamoLaunchPlans
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns
    from shift_sms_runtime.tables.deliveries import DynamoDeliveries
    from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

    settings = PlanCampaign.from_env()
    dynamodb = _dynamodb()
    sqs = _sqs()
    campaigns = DynamoCampaigns(dynamodb, settings.campaigns_table)
    return CampaignPlanner(
        segment_members=DynamoSegmentMembers(dynamodb, settings.segment_members_table),
        deliveries=DynamoDeliveries(
            dynamodb, deliveries=settings.deliveries_table, counters=settings.progress_table
        ),
        plans=DynamoLaunchPlans(dynamodb, settings.progress_table),
        pages=SqsQueue(sqs, settings.pages_queue_url),
        dispatch=SqsQueue(sqs, settings.dispatch_queue_url),
        campaigns=campaigns,
        counters=DynamoCampaignCounters(dynamodb, settings.progress_table),
        recipients_per_item=settings.recipients_per_item,
        most_waiting=settings.most_waiting,
        clock=_now,
    )


@cache
def send_campaign() -> "CampaignSender":
    """Returns the service of `send_campaign`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.campaigns.sender import LONGEST_ATTEMPT, CampaignSender
    from shift_sms_runtime.environment import SendCampaign
    from shift_sms_runtime.messaging.send_once import SendOnce
    from shift_sms_runtime.tables.campaign_counters import DynamoSendPermits
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns
    from shift_sms_runtime.tables.deliveries import DynamoDeliveries, delivery_send_ledger
    from shift_sms_runtime.tables.employees import DynamoEmployees

    settings = SendCampaign.from_env()
    dynamodb = _dynamodb()
    sms = _sms(configuration_set=settings.configuration_set)
    ledger = delivery_send_ledger(
        dynamodb,
        deliveries=settings.deliveries_table,
        conversations=settings.inbox_table,
        counters=settings.progress_table,
    )
    return CampaignSender(
        send_once=SendOnce(ledger, sms, _now, longest_attempt=LONGEST_ATTEMPT),
        deliveries=DynamoDeliveries(
            dynamodb, deliveries=settings.deliveries_table, counters=settings.progress_table
        ),
        dispatch=SqsQueue(_sqs(), settings.dispatch_queue_url),
        permits=DynamoSendPermits(dynamodb, settings.progress_table, settings.origination_identity),
        employees=DynamoEmployees(dynamodb, settings.employees_table),
        campaigns=DynamoCampaigns(dynamodb, settings.campaigns_table),
        origination_identity=settings.origination_identity,
        sends_per_second=settings.sends_per_second,
        clock=_now,
        on_settled=lambda status, recipients: count("Delivery", status, recipients),
        on_stopped=lambda: count("Campaign", "stopped"),
    )


@cache
def summarize_campaign() -> "CampaignSummarizer":
    """Returns the service of `summarize_campaign`."""
    from shift_sms_runtime.campaigns.summary import CampaignSummarizer
    from shift_sms_runtime.environment import SummarizeCampaign
    from shift_sms_runtime.tables.campaign_counters import DynamoCampaignCounters
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns

    settings = SummarizeCampaign.from_env()
    dynamodb = _dynamodb()
    return CampaignSummarizer(
        DynamoCampaignCounters(dynamodb, settings.progress_table),
        DynamoCampaigns(dynamodb, settings.campaigns_table),
    )


@cache
def record_delivery_event() -> "DeliveryEventRecorder":
    """Returns the service of `record_delivery_event`."""
    from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
    from shift_sms_runtime.environment import RecordDeliveryEvent
    from shift_sms_runtime.tables.deliveries import DynamoDeliveries

    settings = RecordDeliveryEvent.from_env()
    ledger = DynamoDeliveries(
        _dynamodb(), deliveries=settings.deliveries_table, counters=settings.progress_table
    )
    return DeliveryEventRecorder(ledger, _now)


@cache
def detect_shift_changes() -> "tuple[ShiftReader, SqsQueue[ReconcileRequest]]":
    """Returns what `detect_shift_changes` reads shifts with, and the queue of shifts to reconcile."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.environment import DetectShiftChanges
    from shift_sms_runtime.language.locale_files import lexicons
    from shift_sms_runtime.shifts.shift_item import ShiftReader

    settings = DetectShiftChanges.from_env()
    requests: SqsQueue[ReconcileRequest] = SqsQueue(_sqs(), settings.shift_calls_queue_url)
    return ShiftReader(settings.zone, lexicons(settings.vocabulary)), requests


@cache
def reconcile_shift() -> "ShiftReconciler":
    """Returns the service of `reconcile_shift`."""
    from shift_sms_runtime.aws.scheduler import SchedulerShiftTimers
    from shift_sms_runtime.environment import ReconcileShift
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.language.locale_files import lexicons, locales
    from shift_sms_runtime.messaging.send_once import SendOnce
    from shift_sms_runtime.shifts.reconciler import ShiftReconciler
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.conversations import reply_send_ledger
    from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.shifts import DynamoShifts

    settings = ReconcileShift.from_env()
    vocabulary, timers = settings.tongue.vocabulary, settings.wake_ups
    dynamodb = _dynamodb()
    return ShiftReconciler(
        shifts=DynamoShifts(
            dynamodb, settings.shifts_table, ShiftReader(settings.rules.zone, lexicons(vocabulary))
        ),
        bookings=DynamoEmployeeBookings(dynamodb, settings.agendas_table),
        employees=DynamoEmployees(dynamodb, settings.employees_table),
        shift_timers=SchedulerShiftTimers(
            boto3.client("scheduler", config=clients.IDEMPOTENT),
            group=timers.group,
            queue_arn=timers.queue_arn,
            role_arn=timers.role_arn,
            dead_letters_arn=timers.dead_letters_arn,
        ),
        send_once=SendOnce(reply_send_ledger(dynamodb, conversations=settings.inbox_table), _sms(), _now),
        locales=Locales(
            locales(vocabulary),
            default=settings.tongue.default_language,
        ),
        policy=settings.rules,
        origination_identity=settings.origination_identity,
        approved_numbers=settings.approved_numbers,
        clock=_now,
    )


@cache
def send_operator_reply() -> "OperatorReplySender":
    """Returns the service of `send_operator_reply`."""
    from shift_sms_runtime.environment import SendOperatorReply
    from shift_sms_runtime.messaging.send_once import SendOnce
    from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender
    from shift_sms_runtime.tables.conversations import reply_send_ledger
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox

    settings = SendOperatorReply.from_env()
    dynamodb = _dynamodb()
    return OperatorReplySender(
        inbox=DynamoOperatorInbox(dynamodb, settings.messages_table),
        employees=DynamoEmployees(dynamodb, settings.employees_table),
        send_once=SendOnce(reply_send_ledger(dynamodb, conversations=settings.inbox_table), _sms(), _now),
        clock=_now,
    )


def _dynamodb() -> "DynamoDBClient":
    client: DynamoDBClient = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    return client


def _sqs() -> "SQSClient":
    client: SQSClient = boto3.client("sqs", config=clients.IDEMPOTENT)
    return client


def _sms(**options: str) -> "EndUserMessaging":
    from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging

    return EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT), **options)


def _now() -> datetime:
    return datetime.now(UTC)
