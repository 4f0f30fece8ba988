"""Names of segments in a cell or an option. A mistake would make a segment that no campaign names."""

import re

from shift_sms_operator.csv_records import BadValue
from shift_sms_runtime.campaigns import segment_names as rule

_BETWEEN_NAMES = re.compile(r"[\s;|]+")
_MOST_SEGMENTS = 50


def segment_name(text: str) -> str:
    """Returns the name of a segment without the space around it. Raises BadValue."""
    try:
        return rule.segment_name(text)
    except ValueError as error:
        raise BadValue(str(error)) from None


def segment_names(cell: str) -> tuple[str, ...]:
    """Returns the names in one cell, each once, in their order. `;`, `|` or space separate them.

    Raises:
        BadValue: a name is not allowed, or there are too many.
    """
    written = filter(None, _BETWEEN_NAMES.split(cell))
    try:
        names = tuple(dict.fromkeys(segment_name(name) for name in written))
    except BadValue as error:
        raise BadValue(f"{error}; several are separated by ; or | or a space") from None
    if len(names) > _MOST_SEGMENTS:
        raise BadValue(f"there are {len(names)} segments; a row has at most {_MOST_SEGMENTS}")
    return names
