"""Builds the service behind each handler from the function's environment variables.

One function per handler, each cached for the life of the process. This is the only module that makes boto3 clients.
A function imports in its body, so that a cold start does not load the modules of other functions.
"""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import boto3

from shift_sms_runtime import inbound_composition, outbox_composition
from shift_sms_runtime.aws import clients
from shift_sms_runtime.telemetry import count, log_failure, logger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
    from shift_sms_runtime.aws.scheduler import SchedulerTimers
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.callbacks.callback_starter import CallbackStarter
    from shift_sms_runtime.campaigns.launcher import CampaignLauncher
    from shift_sms_runtime.campaigns.planner import CampaignPlanner
    from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
    from shift_sms_runtime.campaigns.reconciliation.reconciler import CampaignReconciler
    from shift_sms_runtime.campaigns.sender import CampaignSender
    from shift_sms_runtime.campaigns.summary import CampaignSummarizer
    from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
    from shift_sms_runtime.domain_events.publisher import DomainEventPublisher
    from shift_sms_runtime.employees.employee import Employee
    from shift_sms_runtime.employees.manager_index import ManagerIndex
    from shift_sms_runtime.environment import TimerSettings
    from shift_sms_runtime.fill_plans.planner import FillPlanner
    from shift_sms_runtime.inbound.processor import InboundProcessor
    from shift_sms_runtime.operator_inbox.inbox_notices import InboxNotices
    from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender
    from shift_sms_runtime.outbox.worker import OutboxWorker
    from shift_sms_runtime.queue_messages import QueueMessage
    from shift_sms_runtime.shifts.reconcile_request import ShiftChangeDetector
    from shift_sms_runtime.shifts.reconciler import ShiftReconciler


@cache
def process_inbound_sms() -> "InboundProcessor":
    """Returns the service of `process_inbound_sms`."""
    from shift_sms_runtime.environment import ProcessInboundSms

    environment = ProcessInboundSms.read(os.environ)
    return inbound_composition.inbound_processor(environment, _dynamodb(), _sqs(), _sms(), _now)


@cache
def start_callback() -> "CallbackStarter":
    """Returns the service of `start_callback`."""
    from shift_sms_runtime.aws.connect import ConnectCallCenter, ContactFlow
    from shift_sms_runtime.callbacks.callback_starter import CallbackStarter
    from shift_sms_runtime.environment import StartCallback
    from shift_sms_runtime.tables.conversations import DynamoCallLog

    environment = StartCallback.read(os.environ)
    dynamodb = _dynamodb()
    flow = ContactFlow(
        environment.connect_instance_id,
        environment.connect_contact_flow_id,
        environment.connect_queue_id,
        environment.connect_source_phone_number,
    )
    return CallbackStarter(
        call_center=ConnectCallCenter(boto3.client("connect", config=clients.IDEMPOTENT), flow),
        call_log=DynamoCallLog(dynamodb, environment.conversations_table),
        outbox=outbox_composition.outbox(
            dynamodb, environment, _now, campaign_counters=environment.campaign_counters_table
        ),
        workers=outbox_composition.outbox_workers(dynamodb, _sqs(), environment, _now),
        locales=outbox_composition.reply_locales(environment.language),
        calls_per_day=environment.calls_per_day,
        clock=_now,
    )


@cache
def launch_campaign() -> "CampaignLauncher":
    """Returns the service of `launch_campaign`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.campaigns.campaign import CampaignComposer
    from shift_sms_runtime.campaigns.launcher import CampaignLauncher, EndUserMessagingEngine
    from shift_sms_runtime.environment import LaunchCampaign
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.campaign_counters import DynamoLaunchPlans
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns
    from shift_sms_runtime.tables.shifts import DynamoShifts

    environment = LaunchCampaign.read(os.environ)
    dynamodb = _dynamodb()
    campaigns = DynamoCampaigns(dynamodb, environment.campaigns_table, _now)
    engine = EndUserMessagingEngine(
        DynamoLaunchPlans(dynamodb, environment.campaign_counters_table, _now),
        SqsQueue(_sqs(), environment.pages_queue_url),
        campaigns,
        DynamoShifts(dynamodb, environment.shifts_table, ShiftReader()),
        CampaignComposer(
            outbox_composition.reply_locales(environment.language),
            agent_offered=environment.agent_offered,
            opt_out_hint=environment.opt_out_hint,
            keep_typography=environment.keep_typography,
        ),
        clock=_now,
    )
    return CampaignLauncher(
        campaigns, engine, default_segment=environment.default_segment, zone=ZoneInfo(environment.timezone)
    )


@cache
def campaign_requests() -> "SqsQueue[CampaignRequest]":
    """Returns the queue in which `launch_campaign` puts the campaigns to reconcile."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.environment import LaunchCampaign

    return SqsQueue(_sqs(), LaunchCampaign.read(os.environ).campaign_requests_queue_url)


