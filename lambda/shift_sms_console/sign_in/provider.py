"""The OpenID provider: its endpoints, its keys, and the exchange of a code for an ID token."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from shift_sms_console.sign_in.id_token import Expected, UnknownKey, read_id_token

_TIMEOUT_SECONDS = 5
_MOST_BYTES = 1_000_000


class ProviderFailed(Exception):
    """The provider cannot be reached, or refused the request. The message has no secret."""


class Http(Protocol):
    """Sends requests to the provider."""

    def __call__(self, url: str, form: Mapping[str, str] | None = None, *, authorization: str = "") -> Any:
        """Returns the JSON of a response. Raises ProviderFailed."""


def send(url: str, form: Mapping[str, str] | None = None, *, authorization: str = "") -> Any:
    """Implements `Http`. Sends GET, or POST with a form."""
    request = Request(  # noqa: S310 - the addresses are the issuer's own
        url,
        data=urlencode(form).encode() if form is not None else None,
        headers={"accept": "application/json", **({"authorization": authorization} if authorization else {})},
    )
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - likewise
            return json.loads(response.read(_MOST_BYTES))
    except HTTPError as error:
        raise ProviderFailed(f"the provider answered with status {error.code}") from error
    except (OSError, ValueError) as error:
        raise ProviderFailed("the provider cannot be reached") from error


@dataclass(frozen=True)
class Client:
    """The console, as the provider knows it."""

    issuer: str
    configuration_url: str
    """Where the issuer publishes its endpoints."""
    client_id: str
    client_secret: Callable[[], str | None]
    """Returns the secret; None for a public client."""


class Provider:
    """The OpenID provider of a client. Its endpoints and keys are read once per process."""

    def __init__(self, client: Client, http: Http = send) -> None:
        self._client = client
        self._http = http
        self._keys: Mapping[str, Any] = {}

    @cached_property
    def _configuration(self) -> Mapping[str, Any]:
        configuration: Mapping[str, Any] = self._http(self._client.configuration_url)
        if configuration.get("issuer") != self._client.issuer:
            raise ProviderFailed("the configuration is that of another issuer")
        return configuration

    def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, code_challenge: str) -> str:
        """Returns the address where the operator signs in.

        Raises:
            ProviderFailed: the provider's configuration cannot be read.
        """
        query = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        return _with_query(self._configuration["authorization_endpoint"], query)

    def sign_out_url(self, *, returns_to: str) -> str | None:
        """Returns the address that ends the session of the provider; None if it has none.

        Raises:
            ProviderFailed: the provider's configuration cannot be read.
        """
        endpoint = self._configuration.get("end_session_endpoint")
        if not endpoint:
            return None
        # Cognito knows `logout_uri`, other providers the name of the standard.
        query = {
            "client_id": self._client.client_id,
            "logout_uri": returns_to,
            "post_logout_redirect_uri": returns_to,
        }
        return _with_query(endpoint, query)

    def claims(
        self, code: str, expected: Expected, *, redirect_uri: str, code_verifier: str
    ) -> Mapping[str, Any]:
        """Exchanges a code for an ID token, and returns its claims.

        Raises:
            ProviderFailed: the provider refused the code.
            InvalidIdToken: the token is not valid.
        """
        form = {
            "grant_type": "authorization_code",
            "client_id": self._client.client_id,
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
        }
        tokens = self._http(
            self._configuration["token_endpoint"], form, authorization=self._basic_authorization()
        )
        token = str(tokens.get("id_token", ""))
        try:
            return read_id_token(token, self._keys, expected)
        except UnknownKey:
            # The issuer changes its keys from time to time.
            self._keys = self._http(self._configuration["jwks_uri"])
            return read_id_token(token, self._keys, expected)

    def _basic_authorization(self) -> str:
        """Source: RFC 6749, section 2.3.1."""
        secret = self._client.client_secret()
        if secret is None:
            return ""
        credentials = f"{quote(self._client.client_id, safe='')}:{quote(secret, safe='')}"
        return "Basic " + base64.b64encode(credentials.encode()).decode()


def _with_query(endpoint: str, query: Mapping[str, str]) -> str:
    return endpoint + ("&" if "?" in endpoint else "?") + urlencode(query)
