"""Renders replies that waited in the outbox, so that each is true when it is sent.

The outcome of a text is written once and never decided again. What it says about shifts may change before the reply is
sent: an operator cancels the shift, another employee drops it, or the sender texts again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shift_sms_runtime.bookings.booking import booking_status
from shift_sms_runtime.bookings.undo import NOT_SENT, BookingUndo
from shift_sms_runtime.employees.employee import MESSAGING_SERVICE
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.ports import ShiftIndexes, WaitingReplies
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.inbound.shift_search import describe_shifts, list_own_shifts, list_shifts
from shift_sms_runtime.language.intents import ListShifts
from shift_sms_runtime.language.locale import Locale, Locales
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, SendOutcome
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.shift import Shift


class DelayedReplies:
    """Implements `TextSource` for replies to inbound texts."""

    def __init__(
        self,
        *,
        replies: WaitingReplies,
        shift_indexes: ShiftIndexes,
        employees: Employees,
        booking_undo: BookingUndo,
        policy: BookingPolicy,
        locales: Locales,
        agent_offered: bool,
        self_managed_opt_outs: bool,
        clock: Clock,
    ) -> None:
        """Creates the source.

        Args:
            replies: Reads the replies and the rows that they depend on.
            shift_indexes: Lists the open shifts.
            employees: Records opt-outs.
            booking_undo: Undoes bookings whose replies were not sent.
            policy: Decides how long a shift can be given back.
            locales: The languages of the replies.
            agent_offered: Whether replies may suggest AGENT.
            self_managed_opt_outs: Whether this system replies to STOP instead of the messaging service.
            clock: The time.
        """
        self._replies = replies
        self._shift_indexes = shift_indexes
        self._employees = employees
        self._booking_undo = booking_undo
        self._policy = policy
        self._locales = locales
        self._agent_offered = agent_offered
        self._self_managed_opt_outs = self_managed_opt_outs
        self._clock = clock

    def render(self, text: OutboxText) -> RenderedText | None:
        """Returns the reply in the current state.

        A reply with a stored body, to AGENT, is the same at any time.

        With self-managed opt-outs, the reply is not due any longer if its number has opted out since. A confirmation
        of an opt-out is not due any longer if START has followed.
        """
        if text.body is not None:
            return RenderedText(text.body, text.key)
        waiting = self._replies.read_reply(text)
        if waiting is None:
            return None
        reply, context = waiting.reply, waiting.context
        opted_out = context.employee.opted_out
        if (reply.confirms_opt_out and not opted_out) or (
            self._self_managed_opt_outs and opted_out and not reply.confirms_opt_out
        ):
            return None
        current = self._current_reply(reply, context)
        return RenderedText(current.text, replace(text.key, offered_shift_id=current.offered_shift_id))

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        """Records an opt-out or opt-in that the result of a send reveals.

        Undoes the bookings of a reply that was not sent.

        The service publishes no keyword that it handles itself. It refuses texts to a number that has opted out, and
        sends them once the number has opted in again.
        """
        number, now = text.phone_number, self._clock()
        if outcome.status is DeliveryStatus.OPTED_OUT:
            employee = self._employees.of([number]).get(number)
            on_roster = employee is not None and employee.on_roster
            self._employees.opt_out(number, MESSAGING_SERVICE, at=now, on_roster=on_roster)
        elif outcome.status is DeliveryStatus.SENT:
            self._employees.clear_refusal(number, text.reply_id, at=now)
        if outcome.status in NOT_SENT:
            self._booking_undo.undo(text)

    def _current_reply(self, reply: Reply, context: InboundContext) -> Reply:
        renderer = ReplyRenderer(
            self._locales.of(context.employee.language),
            agent_offered=self._agent_offered,
            drop_cutoff=self._policy.drop_cutoff,
        )
        about_own_shifts: Mapping[ReplyView | None, Callable[[Sequence[Shift]], str]] = {
            ReplyView.WHICH_TO_DROP: renderer.which_to_drop,
            ReplyView.ABSENCE: renderer.absence,
            ReplyView.SICK_WHICH: renderer.which_is_sick_for,
        }
        if reply.view in about_own_shifts:
            return context.reply_with(about_own_shifts[reply.view](context.own_shifts))
        match reply.view:
            case ReplyView.OPEN_SHIFTS:
                return self._list_open_shifts(reply, context, renderer.locale)
            case ReplyView.OWN_SHIFTS:
                return self._list_own_shifts(reply, context, renderer.locale)
            case None if _is_true(reply, context, self._policy):
                return reply
            case _:
                return describe_shifts(reply.statuses, context, renderer)

    def _list_open_shifts(self, reply: Reply, context: InboundContext, locale: Locale) -> Reply:
        """Lists the same page again.

        It may end at another shift now, after which MORE has to continue.
        """
        page = reply.listing or ListingPosition(context.text.message_id, None, None)
        current = list_shifts(replace(context, listing=page), self._shift_indexes, locale, ListShifts())
        self._move_listing(page, current, context)
        return current

    def _list_own_shifts(self, reply: Reply, context: InboundContext, locale: Locale) -> Reply:
        """Lists the same page of the sender's own shifts again."""
        current = list_own_shifts(context, locale, reply.listing.page_after if reply.listing else None)
        self._move_listing(reply.listing, current, context)
        return current

    def _move_listing(self, page: ListingPosition | None, current: Reply, context: InboundContext) -> None:
        if current.listing is not None and current.listing != page:
            self._replies.move_listing(context.employee.phone_number, current.listing)


def _is_true(reply: Reply, context: InboundContext, policy: BookingPolicy) -> bool:
    """Whether what a reply tells about each shift is true in the current state."""
    number, shifts = context.employee.phone_number, context.shifts
    statuses_hold = all(
        status.still_holds(booking_status(shifts.get(shift_id), number, context.now))
        for shift_id, status in reply.statuses.items()
    )
    return (
        statuses_hold
        and all(
            shift_id in shifts
            and shifts[shift_id].can_be_dropped(context.now, policy.drop_cutoff) is droppable
            for shift_id, droppable in reply.droppable.items()
        )
        and all(
            shift_id in shifts and shifts[shift_id].role == role for shift_id, role in reply.roles.items()
        )
    )
