"""A new campaign becomes one text per member of its segment, sent no faster than the number may."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.send_rate import SendRate
from shift_sms.building_blocks.table_stream import CampaignStream
from shift_sms.building_blocks.validators import (
    ANSWERS_SHARE_PERCENT,
    MESSAGES_PER_SECOND,
    SEGMENT,
    validate,
    validate_at_synthesis,
    validate_flag,
)
from shift_sms.building_blocks.work_queue import WorkQueue, grant_send
from shift_sms.campaign_summary import CampaignSummary
from shift_sms.delivery_events import DeliveryEvents
from shift_sms.settings import CampaignEngine
from shift_sms.shift_rules import ShiftRules, rules_or_default
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel

# A campaign has one page under way at a time: two let a small campaign go beside a large one.
_PLANNER_CONCURRENCY = 2
# Lambda ends a chain of some 16 invocations through a queue, which is 16 pages; ours last as long as a campaign, and
# other things bound them (docs/decisions/0015).
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
_ALLOW_RECURSION = lambda_.RecursiveLoop.ALLOW


class CampaignLauncher(Construct):
    """Texts a campaign through AWS End User Messaging.

    `messages_per_second` is what the channel's origination identity may send, in message parts: a text of two segments
    takes two. Answers leave from the same identity, so `answers_share_percent` of it is kept free for them, and
    campaigns share the rest:

        rate                = messages_per_second * (100 - answers_share_percent) / 100
        senders             = rate * 0.25 s, rounded up: twice what one text takes them; at least 2
        recipients per item = 20 s of a sender's share of the rate; at least 5, at most 50
        parts that wait     = what goes out in 6 hours; the rest of a segment is planned as those go out

    The senders only need be enough. What keeps the rate is a row of the Progress table, in which they reserve the
    moments at which they send (docs/decisions/0012). At 50 messages per second, ten senders send 40 parts a second.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
        messages_per_second: int = 1,
        answers_share_percent: int = 20,
        default_segment: str = "overtime",
        rules: ShiftRules | None = None,
        agent_offered: bool = False,
        keep_typography: bool = False,
        delivery_tracking: DeliveryEvents | None = None,
    ) -> None:
        """`rules` say in which words people are told how to answer; `agent_offered`, whether the text may invite them
        to ask for a call; `keep_typography`, that quotes and dashes outside the GSM alphabet are sent as they are.
        Every text is sent with a configuration set, that of `delivery_tracking`; without one the launcher makes its
        own, and its `alarms` are then among these."""
        rate = SendRate.of(
            validate_at_synthesis(
                "messages_per_second", messages_per_second, MESSAGES_PER_SECOND, why="senders follow from it"
            ),
            validate_at_synthesis(
                "answers_share_percent",
                answers_share_percent,
                ANSWERS_SHARE_PERCENT,
                why="senders follow from it",
            ),
        )
        default_segment = validate("default_segment", default_segment, SEGMENT)
        rules = rules_or_default(rules)
        told_of_agents = validate_flag("agent_offered", agent_offered)
        keeps_typography = validate_flag("keep_typography", keep_typography)
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(60)
        tracking = delivery_tracking or DeliveryEvents(self, "DeliveryEvents", tables=tables)
        pages = WorkQueue(self, "Pages", timeout=timeout)
        dispatch = WorkQueue(self, "Dispatch", timeout=timeout)

        launch = RuntimeFunction(
            self,
            "Launch",
            name="launch_campaign",
            description="Begins a new campaign",
            timeout=timeout,
            environment={
                "CAMPAIGN_ENGINE": CampaignEngine.END_USER_MESSAGING,
                "CAMPAIGNS_TABLE": tables.campaigns.table_name,
                "PROGRESS_TABLE": tables.progress.table_name,
                "SHIFTS_TABLE": tables.shifts.table_name,
                "PAGES_QUEUE_URL": pages.queue.queue_url,
                "DEFAULT_SEGMENT": default_segment,
                "AGENT_OFFERED": told_of_agents,
                "KEEP_TYPOGRAPHY": keeps_typography,
                **rules.environment("vocabulary", "default_language"),
            },
        )
        tables.grant_follow_campaign(launch.function)
        tables.grant_begin_plan(launch.function)
        tables.grant_look_up_shifts(launch.function)
        grant_send(pages.queue, launch.function)

        plan = RuntimeFunction(
            self,
            "Plan",
            name="plan_campaign",
            description="Plans the deliveries to a page of a segment",
            timeout=timeout,
            recursive_loop=_ALLOW_RECURSION,
            environment={
                "CAMPAIGNS_TABLE": tables.campaigns.table_name,
                "SEGMENT_MEMBERS_TABLE": tables.segment_members.table_name,
                "DELIVERIES_TABLE": tables.deliveries.table_name,
                "PROGRESS_TABLE": tables.progress.table_name,
                "PAGES_QUEUE_URL": pages.queue.queue_url,
                "DISPATCH_QUEUE_URL": dispatch.queue.queue_url,
                "RECIPIENTS_PER_ITEM": str(rate.recipients_per_item),
                "MOST_WAITING": str(rate.most_waiting),
            },
        )
        tables.grant_follow_campaign(plan.function)
        tables.grant_read_segment(plan.function)
        tables.grant_plan_deliveries(plan.function)
        tables.grant_continue_plan(plan.function)
        tables.grant_sum_progress(plan.function)
        grant_send(pages.queue, plan.function)
        grant_send(dispatch.queue, plan.function)
        pages.feed(plan, batch_size=1, max_concurrency=_PLANNER_CONCURRENCY)

        send = RuntimeFunction(
            self,
            "Send",
            name="send_campaign",
            description="Texts the recipients of a campaign",
            timeout=timeout,
            recursive_loop=_ALLOW_RECURSION,
            environment={
                "CAMPAIGNS_TABLE": tables.campaigns.table_name,
                "DELIVERIES_TABLE": tables.deliveries.table_name,
                "EMPLOYEES_TABLE": tables.employees.table_name,
                "INBOX_TABLE": tables.inbox.table_name,
                "PROGRESS_TABLE": tables.progress.table_name,
                "DISPATCH_QUEUE_URL": dispatch.queue.queue_url,
                "ORIGINATION_IDENTITY": channel.origination_identity,
                "CONFIGURATION_SET": tracking.configuration_set_name,
                "SENDS_PER_SECOND": f"{rate.parts_per_second:g}",
            },
        )
        tables.grant_follow_campaign(send.function)
        tables.grant_track_deliveries(send.function)
        tables.grant_check_senders(send.function)
        tables.grant_record_opt_outs(send.function)
        tables.grant_attribute_answers(send.function)
        tables.grant_reserve_slots(send.function)
        tables.grant_count_progress(send.function)
        channel.grant_send_campaigns(send.function)
        tracking.grant_send_tracked(send.function)
        grant_send(dispatch.queue, send.function)
        dispatch.feed(send, batch_size=1, max_concurrency=rate.senders)

        stream = CampaignStream(self, "Stream", campaigns=tables.campaigns, launcher=launch)
        progress = CampaignSummary(self, "Progress", tables=tables)
        self.delivery_tracking = tracking
        self._launch, self._plan, self._send = launch.function, plan.function, send.function
        self._progress = progress.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *stream.dead_letters.alarms,
            *pages.alarms,
            *dispatch.alarms,
            *progress.alarms,
            *(() if delivery_tracking else tracking.alarms),
            launch.alarm_on("CampaignFailed", meaning="a campaign cannot be sent; its item says why"),
            plan.alarm_on("CampaignFailed", meaning="a campaign reaches nobody; its item says why"),
            send.alarm_on("CampaignStopped", meaning="the rest of a campaign is not sent; its item says why"),
        )

    @property
    def launch_function(self) -> lambda_.IFunction:
        """Begins a new campaign."""
        return self._launch

    @property
    def plan_function(self) -> lambda_.IFunction:
        """Plans the deliveries."""
        return self._plan

    @property
    def send_function(self) -> lambda_.IFunction:
        """Texts the recipients."""
        return self._send

    @property
    def progress_function(self) -> lambda_.IFunction:
        """Writes on a campaign how far it has come."""
        return self._progress
