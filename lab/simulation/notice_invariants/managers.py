"""The invariants of the notices to managers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from lab.simulation.facts import Key

_ENTRY = "MANAGER_NOTICE#"
_APART = {"inbox": timedelta(minutes=30)}
_OTHERS_APART = timedelta(hours=1)
_QUEUED_WITHIN = timedelta(minutes=30)
"""A later event may be queued after the end of the run."""


def manager_violations(
    ledger: Mapping[Key, Mapping[str, Any]],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    opted_out: set[str],
    now: datetime,
) -> Iterator[tuple[str, str]]:
    """Yields each violated invariant, and how it is violated.

    Notices go to managers alone, not to the one who caused the event, not twice within the interval, and none is lost.
    """
    managers = {row["phone_number"] for row in rows["Employees"] if "manager" in _roles(row)}
    ever = managers | {row["phone_number"] for row in rows["Employees"] if row.get("roles")}
    notices: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for _, phone, entry in (key for key in ledger if key[-1].startswith(_ENTRY)):
        subject, _, told_at = entry.removeprefix(_ENTRY).rpartition("#")
        notices[phone, subject].append(datetime.fromisoformat(told_at))
        if phone not in ever:
            yield "managers alone", f"a notice about {subject} was queued for an employee who is no manager"
    for (_, subject), times in notices.items():
        apart = _APART.get(subject, _OTHERS_APART)
        times.sort()
        if any(later - earlier < apart for earlier, later in pairwise(times)):
            yield "managers are told once", f"notices about {subject} were queued {times}"
    for shift in rows["Shifts"]:
        for kind, event in (shift.get("manager_events") or {}).items():
            at, subject = datetime.fromisoformat(event["at"]), f"{kind}#{shift['shift_id']}"
            told = {phone for (phone, one), times in notices.items() if one == subject and at in times}
            if event["employee"] in told:
                yield "managers alone", f"a manager was told of an own {kind}"
            if now - at > _QUEUED_WITHIN and _still_true(shift, kind, event):
                for _ in managers - told - opted_out - {event["employee"]}:
                    yield "no silent loss", f"a manager was not told of {subject}"


def _still_true(shift: Mapping[str, Any], kind: str, event: Mapping[str, Any]) -> bool:
    """Returns whether an event is as the shift was when it happened, as far as the item shows."""
    match kind:
        case "dropped":
            return event["employee"] not in (shift.get("employees") or {})
        case "sick":
            return event["employee"] in (shift.get("sick_calls") or {})
        case "filled" | "exhausted":
            return bool(shift.get("fill_status") == kind and not shift.get("shift_error"))
    return False


def _roles(row: Mapping[str, Any]) -> list[str]:
    return [str(role).casefold() for role in row.get("roles") or ()]
