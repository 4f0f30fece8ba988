"""Work on its way between functions: pages of a segment for the planner, and recipients for a sender."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime


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
    body: str
    segments: int
    """What the body takes."""
    recipients: tuple[str, ...]
    turn: datetime | None = None
    """When the first of them may be texted, if that is reserved already."""

    def to_json(self) -> str:
        """The form in the dispatch queue."""
        return json.dumps(asdict(self) | {"turn": self.turn.isoformat() if self.turn else None})

    @classmethod
    def from_json(cls, text: str) -> "WorkItem":
        """Read the form in the dispatch queue.

        Raises:
            ValueError, TypeError, KeyError: it is not what ``to_json`` writes.
        """
        fields = json.loads(text)
        turn = fields["turn"]
        return cls(
            fields["campaign_id"],
            fields["body"],
            fields["segments"],
            tuple(fields["recipients"]),
            datetime.fromisoformat(turn) if turn else None,
        )
