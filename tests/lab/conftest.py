"""Deploys each system once per test session and worker, and groups modules so that few workers deploy it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from lab.lab_system import LabSystem
from tests.support.browser import started_browser
from tests.support.deployed_lab import STAFF, TEXTS_PER_HOUR
from tests.support.dialogues.dialogue import ANN, BOB, GUS
from tests.support.dialogues.policy import STRICT_POLICY

_SHARES = (
    ("test_crashes", "test_fill_plans", "test_opt_outs", "test_races"),
    ("test_campaigns", "test_dialogues", "test_operator_commands", "test_phone_page_in_browser"),
    ("test_command_line", "test_dead_letters", "test_permissions", "test_shifts"),
    ("test_console", "test_console_in_browser", "test_console_permissions"),
    (
        "test_appointments",
        "test_dialogues_without_connect",
        "test_limits",
        "test_pinpoint_campaigns",
        "test_self_managed_opt_outs",
    ),
)
"""Modules that run in the same worker. Those of the usual system form three groups of similar duration.

The last group has the modules with other settings. A module that is not listed runs on its own.
"""


class _SharesOfWorkers(LoadFileScheduling):  # type: ignore[misc]
    """Gives all modules of a share to the same worker, because a deployment costs as much as several tests."""

    def _split_scope(self, nodeid: str) -> str:
        file = Path(super()._split_scope(nodeid))
        in_lab = file.parent.name == Path(__file__).parent.name
        return next((share[0] for share in _SHARES if in_lab and file.stem in share), str(file))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _SharesOfWorkers | None:
    """Replaces the scheduler of `--dist loadfile`."""
    return _SharesOfWorkers(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session")
def system() -> Iterator[LabSystem]:
    """Connect on, campaigns through End User Messaging, no hourly limit."""
    assert {ANN, BOB} <= set(STAFF)
    with LabSystem(overrides={"texts_per_hour": "0", **STRICT_POLICY}) as up:
        up.put(up.outputs.employees_table_name, [{"phone_number": number} for number in STAFF])
        yield up


@pytest.fixture(scope="session")
def console_system() -> Iterator[LabSystem]:
    """The system that `make lab` deploys, with the operators' console, no employees."""
    with LabSystem(overrides={"console_enabled": "true"}) as up:
        yield up


@pytest.fixture(scope="session")
def other_system() -> Iterator[LabSystem]:
    """Connect off, the Pinpoint engine, replies to strangers once a day, approved numbers, no employees."""
    overrides = {
        "campaign_engine": "pinpoint",
        "approved_numbers": f"{ANN},{BOB}",
        "stranger_reply": "once-per-day",
        "texts_per_hour": "0",
    }
    with LabSystem(connect=False, overrides=overrides) as up:
        yield up


@pytest.fixture(scope="session")
def limited_system() -> Iterator[LabSystem]:
    """Self-managed opt-outs, one approved number, a low hourly limit, no employees."""
    overrides = {
        "self_managed_opt_outs": "true",
        "approved_numbers": GUS,
        "texts_per_hour": str(TEXTS_PER_HOUR),
    }
    with LabSystem(overrides=overrides) as up:
        yield up


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    yield from started_browser()
