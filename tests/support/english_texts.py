"""Interprets English texts that name some known codes."""

from shift_sms_runtime.language.intents import Intent, OnShifts, Verb
from shift_sms_runtime.language.interpreter import interpret
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.language.shift_codes import KnownCodes
from shift_sms_runtime.language.tokenizer import tokenize

ENGLISH = locale("shifts", "en").lexicon


CODES = ("XYZ123", "XYZ124", "A1", "A2", "Early-7", "NIGHT", "4711", "N-12-B")


KNOWN = KnownCodes(CODES)


def intent_of(text: str, known: KnownCodes = KNOWN) -> Intent:
    return interpret(tokenize(text), ENGLISH, known)


def claim(*codes: str, unknown: tuple[str, ...] = ()) -> OnShifts:
    return OnShifts(Verb.CLAIM, codes, unknown)
