"""A campaign as the operator has written it, and the text that its recipients receive."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.language.locale import Locale, Locales, Template
from shift_sms_runtime.messaging.encoding import TextSize, measure, with_gsm_substitutes
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.filling.fill_plan import FILL_CAMPAIGN
from shift_sms_runtime.shifts.shift_times import read_time

RELAUNCH_REMAINING = "remaining"
"""The only value of the attribute `relaunch` of a campaign item."""

OPERATOR_ATTRIBUTES = ("campaign_message", "segment", "send_at")
"""What an operator writes on a campaign item, besides its id. The other attributes are written back."""

_MAX_ID_LENGTH = 256


class CampaignNotSendable(ValueError):
    """The campaign cannot be sent as written.

    The message is for the operator and is written on the campaign item.
    """


class LaunchState(StrEnum):
    """The state of a launch that does not go on now: it is paused, or its campaign item was put again."""

    PAUSED = "paused"
    """The operator has paused or scheduled the campaign. What is left of it is held until it goes on."""
    REPLACED = "replaced"
    """A later launch has replaced this one and queues the waiting recipients itself."""
    NEW_ITEM_PENDING = "new-item-pending"
    """The new item has not been launched yet, so the launch may still be replaced or stopped."""


class CampaignStatus(StrEnum):
    """The attribute `campaign_status` of a campaign item."""

    REQUESTED = "requested"
    """An operator has put the item again for a relaunch, which has not begun."""
    SCHEDULED = "scheduled"
    """The campaign is launched at its `send_at`, or launched again if the operator has written this status."""
    LAUNCHING = "launching"
    """The recipients are being planned, or the operator, who writes this status, has resumed the campaign."""
    PAUSED = "paused"
    """The operator, who writes this status, has paused the campaign."""
    LAUNCHED = "launched"
    """Every recipient is planned, and some are not settled."""
    FINISHED = "finished"
    """Every recipient was sent to, skipped or refused."""
    STOPPED = "stopped"
    """The operator, who writes this status, or a limit of the account has ended the campaign."""
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether the launcher is done with the campaign."""
        return self not in (
            CampaignStatus.REQUESTED,
            CampaignStatus.SCHEDULED,
            CampaignStatus.LAUNCHING,
            CampaignStatus.PAUSED,
        )


@record
class CampaignState:
    """The attributes of a campaign item that decide what happens next."""

    status: CampaignStatus | None = None
    """None for a new campaign, and for an unknown word."""
    launch_id: str | None = None
    """The launch that has marked the item; None before the first one."""
    launched_at: str = ""
    send_at: object = None
    """As the operator has written it."""


@record
class Campaign:
    """An item of the Campaigns table, as the operator has written it."""

    campaign_id: str
    message: str
    segment: str
    status: str | None = None
    """The status of the item when it was put. A copy of a launched campaign's item has one."""
    relaunch: bool = False
    """Whether to text the recipients that earlier launches under this id did not try.

    Others are not texted again.
    """
    send_at: datetime | None = None
    """When to launch the campaign, in UTC; None for at once."""


@record
class CampaignText:
    """The text that is sent, and its size."""

    body: str
    size: TextSize

    @property
    def details(self) -> dict[str, str | int]:
        """The attributes of the campaign item that describe the size of the text."""
        not_gsm: dict[str, str | int] = {"not_gsm": self.size.not_gsm} if self.size.not_gsm else {}
        return {
            "encoding": self.size.encoding.value,
            "segments_per_text": self.size.segments,
            **not_gsm,
        }


def read_send_at(value: object, zone: ZoneInfo) -> datetime | None:
    """Reads when a campaign is to be launched, and returns it in UTC.

    Without an offset, it is a local time in `zone`.

    Raises:
        CampaignNotSendable: the value is not an ISO 8601 date with a time.
    """
    if value is None:
        return None
    try:
        return read_time(str(value), zone)
    except (ValueError, OverflowError):
        raise CampaignNotSendable(
            f"send_at is {str(value)!r}: write a time like 2026-08-15T17:00:00+02:00, or remove it to launch at once"
        ) from None


