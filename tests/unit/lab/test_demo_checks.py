"""The demo must not pass when something it shows is wrong."""

import pytest

from lab.demo.checks import Checks
from lab.screen import Screen


def test_given_a_failing_check_when_summarized_then_expected_and_actual_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = Checks(Screen())
    checks.expect("a booking", "Booked: XYZ123", "Booked: XYZ123")
    checks.expect("a late claim", "gone", "Booked: XYZ123")

    checks.summarise()

    assert not checks.all_held
    summary = capsys.readouterr().out.partition("What was checked")[2]
    assert "✓ a booking\n    seen: Booked: XYZ123\n" in summary
    assert "✗ a late claim\n    expected: gone\n    seen: Booked: XYZ123\n" in summary
    assert "1 of 2 checks held." in summary


def test_given_a_run_that_broke_off_when_summarized_then_the_rest_is_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = Checks(Screen())
    checks.expect("a booking", "Booked: XYZ123", "Booked: XYZ123")

    checks.summarise(complete=False)

    assert "1 of 1 checks held. The others were not reached." in capsys.readouterr().out
