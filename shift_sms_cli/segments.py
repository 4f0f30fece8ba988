"""Names of segments where an operator writes them: a mistake would make a segment that no campaign names."""

import re

from shift_sms_cli.csv_file import BadValue
from shift_sms_runtime.campaigns import segment_names as rule

_BETWEEN_NAMES = re.compile(r"[\s;|]+")


def segment_name(text: str) -> str:
    """Returns a segment's name without the space around it. Raises BadValue."""
    try:
        return rule.segment_name(text)
    except ValueError as error:
        raise BadValue(str(error)) from None


def segment_names(cell: str) -> tuple[str, ...]:
    """Returns the names in one cell, each once, in their order; `;`, `|` and space stand between them.

    Raises BadValue.
    """
    written = filter(None, _BETWEEN_NAMES.split(cell))
    try:
        return tuple(dict.fromkeys(segment_name(name) for name in written))
    except BadValue as error:
        raise BadValue(f"{error}; several are separated by ; or | or a space") from None
