"""Tests that records of a batch are handled one by one or at the same time, and which are reported as failed."""

import json
from collections.abc import Callable, Iterator, Sequence
from threading import Barrier, Event, current_thread
from typing import Any

import pytest

from shift_sms_runtime import telemetry
from shift_sms_runtime.handlers import batch
from shift_sms_runtime.handlers.events import EventType, Record
from shift_sms_runtime.messaging.send_once import TryAgainLater

SECONDS = 20
"""How long a thread waits for another one, which takes milliseconds unless the test fails."""


class Context:
    """The context of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@pytest.fixture(autouse=True)
def _own_telemetry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SERVICE_NAME", "function")
    monkeypatch.setenv("METRICS_NAMESPACE", "ShiftSms/test")
    for cached in (telemetry.logger, telemetry.metrics):
        cached.cache_clear()
    yield
    for cached in (telemetry.logger, telemetry.metrics):
        cached.cache_clear()


def messages(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"id-{body}", "body": body} for body in bodies]}


def changes(*ids: str) -> dict[str, Any]:
    return {"Records": [{"eventID": one, "dynamodb": {"SequenceNumber": f"at-{one}"}} for one in ids]}


def failed(
    event: dict[str, Any],
    handle: Callable[[Record], None],
    event_type: EventType = EventType.QUEUE,
    **options: bool,
) -> list[str]:
    response = batch.process(
        event, Context(), event_type, lambda record, _deadline: handle(record), **options
    )
    return [record["itemIdentifier"] for record in response["batchItemFailures"]]


def fail_some(record: Record) -> None:
    if record.body.startswith("late"):
        raise TryAgainLater("later")
    if record.body.startswith("bad"):
        raise ValueError(record.body)
    telemetry.count("Text", "replied")


@pytest.mark.parametrize("concurrent", [False, True])
def test_given_records_that_fail_when_handled_then_only_these_return(concurrent: bool) -> None:
    event = messages("a", "bad-1", "b", "late-2", "c", "bad-3")
    assert failed(event, fail_some, concurrent=concurrent) == ["id-bad-1", "id-late-2", "id-bad-3"]
    assert failed(messages("a"), fail_some, concurrent=concurrent) == []
    assert failed(messages("bad"), fail_some, concurrent=concurrent) == ["id-bad"]


def test_given_a_slow_record_when_handled_concurrently_then_others_are_done() -> None:
    others_done, ended = Event(), list[str]()

    def handle(record: Record) -> None:
        if record.body == "slow":
            assert others_done.wait(SECONDS)
        ended.append(record.body)
        if len(ended) == 3:
            others_done.set()

    assert failed(messages("slow", "a", "b", "c"), handle, concurrent=True) == []
    assert ended[-1] == "slow"


def test_given_no_concurrency_when_records_are_handled_then_in_one_thread() -> None:
    handled: list[tuple[str, str]] = []
    failed(messages(*"abc"), lambda record: handled.append((record.body, current_thread().name)))
    assert handled == [(body, current_thread().name) for body in "abc"]


def test_given_another_way_to_run_when_handled_then_no_thread_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: set[str] = set()
    monkeypatch.setattr(batch, "run_concurrently", lambda function, records: list(map(function, records)))
    failed(messages(*"abc"), lambda _record: threads.add(current_thread().name), concurrent=True)
    assert threads == {current_thread().name}


def test_given_many_threads_when_they_count_and_log_then_nothing_is_lost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    together = Barrier(10)

    def handle(record: Record) -> None:
        together.wait(SECONDS)
        for number in range(200):
            telemetry.count("Text", "replied")
            telemetry.logger().info("text handled", body=record.body, number=number)

    assert failed(messages(*"abcdefghij"), handle, concurrent=True) == []
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    logged = [(line["body"], line["number"]) for line in lines[:-1]]
    assert sorted(logged) == [(body, number) for body in "abcdefghij" for number in range(200)]
    assert lines[-1]["TextReplied"] == 2000


def test_given_counts_when_a_batch_ends_then_the_log_has_them_as_metrics(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed(messages("a", "b", "bad"), fail_some)
    failed(messages(), fail_some)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    metadata = line.pop("_aws")
    assert line == {"service": "function", "TextReplied": 2, "RecordFailed": 1}
    assert metadata.keys() == {"Timestamp", "CloudWatchMetrics"}
    assert metadata["CloudWatchMetrics"] == [
        {
            "Namespace": "ShiftSms/test",
            "Dimensions": [["service"]],
            "Metrics": [
                {"Name": "TextReplied", "Unit": "Count"},
                {"Name": "RecordFailed", "Unit": "Count"},
            ],
        }
    ]


def test_given_a_failure_when_logged_then_without_the_message_of_the_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed(messages("bad +14255550101"), fail_some)
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert line["level"] == "ERROR"
    assert (line["message"], line["error"], line["service"]) == ("record failed", "ValueError", "function")
    assert "5550101" not in str(line)


def test_given_a_stream_when_all_records_fail_then_the_invocation_fails() -> None:
    def fail(record: Record) -> None:
        if record.event_id != "good":
            raise ValueError

    assert failed(changes("bad", "good"), fail, EventType.TABLE) == ["at-bad"]
    with pytest.raises(batch.WholeBatchFailed, match="2"):
        failed(changes("bad", "worse"), fail, EventType.TABLE)


def test_given_records_handled_together_when_some_fail_then_only_these_return() -> None:
    handled: list[str] = []

    def prepare(record: Record) -> str:
        if record.event_id == "malformed":
            raise ValueError
        return record.event_id

    def handle(prepared: Sequence[str], _deadline: batch.LambdaDeadline) -> list[bool]:
        handled.extend(prepared)
        return [one != "refused" for one in prepared]

    def failed_together(*ids: str) -> list[str]:
        response = batch.process_together(
            changes(*ids), Context(), EventType.TABLE, prepare=prepare, handle=handle
        )
        return [record["itemIdentifier"] for record in response["batchItemFailures"]]

    assert failed_together("a", "malformed", "b", "refused", "c") == ["at-malformed", "at-refused"]
    assert handled == ["a", "b", "refused", "c"]
    assert failed_together("a") == []
    with pytest.raises(batch.WholeBatchFailed, match="2"):
        failed_together("malformed", "refused")
