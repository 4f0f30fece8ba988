"""The phone network of a run: phones, the number's rate, opt-outs and delivery events."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from lab.phone_network.phones.carrier_keywords import CarrierKeyword, carrier_keyword, first_word
from lab.phone_network.phones.encoding import measure
from lab.phone_network.services.allowance import Allowance
from lab.simulation.aws.calls import Response
from lab.simulation.aws.client import client_error
from lab.simulation.execution.deployment import OUR_NUMBER
from lab.simulation.execution.scheduler import Scheduler

_SERVICE, _OPERATION = "pinpoint-sms-voice-v2", "SendTextMessage"


@dataclass(frozen=True)
class ReceivedText:
    """A text that a phone received from the number."""

    message_id: str
    to: str
    body: str
    at: float
    parts: int
    campaign_id: str | None


@dataclass(frozen=True)
class CarrierFaults:
    """How often carriers misbehave."""

    lost_events: float = 0.0
    repeated_events: float = 0.0
    failures: float = 0.0


class Phones:
    """All phones, and the carrier between them and the number.

    Sends are limited to `parts_per_second`, in bursts of one second.
    """

    def __init__(
        self,
        *,
        parts_per_second: float,
        scheduler: Scheduler,
        random: Random,
        faults: CarrierFaults,
        self_managed_opt_outs: bool,
        publish_text: Callable[[Mapping[str, Any]], None],
        publish_event: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self.received: list[ReceivedText] = []
        self.opted_out: set[str] = set()
        self.ever_opted_out: set[str] = set()
        self.attempts = 0
        self.throttled = 0
        self.spend_limit_reached = False
        """Whether the account has reached its monthly spend limit."""
        self.number_inactive = False
        """Whether the number is not active, until an operator acts."""
        self.on_received: Callable[[ReceivedText], None] = lambda _text: None
        # As in the phone network of the lab: texts are accepted up to one second ahead of the rate.
        self._allowance = Allowance(parts_per_second, burst=int(parts_per_second) + 1)
        self._scheduler = scheduler
        self._random = random
        self._faults = faults
        self._self_managed_opt_outs = self_managed_opt_outs
        self._publish_text = publish_text
        self._publish_event = publish_event
        self._ids = itertools.count(1)
        self._latest: dict[str, str] = {}

    def text(self, phone: str, body: str, message_id: str) -> bool:
        """Texts the number from a phone. Returns whether the carrier passed the text on."""
        carrier_word = carrier_keyword(body)
        if carrier_word is CarrierKeyword.OPT_OUT:
            self.ever_opted_out.add(phone)
        match None if self._self_managed_opt_outs else carrier_word:
            case CarrierKeyword.OPT_OUT:
                self.opted_out.add(phone)
                return False
            case CarrierKeyword.HELP:
                return False
            case CarrierKeyword.OPT_IN:
                self.opted_out.discard(phone)
                keyword = first_word(body)
            case None:
                keyword = "KEYWORD_123456789012"
        payload = {
            "originationNumber": phone,
            "destinationNumber": OUR_NUMBER,
            "messageKeyword": keyword,
            "messageBody": body,
            "inboundMessageId": message_id,
        }
        if phone in self._latest:
            payload["previousPublishedMessageId"] = self._latest[phone]
        self._publish_text(payload)
        return True

    def send(self, request: Mapping[str, Any]) -> Response:
        """Carries out `SendTextMessage`."""
        self.attempts += 1
        to, body = request["DestinationPhoneNumber"], request["MessageBody"]
        parts = measure(body).parts
        if to in self.opted_out:
            raise client_error(
                _SERVICE,
                _OPERATION,
                "ConflictException",
                "Destination phone number is opted out",
                Reason="DESTINATION_PHONE_NUMBER_OPTED_OUT",
            )
        if self.spend_limit_reached:
            raise client_error(
                _SERVICE,
                _OPERATION,
                "ServiceQuotaExceededException",
                "Monthly spend limit reached",
                Reason="MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
            )
        if self.number_inactive:
            raise client_error(
                _SERVICE,
                _OPERATION,
                "ConflictException",
                "The resource is not active",
                Reason="RESOURCE_NOT_ACTIVE",
            )
        if not self._allowance.take(self._scheduler.now, parts):
            self.throttled += 1
            raise client_error(_SERVICE, _OPERATION, "ThrottlingException", "Rate exceeded")
        message_id = f"sms-{next(self._ids)}"
        text = ReceivedText(
            message_id, to, body, self._scheduler.now, parts, request.get("Context", {}).get("campaign_id")
        )
        self.received.append(text)
        self._latest[to] = message_id
        if request.get("ConfigurationSetName"):
            self._report(text, request.get("Context", {}))
        self._scheduler.after(self._random.uniform(0.5, 3.0), lambda: self.on_received(text))
        return {"MessageId": message_id}

    def _report(self, text: ReceivedText, context: Mapping[str, str]) -> None:
        if self._random.random() < self._faults.lost_events:
            return
        failed = self._random.random() < self._faults.failures
        kinds = ["TEXT_UNREACHABLE"] if failed else ["TEXT_SUCCESSFUL", "TEXT_DELIVERED"]
        for kind in kinds:
            copies = 2 if self._random.random() < self._faults.repeated_events else 1
            for _ in range(copies):
                after = self._random.uniform(0.05, 4.0)
                event = self._event(text, kind, context, is_final=kind != "TEXT_SUCCESSFUL")
                self._scheduler.after(after, lambda event=event: self._publish_event(event))  # type: ignore[misc]

    def _event(
        self, text: ReceivedText, kind: str, context: Mapping[str, str], *, is_final: bool
    ) -> dict[str, Any]:
        at = int(self._scheduler.time.timestamp() * 1000)
        return {
            "eventType": kind,
            "eventVersion": "1.0",
            "eventTimestamp": at + (60 if is_final else 20),
            "isFinal": is_final,
            "originationPhoneNumber": OUR_NUMBER,
            "destinationPhoneNumber": text.to,
            "messageId": text.message_id,
            "messageRequestTimestamp": at,
            "messageType": "TRANSACTIONAL",
            "messageStatus": kind.removeprefix("TEXT_"),
            "context": dict(context),
            "totalMessageParts": text.parts,
        }
