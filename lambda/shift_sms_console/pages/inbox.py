"""The pages of the operator inbox: what employees wrote, and replies to it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from shift_sms_console.pages.shift_texts import local_time
from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus

_PAGE = 50


def board(visit: Visit) -> Response:
    """Shows the texts that wait, urgent ones first, or those with a status."""
    query = visit.request.query
    inbox, after = visit.operator.operator_inbox, query.get("after") or None
    status = next((one for one in InboxStatus if one.value == query.get("status")), None)
    if status is None:
        messages = inbox.waiting(limit=_PAGE, after=after)
    else:
        messages = inbox.with_status(status, limit=_PAGE, after=after)
    return visit.show_live(
        "inbox/board.html",
        "inbox/board_list.html",
        messages=messages,
        status=status.value if status else "",
        local=_local(visit),
        statuses=[one.value for one in InboxStatus if one is not InboxStatus.OPEN],
    )


def show(visit: Visit) -> Response:
    """Shows one text, its reply, and the form to answer it."""
    return _show(visit, _message_id(visit.request.query))


def preview(visit: Visit) -> Response:
    """Shows the reply in the form as it would be sent, with its segments, while the operator writes it."""
    form = visit.request.form
    try:
        answer = visit.operator.operator_inbox.preview(_message_id(form), form.get("text", ""))
    except Refused as refusal:
        return visit.show("inbox/preview.html", body="", size=None, problem=str(refusal))
    return visit.show("inbox/preview.html", body=answer.body, size=measure(answer.body), problem="")


def reply(visit: Visit) -> Response:
    """Writes the reply, or a further text after it. The same text is sent once."""
    form = visit.request.form
    inbox, message_id = visit.operator.operator_inbox, _message_id(form)
    try:
        answer = inbox.preview(message_id, form.get("text", ""))
        if form.get("kind") == "follow-up":
            inbox.follow_up(answer)
        else:
            inbox.reply(answer)
    except Refused as refusal:
        return _show(visit, message_id, problem=str(refusal), text=form.get("text", ""))
    return visit.go(f"/inbox/message?{urlencode({'id': message_id, 'notice': 'replied'})}")


def close(visit: Visit) -> Response:
    """Marks a text as handled without a reply."""
    visit.operator.operator_inbox.close(_message_id(visit.request.form))
    return visit.go("/inbox?notice=closed")


def _message_id(fields: Mapping[str, str]) -> str:
    message_id = fields.get("id", "").strip()
    if not message_id:
        raise Refused("no text is named; open one in the inbox")
    return message_id


def _show(visit: Visit, message_id: str, *, problem: str = "", text: str = "") -> Response:
    inbox = visit.operator.operator_inbox
    message = inbox.find(message_id)
    values: dict[str, Any] = {
        "message": message,
        "follow_ups": inbox.conversation(message),
        "is_open": message.waits,
        "can_follow_up": message.message_status != InboxStatus.OPEN.value and not message.follow_up_to,
        "problem": problem,
        "text": text,
        "local": _local(visit),
    }
    if problem:
        return visit.show("inbox/message.html", status=422, live="", **values)
    return visit.show_live("inbox/message.html", "inbox/message_facts.html", **values)


def _local(visit: Visit) -> Callable[[str], str]:
    """Returns what makes stored times those of the deployment's zone."""
    zone = visit.operator.deployment.settings.zone
    return lambda stored: local_time(stored, zone)


ROUTES: Routes = {
    ("GET", "/inbox"): board,
    ("GET", "/inbox/message"): show,
    ("POST", "/inbox/preview"): preview,
    ("POST", "/inbox/reply"): reply,
    ("POST", "/inbox/close"): close,
}
