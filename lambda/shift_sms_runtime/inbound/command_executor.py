"""Carries out an intent: reads, decides, and writes what changes together with the reply, all or nothing.

What was read may change before the write. Then it is read and decided again, so that every reply is true.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.ports import InboundStore, OpenShifts
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.inbound.shift_list import list_shifts
from shift_sms_runtime.language.intents import (
    FreeText,
    Intent,
    ListOwnShifts,
    ListShifts,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    Unclear,
)
from shift_sms_runtime.language.interpreter import interpret, may_name_more_shifts
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.language.shift_codes import names_any, suggested_ids
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import InvocationDeadline
from shift_sms_runtime.messaging.send_once import ClaimedElsewhere, TransientFailure
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem
from shift_sms_runtime.operator_inbox.ports import OperatorInbox
from shift_sms_runtime.shifts.booking import (
    BookingAction,
    BookingDecision,
    BookingOutcome,
    book,
    booking_status,
    decide,
    decline,
    drop,
    join_waiting_list,
)
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift

MOST_CODES = 25
"""Codes of one text that are carried out. The reply names the others."""

_MOST_OWN_SHIFTS = 40
_MOST_SUGGESTIONS = 3

_TIME_TO_DECIDE = 10.0
"""Seconds that must be left to read and decide once more, and to reply."""

_BOOKING_ACTIONS: dict[ShiftAction, BookingAction] = {
    ShiftAction.BOOK: book,
    ShiftAction.DROP: drop,
    ShiftAction.WAIT: join_waiting_list,
}

_FIXED_REPLIES: dict[type[Intent], Template] = {
    SayYes: Template.WHICH_SHIFT,
    SayNo: Template.NOTHING_CHANGED,
    RequestCallback: Template.INVALID_CODE,
}
"""Replies that depend on nothing on record."""


class CommandExecutor:
    """Carries out intents, one at a time."""

    def __init__(
        self,
        *,
        store: InboundStore,
        open_shifts: OpenShifts,
        operator_inbox: OperatorInbox,
        policy: BookingPolicy,
        agent_offered: bool,
    ) -> None:
        """`agent_offered` is whether replies may name AGENT."""
        self._store = store
        self._open_shifts = open_shifts
        self._operator_inbox = operator_inbox
        self._policy = policy
        self._agent_offered = agent_offered

    def execute(
        self, intent: Intent, context: InboundContext, locale: Locale, deadline: InvocationDeadline
    ) -> Reply:
        """Carries out an intent and returns the reply.

        Raises:
            TransientFailure: others keep changing the same shifts; nothing was written.
            ClaimedElsewhere: another delivery of the text is being replied to.
        """
        renderer = ReplyRenderer(locale, agent_offered=self._agent_offered)
        if context.reply is None:
            intent, context = self._with_own_spellings(intent, context, locale)
        while True:
            try:
                if context.reply is not None:
                    return self._repeat(context.reply, context, renderer)
                return self._carry_out(intent, context, renderer)
            except ChangedMeanwhile:
                if deadline.remaining() < _TIME_TO_DECIDE:
                    raise TransientFailure("others keep changing the same shifts") from None
                context = self._load(context)

    def _with_own_spellings(
        self, intent: Intent, context: InboundContext, locale: Locale
    ) -> tuple[Intent, InboundContext]:
        """Interprets the text again if a word may be an id in its own spelling, such as Early-7.

        No key leads to such an id. It is found among the sender's bookings, or else among the ids of all shifts.
        """
        body = context.text.body
        if names_any(body, context.bookings.by_shift.keys() - context.shifts.keys()):
            intent = interpret(body, locale.lexicon, context.known_ids)
        if may_name_more_shifts(intent, body):
            context = replace(context, all_ids=tuple(self._open_shifts.ids()))
            intent = interpret(body, locale.lexicon, context.known_ids)
        return intent, context

    def _load(self, context: InboundContext, shift_ids: Iterable[str] = ()) -> InboundContext:
        """Reads again, and further shifts with it.

        Raises:
            ClaimedElsewhere: another delivery of the text is being replied to.
        """
        loaded = self._store.load(context, shift_ids)
        if loaded.reply is None and loaded.reply_status not in (None, DeliveryStatus.QUEUED):
            raise ClaimedElsewhere("another delivery of this text is being replied to")
        return loaded

    def _with_shifts(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        """Returns the context with these shifts; reads again if they were not read.

        Raises:
            ChangedMeanwhile: another delivery of the text has stored a reply.
        """
        missing = context.not_looked_up(shift_ids)
        if not missing:
            return context
        loaded = self._load(context, missing)
        if loaded.reply is not None and context.reply is None:
            raise ChangedMeanwhile
        return loaded

    def _repeat(self, reply: Reply, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        """Returns the reply of an earlier delivery, in words that are still true.

        Other texts may have changed the shifts since: then the reply says how the sender stands with them now.
        """
        context = self._with_shifts(context, reply.statuses)
        number = context.employee.phone_number
        if all(
            booking_status(context.shifts.get(shift_id), number) is status
            for shift_id, status in reply.statuses.items()
        ):
            return reply
        shifts = context.found(reply.statuses)
        now_true = (
            renderer.info(shifts, number, context.now) if shifts else renderer.say(Template.INVALID_CODE)
        )
        return replace(reply, text=now_true, key=replace(reply.key, offers=None))

    def _carry_out(self, intent: Intent, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        match intent:
            case SayYes(may_only_acknowledge) if context.offered is not None:
                return self._accept(
                    context.offered, context, renderer, may_only_acknowledge=may_only_acknowledge
                )
            case SayNo() if context.offered is not None:
                return self._decline(context.offered, context, renderer)
            case ShiftCommand():
                return self._command(intent, context, renderer)
            case FreeText() | Unclear():
                return self._keep_for_operator(intent, context, renderer)
            case ListShifts(more):
                return self._list(context, renderer, more=more)
            case ListOwnShifts():
                words = renderer.own_shifts(self._own_shifts(context))
            case _:
                words = renderer.say(_FIXED_REPLIES.get(type(intent), Template.HOW_TO))
        return context.reply_with(words)

    def _command(self, command: ShiftCommand, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        if not command.codes:
            return self._command_without_codes(command, context, renderer)
        codes, left_over = command.codes[:MOST_CODES], command.codes[MOST_CODES:]
        if command.action is ShiftAction.INFO:
            return self._inform(codes, context, renderer)
        action = _BOOKING_ACTIONS[command.action]
        return self._book(action, codes, context, renderer, unknown=command.unknown, left_over=left_over)

    def _command_without_codes(
        self, command: ShiftCommand, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        if command.action is ShiftAction.BOOK and command.unknown:
            suggestion = self._suggest(context, renderer)
            if suggestion is not None:
                return suggestion
        if command.action is ShiftAction.BOOK or command.unknown:
            return context.reply_with(renderer.say(Template.INVALID_CODE))
        if command.action is ShiftAction.DROP:
            return context.reply_with(renderer.which_to_drop(self._own_shifts(context)))
        return context.reply_with(renderer.say(Template.WHICH_SHIFT))

    def _inform(self, codes: Sequence[str], context: InboundContext, renderer: ReplyRenderer) -> Reply:
        context = self._with_shifts(context, codes)
        shifts = context.found(codes)
        words = renderer.info(shifts, context.employee.phone_number, context.now)
        bookable = [shift for shift in shifts if context.bookable(shift)]
        return context.reply_with(words, offers=_only(bookable) if len(codes) == 1 else None)

    def _book(
        self,
        action: BookingAction,
        codes: Sequence[str],
        context: InboundContext,
        renderer: ReplyRenderer,
        *,
        unknown: Sequence[str] = (),
        left_over: Sequence[str] = (),
    ) -> Reply:
        """Applies an action to shifts, writes what it changes and returns the reply."""
        context = self._with_shifts(context, codes)
        decision = self._decide(action, codes, context)
        # A conflict counts only while the other shift is still the sender's, which only that shift tells.
        while missing := context.not_looked_up(_conflicting(decision)):
            context = self._with_shifts(context, missing)
            decision = self._decide(action, codes, context)
        words = renderer.results(decision.results, unknown=unknown, left_over=left_over)
        key = replace(context.reply_key, bookings=decision.seats_booked, offers=_still_free(decision))
        if not decision.changed:
            return Reply(words, key)
        number = context.employee.phone_number
        reply = Reply(
            words,
            replace(key, has_effect=True, given_back=decision.campaigns_of_dropped_seats),
            {one.code: booking_status(one.shift, number) for one in decision.results if one.shift},
        )
        self._store.write(context, decision, reply)
        return reply

    def _decide(
        self, action: BookingAction, codes: Sequence[str], context: InboundContext
    ) -> BookingDecision:
        return decide(
            action,
            codes,
            context.shifts,
            employee=context.employee,
            campaign_id=context.campaign_id,
            bookings=context.current_bookings,
            policy=self._policy,
            now=context.now,
        )

    def _accept(
        self, shift_id: str, context: InboundContext, renderer: ReplyRenderer, *, may_only_acknowledge: bool
    ) -> Reply:
        """Books an offered shift. "OK, thanks" books only a seat that is held; otherwise it may be mere thanks."""
        context = self._with_shifts(context, [shift_id])
        shift = context.shifts.get(shift_id)
        held = shift.as_of(context.now, self._policy.offer_duration).offers if shift else {}
        if may_only_acknowledge and context.employee.phone_number not in held:
            return context.reply_with(renderer.unclear([shift_id]))
        return self._book(book, [shift_id], context, renderer)

    def _decline(self, shift_id: str, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        context = self._with_shifts(context, [shift_id])
        shift = context.shifts.get(shift_id)
        if shift is None or context.employee.phone_number not in shift.offers:
            return context.reply_with(renderer.say(Template.NOTHING_CHANGED))
        return self._book(decline, [shift_id], context, renderer)

    def _own_shifts(self, context: InboundContext) -> list[Shift]:
        """Returns the shifts that the sender has and that are not over, the next one first."""
        bookings = sorted(
            (
                booking
                for booking in context.bookings.by_shift.values()
                if booking.span is None or booking.span.end > context.now
            ),
            key=lambda booking: (booking.span is None, booking.span and booking.span.start, booking.shift_id),
        )
        ids = [booking.shift_id for booking in bookings[:_MOST_OWN_SHIFTS]]
        found = self._with_shifts(context, ids).found(ids)
        return [shift for shift in found if context.employee.phone_number in shift.holders]

    def _suggest(self, context: InboundContext, renderer: ReplyRenderer) -> Reply | None:
        """Asks whether a shift was meant whose id is nearly what was typed; None if there is none, or too many."""
        if context.all_ids is None:
            return None
        suggestions = suggested_ids(
            context.text.body, renderer.locale.lexicon, context.known_ids, most=_MOST_SUGGESTIONS
        )
        for typed, shift_ids in suggestions:
            context = self._with_shifts(context, shift_ids)
            bookable = [shift for shift in context.found(shift_ids) if context.bookable(shift)]
            if bookable:
                return context.reply_with(renderer.suggestion(typed, bookable), offers=_only(bookable))
        return None

    def _keep_for_operator(
        self, intent: FreeText | Unclear, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        """Keeps the text for an operator, unless a suggestion serves its sender."""
        if isinstance(intent, Unclear):
            words = renderer.unclear(intent.codes)
        else:
            suggestion = self._suggest(context, renderer)
            if suggestion is not None:
                return suggestion
            words = renderer.say(Template.FREE_TEXT)
        text = context.text
        self._operator_inbox.keep(
            InboxItem(text.message_id, text.sender, text.recipient, text.body, context.now)
        )
        return context.reply_with(words)

    def _list(self, context: InboundContext, renderer: ReplyRenderer, *, more: bool) -> Reply:
        reply = list_shifts(context, self._open_shifts, renderer.locale, more=more)
        if reply.listing is not None:
            self._store.write(context, None, reply)
        return reply


def _conflicting(decision: BookingDecision) -> list[str]:
    return [shift_id for result in decision.results for shift_id in result.conflicting_ids]


def _still_free(decision: BookingDecision) -> str | None:
    """Returns the one shift that YES to the reply can only mean."""
    match decision.results:
        case [only] if only.outcome is BookingOutcome.STILL_FREE:
            return only.code
        case _:
            return None


def _only(shifts: Sequence[Shift]) -> str | None:
    return shifts[0].shift_id if len(shifts) == 1 else None