@cache
def reconcile_campaign() -> "CampaignReconciler":
    """Returns the service of `reconcile_campaign`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
    from shift_sms_runtime.campaigns.reconciliation.reconciler import CampaignReconciler
    from shift_sms_runtime.environment import ReconcileCampaign
    from shift_sms_runtime.tables.campaign_counters import DynamoHeldMessages, DynamoLaunchPlans
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns

    environment, dynamodb, sqs = ReconcileCampaign.read(os.environ), _dynamodb(), _sqs()
    return CampaignReconciler(
        campaigns=DynamoCampaigns(dynamodb, environment.campaigns_table, _now),
        plans=DynamoLaunchPlans(dynamodb, environment.campaign_counters_table, _now),
        held=DynamoHeldMessages(dynamodb, environment.campaign_counters_table, _now),
        timers=_timers(environment.timers, CampaignRequest, "campaign"),
        pages=SqsQueue(sqs, environment.pages_queue_url),
        dispatch=SqsQueue(sqs, environment.dispatch_queue_url),
        requests=SqsQueue(sqs, environment.campaign_requests_queue_url),
        zone=ZoneInfo(environment.timezone),
        clock=_now,
    )


@cache
def launch_pinpoint_campaign() -> "CampaignLauncher":
    """Returns the service of `launch_pinpoint_campaign`."""
    from shift_sms_runtime.aws.pinpoint import Pinpoint
    from shift_sms_runtime.campaigns.launcher import CampaignLauncher
    from shift_sms_runtime.campaigns.pinpoint_engine import PinpointEngine
    from shift_sms_runtime.environment import LaunchPinpointCampaign
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns

    environment = LaunchPinpointCampaign.read(os.environ)
    campaigns = DynamoCampaigns(_dynamodb(), environment.campaigns_table, _now)
    pinpoint = Pinpoint(
        boto3.client("pinpoint", config=clients.ONE_ATTEMPT),
        application_id=environment.pinpoint_application_id,
        segment_id=environment.pinpoint_segment_id,
    )
    engine = PinpointEngine(pinpoint, campaigns, keep_typography=environment.keep_typography)
    return CampaignLauncher(
        campaigns, engine, default_segment=environment.pinpoint_segment_id, zone=ZoneInfo("UTC")
    )


@cache
def plan_campaign() -> "CampaignPlanner":
    """Returns the service of `plan_campaign`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.campaigns.planner import CampaignPlanner
    from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
    from shift_sms_runtime.environment import PlanCampaign
    from shift_sms_runtime.tables.campaign_counters import (
        DynamoCampaignCounters,
        DynamoHeldMessages,
        DynamoLaunchPlans,
    )
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns
    from shift_sms_runtime.tables.deliveries import DynamoDeliveries
    from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

    environment = PlanCampaign.read(os.environ)
    dynamodb, sqs = _dynamodb(), _sqs()
    requests: SqsQueue[CampaignRequest] = SqsQueue(sqs, environment.campaign_requests_queue_url)
    return CampaignPlanner(
        segment_members=DynamoSegmentMembers(dynamodb, environment.segment_members_table),
        deliveries=DynamoDeliveries(
            dynamodb, deliveries=environment.deliveries_table, counters=environment.campaign_counters_table
        ),
        plans=DynamoLaunchPlans(dynamodb, environment.campaign_counters_table, _now),
        pages=SqsQueue(sqs, environment.pages_queue_url),
        dispatch=SqsQueue(sqs, environment.dispatch_queue_url),
        campaigns=DynamoCampaigns(dynamodb, environment.campaigns_table, _now),
        counters=DynamoCampaignCounters(dynamodb, environment.campaign_counters_table),
        holder=CampaignHolder(
            DynamoHeldMessages(dynamodb, environment.campaign_counters_table, _now), requests
        ),
        requests=requests,
        recipients_per_item=environment.recipients_per_item,
        most_waiting=environment.most_waiting,
        clock=_now,
    )


