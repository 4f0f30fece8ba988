"""Builds the operations. Each capability is built at its first use, which imports its modules."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.clients import Clients
from shift_sms_operator.deployment import Deployment
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    from shift_sms_operator.audit.audit_trail import AuditTrail
    from shift_sms_operator.campaigns.campaigns import Campaigns
    from shift_sms_operator.console_users.console_users import ConsoleUsers
    from shift_sms_operator.employees.employees import OperatorEmployees
    from shift_sms_operator.fill_plans.fill_operations import FillOperations
    from shift_sms_operator.health.doctor import Doctor
    from shift_sms_operator.operator_inbox.inbox import OperatorInbox
    from shift_sms_operator.queues.queues import Queues
    from shift_sms_operator.shifts.shift_drafts import ShiftDrafts
    from shift_sms_operator.shifts.shift_finder import ShiftFinder
    from shift_sms_operator.shifts.shift_operations import ShiftOperations
    from shift_sms_runtime.language.locale import Locales
    from shift_sms_runtime.outbox.outbox_text import OutboxTurn
    from shift_sms_runtime.outbox.ports import OutboxWorkers
    from shift_sms_runtime.shifts.shift_item import ShiftReader
    from shift_sms_runtime.tables.operator_shifts import DynamoOperatorShifts
    from shift_sms_runtime.tables.outbox_store import DynamoOutbox
    from shift_sms_runtime.tables.shifts import DynamoShifts


class Operator:
    """What an operator can do, one attribute per capability."""

    def __init__(
        self, clients: Clients, deployment: Deployment, actor: Callable[[], str], clock: Clock
    ) -> None:
        self._clients = clients
        self.deployment = deployment
        self._clock = clock
        self._recorder = AuditRecorder(
            actor, retention_days=deployment.settings.audit_retention_days, clock=clock
        )

    @cached_property
    def audit_trail(self) -> "AuditTrail":
        """Lists what operators changed."""
        from shift_sms_operator.audit.audit_trail import AuditTrail
        from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail
        from shift_sms_runtime.tables.employees import DynamoEmployeeRows

        client, deployment = self._clients.dynamodb, self.deployment
        return AuditTrail(
            DynamoAuditTrail(client, deployment.audit_trail_table_name),
            DynamoEmployeeRows(client, deployment.employees_table_name),
        )

    @cached_property
    def campaigns(self) -> "Campaigns":
        """Previews, launches, stops, relaunches, follows and reports campaigns."""
        from shift_sms_operator.campaigns.audience import AudienceCounter
        from shift_sms_operator.campaigns.campaigns import Campaigns, CampaignSettings
        from shift_sms_operator.campaigns.codes import CodeChecker
        from shift_sms_operator.campaigns.trial import CampaignTrial
        from shift_sms_runtime.campaigns.campaign import CampaignComposer
        from shift_sms_runtime.tables.campaigns import DynamoCampaignItems
        from shift_sms_runtime.tables.deliveries import DynamoDeliveries
        from shift_sms_runtime.tables.employees import DynamoEmployees
        from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

        deployment, settings, dynamodb = self.deployment, self.deployment.settings, self._clients.dynamodb
        employees = DynamoEmployees(dynamodb, deployment.employees_table_name)
        deliveries = DynamoDeliveries(
            dynamodb,
            deliveries=deployment.deliveries_table_name,
            counters=deployment.campaign_counters_table_name,
        )
        trial = CampaignTrial(
            outbox=self._outbox,
            workers=self._outbox_workers,
            employees=employees,
            recorder=self._recorder,
            audit_trail=deployment.audit_trail_table_name,
            origination_identity=settings.origination_identity,
            clock=self._clock,
        )
        return Campaigns(
            items=DynamoCampaignItems(dynamodb, deployment.campaigns_table_name),
            audience=AudienceCounter(
                DynamoSegmentMembers(dynamodb, deployment.segment_members_table_name),
                employees,
                deliveries,
                quiet_hours=settings.booking_policy.quiet_time,
                zone=settings.zone,
            ),
            codes=CodeChecker(self._shifts, self._locales.default.lexicons),
            trial=trial,
            deliveries=deliveries,
            composer=CampaignComposer(
                self._locales,
                agent_offered=settings.agent_offered,
                opt_out_hint=settings.campaign_opt_out_hint,
                keep_typography=settings.keep_typography,
            ),
            recorder=self._recorder,
            audit_trail=deployment.audit_trail_table_name,
            settings=CampaignSettings(
                default_segment=settings.default_segment,
                messages_per_second=settings.messages_per_second,
                keep_typography=settings.keep_typography,
                zone=settings.zone,
                quiet_hours=settings.quiet_hours,
                pinpoint=settings.campaign_engine == "pinpoint",
            ),
            clock=self._clock,
        )

    @cached_property
    def employees(self) -> "OperatorEmployees":
        """Imports, lists, shows, exports and removes employees."""
        from shift_sms_operator.employees.employee_details import EmployeeHistory
        from shift_sms_operator.employees.employee_loader import EmployeeLoader
        from shift_sms_operator.employees.employee_remover import EmployeeRemover
        from shift_sms_operator.employees.employees import OperatorEmployees
        from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail
        from shift_sms_runtime.tables.employees import DynamoEmployeeRows
        from shift_sms_runtime.tables.operator_employees import DynamoEmployeeHistory, DynamoOperatorEmployees
        from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

        client, deployment, settings = self._clients.dynamodb, self.deployment, self.deployment.settings
        segment_members = DynamoSegmentMembers(client, deployment.segment_members_table_name)
        table = DynamoOperatorEmployees(
            client,
            employees=deployment.employees_table_name,
            segment_members=deployment.segment_members_table_name,
            employee_bookings=deployment.employee_bookings_table_name,
            shifts=deployment.shifts_table_name,
            campaign_counters=deployment.campaign_counters_table_name,
            audit_trail=deployment.audit_trail_table_name,
            shift_reader=self._shift_reader,
            clock=self._clock,
        )
        history = DynamoEmployeeHistory(
            client,
            employee_bookings=deployment.employee_bookings_table_name,
            shifts=deployment.shifts_table_name,
            conversations=deployment.conversations_table_name,
            operator_inbox=deployment.operator_inbox_table_name,
            deliveries=deployment.deliveries_table_name,
            campaigns=deployment.campaigns_table_name,
            shift_reader=self._shift_reader,
        )
        return OperatorEmployees(
            rows=DynamoEmployeeRows(client, deployment.employees_table_name),
            segment_members=segment_members,
            loader=EmployeeLoader(table, self._recorder),
            remover=EmployeeRemover(
                table, segment_members, self._recorder, policy=settings.booking_policy, clock=self._clock
            ),
            history=EmployeeHistory(history, self._clock),
            audit_trail=DynamoAuditTrail(client, deployment.audit_trail_table_name),
            recorder=self._recorder,
            default_segment=settings.default_segment,
        )

    @cached_property
    def shifts(self) -> "ShiftOperations":
        """Lists, adds, changes, assigns, imports and exports shifts."""
        from shift_sms_operator.shifts.seat_changes import SeatChanges, TextSettings
        from shift_sms_operator.shifts.shift_changes import ShiftChanges
        from shift_sms_operator.shifts.shift_import import ShiftImporter
        from shift_sms_operator.shifts.shift_lists import ShiftLists
        from shift_sms_operator.shifts.shift_operations import ShiftOperations
        from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail
        from shift_sms_runtime.tables.employees import DynamoEmployeeRows

        dynamodb, deployment, settings = self._clients.dynamodb, self.deployment, self.deployment.settings
        shifts, finder, table, drafts = (
            self._shifts,
            self._shift_finder,
            self._shift_edits,
            self._shift_drafts,
        )
        employees = DynamoEmployeeRows(dynamodb, deployment.employees_table_name)
        changes = ShiftChanges(finder=finder, table=table, drafts=drafts, recorder=self._recorder)
        return ShiftOperations(
            lists=ShiftLists(
                finder=finder,
                shifts=shifts,
                employees=employees,
                outbox=self._outbox,
                audit_trail=self.audit_trail,
                drafts=drafts,
                policy=settings.booking_policy,
                clock=self._clock,
            ),
            changes=changes,
            seats=SeatChanges(
                finder=finder,
                shifts=shifts,
                table=table,
                employees=employees,
                workers=self._outbox_workers,
                locales=self._locales,
                policy=settings.booking_policy,
                texts=TextSettings(settings.origination_identity, settings.approved_numbers > 0),
                recorder=self._recorder,
                clock=self._clock,
            ),
            importer=ShiftImporter(
                finder=finder,
                changes=changes,
                recorder=self._recorder,
                audit_trail=DynamoAuditTrail(dynamodb, deployment.audit_trail_table_name),
            ),
        )

    @cached_property
    def fill_plans(self) -> "FillOperations":
        """Starts, stops, follows and explains fill plans."""
        from shift_sms_operator.fill_composition import fill_operations

        return fill_operations(
            self._clients.dynamodb,
            self.deployment,
            finder=self._shift_finder,
            edits=self._shift_edits,
            drafts=self._shift_drafts,
            locales=self._locales,
            recorder=self._recorder,
            clock=self._clock,
        )

    @cached_property
    def _shifts(self) -> "DynamoShifts":
        from shift_sms_runtime.tables.shifts import DynamoShifts

        return DynamoShifts(self._clients.dynamodb, self.deployment.shifts_table_name, self._shift_reader)

    @cached_property
    def _shift_finder(self) -> "ShiftFinder":
        from shift_sms_operator.shifts.shift_finder import ShiftFinder

        return ShiftFinder(self._shifts)

    @cached_property
    def _shift_drafts(self) -> "ShiftDrafts":
        from shift_sms_operator.shifts.shift_drafts import ShiftDrafts

        policy = self.deployment.settings.booking_policy
        return ShiftDrafts(self._shift_reader, self._locales.default, policy, self._clock)

    @cached_property
    def _shift_edits(self) -> "DynamoOperatorShifts":
        from shift_sms_runtime.tables.operator_shifts import DynamoOperatorShifts

        deployment = self.deployment
        return DynamoOperatorShifts(
            self._clients.dynamodb,
            employees=deployment.employees_table_name,
            shifts=deployment.shifts_table_name,
            employee_bookings=deployment.employee_bookings_table_name,
            conversations=deployment.conversations_table_name,
            outbox=deployment.outbox_table_name,
            campaign_counters=deployment.campaign_counters_table_name,
            audit_trail=deployment.audit_trail_table_name,
            clock=self._clock,
        )

    @cached_property
    def _locales(self) -> "Locales":
        from shift_sms_runtime.language.locale import Locales
        from shift_sms_runtime.language.locale_files import locales

        settings = self.deployment.settings
        return Locales(locales(settings.vocabulary), default=settings.default_language)

    @cached_property
    def _shift_reader(self) -> "ShiftReader":
        from shift_sms_runtime.language.locale_files import lexicons
        from shift_sms_runtime.shifts.shift_item import ShiftReader

        settings = self.deployment.settings
        return ShiftReader(
            settings.zone, lexicons(settings.vocabulary), settings.booking_policy.fill_defaults
        )

    @cached_property
    def _outbox(self) -> "DynamoOutbox":
        from shift_sms_runtime.tables.outbox_store import DynamoOutbox

        return DynamoOutbox(
            self._clients.dynamodb,
            outbox=self.deployment.outbox_table_name,
            conversations=self.deployment.conversations_table_name,
            clock=self._clock,
        )

    @cached_property
    def _outbox_workers(self) -> "OutboxWorkers":
        from shift_sms_runtime.aws.sqs import SqsQueue
        from shift_sms_runtime.outbox.workers import WorkerStarter
        from shift_sms_runtime.tables.send_permits import DynamoSendPermits

        deployment = self.deployment
        permits = DynamoSendPermits(
            self._clients.dynamodb,
            deployment.send_permits_table_name,
            deployment.settings.origination_identity,
            clock=self._clock,
        )
        turns: SqsQueue[OutboxTurn] = SqsQueue(self._clients.sqs, deployment.outbox_queue_url)
        return WorkerStarter(permits, turns, self._clock)

    @cached_property
    def operator_inbox(self) -> "OperatorInbox":
        """Reads what employees wrote, and replies."""
        from shift_sms_operator.operator_inbox.inbox import OperatorInbox
        from shift_sms_runtime.tables.employees import DynamoEmployeeRows
        from shift_sms_runtime.tables.operator_inbox import DynamoInboxItems

        dynamodb, deployment = self._clients.dynamodb, self.deployment
        items = DynamoInboxItems(
            dynamodb,
            operator_inbox=deployment.operator_inbox_table_name,
            audit_trail=deployment.audit_trail_table_name,
        )
        employees = DynamoEmployeeRows(dynamodb, deployment.employees_table_name)
        return OperatorInbox(items, employees, self._recorder, self._clock)

    @cached_property
    def queues(self) -> "Queues":
        """Looks at dead letters, and moves them back."""
        from shift_sms_operator.queues.queues import Queues
        from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail

        audit_trail = DynamoAuditTrail(self._clients.dynamodb, self.deployment.audit_trail_table_name)
        return Queues(self._clients.sqs, self.deployment.queues, audit_trail, self._recorder)

    @cached_property
    def console_users(self) -> "ConsoleUsers":
        """Adds operators to the console."""
        from shift_sms_operator.console_users.console_users import ConsoleUsers
        from shift_sms_runtime.aws.cognito import CognitoUsers
        from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail

        pool = self.deployment.console_user_pool_id
        return ConsoleUsers(
            CognitoUsers(self._clients.make("cognito-idp"), pool) if pool else None,
            self._recorder,
            DynamoAuditTrail(self._clients.dynamodb, self.deployment.audit_trail_table_name),
        )

    @cached_property
    def health(self) -> "Doctor":
        """Checks the deployment."""
        from shift_sms_operator.health.account_reader import AccountReader, ConnectReader
        from shift_sms_operator.health.doctor import Doctor
        from shift_sms_operator.health.number_reader import NumberReader
        from shift_sms_operator.health.stack_reader import StackReader

        clients, settings = self._clients, self.deployment.settings
        sms = clients.make("pinpoint-sms-voice-v2")
        return Doctor(
            self.deployment,
            numbers=NumberReader(sms, settings.origination_identity),
            account=AccountReader(
                sms,
                cloudwatch=clients.make("cloudwatch"),
                service_quotas=clients.make("service-quotas"),
                dynamodb=clients.dynamodb,
            ),
            connect=ConnectReader(clients.make("connect"), settings),
            stack=StackReader(clients.make("cloudformation"), clients.sns, clients.sqs, settings),
            clock=self._clock,
        )


def operator(clients: Clients, deployment: Deployment, actor: Callable[[], str], clock: Clock) -> Operator:
    """Returns the operations on a deployment.

    Args:
        clients: The clients of the deployment's account and region.
        deployment: The outputs of its stack.
        actor: Returns who operates, for the audit trail: an ARN or an email address. It is called before a change.
        clock: Returns the time.
    """
    return Operator(clients, deployment, actor, clock)
