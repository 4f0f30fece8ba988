"""The queue messages of a campaign: pages of a segment and work items."""

from shift_sms_runtime.queue_messages import QueueMessage
from shift_sms_runtime.records import record


@record
class Page(QueueMessage):
    """A page of a segment that has to be planned: a message of the pages queue."""

    campaign_id: str
    launch_id: str
    """Pages of an earlier launch are ignored."""
    segment: str
    body: str
    """The text in the default language."""
    segments_per_text: int
    """The segments of the text in the language in which it is longest."""
    after: str = ""
    """The member after which the page begins; empty for the first page."""
    relaunched: bool = False
    """Whether recipients that were skipped by a stop are queued again."""
    waiting_when_postponed: int | None = None
    """How many segments waited to be sent when the page was postponed."""
    offered_shift_id: str | None = None
    """The one shift that the text names, if it names one."""
    launched_at: str | None = None
    """The time of the launch in ISO 8601.

    Members added later are not recipients. If it is None, every member is a recipient.
    """
    languages: tuple[str, ...] = ()
    """The other languages of the text."""
    bodies: tuple[str, ...] = ()
    """The text in each of `languages`."""


@record
class WorkItem(QueueMessage):
    """Some recipients of a campaign and their text: a message of the dispatch queue."""

    campaign_id: str
    launch_id: str
    body: str
    """The text in the default language."""
    segments_per_text: int
    """The segments of the text in the language in which it is longest."""
    recipients: tuple[str, ...]
    offered_shift_id: str | None = None
    """The one shift that the text names, if it names one."""
    refused_count: int = 0
    """How many recipients, at the end of `recipients`, have failed with a `DestinationProblem`."""
    languages: tuple[str, ...] = ()
    """The other languages of the text."""
    bodies: tuple[str, ...] = ()
    """The text in each of `languages`."""
    text_version: str = ""
    """The version of the shift that the text of a fill plan describes; empty for campaigns."""

    def body_in(self, language: str) -> str:
        """Returns the text in a language, or in the default language."""
        return dict(zip(self.languages, self.bodies, strict=True)).get(language, self.body)
