"""`shift-sms shifts`: list, add, edit, cancel, assign, release, fill, import and export shifts."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated

import typer

from shift_sms_cli.commands.shift_files import DryRunOption, export_shifts, import_shifts
from shift_sms_cli.commands.shift_filling import fill, stop_fill, watch, why
from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.fill_plans.progress import summary
from shift_sms_cli.output import (
    AfterOption,
    JsonOption,
    LimitOption,
    print_json,
    print_json_page,
    print_line,
    print_more,
)
from shift_sms_cli.prompts import YesOption, confirm
from shift_sms_cli.shift_options import (
    CodeArgument,
    EndsOption,
    FillByOption,
    FillOrderOption,
    FillSegmentOption,
    FillUrgentOption,
    FillWaveMinutesOption,
    FillWaveSizeOption,
    InfoOption,
    NumberArgument,
    RespondByOption,
    RoleOption,
    SeatsOption,
    SiteOption,
    StartsOption,
    TimezoneOption,
    given,
)
from shift_sms_cli.shift_output import (
    as_json,
    called,
    print_change_notice,
    print_details,
    print_preview,
    print_seat_result,
    print_shifts,
    when,
)
from shift_sms_operator.pages import DEFAULT_LIMIT
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_changes import affected
from shift_sms_operator.shifts.shift_lists import ShiftQuery
from shift_sms_operator.shifts.shift_views import ShiftChange
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus

app = typer.Typer(
    no_args_is_help=True, help="List, add, edit, cancel, assign, fill, import and export shifts."
)

_RECENT = timedelta(days=1)


@app.command("list")
def list_shifts(
    day: Annotated[
        str | None,
        typer.Option(
            "--day", metavar="DATE", help="Shifts that start on this day: 2026-08-15, today or tomorrow."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Shifts from this day on.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Past shifts, too. By default the list begins one day ago.")
    ] = False,
    site: Annotated[str, typer.Option("--site", metavar="TEXT", help="Shifts at this site.")] = "",
    role: Annotated[str, typer.Option("--role", metavar="TEXT", help="Shifts with this role.")] = "",
    status: Annotated[
        list[str] | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="available, taken, closed, canceled, refused, or a word of yours; can be repeated.",
        ),
    ] = None,
    limit: LimitOption = DEFAULT_LIMIT,
    after: AfterOption = None,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Lists shifts in the order of their start, with their seats. Those without a start come last.

    Example: shift-sms shifts list --day 2026-08-15 --status available
    """
    operator = connect(env, profile, region)
    zone = operator.deployment.settings.zone
    start = None if everything else datetime.now(UTC) - _RECENT
    if since:
        start = datetime.combine(_day(since, zone), time(), zone)
    query = ShiftQuery(
        day=_day(day, zone) if day else None,
        since=start,
        site=site,
        role=role,
        statuses=frozenset(map(_status, status or ())),
    )
    page = operator.shifts.lists.page(query, limit=limit, after=after)
    if json:
        print_json_page([as_json(shift) for shift in page.items], page.cursor)
        return
    if page.items:
        print_shifts(page.items)
    else:
        print_line("No shift matches." if page.cursor is None else "No shift on this page matches.")
    print_more(page.cursor)


