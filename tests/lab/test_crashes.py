"""Kills functions (SIGKILL) at every step of their work, on the deployed system.

All kills happen in one run, because the claim of a killed sender expires only after the function's timeout.
"""

import json
from collections import Counter
from dataclasses import dataclass

import pytest

from lab.cloud.kill_function import kill_caller
from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network import Fault, Moment
from tests.support.deployed_lab import (
    STAFF,
    add_members,
    deliveries,
    empty_tables,
    put_campaign,
    put_shifts,
    quick_redelivery,
    wait_until,
)

pytestmark = pytest.mark.timeout(400)

BEFORE, AFTER = Moment.BEFORE_EFFECT, Moment.AFTER_EFFECT


@dataclass(frozen=True)
class Step:
    """One call of a function, and the result of a kill there: the received replies and the recorded status."""

    operation: str
    when: Moment
    replies: int = 1
    status: str = "sent"
    part: str = ""
    """A substring of the parameters that other calls of the operation do not contain."""

    def __str__(self) -> str:
        return f"{self.when.value} {self.operation} {self.part.partition(' ')[0]}".strip()


EFFECT, CLAIM, SETTLE = "reply = :reply", "lease_until = :lease_until", "claim_token = :token"
REPLYING = (
    Step("BatchGetItem", BEFORE),
    Step("BatchGetItem", AFTER),
    Step("TransactWriteItems", BEFORE, part=EFFECT),
    Step("TransactWriteItems", AFTER, part=EFFECT),
    Step("TransactWriteItems", BEFORE, part=CLAIM),
    # From here on the outcome of the send is unknown, so it is not repeated.
    Step("TransactWriteItems", AFTER, 0, "unknown", part=CLAIM),
    Step("SendTextMessage", BEFORE, 0, "unknown"),
    Step("SendTextMessage", AFTER, 1, "unknown"),
    Step("UpdateItem", BEFORE, 1, "unknown", part=SETTLE),
    Step("UpdateItem", AFTER, part=SETTLE),
)
"""The calls of `process_inbound_sms` for a booking or a drop, in order."""
OFFERING = (
    Step("SendMessage", BEFORE),
    Step("SendMessage", AFTER),
    Step("GetItem", BEFORE),
    Step("GetItem", AFTER),
    Step("BatchGetItem", BEFORE),
    Step("BatchGetItem", AFTER),
    Step("UpdateItem", BEFORE, part=CLAIM),
    Step("UpdateItem", AFTER, 0, "unknown", part=CLAIM),
    Step("SendTextMessage", BEFORE, 0, "unknown"),
    Step("SendTextMessage", AFTER, 1, "unknown"),
    Step("TransactWriteItems", BEFORE, 1, "unknown", part=SETTLE),
    Step("TransactWriteItems", AFTER, part=SETTLE),
    Step("CreateSchedule", BEFORE),
    Step("CreateSchedule", AFTER),
)
"""The calls of `detect_shift_changes` and `reconcile_shift` for an offer, in order."""


@dataclass(frozen=True)
class DroppedShift:
    """A shift that its holder drops while another employee waits, and the step at which a function is killed."""

    code: str
    holder: str
    waiting: str
    step: Step
    replying: bool
    """Whether the reply to the holder is interrupted; otherwise the offer is."""

    @property
    def message_id(self) -> str:
        """The id of the DROP text."""
        return f"dropping-{self.code}"

    @property
    def marker(self) -> str:
        """A string in each call for the offer, but in none for the DROP text."""
        about_the_shift = ("SendMessage", "GetItem", "CreateSchedule")
        return self.code if self.step.operation in about_the_shift else self.waiting

    def __str__(self) -> str:
        return f"{'replying' if self.replying else 'offering'}: {self.step}"


