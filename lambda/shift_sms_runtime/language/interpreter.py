"""Reads a text in one language: the one place where words become an intent.

A text has one intent. Commands are whole words: "agents" is not AGENT. Carrier keywords are never commands.

A shift is booked only if everything else in the text is understood. "can i have XYZ123 please" books it. "tell Bob
about XYZ123" is unclear: the reply asks for the code alone. One more text costs less than a wrong booking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shift_sms_runtime.language.annotator import Code, Part, Phrase, UnknownCode, annotate
from shift_sms_runtime.language.grammar.ambiguity import (
    has_question_mark,
    is_ambiguous,
    is_ambiguous_drop,
    is_one_sentence,
    names_a_list,
)
from shift_sms_runtime.language.grammar.giving_back import (
    concerns_all_codes,
    leaves_waiting_list,
    may_give_back,
    prevents_drop,
    tells_of_absence,
    tells_of_sickness,
)
from shift_sms_runtime.language.grammar.person_names import without_names
from shift_sms_runtime.language.grammar.waiting import asks_to_wait_for
from shift_sms_runtime.language.intents import (
    FreeText,
    HowTo,
    Intent,
    ListOwnShifts,
    ListShifts,
    OptOut,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    Thanks,
    Unclear,
    UrgentText,
)
from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass, fold
from shift_sms_runtime.language.shift_codes import KnownCodes
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.list_requests import words_of_request
from shift_sms_runtime.language.topics.opt_outs import is_opt_out
from shift_sms_runtime.language.topics.questions import (
    asks_about_own_state,
    asks_about_shift_state,
    is_question,
)
from shift_sms_runtime.language.topics.shift_filters import DAY_TOPICS, filter_of
from shift_sms_runtime.language.topics.urgency import denies_sickness, is_urgent
from shift_sms_runtime.records import record

_ACTIONS = {
    WordClass.DROP: ShiftAction.DROP,
    WordClass.WAIT: ShiftAction.WAIT,
    WordClass.INFO: ShiftAction.INFO,
}

_TIMES = frozenset({WordClass.TIME, WordClass.TIME_OR_NAME})

_EVERYDAY = _TIMES | {
    WordClass.POLITE,
    WordClass.FILLER,
    WordClass.GREETING,
    WordClass.FAREWELL,
    WordClass.THANKS,
    WordClass.INTRODUCING,
}
"""The classes of words that change nothing about the rest of the text."""

_NEGATIONS = (WordClass.NEGATING, WordClass.NO, WordClass.CANNOT, WordClass.SICK)
"""The classes of words beside which nothing is booked."""

_BEFORE_THANKS = (WordClass.GREETING, WordClass.FAREWELL, WordClass.FILLER)
"""The classes of words that may stand before thanks: "hi, thanks"."""

_MOST_UNLISTED_IN_QUESTION = 2
"""How many unlisted words may stand in a question about the state of a shift."""

_BESIDE_ACTIONS = _EVERYDAY | _ACTIONS.keys() | {WordClass.SHIFTS, WordClass.MINE, WordClass.YES}
"""The classes of words that may stand beside an action and its codes: "i want to drop my shift XYZ123"."""

_ALSO_BESIDE = {
    ShiftAction.INFO: frozenset({WordClass.MORE, WordClass.ASKING}),
    ShiftAction.DROP: frozenset({WordClass.CANNOT, WordClass.SICK}),
}


@record
class Reading:
    """What a text means in one language."""

    intent: Intent
    codes: tuple[str, ...]
    """Ids of the known shifts that the text names in this language."""
    words: tuple[str, ...]
    """The words and phrases beside codes, as typed. Names are left out."""
    all_listed: bool
    """Whether the language lists all these words."""
    denies_sickness: bool = False
    """Whether a word says that the sender is not sick, or comes all the same."""

    @property
    def understood(self) -> bool:
        """Whether the words say what to do. A word that looks like a code says so only beside listed words."""
        if isinstance(self.intent, Unclear) or self.intent == FreeText():
            return False
        asks_to_book = isinstance(self.intent, ShiftCommand) and self.intent.action is ShiftAction.BOOK
        # An unlisted word may be a site or a word of another language: French "mon planning" has no Monday.
        return self.all_listed or not (asks_to_book or isinstance(self.intent, ListShifts))

    @property
    def changes_shifts(self) -> bool:
        """Whether the text changes the shifts that it names."""
        return isinstance(self.intent, ShiftCommand) and self.intent.action is not ShiftAction.INFO


def read(tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> Reading:
    """Returns what a text without a carrier keyword means in one language. Never raises."""
    interpreter = _Interpreter(tokens, lexicon, known)
    intent = interpreter.intent()
    if isinstance(intent, FreeText) and interpreter.tells_of_absence:
        intent = Unclear((), may_give_back=True)
    gives_back = isinstance(intent, ShiftCommand) and intent.action is ShiftAction.DROP
    denied = interpreter.names_sickness and (
        not interpreter.tells_of_sickness
        or denies_sickness(tokens, lexicon)
        or (is_urgent(tokens, lexicon) and not gives_back)
    )
    if interpreter.names_sickness and not denied:
        intent = interpreter.sick_call(intent)
    return Reading(intent, interpreter.codes, interpreter.words, interpreter.all_listed, denied)


class _Interpreter:
    """Interprets one text."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> None:
        self._tokens = tokens
        self._text = tokens.text
        self._lexicon = lexicon
        self._grammar = lexicon.grammar
        self._parts = without_names(annotate(tokens, lexicon, known), tokens.text)
        self.codes = tuple(dict.fromkeys(part.shift_id for part in self._parts if isinstance(part, Code)))
        unknown = {part.typed: part for part in self._parts if isinstance(part, UnknownCode)}
        self._unknown = tuple(unknown.values())
        self._phrases = [part for part in self._parts if isinstance(part, Phrase)]
        self.words = tuple(self._text[phrase.start : phrase.end] for phrase in self._phrases)
        self.tells_of_absence = tells_of_absence(self._parts, self._text)
        self.names_sickness = self._has(WordClass.SICK)
        self.tells_of_sickness = "?" not in self._text and tells_of_sickness(self._parts)
        self._unlisted = sum(not phrase.classes for phrase in self._phrases)
        self.all_listed = not self._unlisted

    def intent(self) -> Intent:
        intent = self._intent_of_commands()
        gives_back = isinstance(intent, ShiftCommand) and intent.action is ShiftAction.DROP
        may_give_back = isinstance(intent, Unclear) and intent.may_give_back
        if self.codes and (gives_back or (may_give_back and self._has(WordClass.SICK))):
            return intent  # The sender is hurt, and cannot work.
        if is_urgent(self._tokens, self._lexicon):
            return UrgentText()
        if self.codes:
            return self._intent_of_question(intent)
        return OptOut(in_words=True) if is_opt_out(self._tokens, self._lexicon) else intent

    def sick_call(self, intent: Intent) -> Intent:
        """Returns the intent of a text that tells of a sickness: `intent`, unless it may give a shift back.

        "drop XYZ123, I'm sick" is a sick call, too.
        """
        match intent:
            case ShiftCommand(ShiftAction.DROP):
                return ShiftCommand(ShiftAction.SICK, intent.codes, intent.unknown)
            case Unclear(may_give_back=True):
                named = Code if intent.codes else UnknownCode
                if all(isinstance(part, named) or self._is_sick_word(part) for part in self._parts):
                    unknown = tuple(part.typed for part in self._unknown)
                    return ShiftCommand(ShiftAction.SICK, intent.codes, unknown)
                return replace(intent, sick=concerns_all_codes(self._parts, self._text))
            case ListOwnShifts():  # "sick for my shift today"
                return Unclear((), may_give_back=True, sick=not self._has(WordClass.ASKING))
            case SayNo():
                return SayNo(sick=True)
            case _:
                return intent

    def _is_sick_word(self, part: Part) -> bool:
        beside = (WordClass.SICK, WordClass.POLITE, WordClass.GREETING)
        return isinstance(part, Phrase) and (part.is_any(*beside) or part.joins)

    def _intent_of_question(self, intent: Intent) -> Intent:
        """Returns INFO for a question about a code that the product can answer, and leaves others to a person."""
        spans = [(part.start, part.end) for part in self._parts if isinstance(part, Code)]
        is_unclear = isinstance(intent, Unclear) and not intent.may_give_back
        asks_state = asks_about_shift_state(self._tokens, self._lexicon, spans)
        names_one = len(self.codes) == 1 and all(part.is_date_or_time for part in self._unknown)
        if isinstance(intent, Unclear) and names_one and asks_state:
            others = (WordClass.DROP, WordClass.CANNOT, WordClass.SICK, WordClass.AGENT)
            if self._unlisted <= _MOST_UNLISTED_IN_QUESTION and not self._has(*others):
                return ShiftCommand(ShiftAction.INFO, self.codes)
        if not (is_unclear and is_question(self._tokens, self._lexicon, spans)):
            return intent
        other_actions = _ACTIONS.keys() - {WordClass.WAIT, WordClass.INFO}
        if self.all_listed and not self._has(*_NEGATIONS, *other_actions, WordClass.AGENT):
            return ShiftCommand(ShiftAction.INFO, self.codes)
        return FreeText(self.codes)

    def _intent_of_commands(self) -> Intent:
        if not self._parts:
            return ShiftCommand(ShiftAction.BOOK)
        leading = next(
            (phrase for phrase in self._phrases if not phrase.is_any(*_EVERYDAY) or phrase.is_any(*_ACTIONS)),
            None,
        )
        begins_with_code = isinstance(self._parts[0], Code)
        if leading is not None and leading.is_any(WordClass.AGENT) and not begins_with_code:
            return RequestCallback(self._text[leading.end :].lstrip(" \t\n.,;:!?-_*").strip())
        if self.codes:
            return self._intent_with_codes()
        return self._intent_with_unknown_codes() if self._unknown else self._intent_without_codes(leading)

    def _intent_with_codes(self) -> Intent:
        unknown = tuple(part.typed for part in self._unknown if not part.is_date_or_time)
        action = self._action()
        if action is not None:
            return ShiftCommand(action, self.codes, unknown)
        preventing = (*_NEGATIONS, WordClass.MORE, WordClass.MINE, WordClass.AGENT)
        if (
            not self.all_listed
            or self._has(*preventing, *_ACTIONS)
            or names_a_list(self._parts)
            or any(part.is_link for part in self._unknown)
            or is_ambiguous(self._parts, self._text, self._grammar)
        ):
            return self._unclear()
        if self._asks():
            return ShiftCommand(ShiftAction.INFO, self.codes, unknown)
        certain = all(part.certain for part in self._parts if isinstance(part, Code))
        if len(self._parts) > 1 and not certain:
            return self._unclear()
        return ShiftCommand(ShiftAction.BOOK, self.codes, unknown)

    def _unclear(self) -> Unclear:
        return Unclear(self.codes, may_give_back=may_give_back(self._parts))

    def _intent_with_unknown_codes(self) -> Intent:
        if all(map(self._is_word_with_digit, self._unknown)):
            return self._intent_of_request(FreeText())
        intent = self._intent_of_unknown_codes()
        may_be_days = all(part.is_date_or_time for part in self._unknown)
        return self._intent_of_request(intent) if may_be_days else intent  # "any shifts on the 15th"

    def _intent_of_unknown_codes(self) -> Intent:
        action, unknown = self._action(), tuple(part.typed for part in self._unknown)
        if action is not None:
            return ShiftCommand(action, (), unknown)
        if self._has(*_NEGATIONS):
            return FreeText()
        may_be_times = all(part.is_date_or_time for part in self._unknown)
        no_code = may_be_times and (self._unlisted or self._has(WordClass.YES))
        is_free_text = self._unlisted > 1 or no_code or self._has(*_ACTIONS)
        return FreeText() if is_free_text else ShiftCommand(ShiftAction.BOOK, (), unknown)

    def _intent_without_codes(self, leading: Phrase | None) -> Intent:
        """Returns the intent of a text without codes. `leading` is its first phrase that is not everyday."""
        if asks_about_own_state(self._tokens, self._lexicon):
            return ListOwnShifts()
        intent = self._intent_of_words(leading)
        if intent == FreeText() or (isinstance(intent, ListShifts) and not intent.more):
            return self._intent_of_request(intent)
        return intent

    def _intent_of_request(self, otherwise: Intent) -> Intent:
        """Returns the intent of a request for open shifts in everyday words, or `otherwise` for any other text."""
        words = words_of_request(self._tokens, self._lexicon)
        return otherwise if words is None else self._list(words)

    def _is_word_with_digit(self, part: UnknownCode) -> bool:
        """Whether a word with a digit is no code: "2moro", French "dem1", "4" in "what u got 4 today"."""
        words = (self._lexicon.topics[topic] for topic in (Topic.BESIDE_REQUEST, *DAY_TOPICS))
        return any(fold(part.typed) in listed for listed in words)

    def _intent_of_words(self, leading: Phrase | None) -> Intent:
        if not self.all_listed:
            return FreeText()
        return self._intent_of_command(leading) or self._intent_without_command()

    def _intent_of_command(self, leading: Phrase | None) -> Intent | None:
        if leading is not None and leading.is_any(*_ACTIONS):
            return self._intent_of_action_without_code(leading)
        command = next(
            (phrase for phrase in self._phrases if not phrase.is_any(*_EVERYDAY, WordClass.ASKING)), leading
        )
        if command is not None and command.is_any(WordClass.HOW_TO):
            asks_more = any(_only_asks(phrase) for phrase in self._phrases if phrase is not command)
            return FreeText() if asks_more else HowTo()
        for word_class, intent in (
            (WordClass.MORE, ListShifts(more=True)),
            (WordClass.MINE, ListOwnShifts()),
            (WordClass.LIST, self._list()),
        ):
            if command is not None and command.is_any(word_class):
                return intent
        asks_for_own = self._has(WordClass.MINE) and self._has(WordClass.ASKING)
        return ListOwnShifts() if asks_for_own else None  # "which shifts have I got"

    def _list(self, words: Iterable[str] = ()) -> ListShifts:
        return ListShifts(filter=filter_of(self._tokens, self._lexicon, words))

    def _intent_of_action_without_code(self, command: Phrase) -> Intent:
        action = next(action for word_class, action in _ACTIONS.items() if command.is_any(word_class))
        rest = [phrase for phrase in self._phrases if phrase is not command]
        understood = all(phrase.is_any(*_EVERYDAY, WordClass.SHIFTS, WordClass.MINE) for phrase in rest)
        return ShiftCommand(action) if understood else FreeText()

    def _intent_without_command(self) -> Intent:
        yes_or_no = self._yes_or_no()
        if yes_or_no is not None:
            return yes_or_no
        if self._has(*_NEGATIONS):
            return FreeText()
        if self._has(WordClass.ASKING):
            return FreeText()
        first = next((phrase for phrase in self._phrases if not phrase.is_any(*_BEFORE_THANKS)), None)
        if first is not None and first.is_any(WordClass.THANKS):
            return Thanks()
        return self._intent_of_greeting()

    def _intent_of_greeting(self) -> Intent:
        """Returns the intent of a text of everyday words: a greeting, a farewell, or a remark for a person."""
        only_greets = all(phrase.is_any(*_BEFORE_THANKS, WordClass.INTRODUCING) for phrase in self._phrases)
        if only_greets and self._has(WordClass.GREETING):
            return HowTo()
        says_farewell = self._has(WordClass.FAREWELL) or not self._tokens.words
        return Thanks() if only_greets and says_farewell else FreeText()

    def _yes_or_no(self) -> Intent | None:
        yes, no = self._has(WordClass.YES), self._has(WordClass.NO)
        nothing_else = all(phrase.is_any(WordClass.YES, WordClass.NO, *_EVERYDAY) for phrase in self._phrases)
        if yes == no or not nothing_else:
            return None
        if no:
            return SayNo()
        if self._has(*_TIMES, WordClass.NEGATING, WordClass.CANNOT, WordClass.SICK) or "?" in self._text:
            return FreeText()  # "yes, next week", "yes?"
        return SayYes(
            may_only_acknowledge=self._may_only_acknowledge(),
            is_symbol=all(
                phrase.start == phrase.end for phrase in self._phrases if phrase.is_any(WordClass.YES)
            ),
        )

    def _may_only_acknowledge(self) -> bool:
        yes_phrases = [phrase for phrase in self._phrases if phrase.is_any(WordClass.YES)]
        return self._has(WordClass.THANKS, WordClass.FAREWELL) and all(
            phrase.has_role(GrammarRole.ACKNOWLEDGING) for phrase in yes_phrases
        )

    def _has(self, *classes: WordClass) -> bool:
        return any(phrase.is_any(*classes) for phrase in self._phrases)

    def _action(self) -> ShiftAction | None:
        """Returns the action of a text with one action, whose codes all stand before it or all after it.

        A reason in any words may follow "DROP XYZ123". All other words must be clear.
        """
        classes = {kind for phrase in self._phrases for kind in phrase.classes & _ACTIONS.keys()}
        if classes == {WordClass.DROP, WordClass.WAIT} and leaves_waiting_list(self._parts):
            classes.remove(WordClass.WAIT)
        if WordClass.WAIT in classes and asks_to_wait_for(self._parts, self._text):
            return ShiftAction.WAIT
        if len(classes) != 1:
            return None
        action = _ACTIONS[classes.pop()]
        if (
            prevents_drop(self._parts, self._text)
            if action is ShiftAction.DROP
            else self._is_prevented(action)
        ):
            return None
        named = [i for i, part in enumerate(self._parts) if self._names_a_shift(part)]
        before, after = self._parts[: named[0]], self._parts[named[-1] + 1 :]
        between = [part for part in self._parts[named[0] : named[-1]] if isinstance(part, Phrase)]
        if not all(part.joins for part in between):
            return None
        if action is ShiftAction.DROP and (
            is_ambiguous_drop(before, after, self._text, self._grammar)
            or not is_one_sentence(self._parts[named[0] : named[-1] + 1], self._text)
        ):
            return None
        beside = _BESIDE_ACTIONS | _ALSO_BESIDE.get(action, frozenset())
        action_first = any(isinstance(part, Phrase) and part.is_any(*_ACTIONS) for part in before)
        if action_first and (action is ShiftAction.WAIT or not _begins_with_question(after)):
            after = []  # A reason may be in any words. "drop A1 when Bob takes it" is a condition.
        clear = all(isinstance(part, Phrase) and part.is_any(*beside) for part in before + after)
        return action if clear else None

    def _is_prevented(self, action: ShiftAction) -> bool:
        """Whether a word prevents an action other than DROP. After WAIT and its codes, conditions do not."""
        last = max((i for i, part in enumerate(self._parts) if self._names_a_shift(part)), default=0)
        reason = self._parts[last:] if action is ShiftAction.WAIT else []
        conditions = [
            part for part in reason if isinstance(part, Phrase) and not part.contains(GrammarRole.NOT)
        ]
        return any(
            _forbids(phrase) and (phrase not in conditions or phrase.is_any(WordClass.NO, WordClass.CANNOT))
            for phrase in self._phrases
        )

    def _names_a_shift(self, part: Part) -> bool:
        """Whether a part is a code or is meant as one. Beside a known code, a number is a day or an hour."""
        if isinstance(part, UnknownCode):
            return not self.codes or not part.is_date_or_time
        return isinstance(part, Code)

    def _asks(self) -> bool:
        """Whether the text asks about its codes. "can i have XYZ123?" does not."""
        if self._has(WordClass.ASKING, WordClass.HOW_TO) or any(map(_asks_for_shifts, self._phrases)):
            return True
        return not self._has(WordClass.POLITE) and has_question_mark(self._parts, self._text)


def _only_asks(phrase: Phrase) -> bool:
    """Whether a phrase asks something and says nothing else: WHEN, but not FREE."""
    return phrase.is_any(WordClass.ASKING) and not phrase.is_any(WordClass.SHIFTS, *_EVERYDAY)


def _asks_for_shifts(phrase: Phrase) -> bool:
    """Whether a phrase asks for shifts in several words: HAVE YOU GOT, but not the command REQUEST."""
    return phrase.is_any(WordClass.LIST) and " " in phrase.folded


def _begins_with_question(parts: Sequence[Part]) -> bool:
    return bool(parts) and isinstance(parts[0], Phrase) and parts[0].is_any(WordClass.ASKING)


def _forbids(phrase: Phrase) -> bool:
    """Whether a phrase prevents every action. "sorry" does not."""
    return phrase.is_any(*_NEGATIONS) and not phrase.is_any(WordClass.POLITE)
