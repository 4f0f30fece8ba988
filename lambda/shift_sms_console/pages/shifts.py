"""The pages of shifts: the board of a day, one shift, and the forms that change it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from shift_sms_console.pages.choices import chosen_number, employees_known
from shift_sms_console.pages.fill_plans import can_be_stopped
from shift_sms_console.pages.shift_texts import (
    booked,
    campaign_fields,
    holders,
    hours,
    local_input,
    people,
    seats,
    when,
)
from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit, for_managers
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_changes import affected
from shift_sms_operator.shifts.shift_drafts import DETAILS
from shift_sms_operator.shifts.shift_lists import ShiftQuery
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus

_PAGE = 50
_NO_START = datetime(9998, 12, 31, tzinfo=UTC)
"""Shifts without a start come after all others."""
_LATER = 20
"""The shifts after a day whose days its board names."""
_TIMES = ("starts_at", "ends_at", "respond_by")


def board(visit: Visit) -> Response:
    """Shows the shifts of a day, and those without a start."""
    zone = visit.operator.deployment.settings.zone
    today = visit.now.astimezone(zone).date()
    day = _day(visit.request.query.get("day", ""), today)
    after = visit.request.query.get("after") or None
    lists = visit.operator.shifts.lists
    undated = lists.page(ShiftQuery(since=_NO_START), limit=_PAGE) if after is None else None
    shifts = lists.page(ShiftQuery(day=day), limit=_PAGE, after=after)
    names = lists.names((*shifts.items, *(undated.items if undated else ())))
    return visit.show_live(
        "shifts/board.html",
        "shifts/board_list.html",
        day=day,
        today=today,
        before=day - timedelta(days=1),
        next=day + timedelta(days=1),
        weekday=_WEEKDAYS[day.weekday()],
        shifts=shifts,
        undated=undated,
        # Only the page needs them, and not the part that follows changes.
        later=lambda: _days_after(visit, day),
        weekday_of=lambda one: _WEEKDAYS[one.weekday()],
        booked=booked,
        holders=lambda shift: holders(shift, names),
        hours=lambda shift: hours(shift, zone),
    )


def show(visit: Visit) -> Response:
    """Shows one shift: its seats and employees, the text to those who book, and the last changes."""
    details = visit.operator.shifts.lists.details(_code(visit.request.query))
    return visit.show_live(
        "shifts/shift.html",
        "shifts/shift_facts.html",
        details=details,
        shift=details.shift,
        people=people(details),
        seats=seats,
        when=when,
        is_canceled=details.shift.status == ShiftStatus.CANCELED,
        # Only the page needs them, and not the part that follows changes.
        employees=lambda: employees_known(visit),
        campaign=lambda: urlencode(campaign_fields(details.shift, visit.now)),
        fill=visit.operator.fill_plans.follower.of(details.shift),
        can_stop_fill=can_be_stopped(details.shift),
    )


def new(visit: Visit) -> Response:
    """Shows the form of a new shift."""
    return _form(visit, dict(visit.request.query), action="/shifts", title="Add a shift")


def add(visit: Visit) -> Response:
    """Adds a shift."""
    form = visit.request.form
    try:
        visit.operator.shifts.changes.add(_code(form), _values(form))
    except Refused as refusal:
        return _form(visit, form, action="/shifts", title="Add a shift", problem=str(refusal))
    return visit.go(_address("/shifts/shift", code=_code(form), notice="added"))


def edit(visit: Visit) -> Response:
    """Shows the form of a shift that is there."""
    shift = visit.operator.shifts.lists.details(_code(visit.request.query)).shift
    return _form(visit, _written(shift), action="/shifts/edit", title=f"Edit {shift.shift_id}")


def save(visit: Visit) -> Response:
    """Changes what the operator has changed in the form, and leaves what others have changed meanwhile."""
    form, code = visit.request.form, _code(visit.request.form)
    try:
        change = visit.operator.shifts.changes.edit(code, _edited(visit, code, form))
    except Refused as refusal:
        return _form(visit, form, action="/shifts/edit", title=f"Edit {code}", problem=str(refusal))
    notice = "edited" if change.changed else "unchanged"
    return visit.go(_address("/shifts/shift", code=code, notice="edited-told" if change.notice else notice))


def preview(visit: Visit) -> Response:
    """Shows what employees read of the shift in the form, while the operator writes it."""
    form = visit.request.form
    changes = visit.operator.shifts.changes
    if not _code(form):
        return visit.show("shifts/preview.html", preview=None, problem="Write the code that employees text.")
    try:
        if "was_seats" in form:
            draft = changes.preview_edit(_code(form), _changed(form))
        else:
            draft = changes.preview(_code(form), _values(form))
    except Refused as refusal:
        return visit.show("shifts/preview.html", preview=None, problem=str(refusal))
    return visit.show("shifts/preview.html", preview=draft.preview, told=draft.notice, problem="")


def ask_to_cancel(visit: Visit) -> Response:
    """Shows the employees whom a cancellation will inform."""
    details = visit.operator.shifts.lists.details(_code(visit.request.query))
    return visit.show(
        "shifts/cancel.html",
        shift=details.shift,
        told=[(number, details.employees.get(number)) for number in affected(details.shift)],
        when=when,
    )


def cancel(visit: Visit) -> Response:
    """Cancels a shift."""
    change = visit.operator.shifts.changes.cancel(_code(visit.request.form))
    return visit.go(_address("/shifts/shift", code=change.shift.shift_id, notice="canceled"))


def reopen(visit: Visit) -> Response:
    """Makes a canceled shift available again."""
    change = visit.operator.shifts.changes.reopen(_code(visit.request.form))
    return visit.go(_address("/shifts/shift", code=change.shift.shift_id, notice="reopened"))


def assign(visit: Visit) -> Response:
    """Gives a free seat to an employee."""
    form = visit.request.form
    result = visit.operator.shifts.seats.assign(
        _code(form), chosen_number(visit, form.get("number", "")), force=form.get("force") == "yes"
    )
    notice = "assigned" if result.text else "assigned-untold"
    return visit.go(_address("/shifts/shift", code=result.shift.shift_id, notice=notice))


def release(visit: Visit) -> Response:
    """Takes a seat, or a place on the waiting list, away from an employee."""
    form = visit.request.form
    result = visit.operator.shifts.seats.release(_code(form), form.get("number", ""))
    notice = "released" if result.text else "released-untold"
    return visit.go(_address("/shifts/shift", code=result.shift.shift_id, notice=notice))


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _form(visit: Visit, values: Mapping[str, str], *, action: str, title: str, problem: str = "") -> Response:
    return visit.show(
        "shifts/form.html",
        status=422 if problem else 200,
        values={name: values.get(name, "") for name in ("code", *DETAILS)},
        was={name: values[name] for name in map("was_{}".format, DETAILS) if name in values},
        default_zone=visit.operator.deployment.settings.timezone,
        action=action,
        title=title,
        problem=problem,
    )


def _written(shift: Shift) -> Mapping[str, str]:
    """Returns the fields of a shift as the form has them, and what they were."""
    stored = shift.stored_item
    fields = {name: str(stored.get(name, "")) for name in DETAILS}
    fields |= {name: local_input(getattr(shift, name), shift) for name in _TIMES if fields[name]}
    return {"code": shift.shift_id, **fields, **{f"was_{name}": value for name, value in fields.items()}}


def _edited(visit: Visit, code: str, form: Mapping[str, str]) -> Mapping[str, str]:
    """Returns the fields that the operator has changed.

    Raises:
        Refused: another operator has changed one of them since the form was opened.
    """
    changed = _changed(form)
    current = _written(visit.operator.shifts.lists.details(code).shift)
    for name, value in changed.items():
        if current[name] not in (value, form[f"was_{name}"]):
            raise Refused(f"{name} was changed meanwhile to {current[name]!r}; open the form again")
    return changed


def _changed(form: Mapping[str, str]) -> Mapping[str, str]:
    return {
        name: value for name, value in _values(form).items() if form.get(f"was_{name}", "").strip() != value
    }


def _values(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form[name].strip() for name in DETAILS if name in form}


def _code(fields: Mapping[str, str]) -> str:
    return fields.get("code", "").strip()


def _days_after(visit: Visit, day: date) -> list[date]:
    """Returns the next days on which shifts start."""
    zone = visit.operator.deployment.settings.zone
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    shifts = visit.operator.shifts.lists.page(ShiftQuery(since=midnight), limit=_LATER).items
    days = (shift.starts_at.astimezone(shift.zone).date() for shift in shifts if shift.starts_at)
    return [one for one in dict.fromkeys(days) if one > day]


def _day(given: str, today: date) -> date:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today
    # The days before and after it must exist.
    return day if date.min < day < date.max - timedelta(days=2) else today


def _address(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}"


ROUTES: Routes = {
    ("GET", "/shifts"): board,
    ("POST", "/shifts"): add,
    ("GET", "/shifts/new"): for_managers(new),
    ("POST", "/shifts/preview"): preview,
    ("GET", "/shifts/shift"): show,
    ("GET", "/shifts/edit"): for_managers(edit),
    ("POST", "/shifts/edit"): save,
    ("GET", "/shifts/cancel"): for_managers(ask_to_cancel),
    ("POST", "/shifts/cancel"): cancel,
    ("POST", "/shifts/reopen"): reopen,
    ("POST", "/shifts/assign"): assign,
    ("POST", "/shifts/release"): release,
}
