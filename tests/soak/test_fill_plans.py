"""Tests fill plans on the deployed system: drops, ends, quiet hours, and sick calls in every language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lab.lab_system import LabSystem
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.deployed_lab import STAFF, deploy_again, play_dialogue, wait_until
from tests.support.dialogues.dialogue import Dialogue
from tests.support.dialogues.policy import INFORMING, INFORMING_POLICY
from tests.support.lab_fills import INFO, LabShift, opening
from tests.support.lab_managers import told_manager

pytestmark = pytest.mark.timeout(600)

AWAKE, DOZING, ASLEEP = (f"+1425555030{number}" for number in range(3))
ZONES = {AWAKE: "Asia/Tokyo", DOZING: "UTC", ASLEEP: "America/Sao_Paulo"}
"""The quiet hours of the tests are in the night of the last two. They end first in UTC."""
OVERRIDES = {
    "texts_per_hour": "0",
    "texts_per_person_per_day": "0",
    # Employees without a time zone are texted at any time of the tests.
    "timezone": ZONES[AWAKE],
    "urgent_overrides_quiet_hours": "true",
}


@pytest.fixture(scope="module")
def system() -> Iterator[LabSystem]:
    """The system with employees in several time zones."""
    with LabSystem(connect=False, overrides=OVERRIDES) as up, up.cached_permissions():
        employees = up.outputs.employees_table_name
        up.put(employees, [{"phone_number": number} for number in STAFF])
        up.put(employees, [{"phone_number": number, "timezone": zone} for number, zone in ZONES.items()])
        yield up


@dataclass(frozen=True)
class Night:
    """Quiet hours, and a fill plan that has begun in them."""

    ends: datetime
    shift: LabShift


@pytest.fixture(scope="module")
def night(system: LabSystem) -> Night:
    """Quiet hours that end soon in UTC. Other tests run until then."""
    now = datetime.now(UTC)
    ends = (now + timedelta(minutes=4)).replace(second=0, microsecond=0)
    deploy_again(system, quiet_hours=f"{now - timedelta(hours=5):%H:%M}-{ends:%H:%M}")
    return Night(ends, LabShift(system, "NIGHT1", [*ZONES], fill_order="rotation"))


def test_given_quiet_hours_when_a_plan_is_urgent_then_it_texts_everyone_at_once(
    system: LabSystem, night: Night
) -> None:
    urgent = LabShift(system, "URGENT1", [*ZONES], fill_order="broadcast", fill_urgent=True)
    assert set(urgent.wait_for_texts(3)) == {*ZONES}
    assert datetime.now(UTC) < night.ends


def test_given_two_seats_when_one_is_dropped_after_the_end_then_it_is_filled_again(
    system: LabSystem,
) -> None:
    staff = STAFF[10:16]
    shift = LabShift(system, "SEATS2", staff, fill_order="rotation", seats=2)
    first = shift.wait_for_texts(2)
    assert system.send_and_wait(first[0], shift.code).body.startswith("Booked: ")
    second = shift.wait_for_texts(4)[2:]
    assert system.send_and_wait(second[0], shift.code).body.startswith("Booked: ")
    shift.wait_for_plan("filled", contacted=4)
    assert system.send_and_wait(first[0], f"DROP {shift.code}").body.startswith("Given back: ")
    third = shift.wait_for_texts(6)[4:]
    assert shift.plan[0] == "running"
    assert system.send_and_wait(third[1], shift.code).body.startswith("Booked: ")
    shift.wait_for_plan("filled", contacted=6)
    assert set(shift.texted) == {*staff}
    assert {*shift.item["employees"]} == {second[0], third[1]}


@pytest.mark.parametrize(
    ("code", "seconds", "wave_minutes", "contacted"),
    [
        pytest.param("LATE1", 15, "10", 2, id="fill_by passes"),
        pytest.param("NOONE1", 3600, "0.33", 3, id="no one is left"),
    ],
)
def test_given_no_claim_when_a_plan_is_exhausted_then_the_manager_is_informed(
    system: LabSystem, code: str, seconds: int, wave_minutes: str, contacted: int
) -> None:
    fill_by = datetime.now(UTC) + timedelta(seconds=seconds)
    with told_manager(system) as notices:
        shift = LabShift(
            system, code, STAFF[20:23], fill_by=fill_by.isoformat(), fill_wave_minutes=wave_minutes
        )
        shift.wait_for_plan("exhausted", contacted=contacted, timeout=120)
        assert wait_until(lambda: any(code in body for body in notices()), 30)
        system.wait_until_reconciled()
    # The manager is told of other shifts, too.
    bodies = [body.partition(INFO)[0] for body in notices() if code in body]
    assert bodies == [f"Not filled, and no more texts are sent: {code} "], notices()
    assert len(shift.texted) == len({*shift.texted}) == contacted


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "calling in sick for {}"),
        ("es", "no puedo hacer {}, estoy enfermo"),
        ("fr", "je suis malade, je ne peux pas faire {}"),
        ("de", "bin krank, kann {} nicht machen"),
    ],
)
def test_given_a_sick_call_in_a_language_when_texted_then_the_seat_is_filled_again(
    system: LabSystem, language: str, text: str
) -> None:
    say, code = locale("shifts", language).say, f"SICK{language}".upper()
    sick, *others = (f"+14255550{number}" for number in range(400, 404))
    rows = [{"phone_number": number, "name": "Ana", "language": language} for number in (sick, *others)]
    system.put(system.outputs.employees_table_name, rows)
    starts_at = datetime.now(UTC) + timedelta(hours=2)
    shift = LabShift(system, code, [sick, *others], starts_at=starts_at.isoformat())
    with told_manager(system, language) as notices:
        system.send_and_wait(sick, code)
        assert shift.item["employee"] == sick
        assert wait_until(lambda: any(code in body for body in notices()), 30)
        assert system.send_and_wait(sick, text.format(code)).body == say(Template.SICK, shifts=code)
        texted = shift.wait_for_texts(2)
        assert set(texted) < {*others}
        assert system.network.inbox(texted[1])[-1].body.startswith(opening(language, code))
        system.send_and_wait(texted[1], code)
        shift.wait_for_plan("filled", contacted=2)
        assert wait_until(lambda: sum(code in body for body in notices()) == 3, 30)
        system.wait_until_idle()
    assert [body.partition(f" {code} ")[0] for body in notices() if code in body] == [
        say(template, name="Ana", shift=code, seats=1).partition(f" {code}")[0]
        for template in (Template.MANAGER_FILLED, Template.MANAGER_SICK, Template.MANAGER_FILLED)
    ]
    assert (shift.item["employee"], [*shift.item["sick_calls"]]) == (texted[1], [sick])


def test_given_quiet_hours_when_they_end_for_an_employee_then_the_next_wave_is_sent(
    system: LabSystem, night: Night
) -> None:
    assert wait_until(lambda: len(night.shift.texted) == 2, 360), night.shift.item
    system.wait_until_idle()
    at = {text.destination: text.at for text in night.shift.texts}
    assert at.keys() == {AWAKE, DOZING}
    assert at[AWAKE] < night.ends <= at[DOZING]
    night.shift.wait_for_plan("running", contacted=2)


@pytest.mark.parametrize("dialogue", INFORMING, ids=lambda dialogue: dialogue.name)
def test_given_managers_are_informed_when_employees_are_sick_then_the_replies_fit(
    system: LabSystem, dialogue: Dialogue
) -> None:
    deploy_again(system, **INFORMING_POLICY)
    play_dialogue(system, dialogue)
