"""What AWS tells about a text after it was accepted: events for the configuration set's destination.

The JSON: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
"""

import heapq
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from threading import Condition, Event, Thread, get_ident
from typing import Any

from lab.phone_network.account import Account
from lab.phone_network.delivery.carrier_reports import CarrierReport, CarrierReportPolicy, FinalReportOnly
from lab.phone_network.phones.countries import country_of
from lab.phone_network.phones.traffic import SentText

DeliveryEvent = dict[str, Any]
PublishEvents = Callable[[Sequence[DeliveryEvent]], None]
"""Hands delivery events to the event destination, normally an SNS topic."""

# What falls due meanwhile is published together, which costs the machine far less than one by one.
_BATCH_SECONDS = 0.05
# A caller that is kept waiting for its answer does not keep the carrier waiting.
_MAX_WAIT_FOR_RESPONSE_SECONDS = 0.5
_STOP_SECONDS = 10.0

# SUCCESSFUL and DELIVERED are worded as in AWS's examples for this service, most others as SNS words the same:
# https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
_DESCRIPTIONS = {
    "TEXT_PENDING": "Message is being delivered",
    "TEXT_QUEUED": "Message is queued for delivery",
    "TEXT_SUCCESSFUL": "Message has been accepted by phone carrier",
    "TEXT_DELIVERED": "Message has been accepted by phone",
    "TEXT_INVALID": "Invalid phone number",
    "TEXT_INVALID_MESSAGE": "Message body is invalid",
    "TEXT_UNREACHABLE": "Phone is currently unreachable/unavailable",
    "TEXT_CARRIER_UNREACHABLE": "Phone carrier is currently unreachable/unavailable",
    "TEXT_BLOCKED": "Phone has blocked SMS",
    "TEXT_CARRIER_BLOCKED": "Phone carrier has blocked this message",
    "TEXT_SPAM": "Blocked as spam by phone carrier",
    "TEXT_UNKNOWN": "Unknown error attempting to reach phone",
    "TEXT_TTL_EXPIRED": "Message was not delivered within its time to live",
    "TEXT_PROTECT_BLOCKED": "Message was blocked by the protect configuration",
}
# The carrier is optional; AWS's example has the codes of one in the US.
_CARRIERS = {"US": {"mcc": "310", "mnc": "800"}}


def build_delivery_event(text: SentText, receipt: CarrierReport, price_per_part: Decimal) -> DeliveryEvent:
    """Word `receipt` about `text` as AWS does."""
    country = country_of(text.destination)
    requested = round(text.at.timestamp() * 1000)
    return {
        "eventType": receipt.event_type,
        "eventVersion": "1.0",
        "eventTimestamp": requested + round(receipt.after * 1000),
        "isFinal": receipt.is_final,
        "originationPhoneNumber": text.origination,
        "destinationPhoneNumber": text.destination,
        "isInternationalSend": False,
        **({"isoCountryCode": country} if country else {}),
        **_CARRIERS.get(country or "", {}),
        "messageId": text.message_id,
        "messageRequestTimestamp": requested,
        "messageEncoding": text.encoding,
        "messageType": text.message_type,
        "messageStatus": receipt.event_type.removeprefix("TEXT_"),
        "messageStatusDescription": _DESCRIPTIONS[receipt.event_type],
        **({"context": dict(text.context)} if text.context else {}),
        "totalMessageParts": text.parts,
        "totalMessagePrice": float(text.parts * price_per_part),
        "totalCarrierFee": 0.0,
    }


@dataclass(order=True)
class _Scheduled:
    at: float
    number: int
    event: DeliveryEvent = field(compare=False)
    answered: Event | None = field(compare=False)

    def may_go(self, now: float) -> bool:
        return (
            self.answered is None or self.answered.is_set() or self.at + _MAX_WAIT_FOR_RESPONSE_SECONDS <= now
        )


class DeliveryEventPublisher:
    """Publishes what `policy` reports about texts, in a thread of its own between `start()` and `stop()`.

    As long as there is no `publish`, configuration sets have no destination and there are no events.
    """

    def __init__(self, account: Account) -> None:
        self.publish: PublishEvents | None = None
        self.policy: CarrierReportPolicy = FinalReportOnly()
        self._account = account
        self._changed = Condition()
        self._scheduled: list[_Scheduled] = []
        self._numbers = count()
        self._publishing = 0
        self._published: list[DeliveryEvent] = []
        self._failure: Exception | None = None
        self._answers: dict[int, Event] = {}
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="delivery-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Publish nothing more, whatever is still to come."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def expect(self, text: SentText) -> None:
        """Schedule the events of `text`, which this thread is about to answer for."""
        name = text.configuration_set
        configuration_set = self._account.configuration_set(name) if name else None
        if self.publish is None or configuration_set is None:
            return
        answered = self._answers.setdefault(get_ident(), Event())
        scheduled = [
            _Scheduled(
                text.monotonic + receipt.after + receipt.late,
                next(self._numbers),
                build_delivery_event(text, receipt, self._account.price_per_part),
                None if receipt.before_answer else answered,
            )
            for receipt in self.policy(text)
            if configuration_set.matches(receipt.event_type)
            for _ in range(receipt.copies)
        ]
        with self._changed:
            for one in scheduled:
                heapq.heappush(self._scheduled, one)
            self._changed.notify_all()

    def answered(self) -> None:
        """Let the events go of the text that this thread has just answered for, if it has."""
        if answered := self._answers.pop(get_ident(), None):
            answered.set()

    @property
    def due(self) -> int:
        """How many events are still to be published."""
        with self._changed:
            return len(self._scheduled) + self._publishing

    @property
    def published(self) -> tuple[DeliveryEvent, ...]:
        with self._changed:
            return tuple(self._published)

    def types_by_message(self) -> Mapping[str, tuple[str, ...]]:
        """Tell which types of events were published about which message, in that order, copies included."""
        found: dict[str, tuple[str, ...]] = {}
        for event in self.published:
            message_id = event["messageId"]
            found[message_id] = (*found.get(message_id, ()), event["eventType"])
        return found

    def wait(self, timeout: float) -> bool:
        """Wait until all are published; False when time is up. Raises RuntimeError, once, when one could not be."""
        with self._changed:
            done = self._changed.wait_for(
                lambda: self._failure is not None or not (self._scheduled or self._publishing), timeout
            )
            failure, self._failure = self._failure, None
            if failure is not None:
                raise RuntimeError("a delivery event could not be published") from failure
            return done

    def _run(self) -> None:
        while not self._stopping.wait(_BATCH_SECONDS):
            with self._changed:
                self._changed.wait_for(lambda: self._scheduled or self._stopping.is_set())
                if self._stopping.is_set():
                    return
                bundle = list(self._taken(time.monotonic()))
                self._publishing = len(bundle)
            if bundle:
                self._hand_over(bundle)

    def _taken(self, now: float) -> Iterator[DeliveryEvent]:
        held_up = []
        while self._scheduled and self._scheduled[0].at <= now:
            one = heapq.heappop(self._scheduled)
            if one.may_go(now):
                yield one.event
            else:
                held_up.append(one)
        for one in held_up:
            heapq.heappush(self._scheduled, one)

    def _hand_over(self, bundle: list[DeliveryEvent]) -> None:
        failure = None
        try:
            if self.publish is not None:
                self.publish(bundle)
        except Exception as error:  # noqa: BLE001 - whoever waits for the events is told
            failure = error
        with self._changed:
            self._publishing = 0
            if failure is None:
                self._published += bundle
            self._failure = self._failure or failure
            self._changed.notify_all()
