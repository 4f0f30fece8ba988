"""Sends texts from simulated phones to the account's two-way numbers.

Payload: https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
"""

import time
from collections.abc import Callable
from uuid import uuid4

from lab.phone_network.account import Account, PhoneNumber
from lab.phone_network.configuration import Configuration
from lab.phone_network.phones.carrier_keywords import CarrierKeyword, carrier_keyword, first_word
from lab.phone_network.phones.traffic import InboundText, SentText, Traffic

InboundPayload = dict[str, str]
Publish = Callable[[InboundPayload], None]
"""Publishes an inbound text to the two-way channel, normally an SNS topic."""


class Handsets:
    """All phones that text the account."""

    def __init__(self, account: Account, configuration: Configuration, traffic: Traffic) -> None:
        self._account = account
        self._configuration = configuration
        self._traffic = traffic
        self.publishes_keywords = False
        self._published: dict[str, InboundPayload] = {}

    def send(self, publish: Publish, phone: str, body: str, to: str | None, message_id: str | None) -> str:
        """Sends `body` from `phone` to the account's number `to`.

        Returns the inbound message id.
        """
        number = self._recipient(phone, to)
        message_id = message_id or str(uuid4())
        previous = self._traffic.latest(number.number, phone)
        self._traffic.record(
            InboundText(message_id=message_id, origination=phone, destination=number.number, body=body)
        )
        settings = self._configuration.two_way_of(
            number.phone_number_id, self._account.pool_of(number.phone_number_id)
        )
        keyword = None if settings.self_managed_opt_outs else carrier_keyword(body)
        if keyword is not None:
            self._reply(keyword, number, phone)
            if not (self.publishes_keywords or keyword is CarrierKeyword.OPT_IN):
                return message_id
        payload = {
            "originationNumber": phone,
            "destinationNumber": number.number,
            "messageKeyword": first_word(body) if keyword else f"KEYWORD_{self._account.account_id}",
            "messageBody": body,
            "inboundMessageId": message_id,
        }
        if previous:
            payload["previousPublishedMessageId"] = previous.message_id
        if not self._configuration.publishes(settings):
            return message_id
        self._published[message_id] = payload
        publish(dict(payload))
        return message_id

    def resend(self, publish: Publish, message_id: str) -> None:
        """Publishes the inbound text `message_id` again without changes."""
        publish(dict(self._published[message_id]))

    def _recipient(self, phone: str, to: str | None) -> PhoneNumber:
        if to is not None:
            number = self._account.own_number(to)
            if number is None:
                raise ValueError(f"the account has no number {to}")
            return number
        latest = next(reversed(self._traffic.inbox(phone)), None)
        last_sender = self._account.own_number(latest.origination) if latest else None
        return last_sender or self._account.phone_numbers[0]

    def _reply(self, keyword: CarrierKeyword, number: PhoneNumber, phone: str) -> None:
        with self._traffic.lock:
            if self._takes_effect(keyword, number, phone):
                self._traffic.deliver(
                    SentText(
                        message_id=str(uuid4()),
                        origination=number.number,
                        destination=phone,
                        body=keyword.value,
                        monotonic=time.monotonic(),
                        automatic=True,
                    )
                )

    def _takes_effect(self, keyword: CarrierKeyword, number: PhoneNumber, phone: str) -> bool:
        match keyword:
            case CarrierKeyword.OPT_OUT:
                return self._traffic.opt_out(number.opt_out_list, phone)
            case CarrierKeyword.OPT_IN:
                return self._traffic.opt_in(number.opt_out_list, phone)
            case CarrierKeyword.HELP:
                return True
