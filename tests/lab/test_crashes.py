"""Kills functions (SIGKILL) between two steps of their work, on the deployed system.

Each function that handles a text is killed where its text could be lost or sent twice. The unit tests and the
simulation cover all other steps. All kills happen in one run, because a claim of a killed sender has to expire first.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lab.cloud.kill_function import kill_caller
from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network import Fault, Moment
from tests.support.deployed_lab import (
    STAFF,
    add_members,
    delete_dead_letters,
    deliveries,
    empty_tables,
    put_campaign,
    put_shifts,
    wait_until,
)
from tests.support.lab_permissions import put_operator_reply

pytestmark = pytest.mark.timeout(400)

BEFORE, AFTER = Moment.BEFORE_EFFECT, Moment.AFTER_EFFECT
CLAIM = "lease_until = :lease_until"


@dataclass(frozen=True)
class Kill:
    """A call in which a function is killed, and what becomes of its text."""

    operation: str
    when: Moment
    part: str = ""
    """A substring of the parameters that other calls of the operation do not contain."""
    texts: int = 1
    status: str = "sent"

    def __str__(self) -> str:
        return f"{self.when.value} {self.operation} {self.part.partition(' ')[0]}".strip()


REPLYING = (
    Kill("TransactWriteItems", AFTER, "reply = :reply"),
    # From the claim on, it is unknown whether the text was sent. So it is not sent again.
    Kill("SendTextMessage", BEFORE, texts=0, status="unknown"),
    Kill("SendTextMessage", AFTER, status="unknown"),
)
"""Kills of `process_inbound_sms` while it handles a booking."""
OFFERING = (
    # detect_shift_changes
    Kill("SendMessage", AFTER, "shift_id"),
    # reconcile_shift
    Kill("TransactWriteItems", AFTER, "'notice'"),
    Kill("CreateSchedule", AFTER),
    # send_outbox
    Kill("UpdateItem", BEFORE, CLAIM),
    Kill("UpdateItem", AFTER, CLAIM, texts=0, status="unknown"),
    Kill("SendTextMessage", AFTER, status="unknown"),
)
"""Kills while a seat that an employee has dropped is offered to another one."""
OFFERS = tuple(
    (f"SEAT{number}", STAFF[10 + number], f"+1425555{160 + number:04}", kill)
    for number, kill in enumerate(OFFERING)
)
"""The shift, its holder, the employee who waits for it, and the kill."""
RECIPIENTS = STAFF[30:50]
KILLED_BEFORE_SEND, KILLED_AFTER_SEND, KILLED_BEFORE_CLAIM = RECIPIENTS[2], RECIPIENTS[9], RECIPIENTS[13]


@pytest.fixture(scope="module")
def crashed(system: LabSystem) -> Iterator[LabSystem]:
    """The idle system after all kills."""
    empty_tables(system)
    delete_dead_letters(system)
    put_shifts(system, *((f"CRASH{number}", "") for number in range(len(REPLYING))))
    system.put(
        system.outputs.employees_table_name, [{"phone_number": waiting} for _, _, waiting, _ in OFFERS]
    )
    # A holder who is written with an older time is not told of it.
    booked_at = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    for code, holder, waiting, _ in OFFERS:
        people = {"employees": {holder: booked_at}, "waiting_list": [waiting]}
        system.put(system.outputs.shifts_table_name, [{"shift_id": code, "shift_status": "taken", **people}])
    system.wait_until_reconciled()
    add_members(system, "crashing", *RECIPIENTS)
    with system.quick_redelivery(seconds=15):
        # The claims of these expire during the other kills.
        kill_while_offering(system)
        kill_while_replying(system)
        kill_campaign_senders(system)
        kill_while_sending_an_operators_reply(system)
        system.wait_until_reconciled(timeout=200)
    yield system
    system.gateway.faults.clear()
    system.network.faults.clear()


def kill(system: LabSystem, one: Kill, phone: str, marker: str) -> Fault:
    """Kills a function when it texts the phone, or in a call whose parameters contain `marker`."""
    if one.operation == "SendTextMessage":
        faults, contained = system.network.faults, phone
    else:
        faults, contained = system.gateway.faults, marker
    return faults.add(
        Fault(
            operation=one.operation,
            act=kill_caller,
            when=one.when,
            times=1,
            matches=lambda parameters: one.part in str(parameters) and contained in str(parameters),
        )
    )


def kill_while_offering(system: LabSystem) -> None:
    """Drops all shifts at once, and waits until each kill has happened."""
    about_the_shift = ("SendMessage", "CreateSchedule")
    faults = {
        str(one): kill(system, one, waiting, code if one.operation in about_the_shift else waiting)
        for code, _, waiting, one in OFFERS
    }
    for code, holder, _, _ in OFFERS:
        system.send_and_wait(holder, f"DROP {code}", 60)
    assert wait_until(lambda: all(fault.hits for fault in faults.values()), 100), faults


def kill_while_replying(system: LabSystem) -> None:
    """Sends one text after another, because texts at the same time could share the killed function."""
    for number, one in enumerate(REPLYING):
        fault = kill(system, one, STAFF[number], f"crash-{number}")
        system.network.send_from_phone(STAFF[number], f"CRASH{number}", OUR_NUMBER, f"crash-{number}")
        assert wait_until(lambda fault=fault: fault.hits == 1, 60), one  # type: ignore[misc]


def kill_campaign_senders(system: LabSystem) -> None:
    """Kills the senders of three texts of a campaign."""
    kill(system, Kill("SendTextMessage", BEFORE), KILLED_BEFORE_SEND, "")
    kill(system, Kill("SendTextMessage", AFTER), KILLED_AFTER_SEND, "")
    kill(system, Kill("TransactWriteItems", BEFORE, CLAIM), "", KILLED_BEFORE_CLAIM)
    put_campaign(system, "crashing", campaign_message="crashing A1", segment="crashing")
    assert wait_until(lambda: len(deliveries(system, "crashing")) == len(RECIPIENTS), 30)


def kill_while_sending_an_operators_reply(system: LabSystem) -> None:
    """Kills the function that adds the reply to the outbox, and the worker that has sent it."""
    added = kill(system, Kill("TransactWriteItems", AFTER, "Under the mat"), "", "")
    recorded = kill(system, Kill("UpdateItem", BEFORE, "'Key': {'message_id'"), "", "")
    is_replied = put_operator_reply(system)
    assert wait_until(is_replied, 100), (added.hits, recorded.hits)
    assert (added.hits, recorded.hits) == (1, 1)


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


@pytest.mark.parametrize(("number", "one"), list(enumerate(REPLYING)), ids=str)
def test_given_a_function_killed_when_it_replies_then_one_booking_and_no_repeat(
    crashed: LabSystem, number: int, one: Kill
) -> None:
    assert crashed.bookings()[f"CRASH{number}"] == STAFF[number]
    assert texts_about(crashed, STAFF[number], f"CRASH{number}") == [f"Booked: CRASH{number}"] * one.texts
    assert statuses(crashed)[f"crash-{number}"] == one.status


@pytest.mark.parametrize(("code", "holder", "waiting", "one"), OFFERS, ids=str)
def test_given_a_function_killed_when_a_seat_is_offered_then_one_offer_and_timer(
    crashed: LabSystem, code: str, holder: str, waiting: str, one: Kill
) -> None:
    rows = {row["shift_id"]: row for row in crashed.rows(crashed.outputs.shifts_table_name)}
    assert set(rows[code]["offers"]) == {waiting}
    assert not {"employee", "employees", "waiting_list"} & set(rows[code])
    assert texts_about(crashed, holder, code) == [f"Given back: {code}"]
    assert len(texts_about(crashed, waiting, code)) == one.texts
    assert statuses(crashed)[f"offer#{code}"] == one.status
    scheduler = crashed.cloud.client("scheduler")
    timers = [
        json.loads(scheduler.get_schedule(Name=each["Name"], GroupName=each["GroupName"])["Target"]["Input"])
        for each in scheduler.list_schedules()["Schedules"]
    ]
    assert [timer["shift_id"] for timer in timers].count(code) == 1


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
