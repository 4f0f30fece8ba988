"""Tells managers what happened to shifts, and of texts in the operator inbox."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.building_blocks.validators import APPROVED_NUMBERS, validate
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_reconciler import ShiftReconciler
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import IndexManagers, NotifyManagers


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
    ) -> None:
        """Makes the functions.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables. A table of employees of another system needs a stream of new and old images.
            outbox: Sends the notices.
            reconciler: Queues the notices about shifts.
            approved_numbers: The `approved_numbers` of the `InboundSmsProcessor`.
        """
        approved_numbers = validate("approved_numbers", approved_numbers, APPROVED_NUMBERS)
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
        notify.configure(approved_numbers=approved_numbers)
        tables.grant_update_operator_inbox(notify)
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

        tables.grant_list_segment_members(reconciler.reconciler)
        self._index_function = index.function
        self._notify_function = notify.function

    @property
    def index_function(self) -> lambda_.Function:
        """Keeps the segment of managers."""
        return self._index_function

    @property
    def notify_function(self) -> lambda_.Function:
        """Tells managers of texts in the operator inbox."""
        return self._notify_function
