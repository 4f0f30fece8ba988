"""Reads the phone number or pool that the deployment texts from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shift_sms_operator.health.facts import Keyword, PhoneNumber, Pool, Registration, Sender, TwoWaySettings

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

_SMS = "SMS"
_IDS_PER_CALL = 5
"""Source: DescribeRegistrations in the API reference of pinpoint-sms-voice-v2."""


class NumberReader:
    """Reads the origination identity and what belongs to it."""

    def __init__(self, sms: "PinpointSMSVoiceV2Client", origination_identity: str) -> None:
        self._sms = sms
        self._configured = origination_identity

    def sender(self) -> Sender:
        """Reads the number or pool. A number that is in a pool is read with its pool."""
        identity = self._configured.rpartition("/")[2]
        pages = self._sms.get_paginator("describe_phone_numbers").paginate()
        numbers = [_phone_number(one) for page in pages for one in page["PhoneNumbers"]]
        if identity.startswith("pool-"):
            pool = self._pool(identity)
            return Sender(
                configured=self._configured,
                numbers=tuple(one for one in numbers if one.pool_id == identity) if pool else (),
                pool=pool,
            )
        found = tuple(one for one in numbers if identity in (one.number, one.phone_number_id))
        pool_id = found[0].pool_id if found else None
        return Sender(
            configured=self._configured, numbers=found, pool=self._pool(pool_id) if pool_id else None
        )

    def keywords(self, sender: Sender) -> list[Keyword]:
        """Reads the keywords of the number, or of the pool that it is in."""
        if not sender.exists:
            return []
        pages = self._sms.get_paginator("describe_keywords").paginate(OriginationIdentity=sender.resource_id)
        return [Keyword(one["Keyword"], one["KeywordAction"]) for page in pages for one in page["Keywords"]]

    def registrations(self, sender: Sender) -> list[Registration]:
        """Reads the registrations of the numbers."""
        ids = sorted({one.registration_id for one in sender.numbers if one.registration_id})
        found = []
        for start in range(0, len(ids), _IDS_PER_CALL):
            response = self._sms.describe_registrations(RegistrationIds=ids[start : start + _IDS_PER_CALL])
            found += [
                Registration(one["RegistrationId"], one["RegistrationStatus"])
                for one in response["Registrations"]
            ]
        return found

    def _pool(self, pool_id: str) -> Pool | None:
        try:
            (pool,) = self._sms.describe_pools(PoolIds=[pool_id])["Pools"]
        except self._sms.exceptions.ResourceNotFoundException:
            return None
        return Pool(pool_id=pool["PoolId"], status=pool["Status"], settings=_two_way(pool))


def _phone_number(described: Mapping[str, Any]) -> PhoneNumber:
    limits = described.get("MessagingLimits", {})
    return PhoneNumber(
        phone_number_id=described["PhoneNumberId"],
        number=described["PhoneNumber"],
        status=described["Status"],
        country=described["IsoCountryCode"],
        number_type=described["NumberType"],
        capabilities=tuple(described["NumberCapabilities"]),
        settings=_two_way(described),
        pool_id=described.get("PoolId"),
        registration_id=described.get("RegistrationId"),
        texts_per_second=limits.get("RateLimits", {}).get(_SMS),
        daily_caps=limits.get("DailyMessageCaps", {}),
    )


def _two_way(described: Mapping[str, Any]) -> TwoWaySettings:
    return TwoWaySettings(
        two_way=described["TwoWayEnabled"],
        channel_arn=described.get("TwoWayChannelArn"),
        channel_role=described.get("TwoWayChannelRole"),
        self_managed_opt_outs=described["SelfManagedOptOutsEnabled"],
        opt_out_list=described["OptOutListName"],
    )
