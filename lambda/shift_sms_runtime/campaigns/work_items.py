"""The queue messages of a campaign: pages of a segment and work items."""

from dataclasses import dataclass

from shift_sms_runtime.queue_messages import QueueMessage


@dataclass(frozen=True)
class Page(QueueMessage):
    """Where in a segment the planner goes on: one message of the pages queue."""

    campaign_id: str
    launch_id: str
    """Of a campaign that is put up again, a page of the earlier launch is no page of the later one."""
    segment: str
    body: str
    segments: int
    """What the body takes."""
    after: str = ""
    """The page begins after this member; empty is the beginning."""
    relaunched: bool = False
    """Whether recipients that a stop left out are queued again."""
    seen_waiting: int | None = None
    """Message parts that waited when the page was put off."""
    offers: str | None = None
    """The one shift that the text is about, if it is one."""
    launched_at: str | None = None
    """ISO 8601: whoever is added later is no recipient. A page of before there was this has none, and takes all."""


@dataclass(frozen=True)
class WorkItem(QueueMessage):
    """Some recipients of a campaign and the text for them: one message of the dispatch queue."""

    campaign_id: str
    launch_id: str
    body: str
    segments: int
    """What the body takes."""
    recipients: tuple[str, ...]
    offers: str | None = None
    """The one shift that the text is about, if it is one."""
    refused: int = 0
    """How many of them, at the end, the service has refused for reasons that may be their own."""
