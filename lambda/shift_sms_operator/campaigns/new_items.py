"""The items of new campaigns, and what is wrong with them before they are launched."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_operator.campaigns.views import Audience, CampaignWarning
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.campaigns.campaign import (
    OPERATOR_ATTRIBUTES,
    CampaignNotSendable,
    CampaignTexts,
    read_send_at,
)
from shift_sms_runtime.campaigns.segment_names import segment_name


def new_item(
    campaign_id: str, message: str, segment: str | None, send_at: str | None, zone: ZoneInfo
) -> dict[str, str]:
    """Returns the item of a new campaign.

    Args:
        campaign_id: The id.
        message: The message.
        segment: The segment; None for the default one.
        send_at: When to launch it, as an operator wrote it; None for at once. The item has it with its offset, so it
            stays the same instant when the setting `timezone` changes.
        zone: The time zone of a `send_at` without an offset.

    Raises:
        Refused: the segment or the time is none.
    """
    try:
        named = {} if segment is None else {"segment": segment_name(segment)}
        at = read_send_at(send_at, zone)
    except (ValueError, CampaignNotSendable) as error:
        raise Refused(str(error)) from None
    timed = {} if at is None else {"send_at": at.astimezone(zone).isoformat()}
    return {"campaign_id": campaign_id, "campaign_message": message, **named, **timed}


def check_same(found: Mapping[str, Any], item: Mapping[str, str]) -> None:
    """Raises Refused if the campaign that is there says something else than the new one."""
    if any(found.get(name) != item.get(name) for name in OPERATOR_ATTRIBUTES):
        campaign_id = item["campaign_id"]
        raise Refused(
            f"there is a campaign {campaign_id} already, with another message, segment or send_at; choose another"
            f" id, or text its members that were not tried with campaigns relaunch {campaign_id}"
        )


def check_send_at(send_at: datetime | None, now: datetime, zone: ZoneInfo) -> None:
    """Raises Refused if the time at which a new campaign is to be launched has passed."""
    if send_at is None or send_at > now:
        return
    raise Refused(
        f"send_at is {send_at.astimezone(zone):%Y-%m-%d %H:%M %Z}, which has passed: it is"
        f" {now.astimezone(zone):%Y-%m-%d %H:%M %Z} now; write a later time, or leave it out to launch at once"
    )


def check_recipients(audience: Audience | None) -> None:
    """Raises Refused if a new campaign would text no employee."""
    if audience is None or audience.recipients or not audience.complete:
        return
    if not audience.members:
        raise Refused(f"the segment {audience.segment} has no members; check --segment, or import them")
    raise Refused(
        f"no member of the segment {audience.segment} can be texted: {audience.opted_out} have opted out,"
        f" {audience.invalid_numbers} have no valid number"
    )


def warnings_of(
    texts: CampaignTexts, audience: Audience | None, quiet_hours: str
) -> Iterator[CampaignWarning]:
    """Yields what an operator should know about the texts of a campaign and their recipients."""
    size = texts.longest.size
    if size.not_gsm:
        yield CampaignWarning(
            size.not_gsm, "not in the GSM alphabet, so a segment has 70 characters, not 160"
        )
    if audience is None:
        return
    if audience.invalid_numbers:
        yield CampaignWarning(
            audience.segment, f"{audience.invalid_numbers} skipped for want of a valid number"
        )
    if audience.not_on_roster:
        yield CampaignWarning(
            audience.segment,
            f"{audience.not_on_roster} not on the roster: texted in {texts.default_language}, and their replies"
            " are not answered unless approved_numbers has them",
        )
    if audience.in_quiet_hours:
        yield CampaignWarning(
            audience.segment,
            f"{audience.in_quiet_hours} in their quiet hours, {quiet_hours}, at the launch: texted when these end",
        )
    if not audience.complete:
        yield CampaignWarning(
            audience.segment, f"only the first {audience.members} members were examined; there are more"
        )
