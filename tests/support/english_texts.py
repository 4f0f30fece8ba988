"""Interprets English texts with a set of known codes."""

from collections.abc import Sequence

from shift_sms_runtime.language.intents import Intent, ShiftAction, ShiftCommand
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.language.multilingual.interpreter import interpret

ENGLISH = locale("shifts", "en").lexicons


CODES = ("XYZ123", "XYZ124", "A1", "A2", "Early-7", "NIGHT", "4711", "N-12-B")


def intent_of(text: str, known: Sequence[str] = CODES) -> Intent:
    return interpret(text, ENGLISH, known)


def book(*codes: str, unknown: tuple[str, ...] = ()) -> ShiftCommand:
    return ShiftCommand(ShiftAction.BOOK, codes, unknown)
