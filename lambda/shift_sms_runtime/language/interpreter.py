"""The one place where a text becomes a command.

Case, surrounding space and punctuation never matter. A text is one command. Commands are whole words: "agents" is not
AGENT. Words that carriers and the messaging service use for opting out belong to them and are never commands.

A seat is booked only when everything else in the text is understood: "can i have XYZ123 please" books, "who has XYZ123"
is asked back. What is not understood costs a text; a shift booked for somebody who did not want it costs a shift.
"""

from collections.abc import Iterable, Sequence

from shift_sms_runtime.language.ambiguity import doubtful, doubtful_drop, one_sentence, questions
from shift_sms_runtime.language.annotator import Code, Part, Unknown, Words, read
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
from shift_sms_runtime.language.lexicon import Grammar, Lexicon, WordClass
from shift_sms_runtime.language.person_names import without_names
from shift_sms_runtime.language.shift_codes import SHORT_TEXT_WORDS, KnownCodes
from shift_sms_runtime.language.tokenizer import Tokens, tokenize

_VERBS = {
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


_WELCOMING = (WordClass.GREETING, WordClass.FAREWELL, WordClass.SMALL)


_BESIDE_VERBS = _EVERYDAY | _VERBS.keys() | {WordClass.SHIFTS, WordClass.MINE, WordClass.YES}
"""What may stand between DROP and its codes, or before both: "i want to drop my shift XYZ123"."""


def interpret(text: str, lexicon: Lexicon, known_ids: Iterable[str]) -> Intent:
    """Returns what a text means. Never raises.

    Args:
        text: The text as received.
        lexicon: The words of the employee's language.
        known_ids: The ids of the shifts that the text may name.
    """
    tokens = tokenize(text)
    return carrier_intent(tokens) or _Reading(tokens, lexicon, KnownCodes(known_ids)).wish()


def may_name_more_shifts(intent: Intent, text: str) -> bool:
    """Whether a text may name shifts beyond those that `candidate_ids` finds.

    Ids in a spelling of their own are found only among the ids of all shifts.
    """
    if isinstance(intent, ShiftCommand):
        return bool(intent.unknown)
    if not isinstance(intent, FreeText):
        return False
    words = tokenize(text).words
    return len(words) <= SHORT_TEXT_WORDS or any(word.has_digit for word in words)


class _Reading:
    """One text, part by part."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> None:
        self._plain = tokens.plain
        self._grammar = lexicon.grammar
        self._parts = without_names(read(tokens, lexicon, known), tokens.plain)
        self._codes = tuple(dict.fromkeys(part.shift_id for part in self._parts if isinstance(part, Code)))
        unknown = {part.typed: part for part in self._parts if isinstance(part, Unknown)}
        self._unknown = tuple(unknown.values())
        self._words = [part for part in self._parts if isinstance(part, Words)]

    def wish(self) -> Intent:
        if not self._parts:
            return ShiftCommand(ShiftAction.CLAIM)
        first = next((word for word in self._words if not word.is_(*_EVERYDAY) or word.is_(*_VERBS)), None)
        begins_with_code = isinstance(self._parts[0], Code)
        if first is not None and first.is_(WordClass.AGENT) and not begins_with_code:
            return RequestCallback(self._plain[first.end :].lstrip(" \t\n.,;:!?-_*").strip())
        if self._codes:
            return self._with_codes()
        return self._with_unknown() if self._unknown else self._without_codes(first)

    def _with_codes(self) -> Intent:
        unknown = tuple(part.typed for part in self._unknown if not part.is_number)
        verb = self._verb()
        if verb is not None:
            return ShiftCommand(verb, self._codes, unknown)
        listed = all(word.kinds for word in self._words)
        otherwise = (WordClass.NEGATING, WordClass.NO, WordClass.MORE, WordClass.MINE, WordClass.AGENT)
        unclear = not listed or self._has(*otherwise, *_VERBS)
        if unclear or doubtful(self._parts, self._plain, self._grammar):
            return Unclear(self._codes)
        if self._asks():
            return ShiftCommand(ShiftAction.INFO, self._codes, unknown)
        if len(self._parts) > 1 and not all(part.sure for part in self._parts if isinstance(part, Code)):
            return Unclear(self._codes)
        return ShiftCommand(ShiftAction.CLAIM, self._codes, unknown)

    def _with_unknown(self) -> Intent:
        """Some word looks like a code, and none is one."""
        verb, unknown = self._verb(), tuple(part.typed for part in self._unknown)
        if verb is not None:
            return ShiftCommand(verb, (), unknown)
        if self._has(WordClass.NEGATING, WordClass.NO):
            return FreeText()
        strange = sum(not word.kinds for word in self._words)
        no_code = all(part.is_number for part in self._unknown) and (strange or self._has(WordClass.YES))
        for_a_person = strange > 1 or no_code or self._has(*_VERBS)
        return FreeText() if for_a_person else ShiftCommand(ShiftAction.CLAIM, (), unknown)

    def _without_codes(self, first: Words | None) -> Intent:
        if any(not word.kinds for word in self._words):
            return FreeText()
        if first is not None and first.is_(*_VERBS):
            return self._verb_alone(first)
        command = next((word for word in self._words if not word.is_(*_EVERYDAY, WordClass.ASKING)), first)
        for kind, wish in (
            (WordClass.MORE, ListShifts(more=True)),
            (WordClass.MINE, ListOwnShifts()),
            (WordClass.LIST, ListShifts()),
            (WordClass.HELP, HowTo()),
        ):
            if command is not None and command.is_(kind):
                return wish
        return self._small_talk()

    def _verb_alone(self, first: Words) -> Intent:
        verb = next(verb for kind, verb in _VERBS.items() if first.is_(kind))
        rest = [word for word in self._words if word is not first]
        plain = all(word.is_(*_EVERYDAY, WordClass.SHIFTS, WordClass.MINE) for word in rest)
        return ShiftCommand(verb) if plain else FreeText()

    def _small_talk(self) -> Intent:
        answer = self._yes_or_no()
        if answer is not None:
            return answer
        if self._has(WordClass.NEGATING, WordClass.NO):
            return FreeText()
        if self._has(WordClass.SHIFTS):
            return ListShifts()
        if self._has(WordClass.ASKING) and self._has(*_TIMES):
            return FreeText()  # "anything tomorrow?"
        begins = next((word for word in self._words if not word.is_(*_WELCOMING)), None)
        return Thanks() if begins is not None and begins.is_(WordClass.THANKS) else HowTo()

    def _yes_or_no(self) -> Intent | None:
        yes, no = self._has(WordClass.YES), self._has(WordClass.NO)
        if yes == no or not all(word.is_(WordClass.YES, WordClass.NO, *_EVERYDAY) for word in self._words):
            return None
        if no:
            return SayNo()
        if self._has(*_TIMES, WordClass.NEGATING) or "?" in self._plain:
            return FreeText()  # "yes, next week", "yes?"
        return SayYes(casual=self._only_acknowledges())

    def _only_acknowledges(self) -> bool:
        said = [word for word in self._words if word.is_(WordClass.YES)]
        return self._has(WordClass.THANKS) and all(word.acts_as(Grammar.ACKNOWLEDGING) for word in said)

    def _has(self, *kinds: WordClass) -> bool:
        return any(word.is_(*kinds) for word in self._words)

    def _verb(self) -> ShiftAction | None:
        """What a text says to do with its codes, if all of them stand on one side of the word that says so.

        After "DROP XYZ123" may come a reason, in any words; before it and between the codes nothing that is not clear.
        """
        kinds = {kind for word in self._words for kind in word.kinds & _VERBS.keys()}
        if len(kinds) != 1 or any(_forbids(word) for word in self._words):
            return None
        verb = _VERBS[kinds.pop()]
        named = [i for i, part in enumerate(self._parts) if self._names_a_shift(part)]
        before, after = self._parts[: named[0]], self._parts[named[-1] + 1 :]
        between = [part for part in self._parts[named[0] : named[-1]] if isinstance(part, Words)]
        if not all(part.joins for part in between):
            return None
        if verb is ShiftAction.DROP and (
            doubtful_drop(before, after, self._plain, self._grammar)
            or not one_sentence(self._parts[named[0] : named[-1] + 1], self._plain)
        ):
            return None
        beside = _BESIDE_VERBS | ({WordClass.MORE, WordClass.ASKING} if verb is ShiftAction.INFO else set())
        leads = any(isinstance(part, Words) and part.is_(*_VERBS) for part in before)
        if leads and not _asks(after):
            after = []  # a reason; "drop XYZ123 when Bob takes it" gives none
        clear = all(isinstance(part, Words) and part.is_(*beside) for part in before + after)
        return verb if clear else None

    def _names_a_shift(self, part: Part) -> bool:
        """Or tries to; beside a code a number is a day or an hour."""
        if isinstance(part, Unknown):
            return not self._codes or not part.is_number
        return isinstance(part, Code)

    def _asks(self) -> bool:
        """Whether it is a question about the codes; "can i have XYZ123?" is none."""
        if self._has(WordClass.ASKING, WordClass.HELP):
            return True
        return not self._has(WordClass.POLITE) and questions(self._parts, self._plain)


def _asks(parts: Sequence[Part]) -> bool:
    return bool(parts) and isinstance(parts[0], Words) and parts[0].is_(WordClass.ASKING)


def _forbids(word: Words) -> bool:
    return word.is_(WordClass.NEGATING, WordClass.NO) and not word.is_(WordClass.POLITE)
