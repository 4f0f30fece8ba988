"""Keeps the members of segments in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime


class MemorySegmentMembers:
    """Implements `SegmentMembers` in memory. A page ends after `most` members, as it does where rows are large."""

    def __init__(self, segments: Mapping[str, Collection[str]], most: int | None = None) -> None:
        self.segments = {segment: set(members) for segment, members in segments.items()}
        self.added_at: dict[str, datetime] = {}
        """By member, whatever the segment; other rows have no `added_at`."""
        self._most = most

    def put(self, segment: str, member: str, added_at: datetime) -> None:
        self.segments.setdefault(segment, set()).add(member)
        self.added_at[member] = added_at

    def page(
        self, segment: str, after: str, limit: int, *, added_until: datetime | None = None
    ) -> tuple[list[str], str | None]:
        limit = limit if self._most is None else min(limit, self._most)
        members = sorted(member for member in self.segments.get(segment, ()) if member > after)[:limit]
        # Like DynamoDB, which does not know whether anything follows a full page.
        last = members[-1] if len(members) == limit else None
        in_time = [
            member
            for member in members
            if added_until is None or member not in self.added_at or self.added_at[member] <= added_until
        ]
        return in_time, last
