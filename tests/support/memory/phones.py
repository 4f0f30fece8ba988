"""Receives texts and calls in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.messaging.outgoing_text import OutgoingText, SendResult, Sent
from shift_sms_runtime.queue_messages import NO_DELAY


@dataclass
class MemoryPhones:
    """Accepts every text. `results` override this for the next texts, `refusals` for a phone number."""

    results: list[SendResult] = field(default_factory=list)
    refusals: dict[str, SendResult] = field(default_factory=dict)
    texts: list[OutgoingText] = field(default_factory=list)
    attempts: int = 0
    latest: dict[str, str] = field(default_factory=dict)
    """The service's id of the last text to each phone number."""

    def send(self, text: OutgoingText) -> SendResult:
        self.attempts += 1
        result = self.results.pop(0) if self.results else self.refusals.get(text.to)
        if result is None:
            result = Sent(f"sms-{self.attempts}")
        if isinstance(result, Sent):
            self.texts.append(text)
            self.latest[text.to] = result.sms_message_id
        return result

    def heard(self, number: str) -> list[str]:
        return [text.body for text in self.texts if text.to == number]


class MemoryCallCenter:
    """Implements the callback queue and `CallCenter` in memory. Starts one call per inbound text."""

    def __init__(self, outcome: CallOutcome = CallOutcome.ACCEPTED) -> None:
        self.outcome = outcome
        self.waiting: list[CallbackRequest] = []
        self.calls: dict[str, CallbackRequest] = {}

    def put(self, messages: Sequence[CallbackRequest], *, delay: timedelta = NO_DELAY) -> None:
        assert delay == NO_DELAY
        assert [CallbackRequest.from_json(message.to_json()) for message in messages] == [*messages]
        self.waiting += messages

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        if self.outcome is CallOutcome.ACCEPTED:
            self.calls.setdefault(request.message_id, request)
        return self.outcome
