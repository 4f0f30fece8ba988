"""The invariants of the notices of other times and places."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from lab.simulation.facts import Facts, Key, SendFact
from shift_sms_runtime.shifts.shift_item import ShiftReader

_ENTRY = "NOTICE#change#"
_STALE_SECONDS = 60.0
"""How long before the service accepts a text it may have been rendered."""
_TOLD_WITHIN = 1800.0
"""A later change may be told after the end of the run."""
_TIME = re.compile(r"\d\d:\d\d")

State = tuple[datetime | None, datetime | None, str, str]


def state_of(item: Mapping[str, Any]) -> State:
    """Returns the time and place that an item says."""
    at = ShiftReader().read(item).time_and_place(datetime.now(UTC))
    return (at.starts_at, at.ends_at, at.site, at.info)


@dataclass
class ToldChanges:
    """The times and places of each shift, and the notices of them."""

    facts: Facts
    states: dict[str, list[tuple[float, State]]] = field(default_factory=lambda: defaultdict(list))
    sends: dict[tuple[str, str], list[SendFact]] = field(default_factory=lambda: defaultdict(list))

    def observe(self, shift_id: str, item: Mapping[str, Any]) -> None:
        """Records what an item says after a change."""
        states, state = self.states[shift_id], state_of(item)
        if not states or states[-1][1] != state:
            states.append((self.facts.now(), state))

    def check_send(self, send: SendFact) -> None:
        """Checks that a notice of a change is true, and goes to a holder."""
        if send.key is None or not send.key[-1].startswith(_ENTRY):
            return
        shift_id = send.key[-1].removeprefix(_ENTRY).partition("#")[0]
        facts = self.facts
        if not facts.held(facts.holdings, shift_id, send.to, _STALE_SECONDS):
            facts.violate(
                "changes are true", f"a change of {shift_id} was told to an employee without a seat"
            )
        if not any(
            _says(send.body, state) for state in self._between(shift_id, send.at - _STALE_SECONDS, send.at)
        ):
            facts.violate("changes are true", f"{send.body!r} was sent, which {shift_id} does not say")
        self.sends[shift_id, send.to].append(send)

    def violations(
        self,
        ledger: Mapping[Key, Mapping[str, Any]],
        shifts: Sequence[Mapping[str, Any]],
        *,
        opted_out: set[str],
    ) -> Iterator[tuple[str, str]]:
        """Yields each violated invariant, and how it is violated."""
        for (shift_id, _), sends in self.sends.items():
            for first, second in pairwise(sends):
                if len(self._between(shift_id, first.at - _STALE_SECONDS, second.at)) < 2:
                    yield "changes are told once", f"{second.body!r} was sent, and nothing had changed"
        for row in shifts:
            shift_id, states = row["shift_id"], self.states[row["shift_id"]]
            if not _is_told(row) or states[-1][0] > self.facts.now() - _TOLD_WITHIN:
                continue
            for phone in set(row.get("employees") or {}) - opted_out:
                entries = (f"{_ENTRY}{shift_id}#", "Conversations", phone)
                if states[-1][1] in self._known(shift_id, phone) or _was_refused(ledger, *entries):
                    continue
                yield "changes are told once", f"a holder of {shift_id} does not know its time or place"

    def _known(self, shift_id: str, phone: str) -> list[State]:
        """Returns what a holder may know: what the shift said at the booking, or at the last notice."""
        seen_at = [self.facts.holdings[shift_id, phone][-1].since]
        seen_at += [send.at for send in self.sends[shift_id, phone]]
        return self._between(shift_id, max(seen_at) - _STALE_SECONDS, max(seen_at))

    def _between(self, shift_id: str, since: float, until: float) -> list[State]:
        states = self.states[shift_id]
        before = [state for at, state in states if at <= since][-1:]
        return [*before, *(state for at, state in states if since < at <= until)]


def _says(body: str, state: State) -> bool:
    """Returns whether a notice and a time agree."""
    start = state[0]
    named = _TIME.findall(body)
    return not named or (start is not None and f"{start:%H:%M}" in named)


def _is_told(row: Mapping[str, Any]) -> bool:
    return row.get("shift_status") in ("available", "taken") and not row.get("shift_error")


def _was_refused(ledger: Mapping[Key, Mapping[str, Any]], prefix: str, table: str, phone: str) -> bool:
    """Returns whether a notice was not sent, or may not have been, for a reason that no reconciliation mends."""
    return any(
        row["status"] not in ("sent", "delivered", "stopped")
        for key, row in ledger.items()
        if key[0] == table and key[1] == phone and key[-1].startswith(prefix)
    )
