"""The AWS account of the phone network: numbers, pools, configuration sets, instances."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class PhoneNumber:
    """A phone number of the account; `number` is in E.164 format.

    `messages_per_second` is the throughput, which AWS counts in message parts:
    https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
    AWS replies to HELP, STOP and similar keywords itself unless opt-outs are self-managed.
    """

    number: str
    phone_number_id: str
    messages_per_second: int = 1
    iso_country_code: str = "US"
    message_type: str = "TRANSACTIONAL"
    opt_out_list: str = "Default"
    self_managed_opt_outs: bool = False


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A pool of phone numbers with one origination identity."""

    pool_id: str
    phone_number_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConfigurationSet:
    """A configuration set with one event destination, which receives the listed event types."""

    name: str
    matching_event_types: frozenset[str] = frozenset({"TEXT_ALL"})

    def matches(self, event_type: str) -> bool:
        """Returns whether the event destination receives events of this type."""
        return not self.matching_event_types.isdisjoint({"ALL", "TEXT_ALL", event_type})


@dataclass(frozen=True, kw_only=True)
class ConnectInstance:
    """A contact center.

    Simulated calls never end, so `max_calls` is the quota of concurrent calls.

    Connect refuses UK mobile numbers (+447) unless AWS allows them for the instance:
    https://docs.aws.amazon.com/connect/latest/adminguide/country-code-allow-list.html
    """

    instance_id: str
    contact_flow_ids: frozenset[str]
    queue_ids: frozenset[str] = frozenset()
    phone_numbers: frozenset[str] = frozenset()
    refused_prefixes: tuple[str, ...] = ("+447",)
    max_calls: int | None = None


@dataclass(frozen=True, kw_only=True)
class PinpointApplication:
    """A Pinpoint project and the segments that a campaign may use."""

    application_id: str
    segment_ids: frozenset[str]


@dataclass(frozen=True)
class OriginationIdentity:
    """The sender of a text: the ARN that IAM authorizes, and its phone numbers."""

    arn: str
    numbers: tuple[PhoneNumber, ...]


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account in one region. A limit of None means unlimited.

    A configuration set given by name alone receives every event type. `blocked_countries` are the ISO
    codes that the account's protect configuration blocks.
    """

    account_id: str
    region: str
    phone_numbers: tuple[PhoneNumber, ...]
    pools: tuple[Pool, ...] = ()
    configuration_sets: Collection[ConfigurationSet | str] = ()
    sandbox: bool = False
    verified_numbers: frozenset[str] = frozenset()
    blocked_countries: frozenset[str] = frozenset()
    monthly_spend_limit_parts: int | None = None
    price_per_part: Decimal = Decimal("0.01")
    connect_instances: tuple[ConnectInstance, ...] = ()
    pinpoint_applications: tuple[PinpointApplication, ...] = ()

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"

    def phone_number_arn(self, phone_number_id: str) -> str:
        return self.arn("sms-voice", f"phone-number/{phone_number_id}")

    def pool_of(self, phone_number_id: str) -> str | None:
        """Returns the id of the pool that a number is in; a number is in one at most."""
        return next((pool.pool_id for pool in self.pools if phone_number_id in pool.phone_number_ids), None)

    def own_number(self, e164: str) -> PhoneNumber | None:
        return next((n for n in self.phone_numbers if n.number == e164), None)

    def origination_identity(self, name: str) -> OriginationIdentity | None:
        """Returns the identity named by an E.164 number, or by the id or ARN of a number or pool."""
        for number in self.phone_numbers:
            arn = self.phone_number_arn(number.phone_number_id)
            if name in (number.number, number.phone_number_id, arn):
                return OriginationIdentity(arn, (number,))
        for pool in self.pools:
            arn = self.arn("sms-voice", f"pool/{pool.pool_id}")
            if name in (pool.pool_id, arn):
                members = (n for n in self.phone_numbers if n.phone_number_id in pool.phone_number_ids)
                return OriginationIdentity(arn, tuple(members))
        return None

    def configuration_set(self, name: str) -> ConfigurationSet | None:
        """Returns the configuration set with this name or ARN."""
        sets = (ConfigurationSet(name=s) if isinstance(s, str) else s for s in self.configuration_sets)
        return next((s for s in sets if s.name == name.rpartition("/")[2]), None)

    def connect_instance(self, instance_id: str) -> ConnectInstance | None:
        return next((i for i in self.connect_instances if i.instance_id == instance_id), None)

    def pinpoint_application(self, application_id: str) -> PinpointApplication | None:
        return next((a for a in self.pinpoint_applications if a.application_id == application_id), None)
