"""Who texts AGENT is called back by Amazon Connect. A stack without Connect leaves this construct out."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.validators import (
    CALLS_PER_DAY,
    CONNECT_ID,
    PHONE_NUMBER,
    format_number,
    validate,
)
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.shift_rules import ShiftRules, rules_or_default
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel


class OptionalConnectCallback(Construct):
    """Places a call for every request in its queue, and texts what became of it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
        connect_instance_id: str,
        connect_contact_flow_id: str,
        connect_queue_id: str,
        connect_source_phone_number: str,
        rules: ShiftRules | None = None,
        calls_per_day: int = 3,
    ) -> None:
        """`calls_per_day` (up to 100) is what one employee may ask for from midnight UTC on; 0 is no limit."""
        rules = rules_or_default(rules)
        calls_per_day = validate("calls_per_day", calls_per_day, CALLS_PER_DAY)
        connect_instance_id = validate("connect_instance_id", connect_instance_id, CONNECT_ID)
        connect_contact_flow_id = validate("connect_contact_flow_id", connect_contact_flow_id, CONNECT_ID)
        connect_queue_id = validate("connect_queue_id", connect_queue_id, CONNECT_ID)
        connect_source_phone_number = validate(
            "connect_source_phone_number", connect_source_phone_number, PHONE_NUMBER
        )
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(30)
        callbacks = WorkQueue(self, "Callbacks", timeout=timeout)
        self.queue: sqs.IQueue = callbacks.queue

        call = RuntimeFunction(
            self,
            "Call",
            name="start_callback",
            description="Has Amazon Connect call back who asked for it",
            timeout=timeout,
            environment={
                "INBOX_TABLE": tables.inbox.table_name,
                "PROGRESS_TABLE": tables.progress.table_name,
                "CONNECT_INSTANCE_ID": connect_instance_id,
                "CONNECT_CONTACT_FLOW_ID": connect_contact_flow_id,
                "CONNECT_QUEUE_ID": connect_queue_id,
                "CONNECT_SOURCE_PHONE_NUMBER": connect_source_phone_number,
                "CALLS_PER_DAY": format_number(calls_per_day),
                **rules.environment("vocabulary", "default_language"),
            },
        )
        tables.grant_remember_callback(call.function)
        tables.grant_count_progress(call.function)
        channel.grant_send_answers(call.function)
        instance_arn = Stack.of(self).format_arn(
            service="connect",
            resource="instance",
            resource_name=connect_instance_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        contact_arns = f"{instance_arn}/contact/*"
        iam.Grant.add_to_principal(
            grantee=call.function,
            actions=["connect:StartOutboundVoiceContact"],
            resource_arns=[instance_arn, contact_arns],
        )
        acknowledge_wildcard(call.function, contact_arns, "a contact has no id before Connect starts it")
        callbacks.feed(call, batch_size=1, max_concurrency=2)
        self._call = call.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = callbacks.alarms

    @property
    def function(self) -> lambda_.IFunction:
        """Has Connect place the calls."""
        return self._call
