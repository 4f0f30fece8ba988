"""What the checks know of AWS: resources as the APIs describe them, without their formats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TwoWaySettings:
    """The settings that a phone number and a pool both have."""

    two_way: bool
    channel_arn: str | None
    """Where inbound texts go."""
    channel_role: str | None
    """The role that publishes there. Without one, the policy of the topic has to allow it."""
    self_managed_opt_outs: bool
    opt_out_list: str


@dataclass(frozen=True, kw_only=True)
class PhoneNumber:
    """A phone number of AWS End User Messaging SMS."""

    phone_number_id: str
    number: str
    status: str
    country: str
    number_type: str
    capabilities: tuple[str, ...]
    settings: TwoWaySettings
    pool_id: str | None = None
    registration_id: str | None = None
    texts_per_second: int | None = None
    """The rate of the number; None if AWS does not tell."""
    daily_caps: Mapping[str, int] = field(default_factory=dict)
    """The most texts a day, by carrier."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A pool of phone numbers. Its settings are those of all its numbers."""

    pool_id: str
    status: str
    settings: TwoWaySettings


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The origination identity: a phone number, or a pool with its numbers."""

    configured: str
    """The setting `origination_identity`."""
    numbers: tuple[PhoneNumber, ...]
    """None if it does not exist."""
    pool: Pool | None = None
    """The pool that the identity is or belongs to. Its settings apply to the numbers in it."""

    @property
    def exists(self) -> bool:
        """Whether there is a number to send from."""
        return bool(self.numbers)

    @property
    def settings(self) -> TwoWaySettings:
        """The settings in force. Those of a pool take the place of those of its numbers."""
        return self.pool.settings if self.pool else self.numbers[0].settings

    @property
    def name(self) -> str:
        """The resource that has the settings, for a person."""
        return f"pool {self.pool.pool_id}" if self.pool else f"phone number {self.numbers[0].phone_number_id}"

    @property
    def resource_id(self) -> str:
        """The id of the resource that has the settings."""
        return self.pool.pool_id if self.pool else self.numbers[0].phone_number_id


@dataclass(frozen=True)
class Keyword:
    """A keyword of a number or pool. AWS acts on a text that begins with it."""

    word: str
    action: str


@dataclass(frozen=True)
class Registration:
    """The registration of a number with the carriers of its country."""

    registration_id: str
    status: str


@dataclass(frozen=True)
class Spending:
    """The monthly spend limit for texts, in US dollars."""

    limit: int
    """Where texts stop."""
    max_limit: int
    """How far the account can raise the limit itself."""
    spent: Decimal | None
    """Spent this month; None while CloudWatch has no figure."""


@dataclass(frozen=True)
class Subscription:
    """A subscription of a topic."""

    protocol: str
    confirmed: bool


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic of the stack."""

    arn: str
    exists: bool = True
    policy: Mapping[str, Any] = field(default_factory=dict)
    subscriptions: Sequence[Subscription] = ()


@dataclass(frozen=True)
class Stack:
    """The CloudFormation stack of the deployment."""

    name: str
    status: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ConnectResources:
    """The resources of Amazon Connect that the settings name. Each value is None if the resource does not exist."""

    instance_status: str | None
    flow_state: str | None = None
    flow_published: bool = False
    queue_status: str | None = None
    number_found: bool = False


@dataclass(frozen=True)
class FiringAlarm:
    """An alarm of the deployment that fires."""

    description: str
    """The path of the alarm, and what has happened."""
    since: datetime


@dataclass(frozen=True)
class DeadLetters:
    """How many messages a dead-letter queue keeps."""

    queue: str
    messages: int
