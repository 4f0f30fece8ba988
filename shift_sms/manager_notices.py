"""Tells managers what happened to shifts, and of texts in the operator inbox."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction, grant
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.building_blocks.validators import (
    APPROVED_NUMBERS,
    validate,
    validate_booking_policy,
    validate_flag,
)
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_reconciler import ShiftReconciler
from shift_sms.shift_tables import OPERATOR_INBOX_BY_STATUS, ShiftTables
from shift_sms_runtime.environment import BookingPolicy, IndexManagers, NotifyManagers


class ManagerNotices(Construct):
    """Texts employees with the role `manager` the notices that their `notices` and `sites` select.

    The reconciler queues the notices about shifts. A function queues those about the operator inbox. Another keeps the
    managers in a segment, so that finding them reads no other employees.

    Attributes:
        alarms: None: the functions share the dead-letter queue of the tables.
    """

    alarms: tuple[cloudwatch.Alarm, ...] = ()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        outbox: OutboxSender,
        reconciler: ShiftReconciler,
        approved_numbers: Sequence[str] = (),
        booking_policy: BookingPolicy | None = None,
        urgent_overrides_quiet_hours: bool = False,
    ) -> None:
        """Makes the functions.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables. A table of employees of another system needs a stream of new and old images.
            outbox: Sends the notices.
            reconciler: Queues the notices about shifts.
            approved_numbers: The `approved_numbers` of the `InboundSmsProcessor`.
            booking_policy: The `booking_policy` of the reconciler. Notices wait for the end of its `quiet_hours`.
            urgent_overrides_quiet_hours: Whether `sick`, `unfilled` and `exhausted` do not wait for a shift with
                `fill_urgent`.
        """
        approved_numbers = validate("approved_numbers", approved_numbers, APPROVED_NUMBERS)
        booking_policy = validate_booking_policy(booking_policy)
        urgent_overrides_quiet_hours = validate_flag(
            "urgent_overrides_quiet_hours", urgent_overrides_quiet_hours
        )
        employees = cast("dynamodb.ITableV2", tables.employees)
        if employees.table_stream_arn is None:
            raise ValueError(
                f"tables.employees ({employees.node.path}) has no stream: give it a stream of new and old images"
            )
        super().__init__(scope, construct_id)
        index = RuntimeFunction(
            self,
            "Index",
            environment_class=IndexManagers,
            description="Keeps the segment of managers",
            timeout=Duration.seconds(60),
        )
        tables.grant_index_managers(index)
        invoke_on_changes(
            index,
            table=employees,
            dead_letters=tables.stream_dead_letters,
            pattern={"eventName": lambda_.FilterRule.or_("INSERT", "MODIFY", "REMOVE")},
            batch_size=100,
        )

        notify = RuntimeFunction(
            self,
            "Notify",
            environment_class=NotifyManagers,
            description="Tells managers of texts in the operator inbox",
            timeout=Duration.seconds(60),
        )
        notify.configure(
            approved_numbers=approved_numbers,
            quiet_hours=booking_policy.quiet_hours,
            timezone=booking_policy.timezone,
        )
        tables.grant_update_operator_inbox(notify)
        grant(notify, actions=["dynamodb:GetItem"], resource_arns=[tables.operator_inbox.table_arn])
        tables.grant_list_segment_members(notify)
        tables.grant_read_employees(notify)
        tables.grant_read_statuses(notify)
        outbox.grant_add(notify)
        invoke_on_changes(
            notify,
            table=tables.operator_inbox,
            dead_letters=tables.stream_dead_letters,
            # A follow-up has no text of an employee.
            pattern={
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {"NewImage": {"text": {"S": lambda_.FilterRule.exists()}}},
            },
            batch_size=10,
        )

        reconciler.work_queue.grant_send(notify, url_variable="reconcile_queue_url")
        self._let_reconciler_tell(reconciler.reconciler, tables)
        for function in (reconciler.reconciler, outbox.runtime_function):
            function.configure(urgent_overrides_quiet_hours=urgent_overrides_quiet_hours)
        self._index_function = index.function
        self._notify_function = notify.function

    @staticmethod
    def _let_reconciler_tell(reconciler: RuntimeFunction, tables: ShiftTables) -> None:
        """Lets the reconciler find managers, and tell them of the operator inbox when their quiet hours end."""
        inbox_arn = tables.operator_inbox.table_arn
        tables.grant_list_segment_members(reconciler)
        tables.grant_update_operator_inbox(reconciler)
        grant(reconciler, actions=["dynamodb:GetItem"], resource_arns=[inbox_arn])
        by_status = f"{inbox_arn}/index/{OPERATOR_INBOX_BY_STATUS}"
        grant(reconciler, actions=["dynamodb:Query"], resource_arns=[by_status])

    @property
    def index_function(self) -> lambda_.Function:
        """Keeps the segment of managers."""
        return self._index_function

    @property
    def notify_function(self) -> lambda_.Function:
        """Tells managers of texts in the operator inbox."""
        return self._notify_function
