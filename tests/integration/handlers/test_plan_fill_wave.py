"""Tests the functions of fill plans on moto: a wave, a claim, and what is stored."""

from typing import Any

from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import FunctionsOnMoto, add_members


def run_plans(system: FunctionsOnMoto) -> None:
    """Detects changes, plans waves and sends them, until nothing is queued."""
    for _ in range(4):
        assert system.reconcile_shifts() == []
        assert system.drain("fill", "plan_fill_wave") == []
        assert system.drain("dispatch", "send_campaign") == []


def item_of(system: FunctionsOnMoto) -> dict[str, Any]:
    (item,) = system.rows("Shifts")
    return item


def test_given_a_fill_plan_when_an_employee_claims_then_it_is_filled(system: FunctionsOnMoto) -> None:
    add_members(system, ANN, BOB, "+14255550103")
    system.put_shift("XYZ123", "15/08 5h nightshift", fill_order="rotation", fill_wave_size=1)
    run_plans(system)
    assert [(text.destination, text.body) for text in system.network.texts] == [
        (ANN, "Open shift: XYZ123 15/08 5h nightshift. Reply XYZ123 to book it")
    ]
    item = item_of(system)
    assert (item["fill_status"], item["fill_contacted"]) == ("running", 1)

    system.text(ANN, "YES")
    run_plans(system)

    item = item_of(system)
    assert (item["fill_status"], item["fill_contacted"], item["employee"]) == ("filled", 1, ANN)
    entries = sorted(row["entry"].partition("#")[0] for row in system.rows("FillContacts"))
    assert entries == ["contact", "contacts", "hour", "plan", "skipped", "unreached", "wave"]
    (skipped,) = (row for row in system.rows("FillContacts") if row["entry"].startswith("skipped#"))
    assert skipped["reasons"] == {"not-on-roster": ["+14255550103"]}


def test_given_a_wave_that_waits_when_the_shift_is_taken_then_it_is_skipped(system: FunctionsOnMoto) -> None:
    add_members(system, ANN)
    system.put_shift("XYZ123", fill_order="rotation")
    assert system.reconcile_shifts() == []
    assert system.drain("fill", "plan_fill_wave") == []
    system.text(BOB, "XYZ123")
    run_plans(system)
    assert [text.destination for text in system.network.texts] == [BOB]
    assert (item_of(system)["fill_status"], item_of(system)["fill_contacted"]) == ("filled", 0)
