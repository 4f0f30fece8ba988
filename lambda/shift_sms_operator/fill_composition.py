"""Builds the operations on fill plans."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shift_sms_operator.fill_plans.fill_changes import FillChanges
from shift_sms_operator.fill_plans.fill_explainer import FillExplainer
from shift_sms_operator.fill_plans.fill_follower import FillFollower
from shift_sms_operator.fill_plans.fill_operations import FillOperations
from shift_sms_operator.fill_plans.fill_previewer import FillPreviewer
from shift_sms_runtime.fill_plans.candidates import AudienceFinder
from shift_sms_runtime.tables.deliveries import DynamoDeliveries
from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
from shift_sms_runtime.tables.employees import DynamoEmployeeRows, DynamoEmployees
from shift_sms_runtime.tables.fill_plans.fill_contacts import DynamoFillContacts
from shift_sms_runtime.tables.fill_plans.fill_history import DynamoFillHistory
from shift_sms_runtime.tables.fill_plans.last_deliveries import DynamoLastDeliveries
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shift_sms_operator.audit.audit_recorder import AuditRecorder
    from shift_sms_operator.deployment import Deployment
    from shift_sms_operator.shifts.shift_drafts import ShiftDrafts
    from shift_sms_operator.shifts.shift_finder import ShiftFinder
    from shift_sms_runtime.campaigns.ports import SegmentMembers
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.messaging.ports import Clock
    from shift_sms_runtime.tables.operator_shifts import DynamoOperatorShifts


def fill_operations(
    dynamodb: "DynamoDBClient",
    deployment: "Deployment",
    *,
    finder: "ShiftFinder",
    edits: "DynamoOperatorShifts",
    drafts: "ShiftDrafts",
    locales: "Locales",
    recorder: "AuditRecorder",
    clock: "Clock",
) -> FillOperations:
    """Returns the operations. They write shifts alone: the planner follows what the shift says."""
    settings = deployment.settings
    employees = DynamoEmployees(dynamodb, deployment.employees_table_name)
    deliveries = DynamoDeliveries(
        dynamodb,
        deliveries=deployment.deliveries_table_name,
        counters=deployment.campaign_counters_table_name,
    )
    contacts = DynamoFillContacts(
        dynamodb,
        fill_contacts=deployment.fill_contacts_table_name,
        shifts=deployment.shifts_table_name,
        # Operations write no plan, only shifts.
        retention_days=0,
    )
    history = DynamoFillHistory(dynamodb, deployment.fill_contacts_table_name)
    changes = FillChanges(
        finder=finder,
        table=edits,
        drafts=drafts,
        recorder=recorder,
        pinpoint=settings.campaign_engine == "pinpoint",
        default_order=settings.fill_order,
        clock=clock,
    )

    def finder_of(members: "SegmentMembers") -> AudienceFinder:
        return AudienceFinder(
            segment_members=members,
            employees=employees,
            bookings=DynamoEmployeeBookings(dynamodb, deployment.employee_bookings_table_name),
            contacts=contacts,
            last_deliveries=DynamoLastDeliveries(
                dynamodb,
                conversations=deployment.conversations_table_name,
                deliveries=deployment.deliveries_table_name,
            ),
            policy=settings.booking_policy,
            # The numbers that a setting approves are in no output of the stack.
            approved_numbers=frozenset(),
            texts_per_day=settings.texts_per_person_per_day,
            quiet_hours=settings.booking_policy.quiet_time,
            urgent_overrides_quiet_hours=settings.urgent_overrides_quiet_hours,
        )

    return FillOperations(
        changes=changes,
        previewer=FillPreviewer(
            changes=changes,
            finder_of=finder_of,
            members=DynamoSegmentMembers(dynamodb, deployment.segment_members_table_name),
            contacts=contacts,
            deliveries=deliveries,
            employees=employees,
            locales=locales,
            default_segment=settings.default_segment,
            target=timedelta(minutes=settings.fill_target_minutes),
            others_may_be_approved=settings.approved_numbers > 0,
            clock=clock,
        ),
        follower=FillFollower(finder, history),
        explainer=FillExplainer(
            finder=finder,
            history=history,
            deliveries=deliveries,
            employees=DynamoEmployeeRows(dynamodb, deployment.employees_table_name),
            zone=settings.zone,
            clock=clock,
        ),
    )
