"""Reads a text in one language: the one place where words become an intent.

A text has one intent. Commands are whole words: "agents" is not AGENT. Carrier keywords are never commands.

A shift is booked only if everything else in the text is understood. "can i have XYZ123 please" books it. "tell Bob
about XYZ123" is unclear: the reply asks for the code alone. One more text costs less than a wrong booking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from shift_sms_runtime.language.annotator import Code, Part, Phrase, UnknownCode, annotate
from shift_sms_runtime.language.grammar.ambiguity import (
    has_question_mark,
    is_ambiguous,
    is_ambiguous_drop,
    is_one_sentence,
    names_a_list,
)
from shift_sms_runtime.language.grammar.footers import without_footer
from shift_sms_runtime.language.grammar.giving_back import (
    leaves_waiting_list,
    may_give_back,
    prevents_drop,
)
from shift_sms_runtime.language.grammar.person_names import without_names
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
from shift_sms_runtime.language.multilingual.lexicons import Lexicons
from shift_sms_runtime.language.shift_codes import (
    SHORT_TEXT_WORDS,
    KnownCodes,
    normalize_code,
    spoken_code,
)
from shift_sms_runtime.language.tokenizer import (
    LONGEST_CODE,
    MOST_WORDS_IN_A_CODE,
    Tokens,
    has_separator,
    tokenize,
)

_Span = tuple[int, int]
"""Where a word begins and ends."""


MAX_WORDS_LOOKED_UP = 3
"""The words of one text that are looked up in the index of codes."""


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


_BESIDE_ACTIONS = _EVERYDAY | _ACTIONS.keys() | {WordClass.SHIFTS, WordClass.MINE, WordClass.YES}
"""The classes of words that may stand beside an action and its codes: "i want to drop my shift XYZ123"."""


_ALSO_BESIDE = {
    ShiftAction.INFO: frozenset({WordClass.MORE, WordClass.ASKING}),
    ShiftAction.DROP: frozenset({WordClass.CANNOT, WordClass.SICK}),
}


@dataclass(frozen=True)
class Reading:
    """What a text means in one language."""

    intent: Intent
    codes: tuple[str, ...]
    """Ids of the known shifts that the text names in this language."""
    words: tuple[str, ...]
    """The words and phrases beside codes, as typed. Names are left out."""
    all_listed: bool
    """Whether the language lists all these words."""

    @property
    def understood(self) -> bool:
        """Whether the words say what to do. A word that looks like a code says so only beside listed words."""
        if isinstance(self.intent, FreeText | Unclear):
            return False
        asks_to_book = isinstance(self.intent, ShiftCommand) and self.intent.action is ShiftAction.BOOK
        return self.all_listed or not asks_to_book

    @property
    def changes_shifts(self) -> bool:
        """Whether the text changes the shifts that it names."""
        return isinstance(self.intent, ShiftCommand) and self.intent.action is not ShiftAction.INFO


def read(tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> Reading:
    """Returns what a text without a carrier keyword means in one language. Never raises."""
    interpreter = _Interpreter(tokens, lexicon, known)
    return Reading(interpreter.intent(), interpreter.codes, interpreter.words, interpreter.all_listed)


def words_to_look_up(
    intent: Intent, text: str, lexicons: Lexicons, known_ids: Iterable[str]
) -> tuple[str, ...]:
    """Returns the words of a text, as typed, that may name a shift in a spelling that `candidate_ids` misses.

    The most likely come first. There are at most `MAX_WORDS_LOOKED_UP`. In a longer text, each has a digit.

    Args:
        intent: What the text means with the known ids alone.
        text: The text as received.
        lexicons: The words of all languages, that of the employee first. Words of any language are left out.
        known_ids: The ids that are known already. Words that name one are left out.
    """
    tokens = tokenize(without_footer(text, lexicons.together.grammar))
    is_short = len(tokens.words) <= SHORT_TEXT_WORDS
    has_unknown = isinstance(intent, ShiftCommand) and bool(intent.unknown)
    if not (has_unknown or isinstance(intent, FreeText)):
        return ()
    together = lexicons.together
    runs = _runs_of_unknown_words(annotate(tokens, together, KnownCodes(known_ids)), tokens, together)
    by_code: dict[str, str] = {}
    # The best of each run comes first, then the second best, and so on.
    for typed in filter(
        None, chain.from_iterable(zip_longest(*(_codes_in(run, tokens, together) for run in runs)))
    ):
        code = normalize_code(typed)
        if len(code) <= LONGEST_CODE and (is_short or any(map(str.isdigit, code))):
            by_code.setdefault(code, typed)
    return tuple(by_code.values())[:MAX_WORDS_LOOKED_UP]


def _runs_of_unknown_words(parts: Sequence[Part], tokens: Tokens, lexicon: Lexicon) -> list[list[_Span]]:
    """Returns where neighboring words are that may be one code: unknown codes and unlisted words.

    Codes may begin with a listed word, N-12-B or Early-7, and end with a number in words, "CAF one".
    """
    runs: list[list[_Span]] = [[]]
    before: Part | None = None
    for part in parts:
        unknown = isinstance(part, UnknownCode) or (
            isinstance(part, Phrase)
            and (not part.classes or (bool(runs[-1]) and part.folded in lexicon.numbers))
        )
        gap = tokens.text[before.end : part.start] if before is not None else ""
        apart = has_separator(gap)
        if not unknown or apart or part.start == part.end:
            runs.append([])
        if unknown and part.start < part.end:
            follows_listed = not runs[-1] and not apart and isinstance(before, Phrase)
            attached = follows_listed and not any(map(str.isspace, gap))
            if before and follows_listed and not attached and tokens.text[part.start].isdigit():
                runs[-1].append((before.start, before.end))
            runs[-1].append((before.start if before and attached else part.start, part.end))
        before = part
    return runs


def _codes_in(run: Sequence[_Span], tokens: Tokens, lexicon: Lexicon) -> list[str]:
    """Returns what may be one code in a run of words, as typed or with digits, the most likely first.

    Most codes have letters and digits, and begin with a letter.
    """
    counts = range(1, min(MOST_WORDS_IN_A_CODE, len(run)) + 1)
    codes = [
        tokens.text[run[first][0] : run[first + count - 1][1]]
        for count in counts
        for first in range(len(run) - count + 1)
    ]
    return sorted((_with_digits(code, lexicon) for code in codes), key=_unlikelihood)


def _with_digits(typed: str, lexicon: Lexicon) -> str:
    """Returns the code of a word and a number in words, or what was typed."""
    tokens = tokenize(typed)
    return spoken_code(tokens, 0, len(tokens.words), lexicon) or typed


def _unlikelihood(code: str) -> tuple[bool, bool]:
    mixed = any(map(str.isdigit, code)) and any(map(str.isalpha, code))
    return not mixed, code[0].isdigit()


class _Interpreter:
    """Interprets one text."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> None:
        self._text = tokens.text
        self._grammar = lexicon.grammar
        self._parts = without_names(annotate(tokens, lexicon, known), tokens.text)
        self.codes = tuple(dict.fromkeys(part.shift_id for part in self._parts if isinstance(part, Code)))
        unknown = {part.typed: part for part in self._parts if isinstance(part, UnknownCode)}
        self._unknown = tuple(unknown.values())
        self._phrases = [part for part in self._parts if isinstance(part, Phrase)]
        self.words = tuple(self._text[phrase.start : phrase.end] for phrase in self._phrases)
        self.all_listed = all(phrase.classes for phrase in self._phrases)

    def intent(self) -> Intent:
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
        unclear = not self.all_listed or self._has(*preventing, *_ACTIONS) or names_a_list(self._parts)
        if unclear or is_ambiguous(self._parts, self._text, self._grammar):
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
        action, unknown = self._action(), tuple(part.typed for part in self._unknown)
        if action is not None:
            return ShiftCommand(action, (), unknown)
        if self._has(*_NEGATIONS):
            return FreeText()
        unlisted = sum(not phrase.classes for phrase in self._phrases)
        may_be_times = all(part.is_date_or_time for part in self._unknown)
        no_code = may_be_times and (unlisted or self._has(WordClass.YES))
        is_free_text = unlisted > 1 or no_code or self._has(*_ACTIONS)
        return FreeText() if is_free_text else ShiftCommand(ShiftAction.BOOK, (), unknown)

    def _intent_without_codes(self, leading: Phrase | None) -> Intent:
        """Returns the intent of a text without codes. `leading` is its first phrase that is not everyday."""
        if not self.all_listed:
            return FreeText()
        if leading is not None and leading.is_any(*_ACTIONS):
            return self._intent_of_action_without_code(leading)
        command = next(
            (phrase for phrase in self._phrases if not phrase.is_any(*_EVERYDAY, WordClass.ASKING)), leading
        )
        for word_class, intent in (
            (WordClass.MORE, ListShifts(more=True)),
            (WordClass.MINE, ListOwnShifts()),
            (WordClass.LIST, ListShifts()),
            (WordClass.HOW_TO, HowTo()),
        ):
            if command is not None and command.is_any(word_class):
                return intent
        return self._intent_without_command()

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
        if self._has(*_TIMES, WordClass.NEGATING, WordClass.CANNOT, WordClass.SICK) or "?" in self._text:
            return FreeText()  # "yes, next week", "yes?"
        return SayYes(
            may_only_acknowledge=self._may_only_acknowledge(),
            is_symbol=all(phrase.start == phrase.end for phrase in self._phrases),
        )

    def _may_only_acknowledge(self) -> bool:
        yes_phrases = [phrase for phrase in self._phrases if phrase.is_any(WordClass.YES)]
        return self._has(WordClass.THANKS) and all(
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
        if len(classes) != 1:
            return None
        action = _ACTIONS[classes.pop()]
        if (
            prevents_drop(self._parts, self._text)
            if action is ShiftAction.DROP
            else any(map(_forbids, self._phrases))
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
        if action_first and not _begins_with_question(after):
            after = []  # A reason may be in any words. "when Bob takes it" is a condition.
        clear = all(isinstance(part, Phrase) and part.is_any(*beside) for part in before + after)
        return action if clear else None

    def _names_a_shift(self, part: Part) -> bool:
        """Whether a part is a code or is meant as one. Beside a known code, a number is a day or an hour."""
        if isinstance(part, UnknownCode):
            return not self.codes or not part.is_date_or_time
        return isinstance(part, Code)

    def _asks(self) -> bool:
        """Whether the text asks about its codes. "can i have XYZ123?" does not."""
        if self._has(WordClass.ASKING, WordClass.HOW_TO):
            return True
        return not self._has(WordClass.POLITE) and has_question_mark(self._parts, self._text)


def _begins_with_question(parts: Sequence[Part]) -> bool:
    return bool(parts) and isinstance(parts[0], Phrase) and parts[0].is_any(WordClass.ASKING)


def _forbids(phrase: Phrase) -> bool:
    """Whether a phrase prevents every action. "sorry" does not."""
    return phrase.is_any(*_NEGATIONS) and not phrase.is_any(WordClass.POLITE)
