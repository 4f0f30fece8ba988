"""Records every text, call and campaign on the network, and waits for further ones."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Condition, RLock
from typing import Any

from lab.phone_network.phones.encoding import measure


@dataclass(frozen=True, kw_only=True)
class SentText:
    """A text that a phone received; `automatic` marks replies of the carrier itself.

    `monotonic` is the time of acceptance on the clock of `time.monotonic`. `configuration_set` is the name
    in the request. `time_to_live` is in seconds. Phones are always reachable, so no text expires.
    """

    message_id: str
    origination: str
    destination: str
    body: str
    monotonic: float
    context: Mapping[str, str] = field(default_factory=dict)
    configuration_set: str | None = None
    message_type: str = "TRANSACTIONAL"
    time_to_live: int | None = None
    automatic: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def encoding(self) -> str:
        return measure(self.body).encoding

    @property
    def parts(self) -> int:
        return measure(self.body).parts


@dataclass(frozen=True, kw_only=True)
class InboundText:
    """A text that a phone sent to one of the account's numbers, `destination`."""

    message_id: str
    origination: str
    destination: str
    body: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that Amazon Connect accepted."""

    contact_id: str
    instance_id: str
    contact_flow_id: str
    destination: str
    source: str | None
    queue_id: str | None
    client_token: str | None
    attributes: Mapping[str, str]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign that Pinpoint accepted; `request` is the WriteCampaignRequest."""

    campaign_id: str
    application_id: str
    segment_id: str
    name: str | None
    body: str | None
    request: Mapping[str, Any]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Traffic:
    """All traffic so far. Hold `lock` around a decision and its effect."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._changed = Condition(self.lock)
        self._texts: list[SentText] = []
        self._inbound_texts: list[InboundText] = []
        self._inboxes: defaultdict[str, list[SentText]] = defaultdict(list)
        self._latest: dict[tuple[str, str], SentText] = {}
        self._calls: list[Call] = []
        self._campaigns: list[Campaign] = []
        self._opted_out: set[tuple[str, str]] = set()
        self._parts_sent = 0

    def deliver(self, text: SentText) -> None:
        """Adds a text to the inbox of its destination."""
        with self._changed:
            self._texts.append(text)
            self._inboxes[text.destination].append(text)
            self._latest[text.origination, text.destination] = text
            self._parts_sent += text.parts
            self._changed.notify_all()

    def record(self, text: InboundText) -> None:
        """Records a text that a phone sent."""
        with self._changed:
            self._inbound_texts.append(text)
            self._changed.notify_all()

    def place(self, call: Call) -> None:
        """Records an accepted call."""
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()

    def schedule(self, campaign: Campaign) -> None:
        """Records an accepted campaign."""
        with self._changed:
            self._campaigns.append(campaign)
            self._changed.notify_all()

    def opt_out(self, opt_out_list: str, phone: str) -> bool:
        """Adds `phone` to the list; returns False if it was already there."""
        with self.lock:
            before = len(self._opted_out)
            self._opted_out.add((opt_out_list, phone))
            return len(self._opted_out) > before

    def opt_in(self, opt_out_list: str, phone: str) -> bool:
        """Removes `phone` from the list; returns False if it was not there."""
        with self.lock:
            before = len(self._opted_out)
            self._opted_out.discard((opt_out_list, phone))
            return len(self._opted_out) < before

    def is_opted_out(self, opt_out_list: str, phone: str) -> bool:
        with self.lock:
            return (opt_out_list, phone) in self._opted_out

    @property
    def texts(self) -> tuple[SentText, ...]:
        with self.lock:
            return tuple(self._texts)

    @property
    def inbound_texts(self) -> tuple[InboundText, ...]:
        with self.lock:
            return tuple(self._inbound_texts)

    @property
    def changes(self) -> int:
        with self.lock:
            return len(self._texts) + len(self._inbound_texts) + len(self._calls)

    @property
    def calls(self) -> tuple[Call, ...]:
        with self.lock:
            return tuple(self._calls)

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        with self.lock:
            return tuple(self._campaigns)

    @property
    def parts_sent(self) -> int:
        with self.lock:
            return self._parts_sent

    def inbox(self, phone: str) -> tuple[SentText, ...]:
        with self.lock:
            return tuple(self._inboxes.get(phone, ()))

    def latest(self, own_number: str, phone: str) -> SentText | None:
        with self.lock:
            return self._latest.get((own_number, phone))

    def counts_by_body(self) -> Counter[str]:
        with self.lock:
            return Counter(text.body for text in self._texts)

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """See `PhoneNetwork.wait_until`."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def wait_for_text(self, phone: str, after: int, timeout: float) -> SentText:
        """See `PhoneNetwork.wait_for_text`."""
        started = time.monotonic()
        if self.wait_until(lambda: len(self._inboxes.get(phone, ())) > after, timeout):
            return self._inboxes[phone][after]
        waited = time.monotonic() - started
        raise TimeoutError(f"{phone} received {after} texts, and no further text within {waited:.1f} s")
