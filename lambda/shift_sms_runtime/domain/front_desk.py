"""What is on record about a sender and a text when it arrives, and what strangers hear."""

from dataclasses import dataclass
from enum import StrEnum

from shift_sms_runtime.domain.deliveries import DeliveryStatus


class StrangerReply(StrEnum):
    """Whether a number that is not approved gets an answer."""

    SILENT = "silent"
    ONCE_PER_DAY = "once-per-day"


IMPORTED = "pinpoint-import"
"""``opt_changed_by`` of a choice that came with an import: only its owner can take it back, by START."""


@dataclass(frozen=True)
class ListingPlace:
    """Where an employee is in the list of open shifts. ``message_id`` is the text that was answered by this page."""

    message_id: str
    page_after: str | None
    """This page began after this shift; None is the beginning."""
    next_after: str | None
    """The rest begins after this shift; None when there was no rest."""


@dataclass(frozen=True)
class Arrival:
    """What is on record when a text arrives."""

    on_roster: bool
    answer: DeliveryStatus | None
    listing: ListingPlace | None
    opted_out: bool = False
    opted_out_by: str | None = None
    """``IMPORTED``, what the service did, or the text that said STOP."""
    campaign_id: str | None = None
    """The campaign that texted this number last."""
