"""The names that segments may have, in settings, on campaign items and on the command line."""

import re

DEFAULT_SEGMENT = "overtime"
ALLOWED_SEGMENT_NAMES = "1 to 128 letters, digits, or any of _ . -"

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def segment_name(text: str) -> str:
    """Returns the name without the space around it.

    Raises:
        ValueError: the name is not allowed. See `ALLOWED_SEGMENT_NAMES`.
    """
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise ValueError(f"the segment {name!r} must be {ALLOWED_SEGMENT_NAMES}")
    return name
