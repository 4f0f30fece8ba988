"""The phones' side of a conversation: what a person sends, and what becomes of it on the way in.

Payload: https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
"""

import time
from collections.abc import Callable
from uuid import uuid4

from lab.phone_network.account import Account, PhoneNumber
from lab.phone_network.phones.carrier_keywords import CarrierKeyword, carrier_keyword, first_word
from lab.phone_network.phones.traffic import SentText, Traffic

InboundPayload = dict[str, str]
Publish = Callable[[InboundPayload], None]
"""Hands an inbound text to the two-way channel, normally an SNS topic."""


class Handsets:
    """All the phones in the world that text this account."""

    def __init__(self, account: Account, traffic: Traffic) -> None:
        self._account = account
        self._traffic = traffic
        self.publishes_keywords = False
        self._published: dict[str, InboundPayload] = {}

    def send(self, publish: Publish, phone: str, body: str, to: str | None, message_id: str | None) -> str:
        """Send `body` from `phone` to the account's number `to`; returns the inbound message id."""
        number = self._addressee(phone, to)
        message_id = message_id or str(uuid4())
        previous = self._traffic.latest(number.number, phone)
        word = None if number.self_managed_opt_outs else carrier_keyword(body)
        if word is not None:
            self._answer(word, number, phone)
            if not self.publishes_keywords:
                return message_id
        payload = {
            "originationNumber": phone,
            "destinationNumber": number.number,
            "messageKeyword": first_word(body) if word else f"KEYWORD_{self._account.account_id}",
            "messageBody": body,
            "inboundMessageId": message_id,
        }
        if previous:
            payload["previousPublishedMessageId"] = previous.message_id
        self._published[message_id] = payload
        publish(dict(payload))
        return message_id

    def resend(self, publish: Publish, message_id: str) -> None:
        """Publish once more exactly what was published as `message_id`."""
        publish(dict(self._published[message_id]))

    def _addressee(self, phone: str, to: str | None) -> PhoneNumber:
        if to is not None:
            number = self._account.own_number(to)
            if number is None:
                raise ValueError(f"the account has no number {to}")
            return number
        conversation = reversed(self._traffic.inbox(phone))
        latest = next(conversation, None)
        known = self._account.own_number(latest.origination) if latest else None
        return known or self._account.phone_numbers[0]

    def _answer(self, word: CarrierKeyword, number: PhoneNumber, phone: str) -> None:
        with self._traffic.lock:
            if self._takes_effect(word, number, phone):
                self._traffic.deliver(
                    SentText(
                        message_id=str(uuid4()),
                        origination=number.number,
                        destination=phone,
                        body=word.value,
                        monotonic=time.monotonic(),
                        automatic=True,
                    )
                )

    def _takes_effect(self, word: CarrierKeyword, number: PhoneNumber, phone: str) -> bool:
        match word:
            case CarrierKeyword.OPT_OUT:
                return self._traffic.opt_out(number.opt_out_list, phone)
            case CarrierKeyword.OPT_IN:
                return self._traffic.opt_in(number.opt_out_list, phone)
            case CarrierKeyword.HELP:
                return True
