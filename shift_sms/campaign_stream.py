"""Putting an item starts a campaign; changing it later starts nothing."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.runtime_function import RuntimeFunction
from shift_sms.table_stream import TableStream


class CampaignStream(TableStream):
    """Brings new campaigns to a function, and those it cannot handle to a dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        campaigns: dynamodb.ITableV2,
        launcher: RuntimeFunction,
        enforce_ssl: bool = True,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            table=campaigns,
            follower=launcher,
            only={"eventName": lambda_.FilterRule.is_equal("INSERT")},
            batch_size=10,
            enforce_ssl=enforce_ssl,
        )
