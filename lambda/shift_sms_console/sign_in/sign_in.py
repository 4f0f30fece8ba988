"""Signs operators in and out.

The browser gets a cookie with a random secret before it leaves for the provider. State, nonce and PKCE verifier are
digests of it. So only the browser with the cookie can return with the state, and nothing is stored for a browser that
never returns.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from shift_sms_console.cookies import SESSION, SIGN_IN, Cookies
from shift_sms_console.requests import Request
from shift_sms_console.responses import Response, redirect
from shift_sms_console.sign_in.id_token import Expected, InvalidIdToken
from shift_sms_console.sign_in.provider import Client, Provider, ProviderFailed
from shift_sms_runtime.console_sessions.ports import ConsoleSessions
from shift_sms_runtime.console_sessions.session import SESSION_LENGTH, Role, Session
from shift_sms_runtime.telemetry import error_type, logger

CALLBACK = "/signin/callback"
START = "/signin/start"
SIGNED_OUT = "/signout"
HOME = "/shifts"
_SIGN_IN_SECONDS = 15 * 60


class SignInRefused(Exception):
    """The operator is not signed in. The message says why, for the operator."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class SignIn:
    """Begins and ends sessions."""

    def __init__(
        self,
        *,
        client: Client,
        provider: Provider,
        sessions: ConsoleSessions,
        cookies: Cookies,
        console_url: str,
        group_claim: str,
        clock: Callable[[], datetime],
        new_token: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        """Configures the sign-in.

        Args:
            client: The console, as the provider knows it.
            provider: The OpenID provider.
            sessions: The sessions.
            cookies: Makes cookies.
            console_url: The address of the console, without a slash at the end.
            group_claim: The claim of the ID token that lists the operator's groups.
            clock: Returns the time.
            new_token: Returns a new secret.
        """
        self._client = client
        self._provider = provider
        self._sessions = sessions
        self._cookies = cookies
        self._url = console_url
        self._group_claim = group_claim
        self._clock = clock
        self._new_token = new_token

    def start(self, request: Request) -> Response:
        """Sends the browser to the provider.

        Raises:
            SignInRefused: the provider cannot be reached.
        """
        token = self._new_token()
        try:
            url = self._provider.authorization_url(
                redirect_uri=self._url + CALLBACK,
                state=_derive(token, "state"),
                nonce=_derive(token, "nonce"),
                code_challenge=_base64url(hashlib.sha256(_derive(token, "verifier").encode()).digest()),
            )
        except ProviderFailed as error:
            raise _failed(error) from error
        value = f"{token}.{quote(_local_path(request.query.get('to', '')), safe='')}"
        return redirect(url, self._cookies.set(SIGN_IN, value, seconds=_SIGN_IN_SECONDS))

    def finish(self, request: Request) -> Response:
        """Begins the session of an operator who returns from the provider.

        Raises:
            SignInRefused: the provider refused, the response is not that to a sign-in of this browser, or the operator
                is in neither group.
        """
        token, _, path = request.cookies.get(SIGN_IN, "").partition(".")
        state = request.query.get("state", "")
        if not token or not hmac.compare_digest(state.encode(), _derive(token, "state").encode()):
            raise SignInRefused("This sign-in is no longer valid. Sign in again.", 400)
        if "code" not in request.query:
            raise SignInRefused("The sign-in was canceled or refused. Sign in again.", 403)
        now = self._clock()
        try:
            claims = self._provider.claims(
                request.query["code"],
                Expected(self._client.issuer, self._client.client_id, _derive(token, "nonce"), now),
                redirect_uri=self._url + CALLBACK,
                code_verifier=_derive(token, "verifier"),
            )
        except (ProviderFailed, InvalidIdToken) as error:
            raise _failed(error) from error
        session = Session(
            email=_email(claims),
            role=_role(claims.get(self._group_claim)),
            csrf_token=self._new_token(),
            expires_at=now + SESSION_LENGTH,
        )
        session_token = self._new_token()
        self._sessions.begin(session_token, session)
        logger().info("signed in", role=session.role.value)
        return redirect(
            _local_path(unquote(path)),
            self._cookies.set(SESSION, session_token, seconds=int(SESSION_LENGTH.total_seconds())),
            self._cookies.remove(SIGN_IN),
        )

    def session(self, request: Request) -> Session | None:
        """Returns the session of a request; None without a valid one."""
        token = request.cookies.get(SESSION, "")
        return self._sessions.find(token, now=self._clock()) if token else None

    def end(self, request: Request) -> tuple[str | None, str]:
        """Ends the session of a request.

        Returns:
            The address that ends the provider's session too, or None; and the cookie header for the response.
        """
        self._sessions.end(request.cookies.get(SESSION, ""))
        try:
            url = self._provider.sign_out_url(returns_to=self._url + SIGNED_OUT)
        except ProviderFailed as error:
            logger().warning("the provider's session goes on", error=error_type(error))
            url = None
        return url, self._cookies.remove(SESSION)


def _derive(token: str, purpose: str) -> str:
    return _base64url(hmac.digest(token.encode(), purpose.encode(), "sha256"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _local_path(path: str) -> str:
    """Returns a path of the console; its home for an address of another site."""
    is_path = (
        path.startswith("/") and not path.startswith(("//", "/\\")) and path.isascii() and path.isprintable()
    )
    return path if is_path and not path.startswith(("/signin", "/signout")) else HOME


def _email(claims: Mapping[str, Any]) -> str:
    """Returns what the audit trail calls the operator. Some providers send no email address for an account."""
    for claim in ("email", "preferred_username", "sub"):
        if claims.get(claim):
            return str(claims[claim])
    raise SignInRefused("Your account has no email address. Ask who manages your accounts to add it.", 403)


def _role(groups: object) -> Role:
    """Returns the role of someone in these groups: a list, or names separated by spaces or commas."""
    names = groups if isinstance(groups, list) else str(groups or "").replace(",", " ").split()
    for role in (Role.MANAGER, Role.VIEWER):
        if role.value in names:
            return role
    raise SignInRefused(
        "Your account is in neither of the groups viewer and manager. Ask who manages your accounts to add it to one.",
        403,
    )


def _failed(error: Exception) -> SignInRefused:
    # The message of these errors names no account and no secret.
    logger().error("the sign-in failed", error=error_type(error), reason=str(error))
    return SignInRefused(
        "The sign-in failed. Sign in again.", 502 if isinstance(error, ProviderFailed) else 403
    )
