"""Keeps the members of segments in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime


class MemorySegmentMembers:
    """Implements `SegmentMembers` and `MembersOfSegment` in memory.

    A page has at most `max_per_page` members, as if rows were large.
    """

    def __init__(self, segments: Mapping[str, Collection[str]], max_per_page: int | None = None) -> None:
        self.segments = {segment: set(members) for segment, members in segments.items()}
        self.added_at: dict[str, datetime] = {}
        """`added_at` by member, for all segments. Other members have none."""
        self._max_per_page = max_per_page

    def put(self, segment: str, member: str, added_at: datetime) -> None:
        self.segments.setdefault(segment, set()).add(member)
        self.added_at[member] = added_at

    def join(self, segment: str, number: str) -> None:
        self.segments.setdefault(segment, set()).add(number)

    def leave(self, segment: str, number: str) -> None:
        self.segments.get(segment, set()).discard(number)

    def page(
        self, segment: str, after: str, limit: int, *, added_until: datetime | None = None
    ) -> tuple[list[str], str | None]:
        limit = limit if self._max_per_page is None else min(limit, self._max_per_page)
        members = sorted(member for member in self.segments.get(segment, ()) if member > after)[:limit]
        # DynamoDB returns a key after every full page, even if no item follows.
        last = members[-1] if len(members) == limit else None
        added_in_time = [
            member
            for member in members
            if added_until is None or member not in self.added_at or self.added_at[member] <= added_until
        ]
        return added_in_time, last
