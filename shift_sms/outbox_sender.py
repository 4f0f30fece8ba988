"""Sends the texts that wait in the outbox, at the rate of the number."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction, configure
from shift_sms.building_blocks.send_rate import count_outbox_workers
from shift_sms.building_blocks.validators import (
    APPROVED_NUMBERS,
    MESSAGES_PER_SECOND,
    validate,
    validate_at_synthesis,
    validate_booking_policy,
    validate_flag,
    validate_language,
)
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel
from shift_sms_runtime.environment import BookingPolicy, LanguageSettings, SendOutbox


class OutboxSender(Construct):
    """Sends replies and notices that wait in the Outbox table.

    Sends replies before notices, each oldest first.

    Its workers run only while texts wait:

        workers = messages_per_second * 0.25 s, rounded up; at least 2, at most 30

    0.25 s is twice what one text takes. A worker runs for up to 48 seconds, then continues in its next invocation.

    Attributes:
        queue: The queue that starts workers.
        work_queue: The same queue, with its dead-letter queue.
        alarms: The alarms of its queues, and of texts that cannot be sent.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
        messages_per_second: int = 1,
        approved_numbers: Sequence[str] = (),
        booking_policy: BookingPolicy | None = None,
        language: LanguageSettings | None = None,
        agent_offered: bool = False,
        self_managed_opt_outs: bool = False,
    ) -> None:
        """Makes the queue and the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            channel: The number or pool. A reply leaves from the number that was texted.
            messages_per_second: Message parts per second that the channel may send, from 1 to 1,000.
            approved_numbers: The `approved_numbers` of the `InboundSmsProcessor`.
            booking_policy: The `booking_policy` of the `InboundSmsProcessor`.
            language: The `language` of the `InboundSmsProcessor`.
            agent_offered: Whether replies may suggest AGENT: if the `InboundSmsProcessor` has a `callback_queue`.
            self_managed_opt_outs: The `self_managed_opt_outs` of the `InboundSmsProcessor`.
        """
        messages_per_second = validate_at_synthesis(
            "messages_per_second",
            messages_per_second,
            MESSAGES_PER_SECOND,
            why="it sets the number of workers",
        )
        approved_numbers = validate("approved_numbers", approved_numbers, APPROVED_NUMBERS)
        booking_policy = validate_booking_policy(booking_policy)
        language = validate_language(language)
        agent_offered = validate_flag("agent_offered", agent_offered)
        self_managed_opt_outs = validate_flag("self_managed_opt_outs", self_managed_opt_outs)
        super().__init__(scope, construct_id)
        self._tables = tables
        self._channel = channel
        self._messages_per_second = messages_per_second
        workers = count_outbox_workers(messages_per_second)
        timeout = Duration.seconds(60)
        # A worker that stops in the middle is started again when its message becomes visible.
        turns = WorkQueue(self, "Turns", timeout=timeout, visibility_timeout=Duration.seconds(70))
        self.work_queue = turns
        self.queue: sqs.IQueue = turns.queue

        send = RuntimeFunction(
            self,
            "Send",
            environment_class=SendOutbox,
            description="Sends the replies and notices that wait",
            timeout=timeout,
            # A worker puts its own next turn while texts wait. The chain ends with the last text.
            recursive_loop=lambda_.RecursiveLoop.ALLOW,
        )
        send.configure(
            outbox_workers=workers,
            approved_numbers=approved_numbers,
            booking_policy=booking_policy,
            language=language,
            agent_offered=agent_offered,
            self_managed_opt_outs=self_managed_opt_outs,
        )
        tables.grant_read_outbox(send)
        tables.grant_render_notices(send)
        tables.grant_read_employees(send)
        tables.grant_record_opt_outs(send)
        tables.grant_record_inbound_texts(send)
        tables.grant_look_up_shifts(send)
        tables.grant_list_shifts(send)
        tables.grant_undo_bookings(send)
        self._grant_start_workers(send)
        self._grant_send_replies(send)
        channel.grant_send_notices(send)
        turns.add_consumer(send, batch_size=1, max_concurrency=workers)
        self._function = send
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *turns.alarms,
            send.alarm_on(
                "OutboxTextBlocked", meaning="a text waits until a problem is solved; the log says why"
            ),
            send.alarm_on("OutboxTextFailed", meaning="a text could not be handled; the log names the error"),
            send.alarm_on(
                "SendRateTooHigh",
                meaning="AWS throttles texts; the number sends slower than `messages_per_second`",
            ),
        )

    @property
    def function(self) -> lambda_.Function:
        """Sends the texts."""
        return self._function.function

    @property
    def runtime_function(self) -> RuntimeFunction:
        """The function, for grants to read what a delayed text reports."""
        return self._function

    def grant_add(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants adding texts to the outbox, and starting a worker."""
        return self._tables.grant_add_to_outbox(grantee).combine(self._grant_start_workers(grantee))

    def grant_send_now(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants adding texts to the outbox, and sending replies at once while the number is free."""
        return self.grant_add(grantee).combine(self._grant_send_replies(grantee))

    def _grant_start_workers(self, grantee: iam.IGrantable) -> iam.Grant:
        configure(grantee, origination_identity=self._channel.origination_identity)
        permits = self._tables.grant_reserve_permits(grantee)
        return permits.combine(self.work_queue.grant_send(grantee, url_variable="outbox_queue_url"))

    def _grant_send_replies(self, grantee: iam.IGrantable) -> iam.Grant:
        configure(grantee, messages_per_second=self._messages_per_second)
        ledger = self._tables.grant_record_sends(grantee)
        ledger = ledger.combine(self._tables.grant_attribute_replies(grantee))
        ledger = ledger.combine(self._tables.grant_remove_from_outbox(grantee))
        return ledger.combine(self._channel.grant_send_replies(grantee))
