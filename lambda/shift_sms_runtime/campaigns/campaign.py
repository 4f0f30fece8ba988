"""A campaign as the operator put it up, and the text that goes out for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import Measure, measure, with_gsm_twins

REMAINING = "remaining"
"""The value of ``relaunch`` on an item that is put up again."""


_LONGEST_ID = 256


class CampaignNotSendable(ValueError):
    """The operator has to change something; the message says what, in words for the campaign item."""


class LaunchState(StrEnum):
    """What has become of a launch whose item was put again."""

    REPLACED = "replaced"
    """By a later launch, which has everybody who waits in work items of its own."""
    UNDECIDED = "undecided"
    """The new item has not been launched yet."""


class CampaignGone(Exception):
    """The operator has deleted the item."""


class CampaignStatus(StrEnum):
    """``campaign_status`` on a campaign item."""

    LAUNCHING = "launching"
    LAUNCHED = "launched"
    STOPPED = "stopped"
    """By the operator, who writes it, or by a limit of the account: who waits is not texted any more."""
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
    status: str | None = None
    """``campaign_status`` as it was put: a copy of another campaign brings one along."""
    relaunch: bool = False
    """Reach those whom an earlier launch under this id has not tried; otherwise it texts nobody again."""


@dataclass(frozen=True)
class CampaignText:
    """What goes out, and what it takes."""

    body: str
    size: Measure

    @property
    def details(self) -> dict[str, str | int]:
        """What the operator reads of it on the campaign item."""
        not_gsm: dict[str, str | int] = {"not_gsm": self.size.not_gsm} if self.size.not_gsm else {}
        return {
            "encoding": self.size.encoding.value,
            "segments_per_text": self.size.segments,
            **not_gsm,
        }


def read_campaign(item: Mapping[str, Any], *, default_segment: str) -> Campaign:
    """Read an item as written by hand.

    Raises:
        CampaignNotSendable: no ``campaign_message`` to send, or an attribute that is not what it may be.
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
    if item.get("relaunch") not in (None, REMAINING):
        raise CampaignNotSendable(f"relaunch may be {REMAINING!r} or left out")
    return Campaign(
        campaign_id,
        message.strip(),
        segment.strip(),
        status=item.get("campaign_status"),
        relaunch=item.get("relaunch") == REMAINING,
    )


def compose(
    message: str, catalogue: Locale, *, agent_offered: bool, keep_typography: bool = False
) -> CampaignText:
    """The operator's message and, in few characters and the catalogue's language, how to answer.

    Typographic characters are replaced by their GSM-7 twins, unless they are to be kept.

    Raises:
        CampaignNotSendable: the text is longer than End User Messaging accepts.
    """
    how = catalogue.say(Template.CAMPAIGN_HOW_TO_ANSWER)
    call = catalogue.say(Template.CAMPAIGN_OR_CALL) if agent_offered else ""
    return _measured(f"{_typed(message, keep_typography)}\n{how}{call}", "with the instructions it has")


def compose_alone(message: str, *, keep_typography: bool = False) -> CampaignText:
    """The operator's message and nothing else, for an engine that does not read the answers.

    Raises:
        CampaignNotSendable: as ``compose``.
    """
    return _measured(_typed(message, keep_typography), "it has")


def _typed(message: str, keep_typography: bool) -> str:
    return message if keep_typography else with_gsm_twins(message)


def _measured(text: str, it_has: str) -> CampaignText:
    size = measure(text)
    if not size.sendable:
        raise CampaignNotSendable(
            f"campaign_message is too long: {it_has} {size.characters} {size.encoding} characters,"
            f" at most {size.longest} can be sent"
            + (f"; what makes it {size.encoding}: {size.not_gsm}" if size.not_gsm else "")
        )
    return CampaignText(text, size)


class PlanState(StrEnum):
    """What a launch finds when it begins."""

    BEGUN = "begun"
    GOES_ON = "goes-on"
    """This launch, or one before it, was interrupted."""
    DONE_BEFORE = "done-before"
    TOO_OLD = "too-old"
    """The ledger of the first launch is about to expire: it would not know any more who was texted."""


@dataclass(frozen=True)
class LaunchPlan:
    """Where the planning of a campaign is; ``after`` is where its next page begins."""

    state: PlanState
    launch_id: str
    after: str = ""
