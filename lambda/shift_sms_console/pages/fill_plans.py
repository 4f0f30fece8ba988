"""The pages of fill plans: the form, the question before a start, stopping, and the explanation with its file."""

import io
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import islice
from urllib.parse import urlencode

from shift_sms_console.pages.choices import segments_known
from shift_sms_console.pages.shift_texts import local_input
from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit, for_managers
from shift_sms_operator.campaigns.prices import Price, shipped_prices
from shift_sms_operator.csv_cells import write_csv
from shift_sms_operator.employees.language_names import name_of
from shift_sms_operator.fill_plans.audit_file import CSV_HEADER, csv_rows
from shift_sms_operator.fill_plans.views import FillAction, FillChange, FillPreview
from shift_sms_operator.fill_plans.words import order_in_words, why_skipped
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_drafts import stored_text
from shift_sms_runtime.shifts.filling.fill_details import FillOrder, as_written
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import FILL_DETAILS

_EXAMINED = 1000
"""Members whose eligibility is checked. More would keep the browser waiting."""
_WAVES = 3
"""The waves of a page of the explanation."""
_MOST_ROWS = 20_000
"""The rows of a file. A response of the function has at most 6 MB. Source: Lambda quotas."""
_DIGITS = 5
"""A wave, and a place among the employees that it did not reach."""
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9-]+")
_FIELDS = (*FILL_DETAILS, *map("was_{}".format, FILL_DETAILS))
_NOTICES = {
    FillAction.STARTED: "filling",
    FillAction.RESUMED: "filling-again",
    FillAction.RESTARTED: "filling-anew",
    FillAction.RUNNING: "filling-already",
}


def new(visit: Visit) -> Response:
    """Shows the form of the plan of a shift."""
    shift = visit.operator.shifts.lists.shift(_code(visit.request.query))
    return _form(visit, shift.shift_id, _written(shift))


def review(visit: Visit) -> Response:
    """Shows what the plan in the form would text, to whom and at what cost, and asks."""
    form, code = visit.request.form, _code(visit.request.form)
    plans = visit.operator.fill_plans
    try:
        _, action = plans.changes.draft(code, _changed(form))
        if action is FillAction.RUNNING:
            return visit.go(_shift_address(code, _NOTICES[action]))
        shown = plans.previewer.preview(code, _changed(form), prices=_prices(), most=_EXAMINED)
    except Refused as refusal:
        return _form(visit, code, form, problem=str(refusal))
    return visit.show(
        "shifts/fill_review.html",
        preview=shown,
        code=shown.shift.shift_id,
        values={name: form[name] for name in _FIELDS if form.get(name)},
        resumes=action is FillAction.RESUMED,
        language_name=name_of,
        skipped=[(why_skipped(reason), count) for reason, count in shown.skipped.items()],
        figures=_figures(shown),
    )


def start(visit: Visit) -> Response:
    """Starts or resumes a plan. Sending the form twice starts it once."""
    form, code = visit.request.form, _code(visit.request.form)
    try:
        change: FillChange = visit.operator.fill_plans.changes.start(code, _changed(form))
    except Refused as refusal:
        return _form(visit, code, form, problem=str(refusal))
    action = change.action or FillAction.RUNNING
    return visit.go(_shift_address(change.shift.shift_id, _NOTICES[action]))


def stop(visit: Visit) -> Response:
    """Stops a plan. An exhausted one has ended already."""
    change = visit.operator.fill_plans.changes.stop(_code(visit.request.form))
    fill = change.shift.fill
    has_ended = fill is not None and fill.status is FillStatus.EXHAUSTED
    return visit.go(_shift_address(change.shift.shift_id, "fill-ended" if has_ended else "fill-stopped"))


def why(visit: Visit) -> Response:
    """Explains the plans of a shift wave by wave: by default the last one."""
    query, explainer = visit.request.query, visit.operator.fill_plans.explainer
    code = _code(query)
    plans = explainer.plans(code)
    known = {plan.started_at: plan for plan in plans}
    shown = known.get(query.get("plan", ""), plans[0])
    page = explainer.page(code, started_at=shown.started_at, limit=_WAVES, after=query.get("after") or None)
    return visit.show(
        "shifts/why.html", code=code, plans=plans, shown=shown, waves=page, zone=explainer.zone(code)
    )


