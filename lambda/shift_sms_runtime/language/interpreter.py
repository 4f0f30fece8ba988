"""Interprets a text: the one place where words become an intent.

A text has one intent. Commands are whole words: "agents" is not AGENT. Carrier keywords are never commands.

A seat is booked only if everything else in the text is understood: "can i have XYZ123 please" books, "who has XYZ123"
is asked back. A misunderstood text costs another text; a shift that an employee did not want costs a shift.
"""

from collections.abc import Iterable, Sequence

from shift_sms_runtime.language.ambiguity import (
    has_question_mark,
    is_ambiguous,
    is_ambiguous_drop,
    is_one_sentence,
)
from shift_sms_runtime.language.annotator import Code, Part, Phrase, UnknownCode, annotate
from shift_sms_runtime.language.carrier_keywords import carrier_intent
from shift_sms_runtime.language.intents import (
    FreeText,
    HowTo,
    Intent,
    ListOwnShifts,
    ListShifts,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    Thanks,
    Unclear,
)
from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, WordClass
from shift_sms_runtime.language.person_names import without_names
from shift_sms_runtime.language.shift_codes import SHORT_TEXT_WORDS, KnownCodes
from shift_sms_runtime.language.tokenizer import Tokens, tokenize

_ACTIONS = {
    WordClass.DROP: ShiftAction.DROP,
    WordClass.WAIT: ShiftAction.WAIT,
    WordClass.INFO: ShiftAction.INFO,
}


_TIMES = frozenset({WordClass.WHEN, WordClass.DATE})


_EVERYDAY = _TIMES | {
    WordClass.POLITE,
    WordClass.SMALL,
    WordClass.GREETING,
    WordClass.FAREWELL,
    WordClass.THANKS,
    WordClass.INTRODUCING,
}


_BEFORE_THANKS = (WordClass.GREETING, WordClass.FAREWELL, WordClass.SMALL)


_BESIDE_ACTIONS = _EVERYDAY | _ACTIONS.keys() | {WordClass.SHIFTS, WordClass.MINE, WordClass.YES}
"""What may stand between DROP and its codes, or before both: "i want to drop my shift XYZ123"."""


def interpret(text: str, lexicon: Lexicon, known_ids: Iterable[str]) -> Intent:
    """Returns what a text means. Never raises.

    Args:
        text: The text as received.
        lexicon: The words of the employee's language.
        known_ids: The ids of the shifts that the text may name.
    """
    tokens = tokenize(text)
    return carrier_intent(tokens) or _Interpreter(tokens, lexicon, KnownCodes(known_ids)).intent()


def may_name_more_shifts(intent: Intent, text: str) -> bool:
    """Whether a text may name shifts beyond those that `candidate_ids` finds.

    An id with a spelling of its own is found only among the ids of all shifts.
    """
    if isinstance(intent, ShiftCommand):
        return bool(intent.unknown)
    if not isinstance(intent, FreeText):
        return False
    words = tokenize(text).words
    return len(words) <= SHORT_TEXT_WORDS or any(word.has_digit for word in words)


