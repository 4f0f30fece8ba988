"""Errors of AWS End User Messaging SMS.

AWS does not document the reason for a request that violates the service model. This network returns
MISSING_PARAMETER, or FIELD_VALIDATION_FAILED with the fields.
"""

from collections.abc import Sequence

from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.validation import Violation, ViolationKind


def not_found(resource_type: str, resource_id: str) -> ServiceError:
    """Returns the error for a resource that the account does not have."""
    return ServiceError(
        "ResourceNotFoundException",
        f"Resource not found: {resource_type} {resource_id}",
        ResourceType=resource_type,
        ResourceId=resource_id,
    )


def not_valid(reason: str, field: str, message: str) -> ServiceError:
    """Returns the error for a parameter that the service refuses."""
    return ServiceError(
        "ValidationException",
        f"{field}: {message}",
        Reason=reason,
        Fields=[{"Name": field, "Message": message}],
    )


def invalid_request(broken: Sequence[Violation]) -> ServiceError:
    """Returns the error for a request that violates the service model."""
    kinds = {violation.kind for violation in broken}
    if ViolationKind.WRONG_TYPE in kinds:
        wrong = next(violation for violation in broken if violation.kind is ViolationKind.WRONG_TYPE)
        return ServiceError("SerializationException", f"{wrong.field}: {wrong.message}", status=400)
    return ServiceError(
        "ValidationException",
        "; ".join(f"{violation.field}: {violation.message}" for violation in broken),
        Reason="MISSING_PARAMETER" if kinds == {ViolationKind.MISSING} else "FIELD_VALIDATION_FAILED",
        Fields=[{"Name": violation.field, "Message": violation.message} for violation in broken],
    )
