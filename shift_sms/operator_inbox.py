"""Sends the replies that operators write in the OperatorInbox table."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import SendOperatorReply


class OperatorInbox(Construct):
    """Texts the `reply` that an operator writes on an open item, once.

    The items are in the OperatorInbox table.

    Attributes:
        alarms: Fire when a reply was not sent.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, tables: ShiftTables, outbox: OutboxSender
    ) -> None:
        """Makes the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            outbox: Sends the replies.
        """
        super().__init__(scope, construct_id)
        reply = RuntimeFunction(
            self,
            "Reply",
            environment_class=SendOperatorReply,
            description="Queues the replies of operators",
            timeout=Duration.seconds(60),
        )
        tables.grant_update_operator_inbox(reply)
        outbox.grant_add(reply)
        invoke_on_changes(
            reply,
            table=tables.operator_inbox,
            dead_letters=tables.stream_dead_letters,
            # Settling a reply closes its item, so that does not invoke the function.
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
            reply.alarm_on("OperatorReplyNotSent", meaning="a reply is not sendable; its item says why"),
            outbox.runtime_function.alarm_on(
                "OperatorReplyNotSent", meaning="a reply was not sent; its item says why"
            ),
        )

    @property
    def function(self) -> lambda_.Function:
        """Queues the replies."""
        return self._function
