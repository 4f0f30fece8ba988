"""Lambda's event sources: poll queues and streams, and invoke functions.

They settle what the functions return.

Sources: "Using Lambda with Amazon SQS" and "Using Lambda with DynamoDB" in the AWS Lambda developer guide.
"""

import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from lab.simulation.execution.deployment import QueueSource, StreamSource, matches, queue_arn
from lab.simulation.execution.functions import Invocation
from lab.simulation.execution.queues import Message, SimulatedQueue
from lab.simulation.execution.scheduler import Scheduler

_FIRST_POLLERS = 5
_POLLERS_PER_SECOND = 5
"""How the concurrency of a queue's consumer grows.

Source: "Configuring scaling behavior for SQS event source mappings" in the AWS Lambda developer guide.
"""

_SHARDS = 2
_LONGEST_RETRY_WAIT = 60.0


class Invoke(Protocol):
    """Invokes a function, and calls `ended` when the invocation has ended."""

    def __call__(
        self, function: str, event: Mapping[str, Any], ended: Callable[[Invocation], None]
    ) -> None: ...


class QueuePoller:
    """Invokes a function with the messages of a queue, up to its maximum concurrency."""

    def __init__(
        self,
        function: str,
        source: QueueSource,
        queue: SimulatedQueue,
        *,
        invoke: Invoke,
        scheduler: Scheduler,
        random: Random,
    ) -> None:
        self._function = function
        self._source = source
        self._queue = queue
        self._invoke = invoke
        self._scheduler = scheduler
        self._random = random
        self._running = 0
        self._busy_since: float | None = None
        queue.on_visible = self.poll

    @property
    def idle(self) -> bool:
        return self._running == 0

    def poll(self) -> None:
        """Takes messages, if there are any and the concurrency allows it."""
        if self._busy_since is None and self._queue.has_visible:
            self._busy_since = self._scheduler.now
        waiting = -(-self._queue.visible // self._source.batch_size)
        for _ in range(min(self._free(), waiting)):
            self._running += 1
            self._scheduler.after(self._random.uniform(0.005, 0.03), self._take)

    def _free(self) -> int:
        since = self._scheduler.now - (self._busy_since or self._scheduler.now)
        pollers = _FIRST_POLLERS + int(since * _POLLERS_PER_SECOND)
        return min(self._source.max_concurrency, pollers) - self._running

    def _take(self) -> None:
        messages = self._queue.receive(self._source.batch_size)
        if not messages:
            self._running -= 1
            self._settle_busy()
            return
        self._invoke(
            self._function,
            {"Records": [self._record(message) for message in messages]},
            lambda invocation: self._ended(messages, invocation),
        )

    def _ended(self, messages: Sequence[Message], invocation: Invocation) -> None:
        self._running -= 1
        if not invocation.stopped and invocation.error is None:
            failures = (invocation.response or {}).get("batchItemFailures", [])
            failed = {failure["itemIdentifier"] for failure in failures}
            self._queue.delete([message for message in messages if message.message_id not in failed])
        self._settle_busy()
        self.poll()

    def _settle_busy(self) -> None:
        if self._running == 0 and not self._queue.has_visible:
            self._busy_since = None

    def _record(self, message: Message) -> dict[str, Any]:
        return {
            "messageId": message.message_id,
            "receiptHandle": f"{message.message_id}-{message.receives}",
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.receives),
                "SentTimestamp": str(int(message.sent_at * 1000)),
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": queue_arn(self._queue.name),
            "awsRegion": "us-east-1",
        }


@dataclass
class _Batch:
    records: list[dict[str, Any]]
    attempts: int = 0


@dataclass
class _Shard:
    records: deque[tuple[float, dict[str, Any]]] = field(default_factory=deque)
    retries: deque[_Batch] = field(default_factory=deque)
    running: bool = False


class StreamPoller:
    """Invokes a function with the changes of a table, in the order of each shard."""

    def __init__(
        self,
        function: str,
        source: StreamSource,
        *,
        invoke: Invoke,
        dead_letter: Callable[[str, Sequence[Mapping[str, Any]]], None],
        scheduler: Scheduler,
        random: Random,
    ) -> None:
        self._function = function
        self._source = source
        self._invoke = invoke
        self._dead_letter = dead_letter
        self._scheduler = scheduler
        self._random = random
        self.redelivered = 0
        """How many records were delivered again."""
        self._shards = [_Shard() for _ in range(_SHARDS)]

    @property
    def table(self) -> str:
        """The table whose changes it reads."""
        return self._source.table

    @property
    def idle(self) -> bool:
        return not any(shard.running for shard in self._shards)

    def put(self, partition_key: str, record: dict[str, Any]) -> None:
        """Adds a record to the shard of its partition key."""
        patterns = (self._source.pattern, *self._source.or_patterns)
        if not any(pattern and matches(pattern, record) for pattern in patterns):
            return
        shard = self._shards[zlib.crc32(partition_key.encode()) % _SHARDS]
        shard.records.append((self._scheduler.now, record))
        if not shard.running:
            shard.running = True
            latency = self._random.uniform(0.05, 0.3)
            self._scheduler.after(self._source.window_seconds + latency, lambda: self._next(shard))

    def _next(self, shard: _Shard) -> None:
        if not shard.retries:
            if not shard.records:
                shard.running = False
                return
            most = min(self._source.batch_size, len(shard.records))
            shard.retries.append(_Batch([shard.records.popleft()[1] for _ in range(most)]))
        batch = shard.retries.popleft()
        self._invoke(
            self._function,
            {"Records": batch.records},
            lambda invocation: self._ended(shard, batch, invocation),
        )

    def _ended(self, shard: _Shard, batch: _Batch, invocation: Invocation) -> None:
        remaining = self._remaining(batch, invocation)
        wait = self._random.uniform(0.05, 0.2)
        if remaining:
            attempts = batch.attempts + 1
            self.redelivered += len(remaining)
            if attempts > self._source.retries:
                self._dead_letter(self._function, remaining)
            else:
                wait = min(0.5 * 2**attempts, _LONGEST_RETRY_WAIT)
                whole = len(remaining) == len(batch.records)
                middle = -(-len(remaining) // 2) if whole else len(remaining)
                parts = [part for part in (remaining[:middle], remaining[middle:]) if part]
                shard.retries.extendleft(_Batch(part, attempts) for part in reversed(parts))
        elif shard.records:
            wait += self._source.window_seconds
        self._scheduler.after(wait, lambda: self._next(shard))

    @staticmethod
    def _remaining(batch: _Batch, invocation: Invocation) -> list[dict[str, Any]]:
        """Returns the records to deliver again: those from the first failed one."""
        if invocation.stopped or invocation.error is not None:
            return batch.records
        failures = (invocation.response or {}).get("batchItemFailures", [])
        failed = {failure["itemIdentifier"] for failure in failures}
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch.records]
        first = next((place for place, number in enumerate(numbers) if number in failed), None)
        return [] if first is None else batch.records[first:]
