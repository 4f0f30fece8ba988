"""Tests what is shown of an employee."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from shift_sms_cli.app import DONE, WRONG_INPUT
from tests.support.employees_cli import EmployeesCli

ANN, BOB = "+14255550101", "+14255550102"
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
AT = "2026-11-28T10:00:00.000000+00:00"


def fill(cli: EmployeesCli) -> None:
    cli.put("Employees", {"phone_number": ANN, "name": "Ann", "opted_out": True, "opt_changed_at": AT})
    cli.put("SegmentMembers", {"segment": "night", "phone_number": ANN})
    until = (SOON - timedelta(hours=2)).isoformat()
    times = {"starts_at": SOON.isoformat(), "ends_at": (SOON + timedelta(hours=5)).isoformat()}
    cli.put(
        "Shifts",
        {
            "shift_id": "A1",
            "shift_info": "Bar",
            "shift_status": "taken",
            "employee": ANN,
            "site": "Harbor",
            **times,
        },
    )
    cli.put(
        "Shifts",
        {"shift_id": "A2", "shift_status": "taken", "employee": BOB, "waiting_list": ["+14255550103", ANN]},
    )
    cli.put(
        "Shifts", {"shift_id": "A3", "shift_status": "taken", "offers": {ANN: {"since": AT, "until": until}}}
    )
    cli.put("Shifts", {"shift_id": "A4", "shift_status": "taken", "employee": BOB})
    cli.put(
        "EmployeeBookings",
        {
            "phone_number": ANN,
            "shifts": {"A1": {"booked_at": AT, "campaign_id": "c"}, "A4": {"booked_at": AT}},
            "waiting_list": ["A2", "A3"],
        },
    )
    position = f"{AT}#{ANN}#0"
    replied = {
        "phone_number": ANN,
        "status": "sent",
        "outbox": position,
        "reply": {"text": "We will call you."},
    }
    cli.put("Conversations", {**replied, "entry": "INBOUND#m1"})
    cli.put(
        "OperatorInbox",
        {"message_id": "m1", "phone_number": ANN, "text": "I am late", "message_status": "open"},
    )
    notice = {
        "phone_number": ANN,
        "status": "delivered",
        "outbox": f"2026-11-28T09:00:00.000000+00:00#{ANN}#1",
    }
    cli.put("Conversations", {**notice, "entry": f"NOTICE#offer#A3#{AT}"})
    cli.put("Conversations", {"phone_number": ANN, "entry": "LAST_CAMPAIGN", "campaign_id": "c"})
    cli.put("Conversations", {"phone_number": ANN, "entry": "LISTING", "listed_for": "m1"})
    cli.put("Campaigns", {"campaign_id": "c", "campaign_message": "Bar A1"})
    shards = [f"c#{shard}" for shard in range(16)]
    for shard in shards:
        delivery = {"campaign_shard": shard, "phone_number": ANN, "status": "delivered"}
        cli.put("Deliveries", {**delivery, "settled_at": "2026-11-28T08:00:00+00:00"})


def text(**attributes: Any) -> dict[str, Any]:
    return {"from_employee": False, "text": "", "about": "", **attributes}


def test_given_an_employee_when_shown_then_everything_that_is_stored_is_there(
    employees_cli: EmployeesCli,
) -> None:
    fill(employees_cli)

    status, printed, _ = employees_cli.run("show", ANN, "--json")

    assert status == DONE
    shown = json.loads(printed)
    assert {
        name: shown[name] for name in ("name", "on_roster", "segments", "opted_out", "opt_changed_at")
    } == {
        "name": "Ann",
        "on_roster": True,
        "segments": ["night"],
        "opted_out": True,
        "opt_changed_at": AT,
    }
    [booking] = shown["bookings"]
    assert (booking["shift_id"], booking["site"], booking["campaign_id"]) == ("A1", "Harbor", "c")
    assert datetime.fromisoformat(booking["starts_at"]) == SOON
    assert [(one["shift_id"], one["place"]) for one in shown["waiting_list"]] == [("A2", 2)]
    assert [one["shift_id"] for one in shown["offers"]] == ["A3"]
    assert [{name: value for name, value in one.items() if name != "at"} for one in shown["messages"]] == [
        text(from_employee=True, kind="text", text="I am late", status="handled"),
        text(kind="reply", text="We will call you.", status="sent"),
        text(kind="offer", status="delivered", about="A3"),
        text(kind="campaign", text="Bar A1", status="delivered", about="c"),
    ]


def test_given_an_employee_when_shown_as_text_then_each_part_is_there(employees_cli: EmployeesCli) -> None:
    fill(employees_cli)

    _, printed, _ = employees_cli.run("show", ANN)

    for part in (
        "Ann, +1425",
        f"opted out: yes since {AT}",
        "segments: night",
        "A1",
        "A2",
        "A3",
        "I am late",
    ):
        assert part in printed


def test_given_a_number_that_only_opted_out_when_shown_then_it_is_told(employees_cli: EmployeesCli) -> None:
    employees_cli.put("Employees", {"phone_number": ANN, "opted_out": True, "only_opt_out": True})

    assert "This number is no employee" in employees_cli.run("show", ANN)[1]


def test_given_an_unknown_number_when_shown_then_it_is_refused(employees_cli: EmployeesCli) -> None:
    status, _, complaint = employees_cli.run("show", BOB)
    assert status == WRONG_INPUT
    assert f"no employee has the number {BOB}" in complaint
