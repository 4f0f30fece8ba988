"""A campaign to a crowd, while some of the crowd answer: what it looks like from the phones, and in the ledger."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psutil
from boto3.dynamodb.types import TypeSerializer

from lab.lab_system import OUR_NUMBER, Item, LabSystem
from lab.phone_network import SentText
from lab.phone_network.api.attempts import Outcome

WINDOW_SECONDS = 2.0
_FIRST_NUMBER = 14252000000
_BATCH = 25
_TRIES = 50


@dataclass(frozen=True)
class CrowdFigures:
    """What a run came to. Rates are texts of one segment in a second, seen by the phone network."""

    recipients: int
    campaign_rate: float
    """From the first text to the last."""
    usual_rate: float
    """In the middle one of its seconds: what else the machine has to do shows in some seconds, not in most."""
    busiest_window: int
    """Most texts of all kinds in any ``WINDOW_SECONDS``."""
    busiest_campaign_window: int
    texted_twice: int
    answers: int
    throttled: int
    """Sends that the network refused for the moment; each was tried again."""
    ledger: Counter[str]
    item: Item
    machine_idle: float
    """The share of the machine's time, 0 to 1, in which it had nothing to do since the launch."""


class Crowd:
    """Employees of one segment, who have not been texted yet."""

    def __init__(self, system: LabSystem, name: str, size: int, *, first: int = 0) -> None:
        """``first`` keeps two crowds in one system apart."""
        self._system = system
        self.name = name
        self.numbers = [f"+{_FIRST_NUMBER + first + number}" for number in range(size)]
        self._at_launch = psutil.cpu_times()
        self.message = f"15/08 5h nightshift, 18/08 3h dayshift ({name})"

    def move_in(self) -> None:
        """Put everybody on the roster and into the segment."""
        outputs = self._system.outputs
        self._put(outputs.employees_table_name, ({"phone_number": number} for number in self.numbers))
        members = ({"segment": self.name, "phone_number": number} for number in self.numbers)
        self._put(outputs.segment_members_table_name, members)

    def open_shifts(self, count: int) -> list[str]:
        """Put up shifts of this crowd's own; returns their codes."""
        codes = [f"{self.name.upper()}{number:04}" for number in range(count)]
        shifts = ({"shift_id": code, "shift_info": "3h", "shift_status": "available"} for code in codes)
        self._put(self._system.outputs.shifts_table_name, shifts)
        return codes

    def launch(self) -> None:
        """Put the campaign item."""
        self._at_launch = psutil.cpu_times()
        item = {"campaign_id": self.name, "campaign_message": self.message, "segment": self.name}
        self._system.put(self._system.outputs.campaigns_table_name, [item])

    def answer_along(self, codes: Sequence[str], seconds: float) -> dict[str, str]:
        """While the campaign goes out, have one person after the other who has heard of it text a code of their own,
        evenly over so many seconds; returns who texted what."""
        asked: dict[str, str] = {}
        began = time.monotonic()
        with ThreadPoolExecutor(4) as phones:
            for position, code in enumerate(codes):
                time.sleep(max(0.0, began + (position + 1) * seconds / len(codes) - time.monotonic()))
                number = self._somebody_who_heard(asked)
                asked[number] = code
                phones.submit(self._system.network.send_from_phone, number, code, OUR_NUMBER)
        return asked

    def ledger(self) -> dict[str, Item]:
        """The campaign's rows by number."""
        rows = self._system.rows(self._system.outputs.deliveries_table_name)
        return {row["phone_number"]: row for row in rows if row["campaign_id"] == self.name}

    def item(self) -> Item:
        """The campaign's item as it is."""
        rows = self._system.rows(self._system.outputs.campaigns_table_name)
        return next(row for row in rows if row["campaign_id"] == self.name)

    def texts(self) -> list[SentText]:
        """What this campaign brought to phones."""
        return [text for text in self._system.network.texts if text.body.startswith(self.message)]

    def wait_until_over(self, timeout: float) -> None:
        """Wait until every recipient has come to an end, all receipts are in, and the item says so.

        Raises:
            TimeoutError: it has not come to that; the message says what it has come to.
        """
        end = time.monotonic() + timeout
        while True:
            item = self.item()
            if item.get("waiting") == 0 and item["targeted"] == len(self.numbers):
                self._system.wait_until_idle(max(1.0, end - time.monotonic()))
                recount = Counter(row["status"] for row in self.ledger().values())
                if all(self.item()[_attribute(status)] == count for status, count in recount.items()):
                    return
            if time.monotonic() > end:
                raise TimeoutError(f"the campaign has come to {item} within {timeout:.0f} s")
            time.sleep(0.5)

    def figures(self, answered: Iterable[str]) -> CrowdFigures:
        """Look at the run from its end; ``answered`` are those who texted back."""
        network, texts = self._system.network, self.texts()
        times = sorted(text.monotonic for text in texts)
        began = times[0]
        everything = sorted(text.monotonic for text in network.texts if text.monotonic >= began)
        attempts = [attempt for attempt in network.attempts if attempt.monotonic >= began]
        throttled = [attempt for attempt in attempts if attempt.outcome is Outcome.THROTTLED]
        crowd, mine = set(answered), Counter(text.destination for text in texts)
        return CrowdFigures(
            recipients=len(self.numbers),
            campaign_rate=(len(times) - 1) / (times[-1] - times[0]),
            usual_rate=usual_rate(times),
            busiest_window=max_in_window(everything, WINDOW_SECONDS),
            busiest_campaign_window=max_in_window(times, WINDOW_SECONDS),
            texted_twice=sum(count > 1 for count in mine.values()),
            answers=sum(len(network.inbox(number)) - mine[number] for number in crowd),
            throttled=len(throttled),
            ledger=Counter(str(row["status"]) for row in self.ledger().values()),
            item=self.item(),
            machine_idle=self._idle_since_launch(),
        )

    def _idle_since_launch(self) -> float:
        before, now = self._at_launch, psutil.cpu_times()
        spent = [later - earlier for earlier, later in zip(before, now, strict=True)]
        return (now.idle - before.idle) / sum(spent)

    def _somebody_who_heard(self, asked: dict[str, str]) -> str:
        def found() -> str | None:
            # Not by looking at all of them: the network stands still meanwhile.
            texts = self._system.network.texts
            for text in random.choices(texts, k=_TRIES) if texts else ():  # noqa: S311 - any of them
                if text.body.startswith(self.message) and text.destination not in asked:
                    return text.destination
            return None

        if not self._system.network.wait_until(lambda: found() is not None, 60):
            raise TimeoutError("nobody has heard of the campaign")
        return found() or self._somebody_who_heard(asked)

    def _put(self, table: str, items: Iterable[dict[str, Any]]) -> None:
        client, serialize = self._system.cloud.client("dynamodb"), TypeSerializer().serialize
        puts = [
            {"PutRequest": {"Item": {name: serialize(value) for name, value in item.items()}}}
            for item in items
        ]
        for start in range(0, len(puts), _BATCH):
            client.batch_write_item(RequestItems={table: puts[start : start + _BATCH]})  # type: ignore[dict-item]


def usual_rate(times: Sequence[float]) -> float:
    """The median of how many of these instants, in ascending order, lie in each full second after the first."""
    seconds = Counter(int(instant - times[0]) for instant in times)
    full = [seconds[second] for second in range(int(times[-1] - times[0]))]
    return statistics.median(full) if full else float(len(times))


def max_in_window(times: Sequence[float], seconds: float) -> int:
    """The most of these instants, in ascending order, that lie within any span of that length."""
    most = first = 0
    for position, instant in enumerate(times):
        while instant - times[first] >= seconds:
            first += 1
        most = max(most, position - first + 1)
    return most


def _attribute(status: str) -> str:
    return status.replace("-", "_")