class _Interpreter:
    """Interprets one text."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> None:
        self._plain = tokens.plain
        self._grammar = lexicon.grammar
        self._parts = without_names(annotate(tokens, lexicon, known), tokens.plain)
        self._codes = tuple(dict.fromkeys(part.shift_id for part in self._parts if isinstance(part, Code)))
        unknown = {part.typed: part for part in self._parts if isinstance(part, UnknownCode)}
        self._unknown = tuple(unknown.values())
        self._phrases = [part for part in self._parts if isinstance(part, Phrase)]

    def intent(self) -> Intent:
        if not self._parts:
            return ShiftCommand(ShiftAction.CLAIM)
        first = next(
            (phrase for phrase in self._phrases if not phrase.is_any(*_EVERYDAY) or phrase.is_any(*_ACTIONS)),
            None,
        )
        begins_with_code = isinstance(self._parts[0], Code)
        if first is not None and first.is_any(WordClass.AGENT) and not begins_with_code:
            return RequestCallback(self._plain[first.end :].lstrip(" \t\n.,;:!?-_*").strip())
        if self._codes:
            return self._with_codes()
        return self._with_unknown_codes() if self._unknown else self._without_codes(first)

    def _with_codes(self) -> Intent:
        unknown = tuple(part.typed for part in self._unknown if not part.is_number)
        action = self._action()
        if action is not None:
            return ShiftCommand(action, self._codes, unknown)
        listed = all(phrase.classes for phrase in self._phrases)
        otherwise = (WordClass.NEGATING, WordClass.NO, WordClass.MORE, WordClass.MINE, WordClass.AGENT)
        unclear = not listed or self._has(*otherwise, *_ACTIONS)
        if unclear or is_ambiguous(self._parts, self._plain, self._grammar):
            return Unclear(self._codes)
        if self._asks():
            return ShiftCommand(ShiftAction.INFO, self._codes, unknown)
        certain = all(part.certain for part in self._parts if isinstance(part, Code))
        if len(self._parts) > 1 and not certain:
            return Unclear(self._codes)
        return ShiftCommand(ShiftAction.CLAIM, self._codes, unknown)

    def _with_unknown_codes(self) -> Intent:
        action, unknown = self._action(), tuple(part.typed for part in self._unknown)
        if action is not None:
            return ShiftCommand(action, (), unknown)
        if self._has(WordClass.NEGATING, WordClass.NO):
            return FreeText()
        unlisted = sum(not phrase.classes for phrase in self._phrases)
        only_numbers = all(part.is_number for part in self._unknown)
        no_code = only_numbers and (unlisted or self._has(WordClass.YES))
        for_a_person = unlisted > 1 or no_code or self._has(*_ACTIONS)
        return FreeText() if for_a_person else ShiftCommand(ShiftAction.CLAIM, (), unknown)

    def _without_codes(self, first: Phrase | None) -> Intent:
        if any(not phrase.classes for phrase in self._phrases):
            return FreeText()
        if first is not None and first.is_any(*_ACTIONS):
            return self._action_alone(first)
        command = next(
            (phrase for phrase in self._phrases if not phrase.is_any(*_EVERYDAY, WordClass.ASKING)), first
        )
        for word_class, intent in (
            (WordClass.MORE, ListShifts(more=True)),
            (WordClass.MINE, ListOwnShifts()),
            (WordClass.LIST, ListShifts()),
            (WordClass.HELP, HowTo()),
        ):
            if command is not None and command.is_any(word_class):
                return intent
        return self._without_command()

    def _action_alone(self, first: Phrase) -> Intent:
        """Returns the intent of DROP, WAIT or INFO without a code."""
        action = next(action for word_class, action in _ACTIONS.items() if first.is_any(word_class))
        rest = [phrase for phrase in self._phrases if phrase is not first]
        plain = all(phrase.is_any(*_EVERYDAY, WordClass.SHIFTS, WordClass.MINE) for phrase in rest)
        return ShiftCommand(action) if plain else FreeText()

    def _without_command(self) -> Intent:
        answer = self._yes_or_no()
        if answer is not None:
            return answer
        if self._has(WordClass.NEGATING, WordClass.NO):
            return FreeText()
        if self._has(WordClass.SHIFTS):
            return ListShifts()
        if self._has(WordClass.ASKING) and self._has(*_TIMES):
            return FreeText()  # "anything tomorrow?"
        first = next((phrase for phrase in self._phrases if not phrase.is_any(*_BEFORE_THANKS)), None)
        return Thanks() if first is not None and first.is_any(WordClass.THANKS) else HowTo()

    def _yes_or_no(self) -> Intent | None:
        yes, no = self._has(WordClass.YES), self._has(WordClass.NO)
        nothing_else = all(phrase.is_any(WordClass.YES, WordClass.NO, *_EVERYDAY) for phrase in self._phrases)
        if yes == no or not nothing_else:
            return None
        if no:
            return SayNo()
        if self._has(*_TIMES, WordClass.NEGATING) or "?" in self._plain:
            return FreeText()  # "yes, next week", "yes?"
        return SayYes(casual=self._only_acknowledges())

    def _only_acknowledges(self) -> bool:
        answers = [phrase for phrase in self._phrases if phrase.is_any(WordClass.YES)]
        return self._has(WordClass.THANKS) and all(
            phrase.has_role(GrammarRole.ACKNOWLEDGING) for phrase in answers
        )

    def _has(self, *classes: WordClass) -> bool:
        return any(phrase.is_any(*classes) for phrase in self._phrases)

    def _action(self) -> ShiftAction | None:
        """Returns the action of a text whose codes all stand on one side of the word for it.

        After "DROP XYZ123" may come a reason in any words. Before it and between the codes, every word must be clear.
        """
        classes = {one for phrase in self._phrases for one in phrase.classes & _ACTIONS.keys()}
        if len(classes) != 1 or any(_forbids(phrase) for phrase in self._phrases):
            return None
        action = _ACTIONS[classes.pop()]
        named = [i for i, part in enumerate(self._parts) if self._names_a_shift(part)]
        before, after = self._parts[: named[0]], self._parts[named[-1] + 1 :]
        between = [part for part in self._parts[named[0] : named[-1]] if isinstance(part, Phrase)]
        if not all(part.joins for part in between):
            return None
        if action is ShiftAction.DROP and (
            is_ambiguous_drop(before, after, self._plain, self._grammar)
            or not is_one_sentence(self._parts[named[0] : named[-1] + 1], self._plain)
        ):
            return None
        asking = {WordClass.MORE, WordClass.ASKING} if action is ShiftAction.INFO else set()
        leads = any(isinstance(part, Phrase) and part.is_any(*_ACTIONS) for part in before)
        if leads and not _begins_with_question(after):
            after = []  # a reason; "drop XYZ123 when Bob takes it" gives none
        clear = all(
            isinstance(part, Phrase) and part.is_any(*_BESIDE_ACTIONS, *asking) for part in before + after
        )
        return action if clear else None

    def _names_a_shift(self, part: Part) -> bool:
        """Whether a part is a code or was meant as one. Beside a code, a number is a day or an hour."""
        if isinstance(part, UnknownCode):
            return not self._codes or not part.is_number
        return isinstance(part, Code)

    def _asks(self) -> bool:
        """Whether the text asks about the codes. "can i have XYZ123?" does not."""
        if self._has(WordClass.ASKING, WordClass.HELP):
            return True
        return not self._has(WordClass.POLITE) and has_question_mark(self._parts, self._plain)


def _begins_with_question(parts: Sequence[Part]) -> bool:
    return bool(parts) and isinstance(parts[0], Phrase) and parts[0].is_any(WordClass.ASKING)


def _forbids(phrase: Phrase) -> bool:
    return phrase.is_any(WordClass.NEGATING, WordClass.NO) and not phrase.is_any(WordClass.POLITE)
