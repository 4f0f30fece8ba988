"""Handles inbound texts."""

import math
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
    EMERGENCY_REPLY,
    INBOUND_TEXTS_PER_SECOND,
    STRANGER_REPLY,
    TEXTS_PER_HOUR,
    validate,
    validate_at_synthesis,
    validate_booking_policy,
    validate_flag,
    validate_language,
)
from shift_sms.building_blocks.work_queue import WorkQueue, grant_send
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import (
    BookingPolicy,
    LanguageSettings,
    ProcessInboundSms,
    StrangerReply,
)

_BATCH_SIZE = 10
_SECONDS_PER_BATCH = 2
# The minimum of Lambda. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_MIN_CONCURRENCY = 2


class InboundSmsProcessor(Construct):
    """Books, drops and lists shifts by text, and replies to every text once.

    `ShiftReconciler` offers free seats to the waiting list. `OperatorInbox` sends the replies of operators.

    `inbound_texts_per_second` determines how many executions handle texts at the same time. An execution handles a
    batch of 10 texts in as many threads. The batch takes at most about 2 seconds: a text waits up to 1 second for a
    send permit, and its calls to AWS and the work of the other threads take the rest. So each execution handles 5
    texts per second, and 100 texts per second need 20 executions. More texts wait in the queue.

    Attributes:
        topic: The topic that the phone number publishes inbound texts to.
        work_queue: The queue of inbound texts.
        alarms: The alarms of its queues, of urgent texts, and of a rate that is too high.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        outbox: OutboxSender,
        booking_policy: BookingPolicy | None = None,
        language: LanguageSettings | None = None,
        approved_numbers: Sequence[str] = (),
        stranger_reply: StrangerReply = StrangerReply.SILENT,
        topic: sns.ITopic | None = None,
        callback_queue: sqs.IQueue | None = None,
        self_managed_opt_outs: bool = False,
        emergency_reply: str | None = None,
        texts_per_hour: int = 30,
        inbound_texts_per_second: int = 100,
        snap_start: bool = False,
    ) -> None:
        """Makes the topic, the queue and the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            outbox: Sends the replies that cannot be sent at once. A reply leaves from the number that was texted.
            booking_policy: What bookings must comply with. By default `BookingPolicy()`.
            language: The vocabulary and the default language. By default English words for shifts.
            approved_numbers: Up to 150 numbers (E.164) that may text besides the employees.
            stranger_reply: Whether a number that is not approved gets a reply, at most one per day.
            topic: An existing topic that the phone number publishes to. By default the construct makes one.
            callback_queue: The queue of an `OptionalConnectCallback`. Without it, AGENT is not offered.
            self_managed_opt_outs: Whether this construct handles STOP, START and HELP. True for a phone number with
                `SelfManagedOptOutsEnabled`; otherwise AWS handles them.
            emergency_reply: The reply to a text that reports an emergency, up to 160 characters. By default a sentence
                in the employee's language.
            texts_per_hour: Texts that are handled per number and hour, up to 1,000; 0 sets no limit.
            inbound_texts_per_second: Texts of all numbers that are handled per second, up to 1,000.
            snap_start: Whether the function starts from a snapshot (Lambda SnapStart). Cold starts are shorter,
                deployments take minutes longer, and Lambda bills the snapshot.
        """
        booking_policy = validate_booking_policy(booking_policy)
        language = validate_language(language)
        approved_numbers = validate("approved_numbers", approved_numbers, APPROVED_NUMBERS)
        stranger_reply = validate("stranger_reply", stranger_reply, STRANGER_REPLY)
        self_managed_opt_outs = validate_flag("self_managed_opt_outs", self_managed_opt_outs)
        if emergency_reply is not None:
            emergency_reply = validate("emergency_reply", emergency_reply, EMERGENCY_REPLY)
        texts_per_hour = validate("texts_per_hour", texts_per_hour, TEXTS_PER_HOUR)
        inbound_texts_per_second = validate_at_synthesis(
            "inbound_texts_per_second",
            inbound_texts_per_second,
            INBOUND_TEXTS_PER_SECOND,
            why="the concurrency follows from it",
        )
        snap_start = validate_flag("snap_start", snap_start)
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(30)
        self.topic: sns.ITopic = topic or sms_voice_topic(
            self, "Topic", source_arn=Stack.of(self).format_arn(service="sms-voice", resource="*")
        )
        queue = WorkQueue(self, "Inbound", timeout=timeout)
        self.work_queue = queue
        self.topic.add_subscription(
            subscriptions.SqsSubscription(queue.queue, dead_letter_queue=queue.dead_letters.queue)
        )

        process = RuntimeFunction(
            self,
            "Process",
            environment_class=ProcessInboundSms,
            description="Carries out what employees text, and replies",
            timeout=timeout,
            snap_start=snap_start,
        )
        process.configure(
            approved_numbers=approved_numbers,
            stranger_reply=stranger_reply,
            self_managed_opt_outs=self_managed_opt_outs,
            emergency_reply=emergency_reply,
            texts_per_hour=texts_per_hour,
            booking_policy=booking_policy,
            language=language,
        )
        tables.grant_read_employees(process)
        tables.grant_check_employees(process)
        tables.grant_record_opt_outs(process)
        tables.grant_record_inbound_texts(process)
        tables.grant_attribute_replies(process)
        tables.grant_look_up_shifts(process)
        tables.grant_list_shifts(process)
        tables.grant_find_codes(process)
        tables.grant_book(process)
        tables.grant_update_operator_inbox(process)
        tables.grant_count_deliveries(process)
        outbox.grant_send_now(process)
        if callback_queue:
            grant_send(callback_queue, process, url_variable="callback_queue_url")
        executions = math.ceil(inbound_texts_per_second * _SECONDS_PER_BATCH / _BATCH_SIZE)
        queue.add_consumer(process, batch_size=_BATCH_SIZE, max_concurrency=max(_MIN_CONCURRENCY, executions))
        self._function = process.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *queue.alarms,
            process.alarm_on(
                "UrgentText",
                meaning="an employee reports an emergency; shift-sms inbox list shows the text first",
            ),
            process.alarm_on(
                "SendRateTooHigh",
                meaning="AWS throttles replies; the number sends slower than `messages_per_second`",
            ),
        )

    @property
    def function(self) -> lambda_.Function:
        """Handles the texts."""
        return self._function