@app.command()
def show(
    code: CodeArgument,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Shows one shift: seats, employees, the text that employees read, and the last changes by operators.

    Example: shift-sms shifts show XYZ123
    """
    operator = connect(env, profile, region)
    details = operator.shifts.lists.details(code)
    if json:
        print_json(as_json(details.shift))
        return
    print_details(details)
    if progress := operator.fill_plans.follower.of(details.shift):
        print_line(f"Fill plan: {summary(progress)}.")


@app.command()
def add(
    code: CodeArgument,
    info: InfoOption = None,
    starts: StartsOption = None,
    ends: EndsOption = None,
    respond_by: RespondByOption = None,
    timezone: TimezoneOption = None,
    site: SiteOption = None,
    role: RoleOption = None,
    seats: SeatsOption = None,
    fill_by: FillByOption = None,
    fill_order: FillOrderOption = None,
    fill_segment: FillSegmentOption = None,
    fill_wave_size: FillWaveSizeOption = None,
    fill_wave_minutes: FillWaveMinutesOption = None,
    fill_urgent: FillUrgentOption = None,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Adds a shift, and shows what employees read of it. --fill-by or --fill-order starts a fill plan.

    Example: shift-sms shifts add XYZ123 --info "15/08 5h nightshift" --starts 2026-08-15T22:00
    """
    values = given(
        {
            "shift_info": info,
            "starts_at": starts,
            "ends_at": ends,
            "respond_by": respond_by,
            "timezone": timezone,
            "site": site,
            "role": role,
            "seats": seats,
            "fill_by": fill_by,
            "fill_order": fill_order,
            "fill_segment": fill_segment,
            "fill_wave_size": fill_wave_size,
            "fill_wave_minutes": fill_wave_minutes,
            "fill_urgent": fill_urgent,
        }
    )
    changes = connect(env, profile, region).shifts.changes
    if dry_run:
        draft = changes.preview(code, values)
        change = ShiftChange(draft.shift, changed=False, preview=draft.preview)
    else:
        change = changes.add(code, values)
    _print_written(change, "added", unchanged="exists already", dry_run=dry_run, json=json)


@app.command()
def edit(
    code: CodeArgument,
    info: InfoOption = None,
    starts: StartsOption = None,
    ends: EndsOption = None,
    respond_by: RespondByOption = None,
    timezone: TimezoneOption = None,
    site: SiteOption = None,
    role: RoleOption = None,
    seats: SeatsOption = None,
    fill_by: FillByOption = None,
    fill_order: FillOrderOption = None,
    fill_segment: FillSegmentOption = None,
    fill_wave_size: FillWaveSizeOption = None,
    fill_wave_minutes: FillWaveMinutesOption = None,
    fill_urgent: FillUrgentOption = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status", metavar="WORD", help="available, taken, or a word of yours that closes the shift."
        ),
    ] = None,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Changes details of a shift. An empty text removes one. Employees who have it are told of another time or place.

    --fill-by or --fill-order starts a fill plan, if the shift has none.

    Example: shift-sms shifts edit XYZ123 --seats 3 --site ""
    """
    values = given(
        {
            "shift_info": info,
            "starts_at": starts,
            "ends_at": ends,
            "respond_by": respond_by,
            "timezone": timezone,
            "site": site,
            "role": role,
            "seats": seats,
            "fill_by": fill_by,
            "fill_order": fill_order,
            "fill_segment": fill_segment,
            "fill_wave_size": fill_wave_size,
            "fill_wave_minutes": fill_wave_minutes,
            "fill_urgent": fill_urgent,
            "shift_status": status,
        }
    )
    if not values:
        raise Refused("nothing was changed: name what to change, such as --seats 3")
    changes = connect(env, profile, region).shifts.changes
    if dry_run:
        draft = changes.preview_edit(code, values)
        change = ShiftChange(draft.shift, changed=False, preview=draft.preview, notice=draft.notice)
    else:
        change = changes.edit(code, values)
    _print_written(change, "changed", unchanged="is so already", dry_run=dry_run, json=json)


@app.command()
def cancel(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="The codes of the shifts.")],
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Cancels shifts. Shows the employees whom it will inform by text, and asks.

    Example: shift-sms shifts cancel XYZ123 XYZ124
    """
    operator = connect(env, profile, region)
    details = [operator.shifts.lists.details(code) for code in dict.fromkeys(codes)]
    to_cancel = [one for one in details if one.shift.status != ShiftStatus.CANCELED]
    for one in details:
        if one not in to_cancel:
            print_line(f"{one.shift.shift_id} is canceled already.")
            continue
        print_shifts([one.shift])
        people = [one.employees.get(number) for number in affected(one.shift)]
        names = [
            f"{called(row)}{', opted out: no text' if row.opted_out else ''}" if row else number
            for number, row in zip(affected(one.shift), people, strict=True)
        ]
        print_line(f"Will be told: {'; '.join(names) if names else 'nobody'}")
        if _has_begun(one.shift):
            print_line(f"It has begun: {when(one.shift)}", style="yellow")
    if not to_cancel:
        return
    shifts = "this shift" if len(to_cancel) == 1 else f"these {len(to_cancel)} shifts"
    confirm(f"Cancel {shifts}?", yes=yes)
    for one in to_cancel:
        change = operator.shifts.changes.cancel(one.shift.shift_id)
        told = len(change.told)
        done = f"canceled; {told} {'employee is' if told == 1 else 'employees are'} told"
        print_line(f"{one.shift.shift_id} {done if change.changed else 'is canceled already'}.")


