"""Who is calling and whether IAM lets them, decided by whoever set the network up.

Signatures are not verified: the network knows no secrets. That a request is signed, for the right
service and region, is what tells a mistake of the system from a mistake of the lab.
"""

import re
from collections.abc import Callable

from lab.phone_network.api.errors import ServiceError

_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request"
    r",\s*SignedHeaders=[\w;-]+,\s*Signature=[0-9a-f]{64}"
)


class AccessDeniedError(Exception):
    """IAM does not allow the call; the message is what the caller is told."""


Authorize = Callable[[str, str, str], None]
"""Called with access key id, action and resource ARN; raises `RefusedError`."""


def allow_all(_access_key_id: str, _action: str, _resource_arn: str) -> None:
    """Refuse nothing, where permissions are not the point."""


def access_key_id(authorization: str | None, *, service: str, region: str) -> str:
    """Tell who signed a request with this Authorization header.

    The errors are those of https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
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
