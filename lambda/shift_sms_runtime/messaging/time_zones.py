"""Chooses the time zone of a recipient."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo


def time_zone(names: Iterable[str], default: ZoneInfo) -> ZoneInfo:
    """Returns the first of several time zones that exists, or the default.

    Args:
        names: IANA names, the most specific first, as operators wrote them.
        default: The time zone without a usable name.
    """
    for name in names:
        try:
            return ZoneInfo(name.strip())
        except (ValueError, OSError, LookupError):
            continue
    return default
