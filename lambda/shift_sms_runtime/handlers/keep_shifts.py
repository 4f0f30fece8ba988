"""SQS event of shifts to be looked after: they have changed, or their time has come."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.catalogues import catalogues, lexicons
from shift_sms_runtime.adapters.contacts import DynamoContacts
from shift_sms_runtime.adapters.end_user_messaging import EndUserMessaging
from shift_sms_runtime.adapters.inbox import answers_ledger
from shift_sms_runtime.adapters.kept_shifts import (
    DynamoAgendas,
    DynamoKeptShifts,
    ShiftReader,
)
from shift_sms_runtime.adapters.wake_ups import SchedulerWakeUps
from shift_sms_runtime.domain.work_items import ShiftCall
from shift_sms_runtime.handlers.records import InvocationPatience, logger, now, process
from shift_sms_runtime.services.languages import Languages
from shift_sms_runtime.services.send_once import SendOnce
from shift_sms_runtime.services.shift_keeping import ShiftKeeping
from shift_sms_runtime.settings import KeepShiftsSettings


@cache
def _keeping() -> ShiftKeeping:
    settings = KeepShiftsSettings.from_env()
    vocabulary, wake_ups = settings.tongue.vocabulary, settings.wake_ups
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    return ShiftKeeping(
        shifts=DynamoKeptShifts(
            dynamodb, settings.shifts_table, ShiftReader(settings.rules.zone, lexicons(vocabulary))
        ),
        agendas=DynamoAgendas(dynamodb, settings.agendas_table),
        contacts=DynamoContacts(dynamodb, settings.employees_table),
        wake_ups=SchedulerWakeUps(
            boto3.client("scheduler", config=clients.IDEMPOTENT),
            group=wake_ups.group,
            queue_arn=wake_ups.queue_arn,
            role_arn=wake_ups.role_arn,
            dead_letters_arn=wake_ups.dead_letters_arn,
        ),
        notices=SendOnce(answers_ledger(dynamodb, inbox=settings.inbox_table), sms, now),
        languages=Languages(
            catalogues(vocabulary),
            default=settings.tongue.default_language,
            agent_offered=settings.agent_offered,
        ),
        rules=settings.rules,
        origination_identity=settings.origination_identity,
        approved_numbers=settings.approved_numbers,
        clock=now,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, patience: InvocationPatience) -> None:
    call = ShiftCall.from_json(record.body)
    _keeping().look_after(call.shift_id, patience)
    logger().info("shift looked after", shift_id=call.shift_id)
