"""Carries out an intent: reads, decides, and writes the changes together with the reply.

If a row changes between the read and the write, nothing is written. Then the executor reads and decides again, so that
every reply is true.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shift_sms_runtime.bookings.booking import (
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
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.ports import InboundStore, ShiftIndexes
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.inbound.shift_search import ShiftLookup, corrected_ids, list_shifts
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
from shift_sms_runtime.language.interpreter import interpret, words_to_look_up
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.language.shift_codes import names_any, suggested_ids
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import InvocationDeadline
from shift_sms_runtime.messaging.send_once import ClaimedElsewhere, TransientFailure
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem
from shift_sms_runtime.operator_inbox.ports import OperatorInbox
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift

MAX_CODES = 25
"""The number of codes in one text that are carried out. The reply names the others."""

_MAX_OWN_SHIFTS = 40
_MAX_SUGGESTIONS = 3

_RETRY_SECONDS = 10.0
"""Seconds that another attempt and its reply take. No attempt begins with less time left."""

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
"""Replies that depend only on the intent."""


class CommandExecutor:
    """Carries out intents, one at a time."""

    def __init__(
        self,
        *,
        store: InboundStore,
        shift_indexes: ShiftIndexes,
        operator_inbox: OperatorInbox,
        policy: BookingPolicy,
        agent_offered: bool,
    ) -> None:
        """`agent_offered` is whether replies may suggest AGENT."""
        self._store = store
        self._shift_indexes = shift_indexes
        self._lookup = ShiftLookup(shift_indexes)
        self._operator_inbox = operator_inbox
        self._policy = policy
        self._agent_offered = agent_offered

    def execute(
        self, intent: Intent, context: InboundContext, locale: Locale, deadline: InvocationDeadline
    ) -> Reply:
        """Carries out an intent and returns the reply.

        Raises:
            TransientFailure: the shifts kept changing until the deadline. Nothing was written.
            ClaimedElsewhere: another delivery of the text may be sending its reply.
        """
        renderer = ReplyRenderer(locale, agent_offered=self._agent_offered)
        if context.reply is None:
            intent, context = self._reinterpret(intent, context, locale)
        while True:
            try:
                if context.reply is not None:
                    return self._repeat_reply(context.reply, context, renderer)
                return self._carry_out(intent, context, renderer)
            except ChangedMeanwhile:
                if deadline.remaining() < _RETRY_SECONDS:
                    raise TransientFailure("the shifts kept changing until the deadline") from None
                context = self._reload(context)

    def _reinterpret(
        self, intent: Intent, context: InboundContext, locale: Locale
    ) -> tuple[Intent, InboundContext]:
        """Interprets the text again if a word may be an id in another spelling, such as "early7" for Early-7.

        The read by key misses such an id. It is among the sender's bookings, or else in the index of codes.
        """
        body = context.text.body
        if names_any(body, context.bookings.by_shift.keys() - context.shifts.keys()):
            intent = interpret(body, locale.lexicon, context.known_ids)
        words = words_to_look_up(intent, body, locale.lexicon, context.known_ids)
        if words:
            context = replace(context, ids_looked_up=self._lookup.ids_near(words))
            intent = interpret(body, locale.lexicon, context.known_ids)
        return intent, context

    def _reload(self, context: InboundContext, shift_ids: Iterable[str] = ()) -> InboundContext:
        """Reads everything again, and these shifts too.

        Raises:
            ClaimedElsewhere: another delivery of the text may be sending its reply.
        """
        loaded = self._store.reload(context, shift_ids)
        if loaded.reply is None and loaded.reply_status not in (None, DeliveryStatus.QUEUED):
            raise ClaimedElsewhere("another delivery of this text may be sending its reply")
        return loaded

    def _with_shifts(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        """Returns a context that has read these shifts.

        Raises:
            ChangedMeanwhile: another delivery of the text has stored a reply.
        """
        missing = context.ids_not_read(shift_ids)
        if not missing:
            return context
        loaded = self._reload(context, missing)
        if loaded.reply is not None and context.reply is None:
            raise ChangedMeanwhile
        return loaded

    def _repeat_reply(self, reply: Reply, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        """Returns the reply that an earlier delivery has stored.

        If later texts have changed its shifts, the reply states the sender's current status instead.
        """
        context = self._with_shifts(context, reply.statuses)
        number = context.employee.phone_number
        if all(
            booking_status(context.shifts.get(shift_id), number) is status
            for shift_id, status in reply.statuses.items()
        ):
            return reply
        shifts = context.existing_shifts(reply.statuses)
        current_text = (
            renderer.info(shifts, number, context.now) if shifts else renderer.say(Template.INVALID_CODE)
        )
        return replace(reply, text=current_text, key=replace(reply.key, offered_shift_id=None))

    def _carry_out(self, intent: Intent, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        match intent:
            case SayYes(may_only_acknowledge) if context.offered_shift_id is not None:
                return self._accept_offered(
                    context.offered_shift_id, context, renderer, may_only_acknowledge=may_only_acknowledge
                )
            case SayNo() if context.offered_shift_id is not None:
                return self._decline_offered(context.offered_shift_id, context, renderer)
            case ShiftCommand():
                return self._execute_command(intent, context, renderer)
            case FreeText() | Unclear():
                return self._keep_for_operator(intent, context, renderer)
            case ListShifts(more):
                return self._list_open_shifts(context, renderer, more=more)
            case ListOwnShifts():
                reply_text = renderer.own_shifts(self._own_shifts(context))
            case _:
                reply_text = renderer.say(_FIXED_REPLIES.get(type(intent), Template.HOW_TO))
        return context.reply_with(reply_text)

    def _execute_command(
        self, command: ShiftCommand, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        if not command.codes:
            return self._execute_command_without_codes(command, context, renderer)
        codes, excess = command.codes[:MAX_CODES], command.codes[MAX_CODES:]
        if command.action is ShiftAction.INFO:
            return self._describe_shifts(codes, context, renderer)
        action = _BOOKING_ACTIONS[command.action]
        return self._book(action, codes, context, renderer, unknown=command.unknown, excess=excess)

    def _execute_command_without_codes(
        self, command: ShiftCommand, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        if command.action is ShiftAction.BOOK and command.unknown:
            suggestion = self._suggest_shifts(context, renderer)
            if suggestion is not None:
                return suggestion
        if command.action is ShiftAction.BOOK or command.unknown:
            return context.reply_with(renderer.say(Template.INVALID_CODE))
        if command.action is ShiftAction.DROP:
            return context.reply_with(renderer.which_to_drop(self._own_shifts(context)))
        return context.reply_with(renderer.say(Template.WHICH_SHIFT))

    def _describe_shifts(
        self, codes: Sequence[str], context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        context = self._with_shifts(context, codes)
        shifts = context.existing_shifts(codes)
        reply_text = renderer.info(shifts, context.employee.phone_number, context.now)
        bookable = [shift for shift in shifts if context.is_bookable(shift)]
        return context.reply_with(
            reply_text, offered_shift_id=_only_id(bookable) if len(codes) == 1 else None
        )

    def _book(
        self,
        action: BookingAction,
        codes: Sequence[str],
        context: InboundContext,
        renderer: ReplyRenderer,
        *,
        unknown: Sequence[str] = (),
        excess: Sequence[str] = (),
    ) -> Reply:
        """Applies an action to shifts, writes what it changes and returns the reply."""
        context = self._with_shifts(context, codes)
        decision = self._decide(action, codes, context)
        # Only the row of a conflicting shift shows whether the sender still has it.
        while missing := context.ids_not_read(_conflicting_ids(decision)):
            context = self._with_shifts(context, missing)
            decision = self._decide(action, codes, context)
        reply_text = renderer.results(decision.results, unknown=unknown, excess=excess)
        key = replace(
            context.reply_key, bookings=decision.seats_booked, offered_shift_id=_offered_id(decision)
        )
        if not decision.changed:
            return Reply(reply_text, key)
        number = context.employee.phone_number
        reply = Reply(
            reply_text,
            replace(key, has_effect=True, campaigns_of_dropped_seats=decision.campaigns_of_dropped_seats),
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

    def _accept_offered(
        self, shift_id: str, context: InboundContext, renderer: ReplyRenderer, *, may_only_acknowledge: bool
    ) -> Reply:
        """Books an offered shift. "OK, thanks" may be mere thanks: it books only a seat held for the sender."""
        context = self._with_shifts(context, [shift_id])
        shift = context.shifts.get(shift_id)
        held = shift.as_of(context.now, self._policy.offer_duration).offers if shift else {}
        if may_only_acknowledge and context.employee.phone_number not in held:
            return context.reply_with(renderer.unclear([shift_id]))
        return self._book(book, [shift_id], context, renderer)

    def _decline_offered(self, shift_id: str, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        context = self._with_shifts(context, [shift_id])
        shift = context.shifts.get(shift_id)
        if shift is None or context.employee.phone_number not in shift.offers:
            return context.reply_with(renderer.say(Template.NOTHING_CHANGED))
        return self._book(decline, [shift_id], context, renderer)

    def _own_shifts(self, context: InboundContext) -> list[Shift]:
        """Returns the sender's booked shifts that have not ended, the next one first."""
        bookings = sorted(
            (
                booking
                for booking in context.bookings.by_shift.values()
                if booking.span is None or booking.span.end > context.now
            ),
            key=lambda booking: (booking.span is None, booking.span and booking.span.start, booking.shift_id),
        )
        ids = [booking.shift_id for booking in bookings[:_MAX_OWN_SHIFTS]]
        found = self._with_shifts(context, ids).existing_shifts(ids)
        return [shift for shift in found if context.employee.phone_number in shift.holders]

    def _suggest_shifts(self, context: InboundContext, renderer: ReplyRenderer) -> Reply | None:
        """Asks about bookable shifts whose ids resemble a word of the text; None without such a shift."""
        body, lexicon = context.text.body, renderer.locale.lexicon
        words = words_to_look_up(FreeText(), body, lexicon, context.known_ids)
        if not words:
            return None
        context = self._with_shifts(context, corrected_ids(words))
        suggestions = [*suggested_ids(body, lexicon, context.known_ids, most=_MAX_SUGGESTIONS)]
        context = self._with_shifts(context, dict.fromkeys(one for _, ids in suggestions for one in ids))
        for typed, shift_ids in suggestions:
            bookable = [shift for shift in context.existing_shifts(shift_ids) if context.is_bookable(shift)]
            if bookable:
                return context.reply_with(
                    renderer.suggestion(typed, bookable), offered_shift_id=_only_id(bookable)
                )
        return None

    def _keep_for_operator(
        self, intent: FreeText | Unclear, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        """Puts the text into the operator inbox, unless shifts can be suggested."""
        if isinstance(intent, Unclear):
            reply_text = renderer.unclear(intent.codes)
        else:
            suggestion = self._suggest_shifts(context, renderer)
            if suggestion is not None:
                return suggestion
            reply_text = renderer.say(Template.FREE_TEXT)
        text = context.text
        self._operator_inbox.add(
            InboxItem(text.message_id, text.sender, text.reply_from, text.body, context.now)
        )
        return context.reply_with(reply_text)

    def _list_open_shifts(self, context: InboundContext, renderer: ReplyRenderer, *, more: bool) -> Reply:
        reply = list_shifts(context, self._shift_indexes, renderer.locale, more=more)
        if reply.listing is not None:
            self._store.write(context, None, reply)
        return reply


def _conflicting_ids(decision: BookingDecision) -> list[str]:
    return [shift_id for result in decision.results for shift_id in result.conflicting_ids]


def _offered_id(decision: BookingDecision) -> str | None:
    """Returns the shift that YES to the reply books, if there is exactly one."""
    match decision.results:
        case [only] if only.outcome is BookingOutcome.STILL_FREE:
            return only.code
        case _:
            return None


def _only_id(shifts: Sequence[Shift]) -> str | None:
    return shifts[0].shift_id if len(shifts) == 1 else None
