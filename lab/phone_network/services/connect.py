"""Amazon Connect: outbound calls, at most one per client token, and the resources that a call needs.

Source: StartOutboundVoiceContact in the API reference. Simulated calls never end. Connect
allows 2 per second with a burst of 5: https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from lab.phone_network.account import Account, ConnectInstance
from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.operation import Operation, Parameters
from lab.phone_network.api.validation import Violation, ViolationKind
from lab.phone_network.configuration import Configuration
from lab.phone_network.phones.traffic import Call, Traffic
from lab.phone_network.services.allowance import Allowance

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_MAX_ATTRIBUTE_BYTES = 32_768


class Connect:
    """The operations of `connect`."""

    def __init__(
        self,
        account: Account,
        configuration: Configuration,
        traffic: Traffic,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._configuration = configuration
        self._clock = clock
        self._traffic = traffic
        self._contacts: dict[tuple[str, str], str] = {}
        self._allowance = Allowance(rate=2, burst=5)

    def operations(self) -> Mapping[str, Operation]:
        """Returns the operations by name."""
        return {
            "StartOutboundVoiceContact": Operation(
                action="connect:StartOutboundVoiceContact",
                resources=lambda p: [self._account.arn("connect", f"instance/{p['InstanceId']}")],
                perform=self._start,
                invalid=_invalid,
            ),
            "DescribeInstance": Operation(
                action="connect:DescribeInstance",
                resources=lambda p: [self._arn(p)],
                perform=self._describe_instance,
                invalid=_invalid,
            ),
            "DescribeContactFlow": Operation(
                action="connect:DescribeContactFlow",
                resources=lambda p: [self._arn(p, f"/contact-flow/{p['ContactFlowId']}")],
                perform=self._describe_contact_flow,
                invalid=_invalid,
            ),
            "DescribeQueue": Operation(
                action="connect:DescribeQueue",
                resources=lambda p: [self._arn(p, f"/queue/{p['QueueId']}")],
                perform=self._describe_queue,
                invalid=_invalid,
            ),
            "ListPhoneNumbersV2": Operation(
                action="connect:ListPhoneNumbersV2",
                resources=lambda _: [self._account.arn("connect", "phone-number/*")],
                perform=self._list_phone_numbers,
                invalid=_invalid,
            ),
        }

    def _arn(self, parameters: Parameters, resource: str = "") -> str:
        return self._account.arn("connect", f"instance/{parameters['InstanceId']}{resource}")

    def _instance(self, parameters: Parameters) -> ConnectInstance:
        instance = self._account.connect_instance(parameters["InstanceId"])
        if instance is None:
            raise ServiceError("ResourceNotFoundException", "Instance not found")
        return instance

    def _describe_instance(self, parameters: Parameters) -> Mapping[str, Any]:
        instance = self._instance(parameters)
        status = self._configuration.connect[instance.instance_id].status
        return {"Instance": {"Id": instance.instance_id, "InstanceStatus": status}}

    def _describe_contact_flow(self, parameters: Parameters) -> Mapping[str, Any]:
        instance, flow = self._instance(parameters), parameters["ContactFlowId"]
        if flow not in instance.contact_flow_ids:
            raise ServiceError("ResourceNotFoundException", "Contact flow not found")
        configuration = self._configuration.connect[instance.instance_id]
        if flow in configuration.unpublished_flows:
            raise ServiceError("ContactFlowNotPublishedException", "The flow has not been published")
        state = "ARCHIVED" if flow in configuration.archived_flows else "ACTIVE"
        return {"ContactFlow": {"Id": flow, "State": state, "Status": "PUBLISHED"}}

    def _describe_queue(self, parameters: Parameters) -> Mapping[str, Any]:
        instance, queue = self._instance(parameters), parameters["QueueId"]
        if queue not in instance.queue_ids:
            raise ServiceError("ResourceNotFoundException", "Queue not found")
        disabled = queue in self._configuration.connect[instance.instance_id].disabled_queues
        return {"Queue": {"QueueId": queue, "Status": "DISABLED" if disabled else "ENABLED"}}

    def _list_phone_numbers(self, parameters: Parameters) -> Mapping[str, Any]:
        instance, prefix = self._instance(parameters), parameters.get("PhoneNumberPrefix") or ""
        return {
            "ListPhoneNumbersSummaryList": [
                {"PhoneNumber": number, "InstanceId": instance.instance_id}
                for number in sorted(instance.phone_numbers)
                if number.startswith(prefix)
            ]
        }

    def _start(self, parameters: Parameters) -> Mapping[str, Any]:
        instance = self._instance(parameters)
        _check_caller_and_flow(instance, parameters)
        _check_attributes(parameters.get("Attributes") or {})
        destination = parameters["DestinationPhoneNumber"]
        if destination.startswith(instance.refused_prefixes):
            raise ServiceError("DestinationNotAllowedException", "The destination number is not allowed")
        with self._traffic.lock:
            return {"ContactId": self._contact(instance, parameters)}

    def _contact(self, instance: ConnectInstance, parameters: Parameters) -> str:
        token = parameters.get("ClientToken")
        if token and (known := self._contacts.get((instance.instance_id, token))):
            return known
        active = sum(call.instance_id == instance.instance_id for call in self._traffic.calls)
        if instance.max_calls is not None and active >= instance.max_calls:
            raise ServiceError("LimitExceededException", "The quota of concurrent calls is reached")
        if not self._allowance.take(self._clock()):
            raise ServiceError("TooManyRequestsException", "Too Many Requests", status=429)
        contact_id = str(uuid4())
        if token:
            self._contacts[instance.instance_id, token] = contact_id
        self._traffic.place(
            Call(
                contact_id=contact_id,
                instance_id=instance.instance_id,
                contact_flow_id=parameters["ContactFlowId"],
                destination=parameters["DestinationPhoneNumber"],
                source=parameters.get("SourcePhoneNumber"),
                queue_id=parameters.get("QueueId"),
                client_token=token,
                attributes=parameters.get("Attributes") or {},
            )
        )
        return contact_id


def _check_caller_and_flow(instance: ConnectInstance, parameters: Parameters) -> None:
    source, queue = parameters.get("SourcePhoneNumber"), parameters.get("QueueId")
    if source is None and queue is None:
        raise ServiceError("InvalidRequestException", "SourcePhoneNumber or QueueId is required")
    if source is not None and source not in instance.phone_numbers:
        raise ServiceError("InvalidParameterException", "SourcePhoneNumber is not a number of the instance")
    if queue is not None and queue not in instance.queue_ids:
        raise ServiceError("ResourceNotFoundException", "Queue not found")
    if parameters["ContactFlowId"] not in instance.contact_flow_ids:
        raise ServiceError("ResourceNotFoundException", "Contact flow not found")


def _check_attributes(attributes: Mapping[str, str]) -> None:
    if not all(_ATTRIBUTE_NAME.fullmatch(name) for name in attributes):
        raise ServiceError(
            "InvalidParameterException", "Attribute names are alphanumeric characters, dashes and underscores"
        )
    if len(json.dumps(dict(attributes), ensure_ascii=False).encode()) > _MAX_ATTRIBUTE_BYTES:
        raise ServiceError("InvalidParameterException", f"Attributes exceed {_MAX_ATTRIBUTE_BYTES} bytes")


def _invalid(broken: Sequence[Violation]) -> ServiceError:
    constraints_only = all(violation.kind is ViolationKind.CONSTRAINT for violation in broken)
    return ServiceError(
        "InvalidParameterException" if constraints_only else "InvalidRequestException",
        "; ".join(f"{violation.field}: {violation.message}" for violation in broken),
    )
