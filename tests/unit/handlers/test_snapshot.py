"""Tests what a function with SnapStart does before its snapshot and after a restore."""

import random
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from shift_sms_runtime.handlers.snapshot import prepare


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], object]]:
    """Stands in for the library of the Lambda runtime; returns the registered hooks."""
    registered: dict[str, Callable[[], object]] = {}
    library = SimpleNamespace(
        register_before_snapshot=lambda hook: registered.update(before=hook),
        register_after_restore=lambda hook: registered.update(after=hook),
    )
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", library)
    return registered


def test_given_snap_start_when_restored_twice_then_random_numbers_differ(
    monkeypatch: pytest.MonkeyPatch, hooks: dict[str, Callable[[], object]]
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    built: list[str] = []
    prepare(lambda: built.append("service"))
    assert built == [], "importing the handler builds nothing"
    hooks["before"]()
    assert built == ["service"]
    state, drawn = random.getstate(), set[float]()
    for _ in range(2):
        random.setstate(state)
        hooks["after"]()
        drawn.add(random.random())
    assert len(drawn) == 2


@pytest.mark.parametrize("kind", ["on-demand", None])
def test_given_no_snap_start_when_imported_then_nothing_is_registered(
    monkeypatch: pytest.MonkeyPatch, hooks: dict[str, Callable[[], object]], kind: str | None
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_INITIALIZATION_TYPE", raising=False)
    if kind:
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
    prepare(lambda: pytest.fail("built"))
    assert hooks == {}
