"""The benchmark of planning, as far as a test has time for: what it prints must be there to print."""

from lab.bench.planning import bytes_per_work_item, plan


def test_given_ten_times_the_recipients_when_planned_then_each_takes_as_many_calls() -> None:
    small, large = plan(3_000), plan(30_000)
    assert (small.queued, large.queued) == (3_000, 30_000)
    assert abs(large.calls_per_thousand / small.calls_per_thousand - 1) < 0.1
    assert bytes_per_work_item() < 256 * 1024
