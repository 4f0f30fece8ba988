"""Calls employees back through Amazon Connect.

A stack without Connect omits this construct.
"""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.runtime_function import RuntimeFunction, grant
from shift_sms.building_blocks.validators import (
    CALLS_PER_DAY,
    CONNECT_ID,
    PHONE_NUMBER,
    validate,
    validate_language,
)
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import LanguageSettings, StartCallback


class OptionalConnectCallback(Construct):
    """Starts a call for every request in its queue.

    Confirms the call by text once Connect has accepted it.

    Attributes:
        queue: The queue of requests, for `InboundSmsProcessor`.
        work_queue: The same queue, with its dead-letter queue.
        alarms: The alarms of its queues.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        outbox: OutboxSender,
        connect_instance_id: str,
        connect_contact_flow_id: str,
        connect_queue_id: str,
        connect_source_phone_number: str,
        language: LanguageSettings | None = None,
        calls_per_day: int = 3,
    ) -> None:
        """Makes the queue and the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            outbox: Sends the confirmations.
            connect_instance_id: The id of the Connect instance, the last part of its ARN.
            connect_contact_flow_id: The id of the flow that an answered call enters.
            connect_queue_id: The id of the queue that the agents serve.
            connect_source_phone_number: The number (E.164) of the instance that it calls from.
            language: The vocabulary and the default language. By default English words for shifts.
            calls_per_day: Calls per employee and day (UTC), up to 100; 0 sets no limit.
        """
        connect_instance_id = validate("connect_instance_id", connect_instance_id, CONNECT_ID)
        connect_contact_flow_id = validate("connect_contact_flow_id", connect_contact_flow_id, CONNECT_ID)
        connect_queue_id = validate("connect_queue_id", connect_queue_id, CONNECT_ID)
        connect_source_phone_number = validate(
            "connect_source_phone_number", connect_source_phone_number, PHONE_NUMBER
        )
        language = validate_language(language)
        calls_per_day = validate("calls_per_day", calls_per_day, CALLS_PER_DAY)
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(30)
        queue = WorkQueue(self, "Callbacks", timeout=timeout)
        self.work_queue = queue
        self.queue: sqs.IQueue = queue.queue

        start = RuntimeFunction(
            self,
            "Start",
            environment_class=StartCallback,
            description="Starts calls through Amazon Connect",
            timeout=timeout,
        )
        start.configure(
            connect_instance_id=connect_instance_id,
            connect_contact_flow_id=connect_contact_flow_id,
            connect_queue_id=connect_queue_id,
            connect_source_phone_number=connect_source_phone_number,
            calls_per_day=calls_per_day,
            language=language,
        )
        tables.grant_record_callbacks(start)
        tables.grant_count_deliveries(start)
        outbox.grant_add(start)
        instance_arn = Stack.of(self).format_arn(
            service="connect",
            resource="instance",
            resource_name=connect_instance_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        contact_arns = f"{instance_arn}/contact/*"
        grant(
            start,
            actions=["connect:StartOutboundVoiceContact"],
            resource_arns=[instance_arn, contact_arns],
        )
        acknowledge_wildcard(start, contact_arns, "a contact has no id before Connect starts it")
        queue.add_consumer(start, batch_size=1, max_concurrency=2)
        self._function = start.function
        self._connect_arns = (
            instance_arn,
            f"{instance_arn}/contact-flow/{connect_contact_flow_id}",
            f"{instance_arn}/queue/{connect_queue_id}",
        )
        self.alarms: tuple[cloudwatch.Alarm, ...] = queue.alarms

    @property
    def function(self) -> lambda_.Function:
        """Starts the calls."""
        return self._function

    def grant_describe(self, grantee: iam.IGrantable) -> None:
        """Grants reading the instance, the flow, the queue and the numbers that calls need."""
        described = ("DescribeInstance", "DescribeContactFlow", "DescribeQueue")
        grant(
            grantee,
            actions=[f"connect:{operation}" for operation in described],
            resource_arns=self._connect_arns,
        )
        numbers = Stack.of(self).format_arn(service="connect", resource="phone-number", resource_name="*")
        acknowledge_wildcard(grantee, numbers, "Connect authorizes a search among numbers on all of them")
        grant(grantee, actions=["connect:ListPhoneNumbersV2"], resource_arns=[numbers])
