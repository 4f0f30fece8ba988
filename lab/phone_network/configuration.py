"""The configuration of the account's resources, which the describe operations return.

A test can change it while the network runs, as a person would in the console of AWS: turn two-way SMS off, add a
keyword, or disable a queue of Connect.
"""

from dataclasses import dataclass, field

from lab.phone_network.account import Account


@dataclass(kw_only=True)
class TwoWayConfiguration:
    """The settings that phone numbers and pools share."""

    enabled: bool = True
    channel_arn: str | None = None
    channel_role: str | None = None
    self_managed_opt_outs: bool = False
    opt_out_list: str = "Default"


@dataclass(kw_only=True)
class NumberConfiguration:
    """The configuration of a phone number."""

    two_way: TwoWayConfiguration
    status: str = "ACTIVE"
    number_type: str = "LONG_CODE"
    capabilities: tuple[str, ...] = ("SMS",)
    registration_id: str | None = None
    daily_caps: dict[str, int] = field(default_factory=dict)
    """The most texts a day, by carrier."""


@dataclass(kw_only=True)
class PoolConfiguration:
    """The configuration of a pool. Its two-way settings apply to the numbers in it."""

    two_way: TwoWayConfiguration
    status: str = "ACTIVE"


@dataclass(kw_only=True)
class ConnectConfiguration:
    """The state of a Connect instance, and what is out of order in it."""

    status: str = "ACTIVE"
    archived_flows: set[str] = field(default_factory=set)
    unpublished_flows: set[str] = field(default_factory=set)
    disabled_queues: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Configuration:
    """The configuration of an account, by the ids of its resources."""

    numbers: dict[str, NumberConfiguration]
    pools: dict[str, PoolConfiguration]
    keywords: dict[str, dict[str, str]]
    """The actions of keywords, by the id of the number or pool."""
    connect: dict[str, ConnectConfiguration]
    registrations: dict[str, str] = field(default_factory=dict)
    """Statuses of registrations."""
    max_spend_limit: int = 1000
    """How far the account can raise its spend limit itself, in US dollars."""
    texts_per_second_quota: float = 100.0
    """The quota of SendTextMessage."""
    channel_arn: str | None = None
    """The topic that the network publishes inbound texts to. A number with another channel does not publish there."""

    @classmethod
    def of(cls, account: Account) -> "Configuration":
        """Returns the initial configuration of `account`. A pool takes over that of its first number."""
        numbers = {
            number.phone_number_id: NumberConfiguration(
                two_way=TwoWayConfiguration(
                    self_managed_opt_outs=number.self_managed_opt_outs, opt_out_list=number.opt_out_list
                )
            )
            for number in account.phone_numbers
        }
        pools = {
            pool.pool_id: PoolConfiguration(
                two_way=TwoWayConfiguration(
                    **(vars(numbers[pool.phone_number_ids[0]].two_way) if pool.phone_number_ids else {})
                )
            )
            for pool in account.pools
        }
        return cls(
            numbers=numbers,
            pools=pools,
            # https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html
            keywords={
                identity: {"HELP": "AUTOMATIC_RESPONSE", "STOP": "OPT_OUT"} for identity in [*numbers, *pools]
            },
            connect={instance.instance_id: ConnectConfiguration() for instance in account.connect_instances},
        )

    def two_way_of(self, phone_number_id: str, pool_id: str | None) -> TwoWayConfiguration:
        """Returns the settings in force for a number: those of its pool, if it is in one."""
        return self.pools[pool_id].two_way if pool_id else self.numbers[phone_number_id].two_way

    def connect_two_way(self, channel_arn: str) -> None:
        """Connects every number and pool to the topic that the network publishes to."""
        self.channel_arn = channel_arn
        resources: list[NumberConfiguration | PoolConfiguration] = [
            *self.numbers.values(),
            *self.pools.values(),
        ]
        for resource in resources:
            resource.two_way.channel_arn = channel_arn

    def publishes(self, settings: TwoWayConfiguration) -> bool:
        """Returns whether a number with these settings publishes to the topic of the network."""
        return settings.enabled and settings.channel_arn == self.channel_arn
