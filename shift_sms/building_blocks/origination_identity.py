"""The origination identity of texts: a number, or the id or ARN of a phone number or pool."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shift_sms_runtime.environment import NotAPhoneNumber, to_e164

ALLOWED = (
    "an E.164 number (+14255550100), the id of a phone number or pool (phone-…, pool-…), "
    "or the ARN of one (arn:aws:sms-voice:…)"
)

_ID = re.compile(r"(?P<kind>phone|pool)-[0-9A-Za-z]+")
_ARN = re.compile(
    r"arn:[a-z-]+:sms-voice:[a-z0-9-]+:\d{12}:(phone-number/(?P<kind>phone)|pool/pool)-[0-9A-Za-z]+"
)


class IdentityKind(StrEnum):
    """The resource that AWS authorizes a send on."""

    NUMBER = "number"
    PHONE = "phone"
    POOL = "pool"


@dataclass(frozen=True)
class OriginationIdentity:
    """An origination identity as `SendTextMessage` takes it."""

    kind: IdentityKind
    value: str

    @property
    def is_arn(self) -> bool:
        """Whether the value is an ARN, which names region and account."""
        return self.value.startswith("arn:")

    def belongs_to(self, *, region: str | None, account: str | None) -> bool:
        """Returns whether the identity is in this region and account. An unknown one matches.

        Args:
            region: The region; None if it is known only when deployed.
            account: The account; None if it is known only when deployed.
        """
        if not self.is_arn:
            return True
        _, _, _, arn_region, arn_account, _ = self.value.split(":")
        return (region or arn_region, account or arn_account) == (arn_region, arn_account)

    @classmethod
    def parse(cls, text: str) -> "OriginationIdentity":
        """Reads an origination identity.

        Raises:
            ValueError: the text has none of these forms. A sender ID is excluded: employees cannot reply to it.
        """
        if match := _ID.fullmatch(text):
            return cls(IdentityKind(match["kind"]), text)
        if match := _ARN.fullmatch(text):
            return cls(IdentityKind(match["kind"] or "pool"), text)
        try:
            return cls(IdentityKind.NUMBER, to_e164(text))
        except NotAPhoneNumber:
            raise ValueError(text) from None
