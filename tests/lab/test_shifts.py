"""Tests changes of shifts by operators and by timers, on the deployed system."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from lab.lab_system import Item, LabSystem
from lab.phone_network import Fault, refuse
from tests.support.deployed_lab import (
    STAFF,
    add_members,
    deliveries,
    empty_tables,
    put_campaign,
    put_shifts,
    wait_until,
)
from tests.support.dialogues.dialogue import matches
from tests.support.dialogues.replies import FREE_TEXT, ONE_TAKEN

ANN, BOB, CAT = STAFF[1:4]
OFFERED = "A spot is free: N1 inventory. Reply YES by <time> to take it, NO if not"


def begin(system: LabSystem, **attributes: Any) -> None:
    """Empties the tables, puts shift N1 and waits for its reconciliation."""
    empty_tables(system)
    put(system, "N1", **attributes)
    system.wait_until_reconciled()


def put(system: LabSystem, shift_id: str, *, status: str = "available", **attributes: Any) -> None:
    """Puts a shift item, as an operator does in the console."""
    item = {"shift_id": shift_id, "shift_info": "inventory", "shift_status": status, **attributes}
    system.put(system.outputs.shifts_table_name, [item])


def change(system: LabSystem, table: str, key: Mapping[str, str], **attributes: Any) -> None:
    """Changes attributes of an item, as an operator does in the console."""
    serialize = TypeSerializer().serialize
    system.cloud.client("dynamodb").update_item(
        TableName=table,
        Key={name: {"S": value} for name, value in key.items()},
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in attributes),
        ExpressionAttributeValues={f":{name}": serialize(value) for name, value in attributes.items()},
    )


def change_shift(system: LabSystem, **attributes: Any) -> None:
    """Changes attributes of shift N1."""
    change(system, system.outputs.shifts_table_name, {"shift_id": "N1"}, **attributes)


def shift(system: LabSystem, shift_id: str = "N1") -> Item:
    """Returns the item of a shift."""
    rows = system.rows(system.outputs.shifts_table_name)
    return next(row for row in rows if row["shift_id"] == shift_id)


def schedules(system: LabSystem) -> list[str]:
    """Returns the expressions of all schedules."""
    scheduler = system.cloud.client("scheduler")
    return [
        scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])["ScheduleExpression"]
        for one in scheduler.list_schedules()["Schedules"]
    ]


class ReceivedTexts:
    """The texts that several phones receive from now on."""

    def __init__(self, system: LabSystem, *numbers: str) -> None:
        self._system = system
        self._before = {number: len(system.network.inbox(number)) for number in numbers}

    def all(self) -> list[list[str]]:
        """Waits for the reconciliation of all shifts; returns the texts by phone."""
        self._system.wait_until_reconciled()
        return [
            [text.body for text in self._system.network.inbox(number)[before:]]
            for number, before in self._before.items()
        ]


def test_given_a_booked_shift_when_canceled_by_hand_then_each_is_notified_once(
    system: LabSystem,
) -> None:
    begin(system, seats=2)
    assert (
        system.send_and_wait(ANN, "N1").body == system.send_and_wait(BOB, "N1").body == "Booked: N1 inventory"
    )
    assert system.send_and_wait(CAT, "WAIT N1").body.startswith("On the waiting list")
    received = ReceivedTexts(system, ANN, BOB, CAT)
    change_shift(system, shift_status="cancelled")
    assert received.all() == 3 * [["Canceled by your manager: N1 inventory"]]
    # Deliveries can repeat, and operators also change canceled shifts.
    system.request_reconciliation("N1")
    change_shift(system, site="Market Street")
    assert received.all() == 3 * [["Canceled by your manager: N1 inventory"]]
    assert system.send_and_wait(ANN, "MINE").body.startswith("You have no shifts")
    assert set(shift(system)["cancelled_for"]) == {ANN, BOB, CAT}
    change_shift(system, shift_status="available")
    system.wait_until_reconciled()
    assert system.send_and_wait(CAT, "N1").body == "Booked: N1 inventory (Market Street)"


def test_given_two_people_waiting_when_an_offer_expires_then_the_next_gets_it(
    system: LabSystem,
) -> None:
    begin(system)
    system.send_and_wait(ANN, "N1")
    for waiting in (BOB, CAT):
        system.send_and_wait(waiting, "WAIT N1")
    received = ReceivedTexts(system, BOB, CAT)
    assert system.send_and_wait(ANN, "DROP N1").body == "Given back: N1"
    to_bob, to_cat = received.all()
    assert [matches(text, OFFERED) for text in to_bob] == [True]
    assert to_cat == []
    assert len(schedules(system)) == 1, "no schedule for the end of the offer"

    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    change_shift(system, offers={BOB: {**shift(system)["offers"][BOB], "until": past}})
    system.request_reconciliation("N1")
    to_bob, to_cat = received.all()
    assert len(to_bob) == 1
    assert [matches(text, OFFERED) for text in to_cat] == [True]
    assert system.send_and_wait(BOB, "YES").body == ONE_TAKEN.format("N1")
    system.wait_until_idle()
    assert system.send_and_wait(CAT, "YES").body == "Booked: N1 inventory"
    system.wait_until_reconciled()
    assert system.bookings() == {"N1": CAT}
    assert schedules(system) == []


def test_given_a_deadline_when_its_time_comes_then_the_scheduler_closes_the_shift(
    system: LabSystem,
) -> None:
    empty_tables(system)
    system.wait_until_reconciled()
    assert schedules(system) == []
    respond_by = datetime.now(UTC) + timedelta(seconds=3)
    put(system, "N1", respond_by=respond_by.isoformat())
    assert wait_until(lambda: schedules(system) != [], 10)
    assert shift(system)["shift_status"] == "available"
    assert wait_until(lambda: shift(system)["shift_status"] == "closed", 30)
    assert datetime.now(UTC) >= respond_by
    system.wait_until_reconciled()
    assert schedules(system) == []


def test_given_a_deadline_when_moved_or_its_shift_deleted_then_its_timer_follows(
    system: LabSystem,
) -> None:
    begin(system, respond_by="2099-08-15T12:00:00+02:00")
    assert schedules(system) == ["at(2099-08-15T10:00:00)"]
    change_shift(system, respond_by="2099-08-16T12:00:00+02:00")
    system.wait_until_reconciled()
    assert schedules(system) == ["at(2099-08-16T10:00:00)"]
    empty_tables(system)
    system.wait_until_reconciled()
    assert schedules(system) == []


@pytest.mark.parametrize(
    "operation",
    [
        "UpdateSchedule",
        *(pytest.param(name, marks=pytest.mark.soak) for name in ("CreateSchedule", "DeleteSchedule")),
    ],
)
def test_given_another_writer_of_the_same_timer_when_a_deadline_moves_then_it_waits(
    system: LabSystem, operation: str
) -> None:
    if operation == "CreateSchedule":
        begin(system)
    else:
        begin(system, respond_by="2099-08-15T12:00:00Z")
    busy = Fault(
        operation=operation,
        act=refuse("ConflictException", "Updating or deleting the resource", status=409),
        times=2,
    )
    system.gateway.faults.add(busy)
    respond_by = "" if operation == "DeleteSchedule" else "2099-08-16T12:00:00Z"
    change_shift(system, respond_by=respond_by)
    system.wait_until_reconciled()
    system.gateway.faults.clear()
    assert busy.hits == 2
    assert schedules(system) == (["at(2099-08-16T12:00:00)"] if respond_by else [])


def test_given_a_booked_shift_when_it_begins_soon_then_earlier_bookers_are_reminded(
    system: LabSystem,
) -> None:
    empty_tables(system)
    received = ReceivedTexts(system, ANN, BOB)
    now = datetime.now(UTC)
    put(
        system,
        "N1",
        seats=3,
        starts_at=(now + timedelta(hours=5)).isoformat(),
        employees={ANN: (now - timedelta(days=2)).isoformat()},
    )
    assert received.all() == [["Reminder: N1 inventory"], []]
    booked = system.send_and_wait(BOB, "N1").body
    assert booked.startswith("Booked: N1 inventory (")
    assert booked.endswith("). Too late to give back by text")
    system.request_reconciliation("N1")
    assert received.all() == [["Reminder: N1 inventory"], [booked]]


def test_given_a_text_in_the_inbox_when_an_operator_replies_then_it_is_sent_once(
    system: LabSystem,
) -> None:
    empty_tables(system)
    words = "nobody told me where the key is"
    assert system.send_and_wait(ANN, words).body == FREE_TEXT
    system.wait_until_idle()
    table = system.outputs.operator_inbox_table_name
    (message,) = system.rows(table)
    assert (message["phone_number"], message["text"], message["message_status"]) == (ANN, words, "open")

    def status() -> str:
        (row,) = system.rows(table)
        return str(row["message_status"])

    received = ReceivedTexts(system, ANN)
    key = {"message_id": message["message_id"]}
    change(system, table, key, reply="Under the mat")
    assert wait_until(lambda: status() == "replied", 20)
    change(system, table, key, reply="Under the other mat")
    # Reopened by hand, although the reply was sent.
    change(system, table, key, message_status="open")
    assert wait_until(lambda: status() == "replied", 20)
    assert received.all() == [["Under the mat"]]


def test_given_a_campaign_that_names_one_shift_when_yes_is_texted_then_booked(
    system: LabSystem,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"), ("XYZ124", "18/08 3h dayshift"))
    add_members(system, "tonight", ANN)
    put_campaign(system, "tonight", campaign_message="tonight: XYZ123", segment="tonight")
    assert wait_until(lambda: deliveries(system, "tonight") == {ANN: "delivered"}, 30)
    system.wait_until_idle()
    assert system.send_and_wait(ANN, "Yes!").body == "Booked: XYZ123 15/08 5h nightshift"
    assert system.bookings() == {"XYZ123": ANN}


def test_given_a_code_that_is_a_command_when_a_shift_has_it_then_it_is_refused(
    system: LabSystem,
) -> None:
    empty_tables(system)
    put_shifts(system, ("MORE", ""))
    put(system, "N1", seats="many")
    system.wait_until_reconciled()
    for shift_id, why in (("MORE", "choose another code"), ("N1", "seats is 'many'")):
        assert shift(system, shift_id)["shift_status"] == "refused"
        assert why in shift(system, shift_id)["shift_error"]
    change_shift(system, seats=2)
    system.wait_until_reconciled()
    assert shift(system)["shift_status"] == "available"
    assert "shift_error" not in shift(system)


def test_given_a_shift_assigned_by_hand_when_its_holder_texts_then_it_conflicts(
    system: LabSystem,
) -> None:
    empty_tables(system)
    start = datetime.now(UTC) + timedelta(days=2)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}
    put(system, "N1", status="taken", employee=ANN, **times)
    put(system, "N2", **times)
    system.wait_until_reconciled()
    assert system.send_and_wait(ANN, "MINE").body == "Your shifts:\nN1 inventory"
    assert system.send_and_wait(ANN, "N2").body == "N2 overlaps with your N1"
    assert system.send_and_wait(BOB, "N2").body.startswith("Booked: N2 inventory (")
    assert system.bookings() == {"N1": ANN, "N2": BOB}
