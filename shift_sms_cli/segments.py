"""The names of segments, checked where an operator writes them: a slip would make a segment that no campaign names."""

import re

from shift_sms_cli.csv_file import BadValue

DEFAULT = "overtime"
ALLOWED = "1 to 128 letters, digits, or any of _ . -"

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_BETWEEN_NAMES = re.compile(r"[\s;|]+")


def segment_name(text: str) -> str:
    """Returns a segment's name without the space around it. Raises BadValue."""
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise BadValue(f"the segment {name!r} must be {ALLOWED}")
    return name


def segment_names(cell: str) -> tuple[str, ...]:
    """Returns the names in one cell, each once, in their order; `;`, `|` and space stand between them.

    Raises BadValue.
    """
    written = filter(None, _BETWEEN_NAMES.split(cell))
    try:
        return tuple(dict.fromkeys(segment_name(name) for name in written))
    except BadValue as error:
        raise BadValue(f"{error}; several are separated by ; or | or a space") from None
