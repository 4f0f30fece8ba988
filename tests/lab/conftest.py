"""Deploys each system once per test session and worker, and groups the tests by system."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lab.lab_system import LabSystem
from tests.support.browser import started_browser
from tests.support.deployed_lab import STAFF, TEXTS_PER_HOUR
from tests.support.dialogues.dialogue import ANN, BOB, GUS
from tests.support.dialogues.policy import STRICT_POLICY

ON_ONE_WORKER = ("console_system", "other_system", "limited_system")
"""Systems that few tests need. Only one worker deploys each of them."""
LONGEST_FIRST = (
    "test_crashes",
    "console_system",
    "test_permissions",
    "other_system",
    "limited_system",
    "test_campaigns",
    "test_shifts",
    "test_dialogues",
    "test_appointments",
    "test_dead_letters",
)
"""The groups of tests that begin first. Otherwise the workers would wait for a long group at the end."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups the tests of this folder for `--dist loadgroup`: by system if few need it, else by file."""
    groups: dict[str, list[pytest.Item]] = {group: [] for group in LONGEST_FIRST}
    others = []
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            others.append(item)
            continue
        fixtures: list[str] = getattr(item, "fixturenames", [])
        group = next((name for name in ON_ONE_WORKER if name in fixtures), item.path.stem)
        item.add_marker(pytest.mark.xdist_group(group))
        groups.setdefault(group, []).append(item)
    items[:] = [*others, *(item for group in groups.values() for item in group)]


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
