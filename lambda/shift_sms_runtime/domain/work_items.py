"""Some recipients of a campaign and the text for them, on their way from the launcher to a sender."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class WorkItem:
    """Some recipients of a campaign and the text for them: one message of the dispatch queue."""

    campaign_id: str
    body: str
    recipients: tuple[str, ...]

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
        return cls(fields["campaign_id"], fields["body"], tuple(fields["recipients"]))
