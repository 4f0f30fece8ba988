"""Builds the services of fill plans.

Like `composition`, a function imports in its body.
"""

from typing import TYPE_CHECKING

from shift_sms_runtime import outbox_composition
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_runtime.environment import PlanFillWave, SendCampaign
    from shift_sms_runtime.fill_plans.planner import FillPlanner
    from shift_sms_runtime.fill_plans.seat_check import SeatCheck
    from shift_sms_runtime.shifts.ports import ShiftTimers


def seat_check(dynamodb: "DynamoDBClient", environment: "SendCampaign", clock: Clock) -> "SeatCheck | None":
    """Returns the check before each text of a fill plan; None if no fill plans are deployed."""
    from zoneinfo import ZoneInfo

    from shift_sms_runtime.fill_plans.seat_check import SeatCheck
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.shifts import DynamoShifts

    if environment.shifts_table is None:
        return None
    reader = ShiftReader(ZoneInfo(environment.timezone))
    return SeatCheck(
        DynamoShifts(dynamodb, environment.shifts_table, reader),
        clock,
        urgent_overrides_quiet_hours=bool(environment.urgent_overrides_quiet_hours),
    )


def fill_planner(
    environment: "PlanFillWave",
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    timers: "ShiftTimers",
    clock: Clock,
) -> "FillPlanner":
    """Returns the service of `plan_fill_wave`."""
    from datetime import timedelta

    from shift_sms_runtime.aws.sqs import SqsQueue
    from shift_sms_runtime.fill_plans.candidates import AudienceFinder
    from shift_sms_runtime.fill_plans.planner import FillPlanner
    from shift_sms_runtime.language.locale_files import lexicons
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.campaign_counters import DynamoCampaignCounters
    from shift_sms_runtime.tables.deliveries import DynamoDeliveries
    from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
    from shift_sms_runtime.tables.employees import DynamoEmployees
    from shift_sms_runtime.tables.fill_plans.fill_contacts import DynamoFillContacts
    from shift_sms_runtime.tables.fill_plans.last_deliveries import DynamoLastDeliveries
    from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers
    from shift_sms_runtime.tables.shifts import DynamoShifts

    policy, language = environment.booking_policy, environment.language
    contacts = DynamoFillContacts(
        dynamodb,
        fill_contacts=environment.fill_contacts_table,
        shifts=environment.shifts_table,
        retention_days=environment.fill_contact_retention_days,
    )
    return FillPlanner(
        shifts=DynamoShifts(
            dynamodb,
            environment.shifts_table,
            ShiftReader(policy.zone, lexicons(language.vocabulary), policy.fill_defaults),
        ),
        audience=AudienceFinder(
            segment_members=DynamoSegmentMembers(dynamodb, environment.segment_members_table),
            employees=DynamoEmployees(dynamodb, environment.employees_table),
            bookings=DynamoEmployeeBookings(dynamodb, environment.employee_bookings_table),
            contacts=contacts,
            last_deliveries=DynamoLastDeliveries(
                dynamodb,
                conversations=environment.conversations_table,
                deliveries=environment.deliveries_table,
            ),
            policy=policy,
            approved_numbers=environment.approved_numbers,
            texts_per_day=environment.texts_per_person_per_day,
            quiet_hours=policy.quiet_time,
            urgent_overrides_quiet_hours=environment.urgent_overrides_quiet_hours,
        ),
        contacts=contacts,
        deliveries=DynamoDeliveries(
            dynamodb, deliveries=environment.deliveries_table, counters=environment.campaign_counters_table
        ),
        counters=DynamoCampaignCounters(dynamodb, environment.campaign_counters_table),
        dispatch=SqsQueue(sqs, environment.dispatch_queue_url),
        timers=timers,
        locales=outbox_composition.reply_locales(language),
        default_segment=environment.default_segment,
        recipients_per_item=environment.recipients_per_item,
        texts_per_day=environment.texts_per_person_per_day,
        target=timedelta(minutes=environment.fill_target_minutes),
        clock=clock,
    )
