"""Putting a campaign item is what texts people, so what it will say and cost is known before."""

import json
import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_cli.writes import item_in_the_way
from shift_sms_runtime.campaigns.campaign import (
    RELAUNCH_REMAINING,
    CampaignComposer,
    CampaignStatus,
    read_campaign,
)
from shift_sms_runtime.campaigns.launch_plan import MAX_RELAUNCH_AGE
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.encoding import TextSize

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient, DynamoDBServiceResource

STOPPED_BY_OPERATOR = "stopped by the operator"

_THE_DEPLOYED_ONE = "(default_segment)"


class CampaignRefused(Exception):
    """Nothing was changed; the message says why, and what to do."""


def measure_campaign(
    item: Mapping[str, str], locales: Locales, *, opt_out_hint: bool, keep_typography: bool
) -> Mapping[str, TextSize]:
    """Returns what a text takes at most in each language, how to answer included. Raises CampaignNotSendable."""
    campaign = read_campaign(item, default_segment=_THE_DEPLOYED_ONE)
    composer = CampaignComposer(
        locales, agent_offered=True, opt_out_hint=opt_out_hint, keep_typography=keep_typography
    )
    texts = composer.compose(campaign.message).by_language
    return {language: text.size for language, text in texts.items()}


def count_members(dynamodb: "DynamoDBClient", segment_members_table: str, segment: str) -> int:
    """Returns how many a segment has."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=segment_members_table,
        KeyConditionExpression="#segment = :segment",
        ExpressionAttributeNames={"#segment": "segment"},
        ExpressionAttributeValues={":segment": {"S": segment}},
        Select="COUNT",
        # They may have been loaded a second ago.
        ConsistentRead=True,
    )
    return sum(page["Count"] for page in pages)


def put_campaign(
    dynamodb: "DynamoDBServiceResource", *, campaigns_table: str, item: Mapping[str, str]
) -> bool:
    """Puts the item, which starts the campaign; returns whether there was none with these words before.

    boto3 repeats a request whose answer was lost, and the repetition meets the item of the first: that is no reason to
    tell anybody to choose another id. Raises CampaignRefused where the words there are others.
    """
    table = dynamodb.Table(campaigns_table)
    try:
        table.put_item(
            Item=dict(item),
            ConditionExpression="attribute_not_exists(campaign_id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException as error:
        _check_same(item_in_the_way(error), item)
        return False
    return True


def is_there(dynamodb: "DynamoDBServiceResource", *, campaigns_table: str, item: Mapping[str, str]) -> bool:
    """Returns whether there is a campaign with these words. Raises CampaignRefused where the words there are others."""
    try:
        found = find_campaign(dynamodb, campaigns_table=campaigns_table, campaign_id=item["campaign_id"])
    except CampaignRefused:
        return False
    _check_same(found, item)
    return True


def _check_same(found: Mapping[str, Any], item: Mapping[str, str]) -> None:
    if any(found.get(name) != item.get(name) for name in ("campaign_message", "segment")):
        raise CampaignRefused(
            f"the campaign {item['campaign_id']} exists already and texts nobody again; choose another id,"
            " or reach those whom it has not tried with relaunch-campaign"
        ) from None


def find_campaign(
    dynamodb: "DynamoDBServiceResource", *, campaigns_table: str, campaign_id: str
) -> dict[str, Any]:
    """Returns the item as it is now. Raises CampaignRefused where there is none."""
    found = dynamodb.Table(campaigns_table).get_item(Key={"campaign_id": campaign_id}, ConsistentRead=True)
    if "Item" not in found:
        raise _no_such(campaign_id)
    return found["Item"]


def stop_campaign(
    dynamodb: "DynamoDBServiceResource", *, campaigns_table: str, campaign_id: str
) -> dict[str, Any]:
    """Has nobody texted any more; returns the item as it was. One that is stopped already keeps its reason.

    Raises CampaignRefused where there is none, and where stopping would do nothing.
    """
    table = dynamodb.Table(campaigns_table)
    try:
        before = table.update_item(
            Key={"campaign_id": campaign_id},
            UpdateExpression="SET campaign_status = :stopped, campaign_error = :why",
            ConditionExpression=(
                "attribute_exists(campaign_id) AND attribute_not_exists(pinpoint_campaign_id)"
                " AND NOT campaign_status IN (:stopped, :failed)"
            ),
            ExpressionAttributeValues={
                ":stopped": CampaignStatus.STOPPED.value,
                ":failed": CampaignStatus.FAILED.value,
                ":why": STOPPED_BY_OPERATOR,
            },
            ReturnValues="ALL_OLD",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException as error:
        found = item_in_the_way(error)
        if not found:
            raise _no_such(campaign_id) from None
        if "pinpoint_campaign_id" in found:
            raise CampaignRefused(
                f"Amazon Pinpoint sends the campaign {campaign_id}, as {found['pinpoint_campaign_id']}, and does not"
                " look here; only there it can be stopped"
            ) from None
        if found.get("campaign_status") == CampaignStatus.FAILED:
            why = found.get("campaign_error", "show-campaign tells what is known")
            raise CampaignRefused(f"the campaign {campaign_id} failed and texts nobody: {why}") from None
        return found
    return before.get("Attributes", {})


def for_relaunch(item: Mapping[str, Any], *, now: datetime) -> dict[str, str]:
    """Returns the item to put for those whom the campaign has not tried: the operator's words, and nothing else.

    Raises CampaignRefused where that would not reach them; CampaignNotSendable.
    """
    campaign_id = item["campaign_id"]
    if item.get("campaign_status") == CampaignStatus.LAUNCHING:
        raise CampaignRefused(
            f"the campaign {campaign_id} is being launched; wait until show-campaign says launched, or stop it first"
        )
    if "pinpoint_campaign_id" in item:
        raise CampaignRefused(
            f"Amazon Pinpoint sent the campaign {campaign_id}, and whom it reached is not known here; put another"
        )
    begun = [str(item[name]) for name in ("first_send_at", "launched_at") if name in item]
    if begun and datetime.fromisoformat(min(begun)) < now - MAX_RELAUNCH_AGE:
        raise CampaignRefused(
            f"the campaign {campaign_id} began more than {MAX_RELAUNCH_AGE.days} days ago, and whom it"
            " texted is soon not known any more; put another"
        )
    read_campaign({**item, "relaunch": RELAUNCH_REMAINING}, default_segment=_THE_DEPLOYED_ONE)
    words = {name: item[name] for name in ("campaign_id", "campaign_message", "segment") if name in item}
    return {**words, "relaunch": RELAUNCH_REMAINING}


def take_away(dynamodb: "DynamoDBServiceResource", *, campaigns_table: str, seen: Mapping[str, Any]) -> None:
    """Deletes the item if it still says what was seen, so that nobody's change is lost. Raises CampaignRefused.

    That there is none any more is fine: boto3 repeats a request whose answer was lost.
    """
    table = dynamodb.Table(campaigns_table)
    compared = ("campaign_message", "segment", "campaign_status")
    unchanged = [
        f"#{name} = :{name}" if name in seen else f"attribute_not_exists(#{name})" for name in compared
    ]
    try:
        table.delete_item(
            Key={"campaign_id": seen["campaign_id"]},
            ConditionExpression=" AND ".join(unchanged),
            ExpressionAttributeNames={f"#{name}": name for name in compared},
            ExpressionAttributeValues={f":{name}": seen[name] for name in compared if name in seen},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException as error:
        if item_in_the_way(error):
            raise CampaignRefused(
                f"the campaign {seen['campaign_id']} was changed in this moment; look at it and try again"
            ) from None


def putting_command(campaigns_table: str, item: Mapping[str, str]) -> str:
    """Returns the command of the AWS command line that puts an item where there is none."""
    wire = json.dumps({name: {"S": value} for name, value in item.items()})
    words = ("aws", "dynamodb", "put-item", "--table-name", campaigns_table, "--item", wire)
    return shlex.join((*words, "--condition-expression", "attribute_not_exists(campaign_id)"))


def _no_such(campaign_id: str) -> CampaignRefused:
    return CampaignRefused(f"there is no campaign {campaign_id}")
