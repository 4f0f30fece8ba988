"""Runs six employees and two shifts in memory, and checks every change of a shift."""

from dataclasses import dataclass, field
from itertools import takewhile

from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from tests.support.crash_points import Steps
from tests.support.inbound_world import InboundWorld
from tests.support.memory.employees import MemoryEmployees
from tests.support.memory.shifts import MemoryShifts

EMPLOYEES = tuple(f"+1425555{number:04}" for number in range(101, 107))


CODES = ("A1", "B2")


class CheckedShifts(MemoryShifts):
    """Fails at writes that must never happen."""

    def __init__(self) -> None:
        super().__init__()
        self.offers_in_order = True
        """Whether seats are offered in the order of the waiting list. In quiet hours they are not."""

    def store(self, *shifts: Shift, employee: str | None = None) -> None:
        for shift in shifts:
            before = self.get(shift.shift_id)
            assert before is not None
            self._assert_allowed(before, shift, employee)
        super().store(*shifts, employee=employee)

    def _assert_allowed(self, before: Shift, after: Shift, employee: str | None) -> None:
        promised_seats = len(after.holders) + len(after.offers)
        assert promised_seats <= max(after.seats, len(before.holders)), "more employees than seats"
        assert (after.status == ShiftStatus.AVAILABLE) <= (after.free_seats > 0), (
            "available without a free seat"
        )
        listed = [*after.holders, *after.offers, *after.waiting]
        if after.status == ShiftStatus.CANCELED:
            # If an employee drops it before it is reconciled, the others are still to be notified.
            remaining = {*before.holders, *before.offers, *before.waiting} - {employee}
            assert set(listed) <= (remaining if employee else set())
            return
        assert len(listed) == len(set(listed)), "one number is listed twice"
        assert set(after.holders) - set(before.holders) <= {employee}, "booked without a text of the employee"
        assert set(before.holders) - set(after.holders) <= {employee}
        if not self.offers_in_order:
            return
        newly_offered = [number for number in after.offers if number not in before.offers]
        others_waiting = [number for number in before.waiting if number != employee]
        assert newly_offered == others_waiting[: len(newly_offered)], (
            "offered out of the order of the waiting list"
        )
        returned = [number for number in after.waiting if number in before.offers]
        newly_waiting = [
            number for number in after.waiting if number not in before.waiting and number not in returned
        ]
        assert set(newly_waiting) <= {employee}
        # An operator gave the seats of the first ones to others. The last ones were not texted in time.
        returned_first = [*takewhile(lambda number: number in before.offers, after.waiting)]
        returned_last = [number for number in returned if number not in returned_first]
        still_waiting = others_waiting[len(newly_offered) :]
        not_offered = [number for number in before.waiting if number not in newly_offered]
        assert list(after.waiting) in (
            [*returned_first, *still_waiting, *newly_waiting, *returned_last],
            [*returned_first, *not_offered, *returned_last],
        )


@dataclass
class SeatsWorld(InboundWorld):
    """Six employees who text about two shifts."""

    shifts: CheckedShifts = field(default_factory=CheckedShifts)
    employees: MemoryEmployees = field(default_factory=lambda: MemoryEmployees(set(EMPLOYEES)))
    policy: BookingPolicy = field(default_factory=lambda: BookingPolicy(offer_minutes=10, reminder_hours=0))

    def last_text_says_booked(self, number: str, code: str) -> bool | None:
        """Returns whether the last text about a shift says that the employee has it; None without such a text."""
        has: bool | None = None
        for text in self.phones.heard(number):
            lines = text.splitlines()
            for line, following in zip(lines, [*lines[1:], ""], strict=True):
                if code not in line:
                    continue
                if line.strip() == code:  # A delayed reply states the current status.
                    has = following == "Yours"
                elif line.startswith(("Booked:", "Already yours:")):
                    has = True
                elif line.startswith(
                    ("Given back:", "Canceled", "Sorry,", "Not yours:", "Off the", "Already on the")
                ):
                    has = False
        return has


def steps_of_reconciling(world: InboundWorld) -> Steps:
    """Reconciles the shifts of a world; returns the steps of that alone."""
    before = world.steps.taken
    world.reconcile_shifts()
    world.steps.taken -= before
    return world.steps


def world_with_seats(seats: int) -> SeatsWorld:
    """Returns a world with two shifts that have this number of seats."""
    world = SeatsWorld()
    for code in CODES:
        world.shifts.put(code, "", seats=seats)
    return world


def world_with_offer(*waiting: str) -> SeatsWorld:
    """Returns a world where the first of `waiting` is offered the one seat of A1, but not notified yet."""
    world = world_with_seats(1)
    world.deliver(EMPLOYEES[-1], "A1")
    for person in waiting:
        world.deliver(person, "WAIT A1")
    world.deliver(EMPLOYEES[-1], "DROP A1")
    return world


def employees_offered_a_seat(world: SeatsWorld) -> list[str]:
    """Returns the employees who are offered a seat of A1."""
    shift = world.shifts.get("A1")
    assert shift is not None
    return list(shift.offers)
