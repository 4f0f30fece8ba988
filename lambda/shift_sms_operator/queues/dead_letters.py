"""The dead-letter queues and their messages, as an operator reads them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

CHANGES = "table-changes"
"""The queue of changes of tables that a function could not handle. No queue is behind it."""

_HOLDS: Mapping[str, str] = {
    "inbound-texts": "texts of employees that were not handled",
    "outbox": "turns of the workers that send replies and notices; the texts themselves are not lost",
    "shifts": "shifts that were not reconciled, and timers of shifts",
    "campaign-pages": "pages of segments that were not planned",
    "campaign-texts": "recipients of campaigns that were not texted",
    "campaigns": "campaigns that were not reconciled, and timers of campaigns",
    "delivery-events": "delivery events that were not recorded",
    "callbacks": "requests for a call",
    CHANGES: "changes of tables that a function did not handle",
}

_WAYS_BACK: Mapping[str, str] = {
    "detect_shift_changes": "docs/operating/shifts.md: reconcile all shifts, and index them",
    "launch_campaign": "docs/operating/campaigns.md: find campaigns that were not launched, and relaunch them",
    "launch_pinpoint_campaign": "docs/operating/campaigns.md: find campaigns that were not launched",
    "summarize_campaign": "docs/operating/campaigns.md: touch a counter of the campaign",
    "send_operator_reply": "docs/operating/shifts.md: touch the open items that have a reply",
}
_FUNCTIONS: Mapping[str, str] = {
    "ShiftReconcilerDetect": "detect_shift_changes",
    "CampaignLauncherSummary": "summarize_campaign",
    "CampaignLauncherLaunch": "launch_campaign",
    "OperatorInboxReply": "send_operator_reply",
}
"""How the logical ids of functions with a stream begin, in the names that CloudFormation makes of them."""


@dataclass(frozen=True)
class QueueView:
    """A dead-letter queue and the queue that it belongs to."""

    name: str
    dead_letters: int
    """Messages in the dead-letter queue, also those that somebody is looking at."""
    waiting: int | None
    """Messages in the queue itself; None if there is no such queue."""
    in_flight: int | None
    """Messages that a function is handling."""

    @property
    def holds(self) -> str:
        """What its messages are."""
        return _HOLDS.get(self.name, "messages that were not handled")

    @property
    def redrivable(self) -> bool:
        """Whether messages can be moved back."""
        return self.name != CHANGES

    @property
    def way_back(self) -> str:
        """What to do with its messages."""
        if self.redrivable:
            return f"correct the cause, then: shift-sms queues redrive {self.name}"
        return "look at each message with shift-sms queues show; it names the page to follow"


@dataclass(frozen=True)
class DeadLetter:
    """A message of a dead-letter queue. Its body may have phone numbers and texts, and belongs in no log."""

    message_id: str
    sent_at: str
    """When it was first sent, in ISO 8601 (UTC)."""
    body: str = field(repr=False)
    way_back: str = ""
    """What to do about the change of a table that it is about; empty for others, which can be moved back."""


def way_back_of(body: str) -> str:
    """Returns what to do about a change of a table, by the function that did not handle it."""
    try:
        function = str(json.loads(body)["requestContext"]["functionArn"])
    except (ValueError, KeyError, TypeError):
        return "docs/operating/index.md: changes of tables"
    name = next((name for part, name in _FUNCTIONS.items() if part in function), "")
    return _WAYS_BACK.get(name, "docs/operating/index.md: changes of tables")
