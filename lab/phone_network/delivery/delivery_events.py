"""Publishes delivery events to the event destination of a configuration set.

Event format: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
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
"""Publishes delivery events to the event destination, normally an SNS topic."""

# Publishing in batches takes far less processor time than publishing single events.
_BATCH_SECONDS = 0.05
# An event does not wait longer than this for the response to its SendTextMessage call.
_MAX_WAIT_FOR_RESPONSE_SECONDS = 0.5
_STOP_SECONDS = 10.0

# The texts for SUCCESSFUL and DELIVERED are from AWS's examples for this service, most others from those for SNS:
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
# The carrier is optional in the event; these are the codes in AWS's example for the US.
_CARRIERS = {"US": {"mcc": "310", "mnc": "800"}}


def build_delivery_event(text: SentText, report: CarrierReport, price_per_part: Decimal) -> DeliveryEvent:
    """Returns the event for a carrier's report, in AWS's format."""
    country = country_of(text.destination)
    requested = round(text.at.timestamp() * 1000)
    return {
        "eventType": report.event_type,
        "eventVersion": "1.0",
        "eventTimestamp": requested + round(report.after * 1000),
        "isFinal": report.is_final,
        "originationPhoneNumber": text.origination,
        "destinationPhoneNumber": text.destination,
        "isInternationalSend": False,
        **({"isoCountryCode": country} if country else {}),
        **_CARRIERS.get(country or "", {}),
        "messageId": text.message_id,
        "messageRequestTimestamp": requested,
        "messageEncoding": text.encoding,
        "messageType": text.message_type,
        "messageStatus": report.event_type.removeprefix("TEXT_"),
        "messageStatusDescription": _DESCRIPTIONS[report.event_type],
        **({"context": dict(text.context)} if text.context else {}),
        "totalMessageParts": text.parts,
        "totalMessagePrice": float(text.parts * price_per_part),
        "totalCarrierFee": 0.0,
    }


@dataclass(order=True)
class _ScheduledEvent:
    at: float
    number: int
    event: DeliveryEvent = field(compare=False)
    responded: Event | None = field(compare=False)

    def can_be_published(self, now: float) -> bool:
        return (
            self.responded is None
            or self.responded.is_set()
            or self.at + _MAX_WAIT_FOR_RESPONSE_SECONDS <= now
        )


class DeliveryEventPublisher:
    """Publishes the reports of `policy` in a thread of its own between `start()` and `stop()`.

    Without `publish`, configuration sets have no event destination, and there are no events.
    """

    def __init__(self, account: Account) -> None:
        self.publish: PublishEvents | None = None
        self.policy: CarrierReportPolicy = FinalReportOnly()
        self._account = account
        self._changed = Condition()
        self._scheduled: list[_ScheduledEvent] = []
        self._numbers = count()
        self._publishing = 0
        self._published: list[DeliveryEvent] = []
        self._failure: Exception | None = None
        self._responses: dict[int, Event] = {}
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="delivery-events", daemon=True)

    def start(self) -> None:
        """Starts the publishing thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops the publishing thread and discards events that are not published yet."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def schedule(self, text: SentText) -> None:
        """Schedules the events of the text that this thread's request sends."""
        name = text.configuration_set
        configuration_set = self._account.configuration_set(name) if name else None
        if self.publish is None or configuration_set is None:
            return
        responded = self._responses.setdefault(get_ident(), Event())
        scheduled = [
            _ScheduledEvent(
                text.monotonic + report.after + report.late,
                next(self._numbers),
                build_delivery_event(text, report, self._account.price_per_part),
                None if report.before_response else responded,
            )
            for report in self.policy(text)
            if configuration_set.matches(report.event_type)
            for _ in range(report.copies)
        ]
        with self._changed:
            for event in scheduled:
                heapq.heappush(self._scheduled, event)
            self._changed.notify_all()

    def release(self) -> None:
        """Releases the events of the text whose request this thread has just responded to."""
        if responded := self._responses.pop(get_ident(), None):
            responded.set()

    @property
    def due(self) -> int:
        """The number of events that are not published yet."""
        with self._changed:
            return len(self._scheduled) + self._publishing

    @property
    def published(self) -> tuple[DeliveryEvent, ...]:
        """The published events, duplicates included."""
        with self._changed:
            return tuple(self._published)

    def types_by_message(self) -> Mapping[str, tuple[str, ...]]:
        """Returns the published event types by message id, in order, duplicates included."""
        types: dict[str, tuple[str, ...]] = {}
        for event in self.published:
            message_id = event["messageId"]
            types[message_id] = (*types.get(message_id, ()), event["eventType"])
        return types

    def wait(self, timeout: float) -> bool:
        """Waits until every event is published; returns False after `timeout` seconds.

        Raises:
            RuntimeError: an event could not be published. Each failure is raised once.
        """
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
                batch = list(self._remove_due(time.monotonic()))
                self._publishing = len(batch)
            if batch:
                self._publish(batch)

    def _remove_due(self, now: float) -> Iterator[DeliveryEvent]:
        waiting = []
        while self._scheduled and self._scheduled[0].at <= now:
            scheduled = heapq.heappop(self._scheduled)
            if scheduled.can_be_published(now):
                yield scheduled.event
            else:
                waiting.append(scheduled)
        for scheduled in waiting:
            heapq.heappush(self._scheduled, scheduled)

    def _publish(self, batch: list[DeliveryEvent]) -> None:
        failure = None
        try:
            if self.publish is not None:
                self.publish(batch)
        except Exception as error:  # noqa: BLE001 - `wait` raises it in the test's thread
            failure = error
        with self._changed:
            self._publishing = 0
            if failure is None:
                self._published += batch
            self._failure = self._failure or failure
            self._changed.notify_all()
