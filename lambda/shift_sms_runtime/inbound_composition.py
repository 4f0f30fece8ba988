"""Builds the service that handles inbound texts.

Like `composition`, a function imports in its body.
"""

from typing import TYPE_CHECKING

from shift_sms_runtime import outbox_composition
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.telemetry import count_at_once

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_runtime.callbacks.callback_request import CallbackRequest
    from shift_sms_runtime.environment import ProcessInboundSms
    from shift_sms_runtime.inbound.processor import InboundProcessor
    from shift_sms_runtime.messaging.ports import SmsSender


def inbound_processor(
    environment: "ProcessInboundSms",
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    sms: "SmsSender",
    clock: Clock,
) -> "InboundProcessor":
    """Returns the service of `process_inbound_sms`."""
    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.inbound.command_executor import CommandExecutor
    from shift_sms_runtime.inbound.processor import InboundProcessor
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.inbound_store import DynamoInboundStore
    from shift_sms_runtime.tables.shifts import DynamoShifts

    callback_url = environment.callback_queue_url
    callbacks: SqsQueue[CallbackRequest] | None = SqsQueue(sqs, callback_url) if callback_url else None
    agent_offered = callbacks is not None
    shift_reader = ShiftReader(environment.booking_policy.zone)
    shifts = DynamoShifts(dynamodb, environment.shifts_table, shift_reader)
    employees = DynamoEmployees(dynamodb, environment.employees_table)
    locales = outbox_composition.reply_locales(environment.language)
    store = DynamoInboundStore(
        dynamodb,
        employees=environment.employees_table,
        employee_bookings=environment.employee_bookings_table,
        conversations=environment.conversations_table,
        campaign_counters=environment.campaign_counters_table,
        shifts=environment.shifts_table,
        operator_inbox=environment.operator_inbox_table,
        outbox=environment.outbox_table,
        shift_reader=shift_reader,
        clock=clock,
    )
    outbox = outbox_composition.outbox(dynamodb, environment, clock)
    workers = outbox_composition.outbox_workers(dynamodb, sqs, environment, clock)
    sources = outbox_composition.reply_sources(
        dynamodb,
        environment,
        shift_reader,
        clock,
        replies=store,
        shift_indexes=shifts,
        employees=employees,
        locales=locales,
        agent_offered=agent_offered,
        self_managed_opt_outs=environment.policy.self_managed_opt_outs,
    )
    sender = outbox_composition.outbox_sender(
        environment, dynamodb, sms, clock, outbox=outbox, workers=workers, sources=sources
    )
    return InboundProcessor(
        store=store,
        executor=CommandExecutor(
            store=store,
            shift_indexes=shifts,
            policy=environment.booking_policy,
            agent_offered=agent_offered,
            emergency_reply=environment.emergency_reply,
        ),
        employees=employees,
        locales=locales,
        outbox=outbox,
        workers=workers,
        sender=sender,
        callbacks=callbacks,
        policy=environment.policy,
        clock=clock,
        on_urgent=lambda: count_at_once("Urgent", "text"),
    )
