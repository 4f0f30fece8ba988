"""The list of open shifts, as replied to REQUEST and MORE."""

from dataclasses import replace

from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.ports import ShiftsByStatus
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
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
        # An earlier delivery of the text listed this page.
        after = position.page_after
    else:
        after = position.next_after if more and position is not None else None
    page = ShiftListPage(locale)
    for shift in shifts_by_status.available(after=after):
        if context.is_bookable(shift) and not page.add(shift):
            break
    only_shift = page.only_shift if after is None else None
    reply = context.reply_with(page.text(), offered_shift_id=only_shift.shift_id if only_shift else None)
    next_after = None if page.complete or page.last_shift is None else page.last_shift.shift_id
    if next_after is None and position is None:
        return reply
    return replace(reply, listing=ListingPosition(message_id, after, next_after))


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
