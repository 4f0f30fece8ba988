"""Counts the calls to AWS per text, from the text until the system is idle."""

from collections.abc import Callable, Iterator

from lab.bench.figures import Figure
from lab.bench.plain.system import PlainSystem
from lab.lab_system import LabSystem
from lab.phone_network import PhoneNetwork, SentText

_TAKEN_CODE = "CALLS99"
_OTHER_EMPLOYEE = "+14253999999"
_CODES = (1, 2, 5, 10)
_MAX_CALLS_PER_BOOKING = 6
_MAX_CALLS = 12
"""For any other text, including the calls that reconcile its shift."""


def calls_per_text(system: LabSystem, plain: PlainSystem, number: str) -> Iterator[Figure]:
    """Yields the calls of each system for texts that book, list, drop and ask.

    The plain handler knows codes and REQUEST only. For other texts, the product is compared with its limit.
    """
    _put_shifts(system, plain)
    system.send_and_wait(number, "REQUEST")
    system.wait_until_idle()
    used = 0
    for count in _CODES:
        text = " ".join(f"CALLS{position}" for position in range(used, used + count))
        used += count
        product = _count(system, system.network, system.send_and_wait, number, text)
        baseline = _count(system, plain.network, plain.send_and_wait, number, text)
        case = f"{count} code{'s' if count > 1 else ''}"
        yield Figure("calls to AWS per text", case, product, baseline)
        if count == 1:
            yield Figure("calls to AWS per text, limit", case, product, _MAX_CALLS_PER_BOOKING, at_most=1)
    product = _count(system, system.network, system.send_and_wait, number, "REQUEST")
    baseline = _count(system, plain.network, plain.send_and_wait, number, "REQUEST")
    yield Figure("calls to AWS per text", "REQUEST", product, baseline)
    for name, text in (
        ("MINE", "MINE"),
        ("INFO", "INFO CALLS0"),
        ("WAIT", f"WAIT {_TAKEN_CODE}"),
        ("DROP", "DROP CALLS0"),
        ("for the operator inbox", "my badge does not open the door"),
    ):
        product = _count(system, system.network, system.send_and_wait, number, text)
        yield Figure("calls to AWS per text, limit", name, product, _MAX_CALLS, at_most=1)


def _put_shifts(system: LabSystem, plain: PlainSystem) -> None:
    shifts = [
        {"shift_id": f"CALLS{position}", "shift_info": "3h", "shift_status": "available"}
        for position in range(sum(_CODES) + 2)
    ]
    taken = {
        "shift_id": _TAKEN_CODE,
        "shift_info": "3h",
        "shift_status": "taken",
        "employee": _OTHER_EMPLOYEE,
    }
    system.put_shifts([*shifts, taken])
    plain.put_shifts([*shifts, taken])
    system.wait_until_reconciled()


def _count(
    system: LabSystem,
    network: PhoneNetwork,
    send_and_wait: Callable[[str, str], SentText],
    number: str,
    text: str,
) -> int:
    before, attempts = system.gateway.calls.copy(), len(network.attempts)
    send_and_wait(number, text)
    system.wait_until_idle()
    return (system.gateway.calls - before).total() + len(network.attempts) - attempts
