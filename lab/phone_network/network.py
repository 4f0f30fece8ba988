"""The phone network: AWS's three messaging and calling APIs on one side, people's phones on the other."""

import socket
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

from lab.phone_network import control
from lab.phone_network.account import Account
from lab.phone_network.api import Api
from lab.phone_network.authorisation import Authorise
from lab.phone_network.connect import Connect
from lab.phone_network.end_user_messaging import EndUserMessaging
from lab.phone_network.faults import Faults
from lab.phone_network.handsets import Handsets, InboundPayload, Publish
from lab.phone_network.pinpoint import Pinpoint
from lab.phone_network.server import LoopbackServer
from lab.phone_network.traffic import Call, Campaign, SentText, Traffic
from lab.phone_network.wire import HttpRequest, HttpResponse


class PhoneNetwork:
    """The network of one AWS account, served at `url` between `start()` and `stop()`.

    `publish` may be set later: the inbound topic is usually deployed after the network is up.
    """

    def __init__(
        self,
        account: Account,
        *,
        authorise: Authorise,
        publish: Publish | None = None,
        port: int = 0,
    ) -> None:
        self.account = account
        self.publish = publish or _nowhere
        self.faults = Faults()
        self._traffic = Traffic()
        self._handsets = Handsets(account, self._traffic)
        services = (
            EndUserMessaging(account, self._traffic),
            Connect(account, self._traffic),
            Pinpoint(account, self._traffic),
        )
        self._api = Api(
            {name: operation for service in services for name, operation in service.operations().items()},
            region=account.region,
            authorise=authorise,
            faults=self.faults,
        )
        self._server = LoopbackServer(self._answer, port)

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

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
        account's first. Carrier words (STOP, START, HELP, ...) are answered on the way and not published.
        """
        return self._handsets.send(self.publish, phone, body, to, message_id)

    def redeliver(self, message_id: str) -> None:
        """Publish an inbound text once more, as an at-least-once channel may; KeyError if it never was."""
        self._handsets.resend(self.publish, message_id)

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


def _nowhere(_payload: InboundPayload) -> None:
    raise ValueError("the phone network has no inbound topic yet")
