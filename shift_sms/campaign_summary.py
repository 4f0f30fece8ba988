"""Writes the counts of campaigns on their items."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import SummarizeCampaign


class CampaignSummary(Construct):
    """Writes the sum of a campaign's counters on its item whenever a counter changes."""

    def __init__(self, scope: Construct, construct_id: str, *, tables: ShiftTables) -> None:
        """Makes the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
        """
        super().__init__(scope, construct_id)
        summarize = RuntimeFunction(
            self,
            "Summarize",
            environment_class=SummarizeCampaign,
            description="Writes the counts of campaigns on their items",
            timeout=Duration.seconds(60),
        )
        tables.grant_read_campaign_counters(summarize)
        tables.grant_update_campaigns(summarize)
        invoke_on_changes(
            summarize,
            table=tables.campaign_counters,
            dead_letters=tables.stream_dead_letters,
            # Excludes launch plans, send permits and the removal of expired counters.
            pattern={
                "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
                "dynamodb": {"Keys": {"part": {"S": lambda_.FilterRule.is_equal("counters")}}},
            },
            batch_size=100,
            # Sums a busy campaign every 5 seconds instead of after every text.
            max_batching_window=Duration.seconds(5),
        )
        self._function = summarize.function

    @property
    def function(self) -> lambda_.Function:
        """Sums the counters and writes the counts."""
        return self._function
