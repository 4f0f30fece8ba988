"""Launches campaigns: one text per member of a segment, no faster than the number may send."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.send_rate import SendRate
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.building_blocks.validators import (
    MESSAGES_PER_SECOND,
    QUIET_HOURS,
    SEGMENT,
    TIME_ZONE,
    validate,
    validate_at_synthesis,
    validate_flag,
    validate_language,
)
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.campaign_reconciler import CampaignReconciler
from shift_sms.campaign_summary import CampaignSummary
from shift_sms.delivery_events import DeliveryEvents
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel
from shift_sms_runtime.environment import (
    DEFAULT_SEGMENT,
    BookingPolicy,
    LanguageSettings,
    LaunchCampaign,
    PlanCampaign,
    SendCampaign,
)

# The planner handles one page of a campaign at a time. Two executions let a small campaign run beside a large one.
_PLANNER_CONCURRENCY = 2
# By default Lambda stops a function that invokes itself through a queue after about 16 invocations. Planning takes one
# invocation per page of a segment. docs/decisions/0015 describes what ends the chain instead.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
_ALLOW_RECURSION = lambda_.RecursiveLoop.ALLOW
_FOLLOWED = ("requested", "scheduled", "launching", "stopped")
"""A campaign whose item changes to one of these statuses is launched or reconciled.

