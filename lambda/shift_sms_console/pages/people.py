"""The pages of people: the roster, one employee, the form of an employee, and the removal of one."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

from shift_sms_console.pages.choices import by_name, home_country, segments_known
from shift_sms_console.pages.shift_texts import local_time, when
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
from shift_sms_operator.pages import Page
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.language.locale_files import languages

T = TypeVar("T")

_PAGE = 50
_MOST_FOUND = 100
_PLACES = {
    PlaceKind.SEAT: "seat",
    PlaceKind.OFFER: "offer",
    PlaceKind.WAITING: "place on the waiting list",
}
_FIELDS = ("number", "name", "language", "roles", "segments")


def roster(visit: Visit) -> Response:
    """Shows the roster, the members of a segment, or the employees with a name or number; goes to the only one."""
    query = visit.request.query
    segment, words = query.get("segment", "").strip(), query.get("find", "").strip()
    after = query.get("after") or None
    if words:
        number = _known_number(visit, words)
        if number:
            return visit.go(_employee(number))
        people = visit.operator.employees.find(words, after=after)
        if len(people.items) == 1 and not (after or people.cursor):
            return visit.go(_employee(people.items[0].phone_number))
    else:
        people = visit.operator.employees.list(segment=segment or None, limit=_PAGE, after=after)
    return visit.show(
        "people/roster.html",
        people=Page(tuple(sorted(people.items, key=by_name)[:_MOST_FOUND]), people.cursor),
        hidden=max(0, len(people.items) - _MOST_FOUND),
        segment=segment,
        words=words,
        language_name=name_of,
        segments=segments_known(visit),
    )


def show(visit: Visit) -> Response:
    """Shows one employee: bookings, waiting lists, texts and opt-out."""
    number = _number(visit, visit.request.query)
    return visit.show_live(
        "people/employee.html",
        "people/employee_facts.html",
        number=number,
        details=visit.operator.employees.show(number),
        zone=visit.operator.deployment.settings.zone,
        when=when,
        local_time=local_time,
        language_name=name_of,
    )


def new(visit: Visit) -> Response:
    """Shows the form of an employee: empty, or with the details of one."""
    given = visit.request.query.get("number", "").strip()
    if not given:
        return _form(visit, {}, title="Add an employee")
    details = visit.operator.employees.show(_number(visit, visit.request.query))
    row = details.row
    values = {
        "number": row.phone_number,
        "name": row.name,
        "language": row.language,
        "roles": ", ".join(row.roles),
        "segments": ", ".join(details.segments),
        "edits": row.phone_number,
    }
    return _form(visit, values, title=f"Edit {row.name or row.phone_number}")


def save(visit: Visit) -> Response:
    """Adds an employee, or changes the details of one. An empty field leaves its detail."""
    form = visit.request.form
    try:
        entry = EmployeeEntry(
            _number(visit, form),
            _checked(read_name, form.get("name", "").strip()),
            _checked(read_language, form.get("language", "").strip()),
            _checked(segment_names, _several(form.get("segments", ""))),
            _checked(read_roles, _several(form.get("roles", ""))),
        )
        if form.get("edits"):
            _check_is_same(form["edits"], entry)
        else:
            _check_is_new(visit, entry)
        change = visit.operator.employees.add(entry)
    except Refused as refusal:
        title = "Edit an employee" if form.get("edits") else "Add an employee"
        return _form(visit, form, title=title, problem=str(refusal))
    return visit.go(_employee(entry.phone_number, notice="unchanged" if change is None else "employee-saved"))


def ask_to_remove(visit: Visit) -> Response:
    """Shows what a removal frees, and asks."""
    number = _number(visit, visit.request.query)
    details = visit.operator.employees.show(number)
    if not (details.row.on_roster or details.row.removed_at):
        raise Refused(f"{number} is no employee; the row only records the opt-out")
    return visit.show("people/remove.html", number=number, details=details, when=when)


def remove(visit: Visit) -> Response:
    """Removes an employee: one step, after which the browser asks for the next one.

    Each step reads a limited number of shifts. A removal that was interrupted is completed by beginning it again.
    """
    form = visit.request.form
    number = _number(visit, form)
    step = visit.operator.employees.remove_step(number, form.get("after") or None)
    template = "people/removal_step.html" if visit.request.is_partial else "people/removal.html"
    return visit.show(template, number=number, step=step, places=_PLACES)


def _employee(number: str, **query: str) -> str:
    return f"/people/employee?{urlencode({'number': number, **query})}"


def _known_number(visit: Visit, words: str) -> str:
    """Returns a number that was written in full and has a row; empty otherwise."""
    try:
        number = read_phone_number(words, home_country(visit))
    except BadValue:
        return ""
    return number if visit.operator.employees.find_number(number) else ""


def _check_is_new(visit: Visit, entry: EmployeeEntry) -> None:
    """Raises Refused if the number is that of another employee, whose name would be lost."""
    row = visit.operator.employees.find_number(entry.phone_number)
    if row and row.on_roster and row.name and entry.name and row.name != entry.name:
        raise Refused(
            f"{entry.phone_number} is the number of {row.name}; to change it, open {row.name} in People"
        )


def _check_is_same(number: str, entry: EmployeeEntry) -> None:
    """Raises Refused if the form of an employee names another number, which may be that of a colleague."""
    if number != entry.phone_number:
        raise Refused(
            f"the number of {number} cannot be changed; add {entry.phone_number} as an employee, then remove {number}"
        )


def _several(written: str) -> str:
    """Returns values that commas separate as the files of employees have them."""
    return written.strip().replace(",", ";")


def _number(visit: Visit, fields: Mapping[str, str]) -> str:
    """Returns the number of a form as E.164. A national number is one of the country of the deployment's number."""
    return _checked(
        lambda text: read_phone_number(text, home_country(visit)), fields.get("number", "").strip()
    )


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
        segments=segments_known(visit),
        languages=[name_of(language) for language in languages()],
        edits=values.get("edits", ""),
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
