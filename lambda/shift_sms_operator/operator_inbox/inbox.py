"""What operators do with what employees wrote."""

from collections.abc import Callable, Iterable, Sequence

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.operator_inbox.messages import Answer, InboxChange, InboxMessage
from shift_sms_operator.pages import DEFAULT_LIMIT, Page, read_page
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_runtime.audit.audit_record import AuditRecord, Subject
from shift_sms_runtime.messaging.encoding import measure, with_gsm_substitutes
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.operator_inbox.inbox_item import FollowUp, InboxStatus
from shift_sms_runtime.tables.employees import DynamoEmployeeRows
from shift_sms_runtime.tables.operator_inbox import DynamoInboxItems, ItemChanged

MOST_FOLLOW_UPS = 20
"""Follow-ups of one item."""
SEARCHED = 1000
"""The most items of each status that are read to find urgent texts, or an id by its beginning."""


class OperatorInbox:
    """Lists what employees wrote, and replies to it."""

    def __init__(
        self, items: DynamoInboxItems, employees: DynamoEmployeeRows, recorder: AuditRecorder, clock: Clock
    ) -> None:
        self._items = items
        self._employees = employees
        self._recorder = recorder
        self._clock = clock

    def waiting(self, *, limit: int = DEFAULT_LIMIT, after: str | None = None) -> Page[InboxMessage]:
        """Returns texts that wait for an operator, the oldest first. The first page begins with all urgent ones.

        Urgent texts are looked for among the `SEARCHED` oldest open ones. A page reads at most `limit` items besides.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        page = self._page(InboxStatus.OPEN, limit, after)
        listed = [message for message in page.items if message.waits]
        if after is not None:
            return Page(tuple(listed), page.cursor)
        urgent = [row for row in self._items.oldest(InboxStatus.OPEN, limit=SEARCHED) if row.get("urgent")]
        first = [message for message in self._named(urgent) if message.waits]
        shown = {message.message_id for message in first}
        return Page((*first, *(one for one in listed if one.message_id not in shown)), page.cursor)

    def with_status(
        self, status: InboxStatus, *, limit: int = DEFAULT_LIMIT, after: str | None = None
    ) -> Page[InboxMessage]:
        """Returns the items of a status, the oldest first. A page reads at most `limit` items.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return self._page(status, limit, after)

    def find(self, written: str) -> InboxMessage:
        """Returns the item with an id, or the only one whose id begins so. Open items are looked for first.

        Raises:
            Refused: there is no such item among those that were searched, or there are several.
        """
        (message, *_) = self._named([self._find(written)])
        return message

    def conversation(self, message: InboxMessage) -> Sequence[InboxMessage]:
        """Returns the follow-ups of an item, the oldest first."""
        found = self._items.of(message.follow_ups)
        return self._named(found[one] for one in message.follow_ups if one in found)

    def preview(self, written: str, text: str) -> Answer:
        """Returns a reply as it would be sent.

        Raises:
            Refused: there is no such item, the text cannot be sent, or the employee wants no texts.
        """
        message = self.find(written)
        body = _sendable(text)
        self._check_opt_out(message)
        return Answer(message, body, substituted=body != text.strip())

    def reply(self, answer: Answer) -> InboxChange:
        """Writes the reply to an open item, which sends it. An item has one reply.

        Raises:
            Refused: the item has another reply, is closed, or was deleted.
        """
        message, body = answer.message, answer.body
        record = self._record(message, "replied", before={}, after={"reply": body})
        return self._change(
            message,
            lambda: self._items.reply(message.message_id, body, record),
            done=lambda now: now.reply.strip() == body and now.message_status != InboxStatus.NOT_SENT,
            why=_why_no_reply,
        )

    def follow_up(self, answer: Answer) -> InboxChange:
        """Sends a further text to the employee who wrote an item. The same text follows an item once.

        Raises:
            Refused: the item is open, has too many follow-ups, or was deleted.
        """
        message = answer.message
        if message.follow_up_to:
            raise Refused(f"{message.message_id} is a follow-up itself; follow up on {message.follow_up_to}")
        follow_up = FollowUp(
            message.message_id, message.phone_number, message.reply_from, answer.body, self._clock()
        )
        record = self._record(message, "followed up", before={}, after={"follow_up": answer.body})
        return self._change(
            message,
            lambda: self._items.add_follow_up(follow_up, record, most=MOST_FOLLOW_UPS),
            done=lambda now: follow_up.message_id in now.follow_ups,
            why=_why_no_follow_up,
        )

    def close(self, written: str) -> InboxChange:
        """Marks an open item as handled without a reply.

        Raises:
            Refused: there is no such item, or it has a reply.
        """
        message = self.find(written)
        record = self._record(
            message,
            "closed",
            before={"message_status": message.message_status},
            after={"message_status": InboxStatus.CLOSED.value},
        )
        return self._change(
            message,
            lambda: self._items.close(message.message_id, self._clock(), record),
            done=lambda now: now.message_status == InboxStatus.CLOSED,
            why=_why_not_closed,
        )

    def _change(
        self,
        message: InboxMessage,
        write: Callable[[], None],
        *,
        done: Callable[[InboxMessage], bool],
        why: Callable[[InboxMessage], str],
    ) -> InboxChange:
        try:
            write()
        except ItemChanged as changed:
            if changed.row is None:
                raise ChangedByAnother(
                    f"the message {message.message_id} was deleted; items are kept for 90 days"
                ) from None
            now = InboxMessage.read(changed.row, message.name)
            if not done(now):
                raise Refused(why(now)) from None
            return InboxChange(now, changed=False)
        (written,) = self._named(self._items.of([message.message_id]).values())
        return InboxChange(written, changed=True)

    def _find(self, written: str) -> dict[str, object]:
        if exact := self._items.of([written]):
            return exact[written]
        for statuses in ((InboxStatus.OPEN,), [one for one in InboxStatus if one is not InboxStatus.OPEN]):
            found = {
                str(row["message_id"]): row
                for status in statuses
                for row in self._items.oldest(status, limit=SEARCHED)
                if str(row["message_id"]).startswith(written) and "follow_up_to" not in row
            }
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                raise Refused(
                    f"the ids of several messages begin with {written}: write more of {' or of '.join(sorted(found))}"
                )
        raise Refused(f"there is no message {written}; inbox list shows those that wait")

    def _page(self, status: InboxStatus, limit: int, after: str | None) -> Page[InboxMessage]:
        page = read_page(lambda: self._items.page(status, limit=limit, after=after))
        return Page(tuple(self._named(page.items)), page.cursor)

    def _named(self, rows: Iterable[dict[str, object]]) -> list[InboxMessage]:
        rows = list(rows)
        employees = self._employees.of([str(row["phone_number"]) for row in rows if row.get("phone_number")])
        return [
            InboxMessage.read(row, employees[number].name if number in employees else "")
            for row in rows
            for number in [str(row.get("phone_number", ""))]
        ]

    def _check_opt_out(self, message: InboxMessage) -> None:
        employee = self._employees.of([message.phone_number]).get(message.phone_number)
        if employee is not None and employee.opted_out:
            raise Refused(f"{message.sender} wants no texts; reach them in another way")

    def _record(
        self, message: InboxMessage, action: str, *, before: dict[str, object], after: dict[str, object]
    ) -> AuditRecord:
        return self._recorder.record(Subject.INBOX.of(message.message_id), action, before=before, after=after)


