"""Tests tasks in virtual time."""

import pytest

from lab.simulation.aws.faults import Crashed
from lab.simulation.execution.scheduler import START, Scheduler


def test_given_two_tasks_when_they_wait_then_they_run_in_order_of_time() -> None:
    scheduler, steps = Scheduler(), list[tuple[str, float]]()

    def work(name: str, seconds: float) -> None:
        for _ in range(2):
            scheduler.sleep(seconds)
            steps.append((name, scheduler.now))

    scheduler.start("slow", lambda: work("slow", 3.0))
    scheduler.start("fast", lambda: work("fast", 2.0))
    scheduler.run(until=100)

    assert steps == [("fast", 2.0), ("slow", 3.0), ("fast", 4.0), ("slow", 6.0)]
    assert (scheduler.time - START).total_seconds() == 6.0


def test_given_a_waiting_task_when_killed_then_it_unwinds_and_does_not_continue() -> None:
    scheduler, steps = Scheduler(), list[str]()

    def work() -> None:
        try:
            scheduler.sleep(10)
            steps.append("continued")
        finally:
            steps.append("unwound")

    task = scheduler.start("task", work)
    scheduler.after(5, lambda: scheduler.kill(task))
    scheduler.run(until=100)

    assert steps == ["unwound"]
    assert task.done


def test_given_a_killed_task_when_it_waits_again_then_it_is_stopped_again() -> None:
    scheduler, steps = Scheduler(), list[str]()

    def work() -> None:
        try:
            scheduler.sleep(10)
        except Crashed:
            scheduler.sleep(10)
            steps.append("continued")

    task = scheduler.start("task", work)
    scheduler.after(5, lambda: scheduler.kill(task))
    scheduler.run(until=100)

    assert steps == []


def test_given_a_task_that_has_not_begun_when_killed_then_it_never_runs() -> None:
    scheduler, steps = Scheduler(), list[str]()
    task = scheduler.start("task", lambda: steps.append("ran"), after=10)

    scheduler.kill(task)
    scheduler.run(until=100)

    assert steps == []


def test_given_a_task_that_fails_when_run_then_the_error_is_raised() -> None:
    scheduler = Scheduler()

    def work() -> None:
        raise ValueError("broken")

    scheduler.start("task", work)
    with pytest.raises(ValueError, match="broken"):
        scheduler.run(until=100)


def test_given_a_task_that_joins_others_when_run_then_it_continues_after_them() -> None:
    scheduler, ended = Scheduler(), list[float]()

    def parent() -> None:
        children = [scheduler.start("child", lambda: scheduler.sleep(2.0)) for _ in range(3)]
        scheduler.join(children)
        ended.append(scheduler.now)

    scheduler.start("parent", parent)
    scheduler.run(until=100)

    assert len(ended) == 1
    assert 2.0 <= ended[0] < 2.1
