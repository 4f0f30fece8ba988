"""Replies that show shifts: the list of open shifts for REQUEST and MORE, and the state of single shifts."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.ports import ShiftsByStatus
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import longest_prefix, make_sendable, measure, with_gsm_substitutes
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.shift import Shift


def list_shifts(
    context: InboundContext, shifts_by_status: ShiftsByStatus, locale: Locale, *, more: bool
) -> Reply:
    """Returns the reply with one page of the shifts that the sender can book.

    Args:
        context: The text and its sender.
        shifts_by_status: Lists the shifts.
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
    for shift in shifts_by_status.available(after=after):
        if context.is_bookable(shift) and not page.add(shift):
            break
    only_shift = page.only_shift if after is None else None
    reply = context.reply_with(
        page.text(),
        offered_shift_id=only_shift.shift_id if only_shift else None,
        view=ReplyView.OPEN_SHIFTS,
    )
    next_after = None if page.complete or page.last_shift is None else page.last_shift.shift_id
    if next_after is None and position is None:
        return reply
    return replace(reply, listing=ListingPosition(message_id, after, next_after))


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


class ShiftListPage:
    """One page of open shifts as one text. Lines are added up to the longest text that can be sent."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._lines: list[str] = [make_sendable(locale.say(Template.LIST))]
        self._more_line = make_sendable(locale.say(Template.LIST_MORE))
        self.last_shift: Shift | None = None
        """The last shift on the page. MORE continues after it."""
        self.complete = True
        """Whether every shift fitted on the page."""

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
            return make_sendable(self._locale.say(Template.LIST_EMPTY))
        return "\n".join(self._lines if self.complete else [*self._lines, self._more_line])

    def _fits(self, line: str) -> bool:
        return measure("\n".join([*self._lines, line, self._more_line])).sendable
