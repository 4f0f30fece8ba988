"""Counts the people who are promised one seat when many text its code at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from lab.bench.figures import Figure
from lab.bench.plain.system import PlainSystem
from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network import PhoneNetwork

CLAIMANTS = (2, 10, 50, 200)
_WAIT_SECONDS = 60
_PHONES_AT_ONCE = 16


def promised_seats(system: LabSystem, plain: PlainSystem, numbers: Sequence[str]) -> Iterator[Figure]:
    """Yields how many people each system promises one seat, per number of claimants."""
    for claimants in CLAIMANTS:
        code = f"SEAT{claimants}"
        shift = {"shift_id": code, "shift_info": "3h", "shift_status": "available"}
        system.put_shifts([shift])
        plain.put_shifts([shift])
        yield Figure(
            "people promised one seat",
            f"{claimants} claimants",
            _promises(system.network, code, numbers[:claimants], "Booked"),
            _promises(plain.network, code, numbers[:claimants], "is yours"),
            at_most=1,
        )


def _promises(network: PhoneNetwork, code: str, numbers: Sequence[str], promise: str) -> int:
    before = {number: len(network.inbox(number)) for number in numbers}
    with ThreadPoolExecutor(_PHONES_AT_ONCE) as phones:
        for number in numbers:
            phones.submit(network.send_from_phone, number, code, OUR_NUMBER)
    replies = [network.wait_for_text(number, before[number], _WAIT_SECONDS) for number in numbers]
    return sum(promise in reply.body and code in reply.body for reply in replies)
