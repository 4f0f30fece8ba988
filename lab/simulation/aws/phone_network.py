"""The clients of End User Messaging SMS and Connect.

They call the services of the phone network without HTTP.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lab.phone_network.account import Account
from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.operation import Operation
from lab.phone_network.configuration import Configuration
from lab.phone_network.delivery.delivery_events import DeliveryEventPublisher
from lab.phone_network.limits import Limits
from lab.phone_network.phones.traffic import Call, Traffic
from lab.phone_network.services.connect import Connect
from lab.phone_network.services.end_user_messaging import EndUserMessaging
from lab.simulation.aws.calls import Calls, Response
from lab.simulation.aws.client import SimulatedClient, client_error, violations_of_model

_SMS, _SEND = "pinpoint-sms-voice-v2", "SendTextMessage"
_CONNECT, _START = "connect", "StartOutboundVoiceContact"


class Phones(Protocol):
    """The phones that receive texts."""

    def send(self, request: Mapping[str, Any], /) -> Response:
        """Carries out a valid `SendTextMessage`: opt-outs, throughput and delivery."""


class SmsClient(SimulatedClient):
    """The boto3 client of End User Messaging SMS.

    A request is checked as the phone network of the lab checks it.
    """

    service = _SMS

    def __init__(
        self, phones: Phones, account: Account, *, calls: Calls | None = None, max_attempts: int = 1
    ) -> None:
        """See `SimulatedClient`.

        Args:
            phones: Receive the texts.
            account: Has the origination identities and configuration sets.
            calls: See `SimulatedClient`.
            max_attempts: See `SimulatedClient`.
        """
        super().__init__(calls=calls, max_attempts=max_attempts)
        self._phones = phones
        events = DeliveryEventPublisher(account)
        service = EndUserMessaging(account, Traffic(), Limits.of(account), events)
        self._checks = service.operations()[_SEND]

    def send_text_message(self, **request: Any) -> Response:
        """See SendTextMessage in the pinpoint-sms-voice-v2 API reference."""
        return self._request(_SEND, request, lambda: self._send(request))

    def _send(self, request: Mapping[str, Any]) -> Response:
        response = _performed(_SMS, _SEND, self._checks, {**request, "DryRun": True})
        return response if request.get("DryRun") else self._phones.send(request)


class CallCenter:
    """Amazon Connect of one account."""

    def __init__(self, account: Account, clock: Callable[[], float]) -> None:
        """Starts without calls; `clock` returns the time in seconds."""
        self._traffic = Traffic()
        self.start = Connect(account, Configuration.of(account), self._traffic, clock).operations()[_START]

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that were started."""
        return self._traffic.calls


class ConnectClient(SimulatedClient):
    """The boto3 client of Connect."""

    service = _CONNECT

    def __init__(self, call_center: CallCenter, *, calls: Calls | None = None, max_attempts: int = 1) -> None:
        """See `SimulatedClient`."""
        super().__init__(calls=calls, max_attempts=max_attempts)
        self._call_center = call_center

    def start_outbound_voice_contact(self, **request: Any) -> Response:
        """See StartOutboundVoiceContact in the Connect API reference."""
        return self._request(
            _START, request, lambda: _performed(_CONNECT, _START, self._call_center.start, request)
        )


def _performed(service: str, name: str, operation: Operation, request: Mapping[str, Any]) -> Response:
    """Carries an operation of the phone network out.

    Its errors are raised as botocore raises them.
    """
    try:
        if broken := violations_of_model(service, name, request):
            raise operation.invalid(broken)
        return dict(operation.perform(request))
    except ServiceError as error:
        raise client_error(
            service, name, error.code, error.message, status=error.status, **error.members
        ) from None
