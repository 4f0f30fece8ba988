"""Tests that a fill plan does not text an employee about a shift that the employee gave back."""

from dataclasses import replace
from datetime import timedelta

from shift_sms_operator.fill_plans.views import ContactOutcome
from shift_sms_runtime.bookings.booking import ActionResult, BookingOutcome, BookingRequest, book, drop
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import MAX_GIVEN_BACK, Shift
from tests.support.fill_world import FillWorld, employee
from tests.support.operator_fills import operator_of

OTHERS = [employee(1), employee(2)]


def world_with_holder() -> FillWorld:
    """Returns a world in which the first of three employees has the shift, whose plan is filled."""
    world = FillWorld(employees=3)
    world.put_shift(fill_wave_minutes=60)
    world.claim(0)
    world.run()
    assert world.status() == ("filled", 0)
    return world


def text(world: FillWorld, action: str, index: int = 0) -> ActionResult:
    """Writes what a text of an employee changes on the shift."""
    request = BookingRequest(Employee(employee(index)), "m", None, world.policy, world.clock())
    take = {"drop": drop, "book": book}[action]
    result = take(world.shift(), EmployeeBookings(), request)
    world.shifts.save(result.shift)
    return result


def test_given_a_drop_when_the_plan_resumes_then_the_employee_is_skipped() -> None:
    world = world_with_holder()
    assert text(world, "drop").outcome is BookingOutcome.DROPPED
    world.run()
    world.run()
    assert world.texted() == OTHERS
    (skipped,) = (row["reasons"] for row in world.rows("FillContacts") if row["entry"].startswith("skipped#"))
    assert skipped == {"gave-back": [employee(0)]}
    assert world.item()["given_back"].keys() == {employee(0)}


def test_given_a_drop_when_booked_again_and_released_then_the_employee_is_texted() -> None:
    world = world_with_holder()
    text(world, "drop")
    assert text(world, "book").outcome is BookingOutcome.BOOKED
    assert "given_back" not in world.item()
    # An operator releases the seat.
    world.drop(0)
    world.run()
    assert sorted(world.texted()) == [employee(0), *OTHERS]


def test_given_a_wave_that_waits_when_an_employee_books_and_drops_then_not_texted() -> None:
    world = FillWorld(employees=3)
    world.put_shift()
    world.plan()
    world.claim(0)
    text(world, "drop")
    world.send()
    assert world.texted() == OTHERS


def test_given_a_contact_who_gave_the_seat_back_when_explained_then_it_says_so() -> None:
    world = FillWorld(employees=3)
    world.put_shift()
    world.run()
    world.claim(1)
    text(world, "drop", 1)
    (wave,) = operator_of(world).fill_plans.explainer.all("A1")
    outcomes = {one.contact.phone_number: (one.outcome, one.outcome_text) for one in wave.contacts}
    assert outcomes[employee(1)] == (ContactOutcome.GAVE_BACK, "gave the shift back")
    assert outcomes[employee(0)][0] is ContactOutcome.TEXTED


def test_given_many_drops_when_recorded_then_the_latest_are_kept() -> None:
    world = world_with_holder()
    now, shift = world.clock(), Shift("A1", holders=dict.fromkeys(map(employee, range(60))))
    for minute, index in enumerate((*range(60), 20)):
        # DynamoDB maps have no order.
        shift = replace(shift, given_back=dict(reversed([*shift.given_back.items()])))
        shift = shift.given_back_by(employee(index), now + timedelta(minutes=minute))
    latest = [employee(index) for index in (*range(20), *range(21, 60), 20)][-MAX_GIVEN_BACK:]
    assert {*shift.given_back} == {*latest}
    assert len(shift.given_back) == MAX_GIVEN_BACK
