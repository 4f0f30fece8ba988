"""Tests the retired launcher."""

import pytest

from tests.support.constructs import add_pinpoint_launcher
from tests.support.synthesis import synthesize_bare


def test_given_a_bare_stack_when_the_pinpoint_launcher_is_added_then_it_launches() -> None:
    assert set(synthesize_bare(add_pinpoint_launcher).functions()) == {"launch_pinpoint_campaign"}


@pytest.mark.parametrize(("keep", "expected"), [(False, "false"), (True, "true")])
def test_given_typography_to_keep_when_a_pinpoint_launcher_is_added_then_passed_on(
    keep: bool, expected: str
) -> None:
    found = synthesize_bare(lambda stack: add_pinpoint_launcher(stack, keep_typography=keep))
    (function,) = found.functions().values()
    assert function["Environment"]["Variables"]["KEEP_TYPOGRAPHY"] == expected
