"""Identifies the caller of a request and defines the interface of permission checks.

Signatures are not verified, because the network has no secret keys. It only checks that a request is
signed for the right service and region.
"""

import re
from collections.abc import Callable

from lab.phone_network.api.errors import ServiceError

_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request"
    r",\s*SignedHeaders=[\w;-]+,\s*Signature=[0-9a-f]{64}"
)


class AccessDeniedError(Exception):
    """IAM denies the call; the message is that of the error response."""


Authorize = Callable[[str, str, str], None]
"""Called with access key id, action and resource ARN; raises `AccessDeniedError`."""


def allow_all(_access_key_id: str, _action: str, _resource_arn: str) -> None:
    """Allows every call, for tests that do not examine permissions."""


def access_key_id(authorization: str | None, *, service: str, region: str) -> str:
    """Returns the access key id from an Authorization header.

    Raises:
        ServiceError: the header is missing or invalid, with the error code that AWS documents:
            https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
    """
    if not authorization:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", status=403)
    match = _CREDENTIAL.fullmatch(authorization)
    if match is None:
        raise ServiceError("IncompleteSignatureException", "Authorization header is not SigV4", status=400)
    if (match["region"], match["service"]) != (region, service):
        message = f"Credential should be scoped to region '{region}' and service '{service}'."
        raise ServiceError("InvalidSignatureException", message, status=403)
    return match["key"]
