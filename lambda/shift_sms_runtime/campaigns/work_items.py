"""The queue messages of a campaign: pages of a segment and work items."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Page:
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

    def to_json(self) -> str:
        """The form in the pages queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Page":
        """Read the form in the pages queue.

        Raises:
            ValueError, TypeError: it is not what ``to_json`` writes.
        """
        return cls(**json.loads(text))


@dataclass(frozen=True)
class WorkItem:
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

    def to_json(self) -> str:
        """The form in the dispatch queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "WorkItem":
        """Read the form in the dispatch queue.

        Raises:
            ValueError, TypeError, KeyError: it is not what ``to_json`` writes.
        """
        fields = json.loads(text)
        return cls(
            fields["campaign_id"],
            fields["launch_id"],
            fields["body"],
            fields["segments"],
            tuple(fields["recipients"]),
            fields.get("offers"),
            fields.get("refused", 0),
        )
