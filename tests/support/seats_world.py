"""Runs six employees and two shifts in memory, and checks every change of a shift."""

from dataclasses import dataclass, field

from shift_sms_runtime.messaging.outgoing_text import NotSent
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from tests.support.inbound_world import InboundWorld
from tests.support.memory.employees import MemoryEmployees
from tests.support.memory.shifts import MemoryShifts

PEOPLE = tuple(f"+1425555{number:04}" for number in range(101, 107))


CODES = ("A1", "B2")


NO_NUMBER_THERE = NotSent("NO_ORIGINATION_IDENTITIES_FOUND", passing=False, others_may_go=True)


class CheckedShifts(MemoryShifts):
    """Refuses what must never be written."""

    def store(self, *shifts: Shift, employee: str | None = None) -> None:
        for shift in shifts:
            before = self.get(shift.shift_id)
            assert before is not None
            self._assert_allowed(before, shift, employee)
        super().store(*shifts, employee=employee)

    def _assert_allowed(self, before: Shift, after: Shift, employee: str | None) -> None:
        holding = len(after.holders) + len(after.offers)
        assert holding <= max(after.seats, len(before.holders)), "one seat too many"
        assert (after.status == ShiftStatus.AVAILABLE) <= (after.free > 0), "open without a seat"
        everybody = [*after.holders, *after.offers, *after.waiting]
        if after.status == ShiftStatus.CANCELED:
            # Who gives it back before it was looked after leaves the others to be told.
            remaining = {*before.holders, *before.offers, *before.waiting} - {employee}
            assert set(everybody) <= (remaining if employee else set())
            return
        assert len(everybody) == len(set(everybody)), "somebody is there twice"
        assert set(after.holders) - set(before.holders) <= {employee}, "booked without saying so"
        assert set(before.holders) - set(after.holders) <= {employee}
        offered = [person for person in after.offers if person not in before.offers]
        left = [person for person in before.waiting if person != employee]
        assert offered == left[: len(offered)], "the waiting list was not kept to"
        # What was offered to them an operator has given to somebody else.
        back = [person for person in after.waiting if person in before.offers]
        joined = [person for person in after.waiting if person not in before.waiting and person not in back]
        assert set(joined) <= {employee}
        # Whom the service would not text comes last.
        last = [person for person in back if before.offers[person].refused]
        back = [person for person in back if person not in last]
        assert list(after.waiting) == [*back, *left[len(offered) :], *joined, *last] or (
            list(after.waiting)
            == [*back, *(person for person in before.waiting if person not in offered), *last]
        )


@dataclass
class SeatsWorld(InboundWorld):
    """Six people who text whatever comes to their minds about two shifts."""

    shifts: CheckedShifts = field(default_factory=CheckedShifts)
    employees: MemoryEmployees = field(default_factory=lambda: MemoryEmployees(set(PEOPLE)))
    policy: BookingPolicy = field(default_factory=lambda: BookingPolicy(offer_minutes=10, reminder_hours=0))

    def said(self, number: str, code: str) -> bool | None:
        """Whether somebody was last told that they have a shift, or have not; None when nobody said either."""
        has: bool | None = None
        for text in self.phones.heard(number):
            lines = text.splitlines()
            for line, following in zip(lines, [*lines[1:], ""], strict=True):
                if code not in line:
                    continue
                if line.strip() == code:  # an answer that came late tells how it stands
                    has = following == "Yours"
                elif line.startswith(("Booked:", "Already yours:")):
                    has = True
                elif line.startswith(("Given back:", "Cancelled", "Sorry,", "Not yours:", "Off the")):
                    has = False
        return has


def world_with_seats(seats: int) -> SeatsWorld:
    """Two shifts of so many seats, and six people."""
    crowd = SeatsWorld()
    for code in CODES:
        crowd.shifts.put(code, "", seats=seats)
    return crowd


def seat_offered_to(*waiting: str) -> SeatsWorld:
    """The first of them is offered the one seat of A1, and has not been told."""
    crowd = world_with_seats(1)
    crowd.deliver(PEOPLE[-1], "A1")
    for person in waiting:
        crowd.deliver(person, "WAIT A1")
    crowd.deliver(PEOPLE[-1], "DROP A1")
    return crowd


def offered(crowd: SeatsWorld) -> list[str]:
    """Who is offered a seat of A1."""
    shift = crowd.shifts.get("A1")
    assert shift is not None
    return list(shift.offers)
