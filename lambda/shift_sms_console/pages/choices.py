"""What a form offers to choose from. Each list has a limited number of entries, and any other value can be written."""

from shift_sms_console.visit import Visit
from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.phone_numbers import country_of, read_phone_number
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.employees.employee_row import EmployeeRow

_LAST_CAMPAIGNS = 10
_EMPLOYEES = 200
_SHOWN = 5


def segments_known(visit: Visit) -> list[str]:
    """Returns the default segment and those of the last campaigns."""
    last = visit.operator.campaigns.page(limit=_LAST_CAMPAIGNS).items
    used = (str(item["segment"]) for item in last if item.get("segment"))
    return list(dict.fromkeys((visit.operator.deployment.settings.default_segment, *used)))


def employees_known(visit: Visit) -> list[EmployeeRow]:
    """Returns employees in the order of their names."""
    return sorted(visit.operator.employees.list(limit=_EMPLOYEES).items, key=by_name)


def by_name(row: EmployeeRow) -> tuple[str, str]:
    """Returns what employees are sorted by."""
    return row.name.casefold(), row.phone_number


def home_country(visit: Visit) -> str | None:
    """Returns the country of the number that texts employees; None if a pool of numbers does."""
    return country_of(visit.operator.deployment.settings.origination_identity)


def chosen_number(visit: Visit, written: str) -> str:
    """Returns the number of the employee whose full name or number was written.

    Raises:
        Refused: no employee or more than one has the name, or the roster is too long to tell.
    """
    written = written.strip()
    if written and not any(character.isdecimal() for character in written):
        return _number_of_name(visit, written)
    try:
        return read_phone_number(written, home_country(visit))
    except BadValue as error:
        raise Refused(str(error)) from None


def _number_of_name(visit: Visit, name: str) -> str:
    """Returns the number of the only employee with a full name. A part of a name may be that of another employee."""
    page = visit.operator.employees.find(name)
    exact = [row for row in page.items if _full_name(row.name) == _full_name(name)]
    if len(exact) == 1 and page.cursor is None:
        return exact[0].phone_number
    if page.cursor is not None:
        problem = f"the roster is too long to find every {name!r}; write the number"
    elif exact:
        problem = f"{len(exact)} employees are called {name!r}; write the number of one"
    elif page.items:
        problem = f"no employee is called {name!r}; write the full name or the number"
    else:
        problem = f"no employee is called {name!r}; write the number"
    known = ", ".join(f"{row.name} ({row.phone_number})" for row in (exact or page.items)[:_SHOWN])
    raise Refused(f"{problem}: {known}" if known else problem)


def _full_name(name: str) -> str:
    return " ".join(name.casefold().split())
