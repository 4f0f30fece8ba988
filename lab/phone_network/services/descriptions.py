"""AWS End User Messaging SMS: describes the account's numbers, pools, keywords, registrations and limits.

The operations return everything at once: the network has no pages and no filters.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lab.phone_network.account import Account, PhoneNumber, Pool
from lab.phone_network.api.operation import Operation, Parameters
from lab.phone_network.configuration import Configuration, TwoWayConfiguration
from lab.phone_network.limits import Limits
from lab.phone_network.services.sms_errors import invalid_request, not_found, not_valid

_UNSUPPORTED = ("Filters", "MaxResults", "NextToken", "Owner")


class Descriptions:
    """The describe operations of `pinpoint-sms-voice-v2`."""

    def __init__(self, account: Account, configuration: Configuration, limits: Limits) -> None:
        self._account = account
        self._configuration = configuration
        self._limits = limits

    def operations(self) -> Mapping[str, Operation]:
        """Returns the operations by name."""
        return {
            "DescribePhoneNumbers": self._operation(
                "DescribePhoneNumbers", self._phone_number_arns, self._phone_numbers
            ),
            "DescribePools": self._operation("DescribePools", self._pool_arns, self._pools),
            "DescribeKeywords": self._operation("DescribeKeywords", self._identity_arns, self._keywords),
            "DescribeRegistrations": self._operation(
                "DescribeRegistrations", self._registration_arns, self._registrations
            ),
            "DescribeSpendLimits": self._operation("DescribeSpendLimits", _no_resource, self._spend_limits),
            "DescribeAccountAttributes": self._operation(
                "DescribeAccountAttributes", _no_resource, self._account_attributes
            ),
        }

    def _operation(self, name: str, resources: Any, perform: Any) -> Operation:
        def supported(parameters: Parameters) -> Mapping[str, Any]:
            for unsupported in _UNSUPPORTED:
                if parameters.get(unsupported):
                    raise not_valid(
                        "INVALID_PARAMETER",
                        unsupported,
                        "The phone network does not support pages or filters",
                    )
            described: Mapping[str, Any] = perform(parameters)
            return described

        return Operation(
            action=f"sms-voice:{name}", resources=resources, perform=supported, invalid=invalid_request
        )

    def _phone_number_arns(self, parameters: Parameters) -> Sequence[str]:
        names = parameters.get("PhoneNumberIds") or ["*"]
        return [name if name.startswith("arn:") else self._account.phone_number_arn(name) for name in names]

    def _phone_numbers(self, parameters: Parameters) -> Mapping[str, Any]:
        numbers = self._account.phone_numbers
        if names := parameters.get("PhoneNumberIds"):
            numbers = tuple(self._number(name) for name in names)
        return {"PhoneNumbers": [self._describe_number(number) for number in numbers]}

    def _number(self, name: str) -> PhoneNumber:
        for number in self._account.phone_numbers:
            if name in (number.phone_number_id, self._account.phone_number_arn(number.phone_number_id)):
                return number
        raise not_found("phone-number", name)

    def _describe_number(self, number: PhoneNumber) -> Mapping[str, Any]:
        configuration = self._configuration.numbers[number.phone_number_id]
        pool = self._account.pool_of(number.phone_number_id)
        caps = configuration.daily_caps
        return {
            "PhoneNumberArn": self._account.phone_number_arn(number.phone_number_id),
            "PhoneNumberId": number.phone_number_id,
            "PhoneNumber": number.number,
            "Status": configuration.status,
            "IsoCountryCode": number.iso_country_code,
            "MessageType": number.message_type,
            "NumberCapabilities": list(configuration.capabilities),
            "NumberType": configuration.number_type,
            "MonthlyLeasingPrice": "1.00",
            **_describe_two_way(configuration.two_way),
            "DeletionProtectionEnabled": False,
            "CreatedTimestamp": 0,
            "MessagingLimits": {
                "RateLimits": {"SMS": number.messages_per_second},
                **({"DailyMessageCaps": caps} if caps else {}),
            },
            **({"PoolId": pool} if pool else {}),
            **({"RegistrationId": configuration.registration_id} if configuration.registration_id else {}),
        }

    def _pool_arns(self, parameters: Parameters) -> Sequence[str]:
        names = parameters.get("PoolIds") or ["*"]
        return [
            name if name.startswith("arn:") else self._account.arn("sms-voice", f"pool/{name}")
            for name in names
        ]

    def _pools(self, parameters: Parameters) -> Mapping[str, Any]:
        pools = self._account.pools
        if names := parameters.get("PoolIds"):
            pools = tuple(self._pool(name) for name in names)
        return {"Pools": [self._describe_pool(pool) for pool in pools]}

    def _pool(self, name: str) -> Pool:
        for pool in self._account.pools:
            if name in (pool.pool_id, self._account.arn("sms-voice", f"pool/{pool.pool_id}")):
                return pool
        raise not_found("pool", name)

    def _describe_pool(self, pool: Pool) -> Mapping[str, Any]:
        configuration = self._configuration.pools[pool.pool_id]
        return {
            "PoolArn": self._account.arn("sms-voice", f"pool/{pool.pool_id}"),
            "PoolId": pool.pool_id,
            "Status": configuration.status,
            "MessageType": "TRANSACTIONAL",
            **_describe_two_way(configuration.two_way),
            "SharedRoutesEnabled": False,
            "DeletionProtectionEnabled": False,
            "CreatedTimestamp": 0,
        }

    def _identity_arns(self, parameters: Parameters) -> Sequence[str]:
        name = parameters["OriginationIdentity"]
        if name.startswith("arn:"):
            return [name]
        kind = "pool" if name.startswith("pool-") else "phone-number"
        return [self._account.arn("sms-voice", f"{kind}/{name}")]

    def _keywords(self, parameters: Parameters) -> Mapping[str, Any]:
        identity_id = parameters["OriginationIdentity"].rpartition("/")[2]
        keywords = self._configuration.keywords.get(identity_id)
        if keywords is None:
            raise not_found("pool" if identity_id.startswith("pool-") else "phone-number", identity_id)
        return {
            "OriginationIdentity": identity_id,
            "Keywords": [
                {"Keyword": word, "KeywordMessage": f"Reply to {word}", "KeywordAction": action}
                for word, action in keywords.items()
            ],
        }

    def _registration_arns(self, parameters: Parameters) -> Sequence[str]:
        names = parameters.get("RegistrationIds") or ["*"]
        return [self._account.arn("sms-voice", f"registration/{name}") for name in names]

    def _registrations(self, parameters: Parameters) -> Mapping[str, Any]:
        registrations = self._configuration.registrations
        names = parameters.get("RegistrationIds") or list(registrations)
        for name in names:
            if name not in registrations:
                raise not_found("registration", name)
        return {
            "Registrations": [
                {
                    "RegistrationArn": self._account.arn("sms-voice", f"registration/{name}"),
                    "RegistrationId": name,
                    "RegistrationType": "US_TOLL_FREE_REGISTRATION",
                    "RegistrationStatus": registrations[name],
                    "CurrentVersionNumber": 1,
                    "CreatedTimestamp": 0,
                }
                for name in names
            ]
        }

    def _spend_limits(self, _parameters: Parameters) -> Mapping[str, Any]:
        maximum, parts = self._configuration.max_spend_limit, self._limits.spend_limit_parts
        # The API counts in whole dollars, and a test limits parts: a limit below one dollar reads as one.
        enforced = maximum if parts is None else max(1, int(parts * self._account.price_per_part))
        return {
            "SpendLimits": [
                {
                    "Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT",
                    "EnforcedLimit": enforced,
                    "MaxLimit": max(maximum, enforced),
                    "Overridden": parts is not None,
                }
            ]
        }

    def _account_attributes(self, _parameters: Parameters) -> Mapping[str, Any]:
        tier = "SANDBOX" if self._limits.sandbox else "PRODUCTION"
        return {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": tier}]}


def _describe_two_way(settings: TwoWayConfiguration) -> Mapping[str, Any]:
    return {
        "TwoWayEnabled": settings.enabled,
        **({"TwoWayChannelArn": settings.channel_arn} if settings.channel_arn and settings.enabled else {}),
        **({"TwoWayChannelRole": settings.channel_role} if settings.channel_role else {}),
        "SelfManagedOptOutsEnabled": settings.self_managed_opt_outs,
        "OptOutListName": settings.opt_out_list,
    }


def _no_resource(_parameters: Parameters) -> Sequence[str]:
    return ["*"]
