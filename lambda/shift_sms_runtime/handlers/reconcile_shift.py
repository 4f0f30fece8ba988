"""SQS event of shifts to be looked after: they have changed, or their time has come."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
from shift_sms_runtime.aws.scheduler import SchedulerShiftTimers
from shift_sms_runtime.environment import ReconcileShift
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.inbound.languages import Locales
from shift_sms_runtime.language.locale_files import lexicons, locales
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
from shift_sms_runtime.shifts.reconciler import ShiftReconciler
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.conversations import answers_ledger
from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
from shift_sms_runtime.tables.employees import DynamoEmployees
from shift_sms_runtime.tables.shifts import DynamoShifts
from shift_sms_runtime.telemetry import logger


@cache
def _keeping() -> ShiftReconciler:
    settings = ReconcileShift.from_env()
    vocabulary, wake_ups = settings.tongue.vocabulary, settings.wake_ups
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    return ShiftReconciler(
        shifts=DynamoShifts(
            dynamodb, settings.shifts_table, ShiftReader(settings.rules.zone, lexicons(vocabulary))
        ),
        agendas=DynamoEmployeeBookings(dynamodb, settings.agendas_table),
        contacts=DynamoEmployees(dynamodb, settings.employees_table),
        wake_ups=SchedulerShiftTimers(
            boto3.client("scheduler", config=clients.IDEMPOTENT),
            group=wake_ups.group,
            queue_arn=wake_ups.queue_arn,
            role_arn=wake_ups.role_arn,
            dead_letters_arn=wake_ups.dead_letters_arn,
        ),
        notices=SendOnce(answers_ledger(dynamodb, inbox=settings.inbox_table), sms, now),
        languages=Locales(
            locales(vocabulary),
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


def _handle(record: SQSRecord, patience: LambdaDeadline) -> None:
    call = ReconcileRequest.from_json(record.body)
    _keeping().look_after(call.shift_id, patience)
    logger().info("shift looked after", shift_id=call.shift_id)
