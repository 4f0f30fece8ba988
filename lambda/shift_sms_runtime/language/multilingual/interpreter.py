"""Interprets a text in the employee's language, and in the other languages if that does not understand it.

English, French, German and Spanish employees work side by side, and `language` on an employee's item may be missing or
wrong. Replies stay in that language; words of every language are understood.

The employee's language decides what it understands. Otherwise the other languages have to agree: a text that means one
thing in French and another in Spanish is unclear. A word that says "not" in any language prevents a booking, unless
the language of the text lists it with another meaning.
"""

from collections.abc import Iterable, Sequence

from shift_sms_runtime.language.carrier_keywords import carrier_intent
from shift_sms_runtime.language.grammar.footers import without_footer
from shift_sms_runtime.language.intents import (
    AskForHelp,
    FreeText,
    Intent,
    RequestCallback,
    ShiftAction,
    ShiftCommand,
    Unclear,
    UrgentText,
)
from shift_sms_runtime.language.interpreter import Reading, read
from shift_sms_runtime.language.multilingual.lexicons import Lexicons
from shift_sms_runtime.language.shift_codes import KnownCodes
from shift_sms_runtime.language.tokenizer import tokenize
from shift_sms_runtime.language.topics.urgency import is_urgent


def interpret(text: str, lexicons: Lexicons, known_ids: Iterable[str]) -> Intent:
    """Returns what a text means. Never raises.

    Args:
        text: The text as received.
        lexicons: The words of all languages, those of the employee's language first.
        known_ids: The ids of the shifts that the text may name.
    """
    return _interpret(text, lexicons, KnownCodes(known_ids))


def _interpret(text: str, lexicons: Lexicons, known: KnownCodes) -> Intent:
    tokens = tokenize(without_footer(text, lexicons.own.grammar))
    keyword = carrier_intent(tokens)
    if isinstance(keyword, AskForHelp) and any(is_urgent(tokens, one) for one in lexicons.by_language):
        return UrgentText()
    if keyword is not None:
        return keyword
    own = read(tokens, lexicons.own, known)
    # Beside other words than its own, the language may miss one that means "not".
    decides = own.understood and not (own.changes_shifts and not all(map(lexicons.words.lists, own.words)))
    may_have_footer = isinstance(own.intent, FreeText | RequestCallback) and not own.all_listed
    if decides and not may_have_footer:
        return own.intent
    shorter = without_footer(text, lexicons.together.grammar)
    if shorter != text:
        return _interpret(shorter, lexicons, known)
    if decides:
        return own.intent
    readings = [read(tokens, lexicon, known) for lexicon in lexicons.by_language]
    return _agreed_intent(own, readings, lexicons.decisive_languages(own.words))


def _agreed_intent(own: Reading, readings: Sequence[Reading], decisive: Sequence[int]) -> Intent:
    """Returns the intent of the employee's language, or the one of all other languages that understand the text.

    A language that takes another word for a shift's id does not understand the text.

    Args:
        own: What the text means with the words of the employee's language and English words.
        readings: What it means in each language, beside words that are understood everywhere. The employee's is first.
        decisive: The positions of the languages in which a text that names shifts has to be understood.
    """
    understood = [one for one in readings if one.understood and one.codes == own.codes]
    agreed = len({one.intent for one in understood}) == 1 and not own.understood
    clear = not own.codes or all(readings[position].understood for position in decisive)
    if clear and understood and (agreed or understood[0] is readings[0]):
        return understood[0].intent
    if own.codes:
        sick = all(_is_sick_call(readings[position]) for position in decisive)
        sick = sick and not any(one.denies_sickness for one in readings)
        return Unclear(own.codes, may_give_back=any(map(_may_give_back, readings)), sick=sick)
    if understood:
        return FreeText()
    main = readings[decisive[0]].intent
    return main if isinstance(main, Unclear) else own.intent


def _may_give_back(reading: Reading) -> bool:
    match reading.intent:
        case Unclear(may_give_back=may_give_back):
            return may_give_back
        case ShiftCommand(action):
            return action in (ShiftAction.DROP, ShiftAction.SICK)
        case _:
            return False


def _is_sick_call(reading: Reading) -> bool:
    match reading.intent:
        case Unclear(sick=sick):
            return sick
        case ShiftCommand(action):
            return action is ShiftAction.SICK
        case _:
            return False
