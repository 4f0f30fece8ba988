"""Finds shifts for replies: the list of open shifts, the state of single shifts, and what a mistyped code may mean.

Each reply reads a limited number of items, however many shifts there are. The indexes may lag behind the table by some
seconds. A code in capitals, or as the item has it, is read by key and needs no index.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain, islice

from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.ports import ShiftIndexes
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.language.shift_codes import ids_with_typo, normalize_code
from shift_sms_runtime.messaging.encoding import longest_prefix, make_sendable, measure, with_gsm_substitutes
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import LONGEST_ROLE, listed_from

SHIFTS_PER_READ = 60
"""The open shifts of one role that are read for a reply: as many lines as fit in one."""

MAX_LIST_READS = 3
"""How often a reply reads on because the sender can book none of what was read."""

NEIGHBORS = 10
"""The codes that are read on each side of a mistyped code."""

MAX_IDS_WITH_TYPO = 40
"""The ids with a corrected typo that are read for one text."""


def list_shifts(context: InboundContext, indexes: ShiftIndexes, locale: Locale, *, more: bool) -> Reply:
    """Returns the reply with one page of the shifts that the sender can book, in the order of their starts.

    Args:
        context: The text and its sender.
        indexes: Lists the shifts.
        locale: The sender's locale.
        more: Whether to continue after the page that the sender got last.
    """
    position, message_id = context.listing, context.text.message_id
    if position is not None and position.message_id == message_id:
        # The page is rendered again, because its reply is sent later.
        after = position.page_after
    else:
        after = position.next_after if more and position is not None else None
    page = ShiftListPage(locale)
    next_after = _fill(page, context, indexes, after)
    only_shift = page.only_shift if after is None else None
    reply = context.reply_with(
        page.text(),
        offered_shift_id=only_shift.shift_id if only_shift else None,
        view=ReplyView.OPEN_SHIFTS,
    )
    if next_after is None and position is None:
        return reply
    return replace(reply, listing=ListingPosition(message_id, after, next_after))


def _fill(
    page: "ShiftListPage", context: InboundContext, indexes: ShiftIndexes, after: str | None
) -> str | None:
    """Adds the shifts after a position to a page. Returns the position after which the next page begins, if any."""
    # A shift that has started cannot be booked.
    last = max(after or "", listed_from(context.now))
    roles = ["", *sorted(role for role in context.employee.roles if len(role) <= LONGEST_ROLE)]
    own = context.current_bookings.by_shift
    for _ in range(MAX_LIST_READS):
        reads = [indexes.open_shifts(role, after=last, most=SHIFTS_PER_READ) for role in roles]
        shifts = {position: shift for read in reads for position, shift in read.shifts.items()}
        # Beyond the end of an incomplete read, shifts of its role may be missing.
        end = min((max(read.shifts) for read in reads if not read.complete), default=None)
        for position in sorted(shifts):
            if end is not None and position > end:
                break
            shift = shifts[position]
            bookable = context.is_bookable(shift) and shift.shift_id not in own
            if bookable and not page.add(shift):
                return last
            last = position
        if end is None:
            return None
        if page.last_shift is not None:
            break
    page.complete = False
    return last


def describe_shifts(shift_ids: Collection[str], context: InboundContext, renderer: ReplyRenderer) -> Reply:
    """Returns the reply with the state of shifts. YES to it books the shift, if it is only one and bookable."""
    shifts = context.existing_shifts(shift_ids)
    if not shifts:
        return context.reply_with(renderer.say(Template.INVALID_CODE))
    bookable = [shift for shift in shifts if context.is_bookable(shift)]
    return context.reply_with(
        renderer.info(shifts, context.employee.phone_number, context.now),
        offered_shift_id=only_id(bookable) if len(shift_ids) == 1 else None,
        shifts=shifts,
        view=ReplyView.SHIFTS,
    )


def only_id(shifts: Sequence[Shift]) -> str | None:
    """Returns the id of a single shift; None if there are several or none."""
    return shifts[0].shift_id if len(shifts) == 1 else None


class ShiftLookup:
    """Finds the ids that words of a text may stand for in the index of codes."""

    def __init__(self, indexes: ShiftIndexes) -> None:
        self._indexes = indexes

    def ids_near(self, words: Iterable[str]) -> tuple[str, ...]:
        """Returns the ids whose codes equal one of the words except for case and punctuation.

        For a word that equals none, returns its neighbors in the order of the codes, which include most codes with
        another ending. A word that is a part of a code found before is left out.
        """
        found: dict[str, None] = {}
        named: list[str] = []
        for word in words:
            if any(word in longer for longer in named):
                continue
            code = normalize_code(word)
            following = self._indexes.ids_from(code, most=NEIGHBORS)
            equal = [shift_id for shift_id in following if normalize_code(shift_id) == code]
            if equal:
                named.append(word)
                found |= dict.fromkeys(equal)
            else:
                found |= dict.fromkeys((*following, *self._indexes.ids_before(code, most=NEIGHBORS)))
        return tuple(found)


def corrected_ids(words: Iterable[str]) -> tuple[str, ...]:
    """Returns the ids in capitals that differ from one of the words by a common typo, to be read by key."""
    corrected = (ids_with_typo(word) for word in words)
    return tuple(islice(dict.fromkeys(chain.from_iterable(corrected)), MAX_IDS_WITH_TYPO))


class ShiftListPage:
    """One page of open shifts as one text. Lines are added up to the longest text that can be sent."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._lines: list[str] = [make_sendable(locale.say(Template.LIST))]
        self._more_line = make_sendable(locale.say(Template.LIST_MORE))
        self.last_shift: Shift | None = None
        """The last shift on the page. MORE continues after it."""
        self.complete = True
        """Whether there are no more shifts than those on the page."""

    @property
    def only_shift(self) -> Shift | None:
        """The shift of a complete page that has one shift."""
        return self.last_shift if len(self._lines) == 2 and self.complete else None

    def add(self, shift: Shift) -> bool:
        """Adds a shift; returns False if it does not fit. The first shift is shortened to fit."""
        line = with_gsm_substitutes(describe(shift, self._locale))
        if not self._fits(line):
            if self.last_shift is not None:
                self.complete = False
                return False
            line = longest_prefix(line, self._fits)
        self._lines.append(line)
        self.last_shift = shift
        return True

    def text(self) -> str:
        """Returns the text to send."""
        if self.last_shift is None:
            return (
                self._more_line if not self.complete else make_sendable(self._locale.say(Template.LIST_EMPTY))
            )
        return "\n".join(self._lines if self.complete else [*self._lines, self._more_line])

    def _fits(self, line: str) -> bool:
        return measure("\n".join([*self._lines, line, self._more_line])).sendable
