"""Tests that the demo reports a failed check."""

import pytest

from lab.demo.checks import Checks
from lab.screen import Screen


def test_given_a_failing_check_when_summarized_then_expected_and_actual_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = Checks(Screen())
    checks.expect("a booking", "Booked: XYZ123", "Booked: XYZ123")
    checks.expect("a late claim", "gone", "Booked: XYZ123")

    checks.summarize()

    assert not checks.all_passed
    summary = capsys.readouterr().out.partition("\nChecks")[2]
    assert "✓ a booking\n    actual: Booked: XYZ123\n" in summary
    assert "✗ a late claim\n    expected: gone\n    actual: Booked: XYZ123\n" in summary
    assert "1 of 2 checks passed." in summary


def test_given_an_interrupted_run_when_summarized_then_the_rest_is_not_reached(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = Checks(Screen())
    checks.expect("a booking", "Booked: XYZ123", "Booked: XYZ123")

    checks.summarize(complete=False)

    assert "1 of 1 checks passed. The other checks were not reached." in capsys.readouterr().out
