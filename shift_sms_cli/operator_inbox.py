"""What employees wrote for a person to read, and the one answer that each of them gets."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shift_sms_cli.layout import in_columns, on_one_line
from shift_sms_cli.people import People
from shift_sms_cli.text_cost import not_in_gsm, size_of, why_dear
from shift_sms_cli.writes import item_in_the_way
from shift_sms_runtime.messaging.encoding import measure, with_gsm_substitutes
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

_BY_STATUS = "by-status"
_SHORTEST_ID = 6


class MessageRefused(Exception):
    """Nothing was written; the message says why, and what would be right."""


@dataclass(frozen=True)
class MessageTable:
    """The OperatorInbox table."""

    dynamodb: "DynamoDBServiceResource"
    name: str

    def items(self, statuses: Iterable[str]) -> list[dict[str, Any]]:
        """Returns the messages of these statuses, urgent ones first, then the oldest first."""
        found = itertools.chain.from_iterable(map(self._of_status, statuses))
        return sorted(
            found,
            key=lambda item: (
                not item.get("urgent"),
                str(item.get("received_at", "")),
                str(item["message_id"]),
            ),
        )

    def find(self, written: str) -> dict[str, Any]:
        """Returns the message whose id begins so; those that are answered count where no open one does.

        Raises MessageRefused.
        """
        for statuses in ((InboxStatus.OPEN,), (InboxStatus.REPLIED, InboxStatus.NOT_SENT)):
            found = {
                str(item["message_id"]): item
                for item in self.items(statuses)
                if str(item["message_id"]).startswith(written)
            }
            if written in found or len(found) == 1:
                return found.get(written) or next(iter(found.values()))
            if found:
                raise MessageRefused(
                    f"the ids of several messages begin with {written}: write more of {' or of '.join(found)}"
                )
        raise MessageRefused(
            f"there is no message {written}; show-messages tells those that wait for an answer"
        )

    def answer(self, message: Mapping[str, Any], words: str) -> bool:
        """Writes the answer, which sends it; returns whether it was not there already. Raises MessageRefused."""
        table = self.dynamodb.Table(self.name)
        blank = str(message.get("reply", ""))
        try:
            table.update_item(
                Key={"message_id": message["message_id"]},
                UpdateExpression="SET #reply = :reply",
                ConditionExpression=(
                    "message_status = :open AND (attribute_not_exists(#reply) OR #reply = :blank)"
                ),
                ExpressionAttributeNames={"#reply": "reply"},
                ExpressionAttributeValues={
                    ":reply": words,
                    ":blank": "" if blank.strip() else blank,
                    ":open": InboxStatus.OPEN.value,
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except table.meta.client.exceptions.ConditionalCheckFailedException as error:
            found = item_in_the_way(error)
            if not found:
                raise MessageRefused(
                    f"the message {message['message_id']} has just been deleted; it is kept for 90 days"
                ) from None
            check_open(found, words)
            return False
        return True

    def _of_status(self, status: str) -> Iterator[dict[str, Any]]:
        client: Any = self.dynamodb.meta.client
        pages = client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=_BY_STATUS,
            KeyConditionExpression="message_status = :status",
            ExpressionAttributeValues={":status": str(status)},
        )
        for page in pages:
            yield from page["Items"]


def fit_to_send(text: str) -> str:
    """Returns an answer as it is sent. Raises MessageRefused where it cannot be."""
    words = with_gsm_substitutes(text).strip()
    size = measure(words)
    if not size.characters:
        raise MessageRefused("the answer is empty; write what is to be sent")
    if not size.sendable:
        why = "".join(f"; {why}" for why in not_in_gsm(size))
        raise MessageRefused(
            f"the answer is too long: it has {size.characters} {size.encoding} characters, at most"
            f" {size.max_characters} can be sent{why}"
        )
    return words


def cost_of_answer(text: str, words: str) -> Iterator[str]:
    """Says what the answer takes, and what would cost less."""
    if words != text.strip():
        yield f"sent with the characters of the GSM alphabet, which cost less: {on_one_line(words)}"
    size = measure(words)
    yield f"the answer: {size_of(size)}"
    yield from why_dear(size)


def check_open(item: Mapping[str, Any], words: str) -> None:
    """Raises MessageRefused where these words would not be sent, and neither have been before."""
    message_id, answer = item["message_id"], str(item.get("reply", "")).strip()
    if item.get("message_status") == InboxStatus.NOT_SENT:
        why = item.get("reply_error", "no reason is given")
        raise MessageRefused(
            f"the answer to the message {message_id} was not sent ({why}), and a message has one answer; reach"
            f" {item.get('phone_number')} in another way"
        )
    if answer != words and (answer or item.get("message_status") != InboxStatus.OPEN):
        when = f" at {item['replied_at']}" if "replied_at" in item else ""
        raise MessageRefused(
            f"the message {message_id} was answered before{when}, and has one answer: {on_one_line(answer)}"
        )


def listing(items: list[dict[str, Any]], people: People, *, every: bool) -> Iterator[str]:
    """Says what was written, urgent messages first, and what the answers were."""
    ids = _short_ids([str(item["message_id"]) for item in items])
    rows = []
    for message_id, item in zip(ids, items, strict=True):
        when = str(item.get("received_at", "")).partition(".")[0].removesuffix("+00:00").replace("T", " ")
        who = on_one_line(str(people[str(item.get("phone_number", ""))]))
        words = ("URGENT: " if item.get("urgent") else "") + on_one_line(str(item.get("text", "")))
        rows.append((message_id, when, who, *((_state(item),) if every else ()), words))
    header = ("id", "when (UTC)", "from", *(("status",) if every else ()), "words")
    first, *lines = in_columns(header, rows)
    yield first
    for item, line in zip(items, lines, strict=True):
        yield line
        if item.get("reply"):
            yield f"    answer: {on_one_line(str(item['reply']))}"
        if item.get("reply_error"):
            yield f"    not sent: {item['reply_error']}"


def waits(item: Mapping[str, Any]) -> bool:
    """Whether nobody has written an answer yet."""
    return item.get("message_status") == InboxStatus.OPEN and not str(item.get("reply", "")).strip()


def _state(item: Mapping[str, Any]) -> str:
    status = str(item.get("message_status", ""))
    return status if status != InboxStatus.OPEN or waits(item) else "being answered"


def _short_ids(ids: list[str]) -> list[str]:
    """Returns so much of each that they can be told apart."""
    for length in range(_SHORTEST_ID, max(map(len, ids), default=0)):
        short = [one[:length] for one in ids]
        if len(set(short)) == len(ids):
            return short
    return ids