RECIPIENTS = STAFF[30:50]
KILLED_BEFORE_SEND, KILLED_AFTER_SEND, KILLED_BEFORE_CLAIM = RECIPIENTS[2], RECIPIENTS[9], RECIPIENTS[13]
DROPPED_SHIFTS = tuple(
    DroppedShift(
        f"SEAT{number:02}",
        (*STAFF[10:30], *STAFF[50:])[number],
        f"+1425555{160 + number:04}",
        step,
        replying=number < len(REPLYING),
    )
    for number, step in enumerate((*REPLYING, *OFFERING))
)


@pytest.fixture(scope="module")
def crashed(system: LabSystem) -> LabSystem:
    """The idle system after all kills."""
    empty_tables(system)
    put_shifts(system, *((f"CRASH{number}", "") for number in range(len(REPLYING))))
    table = system.outputs.shifts_table_name
    system.put(system.outputs.employees_table_name, [{"phone_number": one.waiting} for one in DROPPED_SHIFTS])
    for one in DROPPED_SHIFTS:
        people = {"employee": one.holder, "waiting_list": [one.waiting]}
        system.put(table, [{"shift_id": one.code, "shift_status": "taken", **people}])
    system.wait_until_reconciled()
    add_members(system, "crashing", *RECIPIENTS)
    with quick_redelivery(system, seconds=15):
        # These first: their claims expire during the other kills.
        offering = [one for one in DROPPED_SHIFTS if not one.replying]
        faults = {str(one): _kill(system, one.step, one.waiting, one.marker) for one in offering}
        for one in offering:
            system.network.send_from_phone(one.holder, f"DROP {one.code}", OUR_NUMBER, one.message_id)
        assert wait_until(lambda: all(texts_about(system, one.holder, one.code) for one in offering), 60)
        for number, step in enumerate(REPLYING):
            _kill_while_replying(system, step, STAFF[number], f"CRASH{number}", f"crash-{number}")
        for one in DROPPED_SHIFTS:
            if one.replying:
                _kill_while_replying(system, one.step, one.holder, f"DROP {one.code}", one.message_id)

        def unreached() -> list[str]:
            return [name for name, fault in faults.items() if not fault.hits]

        assert wait_until(lambda: not unreached(), 60), f"never reached: {unreached()}"
        _kill_send(system, KILLED_BEFORE_SEND, BEFORE)
        _kill_send(system, KILLED_AFTER_SEND, AFTER)
        system.gateway.faults.add(
            Fault(
                operation="TransactWriteItems",
                act=kill_caller,
                times=1,
                # Planning puts the item; the claim is its first update.
                matches=lambda parameters: (
                    KILLED_BEFORE_CLAIM in str(parameters["TransactItems"][0].get("Update"))
                ),
            )
        )
        put_campaign(system, "crashing", campaign_message="crashing A1", segment="crashing")
        assert wait_until(lambda: len(deliveries(system, "crashing")) == len(RECIPIENTS), 30)
        system.wait_until_reconciled(timeout=200)
    system.gateway.faults.clear()
    system.network.faults.clear()
    return system


def _kill_while_replying(system: LabSystem, step: Step, phone: str, body: str, message_id: str) -> None:
    """Sends one text and waits for the kill, because concurrent texts could share the killed function."""
    fault = _kill(system, step, phone, message_id)
    system.network.send_from_phone(phone, body, OUR_NUMBER, message_id)
    assert wait_until(lambda: fault.hits == 1, 60), f"{step} was never reached for {body}"


def _kill(system: LabSystem, step: Step, phone: str, marker: str) -> Fault:
    """Kills the function when it texts the phone, or in a call whose parameters contain `marker`."""
    if step.operation == "SendTextMessage":
        return _kill_send(system, phone, step.when)

    return system.gateway.faults.add(
        Fault(
            operation=step.operation,
            act=kill_caller,
            when=step.when,
            times=1,
            matches=lambda parameters: step.part in str(parameters) and marker in str(parameters),
        )
    )


