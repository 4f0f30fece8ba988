"""Builds the operations. Each capability is built at its first use, which imports its modules."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.deployment import Deployment
from shift_sms_runtime.aws.clients import ONE_ATTEMPT
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

    from shift_sms_operator.audit.audit_trail import AuditTrail
    from shift_sms_operator.console_users.console_users import ConsoleUsers
    from shift_sms_operator.health.doctor import Doctor
    from shift_sms_operator.operator_inbox.inbox import OperatorInbox
    from shift_sms_operator.queues.queues import Queues

_PATIENT = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 5},
    max_pool_connections=32,
)
"""For calls that are safe to repeat. An operator prefers a slow answer to an error."""


class Clients:
    """The boto3 clients, each made at its first use."""

    def __init__(
        self,
        session: "boto3.Session",
        *,
        endpoint_url: str | None = None,
        service_endpoint_urls: Mapping[str, str] | None = None,
    ) -> None:
        """Takes the session.

        Args:
            session: Has the credentials and the region.
            endpoint_url: The endpoint of a lab; by default those of the session's configuration.
            service_endpoint_urls: The endpoints of services that another program of the lab serves.
        """
        self._session = session
        self._endpoint_url = endpoint_url
        self._service_endpoint_urls = service_endpoint_urls or {}

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The tables."""
        client: DynamoDBClient = self.make("dynamodb")
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        """The queues."""
        client: SQSClient = self.make("sqs")
        return client

    @cached_property
    def sns(self) -> "SNSClient":
        """The topics."""
        client: SNSClient = self.make("sns")
        return client

    @cached_property
    def sms(self) -> "PinpointSMSVoiceV2Client":
        """AWS End User Messaging SMS. A call is attempted once: repeating one could text an employee twice."""
        client: PinpointSMSVoiceV2Client = self.make("pinpoint-sms-voice-v2", ONE_ATTEMPT)
        return client

    def make(self, service: str, config: Config = _PATIENT) -> Any:
        """Returns a new client of a service."""
        client: Any = self._session.client  # its overloads want a literal
        endpoint_url = self._service_endpoint_urls.get(service, self._endpoint_url)
        return client(service, config=config, endpoint_url=endpoint_url)


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

        return AuditTrail(DynamoAuditTrail(self._clients.dynamodb, self.deployment.audit_trail_table_name))

    @cached_property
    def operator_inbox(self) -> "OperatorInbox":
        """Reads what employees wrote, and replies."""
        from shift_sms_operator.operator_inbox.inbox import OperatorInbox
        from shift_sms_runtime.tables.employees import DynamoEmployees
        from shift_sms_runtime.tables.operator_inbox import DynamoInboxItems

        dynamodb, deployment = self._clients.dynamodb, self.deployment
        items = DynamoInboxItems(
            dynamodb,
            operator_inbox=deployment.operator_inbox_table_name,
            audit_trail=deployment.audit_trail_table_name,
        )
        employees = DynamoEmployees(dynamodb, deployment.employees_table_name)
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
            stack=StackReader(clients.make("cloudformation"), clients.sns, clients.sqs, settings.stack_name),
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
