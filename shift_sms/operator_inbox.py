"""What people write for a person is kept; what that person writes on it is their answer."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import TableStream
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel


class OperatorInbox(Construct):
    """Texts the `answer` that somebody has put on an open item of the Messages table, once."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
    ) -> None:
        """An answer leaves from the number that was texted, which is one of the channel's."""
        super().__init__(scope, construct_id)
        answer = RuntimeFunction(
            self,
            "Answer",
            name="send_operator_reply",
            description="Texts what an operator has answered",
            timeout=Duration.seconds(60),
            environment={
                "MESSAGES_TABLE": tables.messages.table_name,
                "EMPLOYEES_TABLE": tables.employees.table_name,
                "INBOX_TABLE": tables.inbox.table_name,
            },
        )
        tables.grant_settle_messages(answer.function)
        tables.grant_check_senders(answer.function)
        tables.grant_send_once(answer.function)
        channel.grant_send_answers(answer.function)
        # What becomes of an answer is written on its item, which is then open no more.
        answered = {
            "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
            "dynamodb": {
                "NewImage": {
                    "reply": {"S": lambda_.FilterRule.exists()},
                    "message_status": {"S": lambda_.FilterRule.is_equal("open")},
                }
            },
        }
        stream = TableStream(
            self,
            "Stream",
            table=tables.messages,
            follower=answer,
            only=answered,
            batch_size=10,
        )
        self._answer = answer.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *stream.dead_letters.alarms,
            answer.alarm_on("OperatorReplyNotSent", meaning="a reply was not sent; its item says why"),
        )

    @property
    def function(self) -> lambda_.IFunction:
        """Texts the answers."""
        return self._answer
