"""Answers requests: first the session, then the role, then the page."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote

from shift_sms_console.assets import PREFIX, Assets
from shift_sms_console.rendering import Templates
from shift_sms_console.requests import Request
from shift_sms_console.responses import Response, redirect
from shift_sms_console.sign_in.sign_in import CALLBACK, HOME, SIGNED_OUT, START, SignIn, SignInRefused
from shift_sms_console.visit import ChangeNotAllowed, Routes, Visit
from shift_sms_operator.composition import Operator
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.console_sessions.session import Role, Session

_PUBLIC_PREFIXES = (PREFIX, "/signin/")
_PUBLIC_PATHS = ("/", SIGNED_OUT)
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "x-csrf-token"

_CONTENT_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    # The stylesheet has its icons as data.
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": "; ".join(_CONTENT_POLICY),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Console:
    """The console. Everything but its public paths needs a session."""

    def __init__(
        self,
        *,
        sign_in: SignIn,
        assets: Assets,
        templates: Templates,
        routes: Routes,
        operator: Callable[[str], Operator],
        clock: Callable[[], datetime],
    ) -> None:
        """Configures the console.

        Args:
            sign_in: Begins and ends sessions.
            assets: The files beside the pages.
            templates: The templates.
            routes: The pages.
            operator: Returns the operations of an operator by the email address.
            clock: Returns the time.
        """
        self._sign_in = sign_in
        self._assets = assets
        self._templates = templates
        self._routes = routes
        self._operator = operator
        self._clock = clock

    def respond(self, request: Request) -> Response:
        """Returns the response to a request."""
        is_public = request.path in _PUBLIC_PATHS or request.path.startswith(_PUBLIC_PREFIXES)
        response = self._public(request) if is_public else self._private(request)
        return response.adding(SECURITY_HEADERS)

    def route(self, request: Request) -> str:
        """Returns the path of a request for the log; a path that names no page may hold anything."""
        known = {path for _, path in self._routes} | {*_PUBLIC_PATHS, START, CALLBACK}
        if request.path.startswith(PREFIX):
            return f"{PREFIX}*"
        return request.path if request.path in known else "unknown"

    def failed(self, request: Request) -> Response:
        """Returns the response to a request that an error ended."""
        message = (
            "Something went wrong. Nothing is lost: look at the page again before you repeat the change."
        )
        return self._problem(request, message, 500).adding(SECURITY_HEADERS)

    def _public(self, request: Request) -> Response:
        if request.path.startswith(PREFIX):
            return self._assets.respond(request) or self._problem(request, "There is no such file.", 404)
        answers: Mapping[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/"): self._welcome,
            ("GET", START): self._sign_in.start,
            ("GET", CALLBACK): self._sign_in.finish,
            ("GET", SIGNED_OUT): lambda _: self._page("signed_out.html", sign_out_url=None),
            ("POST", SIGNED_OUT): self._sign_out,
        }
        answer = answers.get((_method(request), request.path))
        if answer is None:
            return self._problem(request, "There is no such page.", 404)
        try:
            return answer(request)
        except SignInRefused as refusal:
            return self._page("sign_in_refused.html", refusal.status, message=str(refusal))

    def _welcome(self, request: Request) -> Response:
        return redirect(HOME) if self._sign_in.session(request) else self._page("welcome.html")

    def _private(self, request: Request) -> Response:
        session = self._sign_in.session(request)
        if session is None:
            return self._without_session(request)
        try:
            return self._answer(request, session)
        except ChangeNotAllowed as refusal:
            return self._problem(request, str(refusal), 403, session)
        except Refused as refusal:
            return self._problem(request, str(refusal), 422, session)

    def _answer(self, request: Request, session: Session) -> Response:
        if request.changes:
            if session.role is not Role.MANAGER:
                raise ChangeNotAllowed
            if not _has_csrf_token(request, session):
                return self._problem(request, "Open the page again, then repeat the change.", 403, session)
        handler = self._routes.get((_method(request), request.path))
        if handler is None:
            return self._problem(request, "There is no such page.", 404, session)
        operations = self._operator(session.email)
        return handler(Visit(request, session, operations, self._templates, self._clock()))

    def _without_session(self, request: Request) -> Response:
        if request.is_navigation and not request.changes:
            query = "&".join(
                f"{quote(name)}={quote(value, safe='')}" for name, value in request.query.items()
            )
            wanted = request.path + (f"?{query}" if query else "")
            return redirect(f"{START}?to={quote(wanted, safe='')}")
        # htmx follows the header; the page that polls shows that the session has ended.
        headers = {"hx-redirect": "/"} if request.is_partial else {}
        return self._problem(request, "Sign in first.", 401).adding(headers)

    def _sign_out(self, request: Request) -> Response:
        session = self._sign_in.session(request)
        if session is None:
            return redirect(SIGNED_OUT)
        if not _has_csrf_token(request, session):
            return self._problem(request, "Open the page again, then sign out.", 403, session)
        url, cookie = self._sign_in.end(request)
        page = self._page("signed_out.html", sign_out_url=url)
        # Not a redirect: the policy allows a form of the console to lead to the console only.
        headers = {"refresh": f"0;url={url}"} if url else {}
        return Response(page.body, headers=headers, cookies=(cookie,))

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        return Response(self._templates.render(template, session=None, **values), status=status)

    def _problem(
        self, request: Request, message: str, status: int, session: Session | None = None
    ) -> Response:
        if request.is_partial:
            body = self._templates.render("problem_notice.html", message=message)
            return Response(
                body, status=status, headers={"hx-retarget": "#notices", "hx-reswap": "innerHTML"}
            )
        if not request.is_navigation:
            return Response(message + "\n", status=status, content_type="text/plain; charset=utf-8")
        body = self._templates.render(
            "problem.html", message=message, session=session, path=request.path, may_change=False
        )
        return Response(body, status=status)


def _method(request: Request) -> str:
    return "GET" if request.method == "HEAD" else request.method


def _has_csrf_token(request: Request, session: Session) -> bool:
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    return hmac.compare_digest(given.encode(), session.csrf_token.encode())
