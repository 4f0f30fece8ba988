"""What the operations on each capability need, as permissions of a role."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.runtime_function import grant
from shift_sms.optional_connect_callback import OptionalConnectCallback
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_tables import (
    CAMPAIGNS_BY_TIME,
    OPERATOR_INBOX_BY_STATUS,
    SEGMENTS_BY_PHONE_NUMBER,
    SHIFTS_BY_CODE,
    SHIFTS_BY_START,
    ShiftTables,
)


class OperatorPermissions:
    """Grants operations to a role that operates a deployment, such as that of the console."""

    def __init__(self, grantee: iam.IGrantable, *, tables: ShiftTables, outbox: OutboxSender) -> None:
        """Takes the role, and what the operations use.

        Args:
            grantee: The role, or what has one. Its environment is left as it is.
            tables: The tables.
            outbox: Sends the texts of operations.
        """
        self._grantee = grantee
        self._tables = tables
        self._outbox = outbox
        self._granted: set[tuple[str, str]] = set()
        """The actions on tables that are granted, so that the policy has each once. A role's policies have a limit."""

    def grant_shifts(self) -> None:
        """Grants listing, adding, changing and assigning shifts. Employees are told through the outbox."""
        tables = self._tables
        self._on(tables.shifts, "BatchGetItem", "GetItem", "PutItem", "UpdateItem")
        for index in (SHIFTS_BY_CODE, SHIFTS_BY_START):
            self._on_index(tables.shifts, index)
        self._on(tables.employees, "BatchGetItem", "ConditionCheckItem")
        self._on(tables.employee_bookings, "BatchGetItem", "UpdateItem")
        self._on(tables.campaign_counters, "UpdateItem")
        tables.grant_read_statuses(self._grantee)
        self._outbox.grant_add(self._grantee)
        self._grant_record_changes()

    def grant_inbox(self) -> None:
        """Grants reading texts of employees, and writing replies, follow-ups and what is closed."""
        tables = self._tables
        self._on(tables.operator_inbox, "BatchGetItem", "PutItem", "UpdateItem")
        self._on_index(tables.operator_inbox, OPERATOR_INBOX_BY_STATUS)
        self._on(tables.employees, "BatchGetItem")
        self._grant_record_changes()

    def grant_employees(self) -> None:
        """Grants listing, showing, adding and removing employees. A removal frees their places in shifts."""
        tables = self._tables
        self._on(tables.employees, "BatchGetItem", "DeleteItem", "PutItem", "Scan", "UpdateItem")
        self._on(tables.segment_members, "BatchGetItem", "DeleteItem", "PutItem", "Query")
        self._on_index(tables.segment_members, SEGMENTS_BY_PHONE_NUMBER)
        self._on(tables.shifts, "BatchGetItem", "Scan", "UpdateItem")
        self._on(tables.employee_bookings, "BatchGetItem", "UpdateItem")
        self._on(tables.campaign_counters, "UpdateItem")
        self._on(tables.operator_inbox, "BatchGetItem")
        self._on(tables.conversations, "BatchGetItem", "Query")
        for table in (tables.campaigns, tables.deliveries):
            self._on(table, "BatchGetItem")
        self._grant_record_changes()

    def grant_campaigns(self) -> None:
        """Grants previewing, launching, following, stopping, relaunching and reporting campaigns."""
        tables = self._tables
        self._on(tables.campaigns, "BatchGetItem", "GetItem", "PutItem", "UpdateItem")
        self._on_index(tables.campaigns, CAMPAIGNS_BY_TIME)
        self._on(tables.segment_members, "Query")
        self._on(tables.deliveries, "BatchGetItem", "Query")
        self._on(tables.employees, "BatchGetItem")
        self._on(tables.shifts, "BatchGetItem", "GetItem")
        self._on_index(tables.shifts, SHIFTS_BY_CODE)
        tables.grant_read_statuses(self._grantee)
        self._outbox.grant_add(self._grantee)
        self._grant_record_changes()

    def grant_fill_plans(self) -> None:
        """Grants previewing, starting, following, stopping and explaining fill plans, besides `grant_shifts`."""
        tables = self._tables
        self._on(tables.fill_contacts, "BatchGetItem", "Query")
        self._on(tables.segment_members, "Query")
        for table in (
            tables.conversations,
            tables.deliveries,
            tables.employee_bookings,
            tables.employees,
        ):
            self._on(table, "BatchGetItem")

    def grant_health(
        self,
        *,
        topics: Sequence[sns.ITopic],
        alarm_topic: sns.ITopic,
        callback: OptionalConnectCallback | None,
    ) -> None:
        """Grants the checks of a deployment, except reading its stack. They read only.

        Args:
            topics: The topics that AWS End User Messaging SMS publishes to.
            alarm_topic: The topic that alarms notify.
            callback: Calls employees; None without Amazon Connect.
        """
        self._grant_describe_numbers()
        self._grant_read_limits()
        self._on(self._tables.employees, "DescribeTable")
        self._read(["sns:GetTopicAttributes"], [topic.topic_arn for topic in topics])
        self._read(["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"], [alarm_topic.topic_arn])
        queues = self._arn("sqs", f"{Stack.of(self._tables).stack_name}-*")
        acknowledge_wildcard(self._grantee, queues, "they are the queues of the stack, which have its name")
        # One resource is shorter than all queues, and a role's policies have a limit.
        self._read(["sqs:GetQueueAttributes"], [queues])
        if callback:
            callback.grant_describe(self._grantee)

    def _grant_describe_numbers(self) -> None:
        described = [self._arn("sms-voice", f"{kind}/*") for kind in ("phone-number", "pool", "registration")]
        for arn in described:
            acknowledge_wildcard(self._grantee, arn, "a number has its id, pool and registration from AWS")
        # Each action concerns its own kinds alone. One statement is shorter, and a role's policies have a limit.
        names = ("DescribeKeywords", "DescribePhoneNumbers", "DescribePools", "DescribeRegistrations")
        self._read([f"sms-voice:{name}" for name in names], described)

    def _grant_read_limits(self) -> None:
        alarms = self._arn("cloudwatch", "alarm:*")
        acknowledge_wildcard(
            self._grantee, alarms, "CloudWatch authorizes a search among alarms on all of them"
        )
        self._read(["cloudwatch:DescribeAlarms"], [alarms])
        acknowledge_wildcard(
            self._grantee, "*", "these actions read limits of the account, and have no resource"
        )
        # https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
        self._read(
            [
                "cloudwatch:GetMetricStatistics",
                "servicequotas:ListServiceQuotas",
                "servicequotas:ListServices",
                "sms-voice:DescribeAccountAttributes",
                "sms-voice:DescribeSpendLimits",
            ],
            ["*"],
        )

    def _arn(self, service: str, resource: str) -> str:
        stack = Stack.of(self._tables)
        return stack.format_arn(service=service, resource=resource, arn_format=ArnFormat.NO_RESOURCE_NAME)

    def _read(self, actions: Sequence[str], resource_arns: Sequence[str]) -> None:
        grant(self._grantee, actions=actions, resource_arns=resource_arns)

    def _grant_record_changes(self) -> None:
        self._on(self._tables.audit_trail, "PutItem")
        self._tables.grant_read_audit_trail(self._grantee)

    def _on(self, table: dynamodb.ITable, *operations: str) -> None:
        arn = table.table_arn
        new = {(arn, f"dynamodb:{operation}") for operation in operations} - self._granted
        self._granted |= new
        if new:
            grant(self._grantee, actions=sorted(action for _, action in new), resource_arns=[arn])
        if key := table.encryption_key:
            key.grant_encrypt_decrypt(self._grantee)

    def _on_index(self, table: dynamodb.ITable, index: str) -> None:
        grant(self._grantee, actions=["dynamodb:Query"], resource_arns=[f"{table.table_arn}/index/{index}"])
