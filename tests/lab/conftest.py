"""Deploys each system once per test session and worker."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from lab.lab_system import LabSystem
from tests.support.browser import started_browser
from tests.support.deployed_lab import STAFF, TEXTS_PER_HOUR
from tests.support.dialogues.dialogue import ANN, BOB, GUS
from tests.support.dialogues.policy import STRICT_POLICY


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