def _kill_send(system: LabSystem, phone: str, when: Moment) -> Fault:
    return system.network.faults.add(
        Fault(
            operation="SendTextMessage",
            act=kill_caller,
            when=when,
            times=1,
            matches=lambda parameters: parameters["DestinationPhoneNumber"] == phone,
        )
    )


def statuses(system: LabSystem) -> dict[str, str]:
    """Returns the status of each reply and notice by the beginning of its id."""
    found: dict[str, str] = {}
    for row in system.rows(system.outputs.conversations_table_name):
        kind, *entry_id = row["entry"].split("#")
        if kind in ("INBOUND", "NOTICE"):
            found["#".join(entry_id[:2])] = row.get("status", "")
    return found


def texts_about(system: LabSystem, phone: str, code: str) -> list[str]:
    """Returns the texts to a phone that mention a shift."""
    return [text.body for text in system.network.inbox(phone) if code in text.body]


@pytest.mark.parametrize(("number", "step"), list(enumerate(REPLYING)), ids=str)
def test_given_inbound_killed_at_a_step_when_redelivered_then_one_booking_one_reply(
    crashed: LabSystem, number: int, step: Step
) -> None:
    assert crashed.bookings()[f"CRASH{number}"] == STAFF[number]
    assert texts_about(crashed, STAFF[number], f"CRASH{number}") == [f"Booked: CRASH{number}"] * step.replies
    assert statuses(crashed)[f"crash-{number}"] == step.status


@pytest.mark.parametrize("one", DROPPED_SHIFTS, ids=str)
def test_given_a_function_killed_when_a_seat_is_dropped_then_one_offer_is_sent(
    crashed: LabSystem, one: DroppedShift
) -> None:
    rows = {row["shift_id"]: row for row in crashed.rows(crashed.outputs.shifts_table_name)}
    assert set(rows[one.code]["offers"]) == {one.waiting}
    assert not {"employee", "employees", "waiting_list"} & set(rows[one.code])
    texts = texts_about(crashed, one.holder, one.code)
    assert texts == [f"Given back: {one.code}"] * (one.step.replies if one.replying else 1)
    offers = texts_about(crashed, one.waiting, one.code)
    assert len(offers) == (1 if one.replying else one.step.replies)
    assert statuses(crashed)[one.message_id] == (one.step.status if one.replying else "sent")
    assert statuses(crashed)[f"offer#{one.code}"] == ("sent" if one.replying else one.step.status)


def test_given_all_kills_when_the_system_is_idle_then_each_offer_has_its_timer(crashed: LabSystem) -> None:
    inputs = {
        crashed.cloud.client("scheduler").get_schedule(Name=one["Name"], GroupName=one["GroupName"])[
            "Target"
        ]["Input"]
        for one in crashed.cloud.client("scheduler").list_schedules()["Schedules"]
    }
    assert inputs == {json.dumps({"shift_id": one.code}) for one in DROPPED_SHIFTS}


def test_given_senders_killed_when_redelivered_then_no_repeats_and_counts_add_up(
    crashed: LabSystem,
) -> None:
    bodies = Counter(
        text.destination for text in crashed.network.texts if text.body.startswith("crashing A1")
    )
    assert bodies == dict.fromkeys(set(RECIPIENTS) - {KILLED_BEFORE_SEND}, 1)
    # A delivery event resolves the status of the text that was sent before the kill; the other stays unknown.
    assert deliveries(crashed, "crashing") == {
        number: "unknown" if number == KILLED_BEFORE_SEND else "delivered" for number in RECIPIENTS
    }


def test_given_all_kills_when_the_system_is_idle_then_no_dead_letters_are_left(
    crashed: LabSystem,
) -> None:
    sqs = crashed.cloud.client("sqs")
    dead_letters = [url for url in sqs.list_queues()["QueueUrls"] if url not in crashed.work_queues()]
    assert dead_letters
    assert all(crashed.depth(url) == (0, 0) for url in dead_letters)
