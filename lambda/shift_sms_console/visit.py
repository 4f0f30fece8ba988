"""What a page knows of the request that it answers."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from shift_sms_console.rendering import Templates
from shift_sms_console.requests import Request
from shift_sms_console.responses import Response, redirect
from shift_sms_runtime.console_sessions.session import Role, Session

if TYPE_CHECKING:
    from shift_sms_operator.composition import Operator


_FOLLOWED_FOR = timedelta(minutes=15)
"""How long an open page follows changes before the operator has to ask for more."""
_SECONDS_BETWEEN = 4
_UNTIL, _SEEN = "until", "seen"
_NOTICES: Mapping[str, str] = {
    "added": "The shift is added.",
    "edited": "The shift is changed.",
    "edited-told": "The shift is changed. Those who have booked it are told by text, 2 minutes after the last edit.",
    "unchanged": "Nothing was changed.",
    "canceled": "The shift is canceled. Everyone concerned is told by text within minutes.",
    "reopened": "The shift can be booked again.",
    "assigned": "The seat is assigned. The employee is told by text.",
    "assigned-untold": "The seat is assigned. The employee gets no text: call them.",
    "released": "The seat is free. The employee is told by text.",
    "employee-saved": "The employee is saved.",
    "launched": "The campaign is launched.",
    "scheduled": "The campaign is scheduled. Until its time you can pause or stop it.",
    "there-already": "This campaign was launched before, with the same words. It texts no one again.",
    "stopped": "The campaign is stopped. Texts that are being sent at this moment still leave.",
    "paused": "The campaign is paused. Texts that are being sent at this moment still leave.",
    "resumed": "The campaign goes on.",
    "relaunched": "The campaign is launched again for members that were not tried.",
    "replied": "The text is on its way. Its status is here when it was sent.",
    "closed": "The text is closed without a reply.",
    "filling": "The shift is being filled. The first texts leave within seconds.",
    "filling-again": "The shift is being filled again. No one is texted twice.",
    "filling-anew": "The shift is being filled by a new plan. Employees may be texted again.",
    "filling-already": "The shift is being filled already.",
    "fill-ended": "The fill plan has ended already.",
    "fill-stopped": "The fill plan is stopped. Texts that are being sent at this moment still leave.",
    "released-untold": "The seat or place is free. The employee gets no text.",
}
"""What was done, by its name in an address. So no address puts words of its own on a page."""


@dataclass(frozen=True)
class Visit:
    """A request of a signed-in operator, and what the page answers it with."""

    request: Request
    session: Session
    operator: "Operator"
    templates: Templates
    now: datetime

    @property
    def may_change(self) -> bool:
        """Whether the page shows what changes something."""
        return self.session.role is Role.MANAGER

    def show(self, template: str, *, status: int = 200, **values: object) -> Response:
        """Returns a page, or the part of it that htmx asked for."""
        return Response(self._render(template, **values), status=status)

    def show_live(self, page: str, part: str, *, follows: bool = True, **values: object) -> Response:
        """Returns a page with a part that follows changes, or only that part if htmx asks for it.

        The browser asks every few seconds, up to a limit. A part that is unchanged is not sent again, so that a screen
        reader or a reader who has selected something is not disturbed.

        Args:
            page: The template of the page. It has the part as `live`.
            part: The template of the part.
            follows: Whether the part can change.
            values: The values of both templates.
        """
        content = self._render(part, **values)
        query = {name: value for name, value in self.request.query.items() if name not in (_UNTIL, _SEEN)}
        until = self._followed_until()
        seen = hashlib.sha256(content.encode()).hexdigest()[:16]
        goes_on = until > self.now
        if self.request.is_partial and goes_on and self.request.query.get(_SEEN) == seen:
            return Response(status=204)
        again = {**query, _UNTIL: str(int(until.timestamp())), _SEEN: seen}
        live = self.templates.render(
            "live.html" if follows else "still.html",
            content=Markup(content),  # noqa: S704 - rendered by a template, which escaped its values
            address=f"{self.request.path}?{urlencode(again)}" if goes_on else None,
            page=f"{self.request.path}?{urlencode(query)}",
            seconds=_SECONDS_BETWEEN,
        )
        if self.request.is_partial:
            return Response(live)
        return Response(self._render(page, live=Markup(live), **values))  # noqa: S704 - likewise

    def _followed_until(self) -> datetime:
        given = self.request.query.get(_UNTIL, "")
        latest = self.now + _FOLLOWED_FOR
        if not given.isdecimal() or len(given) > len("9999999999"):
            return latest
        return min(latest, datetime.fromtimestamp(int(given), self.now.tzinfo))

    def go(self, location: str) -> Response:
        """Returns a redirect after a change, so that a reload does not repeat it."""
        if self.request.is_partial:
            return Response(status=204, headers={"hx-redirect": location})
        return redirect(location)

    def _render(self, template: str, **values: object) -> str:
        return self.templates.render(
            template,
            session=self.session,
            may_change=self.may_change,
            path=self.request.path,
            query=self.request.query,
            notice=_NOTICES.get(self.request.query.get("notice", "")),
            **values,
        )


class ChangeNotAllowed(Exception):
    """The operator may change nothing, and has asked for a change or for the form of one."""

    def __init__(self) -> None:
        super().__init__("You may look at everything and change nothing. Only the group manager changes.")


def for_managers(form: "Handler") -> "Handler":
    """Returns the handler of a page that only serves a change, such as a form. Viewers get the status 403."""

    def handler(visit: Visit) -> Response:
        if not visit.may_change:
            raise ChangeNotAllowed
        return form(visit)

    return handler


Handler = Callable[[Visit], Response]
Routes = Mapping[tuple[str, str], Handler]
"""Handlers by method and path."""
