"""The engine of the original blog post, for completeness: AWS retired Pinpoint campaigns on 2026-10-30."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import CampaignStream
from shift_sms.building_blocks.validators import PINPOINT_ID, validate, validate_flag
from shift_sms.settings import CampaignEngine
from shift_sms.shift_tables import ShiftTables


class PinpointCampaignLauncher(Construct):
    """Turns a new campaign into a campaign of Amazon Pinpoint, which does the rest."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        pinpoint_application_id: str,
        pinpoint_segment_id: str,
        keep_typography: bool = False,
    ) -> None:
        """`keep_typography` says that quotes and dashes outside the GSM alphabet are sent as they are."""
        pinpoint_application_id = validate("pinpoint_application_id", pinpoint_application_id, PINPOINT_ID)
        pinpoint_segment_id = validate("pinpoint_segment_id", pinpoint_segment_id, PINPOINT_ID)
        keeps_typography = validate_flag("keep_typography", keep_typography)
        super().__init__(scope, construct_id)
        launch = RuntimeFunction(
            self,
            "Launch",
            name="launch_campaign",
            description="Starts a campaign of Amazon Pinpoint",
            timeout=Duration.seconds(30),
            environment={
                "CAMPAIGN_ENGINE": CampaignEngine.PINPOINT,
                "CAMPAIGNS_TABLE": tables.campaigns.table_name,
                "PINPOINT_APPLICATION_ID": pinpoint_application_id,
                "PINPOINT_SEGMENT_ID": pinpoint_segment_id,
                "KEEP_TYPOGRAPHY": keeps_typography,
            },
        )
        tables.grant_follow_campaign(launch.function)
        application_arn = Stack.of(self).format_arn(
            service="mobiletargeting",
            resource="apps",
            resource_name=pinpoint_application_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        campaign_arns = f"{application_arn}/*"
        iam.Grant.add_to_principal(
            grantee=launch.function,
            actions=["mobiletargeting:CreateCampaign"],
            resource_arns=[application_arn, campaign_arns],
        )
        acknowledge_wildcard(
            launch.function, campaign_arns, "a campaign has no id before Pinpoint creates it"
        )
        stream = CampaignStream(self, "Stream", campaigns=tables.campaigns, launcher=launch)
        self._launch = launch.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *stream.dead_letters.alarms,
            launch.alarm_on(
                "CampaignFailed", meaning="Pinpoint refused a campaign, or did not say what became of it"
            ),
        )

    @property
    def launch_function(self) -> lambda_.IFunction:
        """Creates the campaign in Pinpoint."""
        return self._launch
