"""Finds shifts for replies: open shifts, single shifts, and those of mistyped codes.

Each reply reads a limited number of items, however many shifts there are. The indexes may lag behind the table by some
seconds. A code in capitals, or as the item has it, is read by key and needs no index.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain, islice

from shift_sms_runtime.bookings.booking import BookingOutcome, CodeResult
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.ports import ShiftIndexes
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.language.intents import Intent, ListShifts, SayNo, ShiftAction, ShiftCommand, Unclear
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.language.shift_codes import ids_with_typo, normalize_code
from shift_sms_runtime.shift_lists.list_filter import ListFilter
from shift_sms_runtime.shift_lists.open_shift_list import list_open_shifts
from shift_sms_runtime.shift_lists.own_shift_list import list_own_shifts as list_own_page
from shift_sms_runtime.shifts.shift import Shift

NEIGHBORS = 10
"""The codes that are read on each side of a mistyped code."""

MAX_IDS_WITH_TYPO = 40
"""The ids with a corrected typo that are read for one text."""

_SICK_CALL_PERIOD = timedelta(hours=48)
"""Words such as "sick, won't be in today" give back a shift that begins in this time."""

_NOT_GIVEN_BACK = (BookingOutcome.NOT_YOURS, BookingOutcome.TOO_LATE_TO_DROP, BookingOutcome.UNKNOWN)


def list_shifts(context: InboundContext, indexes: ShiftIndexes, locale: Locale, intent: ListShifts) -> Reply:
    """Returns the reply with one page of the shifts that the sender can book.

    MORE continues the list that the sender got last, with its filter. Without a page that follows, it lists all shifts.
    A page whose reply is sent later is rendered again: it begins after the same shift, with the same filter.
    """
    position, message_id = context.listing, context.text.message_id
    if position is not None and position.message_id == message_id:
        after, limited_to = position.page_after, position.limited_to
    elif continued := continued_list(intent, context):
        after, limited_to = continued.next_after, continued.limited_to
    else:
        after = limited_to = None
        if intent.filter is not None:
            limited_to = ListFilter(intent.filter, context.text.sent_at or context.now)
    own = context.current_bookings.by_shift
    page = list_open_shifts(
        indexes,
        locale,
        roles=context.employee.roles,
        accepts=lambda shift: context.is_bookable(shift) and shift.shift_id not in own,
        limited_to=limited_to,
        after=after,
        now=context.now,
    )
    reply = context.reply_with(
        page.text,
        offered_shift_id=page.only_id if after is None else None,
        view=ReplyView.OPEN_SHIFTS,
    )
    if page.nothing_found and limited_to is not None and limited_to.wanted.words:
        # The words may be something else than a site or a role.
        reply = replace(reply, kept_for_operator=True)
    if page.next_after is None and position is None and limited_to is None:
        return reply
    return replace(reply, listing=ListingPosition(message_id, after, page.next_after, limited_to))


def continued_list(intent: Intent, context: InboundContext) -> ListingPosition | None:
    """Returns the position in the list that a text continues.

    Returns None if the text continues no list.
    """
    position = context.listing
    if not isinstance(intent, ListShifts) or not intent.more or intent.filter is not None:
        return None
    return position if position is not None and position.next_after is not None else None


def list_own_shifts(context: InboundContext, locale: Locale, after: str | None) -> Reply:
    """Returns the reply with one page of the sender's own shifts. The context has read them."""
    number = context.employee.phone_number
    page = list_own_page(
        context.bookings, context.shifts, locale, number=number, after=after, now=context.now
    )
    reply = context.reply_with(page.text, view=ReplyView.OWN_SHIFTS)
    if page.next_after is None and after is None:
        # A MORE that follows continues the list of open shifts that the sender may have got before.
        return reply
    position = ListingPosition(context.text.message_id, after, page.next_after, own_shifts=True)
    return replace(reply, listing=position)


def describe_shifts(shift_ids: Collection[str], context: InboundContext, renderer: ReplyRenderer) -> Reply:
    """Returns the reply with the state of shifts.

    YES to it books the shift, if it is only one and bookable.
    """
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
    """Returns the ids that differ from one of the words by a common typo.

    They are in capitals, and are read by key.
    """
    corrected = (ids_with_typo(word) for word in words)
    return tuple(islice(dict.fromkeys(chain.from_iterable(corrected)), MAX_IDS_WITH_TYPO))


def sick_call_of(intent: Intent) -> Unclear | ShiftCommand | None:
    """Returns the sick call of a text that names no shift, or names one beside other words.

    Returns None for other texts. SAY NO declines an offer, if there is one: ask for its sick call only without one.
    """
    match intent:
        case Unclear(sick=True) | ShiftCommand(ShiftAction.SICK, codes=(), unknown=()):
            return intent
        case SayNo(sick=True):
            return Unclear((), may_give_back=True, sick=True)
        case _:
            return None


def ids_of_sick_call(intent: Unclear | ShiftCommand, context: InboundContext) -> list[str]:
    """Returns the sender's own shifts that a sick call gives back. They were read.

    A text without a code gives back the only shift that the sender has. Beside other words than SICK, the shift has to
    begin soon.
    """
    if intent.codes:
        number = context.employee.phone_number
        return [one.shift_id for one in context.existing_shifts(intent.codes) if number in one.holders]
    match context.own_shifts:
        case [only] if (
            isinstance(intent, ShiftCommand)
            or only.starts_at is None
            or only.starts_at - context.now <= _SICK_CALL_PERIOD
        ):
            return [only.shift_id]
        case _:
            return []


def names_no_own_shift(results: Sequence[CodeResult], phone_number: str) -> bool:
    """Whether a sick call names only shifts that the sender does not have, or that are over.

    One that the sender gave back before is the sender's own.
    """
    return all(
        one.outcome in _NOT_GIVEN_BACK
        and not (one.shift and phone_number in (*one.shift.sick_calls, *one.shift.given_back))
        for one in results
    )