def _sendable(text: str) -> str:
    body = with_gsm_substitutes(text).strip()
    size = measure(body)
    if not size.characters:
        raise Refused("the text is empty; write what is to be sent")
    if not size.sendable:
        raise Refused(
            f"the text is too long: it has {size.characters} {size.encoding} characters, and at most"
            f" {size.max_characters} can be sent"
        )
    return body


def _why_no_reply(message: InboxMessage) -> str:
    if message.message_status == InboxStatus.CLOSED:
        return f"the message {message.message_id} was closed at {message.closed_at}; use inbox follow-up"
    if message.message_status == InboxStatus.NOT_SENT:
        why = message.reply_error or "no reason is given"
        return (
            f"the reply to the message {message.message_id} was not sent ({why}), and a message has one reply;"
            " use inbox follow-up, or reach the employee in another way"
        )
    when = f" at {message.replied_at}" if message.replied_at else ""
    return (
        f"the message {message.message_id} has a reply already{when}: {message.reply.strip()};"
        " use inbox follow-up"
    )


def _why_no_follow_up(message: InboxMessage) -> str:
    if message.message_status != InboxStatus.OPEN:
        return f"the message {message.message_id} has {MOST_FOLLOW_UPS} follow-ups; call the employee"
    if message.reply.strip():
        return f"the reply to the message {message.message_id} is being sent; follow up when it was sent"
    return f"the message {message.message_id} has no reply yet; use inbox reply"


def _why_not_closed(message: InboxMessage) -> str:
    return f"the message {message.message_id} has a reply already: {message.reply.strip()}"