def read_campaign(item: Mapping[str, Any], *, default_segment: str, zone: ZoneInfo) -> Campaign:
    """Reads a campaign item as an operator has written it.

    Args:
        item: The item.
        default_segment: The segment of a campaign that names none.
        zone: The time zone of a `send_at` without an offset.

    Raises:
        CampaignNotSendable: `campaign_message` is missing, or an attribute has a value that is not allowed.
    """
    campaign_id = str(item["campaign_id"])
    if campaign_id != campaign_id.strip() or len(campaign_id) > _MAX_ID_LENGTH:
        raise CampaignNotSendable(
            f"campaign_id has space around it or more than {_MAX_ID_LENGTH} characters: delivery events cannot carry it"
        )
    if campaign_id.startswith(FILL_CAMPAIGN):
        raise CampaignNotSendable(
            f"campaign_id begins with {FILL_CAMPAIGN}, as only fill plans do: choose another id"
        )
    message, segment = item.get("campaign_message"), item.get("segment", default_segment)
    if not isinstance(message, str) or not message.strip():
        raise CampaignNotSendable("campaign_message is missing or empty: write the text to send, as a string")
    if not isinstance(segment, str) or not segment.strip():
        raise CampaignNotSendable("segment is empty or not a string: name a segment, or leave it out")
    if item.get("relaunch") not in (None, RELAUNCH_REMAINING):
        raise CampaignNotSendable(f"relaunch may be {RELAUNCH_REMAINING!r} or left out")
    return Campaign(
        campaign_id,
        message.strip(),
        segment.strip(),
        status=item.get("campaign_status"),
        relaunch=item.get("relaunch") == RELAUNCH_REMAINING,
        send_at=read_send_at(item.get("send_at"), zone),
    )


@record
class CampaignTexts:
    """The text of a campaign in every language."""

    by_language: Mapping[str, CampaignText]
    default_language: str
    """The language for recipients who have none, or one without instructions."""

    @property
    def default(self) -> CampaignText:
        """The text in the default language."""
        return self.by_language[self.default_language]

    @property
    def longest(self) -> CampaignText:
        """The text with the most segments, and of those with the most characters."""
        return max(self.by_language.values(), key=lambda text: (text.size.segments, text.size.characters))

    @property
    def others(self) -> Mapping[str, str]:
        """The bodies in the other languages."""
        return {
            language: text.body
            for language, text in self.by_language.items()
            if language != self.default_language
        }

    @property
    def details(self) -> dict[str, str | int]:
        """The attributes of the campaign item with the size of its texts.

        They are the size of the longest text, and of each if the segments differ.
        """
        segments = {language: text.size.segments for language, text in sorted(self.by_language.items())}
        if len(set(segments.values())) == 1:
            return self.longest.details
        each = ", ".join(f"{language} {count}" for language, count in segments.items())
        return {**self.longest.details, "segments_by_language": each}


@record
class CampaignComposer:
    """Composes the texts of campaigns in every language."""

    locales: Locales
    agent_offered: bool
    """Whether the instructions offer a call back."""
    opt_out_hint: bool = False
    """Whether the instructions say how to opt out."""
    keep_typography: bool = False
    """Whether typographic characters stay. Otherwise GSM-7 substitutes replace them."""

    def compose(self, message: str) -> CampaignTexts:
        """Composes the texts of a message.

        Raises:
            CampaignNotSendable: a text is longer than End User Messaging accepts.
        """
        texts = {
            language: compose(
                message,
                locale,
                agent_offered=self.agent_offered,
                opt_out_hint=self.opt_out_hint,
                keep_typography=self.keep_typography,
            )
            for language, locale in self.locales.by_language.items()
        }
        return CampaignTexts(texts, self.locales.default.language)


def compose(
    message: str,
    locale: Locale,
    *,
    agent_offered: bool,
    opt_out_hint: bool = False,
    keep_typography: bool = False,
) -> CampaignText:
    """Composes the text of a campaign: the message, and how to reply.

    The instructions are in the language of the locale.

    Args:
        message: The operator's message.
        locale: The language of the instructions.
        agent_offered: Whether the instructions offer a call back.
        opt_out_hint: Whether the instructions say how to opt out.
        keep_typography: Whether typographic characters stay. Otherwise GSM-7 substitutes replace them.

    Raises:
        CampaignNotSendable: the text is longer than End User Messaging accepts.
    """
    how = locale.say(Template.CAMPAIGN_HOW_TO_REPLY)
    call = locale.say(Template.CAMPAIGN_OR_CALL) if agent_offered else ""
    opt_out = locale.say(Template.CAMPAIGN_OR_OPT_OUT) if opt_out_hint else ""
    body = f"{prepare_message(message, keep_typography=keep_typography)}\n{how}{call}{opt_out}"
    return check_length(body, instructions_in=locale.language)


def prepare_message(message: str, *, keep_typography: bool) -> str:
    """Returns the message of a campaign as it is sent.

    Unless typographic characters are kept, GSM-7 substitutes replace them.
    """
    return message if keep_typography else with_gsm_substitutes(message)


def check_length(body: str, *, instructions_in: str | None = None) -> CampaignText:
    """Measures the text of a campaign.

    Args:
        body: The text.
        instructions_in: The language of its instructions; None without instructions.

    Raises:
        CampaignNotSendable: the text is longer than End User Messaging accepts.
    """
    size = measure(body)
    if not size.sendable:
        it_has = f"with the instructions in {instructions_in} it has" if instructions_in else "it has"
        raise CampaignNotSendable(
            f"campaign_message is too long: {it_has} {size.characters} {size.encoding} characters,"
            f" at most {size.max_characters} can be sent"
            + (f"; what makes it {size.encoding}: {size.not_gsm}" if size.not_gsm else "")
        )
    return CampaignText(body, size)
