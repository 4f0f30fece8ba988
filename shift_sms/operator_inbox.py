"""Sends the replies that operators write in the OperatorInbox table."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel
from shift_sms_runtime.environment import SendOperatorReply


class OperatorInbox(Construct):
    """Texts the `reply` that an operator writes on an open item of the OperatorInbox table, once.

    Attributes:
        alarms: Fires when a reply was not sent.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, tables: ShiftTables, channel: SmsChannel
    ) -> None:
        """Makes the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            channel: The number or pool. A reply leaves from the number that was texted.
        """
        super().__init__(scope, construct_id)
        reply = RuntimeFunction(
            self,
            "Reply",
            environment_class=SendOperatorReply,
            description="Sends the replies of operators",
            timeout=Duration.seconds(60),
        )
        tables.grant_settle_operator_replies(reply)
        tables.grant_read_employees(reply)
        tables.grant_record_sends(reply)
        channel.grant_send_replies(reply)
        invoke_on_changes(
            reply,
            table=tables.operator_inbox,
            dead_letters=tables.stream_dead_letters,
            # Settling a reply closes its item, so the function does not invoke itself.
            pattern={
                "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
                "dynamodb": {
                    "NewImage": {
                        "reply": {"S": lambda_.FilterRule.exists()},
                        "message_status": {"S": lambda_.FilterRule.is_equal("open")},
                    }
                },
            },
            batch_size=10,
        )
        self._function = reply.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            reply.alarm_on("OperatorReplyNotSent", meaning="a reply was not sent; its item says why"),
        )

    @property
    def function(self) -> lambda_.Function:
        """Sends the replies."""
        return self._function
