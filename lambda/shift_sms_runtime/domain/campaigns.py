"""A campaign as the operator put it up, and the text that goes out for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shift_sms_runtime.domain.sms_text import measure, with_gsm_twins

HOW_TO_ANSWER = "\nReply a code to book, REQUEST for list"
OR_CALL_AN_AGENT = ", AGENT for a call"


class CampaignNotSendable(ValueError):
    """The operator has to change something; the message says what, in words for the campaign item."""


class CampaignGone(Exception):
    """The operator has deleted the item."""


class CampaignStatus(StrEnum):
    """``campaign_status`` on a campaign item."""

    LAUNCHING = "launching"
    LAUNCHED = "launched"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether the launcher has nothing more to do."""
        return self is not CampaignStatus.LAUNCHING


@dataclass(frozen=True)
class Campaign:
    """An item of the Campaigns table."""

    campaign_id: str
    message: str
    segment: str


def read_campaign(item: Mapping[str, Any], *, default_segment: str) -> Campaign:
    """Read an item as written by hand.

    Raises:
        CampaignNotSendable: no ``campaign_message`` to send, or a ``segment`` that is no text.
    """
    message, segment = item.get("campaign_message"), item.get("segment", default_segment)
    if not isinstance(message, str) or not message.strip():
        raise CampaignNotSendable("campaign_message is missing or empty: write the text to send, as a string")
    if not isinstance(segment, str) or not segment.strip():
        raise CampaignNotSendable("segment is empty or no string: name a segment, or leave it out")
    return Campaign(str(item["campaign_id"]), message.strip(), segment.strip())


def compose(message: str, *, agent_offered: bool) -> str:
    """The operator's message and, in few characters, how to answer.

    Raises:
        CampaignNotSendable: the text is longer than End User Messaging accepts.
    """
    text = with_gsm_twins(message) + HOW_TO_ANSWER + (OR_CALL_AN_AGENT if agent_offered else "")
    size = measure(text)
    if not size.sendable:
        raise CampaignNotSendable(
            f"campaign_message is too long: with the instructions it has {size.characters} {size.encoding} characters,"
            f" at most {size.longest} can be sent"
        )
    return text
