"""Service Quotas: the quota of SendTextMessage, and the service that it belongs to."""

from collections.abc import Mapping, Sequence
from typing import Any

from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.operation import Operation, Parameters
from lab.phone_network.api.validation import Violation
from lab.phone_network.configuration import Configuration

SERVICE_CODE = "sms-voice"
_SERVICE_NAME = "AWS End User Messaging"


class ServiceQuotas:
    """The operations of `service-quotas`."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def operations(self) -> Mapping[str, Operation]:
        """Returns the operations by name."""
        return {
            name: Operation(
                action=f"servicequotas:{name}", resources=lambda _: ["*"], perform=perform, invalid=_invalid
            )
            for name, perform in (
                ("ListServices", self._list_services),
                ("ListServiceQuotas", self._list_service_quotas),
            )
        }

    def _list_services(self, _parameters: Parameters) -> Mapping[str, Any]:
        return {
            "Services": [
                {"ServiceCode": "lambda", "ServiceName": "AWS Lambda"},
                {"ServiceCode": SERVICE_CODE, "ServiceName": _SERVICE_NAME},
            ]
        }

    def _list_service_quotas(self, parameters: Parameters) -> Mapping[str, Any]:
        if parameters["ServiceCode"] != SERVICE_CODE:
            raise ServiceError("NoSuchResourceException", f"There is no service {parameters['ServiceCode']}")
        quotas = {
            "DescribePhoneNumbers requests per second": 1.0,
            "SendTextMessage requests per second": self._configuration.texts_per_second_quota,
        }
        return {
            "Quotas": [
                {"ServiceCode": SERVICE_CODE, "ServiceName": _SERVICE_NAME, "QuotaName": name, "Value": value}
                for name, value in quotas.items()
            ]
        }


def _invalid(broken: Sequence[Violation]) -> ServiceError:
    return ServiceError(
        "IllegalArgumentException",
        "; ".join(f"{violation.field}: {violation.message}" for violation in broken),
    )
