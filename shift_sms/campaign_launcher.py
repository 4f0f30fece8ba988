"""A new campaign becomes one text per member of its segment, sent no faster than the number may."""

from aws_cdk import Duration, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.campaign_stream import CampaignStream
from shift_sms.rules import MESSAGES_PER_SECOND, SEGMENT, checked
from shift_sms.runtime_function import RuntimeFunction
from shift_sms.settings import CampaignEngine
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel
from shift_sms.work_queue import WorkQueue, grant_send

# Lambda polls a queue for two functions at least; they share what the number may send.
_SENDERS = 2


class CampaignLauncher(Construct):
    """Texts a campaign through AWS End User Messaging."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        channel: SmsChannel,
        messages_per_second: int = 1,
        default_segment: str = "overtime",
        agent_offered: bool = False,
        enforce_ssl: bool = True,
    ) -> None:
        """`messages_per_second` is what the channel's origination identity may send.
        `agent_offered` says whether the text may invite people to ask for a call."""
        if Token.is_unresolved(messages_per_second):
            raise ValueError(
                "messages_per_second is known only when deployed, "
                f"allowed is {MESSAGES_PER_SECOND.allowed}, known at synthesis: the senders share it"
            )
        messages_per_second = checked("messages_per_second", messages_per_second, MESSAGES_PER_SECOND)
        default_segment = checked("default_segment", default_segment, SEGMENT)
        super().__init__(scope, construct_id)
        send_timeout = Duration.seconds(60)
        dispatch = WorkQueue(self, "Dispatch", timeout=send_timeout, enforce_ssl=enforce_ssl)

        launch = RuntimeFunction(
            self,
            "Launch",
            name="launch_campaign",
            description="Plans the deliveries of a new campaign",
            # The longest that Lambda lets: a launch that is stopped begins again from the start.
            timeout=Duration.minutes(15),
            environment={
                "CAMPAIGN_ENGINE": CampaignEngine.END_USER_MESSAGING,
                "CAMPAIGNS_TABLE": tables.campaigns.table_name,
                "SEGMENT_MEMBERS_TABLE": tables.segment_members.table_name,
                "DELIVERIES_TABLE": tables.deliveries.table_name,
                "DISPATCH_QUEUE_URL": dispatch.queue.queue_url,
                "DEFAULT_SEGMENT": default_segment,
                "AGENT_OFFERED": "true" if agent_offered else "false",
            },
        )
        tables.grant_follow_campaign(launch.function)
        tables.grant_read_segment(launch.function)
        tables.grant_plan_deliveries(launch.function)
        grant_send(dispatch.queue, launch.function)

        send = RuntimeFunction(
            self,
            "Send",
            name="send_campaign",
            description="Texts the recipients of a campaign",
            timeout=send_timeout,
            environment={
                **channel.environment,
                "DELIVERIES_TABLE": tables.deliveries.table_name,
                "ORIGINATION_IDENTITY": channel.origination_identity,
                "SENDS_PER_SECOND": str(messages_per_second / _SENDERS),
            },
        )
        tables.grant_track_deliveries(send.function)
        channel.grant_send_campaigns(send.function)
        dispatch.feed(send, batch_size=1, max_concurrency=_SENDERS)

        stream = CampaignStream(
            self, "Stream", campaigns=tables.campaigns, launcher=launch, enforce_ssl=enforce_ssl
        )
        self._launch = launch.function
        self._send = send.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *stream.dead_letters.alarms,
            *dispatch.dead_letters.alarms,
        )

    @property
    def launch_function(self) -> lambda_.IFunction:
        """Plans the deliveries of a new campaign."""
        return self._launch

    @property
    def send_function(self) -> lambda_.IFunction:
        """Texts the recipients."""
        return self._send
