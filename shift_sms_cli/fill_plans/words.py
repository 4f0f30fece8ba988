"""Words and times of fill plans for people."""

import shlex
from datetime import datetime, tzinfo


def local(at: datetime, zone: tzinfo) -> str:
    """Returns a time in a zone, such as `2026-08-15 18:00 CEST`."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def clock(at: datetime, zone: tzinfo) -> str:
    """Returns a time of the day in a zone, such as `18:00:05`."""
    return f"{at.astimezone(zone):%H:%M:%S}"


def count_of(count: int, thing: str) -> str:
    """Returns a number of things, such as `2 waves`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def command(name: str, code: str, env: str) -> str:
    """Returns a command on a shift as it is typed in a shell, such as `shift-sms shifts fill A1 --env dev`."""
    return shlex.join(["shift-sms", "shifts", name, code, "--env", env])
