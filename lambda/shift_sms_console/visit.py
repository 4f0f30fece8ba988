"""What a page knows of the request that it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shift_sms_console.rendering import Templates
from shift_sms_console.requests import Request
from shift_sms_console.responses import Response, redirect
from shift_sms_runtime.console_sessions.session import Role, Session

if TYPE_CHECKING:
    from shift_sms_operator.composition import Operator


@dataclass(frozen=True)
class Visit:
    """A request of a signed-in operator, and what the page answers it with."""

    request: Request
    session: Session
    operator: "Operator"
    templates: Templates

    @property
    def may_change(self) -> bool:
        """Whether the page shows what changes something."""
        return self.session.role is Role.MANAGER

    def show(self, template: str, *, status: int = 200, **values: object) -> Response:
        """Returns a page, or the part of it that htmx asked for."""
        body = self.templates.render(
            template,
            session=self.session,
            may_change=self.may_change,
            path=self.request.path,
            query=self.request.query,
            **values,
        )
        return Response(body, status=status)

    def go(self, location: str) -> Response:
        """Returns a redirect after a change, so that a reload does not repeat it."""
        if self.request.is_partial:
            return Response(status=204, headers={"hx-redirect": location})
        return redirect(location)


Handler = Callable[[Visit], Response]
Routes = Mapping[tuple[str, str], Handler]
"""Handlers by method and path."""
