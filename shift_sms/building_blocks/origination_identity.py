"""What a text is sent from has five spellings, and each is authorised on a different resource."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shift_sms.phone_numbers import to_e164

ALLOWED = (
    "an E.164 number (+14255550100), the id of a phone number or pool (phone-…, pool-…), "
    "or the ARN of one (arn:aws:sms-voice:…)"
)

_ID = re.compile(r"(?P<kind>phone|pool)-[0-9A-Za-z]+")
_ARN = re.compile(
    r"arn:[a-z-]+:sms-voice:[a-z0-9-]+:\d{12}:(phone-number/(?P<kind>phone)|pool/pool)-[0-9A-Za-z]+"
)


class IdentityKind(StrEnum):
    """What the API authorises a send on."""

    NUMBER = "number"
    PHONE = "phone"
    POOL = "pool"


@dataclass(frozen=True)
class OriginationIdentity:
    """A phone number or pool as `SendTextMessage` takes it."""

    kind: IdentityKind
    value: str

    @property
    def is_arn(self) -> bool:
        """Says whether the value names account and region itself."""
        return self.value.startswith("arn:")

    def is_of(self, *, region: str | None, account: str | None) -> bool:
        """Says whether the value names no other region or account; None for what is not known."""
        if not self.is_arn:
            return True
        _, _, _, its_region, its_account, _ = self.value.split(":")
        return (region or its_region, account or its_account) == (its_region, its_account)

    @classmethod
    def parse(cls, text: str) -> "OriginationIdentity":
        """Raises ValueError for any other spelling; a sender ID is refused, because nobody can answer it."""
        if match := _ID.fullmatch(text):
            return cls(IdentityKind(match["kind"]), text)
        if match := _ARN.fullmatch(text):
            return cls(IdentityKind(match["kind"] or "pool"), text)
        return cls(IdentityKind.NUMBER, to_e164(text))
