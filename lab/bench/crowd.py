"""Runs a campaign to many employees, some of whom reply, and measures the result."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil

from lab.lab_system import OUR_NUMBER, Item, LabSystem
from lab.phone_network import SentText
from lab.phone_network.api.attempts import Outcome

WINDOW_SECONDS = 2.0
_FIRST_NUMBER = 14252000000
_SAMPLE_SIZE = 50


@dataclass(frozen=True)
class CrowdFigures:
    """The figures of one run.

    Rates are texts of one segment per second, measured by the phone network.
    """

    recipients: int
    campaign_rate: float
    """The mean rate from the first text to the last."""
    median_rate: float
    """The rate in the median second. Other load on the machine affects the mean rate more."""
    busiest_window: int
    """The most texts of all kinds in any `WINDOW_SECONDS`."""
    busiest_campaign_window: int
    """The most texts of the campaign in any `WINDOW_SECONDS`."""
    texted_twice: int
    replies: int
    throttled: int
    """Sends that the network throttled; each was retried."""
    ledger: Counter[str]
    item: Item
    machine_idle: float
    """The share (0 to 1) of processor time since the launch in which the machine was idle."""


class Crowd:
    """The employees of one segment, who have received no text yet."""

    def __init__(self, system: LabSystem, name: str, size: int, *, offset: int = 0) -> None:
        """Generates the phone numbers. A different `offset` gives a second crowd different numbers."""
        self._system = system
        self.name = name
        self.numbers = [f"+{_FIRST_NUMBER + offset + number}" for number in range(size)]
        self._cpu_at_launch = psutil.cpu_times()
        self.message = f"15/08 5h nightshift, 18/08 3h dayshift ({name})"

    def add_to_tables(self) -> None:
        """Puts the employees into the Employees table and into the segment."""
        outputs = self._system.outputs
        self._system.put(outputs.employees_table_name, ({"phone_number": number} for number in self.numbers))
        members = ({"segment": self.name, "phone_number": number} for number in self.numbers)
        self._system.put(outputs.segment_members_table_name, members)

    def add_shifts(self, count: int) -> list[str]:
        """Adds available shifts for this crowd and returns their codes."""
        codes = [f"{self.name.upper()}{number:04}" for number in range(count)]
        shifts = ({"shift_id": code, "shift_info": "3h", "shift_status": "available"} for code in codes)
        self._system.put_shifts(shifts)
        return codes

    def launch(self) -> None:
        """Puts the campaign item, which launches the campaign."""
        self._cpu_at_launch = psutil.cpu_times()
        item = {"campaign_id": self.name, "campaign_message": self.message, "segment": self.name}
        self._system.put(self._system.outputs.campaigns_table_name, [item])

    def send_replies(self, codes: Sequence[str], seconds: float) -> dict[str, float]:
        """Sends one reply per code during the campaign, evenly over `seconds`.

        Each reply comes from a different recipient of the campaign. Returns the time of each reply on the clock of
        `time.monotonic`, by phone number.
        """
        sent: dict[str, float] = {}
        started = time.monotonic()
        with ThreadPoolExecutor(4) as phones:
            for position, code in enumerate(codes):
                time.sleep(max(0.0, started + (position + 1) * seconds / len(codes) - time.monotonic()))
                number = self._pick_recipient(sent)
                sent[number] = time.monotonic()
                phones.submit(self._system.network.send_from_phone, number, code, OUR_NUMBER)
        return sent

    def delays(self, sent: Mapping[str, float]) -> list[float]:
        """Returns after how many seconds each text was replied to.

        `sent` are the times of the texts by number.
        """
        return [
            next(
                text.monotonic - time_sent
                for text in self._system.network.inbox(number)
                if text.monotonic > time_sent and not text.body.startswith(self.message)
            )
            for number, time_sent in sent.items()
        ]

    def ledger(self) -> dict[str, Item]:
        """Returns the campaign's rows of the Deliveries table by phone number."""
        rows = self._system.rows(self._system.outputs.deliveries_table_name)
        return {row["phone_number"]: row for row in rows if row["campaign_id"] == self.name}

    def item(self) -> Item:
        """Returns the campaign's current item."""
        rows = self._system.rows(self._system.outputs.campaigns_table_name)
        return next(row for row in rows if row["campaign_id"] == self.name)

    def texts(self) -> list[SentText]:
        """Returns the texts of this campaign that phones received."""
        return [text for text in self._system.network.texts if text.body.startswith(self.message)]

    def wait_until_finished(self, timeout: float) -> None:
        """Waits until every delivery has its final status, and the campaign its final counts.

        Raises:
            TimeoutError: the campaign has not finished; the message contains the item.
        """
        end = time.monotonic() + timeout
        while True:
            item = self.item()
            if item.get("waiting") == 0 and item["targeted"] == len(self.numbers):
                self._system.wait_until_idle(max(1.0, end - time.monotonic()))
                counts = Counter(row["status"] for row in self.ledger().values())
                if all(self.item()[_attribute(status)] == count for status, count in counts.items()):
                    return
            if time.monotonic() > end:
                raise TimeoutError(
                    f"the campaign has not finished within {timeout:.0f} s; its item is {item}"
                )
            time.sleep(0.5)

    def figures(self, repliers: Iterable[str]) -> CrowdFigures:
        """Returns the figures of the finished run; `repliers` are the recipients who sent a reply."""
        network, texts = self._system.network, self.texts()
        times = sorted(text.monotonic for text in texts)
        started = times[0]
        all_times = sorted(text.monotonic for text in network.texts if text.monotonic >= started)
        attempts = [attempt for attempt in network.attempts if attempt.monotonic >= started]
        throttled = [attempt for attempt in attempts if attempt.outcome is Outcome.THROTTLED]
        received = Counter(text.destination for text in texts)
        return CrowdFigures(
            recipients=len(self.numbers),
            campaign_rate=(len(times) - 1) / (times[-1] - times[0]),
            median_rate=median_rate(times),
            busiest_window=max_in_window(all_times, WINDOW_SECONDS),
            busiest_campaign_window=max_in_window(times, WINDOW_SECONDS),
            texted_twice=sum(count > 1 for count in received.values()),
            replies=sum(len(network.inbox(number)) - received[number] for number in set(repliers)),
            throttled=len(throttled),
            ledger=Counter(str(row["status"]) for row in self.ledger().values()),
            item=self.item(),
            machine_idle=self._idle_since_launch(),
        )

    def _idle_since_launch(self) -> float:
        before, now = self._cpu_at_launch, psutil.cpu_times()
        spent = [later - earlier for earlier, later in zip(before, now, strict=True)]
        return (now.idle - before.idle) / sum(spent)

    def _pick_recipient(self, excluded: Container[str]) -> str:
        def pick() -> str | None:
            # A sample is enough, and searching all texts would hold the network's lock for too long.
            texts = self._system.network.texts
            for text in random.choices(texts, k=_SAMPLE_SIZE) if texts else ():  # noqa: S311 - no secret
                if text.body.startswith(self.message) and text.destination not in excluded:
                    return text.destination
            return None

        if not self._system.network.wait_until(lambda: pick() is not None, 60):
            raise TimeoutError(f"no further recipient received campaign {self.name!r} within 60 s")
        return pick() or self._pick_recipient(excluded)


def median_rate(times: Sequence[float]) -> float:
    """Returns the median number of times per full second after the first time.

    `times` are ascending.
    """
    seconds = Counter(int(instant - times[0]) for instant in times)
    full_seconds = [seconds[second] for second in range(int(times[-1] - times[0]))]
    return statistics.median(full_seconds) if full_seconds else float(len(times))


def max_in_window(times: Sequence[float], seconds: float) -> int:
    """Returns the maximum number of times within any period of `seconds`.

    `times` are ascending.
    """
    most = first = 0
    for position, instant in enumerate(times):
        while instant - times[first] >= seconds:
            first += 1
        most = max(most, position - first + 1)
    return most


def _attribute(status: str) -> str:
    return status.replace("-", "_")
