"""Provides the commands of the group `employees`."""

from pathlib import Path

import pytest

from shift_sms_operator import concurrent_work
from tests.support.employees_cli import EmployeesCli
from tests.support.operator_world import OperatorWorld


@pytest.fixture
def employees_cli(
    operator_world: OperatorWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> EmployeesCli:
    """Provides the commands in a deployment without rows."""
    # moto copies its tables for each transaction, and no other thread may change them meanwhile.
    monkeypatch.setattr(concurrent_work, "_THREADS", 1)
    return EmployeesCli(operator_world, tmp_path)