def not_reached(visit: Visit) -> Response:
    """Lists the employees whom a wave could have texted, but did not reach."""
    query, explainer = visit.request.query, visit.operator.fill_plans.explainer
    code, plan = _code(query), query.get("plan", "")
    wave, start = _position(query.get("wave", "")), _position(query.get("after", "0"))
    page = explainer.unreached(code, plan, wave, start=start)
    return visit.show("shifts/not_reached.html", code=code, plan=plan, wave=wave, employees=page)


def download(visit: Visit) -> Response:
    """Returns all plans of a shift as a CSV file.

    Raises:
        Refused: the file would be too large for a response.
    """
    code, explainer = _code(visit.request.query), visit.operator.fill_plans.explainer
    explainer.plans(code)
    rows = [*islice(csv_rows(explainer.all(code)), _MOST_ROWS + 1)]
    if len(rows) > _MOST_ROWS:
        raise Refused(
            f"the plans of {code} have more than {_MOST_ROWS} rows;"
            f" write them with shift-sms shifts why {code} --csv FILE"
        )
    file = io.StringIO()
    write_csv(file, CSV_HEADER, rows)
    name = f"fill-plans-{_NOT_IN_FILE_NAMES.sub('-', code)[:60]}.csv"
    return Response(
        file.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def can_be_stopped(shift: Shift) -> bool:
    """Returns whether a shift has a plan that runs, or that a free seat resumes."""
    return shift.fill is not None and shift.fill.status in (None, FillStatus.RUNNING, FillStatus.FILLED)


@cache
def _prices() -> Mapping[str, Price]:
    return shipped_prices()


def _form(visit: Visit, code: str, form: Mapping[str, str], *, problem: str = "") -> Response:
    settings = visit.operator.deployment.settings
    values = {name: form.get(name, "") for name in FILL_DETAILS}
    return visit.show(
        "shifts/fill_form.html",
        status=422 if problem else 200,
        code=code,
        values={**values, "fill_order": values["fill_order"] or settings.fill_order.value},
        was={name: form.get(name, "") for name in map("was_{}".format, FILL_DETAILS)},
        orders=[*FillOrder],
        order_in_words=order_in_words,
        segments=segments_known(visit),
        default_segment=settings.default_segment,
        default_size=as_written(settings.fill_wave_size),
        default_minutes=as_written(settings.fill_wave_minutes),
        problem=problem,
    )


def _written(shift: Shift) -> Mapping[str, str]:
    """Returns the fields of a shift as the form has them, and what they were."""
    fields = {name: stored_text(shift.stored_item, name) for name in FILL_DETAILS}
    if fields["fill_by"] and shift.fill and shift.fill.fill_by:
        fields["fill_by"] = local_input(shift.fill.fill_by, shift)
    # A box is checked or not.
    fields["fill_urgent"] = "true" if fields["fill_urgent"] == "true" else ""
    return {**fields, **{f"was_{name}": value for name, value in fields.items()}}


def _changed(form: Mapping[str, str]) -> dict[str, str]:
    """Returns the fields that the operator has changed in the form. A box that is not checked is no field of it."""
    given = {name: form.get(name, "").strip() for name in FILL_DETAILS}
    return {name: value for name, value in given.items() if value != form.get(f"was_{name}", "").strip()}


def _figures(preview: FillPreview) -> list[tuple[str, int, int, str]]:
    """Returns the name, texts, segments and cost of what is expected and of a broadcast."""
    rows = (
        ("Expected until the shift is filled", preview.expected, preview.expected_usd),
        ("A broadcast to everyone", preview.broadcast, preview.broadcast_usd),
    )
    return [
        (
            name,
            sum(country.recipients for country in countries),
            sum(country.segments for country in countries),
            _usd(usd),
        )
        for name, countries, usd in rows
    ]


def _usd(amount: Decimal | None) -> str:
    return "not known" if amount is None else f"{amount:.2f} USD"


def _code(fields: Mapping[str, str]) -> str:
    return fields.get("code", "").strip()


def _position(written: str) -> int:
    """Returns a number of an address; 0 for anything else."""
    return int(written) if written.isdecimal() and len(written) <= _DIGITS else 0


def _shift_address(code: str, notice: str) -> str:
    return f"/shifts/shift?{urlencode({'code': code, 'notice': notice})}"


ROUTES: Routes = {
    ("GET", "/shifts/fill"): for_managers(new),
    ("POST", "/shifts/fill/review"): review,
    ("POST", "/shifts/fill"): start,
    ("POST", "/shifts/stop-fill"): stop,
    ("GET", "/shifts/why"): why,
    ("GET", "/shifts/why/not-reached"): not_reached,
    ("GET", "/shifts/why/file"): download,
}
