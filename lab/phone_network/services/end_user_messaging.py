"""AWS End User Messaging SMS: sends texts within the documented limits.

Errors and reasons: SendTextMessage in the API reference of pinpoint-sms-voice-v2. Limits:
https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations.html
"""

import re
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from lab.phone_network.account import Account, OriginationIdentity, PhoneNumber
from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.operation import Operation, Parameters
from lab.phone_network.delivery.delivery_events import DeliveryEventPublisher
from lab.phone_network.limits import Limits
from lab.phone_network.phones.countries import country_of
from lab.phone_network.phones.encoding import Measure, measure
from lab.phone_network.phones.traffic import SentText, Traffic
from lab.phone_network.services.allowance import Allowance
from lab.phone_network.services.sms_errors import invalid_request, not_found, not_valid

_E164 = re.compile(r"\+[1-9]\d{6,14}")


class EndUserMessaging:
    """The operations of `pinpoint-sms-voice-v2` that send."""

    def __init__(
        self, account: Account, traffic: Traffic, limits: Limits, events: DeliveryEventPublisher
    ) -> None:
        self._account = account
        self._traffic = traffic
        self._limits = limits
        self._events = events
        self._allowances = {
            # AWS does not document bursts. This network accepts texts up to one second ahead of the rate.
            number.phone_number_id: Allowance(
                number.messages_per_second, burst=number.messages_per_second + 1
            )
            for number in account.phone_numbers
        }

    def operations(self) -> Mapping[str, Operation]:
        """Returns the operations by name."""
        return {
            "SendTextMessage": Operation(
                action="sms-voice:SendTextMessage",
                resources=self._send_resources,
                perform=self._send,
                invalid=invalid_request,
            ),
        }

    def _send_resources(self, parameters: Parameters) -> Sequence[str]:
        name = parameters.get("OriginationIdentity")
        arns = ["*" if name is None else self._identity_arn(name)]
        if configuration_set := parameters.get("ConfigurationSetName"):
            arns.append(
                self._account.arn("sms-voice", f"configuration-set/{configuration_set.rpartition('/')[2]}")
            )
        return arns

    def _identity_arn(self, name: str) -> str:
        if identity := self._account.origination_identity(name):
            return identity.arn
        if name.startswith("arn:"):
            return name
        return self._account.arn("sms-voice", f"{_resource_type(name)}/{name}")

    def _send(self, parameters: Parameters) -> Mapping[str, Any]:
        body = _body(parameters)
        measured = measure(body)
        destination = _e164(parameters["DestinationPhoneNumber"])
        identity = self._identity(parameters)
        self._check_references(parameters)
        self._check_size_and_price(parameters, measured)
        _check_message_type(parameters, identity)
        message_id = str(uuid4())
        with self._traffic.lock:
            self._check_recipient(destination, identity)
            self._check_spend(measured)
            if not parameters.get("DryRun"):
                now = time.monotonic()
                number = self._available_number(identity, destination, now, measured.parts)
                text = SentText(
                    message_id=message_id,
                    origination=number.number,
                    destination=destination,
                    body=body,
                    monotonic=now,
                    context=parameters.get("Context") or {},
                    configuration_set=parameters.get("ConfigurationSetName"),
                    message_type=number.message_type,
                    time_to_live=parameters.get("TimeToLive"),
                )
                self._events.schedule(text)
                self._traffic.deliver(text)
        return {"MessageId": message_id}

    def _identity(self, parameters: Parameters) -> OriginationIdentity:
        name = parameters.get("OriginationIdentity")
        if name is None:
            identity = OriginationIdentity("*", self._account.phone_numbers)
        elif found := self._account.origination_identity(name):
            identity = found
        else:
            raise not_found(_resource_type(name), name)
        if not identity.numbers:
            raise ServiceError(
                "ConflictException", "No origination identity found", Reason="NO_ORIGINATION_IDENTITIES_FOUND"
            )
        return identity

    def _check_references(self, parameters: Parameters) -> None:
        configuration_set = parameters.get("ConfigurationSetName")
        if configuration_set and self._account.configuration_set(configuration_set) is None:
            raise not_found("configuration-set", configuration_set)
        if protect_configuration := parameters.get("ProtectConfigurationId"):
            raise not_found("protect-configuration", protect_configuration)

    def _check_size_and_price(self, parameters: Parameters, measured: Measure) -> None:
        if measured.too_long:
            raise not_valid(
                "MAXIMUM_SIZE_EXCEEDED",
                "MessageBody",
                f"{measured.size} {measured.encoding} characters exceed the maximum of {measured.maximum}",
            )
        price = measured.parts * self._account.price_per_part
        if parameters.get("MaxPrice") and Decimal(parameters["MaxPrice"]) < price:
            raise not_valid("PRICE_OVER_THRESHOLD", "MaxPrice", f"The message costs {price} USD")

    def _check_recipient(self, destination: str, identity: OriginationIdentity) -> None:
        if self._limits.sandbox and destination not in self._limits.verified_numbers:
            raise ServiceError(
                "ConflictException",
                "Destination phone number is not verified",
                Reason="DESTINATION_PHONE_NUMBER_NOT_VERIFIED",
                ResourceType="verified-destination-number",
            )
        if self._limits.blocked_countries and country_of(destination) in self._limits.blocked_countries:
            raise ServiceError(
                "ConflictException",
                "Destination country is blocked by the protect configuration",
                Reason="DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
                ResourceType="protect-configuration",
            )
        if self._traffic.is_opted_out(identity.numbers[0].opt_out_list, destination):
            raise ServiceError(
                "ConflictException",
                "Destination phone number is opted out",
                Reason="DESTINATION_PHONE_NUMBER_OPTED_OUT",
                ResourceType="opted-out-number",
            )

    def _check_spend(self, measured: Measure) -> None:
        limit = self._limits.spend_limit_parts
        if limit is not None and self._traffic.parts_sent + measured.parts > limit:
            raise ServiceError(
                "ServiceQuotaExceededException",
                "Monthly spend limit reached",
                Reason="MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
            )

    def _available_number(
        self, identity: OriginationIdentity, phone: str, now: float, parts: int
    ) -> PhoneNumber:
        # A pool prefers the number that last texted the phone, as long as that number has throughput left.
        numbers = sorted(identity.numbers, key=lambda n: self._traffic.latest(n.number, phone) is None)
        for number in numbers:
            if self._allowances[number.phone_number_id].take(now, parts):
                return number
        raise ServiceError("ThrottlingException", "Rate exceeded")


def _body(parameters: Parameters) -> str:
    body = parameters.get("MessageBody")
    if not isinstance(body, str):
        raise not_valid("MISSING_PARAMETER", "MessageBody", "Member must not be null")
    return body


def _e164(number: str) -> str:
    e164 = number if number.startswith("+") else f"+{number}"
    if not _E164.fullmatch(e164):
        raise not_valid("INVALID_PARAMETER", "DestinationPhoneNumber", "Not a phone number in E.164 format")
    return e164


def _check_message_type(parameters: Parameters, identity: OriginationIdentity) -> None:
    wanted = parameters.get("MessageType")
    if wanted and wanted != identity.numbers[0].message_type:
        raise ServiceError(
            "ConflictException",
            f"The origination identity does not send {wanted} messages",
            Reason="MESSAGE_TYPE_MISMATCH",
        )


def _resource_type(identity: str) -> str:
    return "pool" if identity.rpartition("/")[2].startswith("pool-") else "phone-number"
