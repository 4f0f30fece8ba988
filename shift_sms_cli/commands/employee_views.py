"""Shows employees: rows of tables, cells of CSV files, and JSON."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shift_sms_cli.output import Column, print_line, print_table
from shift_sms_operator.employees.employee_details import EmployeeDetails, EmployeeText
from shift_sms_operator.employees.employee_entry import COLUMNS as SPREADSHEET
from shift_sms_operator.employees.employee_remover import FreedPlace, PlaceKind, RemovedEmployee
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.shifts.shift import Shift

COLUMNS = (Column("number", no_wrap=True), Column("name", "bold"), "language", "roles", "opted out")
EXPORT_HEADER = (*SPREADSHEET.required, *SPREADSHEET.optional)

_PLACES = {
    PlaceKind.SEAT: ("seat", "seats"),
    PlaceKind.OFFER: ("offer", "offers"),
    PlaceKind.WAITING: ("waiting-list place", "waiting-list places"),
}


def attributes(row: EmployeeRow) -> dict[str, Any]:
    """Returns an employee as JSON, with the attribute names of the table."""
    return {
        "phone_number": row.phone_number,
        "name": row.name,
        "language": row.language,
        "roles": [*row.roles],
        "hired_at": row.hired_at,
        "timezone": row.timezone,
        "sites": [*row.sites],
        "notices": [*row.notices],
        "opted_out": row.opted_out,
    }


def cells(row: EmployeeRow) -> Sequence[str]:
    """Returns the cells of an employee in a table."""
    return (row.phone_number, row.name, row.language, ", ".join(row.roles), "yes" if row.opted_out else "")


def export_cells(row: EmployeeRow, segments: Sequence[str]) -> Sequence[str]:
    """Returns the cells of an employee in a CSV file."""
    return (
        row.phone_number,
        row.name,
        row.language,
        ";".join(row.roles),
        ";".join(segments),
        row.hired_at,
        row.timezone,
        ";".join(row.sites),
        ";".join(row.notices),
        "yes" if row.opted_out else "",
    )


def details_json(details: EmployeeDetails) -> dict[str, Any]:
    """Returns everything about an employee as JSON."""
    row = details.row
    return {
        **attributes(row),
        "on_roster": row.on_roster,
        "opt_changed_at": row.opt_changed_at,
        "opt_changed_by": row.opt_changed_by,
        "segments": details.segments,
        "bookings": [
            {**_shift_json(one.shift), "booked_at": one.booked_at, "campaign_id": one.campaign_id}
            for one in details.bookings
        ],
        "waiting_list": [
            {**_shift_json(shift), "place": shift.waiting.index(row.phone_number) + 1}
            for shift in details.waiting
        ],
        "offers": [
            {**_shift_json(shift), "until": shift.offers[row.phone_number].until} for shift in details.offers
        ],
        "messages": [_text_json(text) for text in details.texts],
    }


def print_details(details: EmployeeDetails) -> None:
    """Prints everything about an employee."""
    row = details.row
    print_line(f"{row.name or 'no name'}, {row.phone_number}", style="bold")
    for title, value in (
        ("language", row.language or "that of the deployment"),
        ("roles", ", ".join(row.roles) or "none"),
        ("segments", ", ".join(details.segments) or "none"),
        ("hired", row.hired_at or "unknown"),
        ("time zone", row.timezone or "that of the shift"),
        *((("sites", ", ".join(row.sites)),) if row.sites else ()),
        *((("notices", ", ".join(row.notices)),) if row.notices else ()),
        ("opted out", _opt_out(row)),
    ):
        print_line(f"{title}: {value}")
    if not row.on_roster:
        print_line("This number is no employee. The row only records the opt-out.")
    for title, shifts in (
        ("bookings", [one.shift for one in details.bookings]),
        ("offers", details.offers),
        ("waiting lists", details.waiting),
    ):
        if shifts:
            print_table(
                ("shift", "starts", Column("what", "bold"), "site", "role"),
                [(one.shift_id, _local(one), one.info, one.site, one.role) for one in shifts],
                title=title,
            )
        else:
            print_line(f"{title}: none")
    if details.texts:
        print_table(
            ("time (UTC)", "from", "kind", Column("text", "bold"), "status"),
            [_text_cells(text) for text in details.texts],
            title="messages",
        )
    else:
        print_line("messages: none in the last 15 days")


def removed_json(removed: RemovedEmployee) -> dict[str, Any]:
    """Returns a removal as JSON."""
    return {
        "phone_number": removed.phone_number,
        "name": removed.name,
        "opted_out": removed.opted_out,
        "segments": removed.segments,
        "freed": [
            {
                "shift_id": one.shift_id,
                "shift_info": one.shift_info,
                "starts_at": one.starts_at,
                "place": one.place,
            }
            for one in removed.freed
        ],
    }


def print_removed(removed: RemovedEmployee) -> None:
    """Prints a removal."""
    who = f"{removed.name}, {removed.phone_number}" if removed.name else removed.phone_number
    left = f" and left {', '.join(removed.segments)}" if removed.segments else ""
    print_line(f"{who} was removed{left}")
    if removed.freed:
        print_table(
            ("shift", Column("what", "bold"), "freed"),
            [(one.shift_id, one.shift_info, _PLACES[one.place][0]) for one in removed.freed],
        )
    print_line(f"freed: {freed_text(removed.freed)}")
    if removed.opted_out:
        print_line("The opt-out is kept: the number is not texted if it is added again.")


def freed_text(freed: Sequence[FreedPlace]) -> str:
    """Returns how many places were freed, such as `2 seats, 1 offer`."""
    counts = Counter(one.place for one in freed)
    parts = [
        f"{counts[kind]:,} {names[counts[kind] != 1]}" for kind, names in _PLACES.items() if counts[kind]
    ]
    return ", ".join(parts) or "nothing"


def _opt_out(row: EmployeeRow) -> str:
    if not row.opted_out:
        return "no"
    return " ".join(filter(None, ("yes", row.opt_changed_at and f"since {row.opt_changed_at}")))


def _local(shift: Shift) -> str:
    return f"{shift.starts_at.astimezone(shift.zone):%Y-%m-%d %H:%M}" if shift.starts_at else ""


def _shift_json(shift: Shift) -> dict[str, Any]:
    return {
        "shift_id": shift.shift_id,
        "shift_info": shift.info,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "site": shift.site,
        "role": shift.role,
    }


def _text_json(text: EmployeeText) -> dict[str, Any]:
    return {
        "at": text.at,
        "from_employee": text.from_employee,
        "kind": text.kind,
        "text": text.text,
        "status": text.status,
        "about": text.about,
    }


def _text_cells(text: EmployeeText) -> Sequence[str]:
    time: datetime = text.at
    shown = text.text or (f"({text.about})" if text.about else "(not stored)")
    return (
        f"{time:%Y-%m-%d %H:%M}",
        "employee" if text.from_employee else "us",
        text.kind,
        shown,
        text.status,
    )