@cache
def send_campaign() -> "CampaignSender":
    """Returns the service of `send_campaign`."""
    from shift_sms_runtime import fill_composition
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
    from shift_sms_runtime.campaigns.sender import MAX_RETRY_SECONDS, CampaignSender
    from shift_sms_runtime.environment import SendCampaign
    from shift_sms_runtime.messaging.permits import Priority
    from shift_sms_runtime.messaging.quiet_hours import QuietHours
    from shift_sms_runtime.messaging.rate_limiter import RateLimiter
    from shift_sms_runtime.messaging.send_once import SendOnce
    from shift_sms_runtime.tables.campaign_counters import DynamoHeldMessages
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns
    from shift_sms_runtime.tables.deliveries import DynamoDeliveries, delivery_send_ledger
    from shift_sms_runtime.tables.employees import DynamoEmployees

    environment, dynamodb, sqs = SendCampaign.read(os.environ), _dynamodb(), _sqs()
    ledger = delivery_send_ledger(
        dynamodb,
        deliveries=environment.deliveries_table,
        conversations=environment.conversations_table,
        counters=environment.campaign_counters_table,
    )
    sms = _sms(configuration_set=environment.configuration_set_name)
    limiter = RateLimiter(
        outbox_composition.send_permits(dynamodb, environment, _now),
        _now,
        priority=Priority.CAMPAIGN,
        messages_per_second=environment.messages_per_second,
        on_rate_too_high=outbox_composition.count_rate_too_high,
    )
    return CampaignSender(
        send_once=SendOnce(ledger, sms, _now, limiter=limiter, max_retry_seconds=MAX_RETRY_SECONDS),
        deliveries=DynamoDeliveries(
            dynamodb, deliveries=environment.deliveries_table, counters=environment.campaign_counters_table
        ),
        dispatch=SqsQueue(sqs, environment.dispatch_queue_url),
        limiter=limiter,
        employees=DynamoEmployees(dynamodb, environment.employees_table),
        campaigns=DynamoCampaigns(dynamodb, environment.campaigns_table, _now),
        fill_plans=fill_composition.seat_check(dynamodb, environment, _now),
        holder=CampaignHolder(
            DynamoHeldMessages(dynamodb, environment.campaign_counters_table, _now),
            SqsQueue(sqs, environment.campaign_requests_queue_url),
        ),
        quiet_hours=QuietHours.parse(environment.quiet_hours),
        zone=ZoneInfo(environment.timezone),
        origination_identity=environment.origination_identity,
        clock=_now,
        on_settled=lambda status, recipients: count("Delivery", status, recipients),
        on_stopped=lambda: count("Campaign", "stopped"),
        on_failure=lambda failure: log_failure("work item continued by another", failure),
    )


@cache
def summarize_campaign() -> "CampaignSummarizer":
    """Returns the service of `summarize_campaign`."""
    from shift_sms_runtime.campaigns.summary import CampaignSummarizer
    from shift_sms_runtime.environment import SummarizeCampaign
    from shift_sms_runtime.tables.campaign_counters import DynamoCampaignCounters
    from shift_sms_runtime.tables.campaigns import DynamoCampaigns

    environment, dynamodb = SummarizeCampaign.read(os.environ), _dynamodb()
    return CampaignSummarizer(
        DynamoCampaignCounters(dynamodb, environment.campaign_counters_table),
        DynamoCampaigns(dynamodb, environment.campaigns_table, _now),
    )


@cache
def record_delivery_event() -> "DeliveryEventRecorder":
    """Returns the service of `record_delivery_event`."""
    from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
    from shift_sms_runtime.environment import RecordDeliveryEvent
    from shift_sms_runtime.tables.deliveries import DynamoDeliveries

    environment = RecordDeliveryEvent.read(os.environ)
    ledger = DynamoDeliveries(
        _dynamodb(), deliveries=environment.deliveries_table, counters=environment.campaign_counters_table
    )
    return DeliveryEventRecorder(ledger, _now)


@cache
def detect_shift_changes() -> "ShiftChangeDetector":
    """Returns the service of `detect_shift_changes`."""
    from shift_sms_runtime import shift_composition
    from shift_sms_runtime.environment import DetectShiftChanges

    return shift_composition.shift_change_detector(DetectShiftChanges.read(os.environ), _dynamodb(), _sqs())


@cache
def reconcile_shift() -> "ShiftReconciler":
    """Returns the service of `reconcile_shift`."""
    from shift_sms_runtime import shift_composition
    from shift_sms_runtime.environment import ReconcileShift
    from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest

    environment = ReconcileShift.read(os.environ)
    timers = _timers(environment.timers, ReconcileRequest, "shift")
    return shift_composition.shift_reconciler(environment, _dynamodb(), _sqs(), timers, _now)


