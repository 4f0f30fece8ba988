"""What people text comes by a topic that only AWS's SMS service may use, and is answered from a queue."""

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.sms_voice_topic import sms_voice_topic
from shift_sms.building_blocks.validators import (
    APPROVED_NUMBERS,
    TEXTS_PER_HOUR,
    format_number,
    join_numbers,
    validate,
    validate_flag,
)
from shift_sms.building_blocks.work_queue import WorkQueue, grant_send
from shift_sms.settings import STRANGER_REPLY, StrangerReply
from shift_sms.shift_rules import ShiftRules, rules_or_default
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel


class InboundSmsProcessor(Construct):
    """Books shifts and gives them back, lists them, keeps what is for a person to read, and answers.

    Whoever waits for a seat is offered one by a `ShiftKeeper`; what a person answers is texted by `OperatorMessages`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
        rules: ShiftRules | None = None,
        approved_numbers: Sequence[str] = (),
        stranger_reply: StrangerReply = StrangerReply.SILENT,
        topic: sns.ITopic | None = None,
        callback_queue: sqs.IQueue | None = None,
        self_managed_opt_outs: bool = False,
        texts_per_hour: int = 30,
    ) -> None:
        """`approved_numbers` (E.164, up to 150) may text besides the employees. `topic` is one that the number already
        publishes to. `callback_queue` takes requests for a call; without it nobody can ask for one.
        `self_managed_opt_outs` is for a number that leaves STOP and HELP to us (`SelfManagedOptOutsEnabled`).
        `texts_per_hour` (up to 1,000) of one number are answered; 0 is no limit."""
        rules = rules_or_default(rules)
        approved = join_numbers(validate("approved_numbers", approved_numbers, APPROVED_NUMBERS))
        texts_per_hour = validate("texts_per_hour", texts_per_hour, TEXTS_PER_HOUR)
        stranger_reply = validate("stranger_reply", stranger_reply, STRANGER_REPLY)
        opt_outs_are_ours = validate_flag("self_managed_opt_outs", self_managed_opt_outs)
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(30)
        self.topic: sns.ITopic = topic or sms_voice_topic(
            self,
            "Topic",
            source_arn=Stack.of(self).format_arn(service="sms-voice", resource="*"),
        )
        inbound = WorkQueue(self, "Inbound", timeout=timeout)
        self.topic.add_subscription(
            subscriptions.SqsSubscription(inbound.queue, dead_letter_queue=inbound.dead_letters.queue)
        )

        answer = RuntimeFunction(
            self,
            "Answer",
            name="process_inbound_sms",
            description="Carries out what people text, and answers",
            timeout=timeout,
            environment={
                **({"CALLBACK_QUEUE_URL": callback_queue.queue_url} if callback_queue else {}),
                "SHIFTS_TABLE": tables.shifts.table_name,
                "EMPLOYEES_TABLE": tables.employees.table_name,
                "INBOX_TABLE": tables.inbox.table_name,
                "PROGRESS_TABLE": tables.progress.table_name,
                "AGENDAS_TABLE": tables.agendas.table_name,
                "MESSAGES_TABLE": tables.messages.table_name,
                "APPROVED_NUMBERS": approved,
                "STRANGER_REPLY": stranger_reply,
                "SELF_MANAGED_OPT_OUTS": opt_outs_are_ours,
                "TEXTS_PER_HOUR": format_number(texts_per_hour),
                **rules.environment(
                    *("vocabulary", "default_language", "timezone", "minimum_rest_hours"),
                    *("hours_per_week", "drop_cutoff_hours", "offer_minutes"),
                ),
            },
        )
        tables.grant_check_senders(answer.function)
        tables.grant_record_opt_outs(answer.function)
        tables.grant_remember_texts(answer.function)
        tables.grant_attribute_answers(answer.function)
        tables.grant_look_up_shifts(answer.function)
        tables.grant_list_shifts(answer.function)
        tables.grant_book(answer.function)
        tables.grant_keep_agendas(answer.function)
        tables.grant_keep_messages(answer.function)
        tables.grant_count_progress(answer.function)
        channel.grant_send_answers(answer.function)
        if callback_queue:
            grant_send(callback_queue, answer.function)
        inbound.feed(answer, batch_size=10, max_concurrency=10)
        self._answer = answer.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = inbound.alarms

    @property
    def function(self) -> lambda_.IFunction:
        """Carries out what people text, and answers."""
        return self._answer
