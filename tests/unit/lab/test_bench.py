"""Tests the planning benchmark with few recipients."""

from lab.bench.planning import bytes_per_work_item, plan


def test_given_ten_times_the_recipients_when_planned_then_calls_per_recipient_stay() -> None:
    small, large = plan(3_000), plan(30_000)
    assert (small.queued, large.queued) == (3_000, 30_000)
    assert abs(large.calls_per_thousand / small.calls_per_thousand - 1) < 0.1
    assert bytes_per_work_item() < 256 * 1024
