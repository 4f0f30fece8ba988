"""Tests a deployed system that receives far more texts than its number can answer."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network.api.attempts import Outcome

pytestmark = pytest.mark.timeout(900)

RATE = 4
EMPLOYEES = [f"+1425301{number:04}" for number in range(800)]
MAX_RATIO = 1.25
MAX_THROTTLED_SHARE = 0.05


@pytest.fixture
def slow_number() -> Iterator[LabSystem]:
    overrides = {"messages_per_second": str(RATE), "texts_per_hour": "0"}
    with LabSystem(overrides=overrides) as system, system.cached_permissions():
        system.put(system.outputs.employees_table_name, [{"phone_number": number} for number in EMPLOYEES])
        yield system


def test_given_800_texts_at_once_when_the_number_is_slow_then_all_are_answered(
    slow_number: LabSystem,
) -> None:
    system, network = slow_number, slow_number.network
    codes = [f"LOAD{number}" for number in range(len(EMPLOYEES) // 2)]
    shifts = [{"shift_id": code, "shift_info": "3h", "shift_status": "available"} for code in codes]
    system.put_shifts(shifts)
    system.wait_until_reconciled(120)
    ideal = len(EMPLOYEES) / RATE
    began = time.monotonic()
    with ThreadPoolExecutor(16) as phones:
        for position, number in enumerate(EMPLOYEES):
            phones.submit(network.send_from_phone, number, codes[position % len(codes)], OUR_NUMBER)
    assert network.wait_until(lambda: all(network.inbox(number) for number in EMPLOYEES), 2 * ideal), (
        f"{len(network.texts)} of {len(EMPLOYEES)} texts were answered"
    )
    seconds = max(text.monotonic for text in network.texts) - began
    system.wait_until_idle()

    assert Counter(text.destination for text in network.texts) == Counter(EMPLOYEES)
    assert len(system.bookings()) == len(codes)
    promised = Counter(text.body.split()[1] for text in network.texts if text.body.startswith("Booked"))
    assert set(promised.values()) == {1}
    assert system.dead_letters() == 0
    throttled = sum(attempt.outcome is Outcome.THROTTLED for attempt in network.attempts)
    assert throttled <= MAX_THROTTLED_SHARE * len(EMPLOYEES), throttled
    assert seconds <= MAX_RATIO * ideal, f"{seconds:.0f} s, ideal are {ideal:.0f} s"
