"""The invariants of the notices to employees whose seats operators give or take."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.simulation.facts import Key

_RELEASE, _ASSIGNMENT = "NOTICE#release#", "NOTICE#assignment#"


@dataclass
class SeatsByOperators:
    """The seats that operators gave and took, by shift and phone number."""

    given: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By an operation, or by hand."""
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    given_by_hand: set[tuple[str, str]] = field(default_factory=set)
    taken_by_hand: set[tuple[str, str]] = field(default_factory=set)

    def violations(
        self,
        ledger: Mapping[Key, Mapping[str, Any]],
        shifts: Sequence[Mapping[str, Any]],
        *,
        opted_out: set[str],
    ) -> Iterator[tuple[str, str]]:
        """Yields each violated invariant, and how it is violated."""
        for entry, by_operators, by_hand in (
            (_RELEASE, self.taken, self.taken_by_hand),
            (_ASSIGNMENT, self.given, self.given_by_hand),
        ):
            told = Counter(
                (key[-1].removeprefix(entry).partition("#")[0], key[1])
                for key in ledger
                if key[0] == "Conversations" and key[-1].startswith(entry)
            )
            for pair, times in told.items():
                if times > by_operators[pair]:
                    yield "seats are told once", f"{times} notices {entry} about {pair[0]} to one employee"
            for row in shifts:
                is_open = row.get("shift_status") in ("available", "taken")
                for shift_id, phone in by_hand if is_open else ():
                    holds = phone in (row.get("employees") or {})
                    # Another change may have followed before a function saw this one.
                    stays = holds == (entry == _ASSIGNMENT)
                    if (
                        shift_id == row["shift_id"]
                        and stays
                        and phone not in opted_out
                        and not told[shift_id, phone]
                    ):
                        yield "seats are told once", f"no notice {entry} about {shift_id} was queued"
