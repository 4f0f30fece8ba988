"""What each function is told by its environment, read once when it starts.

The names are the contract with the constructs in ``shift_sms``; a test holds the two sides together.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from shift_sms_runtime.domain.front_desk import StrangerReply


class CampaignEngineName(StrEnum):
    """Who sends campaigns."""

    END_USER_MESSAGING = "end-user-messaging"
    PINPOINT = "pinpoint"


@dataclass(frozen=True)
class RosterEngineSettings:
    """Where the default engine finds its recipients and leaves its work."""

    segment_members_table: str
    deliveries_table: str
    dispatch_queue_url: str
    default_segment: str
    agent_offered: bool


@dataclass(frozen=True)
class PinpointEngineSettings:
    """Where the retired engine creates campaigns."""

    application_id: str
    segment_id: str


@dataclass(frozen=True)
class LaunchCampaignSettings:
    """Environment of ``launch_campaign``."""

    campaigns_table: str
    engine: RosterEngineSettings | PinpointEngineSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        engine: RosterEngineSettings | PinpointEngineSettings
        if CampaignEngineName(env["CAMPAIGN_ENGINE"]) is CampaignEngineName.PINPOINT:
            engine = PinpointEngineSettings(env["PINPOINT_APPLICATION_ID"], env["PINPOINT_SEGMENT_ID"])
        else:
            engine = RosterEngineSettings(
                env["SEGMENT_MEMBERS_TABLE"],
                env["DELIVERIES_TABLE"],
                env["DISPATCH_QUEUE_URL"],
                env["DEFAULT_SEGMENT"],
                env["AGENT_OFFERED"] == "true",
            )
        return cls(env["CAMPAIGNS_TABLE"], engine)


@dataclass(frozen=True)
class SendCampaignSettings:
    """Environment of ``send_campaign``."""

    deliveries_table: str
    origination_identity: str
    sends_per_second: float
    """What one sender may send; the construct shares the identity's rate among the senders."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        return cls(env["DELIVERIES_TABLE"], env["ORIGINATION_IDENTITY"], float(env["SENDS_PER_SECOND"]))


@dataclass(frozen=True)
class InboundSmsSettings:
    """Environment of ``inbound_sms``."""

    shifts_table: str
    employees_table: str
    inbox_table: str
    approved_numbers: frozenset[str]
    stranger_reply: StrangerReply
    callback_queue_url: str | None
    """None where Amazon Connect is off."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        return cls(
            env["SHIFTS_TABLE"],
            env["EMPLOYEES_TABLE"],
            env["INBOX_TABLE"],
            frozenset(filter(None, env["APPROVED_NUMBERS"].split(","))),
            StrangerReply(env["STRANGER_REPLY"]),
            env.get("CALLBACK_QUEUE_URL"),
        )


@dataclass(frozen=True)
class ConnectCallbackSettings:
    """Environment of ``connect_callback``."""

    inbox_table: str
    instance_id: str
    contact_flow_id: str
    queue_id: str
    source_phone_number: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(
            env["INBOX_TABLE"],
            env["CONNECT_INSTANCE_ID"],
            env["CONNECT_CONTACT_FLOW_ID"],
            env["CONNECT_QUEUE_ID"],
            env["CONNECT_SOURCE_PHONE_NUMBER"],
        )
