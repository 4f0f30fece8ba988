"""Fills shifts: texts employees in waves until no seat is free."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.timers import Timers
from shift_sms.building_blocks.validators import (
    APPROVED_NUMBERS,
    FILL_CONTACT_RETENTION_DAYS,
    FILL_TARGET_MINUTES,
    SEGMENT,
    TEXTS_PER_PERSON_PER_DAY,
    validate,
    validate_booking_policy,
    validate_flag,
    validate_language,
)
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.campaign_launcher import CampaignLauncher
from shift_sms.shift_reconciler import ShiftReconciler
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import (
    DEFAULT_SEGMENT,
    BookingPolicy,
    LanguageSettings,
    PlanFillWave,
)


class FillPlanner(Construct):
    """Texts the employees who may take a shift, in waves, until it is filled.

    A shift has a fill plan if its item has `fill_by` or `fill_order`. The senders of the launcher send the texts.

    Attributes:
        work_queue: The queue of shifts to fill, with its dead-letter queue.
        alarms: The alarms of its queues.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        launcher: CampaignLauncher,
        reconciler: ShiftReconciler,
        default_segment: str = DEFAULT_SEGMENT,
        approved_numbers: Sequence[str] = (),
        booking_policy: BookingPolicy | None = None,
        language: LanguageSettings | None = None,
        texts_per_person_per_day: int = 3,
        fill_target_minutes: int = 15,
        fill_contact_retention_days: int = 365,
        urgent_overrides_quiet_hours: bool = False,
    ) -> None:
        """Makes the queue, the function and the schedule group.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            launcher: Its senders send the texts.
            reconciler: Its function that reads changes of shifts queues the shifts to fill.
            default_segment: The segment of a plan that names none.
            approved_numbers: The `approved_numbers` of the `InboundSmsProcessor`.
            booking_policy: The `booking_policy` of the `InboundSmsProcessor`. The launcher needs the same
                `quiet_hours` and `timezone`.
            language: The `language` of the `InboundSmsProcessor`.
            texts_per_person_per_day: Most texts of fill plans per employee and day; 0 sets no limit.
            fill_target_minutes: `auto` sizes waves so that half of the plans are filled within this time.
            fill_contact_retention_days: How many days plans, waves and contacts are kept, at least 30.
            urgent_overrides_quiet_hours: Whether plans with `fill_urgent` text employees in quiet hours, too.
        """
        default_segment = validate("default_segment", default_segment, SEGMENT)
        approved_numbers = validate("approved_numbers", approved_numbers, APPROVED_NUMBERS)
        booking_policy = validate_booking_policy(booking_policy)
        language = validate_language(language)
        texts_per_person_per_day = validate(
            "texts_per_person_per_day", texts_per_person_per_day, TEXTS_PER_PERSON_PER_DAY
        )
        fill_target_minutes = validate("fill_target_minutes", fill_target_minutes, FILL_TARGET_MINUTES)
        fill_contact_retention_days = validate(
            "fill_contact_retention_days", fill_contact_retention_days, FILL_CONTACT_RETENTION_DAYS
        )
        urgent_overrides_quiet_hours = validate_flag(
            "urgent_overrides_quiet_hours", urgent_overrides_quiet_hours
        )
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(60)
        # A wave is late by this much after a function has stopped in the middle of it.
        queue = WorkQueue(self, "Requests", timeout=timeout, visibility_timeout=Duration.seconds(90))
        timers = Timers(self, "Timers", queue=queue)

        plan = RuntimeFunction(
            self,
            "Plan",
            environment_class=PlanFillWave,
            description="Decides the waves of fill plans and queues their texts",
            timeout=timeout,
        )
        plan.configure(
            default_segment=default_segment,
            recipients_per_item=launcher.rate.recipients_per_item,
            texts_per_person_per_day=texts_per_person_per_day,
            fill_target_minutes=fill_target_minutes,
            fill_contact_retention_days=fill_contact_retention_days,
            urgent_overrides_quiet_hours=urgent_overrides_quiet_hours,
            approved_numbers=approved_numbers,
            booking_policy=booking_policy,
            language=language,
        )
        tables.grant_plan_fills(plan)
        launcher.dispatch.grant_send(plan, url_variable="dispatch_queue_url")
        timers.grant_manage_schedules(plan)
        queue.add_consumer(plan, batch_size=1, max_concurrency=5)

        queue.grant_send(reconciler.detector, url_variable="fill_queue_url")
        tables.grant_check_seats(launcher.sender)
        launcher.sender.configure(urgent_overrides_quiet_hours=urgent_overrides_quiet_hours)

        self.work_queue = queue
        self._plan_function = plan.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = queue.alarms

    @property
    def plan_function(self) -> lambda_.Function:
        """Decides the waves and queues their texts."""
        return self._plan_function
