"""The list of open shifts: the next one first, then those without a start, by code.

Each page reads a limited number of items, however many shifts there are.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import make_sendable, with_gsm_substitutes
from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.index_parts import IndexPart, index_parts
from shift_sms_runtime.shift_lists.list_filter import ListFilter
from shift_sms_runtime.shift_lists.list_page import ListPage
from shift_sms_runtime.shift_lists.ports import OpenShiftIndex
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import LONGEST_ROLE, listed_from

SHIFTS_PER_READ = 60
"""The open shifts of one role that are read at once: as many lines as fit in most texts."""

SHIFTS_PER_FILTERED_READ = 250
"""The same if most of them may not match.

This is so if the filter has words, or if other time zones are read.
"""

MAX_UNFINISHED_READS = 3
"""How often a page reads a part of the index without coming to the end of the part."""


@record
class ListedShifts:
    """One page of the list of open shifts."""

    text: str
    next_after: str | None
    """The position after which the next page begins; None on the last page."""
    only_id: str | None
    """The one shift of the page, if it is the last page and has one."""
    nothing_found: bool = False
    """Whether the list has no shift."""


def list_open_shifts(
    index: OpenShiftIndex,
    locale: Locale,
    *,
    roles: Collection[str],
    accepts: Callable[[Shift], bool],
    limited_to: ListFilter | None,
    after: str | None,
    now: datetime,
) -> ListedShifts:
    """Returns a page.

    Args:
        index: The index.
        locale: The locale of the employee.
        roles: The roles of the employee.
        accepts: Whether the employee can have a shift.
        limited_to: The filter; None for all shifts.
        after: The position after which the page begins; None for the first page.
        now: The time. A shift that has started is not listed, even if the index still has it.
    """
    page = ListPage(make_sendable(locale.say(Template.LIST_MORE)))
    reader = _IndexReader(index, roles, limited_to, now)
    ids: list[str] = []
    # A shift that has started cannot be booked.
    position = max(after or "", listed_from(now))
    next_after: str | None = None
    for listed_at, shift in reader.positions_after(position):
        if shift is not None and accepts(shift) and (limited_to is None or limited_to.matches(shift)):
            headings = () if page.size else (make_sendable(locale.say(Template.LIST)),)
            if not page.add(listed_at, *headings, with_gsm_substitutes(describe(shift, locale))):
                next_after = page.end_before_more(position)
                break
            ids.append(shift.shift_id)
        position = listed_at
    else:
        if reader.has_more:
            next_after = page.end_before_more(position)
    only_id = ids[0] if len(ids) == 1 and page.is_last else None
    if page.size:
        return ListedShifts(page.text(), next_after, only_id)
    if next_after is not None:
        empty = Template.LIST_NONE_SO_FAR
    elif after is not None:
        empty = Template.LIST_END
    else:
        empty = Template.LIST_EMPTY if limited_to is None else Template.LIST_NONE_MATCHES
    return ListedShifts(
        make_sendable(locale.say(empty)),
        next_after,
        only_id,
        nothing_found=after is None and next_after is None,
    )


class _IndexReader:
    """Reads the index for one page."""

    def __init__(
        self, index: OpenShiftIndex, roles: Collection[str], limited_to: ListFilter | None, now: datetime
    ) -> None:
        self._index = index
        self._roles = ("", *sorted(role for role in roles if len(role) <= LONGEST_ROLE))
        self._has_words = limited_to is not None and bool(limited_to.wanted.words)
        days, asked_at = (limited_to.wanted.days, limited_to.asked_at) if limited_to else (None, now)
        self._parts = index_parts(days, asked_at, index.zone)
        self.has_more = False
        """Whether reading ended before the end of the list."""

    def positions_after(self, position: str) -> Iterator[tuple[str, Shift | None]]:
        """Yields the positions that were read and their shifts, in order.

        The last position that a read covers may have no shift.
        """
        unfinished = 0
        for part in self._parts:
            position = max(position, part.after)
            while part.before is None or position < part.before:
                shifts, read_to = self._read(replace(part, after=position))
                yield from shifts.items()
                if read_to is None:
                    break
                yield read_to, None
                position, unfinished = read_to, unfinished + 1
                if unfinished == MAX_UNFINISHED_READS:
                    self.has_more = True
                    return

    def _read(self, part: IndexPart) -> tuple[dict[str, Shift], str | None]:
        """Returns the first shifts of a part, in order, and the position that they reach.

        Up to this position, they are all shifts of the part.

        The position is None if the part has no more.
        """
        filtered = self._has_words or part.own_zone_only
        most = SHIFTS_PER_FILTERED_READ if filtered else SHIFTS_PER_READ
        reads = [self._index.open_shifts(role, part, most=most) for role in self._roles]
        # Beyond this position, shifts of a role that was not read to its end may be missing.
        read_to = min((read.read_to for read in reads if read.read_to is not None), default=None)
        found = {listed_at: shift for read in reads for listed_at, shift in read.shifts.items()}
        in_order = sorted(at for at in found if read_to is None or at <= read_to)
        return {listed_at: found[listed_at] for listed_at in in_order}, read_to
