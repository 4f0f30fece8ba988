"""Reads what the phone page shows from the phone network and from the tables, a bounded number of items."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from threading import Lock
from typing import Any

from lab.phone_network import Call, InboundText, PhoneNetwork, SentText
from shift_sms_operator.campaigns import prices
from shift_sms_operator.campaigns.prices import country_of

shipped_prices = cache(prices.shipped_prices)

MOST_EMPLOYEES = 500
MOST_SHIFTS = 50
MOST_MESSAGES = 200
"""The employees, shifts and messages of one phone that the page reads and shows."""
_PHONES_ON_WALL = 6
_MESSAGES_ON_WALL = 4
_MOST_CALLS = 20
_CACHE_SECONDS = 1.0


ReadItems = Callable[[int], list[dict[str, Any]]]
"""Returns the items of a table, at most as many as the argument says."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A text on a phone; one that the phone sent has no segments, which only the account pays for."""

    key: str
    body: str
    at: datetime
    sent_by_phone: bool
    segments: int = 0
    encoding: str = ""
    price: Decimal | None = None
    """The price of all segments in USD; None where no price with a source is known."""


@dataclass(frozen=True)
class Phone:
    """A phone with its latest messages, oldest first."""

    number: str
    name: str
    messages: Sequence[Message]


@dataclass(frozen=True)
class ShiftLine:
    """A shift with the employees who have it, by name."""

    shift_id: str
    info: str
    status: str
    people: Sequence[str]


class LabView:
    """What the page shows. Items of tables are cached until the next text or call, for at most a second."""

    def __init__(self, network: PhoneNetwork, *, read_employees: ReadItems, read_shifts: ReadItems) -> None:
        self._network = network
        self._read_employees = read_employees
        self._read_shifts = read_shifts
        self._lock = Lock()
        self._changes = -1
        self._read_at = 0.0
        self._names: dict[str, str] = {}
        self._shifts: list[dict[str, Any]] = []

    def names(self) -> Mapping[str, str]:
        """Returns the names of employees by phone number, sorted by name."""
        self._read_tables()
        return self._names

    def shifts(self) -> Sequence[ShiftLine]:
        """Returns shifts, sorted by id."""
        self._read_tables()
        names = self._names
        return [
            ShiftLine(
                str(row["shift_id"]),
                str(row.get("shift_info", "")),
                str(row.get("shift_status", "")),
                [names.get(phone) or phone for phone in _booked(row)],
            )
            for row in self._shifts
        ]

    def phone(self, number: str, at_most: int = MOST_MESSAGES) -> Phone:
        """Returns a phone with its latest messages; a number of no employee is a stranger's phone."""
        received = (_received(text) for text in self._network.inbox(number)[-at_most:])
        sent = (_sent(text) for text in self._network.inbound_texts if text.origination == number)
        messages = sorted([*received, *sent], key=lambda message: message.at)
        return Phone(number, self.names().get(number, ""), messages[-at_most:])

    def latest_phones(self) -> Sequence[Phone]:
        """Returns the phones that sent or received a text last, latest first."""
        return [self.phone(number, _MESSAGES_ON_WALL) for number in _first(self._latest(), _PHONES_ON_WALL)]

    def calls(self) -> Sequence[Call]:
        """Returns the latest calls that Amazon Connect accepted, latest first."""
        return self._network.calls[: -_MOST_CALLS - 1 : -1]

    def _latest(self) -> Iterator[str]:
        texts, inbound = list(self._network.texts), list(self._network.inbound_texts)
        while texts or inbound:
            if not inbound or (texts and texts[-1].at > inbound[-1].at):
                yield texts.pop().destination
            else:
                yield inbound.pop().origination

    def _read_tables(self) -> None:
        with self._lock:
            changes = self._network.changes
            if changes == self._changes and time.monotonic() - self._read_at < _CACHE_SECONDS:
                return
            employees = self._read_employees(MOST_EMPLOYEES)
            named = {str(row["phone_number"]): str(row.get("name", "")) for row in employees}
            self._names = dict(sorted(named.items(), key=lambda item: (item[1] == "", item[1], item[0])))
            self._shifts = sorted(self._read_shifts(MOST_SHIFTS), key=lambda row: str(row["shift_id"]))
            self._changes, self._read_at = changes, time.monotonic()


def _booked(row: Mapping[str, Any]) -> list[str]:
    people = row.get("employees") or ([row["employee"]] if row.get("employee") else [])
    return [str(phone) for phone in people]


def _received(text: SentText) -> Message:
    price = shipped_prices().get(country_of(text.destination))
    return Message(
        key=text.message_id,
        body=text.body,
        at=text.at,
        sent_by_phone=False,
        segments=text.parts,
        encoding=text.encoding,
        price=price.per_segment * text.parts if price else None,
    )


def _sent(text: InboundText) -> Message:
    return Message(key=text.message_id, body=text.body, at=text.at, sent_by_phone=True)


def _first(numbers: Iterable[str], count: int) -> list[str]:
    """Returns the first `count` different numbers."""
    found: dict[str, None] = {}
    for number in numbers:
        found.setdefault(number)
        if len(found) == count:
            break
    return list(found)
