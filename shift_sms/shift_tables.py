"""The tables, with a grant method for each use of them."""

from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge, acknowledge_wildcard_actions
from shift_sms.building_blocks.dead_letter_queue import DeadLetterQueue
from shift_sms.building_blocks.runtime_function import configure, grant
from shift_sms.building_blocks.validators import Validator, validate_object

OPEN_SHIFTS = "open-shifts"
SHIFTS_BY_CODE = "by-code"
SEGMENTS_BY_PHONE_NUMBER = "by-phone-number"
SHIFTS_BY_START = "by-start"
CAMPAIGNS_BY_TIME = "by-time"
OPERATOR_INBOX_BY_STATUS = "by-status"
AUDIT_TRAIL_BY_DAY = "by-day"

_SHOWN_IN_LISTS = ("shift_info", "starts_at", "ends_at", "respond_by", "timezone", "site", "role")
"""What `open-shifts` has besides the keys.

None changes when an employee books, so a booking costs no index write.
"""

_KMS_WILDCARD_ACTIONS = ("kms:GenerateDataKey*", "kms:ReEncrypt*")


class ShiftTables(Construct):
    """The tables that every other construct shares.

    Each table has on-demand capacity, encryption with an AWS managed key and point-in-time recovery. A `grant_*` method
    adds a permission. It also sets the table's name in the environment of a function of this library.

    Attributes:
        shifts: Shifts, with the indexes `open-shifts`, `by-code` and `by-start`.
        campaigns: Campaigns, with their status and counts, and the index `by-time`.
        employees: Employees: phone number, language, roles and opt-out.
        segment_members: The phone numbers of each segment, with the index `by-phone-number`.
        deliveries: One row per recipient of a campaign.
        campaign_counters: Counters of campaigns, and launch plans.
        fill_contacts: Fill plans, their waves, and whom they contacted or skipped.
        send_permits: One row per origination identity, which paces all of its senders.
        employee_bookings: What each employee has booked.
        conversations: Inbound texts, and the replies and notices sent.
        outbox: Texts outside campaigns that wait to be sent.
        operator_inbox: Texts that a person has to read, with the index `by-status`.
        audit_trail: What operators changed, with the index `by-day`.
        stream_dead_letters: Changes of a table that a function could not handle.
        alarms: The alarms of `stream_dead_letters`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        employees: dynamodb.ITable | None = None,
    ) -> None:
        """Makes the tables.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            removal_policy: What happens to the tables when the stack is deleted. By default they are kept, unless the
                rollback of the first deployment deletes the stack.
            employees: An existing table of employees, a `Table` or `TableV2`. Its key is `phone_number` (E.164).
                The functions read `language` and `roles`, and write `opted_out`, `opt_changed_at` and
                `opt_changed_by`. For an unknown number that opts out they add a row with `only_opt_out`. Grants
                include its `encryption_key`, if the object has one. By default the construct makes a table.
        """
        if employees is not None:
            employees = validate_object("employees", employees, _TABLE)
        super().__init__(scope, construct_id)
        self._removal_policy = removal_policy
        # Each access to an attribute of a table is a call to jsii.
        self._known: dict[dynamodb.ITable, tuple[str, str]] = {}
        self._billing = dynamodb.Billing.on_demand()
        self._encryption = dynamodb.TableEncryptionV2.aws_managed_key()
        self.shifts: dynamodb.ITableV2 = self._table(
            "Shifts",
            "shift_id",
            indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=OPEN_SHIFTS,
                    partition_key=_string("listed_role"),
                    sort_key=_string("listed_at"),
                    projection_type=dynamodb.ProjectionType.INCLUDE,
                    non_key_attributes=list(_SHOWN_IN_LISTS),
                ),
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=SHIFTS_BY_CODE,
                    partition_key=_string("code_initial"),
                    sort_key=_string("code"),
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                ),
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=SHIFTS_BY_START,
                    partition_key=_string("start_list"),
                    sort_key=_string("start_position"),
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                ),
            ],
            # A new image does not name employees who left the shift, and a deleted shift has none.
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live="expires_at",
        )
        self.campaigns: dynamodb.ITableV2 = self._table(
            "Campaigns",
            "campaign_id",
            indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=CAMPAIGNS_BY_TIME,
                    partition_key=_string("listing"),
                    sort_key=_string("listed_at"),
                    # Counts change often, and the index is written only if an attribute in it changes.
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                )
            ],
            stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
        self.employees: dynamodb.ITable = employees or self._table(
            "Employees", "phone_number", stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES
        )
        self.segment_members: dynamodb.ITableV2 = self._table(
            "SegmentMembers",
            "segment",
            sort_key="phone_number",
            indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=SEGMENTS_BY_PHONE_NUMBER,
                    partition_key=_string("phone_number"),
                    sort_key=_string("segment"),
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                )
            ],
        )
        self.deliveries: dynamodb.ITableV2 = self._table(
            "Deliveries", "campaign_shard", sort_key="phone_number", time_to_live="expires_at"
        )
        self.campaign_counters: dynamodb.ITableV2 = self._table(
            "CampaignCounters",
            "campaign_shard",
            sort_key="part",
            # The consumer re-reads the counters.
            stream=dynamodb.StreamViewType.KEYS_ONLY,
            time_to_live="expires_at",
        )
        self.send_permits: dynamodb.ITableV2 = self._table("SendPermits", "origination_identity")
        self.employee_bookings: dynamodb.ITableV2 = self._table(
            "EmployeeBookings", "phone_number", time_to_live="expires_at"
        )
        self.conversations: dynamodb.ITableV2 = self._table(
            "Conversations", "phone_number", sort_key="entry", time_to_live="expires_at"
        )
        self.fill_contacts: dynamodb.ITableV2 = self._table(
            "FillContacts", "shift_id", sort_key="entry", time_to_live="expires_at"
        )
        self.outbox: dynamodb.ITableV2 = self._table(
            "Outbox", "lane", sort_key="position", time_to_live="expires_at"
        )
        self.operator_inbox: dynamodb.ITableV2 = self._table(
            "OperatorInbox",
            "message_id",
            indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=OPERATOR_INBOX_BY_STATUS,
                    partition_key=_string("message_status"),
                    sort_key=_string("received_at"),
                )
            ],
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            time_to_live="expires_at",
        )
        self.audit_trail: dynamodb.ITableV2 = self._table(
            "AuditTrail",
            "subject",
            sort_key="entry",
            indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=AUDIT_TRAIL_BY_DAY, partition_key=_string("day"), sort_key=_string("entry")
                )
            ],
            time_to_live="expires_at",
        )
        self.stream_dead_letters = DeadLetterQueue(self, "StreamDeadLetters")
        acknowledge(self.stream_dead_letters, "SQS3", "it is a dead-letter queue itself, of event sources")
        self.alarms: tuple[cloudwatch.Alarm, ...] = self.stream_dead_letters.alarms

    def _table(
        self,
        construct_id: str,
        partition_key: str,
        *,
        sort_key: str | None = None,
        indexes: list[dynamodb.GlobalSecondaryIndexPropsV2] | None = None,
        stream: dynamodb.StreamViewType | None = None,
        time_to_live: str | None = None,
    ) -> dynamodb.TableV2:
        return dynamodb.TableV2(
            self,
            construct_id,
            partition_key=_string(partition_key),
            sort_key=_string(sort_key) if sort_key else None,
            billing=self._billing,
            encryption=self._encryption,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            global_secondary_indexes=indexes,
            dynamo_stream=stream,
            time_to_live_attribute=time_to_live,
            removal_policy=self._removal_policy,
        )

    def grant_look_up_shifts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading shifts by their ids."""
        return self._grant_shifts(grantee, "BatchGetItem")

    def grant_list_shifts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants listing open shifts, through their index alone."""
        return self._grant_query_shifts(grantee, OPEN_SHIFTS)

    def grant_find_codes(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants finding the codes of shifts, through their index alone."""
        return self._grant_query_shifts(grantee, SHIFTS_BY_CODE)

    def grant_index_shifts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing the attributes of shifts that their indexes and their deletion depend on."""
        return self._grant_shifts(grantee, "UpdateItem")

    def grant_book(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing the seats and waiting lists of shifts, and what employees have booked."""
        seats = self._grant_shifts(grantee, "UpdateItem")
        return seats.combine(self._use(grantee, "employee_bookings", "BatchGetItem", "UpdateItem"))

    def grant_reconcile_shifts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading and writing a shift, and what its employees have booked."""
        shifts = self._grant_shifts(grantee, "GetItem", "UpdateItem")
        return shifts.combine(self._use(grantee, "employee_bookings", "BatchGetItem", "UpdateItem"))

    def grant_plan_fills(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing fill plans and their texts, and reading what decides whom they may text."""
        self.grant_list_segment_members(grantee)
        self.grant_read_employees(grantee)
        self.grant_read_statuses(grantee)
        self._use(grantee, "employee_bookings", "BatchGetItem")
        self._use(grantee, "deliveries", "BatchGetItem", "PutItem", "UpdateItem")
        self._use(grantee, "campaign_counters", "BatchGetItem", "UpdateItem")
        self._grant_shifts(grantee, "GetItem", "UpdateItem")
        return self._use(
            grantee, "fill_contacts", "BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"
        )

    def grant_check_seats(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading a shift before each text of its fill plan."""
        return self._grant_shifts(grantee, "GetItem")

    def grant_render_notices(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading a shift, and extending an offer whose text has waited."""
        return self._grant_shifts(grantee, "GetItem", "UpdateItem")

    def grant_read_employees(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading employees by their phone numbers, and the use of the table's key."""
        configure(grantee, employees_table=self._name(self.employees))
        reading = self._grant(grantee, self.employees, "BatchGetItem")
        key = self.employees.encryption_key
        return reading.combine(key.grant_decrypt(grantee)) if key else reading

    def grant_check_employees(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants a transaction the condition that a number is on the roster."""
        configure(grantee, employees_table=self._name(self.employees))
        return self._grant(grantee, self.employees, "ConditionCheckItem")

    def grant_record_opt_outs(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing opt-outs of employees, and the use of the table's key."""
        configure(grantee, employees_table=self._name(self.employees))
        writing = self._grant(grantee, self.employees, "UpdateItem")
        key = self.employees.encryption_key
        if key is None:
            return writing
        acknowledge_wildcard_actions(
            grantee,
            _KMS_WILDCARD_ACTIONS,
            "variants of one action on one key, as the CDK grants them to writers",
        )
        return writing.combine(key.grant_encrypt_decrypt(grantee))

    def grant_undo_bookings(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants undoing bookings: freeing seats, correcting counters, and telling the operator."""
        bookings = self.grant_book(grantee).combine(self.grant_count_deliveries(grantee))
        return bookings.combine(self.grant_update_operator_inbox(grantee))

    def grant_update_campaigns(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading a campaign and writing its status and counts."""
        return self._use(grantee, "campaigns", "GetItem", "UpdateItem")

    def grant_list_segment_members(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants listing the members of a segment."""
        configure(grantee, segment_members_table=self._name(self.segment_members))
        return self._grant(grantee, self.segment_members, "Query")

    def grant_index_managers(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing the members of segments."""
        return self._use(grantee, "segment_members", "PutItem", "DeleteItem")

    def grant_plan_deliveries(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants adding deliveries, and marking unsent ones as queued again."""
        return self._use(grantee, "deliveries", "PutItem", "UpdateItem")

    def grant_update_deliveries(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing the status of deliveries."""
        return self._use(grantee, "deliveries", "UpdateItem")

    def grant_read_deliveries(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading the status of deliveries."""
        return self._use(grantee, "deliveries", "BatchGetItem")

    def grant_begin_launch_plan(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants beginning the launch plan of a campaign, or resuming it."""
        return self._use(grantee, "campaign_counters", "GetItem", "PutItem", "UpdateItem")

    def grant_continue_launch_plan(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing the progress of a launch plan."""
        return self._use(grantee, "campaign_counters", "GetItem", "UpdateItem")

    def grant_reserve_permits(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reserving permits to send."""
        configure(grantee, send_permits_table=self._name(self.send_permits))
        return self._grant(grantee, self.send_permits, "UpdateItem")

    def grant_count_deliveries(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants adding to the counters of campaigns."""
        return self._use(grantee, "campaign_counters", "UpdateItem")

    def grant_read_campaign_counters(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading the counters of a campaign."""
        return self._use(grantee, "campaign_counters", "BatchGetItem")

    def grant_hold_campaigns(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants holding pages and work items of campaigns that have to wait."""
        return self._use(grantee, "campaign_counters", "PutItem")

    def grant_reconcile_campaigns(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading launch plans, reading and removing what is held, and requesting a summary."""
        return self._use(grantee, "campaign_counters", "DeleteItem", "GetItem", "Query", "UpdateItem")

    def grant_record_inbound_texts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading the entries of an inbound text, and writing its effect and reply."""
        return self._use(grantee, "conversations", "BatchGetItem", "UpdateItem")

    def grant_record_callbacks(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading and writing the calls that an inbound text led to."""
        return self._use(grantee, "conversations", "GetItem", "UpdateItem")

    def grant_read_statuses(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading which replies and notices were sent."""
        return self._use(grantee, "conversations", "BatchGetItem")

    def grant_record_sends(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing which replies and notices were sent."""
        return self._use(grantee, "conversations", "UpdateItem")

    def grant_add_to_outbox(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants adding texts to the outbox, with their ledger rows."""
        return self._use(grantee, "outbox", "PutItem").combine(self.grant_record_sends(grantee))

    def grant_remove_from_outbox(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants removing texts from the outbox that were sent or withdrawn."""
        return self._use(grantee, "outbox", "DeleteItem")

    def grant_read_outbox(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading the texts that wait."""
        return self._use(grantee, "outbox", "Query")

    def grant_attribute_replies(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants writing which campaign or shift a text is about.

        A reply to the text refers to the same campaign or shift.
        """
        return self._use(grantee, "conversations", "PutItem")

    def grant_update_operator_inbox(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants adding texts to the operator inbox, and writing the outcomes of replies and notices."""
        return self._use(grantee, "operator_inbox", "UpdateItem")

    def grant_read_audit_trail(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants reading what operators changed."""
        return grant(
            grantee,
            actions=["dynamodb:Query"],
            resource_arns=[
                self._arn(self.audit_trail),
                f"{self._arn(self.audit_trail)}/index/{AUDIT_TRAIL_BY_DAY}",
            ],
        )

    def _use(self, grantee: iam.IGrantable, table: str, *operations: str) -> iam.Grant:
        """Grants operations on the table of an attribute, and configures its name."""
        used: dynamodb.ITable = getattr(self, table)
        configure(grantee, **{f"{table}_table": self._name(used)})
        return self._grant(grantee, used, *operations)

    def _grant_shifts(self, grantee: iam.IGrantable, *operations: str) -> iam.Grant:
        return self._use(grantee, "shifts", *operations)

    def _grant_query_shifts(self, grantee: iam.IGrantable, index: str) -> iam.Grant:
        configure(grantee, shifts_table=self._name(self.shifts))
        return grant(
            grantee,
            actions=["dynamodb:Query"],
            resource_arns=[f"{self._arn(self.shifts)}/index/{index}"],
        )

    def _grant(self, grantee: iam.IGrantable, table: dynamodb.ITable, *operations: str) -> iam.Grant:
        return grant(
            grantee,
            actions=[f"dynamodb:{operation}" for operation in operations],
            resource_arns=[self._arn(table)],
        )

    def _name(self, table: dynamodb.ITable) -> str:
        return self._names_and_arns(table)[0]

    def _arn(self, table: dynamodb.ITable) -> str:
        return self._names_and_arns(table)[1]

    def _names_and_arns(self, table: dynamodb.ITable) -> tuple[str, str]:
        if table not in self._known:
            self._known[table] = table.table_name, table.table_arn
        return self._known[table]


def _parse_table(given: object) -> dynamodb.ITable:
    # Imported tables are jsii proxies, so `isinstance` fails.
    if not hasattr(given, "table_arn"):
        raise ValueError(given)
    return cast("dynamodb.ITable", given)


_TABLE = Validator("a table: a Table, a TableV2, or an imported table (`from_table_name`)", _parse_table)


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
