"""A text that the system sends, its delivery status, and the results of sending it."""

from datetime import datetime, timedelta
from enum import StrEnum

from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.records import record

CAMPAIGN_ID_KEY = "campaign_id"
"""The key of the campaign in the context of a request.

The service repeats the context in delivery events.
"""

MIN_TIME_LEFT = timedelta(seconds=5)
"""The minimum of `TimeToLive`. A text with less time left until its deadline is not sent.

Source: SendTextMessage in the pinpoint-sms-voice-v2 API reference."""

DEADLINE_PASSED = "deadline passed"
"""The reason of a text that was not sent because its deadline was too near."""


class DeliveryStatus(StrEnum):
    """The status of one text in its ledger.

    The `reason` beside it is in capitals if it comes from AWS, otherwise in lowercase.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    """The service accepted the text; the carrier has not reported yet."""
    DELIVERED = "delivered"
    FAILED = "failed"
    OPTED_OUT = "opted-out"
    NOT_VERIFIED = "not-verified"
    """The account is in the SMS sandbox, where the phone number is not verified."""
    BLOCKED_COUNTRY = "blocked-country"
    UNKNOWN = "unknown"
    """The request may have been sent; its outcome is unknown.

    Only a late response or a delivery event changes it.
    """
    STOPPED = "stopped"
    """The campaign ended, or a notice was not due any longer, before the text was sent."""

    @property
    def final(self) -> bool:
        """Whether no further attempt is made."""
        return self not in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


@record
class Sent:
    """The service accepted the text."""

    sms_message_id: str


@record
class NotSent:
    """The service did not accept the text but may accept it later.

    If the reason is `transient`, such as throttling, waiting is enough. Otherwise an operator has to act.
    """

    reason: str
    transient: bool
    destination_specific: bool = False
    """Whether the reason may concern this destination alone.

    Other recipients can then be texted.
    """
    throttled: bool = False
    """Whether the rate of sends was too high."""


@record
class Refused:
    """The service will never accept the text."""

    status: DeliveryStatus
    reason: str


@record
class Unknown:
    """The request may have been sent; its outcome is unknown."""

    reason: str


@record
class LimitReached:
    """The account cannot send any text until its limit is raised or the month ends."""

    reason: str


SendResult = Sent | NotSent | Refused | Unknown | LimitReached
"""The result of one attempt to send a text."""


@record
class OutgoingText:
    """One text. `to` is in E.164."""

    to: str
    origination_identity: str
    body: str
    campaign_id: str | None = None
    """The campaign of the text, which delivery events name; None for other texts."""
    deadline: datetime | None = None
    """After this time the text must not arrive; None if it may always arrive."""

    @property
    def parts(self) -> int:
        """The message parts of the body, which the rate limiter counts."""
        return measure(self.body).segments


@record
class SendOutcome:
    """The status of a text after this attempt, or after an `earlier` one."""

    status: DeliveryStatus
    earlier: bool = False
