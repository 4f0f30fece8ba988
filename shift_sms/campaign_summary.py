"""Many functions count what a campaign achieves, each on a row of its own choice; people read one item."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import TableStream
from shift_sms.shift_tables import ShiftTables


class CampaignSummary(Construct):
    """Writes the sum of a campaign's counters on its item, whenever one has changed."""

    def __init__(self, scope: Construct, construct_id: str, *, tables: ShiftTables) -> None:
        super().__init__(scope, construct_id)
        progress = RuntimeFunction(
            self,
            "Sum",
            name="summarize_campaign",
            description="Writes on a campaign how far it has come",
            timeout=Duration.seconds(60),
            environment={
                "CAMPAIGNS_TABLE": tables.campaigns.table_name,
                "PROGRESS_TABLE": tables.progress.table_name,
            },
        )
        tables.grant_sum_progress(progress.function)
        tables.grant_report_progress(progress.function)
        # The other rows are the plan and the pace, which nobody sums; and a counter that expires takes nothing off.
        counted = {
            "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
            "dynamodb": {"Keys": {"part": {"S": lambda_.FilterRule.begins_with("count-")}}},
        }
        # Five seconds of a busy campaign are one sum, not one for each text.
        stream = TableStream(
            self,
            "Stream",
            table=tables.progress,
            follower=progress,
            only=counted,
            batch_size=100,
            max_batching_window=Duration.seconds(5),
        )
        self._sum = progress.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = stream.dead_letters.alarms

    @property
    def function(self) -> lambda_.IFunction:
        """Sums and writes."""
        return self._sum
