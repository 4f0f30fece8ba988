"""Tests the Employees table."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shift_sms_runtime.employees.employee import MESSAGING_SERVICE, Employee
from tests.support.dialogues.dialogue import ANN, BOB, EVE, GUS
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.memory.employees import EmployeeRow
from tests.support.store_operations import NOW, read_context
from tests.support.store_pairs import Stores


def test_given_opt_outs_when_the_service_sends_again_then_only_its_own_end(
    stores: Stores,
) -> None:
    def opted_out() -> bool:
        return stores.employee_rows()[ANN].opted_out

    stores.employees.clear_refusal(ANN, "m0", at=NOW)
    assert not opted_out()
    assert stores.employees.opt_out(ANN, MESSAGING_SERVICE, at=NOW, on_roster=True)
    assert opted_out()
    stores.employees.clear_refusal(ANN, "m1", at=NOW)
    assert not opted_out()
    stores.employees.opt_out(ANN, MESSAGING_SERVICE, at=NOW, on_roster=True)
    assert stores.employees.opt_out(ANN, "m2", at=NOW, on_roster=True), "the employee has opted out, too"
    assert not stores.employees.opt_out(ANN, MESSAGING_SERVICE, at=NOW, on_roster=True)
    stores.employees.clear_refusal(ANN, "m3", at=NOW)
    assert opted_out()
    assert stores.employees.opt_in(ANN, "m4", at=NOW)
    assert not opted_out()


LATER = NOW + timedelta(minutes=1)


def test_given_stop_and_start_when_recorded_then_the_one_sent_last_applies(
    stores: Stores,
) -> None:
    employees = stores.employees
    assert employees.opt_out(ANN, "stop", at=NOW, on_roster=True)
    assert employees.opt_out(ANN, "stop", at=NOW, on_roster=True), "the same text, delivered again"
    assert not employees.opt_out(ANN, "stop-2", at=LATER, on_roster=True), "already opted out"
    assert stores.employee_rows()[ANN] == EmployeeRow(True, False, LATER, "stop")
    assert not employees.opt_in(ANN, "start-0", at=NOW), (
        "a START from between the two STOPs that arrives late"
    )
    assert employees.opt_in(ANN, "start", at=LATER)
    assert not employees.opt_out(ANN, "stop", at=NOW, on_roster=True), "a later START was recorded"
    assert stores.employee_rows()[ANN] == EmployeeRow(False, False, LATER, "start")
    assert not employees.opt_in(ANN, "start-0", at=NOW)
    assert employees.opt_out(ANN, "stop-3", at=LATER + timedelta(milliseconds=1), on_roster=True)
    assert read_context(stores, "m", ANN).employee.opted_out


def test_given_a_number_without_a_row_when_it_opts_out_then_it_is_not_on_the_roster(stores: Stores) -> None:
    employees = stores.employees
    assert not employees.opt_in(EVE, "start", at=NOW)
    assert EVE not in stores.employee_rows()
    assert employees.opt_out(EVE, "stop", at=NOW, on_roster=False)
    assert stores.employee_rows()[EVE] == EmployeeRow(True, True, NOW, "stop")
    assert read_context(stores, "m", EVE).employee == Employee(
        EVE, on_roster=False, opted_out=True, opt_changed_by="stop"
    )
    assert employees.opt_in(EVE, "start", at=LATER)
    assert read_context(stores, "m", EVE).employee == Employee(EVE, on_roster=False, opt_changed_by="start")
    assert not employees.opt_out("+14255550177", "stop", at=NOW, on_roster=True), (
        "its row was deleted meanwhile"
    )
    assert "+14255550177" not in stores.employee_rows()


def test_given_refusals_when_recorded_then_only_opted_in_employees_change(stores: Stores) -> None:
    stores.employees.record_refusal(EVE, now=NOW)
    stores.employees.record_refusal(ANN, now=NOW)
    stores.employees.record_refusal(ANN, now=LATER)
    stores.employees.opt_out(BOB, "stop", at=NOW, on_roster=True)
    stores.employees.record_refusal(BOB, now=LATER)
    assert stores.employee_rows() == {
        ANN: EmployeeRow(True, False, NOW, "service"),
        BOB: EmployeeRow(True, False, NOW, "stop"),
    }


def test_given_some_numbers_with_rows_when_read_then_their_employees_are_complete(stores: Stores) -> None:
    stores.put_employee(EVE, language="es-MX", roles=["Bar", " cook"])
    stores.employees.opt_out(BOB, "stop", at=NOW, on_roster=True)
    stores.employees.opt_out(GUS, "stop", at=NOW, on_roster=False)
    assert stores.employees.of([ANN, BOB, EVE, GUS, "+14255550177", ANN]) == {
        ANN: Employee(ANN),
        BOB: Employee(BOB, opted_out=True, opt_changed_by="stop"),
        EVE: Employee(EVE, language="es-MX", roles=frozenset({"bar", "cook"})),
        GUS: Employee(GUS, on_roster=False, opted_out=True, opt_changed_by="stop"),
    }
    assert stores.employees.of([]) == {}


@pytest.mark.parametrize(
    "roles", [Decimal(3), True, {"a": "b"}, None, [Decimal(3), "cook"], {"cook"}, "x, cook"]
)
def test_given_malformed_roles_when_the_employee_texts_then_they_are_replied_to(
    system: FunctionsOnMoto, roles: Any
) -> None:
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "roles": roles})
    system.put_shift("A1", "", role="cook")
    system.text(ANN, "A1")
    cook = isinstance(roles, list | set | str)
    expected = "Booked: A1 cook" if cook else "A1 is for cook only"
    assert [text.body for text in system.network.inbox(ANN)] == [expected]