@cache
def index_managers() -> "ManagerIndex":
    """Returns the service of `index_managers`."""
    from shift_sms_runtime.employees.manager_index import ManagerIndex
    from shift_sms_runtime.environment import IndexManagers
    from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

    environment = IndexManagers.read(os.environ)
    return ManagerIndex(DynamoSegmentMembers(_dynamodb(), environment.segment_members_table))


@cache
def notify_managers() -> "InboxNotices":
    """Returns the service of `notify_managers`."""
    from shift_sms_runtime.environment import NotifyManagers

    environment = NotifyManagers.read(os.environ)
    return outbox_composition.inbox_notices(environment, _dynamodb(), _sqs(), _now)


@cache
def plan_fill_wave() -> "FillPlanner":
    """Returns the service of `plan_fill_wave`."""
    from shift_sms_runtime import fill_composition
    from shift_sms_runtime.environment import PlanFillWave
    from shift_sms_runtime.shifts.reconcile_request import FillRequest

    environment = PlanFillWave.read(os.environ)
    timers = _timers(environment.timers, FillRequest, "fill")
    return fill_composition.fill_planner(environment, _dynamodb(), _sqs(), timers, _now)


@cache
def publish_domain_events() -> "DomainEventPublisher":
    """Returns the service of `publish_domain_events`."""
    from shift_sms_runtime.aws.event_bus import EventBridgeBus
    from shift_sms_runtime.domain_events.publisher import DomainEventPublisher
    from shift_sms_runtime.environment import PublishDomainEvents
    from shift_sms_runtime.shifts.filling.fill_details import FillDefaults
    from shift_sms_runtime.shifts.shift_item import ShiftReader

    environment = PublishDomainEvents.read(os.environ)
    bus = EventBridgeBus(boto3.client("events", config=clients.IDEMPOTENT), environment.event_bus)
    reader = ShiftReader(
        ZoneInfo(environment.timezone), fill_defaults=FillDefaults(order=environment.fill_order)
    )
    return DomainEventPublisher(bus, reader, on_published=_report_published, on_refused=_report_refused)


@cache
def send_operator_reply() -> "OperatorReplySender":
    """Returns the service of `send_operator_reply`."""
    from shift_sms_runtime.environment import SendOperatorReply
    from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender

    environment, dynamodb = SendOperatorReply.read(os.environ), _dynamodb()
    return OperatorReplySender(
        outbox=outbox_composition.outbox(dynamodb, environment, _now),
        workers=outbox_composition.outbox_workers(dynamodb, _sqs(), environment, _now),
        outcomes=outbox_composition.reply_outcomes(dynamodb, environment.operator_inbox_table, _now),
        clock=_now,
    )


@cache
def send_outbox() -> "OutboxWorker":
    """Returns the service of `send_outbox`."""
    from shift_sms_runtime.environment import SendOutbox

    return outbox_composition.outbox_worker(SendOutbox.read(os.environ), _dynamodb(), _sqs(), _sms(), _now)


def _report_published(events: Mapping[str, int]) -> None:
    logger().info("domain events published", events=dict(events))
    count("DomainEvent", "published", sum(events.values()))


def _report_refused(errors: Mapping[str, int]) -> None:
    logger().warning("domain events not accepted", errors=dict(errors))
    count("DomainEvent", "refused", sum(errors.values()))


def read_image(image: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Returns an image of a stream record as plain values."""
    from shift_sms_runtime.aws.dynamodb import plain

    return None if image is None else plain(image)


def read_employee_image(image: Mapping[str, Any] | None) -> "Employee | None":
    """Returns the employee of an image of the Employees table; None without one."""
    from shift_sms_runtime.tables.employees import read_employee

    row = read_image(image)
    return None if row is None else read_employee(row)


def _timers(
    settings: "TimerSettings", message: "Callable[[str], QueueMessage]", prefix: str
) -> "SchedulerTimers":
    from shift_sms_runtime.aws.scheduler import SchedulerTimers

    scheduler = boto3.client("scheduler", config=clients.IDEMPOTENT)
    return SchedulerTimers(scheduler, settings, prefix=prefix, message=message, clock=_now)


def _dynamodb() -> "DynamoDBClient":
    client: DynamoDBClient = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    return client


def _sqs() -> "SQSClient":
    client: SQSClient = boto3.client("sqs", config=clients.IDEMPOTENT)
    return client


def _sms(**options: str) -> "EndUserMessaging":
    from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging

    client = boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT)
    return EndUserMessaging(client, _now, **options)


def _now() -> datetime:
    return datetime.now(UTC)
