"""A shift changes, or its time comes, without a text of anybody's: those concerned are told all the same."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.shift_timers import ShiftTimers
from shift_sms.building_blocks.table_stream import TableStream
from shift_sms.building_blocks.validators import APPROVED_NUMBERS, join_numbers, validate, validate_flag
from shift_sms.building_blocks.work_queue import WorkQueue, grant_send
from shift_sms.shift_rules import ShiftRules, rules_or_default
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel


class ShiftReconciler(Construct):
    """Offers free seats to the waiting list, tells of cancelled shifts, and reminds of those that begin soon.

    Whatever changes in the Shifts table is looked at, by whomever: an employee's text, an operator in the console.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
        approved_numbers: Sequence[str] = (),
        rules: ShiftRules | None = None,
        agent_offered: bool = False,
    ) -> None:
        """`approved_numbers` (E.164, up to 150) and `rules` are those of the `InboundSmsProcessor` that books.
        `agent_offered` says whether texts may invite people to ask for a call. Texts leave from the channel's
        origination identity."""
        rules = rules_or_default(rules)
        told_of_agents = validate_flag("agent_offered", agent_offered)
        approved = join_numbers(validate("approved_numbers", approved_numbers, APPROVED_NUMBERS))
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(60)
        calls = WorkQueue(self, "Calls", timeout=timeout)
        wake_ups = ShiftTimers(self, "ShiftTimers", calls=calls)

        follow = RuntimeFunction(
            self,
            "Follow",
            name="detect_shift_changes",
            description="Hands on the shifts that have changed",
            timeout=timeout,
            environment={
                "SHIFT_CALLS_QUEUE_URL": calls.queue.queue_url,
                **rules.environment("vocabulary", "timezone"),
            },
        )
        grant_send(calls.queue, follow.function)
        stream = TableStream(
            self,
            "Stream",
            table=tables.shifts,
            follower=follow,
            only={"eventName": lambda_.FilterRule.or_("INSERT", "MODIFY", "REMOVE")},
            batch_size=100,
        )

        keep = RuntimeFunction(
            self,
            "Keep",
            name="reconcile_shift",
            description="Brings a shift, and everybody concerned, up to date",
            timeout=timeout,
            environment={
                **wake_ups.environment,
                "SHIFTS_TABLE": tables.shifts.table_name,
                "AGENDAS_TABLE": tables.agendas.table_name,
                "EMPLOYEES_TABLE": tables.employees.table_name,
                "INBOX_TABLE": tables.inbox.table_name,
                "ORIGINATION_IDENTITY": channel.origination_identity,
                "APPROVED_NUMBERS": approved,
                "AGENT_OFFERED": told_of_agents,
                **rules.environment(
                    *("vocabulary", "default_language", "timezone"),
                    *("drop_cutoff_hours", "offer_minutes", "reminder_hours"),
                ),
            },
        )
        tables.grant_keep_shifts(keep.function)
        tables.grant_keep_agendas(keep.function)
        tables.grant_check_senders(keep.function)
        tables.grant_send_once(keep.function)
        tables.grant_attribute_answers(keep.function)
        channel.grant_send_notices(keep.function)
        wake_ups.grant_set(keep.function)
        calls.feed(keep, batch_size=1, max_concurrency=5)

        self.queue: sqs.IQueue = calls.queue
        self._follow, self._keep = follow.function, keep.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (*stream.dead_letters.alarms, *calls.alarms)

    @property
    def follow_function(self) -> lambda_.IFunction:
        """Hands on what has changed."""
        return self._follow

    @property
    def keep_function(self) -> lambda_.IFunction:
        """Looks after one shift at a time."""
        return self._keep
