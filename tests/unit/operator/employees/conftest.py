"""Runs the operations on employees one at a time."""

import pytest

from shift_sms_operator import concurrent_work


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starts one thread. moto copies its tables for each transaction, and no other thread may change them meanwhile."""
    monkeypatch.setattr(concurrent_work, "_THREADS", 1)
