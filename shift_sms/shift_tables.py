"""Everything the system knows is in nine tables; what a function may do with them is named by its purpose."""

from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard_actions
from shift_sms.building_blocks.validators import Validator, validate_object

SHIFTS_BY_STATUS = "by-status"
OPERATOR_INBOX_BY_STATUS = "by-status"

_KMS_WILDCARD_ACTIONS = ("kms:GenerateDataKey*", "kms:ReEncrypt*")


class ShiftTables(Construct):
    """Shifts, campaigns, people, and what is said. Kept when the stack is deleted, unless told otherwise; but a first
    deployment that is rolled back leaves no empty tables."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        employees: dynamodb.ITable | None = None,
    ) -> None:
        """`employees` is a table that another system keeps (`Table` or `TableV2`), with `phone_number` (E.164) as its
        key. Its customer managed key is used, if the table names one. What is read there besides are `language` and
        `roles`. What is written there is who opted out: the attributes `opted_out`, `opt_changed_at` and
        `opt_changed_by`, and a row with `only_opt_out` for a number that had none."""
        if employees is not None:
            employees = validate_object("employees", employees, _TABLE)
        super().__init__(scope, construct_id)
        self._removal_policy = removal_policy
        self.shifts: dynamodb.ITableV2 = self._table(
            "Shifts",
            "shift_id",
            indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=SHIFTS_BY_STATUS,
                    partition_key=_string("shift_status"),
                    sort_key=_string("shift_id"),
                )
            ],
            # What a shift was tells whether anybody is concerned; of a deleted one, it is all there is.
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        )
        self.agendas: dynamodb.ITableV2 = self._table("Agendas", "phone_number", time_to_live="expires_at")
        self.campaigns: dynamodb.ITableV2 = self._table(
            "Campaigns", "campaign_id", stream=dynamodb.StreamViewType.NEW_IMAGE
        )
        self.employees: dynamodb.ITable = employees or self._table("Employees", "phone_number")
        self.segment_members: dynamodb.ITableV2 = self._table(
            "SegmentMembers", "segment", sort_key="phone_number"
        )
        self.deliveries: dynamodb.ITableV2 = self._table(
            "Deliveries", "campaign_id", sort_key="phone_number", time_to_live="expires_at"
        )
        self.inbox: dynamodb.ITableV2 = self._table("Inbox", "inbound_message_id", time_to_live="expires_at")
        self.messages: dynamodb.ITableV2 = self._table(
            "Messages",
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
        # Whoever follows the counters reads them all again; what a record held is nothing to go by.
        self.progress: dynamodb.ITableV2 = self._table(
            "Progress",
            "campaign_id",
            sort_key="part",
            stream=dynamodb.StreamViewType.KEYS_ONLY,
            time_to_live="expires_at",
        )

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
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            global_secondary_indexes=indexes,
            dynamo_stream=stream,
            time_to_live_attribute=time_to_live,
            removal_policy=self._removal_policy,
        )

    def grant_follow_campaign(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee read a campaign and write on it what became of it."""
        return _grant(grantee, self.campaigns, "GetItem", "UpdateItem")

    def grant_read_segment(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee list whom a campaign reaches."""
        return _grant(grantee, self.segment_members, "Query")

    def grant_plan_deliveries(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee open a ledger row for a recipient, once, and open it again where nothing was sent."""
        return _grant(grantee, self.deliveries, "PutItem", "UpdateItem")

    def grant_track_deliveries(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee write what became of a recipient's text."""
        return _grant(grantee, self.deliveries, "UpdateItem")

    def grant_begin_plan(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee begin the plan of a campaign, or take it up where it was left."""
        return _grant(grantee, self.progress, "GetItem", "PutItem", "UpdateItem")

    def grant_continue_plan(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee write how far the plan of a campaign has come."""
        return _grant(grantee, self.progress, "GetItem", "UpdateItem")

    def grant_reserve_slots(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee reserve the moments at which it may send."""
        return _grant(grantee, self.progress, "UpdateItem")

    def grant_count_progress(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee count what a campaign has achieved."""
        return _grant(grantee, self.progress, "UpdateItem")

    def grant_sum_progress(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee read the counts of a campaign."""
        return _grant(grantee, self.progress, "Query")

    def grant_report_progress(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee write on a campaign how far it has come."""
        return _grant(grantee, self.campaigns, "UpdateItem")

    def grant_check_senders(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee look up phone numbers among the employees, in a table that may have a key of its owner's."""
        read = _grant(grantee, self.employees, "BatchGetItem")
        key = self.employees.encryption_key
        return read.combine(key.grant_decrypt(grantee)) if key else read

    def grant_record_opt_outs(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee write who wants no texts, in a table that may have a key of its owner's."""
        written = _grant(grantee, self.employees, "UpdateItem")
        key = self.employees.encryption_key
        if key is None:
            return written
        acknowledge_wildcard_actions(
            grantee,
            _KMS_WILDCARD_ACTIONS,
            "variants of one action on one key, as the CDK gives it to writers",
        )
        return written.combine(key.grant_encrypt_decrypt(grantee))

    def grant_remember_texts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee look up texts it may have handled before, and write down what it did."""
        return _grant(grantee, self.inbox, "BatchGetItem", "UpdateItem")

    def grant_remember_callback(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee look up whether a text led to a call, and write that down."""
        return _grant(grantee, self.inbox, "GetItem", "UpdateItem")

    def grant_attribute_answers(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee note which campaign or shift a text of ours is about, so that its answer counts there."""
        return _grant(grantee, self.inbox, "PutItem")

    def grant_send_once(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee write down which texts it has sent that are no deliveries of a campaign."""
        return _grant(grantee, self.inbox, "UpdateItem")

    def grant_keep_messages(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee keep what people wrote for a person to read."""
        return _grant(grantee, self.messages, "PutItem")

    def grant_settle_messages(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee write on a message what became of its answer."""
        return _grant(grantee, self.messages, "UpdateItem")

    def grant_look_up_shifts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee read the shifts that it knows the ids of."""
        return _grant(grantee, self.shifts, "BatchGetItem")

    def grant_book(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee write who has a seat of a shift and who waits for one."""
        return _grant(grantee, self.shifts, "UpdateItem")

    def grant_keep_shifts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee read a shift and bring it up to date."""
        return _grant(grantee, self.shifts, "GetItem", "UpdateItem")

    def grant_keep_agendas(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee read and write what people have booked."""
        return _grant(grantee, self.agendas, "BatchGetItem", "UpdateItem")

    def grant_list_shifts(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee list shifts by status, through the index alone."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:Query"],
            resource_arns=[f"{self.shifts.table_arn}/index/{SHIFTS_BY_STATUS}"],
        )


def _table(given: object) -> dynamodb.ITable:
    # What is looked up is of no class that could be asked for.
    if not hasattr(given, "table_arn"):
        raise ValueError(given)
    return cast("dynamodb.ITable", given)


_TABLE = Validator("a table: a Table, a TableV2, or what their from_table_name and the like return", _table)


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _grant(grantee: iam.IGrantable, table: dynamodb.ITable, *operations: str) -> iam.Grant:
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=[f"dynamodb:{operation}" for operation in operations],
        resource_arns=[table.table_arn],
    )
