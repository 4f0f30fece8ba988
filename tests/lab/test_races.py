"""Tests concurrent bookings on the deployed system."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network import SentText
from tests.support.deployed_lab import STAFF, empty_tables, put_shifts, wait_until
from tests.support.dialogues.replies import ONE_TAKEN

SHIFTS, CLAIMANTS = 30, 20


def run_at_once(functions: Sequence[Callable[[], object]]) -> None:
    """Runs the functions concurrently, started at the same time."""
    barrier = Barrier(len(functions))

    def begin(function: Callable[[], object]) -> None:
        barrier.wait()
        function()

    threads = [Thread(target=begin, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send_at_once(system: LabSystem, texts: Sequence[tuple[str, str]]) -> Sequence[SentText]:
    """Sends the texts at the same time; returns the replies, exactly one to each text."""
    before = len(system.network.texts)
    run_at_once(
        [
            lambda phone=phone, body=body: system.network.send_from_phone(phone, body, OUR_NUMBER)  # type: ignore[misc]
            for phone, body in texts
        ]
    )
    assert wait_until(lambda: len(system.network.texts) - before >= len(texts), 60)
    system.wait_until_reconciled()
    replies = system.network.texts[before:]
    assert Counter(reply.destination for reply in replies) == Counter(phone for phone, _ in texts)
    return replies


@pytest.mark.soak
def test_given_thirty_shifts_when_twenty_claim_each_at_once_then_thirty_win(
    system: LabSystem,
) -> None:
    empty_tables(system)
    codes = [f"RACE{number:02}" for number in range(SHIFTS)]
    put_shifts(system, *((code, "15/08 5h nightshift") for code in codes))
    before = len(system.network.texts)
    barrier = Barrier(CLAIMANTS)

    def claim(claimant: int) -> None:
        for number, code in enumerate(codes):
            barrier.wait()
            # Each shift has its own twenty claimants, so every reply is attributable.
            system.network.send_from_phone(
                STAFF[(number * CLAIMANTS + claimant) % len(STAFF)], code, OUR_NUMBER
            )

    threads = [Thread(target=claim, args=(claimant,)) for claimant in range(CLAIMANTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    replies = SHIFTS * CLAIMANTS
    assert wait_until(lambda: len(system.network.texts) - before >= replies, 150)
    system.wait_until_idle()

    texts = system.network.texts[before:]
    first_words = Counter(text.body.split()[0] for text in texts)
    assert first_words == {"Booked:": SHIFTS, "Sorry,": replies - SHIFTS}
    winners = {text.body.split()[1]: text.destination for text in texts if text.body.startswith("Booked:")}
    assert winners == system.bookings()
    assert sorted(winners) == codes
    assert Counter(text.destination for text in texts) == dict.fromkeys(STAFF, replies // len(STAFF))


def test_given_five_seats_when_twenty_claim_at_once_then_five_win(
    system: LabSystem,
) -> None:
    empty_tables(system)
    table = system.outputs.shifts_table_name
    system.put(table, [{"shift_id": "N1", "shift_status": "available", "seats": 5}])
    replies = send_at_once(system, [(phone, "N1") for phone in STAFF[:20]])
    assert Counter(reply.body for reply in replies) == {"Booked: N1": 5, ONE_TAKEN.format("N1"): 15}
    confirmed = {reply.destination for reply in replies if reply.body == "Booked: N1"}
    (row,) = (row for row in system.rows(table) if row["shift_id"] == "N1")
    assert set(row["employees"]) == confirmed
    assert row["shift_status"] == "taken"


def test_given_two_overlapping_shifts_when_ten_claim_both_then_each_has_one(
    system: LabSystem,
) -> None:
    empty_tables(system)
    start = datetime.now(UTC) + timedelta(days=2)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}
    table, codes = system.outputs.shifts_table_name, ("N1", "N2")
    system.put(
        table,
        [
            {"shift_id": code, "shift_info": "x", "shift_status": "available", "seats": 10, **times}
            for code in codes
        ],
    )
    replies = send_at_once(system, [(phone, code) for phone in STAFF[:10] for code in codes])
    assert {reply.body.partition(" (")[0] for reply in replies} <= {
        *(f"Booked: {code} x" for code in codes),
        "N1 overlaps with your N2",
        "N2 overlaps with your N1",
    }
    booked = Counter(reply.destination for reply in replies if reply.body.startswith("Booked"))
    assert booked == dict.fromkeys(STAFF[:10], 1)
    rows = {row["shift_id"]: set(row.get("employees", ())) for row in system.rows(table)}
    assert rows["N1"] | rows["N2"] == set(STAFF[:10])
    assert not rows["N1"] & rows["N2"]
