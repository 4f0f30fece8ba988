"""Tests the event sources with functions that the test answers for."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from lab.simulation.execution.deployment import Queue, QueueSource, StreamSource, matches
from lab.simulation.execution.event_sources import QueuePoller, StreamPoller
from lab.simulation.execution.functions import Invocation
from lab.simulation.execution.queues import QueueFaults, SimulatedQueue
from lab.simulation.execution.scheduler import Scheduler


class Functions:
    """Invocations that take a second and answer as the test says."""

    def __init__(self, scheduler: Scheduler, answer: Callable[[Mapping[str, Any], int], Any]) -> None:
        self.batches: list[list[str]] = []
        self.running = self.most_running = 0
        self._scheduler = scheduler
        self._answer = answer

    @property
    def names(self) -> list[str]:
        return [name for batch in self.batches for name in batch]

    def invoke(self, function: str, event: Mapping[str, Any], ended: Callable[[Invocation], None]) -> None:
        self.batches.append([_name(record) for record in event["Records"]])
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        number = len(self.batches)
        self._scheduler.after(1.0, lambda: self._end(event, number, ended))

    def _end(self, event: Mapping[str, Any], number: int, ended: Callable[[Invocation], None]) -> None:
        self.running -= 1
        invocation = Invocation("request", event, 0.0, 30.0, ended)
        answer = self._answer(event, number)
        if answer == "crash":
            invocation.stopped = "crash"
        else:
            invocation.response = {"batchItemFailures": [{"itemIdentifier": name} for name in answer]}
        ended(invocation)


def _name(record: Mapping[str, Any]) -> str:
    return str(record.get("body") or record["dynamodb"]["SequenceNumber"])


def queue_of(scheduler: Scheduler, faults: QueueFaults | None = None) -> SimulatedQueue:
    return SimulatedQueue(Queue("inbound", 30, max_receives=3), scheduler, Random(1), faults or QueueFaults())


def poller_of(queue: SimulatedQueue, functions: Functions, scheduler: Scheduler) -> QueuePoller:
    return QueuePoller(
        "process_inbound_sms",
        QueueSource("inbound", 4, 2),
        queue,
        invoke=functions.invoke,
        scheduler=scheduler,
        random=Random(2),
    )


def test_given_messages_when_polled_then_each_is_handled_once_within_concurrency() -> None:
    scheduler = Scheduler()
    queue, functions = queue_of(scheduler), Functions(scheduler, lambda _event, _number: [])
    poller = poller_of(queue, functions, scheduler)

    for number in range(20):
        queue.send(f"message {number}")
    scheduler.run(until=1000)

    assert sorted(functions.names) == sorted(f"message {number}" for number in range(20))
    assert functions.most_running == 2
    assert max(map(len, functions.batches)) == 4
    assert queue.idle
    assert poller.idle


def test_given_a_failed_message_when_polled_then_it_returns_after_its_visibility() -> None:
    scheduler = Scheduler()

    def answer(event: Mapping[str, Any], number: int) -> list[str]:
        return [event["Records"][0]["messageId"]] if number == 1 else []

    queue, functions = queue_of(scheduler), Functions(scheduler, answer)
    poller_of(queue, functions, scheduler)

    queue.send("message")
    scheduler.run(until=20)
    assert functions.batches == [["message"]]
    scheduler.run(until=1000)
    assert functions.batches == [["message"], ["message"]]
    assert queue.idle


def test_given_crashes_when_polled_then_the_message_is_dead_lettered() -> None:
    scheduler = Scheduler()
    queue, functions = queue_of(scheduler), Functions(scheduler, lambda _event, _number: "crash")
    poller_of(queue, functions, scheduler)

    queue.send("message")
    scheduler.run(until=1000)

    assert functions.batches == [["message"]] * 3
    assert [message.body for message in queue.dead_letters] == ["message"]
    assert queue.idle


def test_given_duplicates_when_polled_then_a_handled_message_arrives_again() -> None:
    scheduler = Scheduler()
    queue = queue_of(scheduler, QueueFaults(duplicates=1.0))
    functions = Functions(scheduler, lambda _event, _number: [])
    poller_of(queue, functions, scheduler)

    queue.send("message")
    scheduler.run(until=1000)

    assert functions.names == ["message", "message"]


def stream_of(
    functions: Functions, scheduler: Scheduler, dead: list[str], *, retries: int = 3
) -> StreamPoller:
    return StreamPoller(
        "detect_shift_changes",
        StreamSource("Shifts", {"eventName": ["INSERT"]}, 10, retries=retries),
        invoke=functions.invoke,
        dead_letter=lambda _function, records: dead.extend(map(_name, records)),
        scheduler=scheduler,
        random=Random(3),
    )


def record(number: int, name: str = "INSERT") -> dict[str, Any]:
    return {"eventName": name, "dynamodb": {"SequenceNumber": str(number)}}


def test_given_records_when_polled_then_a_failed_one_is_retried_before_later_ones() -> None:
    scheduler, dead = Scheduler(), list[str]()

    def answer(_event: Mapping[str, Any], number: int) -> list[str]:
        return ["2"] if number == 1 else []

    functions = Functions(scheduler, answer)
    poller = stream_of(functions, scheduler, dead)
    for number in range(5):
        poller.put("shift", record(number))
    poller.put("shift", record(9, "REMOVE"))
    scheduler.run(until=1000)

    assert functions.batches == [["0", "1", "2", "3", "4"], ["2", "3", "4"]]
    assert dead == []
    assert poller.idle


def test_given_a_poisonous_record_when_polled_then_only_it_is_dead_lettered() -> None:
    scheduler, dead, handled = Scheduler(), list[str](), set[str]()

    def answer(event: Mapping[str, Any], _number: int) -> Any:
        names = [_name(one) for one in event["Records"]]
        if "2" in names:
            return "crash"
        handled.update(names)
        return []

    functions = Functions(scheduler, answer)
    poller = stream_of(functions, scheduler, dead, retries=5)
    for number in range(5):
        poller.put("shift", record(number))
    scheduler.run(until=10_000)

    assert dead == ["2"]
    assert handled == {"0", "1", "3", "4"}


def test_given_an_event_filter_when_matched_then_it_follows_lambda() -> None:
    pattern = {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"NewImage": {"reply": {"S": [{"exists": True}]}, "status": {"S": ["open"]}}},
    }
    image = {"reply": {"S": "hello"}, "status": {"S": "open"}}

    assert matches(pattern, {"eventName": "INSERT", "dynamodb": {"NewImage": image}})
    assert not matches(pattern, {"eventName": "REMOVE", "dynamodb": {"NewImage": image}})
    assert not matches(pattern, {"eventName": "INSERT", "dynamodb": {"NewImage": {"status": {"S": "open"}}}})
    assert not matches(pattern, {"eventName": "INSERT", "dynamodb": {}})
    assert matches({"part": {"S": [{"prefix": "count-"}]}}, {"part": {"S": "count-1"}})
