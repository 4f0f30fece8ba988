"""The invariants of the notices to managers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from lab.simulation.facts import Key
from lab.simulation.notice_invariants.manager_events import RecordedEvents, events_of
from shift_sms_runtime.messaging.quiet_hours import QuietHours

_ENTRY = "MANAGER_NOTICE#"
_AGAIN = "#again"
_INBOX = "inbox"
_INBOX_APART = timedelta(minutes=30)
_QUEUED_WITHIN = timedelta(minutes=30)
"""A later event may be queued after the end of the run."""

_CANCELED = ("cancelled", "canceled")

_UTC = ZoneInfo("UTC")


class ManagerInvariants:
    """Checks that notices go to managers alone, not to the one who caused them, not too often, and that none is lost.

    `Invariants` checks when they are sent.
    """

    def __init__(
        self,
        ledger: Mapping[Key, Mapping[str, Any]],
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        *,
        events: RecordedEvents,
        opted_out: set[str],
        quiet_hours: QuietHours,
        zones: Mapping[str, ZoneInfo],
        now: datetime,
    ) -> None:
        """`zones` are the time zones of employees by phone number; without one, it is UTC."""
        self._rows = rows
        self._events = events
        self._opted_out = opted_out
        self._quiet_hours = quiet_hours
        self._zones = zones
        self._now = now
        self._managers = {row["phone_number"] for row in rows["Employees"] if "manager" in _roles(row)}
        self._notices: dict[tuple[str, str], set[datetime]] = defaultdict(set)
        """The times of the events that each manager was told, by phone number and subject."""
        for _, phone, entry in (key for key in ledger if key[-1].startswith(_ENTRY)):
            subject, _, told_at = entry.removeprefix(_ENTRY).removesuffix(_AGAIN).rpartition("#")
            withdrawn = ledger["Conversations", phone, entry]["status"] == "stopped"
            # A withdrawn notice of the inbox is replaced by one that is named after the end of quiet hours.
            if not (subject == _INBOX and withdrawn):
                self._notices[phone, subject].add(datetime.fromisoformat(told_at))

    def violations(self) -> Iterator[tuple[str, str]]:
        """Yields each violated invariant, and how it is violated."""
        ever = self._managers | {row["phone_number"] for row in self._rows["Employees"] if row.get("roles")}
        for (phone, subject), times in self._notices.items():
            if phone not in ever:
                yield (
                    "managers alone",
                    f"a notice about {subject} was queued for an employee who is no manager",
                )
            if self._is_repeated(subject, times):
                yield "managers are told once", f"notices about {subject} were queued {sorted(times)}"
        for shift in self._rows["Shifts"]:
            yield from self._about(shift)
        for item in self._rows["OperatorInbox"]:
            if item.get("text") and not item.get("sick_call") and item["message_status"] == "open":
                yield from self._about_text(item)

    def _is_repeated(self, subject: str, times: set[datetime]) -> bool:
        if subject == _INBOX:
            return any(later - earlier < _INBOX_APART for earlier, later in pairwise(sorted(times)))
        return any(self._events.repeated(subject, times))

    def _about(self, shift: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for kind, at, employee in events_of(shift):
            subject = f"{kind}#{shift['shift_id']}"
            told = {phone for (phone, one), times in self._notices.items() if one == subject and at in times}
            if employee in told:
                yield "managers alone", f"a manager was told of an own {kind}"
            if _still_true(shift, kind, employee):
                for _ in self._awaited(at, employee) - told:
                    yield "no silent loss", f"a manager was not told of {subject}"

    def _about_text(self, item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        at = datetime.fromisoformat(item["received_at"])
        for phone in self._awaited(at, item["phone_number"]):
            if all(told <= at - _INBOX_APART for told in self._notices[phone, _INBOX]):
                yield "no silent loss", f"a manager was not told of a text of {at}"

    def _awaited(self, at: datetime, employee: str) -> set[str]:
        """Returns the managers who must have been told by now of what an employee caused at a time."""
        return {
            phone
            for phone in self._managers - self._opted_out - {employee}
            if self._now - self._awake(phone, at) > _QUEUED_WITHIN
            and self._now > self._awake(phone, at + _QUEUED_WITHIN)
        }

    def _awake(self, phone: str, at: datetime) -> datetime:
        """Returns when quiet hours end for a manager; `at` if it is not quiet."""
        return self._quiet_hours.end(at.astimezone(UTC), self._zones.get(phone, _UTC))


def _still_true(shift: Mapping[str, Any], kind: str, employee: str) -> bool:
    """Returns whether an event is as the shift was when it happened, as far as the item shows."""
    if shift.get("shift_status") in _CANCELED:
        return False
    match kind:
        case "dropped":
            return employee not in (shift.get("employees") or {})
        case "sick":
            return employee in (shift.get("sick_calls") or {})
        case "filled" if not (shift.get("fill_order") or shift.get("fill_by")):
            return bool(shift["shift_status"] == "taken" and not shift.get("offers"))
        case "filled" | "exhausted":
            return bool(shift.get("fill_status") == kind and not shift.get("shift_error"))
    return False


def _roles(row: Mapping[str, Any]) -> list[str]:
    return [str(role).casefold() for role in row.get("roles") or ()]