An operator writes `launching` to resume a paused one.
"""


class CampaignLauncher(Construct):
    """Texts a campaign through AWS End User Messaging SMS.

    A campaign uses the whole rate of the origination identity, except while replies or notices wait:

        senders             = messages_per_second * 0.25 s, twice what one text takes; at least 2
        recipients per item = 20 s of a sender's share of the rate; at least 5, at most 50
        queued parts        = messages_per_second * 6 hours; the planner queues more as these are sent

    All senders reserve their send times in one row of the SendPermits table, so that together they keep the rate
    (docs/decisions/0026). At 50 messages per second, a launcher has 13 senders.

    Attributes:
        delivery_events: Records the delivery events of the texts.
        pages: The queue of pages of segments to plan.
        dispatch: The queue of recipients to text.
        rate: The senders and work items that follow from `messages_per_second`.
        reconciler: Launches scheduled campaigns, and resumes what waits.
        alarms: The alarms of its queues, of campaigns that failed or stopped, and of a rate that is too high.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
        messages_per_second: int = 1,
        default_segment: str = DEFAULT_SEGMENT,
        language: LanguageSettings | None = None,
        agent_offered: bool = False,
        opt_out_hint: bool = False,
        keep_typography: bool = False,
        quiet_hours: str = "",
        timezone: str = BookingPolicy.timezone,
        delivery_events: DeliveryEvents | None = None,
    ) -> None:
        """Makes the queues and the functions.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            channel: The number or pool that campaigns leave from.
            messages_per_second: Message parts per second that the channel may send, from 1 to 1,000. A text of two
                parts counts twice.
            default_segment: The segment of a campaign that names none.
            language: The vocabulary, and the language of the sentence that follows a campaign's message for
                recipients who have no language. By default English words for shifts.
            agent_offered: Whether that sentence offers AGENT. True with an `OptionalConnectCallback`.
            opt_out_hint: Whether that sentence says how to opt out: "STOP to end texts".
            keep_typography: Whether to send quotes and dashes outside the GSM alphabet unchanged. By default the
                launcher replaces them, so that a text takes fewer message parts.
            quiet_hours: When recipients are not texted, in their time zones, such as `21:00-08:00`. By default
                there are none.
            timezone: The IANA name of the time zone of recipients who have none, and of a `send_at` without an
                offset.
            delivery_events: The construct whose configuration set the texts use. By default the launcher makes one
                and adds its alarms to `alarms`.
        """
        messages_per_second = validate_at_synthesis(
            "messages_per_second",
            messages_per_second,
            MESSAGES_PER_SECOND,
            why="it sets the number of senders",
        )
        rate = SendRate.of(messages_per_second)
        default_segment = validate("default_segment", default_segment, SEGMENT)
        language = validate_language(language)
        flags = {
            "agent_offered": validate_flag("agent_offered", agent_offered),
            "opt_out_hint": validate_flag("opt_out_hint", opt_out_hint),
            "keep_typography": validate_flag("keep_typography", keep_typography),
        }
        quiet_hours = validate("quiet_hours", quiet_hours, QUIET_HOURS)
        timezone = validate("timezone", timezone, TIME_ZONE)
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(60)
        self.delivery_events = delivery_events or DeliveryEvents(self, "DeliveryEvents", tables=tables)
        pages = self.pages = WorkQueue(self, "Pages", timeout=timeout)
        dispatch = self.dispatch = WorkQueue(self, "Dispatch", timeout=timeout)
        self.reconciler = CampaignReconciler(
            self, "Reconciler", tables=tables, pages=pages, dispatch=dispatch, timezone=timezone
        )

        launch = RuntimeFunction(
            self,
            "Launch",
            environment_class=LaunchCampaign,
            description="Begins new campaigns",
            timeout=timeout,
        )
        launch.configure(default_segment=default_segment, timezone=timezone, language=language, **flags)
        tables.grant_begin_launch_plan(launch)
        tables.grant_look_up_shifts(launch)
        pages.grant_send(launch, url_variable="pages_queue_url")
        self.reconciler.grant_request(launch)
        invoke_on_changes(
            launch,
            table=tables.campaigns,
            dead_letters=tables.stream_dead_letters,
            pattern={"eventName": lambda_.FilterRule.is_equal("INSERT")},
            or_patterns=[
                {
                    "eventName": lambda_.FilterRule.is_equal("MODIFY"),
                    "dynamodb": {"NewImage": {"campaign_status": {"S": lambda_.FilterRule.or_(*_FOLLOWED)}}},
                },
                {"eventName": lambda_.FilterRule.is_equal("REMOVE")},
            ],
            batch_size=10,
        )

        plan = RuntimeFunction(
            self,
            "Plan",
            environment_class=PlanCampaign,
            description="Plans the deliveries of campaigns",
            timeout=timeout,
            recursive_loop=_ALLOW_RECURSION,
        )
        plan.configure(recipients_per_item=rate.recipients_per_item, most_waiting=rate.most_waiting)
        tables.grant_list_segment_members(plan)
        tables.grant_plan_deliveries(plan)
        tables.grant_continue_launch_plan(plan)
        tables.grant_read_campaign_counters(plan)
        pages.grant_send(plan, url_variable="pages_queue_url")
        dispatch.grant_send(plan, url_variable="dispatch_queue_url")
        self.reconciler.grant_hold(plan)
        pages.add_consumer(plan, batch_size=1, max_concurrency=_PLANNER_CONCURRENCY)

        send = RuntimeFunction(
            self,
            "Send",
            environment_class=SendCampaign,
            description="Sends the texts of campaigns",
            timeout=timeout,
            recursive_loop=_ALLOW_RECURSION,
        )
        send.configure(messages_per_second=messages_per_second, quiet_hours=quiet_hours, timezone=timezone)
        tables.grant_update_deliveries(send)
        tables.grant_read_deliveries(send)
        tables.grant_read_employees(send)
        tables.grant_record_opt_outs(send)
        tables.grant_attribute_replies(send)
        tables.grant_reserve_permits(send)
        tables.grant_count_deliveries(send)
        channel.grant_send_campaigns(send)
        self.delivery_events.grant_send_tracked(send)
        dispatch.grant_send(send, url_variable="dispatch_queue_url")
        self.reconciler.grant_hold(send)
        dispatch.add_consumer(send, batch_size=1, max_concurrency=rate.senders)

        for function in (launch, plan, send):
            tables.grant_update_campaigns(function)
        self._launch_function, self._plan_function = launch.function, plan.function
        self._send, self.rate = send, rate
        self._summarize_function = CampaignSummary(self, "Summary", tables=tables).function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *pages.alarms,
            *dispatch.alarms,
            *self.reconciler.alarms,
            *(() if delivery_events else self.delivery_events.alarms),
            launch.alarm_on("CampaignFailed", meaning="a campaign cannot be sent; its item says why"),
            plan.alarm_on("CampaignFailed", meaning="the segment of a campaign is empty; its item says so"),
            send.alarm_on("CampaignStopped", meaning="the rest of a campaign is not sent; its item says why"),
            send.alarm_on(
                "SendRateTooHigh",
                meaning="AWS throttles campaign texts; the number sends slower than `messages_per_second`",
            ),
        )

    @property
    def launch_function(self) -> lambda_.Function:
        """Begins a new campaign."""
        return self._launch_function

    @property
    def plan_function(self) -> lambda_.Function:
        """Plans the deliveries to a segment, page by page."""
        return self._plan_function

    @property
    def send_function(self) -> lambda_.Function:
        """Sends the texts."""
        return self._send.function

    @property
    def sender(self) -> RuntimeFunction:
        """The same function, for further permissions."""
        return self._send

    @property
    def summarize_function(self) -> lambda_.Function:
        """Writes the counts of a campaign on its item."""
        return self._summarize_function
