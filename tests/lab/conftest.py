"""Brings up the deployed systems once for all tests."""

from collections.abc import Iterator

import pytest

from lab.lab_system import LabSystem
from tests.support.deployed_lab import STAFF, TEXTS_PER_HOUR
from tests.support.dialogues.dialogue import ANN, BOB, GUS
from tests.support.dialogues.policy import STRICT_POLICY


@pytest.fixture(scope="session")
def system() -> Iterator[LabSystem]:
    """Connect on, campaigns through End User Messaging. It takes as many texts as come."""
    assert {ANN, BOB} <= set(STAFF)
    with LabSystem(overrides={"texts_per_hour": "0", **STRICT_POLICY}) as up:
        up.put(up.outputs.employees_table_name, [{"phone_number": number} for number in STAFF])
        yield up


@pytest.fixture(scope="session")
def other_system() -> Iterator[LabSystem]:
    """Connect off, campaigns through Pinpoint, strangers answered once a day, one approved number, no roster."""
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
    """The number leaves opt-outs to us, one number is approved, and each has few texts in an hour. No roster."""
    overrides = {
        "self_managed_opt_outs": "true",
        "approved_numbers": GUS,
        "texts_per_hour": str(TEXTS_PER_HOUR),
    }
    with LabSystem(overrides=overrides) as up:
        yield up
