"""The queue messages of a campaign: pages of a segment and work items."""

from dataclasses import dataclass

from shift_sms_runtime.queue_messages import QueueMessage


@dataclass(frozen=True)
class Page(QueueMessage):
    """A page of a segment to plan: a message of the pages queue."""

    campaign_id: str
    launch_id: str
    """A campaign that is launched again ignores the pages of its earlier launch."""
    segment: str
    body: str
    segments: int
    """The segments of `body`."""
    after: str = ""
    """The page begins after this member; empty for the first page."""
    relaunched: bool = False
    """Whether recipients that a stop has skipped are queued again."""
    seen_waiting: int | None = None
    """How many message parts waited when the page was put off."""
    offered_shift_id: str | None = None
    """The one shift that the text is about, if it is about one."""
    launched_at: str | None = None
    """ISO 8601. Members added later are no recipients. Without it every member is one."""


@dataclass(frozen=True)
class WorkItem(QueueMessage):
    """Some recipients of a campaign and the text for them: a message of the dispatch queue."""

    campaign_id: str
    launch_id: str
    body: str
    segments: int
    """The segments of `body`."""
    recipients: tuple[str, ...]
    offered_shift_id: str | None = None
    """The one shift that the text is about, if it is about one."""
    refused: int = 0
    """How many recipients, at the end, the service has refused for reasons that may be their own."""
