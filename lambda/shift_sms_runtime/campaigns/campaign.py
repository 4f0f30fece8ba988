"""A campaign as the operator has written it, and the text that its recipients get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import TextSize, measure, with_gsm_substitutes

RELAUNCH_REMAINING = "remaining"
"""The one value of `relaunch` on a campaign item."""

MAX_RELAUNCH_AGE = timedelta(days=60)
"""After the first launch, well before the deliveries of that launch expire."""

_LONGEST_ID = 256


class CampaignNotSendable(ValueError):
    """The operator has to change something. The message says what and is written on the campaign item."""


class CampaignGone(Exception):
    """The operator has deleted the campaign item."""


class LaunchState(StrEnum):
    """Why a launch does not go on although its campaign was not stopped: the campaign item was put again."""

    REPLACED = "replaced"
    """A later launch has replaced this one, and has the waiting recipients in work items of its own."""
    UNDECIDED = "undecided"
    """The new item has not been launched yet."""


class CampaignStatus(StrEnum):
    """`campaign_status` on a campaign item."""

    LAUNCHING = "launching"
    LAUNCHED = "launched"
    STOPPED = "stopped"
    """Stopped by the operator, who writes this status, or by a limit of the account. Nobody else is texted."""
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether the launcher has nothing more to do."""
        return self is not CampaignStatus.LAUNCHING


@dataclass(frozen=True)
class Campaign:
    """An item of the Campaigns table, as the operator has written it."""

    campaign_id: str
    message: str
    segment: str
    status: str | None = None
    """`campaign_status` of the item when it was put. A copy of another campaign has one."""
    relaunch: bool = False
    """Text the recipients that an earlier launch under this id has not tried. Others are never texted again."""


@dataclass(frozen=True)
class CampaignText:
    """The text that goes out, and its size."""

    body: str
    size: TextSize

    @property
    def details(self) -> dict[str, str | int]:
        """The attributes of the campaign item that describe the text."""
        not_gsm: dict[str, str | int] = {"not_gsm": self.size.not_gsm} if self.size.not_gsm else {}
        return {
            "encoding": self.size.encoding.value,
            "segments_per_text": self.size.segments,
            **not_gsm,
        }


def read_campaign(item: Mapping[str, Any], *, default_segment: str) -> Campaign:
    """Reads a campaign item that was written by hand.

    Raises:
        CampaignNotSendable: `campaign_message` is missing, or an attribute has a value that is not allowed.
    """
    campaign_id = str(item["campaign_id"])
    if campaign_id != campaign_id.strip() or len(campaign_id) > _LONGEST_ID:
        raise CampaignNotSendable(
            f"campaign_id has space around it or more than {_LONGEST_ID} characters: delivery events cannot carry it"
        )
    message, segment = item.get("campaign_message"), item.get("segment", default_segment)
    if not isinstance(message, str) or not message.strip():
        raise CampaignNotSendable("campaign_message is missing or empty: write the text to send, as a string")
    if not isinstance(segment, str) or not segment.strip():
        raise CampaignNotSendable("segment is empty or no string: name a segment, or leave it out")
    if item.get("relaunch") not in (None, RELAUNCH_REMAINING):
        raise CampaignNotSendable(f"relaunch may be {RELAUNCH_REMAINING!r} or left out")
    return Campaign(
        campaign_id,
        message.strip(),
        segment.strip(),
        status=item.get("campaign_status"),
        relaunch=item.get("relaunch") == RELAUNCH_REMAINING,
    )


def compose(
    message: str, locale: Locale, *, agent_offered: bool, keep_typography: bool = False
) -> CampaignText:
    """Composes the text of a campaign: the operator's message, then how to reply, in the locale's language.

    Args:
        message: What the operator has written.
        locale: The language of the instructions.
        agent_offered: Whether the instructions offer a call back.
        keep_typography: Whether typographic characters stay. Otherwise their GSM-7 twins replace them.

    Raises:
        CampaignNotSendable: the text is longer than End User Messaging accepts.
    """
    how = locale.say(Template.CAMPAIGN_HOW_TO_REPLY)
    call = locale.say(Template.CAMPAIGN_OR_CALL) if agent_offered else ""
    body = f"{typed(message, keep_typography=keep_typography)}\n{how}{call}"
    return measured(body, "with the instructions it has")


def typed(message: str, *, keep_typography: bool) -> str:
    """Returns the message, with GSM-7 twins in place of typographic characters unless they are kept."""
    return message if keep_typography else with_gsm_substitutes(message)


def measured(body: str, it_has: str) -> CampaignText:
    """Measures a text. `it_has` begins the part of the error message that gives its length.

    Raises:
        CampaignNotSendable: the text is longer than End User Messaging accepts.
    """
    size = measure(body)
    if not size.sendable:
        raise CampaignNotSendable(
            f"campaign_message is too long: {it_has} {size.characters} {size.encoding} characters,"
            f" at most {size.max_characters} can be sent"
            + (f"; what makes it {size.encoding}: {size.not_gsm}" if size.not_gsm else "")
        )
    return CampaignText(body, size)


class PlanState(StrEnum):
    """The state of a campaign's launch plan when a launch begins."""

    BEGUN = "begun"
    """This launch has begun the plan."""
    GOES_ON = "goes-on"
    """This launch, or an earlier one, was interrupted."""
    DONE_BEFORE = "done-before"
    """An earlier launch, or an earlier delivery of this one, has planned every recipient."""
    TOO_OLD = "too-old"
    """The deliveries of the first launch are about to expire, and with them the record of who was texted."""


@dataclass(frozen=True)
class LaunchPlan:
    """How far a campaign is planned. The next page begins after the member `after`."""

    state: PlanState
    launch_id: str
    after: str = ""
