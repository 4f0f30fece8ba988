"""Launches campaigns with Amazon Pinpoint, the retired engine of the blog post.

AWS retired Pinpoint campaigns on 2026-10-30. To delete the engine, delete this module, the handler
`launch_pinpoint_campaign`, `campaigns/pinpoint_engine.py` and `aws/pinpoint.py`. Then remove the engine
from these modules: `composition.py`, `environment.py`, `settings.py`, `validators.py`, `stack.py` and
`shift_sms/__init__.py`.
"""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.runtime_function import RuntimeFunction, grant
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.building_blocks.validators import PINPOINT_ID, validate, validate_flag
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import LaunchPinpointCampaign


class PinpointCampaignLauncher(Construct):
    """Creates a campaign in Amazon Pinpoint for each new item of the Campaigns table.

    Attributes:
        alarms: Fires when a campaign was not created, or when its outcome is unknown.
    """

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
        """Makes the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            pinpoint_application_id: The id of the Pinpoint application.
            pinpoint_segment_id: The id of the segment that receives every campaign.
            keep_typography: Whether to send quotes and dashes outside the GSM alphabet unchanged. By default the
                launcher replaces them, so that a text takes fewer message parts.
        """
        pinpoint_application_id = validate("pinpoint_application_id", pinpoint_application_id, PINPOINT_ID)
        pinpoint_segment_id = validate("pinpoint_segment_id", pinpoint_segment_id, PINPOINT_ID)
        keep_typography = validate_flag("keep_typography", keep_typography)
        super().__init__(scope, construct_id)
        launch = RuntimeFunction(
            self,
            "Launch",
            environment_class=LaunchPinpointCampaign,
            description="Creates campaigns in Amazon Pinpoint",
            timeout=Duration.seconds(30),
        )
        launch.configure(
            pinpoint_application_id=pinpoint_application_id,
            pinpoint_segment_id=pinpoint_segment_id,
            keep_typography=keep_typography,
        )
        tables.grant_update_campaigns(launch)
        application_arn = Stack.of(self).format_arn(
            service="mobiletargeting",
            resource="apps",
            resource_name=pinpoint_application_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        campaign_arns = f"{application_arn}/*"
        grant(
            launch,
            actions=["mobiletargeting:CreateCampaign"],
            resource_arns=[application_arn, campaign_arns],
        )
        acknowledge_wildcard(launch, campaign_arns, "a campaign has no id before Pinpoint creates it")
        invoke_on_changes(
            launch,
            table=tables.campaigns,
            dead_letters=tables.stream_dead_letters,
            pattern={"eventName": lambda_.FilterRule.is_equal("INSERT")},
            batch_size=10,
        )
        self._launch_function = launch.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            launch.alarm_on(
                "CampaignFailed", meaning="Pinpoint refused a campaign, or its outcome is unknown"
            ),
        )

    @property
    def launch_function(self) -> lambda_.Function:
        """Creates the campaigns."""
        return self._launch_function
