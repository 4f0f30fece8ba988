"""Putting a campaign item is what texts people, so what it will say and cost is known before."""

from typing import TYPE_CHECKING

from shift_sms_runtime.domain.campaigns import compose
from shift_sms_runtime.domain.sms_text import Measure, measure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource


class CampaignExists(Exception):
    """There is a campaign of that id already; another one under it would text nobody."""


def measure_campaign(message: str) -> Measure:
    """Returns what the text takes at most, how to answer included. Raises CampaignNotSendable."""
    return measure(compose(message, agent_offered=True))


def put_campaign(
    dynamodb: "DynamoDBServiceResource",
    *,
    campaigns_table: str,
    campaign_id: str,
    message: str,
    segment: str | None,
) -> None:
    """Puts the item, which starts the campaign. Raises CampaignExists."""
    table = dynamodb.Table(campaigns_table)
    item = {"campaign_id": campaign_id, "campaign_message": message} | (
        {"segment": segment} if segment else {}
    )
    try:
        table.put_item(Item=item, ConditionExpression="attribute_not_exists(campaign_id)")
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        raise CampaignExists(campaign_id) from None
