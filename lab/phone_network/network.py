"""The phone network: AWS's three messaging and calling APIs on one side, people's phones on the other."""

import socket
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from lab.phone_network import control
from lab.phone_network.account import Account
from lab.phone_network.api.attempts import Attempt, Attempts
from lab.phone_network.api.authorization import Authorize
from lab.phone_network.api.faults import Faults
from lab.phone_network.api.pipeline import RequestPipeline
from lab.phone_network.api.server import LoopbackServer
from lab.phone_network.api.wire import HttpRequest, HttpResponse
from lab.phone_network.delivery.carrier_reports import CarrierReportPolicy
from lab.phone_network.delivery.delivery_events import DeliveryEvent, DeliveryEventPublisher, PublishEvents
from lab.phone_network.limits import Limits
from lab.phone_network.phones.handsets import Handsets, InboundPayload, Publish
from lab.phone_network.phones.traffic import Call, Campaign, SentText, Traffic
from lab.phone_network.services.connect import Connect
from lab.phone_network.services.end_user_messaging import EndUserMessaging
from lab.phone_network.services.pinpoint import Pinpoint


class PhoneNetwork:
    """The network of one AWS account, served at `url` between `start()` and `stop()`.

    `publish` and `publish_events` may be set later: the topics are usually deployed after the network is up.
    `faults`, `limits`, `receipts` and `publishes_keywords` may be changed at any time.
    """

    def __init__(
        self,
        account: Account,
        *,
        authorise: Authorize,
        publish: Publish | None = None,
        publish_events: PublishEvents | None = None,
        port: int = 0,
    ) -> None:
        self.account = account
        self.publish = publish or _no_inbound_topic
        self.faults = Faults()
        self.limits = Limits.of(account)
        self._attempts = Attempts()
        self._events = DeliveryEventPublisher(account)
        self._events.publish = publish_events
        self._traffic = Traffic()
        self._handsets = Handsets(account, self._traffic)
        services = (
            EndUserMessaging(account, self._traffic, self.limits, self._events),
            Connect(account, self._traffic),
            Pinpoint(account, self._traffic),
        )
        self._api = RequestPipeline(
            {name: operation for service in services for name, operation in service.operations().items()},
            region=account.region,
            authorise=authorise,
            faults=self.faults,
            attempts=self._attempts,
        )
        self._server = LoopbackServer(self._answer, port, answered=self._events.answered)

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        self._events.start()
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
        self._events.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def send_from_phone(
        self, phone: str, body: str, to: str | None = None, message_id: str | None = None
    ) -> str:
        """Text `body` from `phone`; returns the inbound message id.

        Goes to the account's number `to`, by default the one that texted the phone last, else the
        account's first. Carrier words (STOP, START, HELP, ...) are answered on the way and not published, unless
        the number says otherwise.
        """
        return self._handsets.send(self.publish, phone, body, to, message_id)

    @property
    def publishes_keywords(self) -> bool:
        """Whether STOP, START and HELP that the service answers are published as well; AWS does not document it."""
        return self._handsets.publishes_keywords

    @publishes_keywords.setter
    def publishes_keywords(self, publishes: bool) -> None:
        self._handsets.publishes_keywords = publishes

    def redeliver(self, message_id: str) -> None:
        """Publish an inbound text once more, as an at-least-once channel may; KeyError if it never was."""
        self._handsets.resend(self.publish, message_id)

    @property
    def publish_events(self) -> PublishEvents | None:
        """Where delivery events go; as long as it is None there are none."""
        return self._events.publish

    @publish_events.setter
    def publish_events(self, publish: PublishEvents) -> None:
        self._events.publish = publish

    @property
    def receipts(self) -> CarrierReportPolicy:
        """Which events there are of a text, asked when it is accepted; at first one TEXT_DELIVERED."""
        return self._events.policy

    @receipts.setter
    def receipts(self, policy: CarrierReportPolicy) -> None:
        self._events.policy = policy

    @property
    def receipts_due(self) -> int:
        """How many delivery events are still to be published."""
        return self._events.due

    @property
    def delivery_events(self) -> tuple[DeliveryEvent, ...]:
        """The delivery events that were published, copies included."""
        return self._events.published

    @property
    def receipted(self) -> Mapping[str, tuple[str, ...]]:
        """Which types of events were published, by message id and in that order, copies included."""
        return self._events.types_by_message()

    def wait_for_receipts(self, timeout: float = 10.0) -> bool:
        """Wait until no delivery event is to come any more; False when time is up.

        Raises RuntimeError, once, when one could not be published.
        """
        return self._events.wait(timeout)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every SendTextMessage that came to an end, answered or not."""
        return self._attempts.noted

    @property
    def throttled(self) -> Counter[str]:
        """How often a text was throttled, by destination."""
        return self._attempts.throttled()

    @property
    def parts_sent(self) -> int:
        """Parts of all texts so far, which is what `limits.spend_limit_parts` limits."""
        return self._traffic.parts_sent

    @property
    def texts(self) -> tuple[SentText, ...]:
        return self._traffic.texts

    @property
    def calls(self) -> tuple[Call, ...]:
        return self._traffic.calls

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        return self._traffic.campaigns

    def inbox(self, phone: str) -> tuple[SentText, ...]:
        """Return what `phone` received, oldest first."""
        return self._traffic.inbox(phone)

    def counts_by_body(self) -> Counter[str]:
        return self._traffic.counts_by_body()

    def opt_out(self, phone: str, opt_out_list: str = "Default") -> None:
        """List `phone` as if it had been listed before; nobody is answered."""
        self._traffic.opt_out(opt_out_list, phone)

    def opt_in(self, phone: str, opt_out_list: str = "Default") -> None:
        """Take `phone` off the list; nobody is answered."""
        self._traffic.opt_in(opt_out_list, phone)

    def is_opted_out(self, phone: str, opt_out_list: str = "Default") -> bool:
        return self._traffic.is_opted_out(opt_out_list, phone)

    def wait_for_text(self, phone: str, after: int = 0, timeout: float = 10.0) -> SentText:
        """Wait for the text that follows the first `after` in the phone's inbox; TimeoutError if none."""
        return self._traffic.wait_for_text(phone, after, timeout)

    def wait_until(self, holds: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Wait until `holds()`, asked after every text, call and campaign; False when time is up."""
        return self._traffic.wait_until(holds, timeout)

    def _answer(self, request: HttpRequest, connection: socket.socket) -> HttpResponse:
        if request.path.startswith(control.PREFIX):
            return control.answer(self, request)
        return self._api.answer(request, connection)


def _no_inbound_topic(_payload: InboundPayload) -> None:
    raise ValueError("the phone network has no inbound topic yet")
