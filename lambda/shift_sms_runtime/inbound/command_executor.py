"""Carries out an intent: reads, decides, and writes the changes together with the reply.

If a row changes between the read and the write, nothing is written. Then the executor reads and decides again, so that
every reply is true. If another delivery of the text has decided in the meantime, its decision stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shift_sms_runtime.bookings.booking import (
    BookingAction,
    BookingDecision,
    BookingOutcome,
    BookingStatus,
    book,
    booking_status,
    decide,
    decline,
    drop,
    join_waiting_list,
    report_sick,
    reported_status,
)
from shift_sms_runtime.inbound.context import InboundContext, WaitingReply
from shift_sms_runtime.inbound.ports import InboundStore, ShiftIndexes
from shift_sms_runtime.inbound.reply import Reply, ReplyView
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.inbound.shift_search import (
    ShiftLookup,
    continued_list,
    corrected_ids,
    describe_shifts,
    ids_of_sick_call,
    list_own_shifts,
    list_shifts,
    names_no_own_shift,
    only_id,
    sick_call_of,
)
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
    UrgentText,
)
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.language.look_ups import words_to_look_up
from shift_sms_runtime.language.multilingual.interpreter import interpret
from shift_sms_runtime.language.shift_codes import names_any, suggested_ids
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.ports import InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.own_shift_list import own_shift_ids
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift

MAX_CODES = 25
"""The number of codes in one text that are carried out. The reply names the others."""

_MAX_SUGGESTIONS = 3


_RETRY_SECONDS = 10.0
"""Seconds that another attempt and its reply take. No attempt begins with less time left."""

_BOOKING_ACTIONS: dict[ShiftAction, BookingAction] = {
    ShiftAction.BOOK: book,
    ShiftAction.DROP: drop,
    ShiftAction.WAIT: join_waiting_list,
    ShiftAction.SICK: report_sick,
}

_FIXED_REPLIES: dict[type[Intent], Template] = {
    SayYes: Template.WHICH_SHIFT,
    SayNo: Template.NOTHING_CHANGED,
    RequestCallback: Template.INVALID_CODE,
}
"""Replies that depend only on the intent."""


@record
class _Decision:
    """A reply, the rows on which it is based, and the changes that it reports."""

    reply: Reply
    context: InboundContext
    booking: BookingDecision | None = None
    """None if the text changes no shift and no bookings."""


class CommandExecutor:
    """Carries out intents, one at a time."""

    def __init__(
        self,
        *,
        store: InboundStore,
        shift_indexes: ShiftIndexes,
        policy: BookingPolicy,
        agent_offered: bool,
        emergency_reply: str | None = None,
    ) -> None:
        """Creates an executor.

        Args:
            store: Reads and writes what texts concern.
            shift_indexes: Find shifts without a scan.
            policy: What bookings must comply with.
            agent_offered: Whether replies may suggest AGENT.
            emergency_reply: The reply to urgent texts; None for the sentence of the employee's language.
        """
        self._store = store
        self._shift_indexes = shift_indexes
        self._lookup = ShiftLookup(shift_indexes)
        self._policy = policy
        self._agent_offered = agent_offered
        self._emergency_reply = emergency_reply

    def execute(
        self, intent: Intent, context: InboundContext, locale: Locale, deadline: InvocationDeadline
    ) -> WaitingReply | None:
        """Carries out an intent and writes its effect and the reply.

        Returns:
            The reply as it was written; None if another delivery of the text has written one.

        Raises:
            TransientFailure: the shifts kept changing until the deadline, or an operator removed the sender.
                Nothing was written.
        """
        renderer = ReplyRenderer(
            locale, agent_offered=self._agent_offered, drop_cutoff=self._policy.drop_cutoff
        )
        intent, context = self._reinterpret(intent, context, locale)
        while True:
            try:
                decision = self._decide(intent, context, renderer)
                self._store.write(decision.context, decision.reply, decision.booking)
            except ChangedMeanwhile:
                if deadline.remaining() < _RETRY_SECONDS:
                    raise TransientFailure("the shifts kept changing until the deadline") from None
                context = self._reload(context)
                if context.reply_status is not None:
                    return None
            else:
                return WaitingReply(decision.reply, decision.context)

    def _reinterpret(
        self, intent: Intent, context: InboundContext, locale: Locale
    ) -> tuple[Intent, InboundContext]:
        """Interprets the text again if a word may be an id in another spelling.

        For example, "early7" may be Early-7.

        The read by key misses such an id. It is among the sender's bookings, or else in the index of codes.
        """
        body = context.text.body
        if names_any(body, context.bookings.by_shift.keys() - context.shifts.keys()):
            intent = interpret(body, locale.lexicons, context.known_ids)
        words = words_to_look_up(intent, body, locale.lexicons, context.known_ids)
        if words:
            context = replace(context, ids_looked_up=self._lookup.ids_near(words))
            intent = interpret(body, locale.lexicons, context.known_ids)
        return intent, context

    def _with_shifts(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        """Returns a context that has read these shifts.

        Raises:
            ChangedMeanwhile: another delivery of the text has written a reply.
        """
        missing = context.ids_not_read(shift_ids)
        if not missing:
            return context
        loaded = self._reload(context, missing)
        if loaded.reply_status is not None:
            raise ChangedMeanwhile
        return loaded

    def _reload(self, context: InboundContext, shift_ids: Iterable[str] = ()) -> InboundContext:
        """Reads a context again, and these shifts too.

        Raises:
            TransientFailure: an operator has removed the sender. The next delivery handles the text of a stranger.
        """
        loaded = self._store.reload(context, shift_ids)
        if context.employee.on_roster and not loaded.employee.on_roster:
            raise TransientFailure("the sender is no longer on the roster")
        return loaded

    def _decide(self, intent: Intent, context: InboundContext, renderer: ReplyRenderer) -> _Decision:
        match intent:
            case SayYes(may_only_acknowledge) if context.offered_shift_id is not None:
                return self._accept_offered(
                    context.offered_shift_id, context, renderer, may_only_acknowledge=may_only_acknowledge
                )
            case SayNo() if context.offered_shift_id is not None:
                return self._decline_offered(context.offered_shift_id, context, renderer)
            case ShiftCommand(action=action, codes=codes) if codes and action is not ShiftAction.INFO:
                return self._book(
                    _BOOKING_ACTIONS[action],
                    codes[:MAX_CODES],
                    context,
                    renderer,
                    unknown=intent.unknown,
                    excess=codes[MAX_CODES:],
                )
            case ListOwnShifts():
                return self._list_own_shifts(None, context, renderer)
            case ListShifts() if (continued := continued_list(intent, context)) and continued.own_shifts:
                return self._list_own_shifts(continued.next_after, context, renderer)
            case _:
                return self._decide_on_words(intent, context, renderer)

    def _reply_without_effect(
        self, intent: Intent, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        match intent:
            case ShiftCommand(codes=codes) if codes:
                return self._describe_shifts(codes[:MAX_CODES], context, renderer)
            case ShiftCommand():
                return self._execute_command_without_codes(intent, context, renderer)
            case FreeText() | Unclear() | UrgentText():
                return self._keep_for_operator(intent, context, renderer)
            case ListShifts():
                return list_shifts(context, self._shift_indexes, renderer.locale, intent)
            case _:
                return context.reply_with(renderer.say(_FIXED_REPLIES.get(type(intent), Template.HOW_TO)))

    def _execute_command_without_codes(
        self, command: ShiftCommand, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        if command.action is ShiftAction.BOOK and command.unknown:
            suggestion = self._suggest_shifts(context, renderer)
            if suggestion is not None:
                return suggestion
        if command.action is ShiftAction.SICK:
            return self._ask_which_is_sick(context, renderer)
        if command.action is ShiftAction.BOOK or command.unknown:
            return context.reply_with(renderer.say(Template.INVALID_CODE))
        offered = context.offered_shift_id
        if command.action is ShiftAction.INFO and offered is not None:
            return self._describe_shifts([offered], context, renderer)
        if command.action is ShiftAction.DROP:
            return context.reply_with(
                renderer.which_to_drop(self._own_shifts(context)), view=ReplyView.WHICH_TO_DROP
            )
        return context.reply_with(renderer.say(Template.WHICH_SHIFT))

    def _decide_on_words(self, intent: Intent, context: InboundContext, renderer: ReplyRenderer) -> _Decision:
        """Carries out a sick call that is not a command with codes. Other words change nothing."""
        if sick_call := sick_call_of(intent):
            intent = sick_call
            context = self._with_shifts(context, sick_call.codes[:MAX_CODES] or context.ids_of_own_shifts)
            if own := ids_of_sick_call(sick_call, context):
                return self._book(report_sick, own, context, renderer)
        return _Decision(self._reply_without_effect(intent, context, renderer), context)

    def _ask_which_is_sick(self, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        text = renderer.which_is_sick_for(self._own_shifts(context))
        return replace(context.reply_with(text, view=ReplyView.SICK_WHICH), kept_for_operator=True)

    def _describe_shifts(
        self, codes: Sequence[str], context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        context = self._with_shifts(context, codes)
        return describe_shifts(codes, context, renderer)

    def _book(
        self,
        action: BookingAction,
        codes: Sequence[str],
        context: InboundContext,
        renderer: ReplyRenderer,
        *,
        unknown: Sequence[str] = (),
        excess: Sequence[str] = (),
    ) -> _Decision:
        """Applies an action to shifts. Keeps sick calls for an operator."""
        context = self._with_shifts(context, codes)
        decision = self._apply(action, codes, context)
        # Only the row of a conflicting shift shows whether the sender still has it.
        while missing := context.ids_not_read(_conflicting_ids(decision)):
            context = self._with_shifts(context, missing)
            decision = self._apply(action, codes, context)
        if action is report_sick and names_no_own_shift(decision.results, context.employee.phone_number):
            return _Decision(self._ask_which_is_sick(context, renderer), context)
        reply = Reply(
            renderer.results(decision.results, unknown=unknown, excess=excess),
            _offered_id(decision),
            _reported_statuses(decision, context),
            droppable={
                one.code: one.droppable for one in decision.results if one.outcome is BookingOutcome.BOOKED
            },
            roles={
                one.code: one.shift.role
                for one in decision.results
                if one.outcome is BookingOutcome.WRONG_ROLE and one.shift
            },
            campaign_id=context.campaign_id,
            kept_for_operator=decision.reports_sickness,
        )
        waits_for_others = decision.bookings.waiting != context.bookings.waiting
        return _Decision(reply, context, decision if decision.changes_rows or waits_for_others else None)

    def _apply(self, action: BookingAction, codes: Sequence[str], context: InboundContext) -> BookingDecision:
        return decide(
            action,
            codes,
            context.shifts,
            employee=context.employee,
            message_id=context.text.message_id,
            campaign_id=context.campaign_id,
            bookings=context.current_bookings,
            policy=self._policy,
            now=context.now,
        )

    def _accept_offered(
        self, shift_id: str, context: InboundContext, renderer: ReplyRenderer, *, may_only_acknowledge: bool
    ) -> _Decision:
        """Books an offered shift.

        "OK, thanks" may be mere thanks: it books only a seat held for the sender.
        """
        context = self._with_shifts(context, [shift_id])
        shift = context.shifts.get(shift_id)
        held = shift.as_of(context.now, self._policy.offer_duration).offers if shift else {}
        if may_only_acknowledge and context.employee.phone_number not in held:
            return _Decision(context.reply_with(renderer.unclear(shift_id)), context)
        return self._book(book, [shift_id], context, renderer)

    def _decline_offered(self, shift_id: str, context: InboundContext, renderer: ReplyRenderer) -> _Decision:
        context = self._with_shifts(context, [shift_id])
        shift = context.shifts.get(shift_id)
        if shift is None or context.employee.phone_number not in shift.offers:
            return _Decision(context.reply_with(renderer.say(Template.NOTHING_CHANGED)), context)
        return self._book(decline, [shift_id], context, renderer)

    def _list_own_shifts(
        self, after: str | None, context: InboundContext, renderer: ReplyRenderer
    ) -> _Decision:
        """Lists the sender's own shifts.

        Removes the shifts that the sender does not wait for any longer from the bookings.
        """
        context = self._with_shifts(context, own_shift_ids(context.bookings, after=after, now=context.now))
        reply = list_own_shifts(context, renderer.locale, after)
        waiting = context.current_bookings.waiting
        if waiting == context.bookings.waiting:
            return _Decision(reply, context)
        bookings = replace(context.bookings, waiting=waiting)
        return _Decision(reply, context, BookingDecision((), (), bookings))

    def _own_shifts(self, context: InboundContext) -> list[Shift]:
        """Returns the sender's booked shifts that have not ended, the next one first."""
        return self._with_shifts(context, context.ids_of_own_shifts).own_shifts

    def _suggest_shifts(self, context: InboundContext, renderer: ReplyRenderer) -> Reply | None:
        """Asks about bookable shifts whose ids resemble a word of the text.

        Returns None if there is no such shift.
        """
        body, lexicons = context.text.body, renderer.locale.lexicons
        words = words_to_look_up(FreeText(), body, lexicons, context.known_ids)
        if not words:
            return None
        context = self._with_shifts(context, corrected_ids(words))
        suggestions = [*suggested_ids(body, lexicons, context.known_ids, most=_MAX_SUGGESTIONS)]
        context = self._with_shifts(context, dict.fromkeys(one for _, ids in suggestions for one in ids))
        for typed, shift_ids in suggestions:
            bookable = [shift for shift in context.existing_shifts(shift_ids) if context.is_bookable(shift)]
            if bookable:
                return context.reply_with(
                    renderer.suggestion(typed, bookable), offered_shift_id=only_id(bookable), shifts=bookable
                )
        return None

    def _keep_for_operator(
        self, intent: FreeText | Unclear | UrgentText, context: InboundContext, renderer: ReplyRenderer
    ) -> Reply:
        """Puts the text into the operator inbox, unless shifts can be suggested."""
        match intent:
            case Unclear():
                reply = self._ask_about(intent, context, renderer)
            case UrgentText():
                configured = self._emergency_reply
                text = make_sendable(configured) if configured else renderer.say(Template.EMERGENCY)
                reply = replace(context.reply_with(text), urgent=True)
            case FreeText(about):
                suggestion = None if about else self._suggest_shifts(context, renderer)
                if suggestion is not None:
                    return suggestion
                reply = context.reply_with(renderer.say(Template.FREE_TEXT))
        return replace(reply, kept_for_operator=True)

    def _ask_about(self, unclear: Unclear, context: InboundContext, renderer: ReplyRenderer) -> Reply:
        """Asks what to do with the shifts that a text names.

        YES to the reply books the shift if it is the only one, the sender can book it, and the text says nothing that
        may give it back. The sender's own shift is never offered.
        """
        codes = unclear.codes[:MAX_CODES]
        if not codes and unclear.sick:
            return self._ask_which_is_sick(context, renderer)
        if not codes:
            return context.reply_with(renderer.absence(self._own_shifts(context)), view=ReplyView.ABSENCE)
        context = self._with_shifts(context, codes)
        shifts = context.existing_shifts(codes)
        own = [shift for shift in shifts if context.employee.phone_number in shift.holders]
        if own and (unclear.may_give_back or len(own) == len(codes)):
            text = renderer.about_own_shifts(own, may_give_back=unclear.may_give_back)
            return context.reply_with(text, shifts=own)
        if len(codes) == 1 and not unclear.may_give_back and any(map(context.is_bookable, shifts)):
            text = renderer.offer_to_book(shifts[0])
            return context.reply_with(text, offered_shift_id=codes[0], shifts=shifts)
        others = [code for code in codes if code not in {shift.shift_id for shift in own}]
        return context.reply_with(renderer.unclear(others[0]))


def _conflicting_ids(decision: BookingDecision) -> list[str]:
    return [shift_id for result in decision.results for shift_id in result.conflicting_ids]


def _offered_id(decision: BookingDecision) -> str | None:
    """Returns the shift that YES to the reply books, if there is exactly one."""
    match decision.results:
        case [only] if only.outcome is BookingOutcome.STILL_FREE:
            return only.code
        case _:
            return None


def _reported_statuses(decision: BookingDecision, context: InboundContext) -> dict[str, BookingStatus]:
    """Returns what the reply tells about each shift, those that conflict with a code included."""
    number, now = context.employee.phone_number, context.now
    conflicting = context.existing_shifts(_conflicting_ids(decision))
    return {
        **{shift.shift_id: booking_status(shift, number, now) for shift in conflicting},
        **{one.code: reported_status(one, number, now) for one in decision.results if one.shift},
    }
