"""The phone network: AWS's messaging and calling APIs, and simulated phones."""

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
from lab.phone_network.configuration import Configuration
from lab.phone_network.delivery.carrier_reports import CarrierReportPolicy
from lab.phone_network.delivery.delivery_events import DeliveryEvent, DeliveryEventPublisher, PublishEvents
from lab.phone_network.limits import Limits
from lab.phone_network.phones.handsets import Handsets, InboundPayload, Publish
from lab.phone_network.phones.traffic import Call, Campaign, InboundText, SentText, Traffic
from lab.phone_network.services.connect import Connect
from lab.phone_network.services.descriptions import Descriptions
from lab.phone_network.services.end_user_messaging import EndUserMessaging
from lab.phone_network.services.pinpoint import Pinpoint
from lab.phone_network.services.service_quotas import ServiceQuotas


class PhoneNetwork:
    """The phone network of one AWS account, served at `url` between `start()` and `stop()`.

    `publish` and `publish_events` can be set later: the topics are usually deployed after the network starts.
    `faults`, `limits`, `configuration`, `carrier_reports` and `publishes_keywords` can change at any time.
    """

    def __init__(
        self,
        account: Account,
        *,
        authorize: Authorize,
        publish: Publish | None = None,
        publish_events: PublishEvents | None = None,
        port: int = 0,
    ) -> None:
        self.account = account
        self.publish = publish or _no_inbound_topic
        self.faults = Faults()
        self.limits = Limits.of(account)
        self.configuration = Configuration.of(account)
        self._attempts = Attempts()
        self._events = DeliveryEventPublisher(account)
        self._events.publish = publish_events
        self._traffic = Traffic()
        self._handsets = Handsets(account, self.configuration, self._traffic)
        services = (
            EndUserMessaging(account, self._traffic, self.limits, self._events),
            Descriptions(account, self.configuration, self.limits),
            Connect(account, self.configuration, self._traffic),
            Pinpoint(account, self._traffic),
            ServiceQuotas(self.configuration),
        )
        self._api = RequestPipeline(
            {name: operation for service in services for name, operation in service.operations().items()},
            region=account.region,
            authorize=authorize,
            faults=self.faults,
            attempts=self._attempts,
        )
        self._server = LoopbackServer(self._handle, port, after_response=self._events.release)

    @property
    def url(self) -> str:
        """The endpoint URL of the APIs."""
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
        """Sends `body` from `phone` and returns the inbound message id.

        The text goes to the account's number `to`. The default is the number that texted the phone last, or
        the account's first number. The network replies to carrier keywords (STOP, START, HELP, ...) itself
        and publishes only START of them, unless the number manages opt-outs itself.
        """
        return self._handsets.send(self.publish, phone, body, to, message_id)

    @property
    def publishes_keywords(self) -> bool:
        """Whether STOP and HELP, to which the service replies, are also published.

        AWS does not document it.
        """
        return self._handsets.publishes_keywords

    @publishes_keywords.setter
    def publishes_keywords(self, publishes: bool) -> None:
        self._handsets.publishes_keywords = publishes

    def redeliver(self, message_id: str) -> None:
        """Publishes an inbound text again, as at-least-once delivery can.

        Raises:
            KeyError: no inbound text with this id was published.
        """
        self._handsets.resend(self.publish, message_id)

    @property
    def publish_events(self) -> PublishEvents | None:
        """Receives delivery events; while it is None, the network creates none."""
        return self._events.publish

    @publish_events.setter
    def publish_events(self, publish: PublishEvents) -> None:
        self._events.publish = publish

    @property
    def carrier_reports(self) -> CarrierReportPolicy:
        """Chooses the reports about a text when the network accepts it.

        The default is one TEXT_DELIVERED.
        """
        return self._events.policy

    @carrier_reports.setter
    def carrier_reports(self, policy: CarrierReportPolicy) -> None:
        self._events.policy = policy

    @property
    def events_due(self) -> int:
        """The number of delivery events that are not published yet."""
        return self._events.due

    @property
    def delivery_events(self) -> tuple[DeliveryEvent, ...]:
        """The published delivery events, duplicates included."""
        return self._events.published

    @property
    def event_types_by_message(self) -> Mapping[str, tuple[str, ...]]:
        """The published event types by message id, in order of publication, duplicates included."""
        return self._events.types_by_message()

    def wait_for_delivery_events(self, timeout: float = 10.0) -> bool:
        """Waits until every delivery event is published; returns False after `timeout` seconds.

        Raises:
            RuntimeError: an event could not be published. Each failure is raised once.
        """
        return self._events.wait(timeout)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every finished SendTextMessage call, with or without a response."""
        return self._attempts.recorded

    @property
    def throttled(self) -> Counter[str]:
        """The number of throttled texts by destination."""
        return self._attempts.throttled()

    @property
    def parts_sent(self) -> int:
        """The parts of all texts so far, limited by `limits.spend_limit_parts`."""
        return self._traffic.parts_sent

    @property
    def texts(self) -> tuple[SentText, ...]:
        """Every text that a phone received, oldest first."""
        return self._traffic.texts

    @property
    def inbound_texts(self) -> tuple[InboundText, ...]:
        """Every text that a phone sent, oldest first, those that the network replied to itself included."""
        return self._traffic.inbound_texts

    @property
    def changes(self) -> int:
        """The number of texts and calls so far, in both directions."""
        return self._traffic.changes

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call that Amazon Connect accepted, oldest first."""
        return self._traffic.calls

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """Every campaign that Pinpoint accepted, oldest first."""
        return self._traffic.campaigns

    def inbox(self, phone: str) -> tuple[SentText, ...]:
        """Returns the texts that `phone` received, oldest first."""
        return self._traffic.inbox(phone)

    def counts_by_body(self) -> Counter[str]:
        """Returns how many texts have each body."""
        return self._traffic.counts_by_body()

    def opt_out(self, phone: str, opt_out_list: str = "Default") -> None:
        """Adds `phone` to the opt-out list without sending it a confirmation."""
        self._traffic.opt_out(opt_out_list, phone)

    def opt_in(self, phone: str, opt_out_list: str = "Default") -> None:
        """Removes `phone` from the opt-out list without sending it a confirmation."""
        self._traffic.opt_in(opt_out_list, phone)

    def is_opted_out(self, phone: str, opt_out_list: str = "Default") -> bool:
        """Returns whether `phone` is on the opt-out list."""
        return self._traffic.is_opted_out(opt_out_list, phone)

    def wait_for_text(self, phone: str, after: int = 0, timeout: float = 10.0) -> SentText:
        """Waits for the text that follows the first `after` texts in the phone's inbox.

        Raises:
            TimeoutError: no such text arrived within `timeout` seconds.
        """
        return self._traffic.wait_for_text(phone, after, timeout)

    def wait_until(self, condition: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Waits for `condition`, evaluated after every text, call and campaign.

        Returns False if the condition is still false after `timeout` seconds.
        """
        return self._traffic.wait_until(condition, timeout)

    def _handle(self, request: HttpRequest, connection: socket.socket) -> HttpResponse:
        if request.path.startswith(control.PREFIX):
            return control.handle(self, request)
        return self._api.handle(request, connection)


def _no_inbound_topic(_payload: InboundPayload) -> None:
    raise ValueError("the phone network has no inbound topic yet")
