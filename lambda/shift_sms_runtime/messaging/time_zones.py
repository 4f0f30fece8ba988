"""Chooses the time zone of a recipient, and reads stored times."""

from collections.abc import Iterable
from datetime import UTC, datetime
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


def read_utc_time(value: object) -> datetime | None:
    """Returns the time that an item or a message has; None if it is no ISO 8601 time. Without an offset it is UTC."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
