"""Looks at dead-letter queues, and moves their messages back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.deployment import DeploymentQueue
from shift_sms_operator.queues.dead_letters import DeadLetter, QueueView, way_back_of
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
"""Source: ReceiveMessage and SendMessageBatch in the SQS API reference."""
_LOOK_SECONDS, _MOVE_SECONDS = 30, 60
"""How long a message is hidden from others while it is looked at, and while it is moved."""
MOST_SHOWN = 100
MOST_SEARCHED = 1000
"""The most messages that are read to find one."""

Message = Mapping[str, Any]


class Queues:
    """The dead-letter queues of a deployment."""

    def __init__(
        self,
        sqs: "SQSClient",
        queues: Sequence[DeploymentQueue],
        audit_trail: DynamoAuditTrail,
        recorder: AuditRecorder,
    ) -> None:
        self._sqs = sqs
        self._queues = {queue.name: queue for queue in queues}
        self._audit_trail = audit_trail
        self._recorder = recorder

    def all(self) -> list[QueueView]:
        """Returns how many messages each queue has. SQS counts approximately."""
        return [self._view(queue) for queue in self._queues.values()]

    def one(self, name: str) -> QueueView:
        """Returns how many messages a queue has. Raises Refused if there is no such queue."""
        return self._view(self._queue(name))

    def look(self, name: str, *, limit: int = _BATCH) -> list[DeadLetter]:
        """Reads up to `limit` messages and leaves them where they are.

        They are hidden from other readers for a moment. If the program stops, they are hidden for 30 seconds.

        Raises:
            Refused: there is no such queue.
        """
        queue = self._queue(name)
        found: dict[str, Message] = {}
        try:
            for batch in self._batches(queue.dead_letters_url, _LOOK_SECONDS, min(limit, MOST_SHOWN)):
                found.update((message["MessageId"], message) for message in batch)
        finally:
            self._release(queue.dead_letters_url, found.values())
        return [_dead_letter(message, moves_back=queue.queue_url is not None) for message in found.values()]

    def redrive(
        self,
        name: str,
        *,
        message_id: str | None = None,
        on_moved: Callable[[int], None] = lambda _count: None,
    ) -> int:
        """Moves the messages of a dead-letter queue back to the queue that they belong to.

        A message is sent before it is deleted. So a program that stops between the two loses nothing, and the message
        is handled twice, which has one effect. Messages that arrive meanwhile may stay.

        Args:
            name: The queue.
            message_id: One message; by default all that are there now.
            on_moved: Is called with the number of messages moved so far.

        Returns:
            The number of messages moved.

        Raises:
            Refused: there is no such queue or message, or its messages have another way back.
        """
        queue, view = self._queue(name), self.one(name)
        if queue.queue_url is None:
            raise Refused(f"messages of {name} cannot be moved: no queue is behind them; {view.way_back}")
        if message_id is not None:
            return self._redrive_one(queue, queue.queue_url, message_id)
        if not view.dead_letters:
            return 0
        # Before the first message: a program that stops later has left the record.
        self._add_record(name, {"messages": view.dead_letters})
        moved = 0
        while moved < view.dead_letters:
            messages = self._receive_batch(queue.dead_letters_url, _MOVE_SECONDS, _BATCH)
            if not messages:
                break
            moved += self._move(queue.dead_letters_url, queue.queue_url, messages)
            on_moved(moved)
        return moved

    def _redrive_one(self, queue: DeploymentQueue, queue_url: str, message_id: str) -> int:
        others: list[Message] = []
        try:
            for batch in self._batches(queue.dead_letters_url, _MOVE_SECONDS, MOST_SEARCHED):
                others += [message for message in batch if message["MessageId"] != message_id]
                if chosen := [message for message in batch if message["MessageId"] == message_id]:
                    self._add_record(queue.name, {"message_id": message_id})
                    return self._move(queue.dead_letters_url, queue_url, chosen)
        finally:
            self._release(queue.dead_letters_url, others)
        raise Refused(f"{queue.name} has no dead letter {message_id}; it may have been moved already")

    def _add_record(self, name: str, after: Mapping[str, object]) -> None:
        self._audit_trail.add(
            self._recorder.record(Subject.QUEUE.of(name), "redriven", before={}, after=after)
        )

    def _queue(self, name: str) -> DeploymentQueue:
        if name not in self._queues:
            known = ", ".join(self._queues) or "none: deploy the stack with this version"
            raise Refused(f"there is no queue {name}; there are {known}")
        return self._queues[name]

    def _view(self, queue: DeploymentQueue) -> QueueView:
        dead = self._counts(queue.dead_letters_url)
        waiting, in_flight = self._counts(queue.queue_url) if queue.queue_url else (None, None)
        return QueueView(queue.name, sum(dead), waiting, in_flight)

    def _counts(self, url: str) -> tuple[int, int]:
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return (
            int(attributes["ApproximateNumberOfMessages"]),
            int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )

    def _batches(self, url: str, hidden_seconds: int, most: int) -> Iterator[Sequence[Message]]:
        """Yields messages, ten at a time, until the queue shows no others."""
        received = 0
        while received < most:
            messages = self._receive_batch(url, hidden_seconds, min(_BATCH, most - received))
            if not messages:
                return
            received += len(messages)
            yield messages

    def _receive_batch(self, url: str, hidden_seconds: int, most: int) -> Sequence[Message]:
        return self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=most,
            VisibilityTimeout=hidden_seconds,
            # Long polling asks all servers of a queue.
            WaitTimeSeconds=1,
            AttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])

    def _release(self, url: str, messages: "Sequence[Message] | Any") -> None:
        """Shows messages to other readers again."""
        held = list(messages)
        for start in range(0, len(held), _BATCH):
            entries = [
                {"Id": str(number), "ReceiptHandle": one["ReceiptHandle"], "VisibilityTimeout": 0}
                for number, one in enumerate(held[start : start + _BATCH])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]

    def _move(self, source_url: str, target_url: str, messages: Sequence[Message]) -> int:
        entries: Any = [
            {
                "Id": str(number),
                "MessageBody": one["Body"],
                "MessageAttributes": {
                    # An attribute that was received has empty lists, which cannot be sent.
                    name: {key: part for key, part in value.items() if part not in ([], None)}
                    for name, value in one.get("MessageAttributes", {}).items()
                },
            }
            for number, one in enumerate(messages)
        ]
        sent = self._sqs.send_message_batch(QueueUrl=target_url, Entries=entries).get("Successful", [])
        deleted: Any = [
            {"Id": one["Id"], "ReceiptHandle": messages[int(one["Id"])]["ReceiptHandle"]} for one in sent
        ]
        if deleted:
            self._sqs.delete_message_batch(QueueUrl=source_url, Entries=deleted)
        return len(deleted)


def _dead_letter(message: Message, *, moves_back: bool) -> DeadLetter:
    sent = int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
    return DeadLetter(
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(sent, UTC).isoformat(timespec="seconds"),
        body=message["Body"],
        way_back="" if moves_back else way_back_of(message["Body"]),
    )