@app.command()
def reopen(
    code: CodeArgument,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Makes a canceled shift available again, or one with a status of yours. Its former holders are not told.

    Example: shift-sms shifts reopen XYZ123
    """
    change = connect(env, profile, region).shifts.changes.reopen(code)
    done = "available again" if change.changed else f"not canceled: it is {change.shift.status}"
    print_line(f"{code} is {done}.")


@app.command()
def assign(
    code: CodeArgument,
    number: NumberArgument,
    force: Annotated[
        bool,
        typer.Option("--force", help="Override role, roster, and the rules for overlap, rest and hours."),
    ] = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Gives a free seat to an employee, who is informed by text.

    Example: shift-sms shifts assign XYZ123 +14255550101
    """
    result = connect(env, profile, region).shifts.seats.assign(code, number, force=force)
    if result.changed:
        print_seat_result(result, f"{result.shift.shift_id} is assigned to {called(result.employee)}")
    else:
        print_line(f"{called(result.employee)} has {code} already.")


@app.command()
def release(
    code: CodeArgument,
    number: NumberArgument,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Takes a seat, or a place on the waiting list, from an employee, who is informed by text.

    Example: shift-sms shifts release XYZ123 +14255550101
    """
    result = connect(env, profile, region).shifts.seats.release(code, number)
    if result.changed:
        print_seat_result(result, f"{called(result.employee)} is released from {result.shift.shift_id}")
    else:
        print_line(f"{called(result.employee)} has no seat of {code} and does not wait for one.")


app.command()(fill)
app.command("stop-fill")(stop_fill)
app.command()(watch)
app.command()(why)
app.command("import")(import_shifts)
app.command("export")(export_shifts)


_DAYS = {"today": timedelta(), "tomorrow": timedelta(days=1)}


def _day(written: str, zone: tzinfo) -> date:
    """Returns a day in the zone of the deployment."""
    if written.casefold() in _DAYS:
        return datetime.now(zone).date() + _DAYS[written.casefold()]
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refused(f"{written!r} is no day; write it like 2026-08-15, or today or tomorrow") from None


def _print_written(change: ShiftChange, done: str, *, unchanged: str, dry_run: bool, json: bool) -> None:
    """Prints a shift that a command has written, or would write.

    `done` and `unchanged` say what became of it.
    """
    if json:
        print_json(as_json(change.shift))
        return
    print_shifts([change.shift])
    _print_change(change, done if change.changed else f"not {done} (--dry-run)" if dry_run else unchanged)


def _print_change(change: ShiftChange, done: str) -> None:
    print_line(f"{change.shift.shift_id} {done}.")
    if change.preview:
        print_preview(change.preview)
    if change.notice:
        print_change_notice(change.notice)
    closes = change.shift.closes_at
    if closes is not None and closes <= datetime.now(UTC):
        print_line("Nobody can book it: its start or its respond_by has passed.", style="yellow")


def _has_begun(shift: Shift) -> bool:
    return shift.starts_at is not None and shift.starts_at <= datetime.now(UTC)


def _status(word: str) -> str:
    return ShiftStatus.CANCELED if word.casefold() == "canceled" else word
