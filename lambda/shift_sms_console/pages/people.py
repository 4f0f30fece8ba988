"""The pages of people: the roster, one employee, the form of an employee, and the removal of one."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

from shift_sms_console.pages.shift_texts import when
from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit, for_managers
from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.employee_entry import (
    EmployeeEntry,
    read_language,
    read_name,
    read_roles,
)
from shift_sms_operator.employees.employee_remover import PlaceKind
from shift_sms_operator.employees.language_names import name_of
from shift_sms_operator.employees.phone_numbers import read_phone_number
from shift_sms_operator.employees.segments import segment_names
from shift_sms_operator.refusals import Refused

T = TypeVar("T")

_PAGE = 50
_PLACES = {
    PlaceKind.SEAT: "seat",
    PlaceKind.OFFER: "offer",
    PlaceKind.WAITING: "place on the waiting list",
}
_FIELDS = ("number", "name", "language", "roles", "segments")


def roster(visit: Visit) -> Response:
    """Shows the roster, or the members of a segment."""
    query = visit.request.query
    segment = query.get("segment", "").strip() or None
    people = visit.operator.employees.list(segment=segment, limit=_PAGE, after=query.get("after") or None)
    return visit.show("people/roster.html", people=people, segment=segment or "", language_name=name_of)


def show(visit: Visit) -> Response:
    """Shows one employee: bookings, waiting lists, texts and opt-out."""
    number = _checked(read_phone_number, visit.request.query.get("number", "").strip())
    return visit.show_live(
        "people/employee.html",
        "people/employee_facts.html",
        number=number,
        details=visit.operator.employees.show(number),
        zone=visit.operator.deployment.settings.zone,
        when=when,
        language_name=name_of,
    )


def new(visit: Visit) -> Response:
    """Shows the form of an employee: empty, or with the details of one."""
    given = visit.request.query.get("number", "").strip()
    if not given:
        return _form(visit, {}, title="Add an employee")
    details = visit.operator.employees.show(_checked(read_phone_number, given))
    row = details.row
    values = {
        "number": row.phone_number,
        "name": row.name,
        "language": row.language,
        "roles": "; ".join(row.roles),
        "segments": "; ".join(details.segments),
    }
    return _form(visit, values, title=f"Edit {row.name or row.phone_number}")


def save(visit: Visit) -> Response:
    """Adds an employee, or changes the details of one. An empty field leaves its detail."""
    form = visit.request.form
    try:
        entry = EmployeeEntry(
            _checked(read_phone_number, form.get("number", "").strip()),
            _checked(read_name, form.get("name", "").strip()),
            _checked(read_language, form.get("language", "").strip()),
            _checked(segment_names, form.get("segments", "").strip()),
            _checked(read_roles, form.get("roles", "").strip()),
        )
        change = visit.operator.employees.add(entry)
    except Refused as refusal:
        return _form(visit, form, title="Employee", problem=str(refusal))
    query = {"number": entry.phone_number, "notice": "unchanged" if change is None else "employee-saved"}
    return visit.go(f"/people/employee?{urlencode(query)}")


def ask_to_remove(visit: Visit) -> Response:
    """Shows what a removal frees, and asks."""
    number = _checked(read_phone_number, visit.request.query.get("number", "").strip())
    details = visit.operator.employees.show(number)
    if not (details.row.on_roster or details.row.removed_at):
        raise Refused(f"{number} is no employee; the row only records the opt-out")
    return visit.show("people/remove.html", number=number, details=details, when=when)


def remove(visit: Visit) -> Response:
    """Removes an employee: one step, after which the browser asks for the next one.

    Each step reads a limited number of shifts. A removal that was interrupted is completed by beginning it again.
    """
    form = visit.request.form
    number = _checked(read_phone_number, form.get("number", "").strip())
    step = visit.operator.employees.remove_step(number, form.get("after") or None)
    template = "people/removal_step.html" if visit.request.is_partial else "people/removal.html"
    return visit.show(template, number=number, step=step, places=_PLACES)


def _checked(read: Callable[[str], T], text: str) -> T:
    """Returns what a field says. Raises Refused if it is wrong."""
    try:
        return read(text)
    except BadValue as error:
        raise Refused(
            str(error).replace(", or name the country of national numbers with --country", "")
        ) from None


def _form(visit: Visit, values: Mapping[str, str], *, title: str, problem: str = "") -> Response:
    return visit.show(
        "people/form.html",
        status=422 if problem else 200,
        values={name: values.get(name, "") for name in _FIELDS},
        default_segment=visit.operator.deployment.settings.default_segment,
        title=title,
        problem=problem,
    )


ROUTES: Routes = {
    ("GET", "/people"): roster,
    ("POST", "/people"): save,
    ("GET", "/people/new"): for_managers(new),
    ("GET", "/people/employee"): show,
    ("GET", "/people/remove"): for_managers(ask_to_remove),
    ("POST", "/people/remove"): remove,
}
