"""The events of shifts that managers are told, as the simulation saw them recorded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

_APART = timedelta(hours=1)
_ENDS = ("filled", "exhausted")


class RecordedEvents:
    """Follows the events on the items of shifts. An item keeps the last ones alone."""

    def __init__(self) -> None:
        self._employees: dict[tuple[str, datetime], str] = {}
        """Who caused an event, by subject and time."""
        self._resumed: dict[str, list[datetime]] = defaultdict(list)
        """When the last end of a fill plan was taken off a shift, because the plan ran again."""

    def note(self, shift_id: str, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime) -> None:
        """Notes what a change of an item records."""
        for kind, at, employee in events_of(after):
            self._employees[f"{kind}#{shift_id}", at] = employee
        if after.get("fill_status") == "running" and before.get("fill_status") in _ENDS:
            self._resumed[shift_id].append(now)

    def repeated(self, subject: str, times: Iterable[datetime]) -> Iterator[datetime]:
        """Yields the times of events that came too soon after one like it, of those that a manager was told."""
        kind, _, shift_id = subject.partition("#")
        by_employee: dict[str, list[datetime]] = defaultdict(list)
        for at in sorted(times):
            by_employee[self._employees.get((subject, at), "")].append(at)
        for employee, told in by_employee.items():
            for earlier, later in pairwise(told):
                resumed = kind in _ENDS and any(earlier <= at <= later for at in self._resumed[shift_id])
                changed = not employee and (resumed or self._happened_between(shift_id, kind, earlier, later))
                if later - earlier < _APART and not changed:
                    yield later

    def _happened_between(self, shift_id: str, kind: str, earlier: datetime, later: datetime) -> bool:
        """Returns whether an event of another kind was recorded in between."""
        return any(
            earlier <= at <= later
            for subject, at in self._employees
            if subject.endswith(f"#{shift_id}") and subject != f"{kind}#{shift_id}"
        )


def events_of(item: Mapping[str, Any]) -> Iterator[tuple[str, datetime, str]]:
    """Yields the events on an item: kind, time and the employee who caused it."""
    for name, event in (item.get("manager_events") or {}).items():
        yield name.partition("#")[0], datetime.fromisoformat(event["at"]), event["employee"]
