"""Keys, claims and status changes of the rows that record sends."""

from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.records import record


class SendClaim(StrEnum):
    """The result of a claim on a text that is not settled."""

    GRANTED = "granted"
    BUSY = "busy"
    """Another function holds the claim."""
    ABANDONED = "abandoned"
    """Another function held the claim and did not settle it in time."""


class ReplyKind(StrEnum):
    """The kinds of texts outside campaigns. Ids are unique within a kind."""

    INBOUND = "inbound"
    """The reply to an inbound text. Its id is the inbound text's."""
    OPERATOR_REPLY = "operator-reply"
    """A reply that an operator wrote. Its id is the inbound text's."""
    NOTICE = "notice"
    """An offer, a cancellation, a reminder, an assignment or a release. Its id names the notice, shift and time."""
    MANAGER_NOTICE = "manager-notice"
    """A notice to a manager. Its id names the event, its shift and its time."""
    LIMIT_NOTICE = "limit-notice"
    """The notice of the hourly limit. Its id is the hour."""
    CAMPAIGN_TEST = "campaign-test"
    """The text of a campaign that an operator sends to one number first. Its id is the operation's."""
    STRANGER_REPLY = "stranger-reply"
    """The reply to a number that is not approved. Its id is the day."""


@record
class OutboxPosition:
    """The row of a text in the Outbox table."""

    lane: str
    position: str
    removed_on: frozenset[DeliveryStatus]
    """The statuses with which settling the text removes the row, in the same transaction."""


@record
class ReplyKey:
    """One text outside campaigns, and what its ledger row stores about it.

    `phone_number`, `kind` and `reply_id` identify the text.
    """

    phone_number: str
    reply_id: str
    kind: ReplyKind = ReplyKind.INBOUND
    offered_shift_id: str | None = None
    """The one shift that YES in response to this text books."""
    outbox: OutboxPosition | None = None
    """The row in the Outbox table; None for a text that has none."""


@record
class StatusChange:
    """A change of a row's status."""

    before: DeliveryStatus
    after: DeliveryStatus
    at: datetime
    sms_message_id: str = ""
    """The service's id of the text; empty if the change does not supply it."""
