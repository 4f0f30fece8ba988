"""An OpenID provider without a network, for tests of the console's sign-in."""

import base64
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from shift_sms_console.sign_in.provider import ProviderFailed

ISSUER = "https://id.example.com/tenant"
CONFIGURATION_URL = f"{ISSUER}/.well-known/openid-configuration"
CLIENT_ID = "console"
KEY_ID = "key-1"


@cache
def signing_key(name: str = KEY_ID) -> rsa.RSAPrivateKey:
    """Returns the key of a name, the same each time."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def base64url(data: bytes) -> str:
    """Returns data as JSON web tokens spell it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public_key(name: str = KEY_ID) -> dict[str, str]:
    """Returns a public key as the provider publishes it."""
    numbers = signing_key(name).public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": name,
        "n": base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": base64url(numbers.e.to_bytes(3, "big")),
    }


def signed(claims: Mapping[str, Any], *, key: str = KEY_ID, **header: Any) -> str:
    """Returns a signed JSON web token."""
    parts = ({"alg": "RS256", "kid": key, **header}, claims)
    text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    signature = signing_key(key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{base64url(signature)}"


class FakeProvider:
    """Implements `Http`. Issues the code `code` for the last sign-in that it was asked for."""

    def __init__(self, **claims: Any) -> None:
        """`claims` are those of the operator who signs in."""
        self.claims = {"email": "ann@example.com", "groups": ["manager"], **claims}
        self.asked: dict[str, str] = {}
        """The last request for a sign-in."""
        self.forms: list[tuple[Mapping[str, str], str]] = []
        """Requests for tokens, with their authorization."""
        self.is_down = False

    def authorize(self, url: str) -> str:
        """Signs in at an authorization address, and returns the query that the browser returns with."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        return f"code=code&state={self.asked['state']}"

    def __call__(self, url: str, form: Mapping[str, str] | None = None, *, authorization: str = "") -> Any:
        """See `Http`."""
        if self.is_down:
            raise ProviderFailed("the provider cannot be reached")
        if url == CONFIGURATION_URL:
            return {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
                "end_session_endpoint": f"{ISSUER}/end",
            }
        if url == f"{ISSUER}/keys":
            return {"keys": [public_key()]}
        assert url == f"{ISSUER}/token"
        assert form is not None
        self.forms.append((form, authorization))
        if form["code"] != "code" or not self._proves(form["code_verifier"]):
            raise ProviderFailed("the provider answered with status 400")
        now = int(time.time())
        return {
            "id_token": signed(
                {
                    "iss": ISSUER,
                    "aud": CLIENT_ID,
                    "iat": now,
                    "exp": now + 300,
                    "nonce": self.asked["nonce"],
                    **self.claims,
                }
            )
        }

    def _proves(self, verifier: str) -> bool:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(verifier.encode())
        return base64url(digest.finalize()) == self.asked["code_challenge"]
