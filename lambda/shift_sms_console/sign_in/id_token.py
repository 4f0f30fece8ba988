"""Checks ID tokens.

Source: "ID Token Validation" in OpenID Connect Core 1.0, section 3.1.3.7; RFC 7515 and RFC 8017, section 8.2.2.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_CLOCK_SKEW = timedelta(minutes=1)
# The start of a SHA-256 digest in DER. Source: RFC 8017, section 9.2, note 1.
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
_SHORTEST_KEY = 2048
"""Bits. Source: RFC 7518, section 3.3."""


class InvalidIdToken(ValueError):
    """The ID token is not one that the issuer made for this sign-in."""


class UnknownKey(InvalidIdToken):
    """The token is signed with a key that is not among those known."""


@dataclass(frozen=True)
class Expected:
    """What an ID token of a sign-in says."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime


def read_id_token(token: str, keys: Mapping[str, Any], expected: Expected) -> Mapping[str, Any]:
    """Returns the claims of an ID token after all checks.

    Args:
        token: The token, signed with RS256. Every OpenID provider supports it.
        keys: The issuer's keys (JWK Set).
        expected: What the token must say.

    Raises:
        UnknownKey: none of the keys has the id that the token names.
        InvalidIdToken: the token is not valid.
    """
    header, claims, signed, signature = _parts(token)
    if header.get("alg") != "RS256":
        raise InvalidIdToken("the algorithm is not RS256")
    if "crit" in header:
        raise InvalidIdToken("the header has an extension that is not supported")
    _check_signature(_find_key(keys, header.get("kid")), signed, signature)
    _check_claims(claims, expected)
    return claims


def _parts(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any], bytes, bytes]:
    try:
        signed, _, signature = token.rpartition(".")
        header, claims = (json.loads(_decode(part)) for part in signed.split("."))
        parts = header, claims, signed.encode("ascii"), _decode(signature)
    except ValueError as error:
        raise InvalidIdToken("it is no signed JSON web token") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise InvalidIdToken("it is no signed JSON web token")
    return parts


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise InvalidIdToken("it is not in base64url") from error


def _find_key(keys: Mapping[str, Any], key_id: object) -> Mapping[str, Any]:
    for key in keys.get("keys", []):
        if key.get("kty") == "RSA" and key.get("kid") == key_id and key.get("use", "sig") == "sig":
            found: Mapping[str, Any] = key
            return found
    raise UnknownKey("the issuer has no key of this id")


def _check_signature(key: Mapping[str, Any], signed: bytes, signature: bytes) -> None:
    """Checks an RSASSA-PKCS1-v1_5 signature: encodes the digest as the signer does, and compares all of it."""
    modulus = int.from_bytes(_decode(key["n"]), "big")
    exponent = int.from_bytes(_decode(key["e"]), "big")
    length = (modulus.bit_length() + 7) // 8
    if modulus.bit_length() < _SHORTEST_KEY or len(signature) != length:
        raise InvalidIdToken("the signature is not as long as the key")
    decrypted = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(length, "big")
    digest = _SHA256_PREFIX + hashlib.sha256(signed).digest()
    encoded = b"\x00\x01" + b"\xff" * (length - len(digest) - 3) + b"\x00" + digest
    if not hmac.compare_digest(decrypted, encoded):
        raise InvalidIdToken("the signature is wrong")


def _check_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != expected.issuer:
        raise InvalidIdToken("another issuer made it")
    if expected.client_id not in audiences or claims.get("azp", expected.client_id) != expected.client_id:
        raise InvalidIdToken("it is for another client")
    # Cognito signs access tokens with keys of the same set.
    if claims.get("token_use", "id") != "id":
        raise InvalidIdToken("it is no ID token")
    if not hmac.compare_digest(str(claims.get("nonce")).encode(), expected.nonce.encode()):
        raise InvalidIdToken("it belongs to another sign-in")
    try:
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        issued_at = datetime.fromtimestamp(int(claims["iat"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidIdToken("it does not say how long it is valid") from error
    if expires_at <= expected.now - _CLOCK_SKEW or issued_at > expected.now + _CLOCK_SKEW:
        raise InvalidIdToken("it is not valid at this time")
