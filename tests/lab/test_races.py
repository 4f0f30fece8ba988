"""Many people, one shift, the same instant, on the deployed system."""

from collections import Counter
from threading import Barrier, Thread

from lab.system import OUR_NUMBER, System
from tests.lab.conftest import STAFF, empty_tables, put_shifts, wait_until

SHIFTS, CLAIMANTS = 30, 20


def test_given_thirty_shifts_when_twenty_claim_each_at_once_then_thirty_win_and_the_others_are_told(
    system: System,
) -> None:
    empty_tables(system)
    codes = [f"RACE{number:02}" for number in range(SHIFTS)]
    put_shifts(system, *((code, "15/08 5h nightshift") for code in codes))
    before = len(system.network.texts)
    barrier = Barrier(CLAIMANTS)

    def claim(person: int) -> None:
        for number, code in enumerate(codes):
            barrier.wait()
            # Every shift has its own twenty of the sixty: nobody's answers could be mistaken for another's.
            system.network.send_from_phone(
                STAFF[(number * CLAIMANTS + person) % len(STAFF)], code, OUR_NUMBER
            )

    threads = [Thread(target=claim, args=(person,)) for person in range(CLAIMANTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = SHIFTS * CLAIMANTS
    assert wait_until(lambda: len(system.network.texts) - before >= answers, 150)
    system.wait_until_idle()

    texts = system.network.texts[before:]
    kinds = Counter(text.body.split()[0] for text in texts)
    assert kinds == {"Booked:": SHIFTS, "Sorry,": answers - SHIFTS}
    winners = {text.body.split()[1]: text.destination for text in texts if text.body.startswith("Booked:")}
    assert winners == system.taken()
    assert sorted(winners) == codes
    assert Counter(text.destination for text in texts) == dict.fromkeys(STAFF, answers // len(STAFF))
