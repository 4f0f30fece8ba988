"""`shift-sms employees`: imports, lists, shows, exports and removes employees."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from shift_sms_cli.commands.employee_import import EmployeesImport
from shift_sms_cli.commands.employee_views import (
    COLUMNS,
    EXPORT_HEADER,
    attributes,
    cells,
    details_json,
    export_cells,
    print_details,
    print_removed,
    removed_json,
)
from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.output import (
    AfterOption,
    Column,
    JsonOption,
    LimitOption,
    note,
    print_json,
    print_json_page,
    print_line,
    print_more,
    print_table,
    save_csv,
)
from shift_sms_cli.prompts import YesOption, confirm
from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.employee_entry import (
    EmployeeEntry,
    read_language,
    read_name,
    read_roles,
)
from shift_sms_operator.employees.phone_numbers import country_code, read_phone_number
from shift_sms_operator.employees.segments import segment_name
from shift_sms_operator.pages import DEFAULT_LIMIT
from shift_sms_operator.refusals import Refused

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Import, list, show, export and remove employees.")


def _valid(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Returns a parser of an option, which reports a wrong value as Typer does."""

    def parsed(text: str) -> T:
        try:
            return parse(text)
        except BadValue as error:
            raise typer.BadParameter(str(error)) from None

    return parsed


NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help="A phone number, such as +14255550101.")
]
CountryOption = Annotated[
    str | None,
    typer.Option(
        "--country",
        metavar="COUNTRY",
        parser=_valid(country_code),
        help="The country of numbers without a country code, such as US or DE.",
    ),
]
SegmentOption = Annotated[
    str | None,
    typer.Option(
        "--segment",
        metavar="SEGMENT",
        parser=_valid(segment_name),
        help="The segment to join, for rows that name none. By default the setting default_segment.",
    ),
]
OneSegmentOption = Annotated[
    str | None,
    typer.Option(
        "--segment", metavar="SEGMENT", parser=_valid(segment_name), help="Only the members of this segment."
    ),
]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file.", show_default=False)]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Check the file, and change nothing.")]


@app.command("add")
def add(
    number: NumberArgument,
    *,
    name: Annotated[str, typer.Option("--name", help="The name.")] = "",
    language: Annotated[
        str, typer.Option("--language", help="The language of replies, such as es or Spanish.")
    ] = "",
    role: Annotated[
        list[str] | None, typer.Option("--role", help="A role. Give it again for another one.")
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option(
            "--segment",
            help="A segment to join. Give it again for another one. By default the setting default_segment.",
        ),
    ] = None,
    country: CountryOption = None,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Adds an employee, or changes the details of one. Details that are not given stay.

    Example: shift-sms employees add +14255550101 --name Ann --language es --role Bar --env prod
    """
    with _refusals():
        entry = EmployeeEntry(
            read_phone_number(number, country),
            read_name(name.strip()),
            read_language(language.strip()),
            tuple(dict.fromkeys(map(segment_name, segment or ()))),
            read_roles(";".join(role or ())),
        )
    change = connect(env, profile, region).employees.add(entry)
    if as_json:
        print_json({"phone_number": entry.phone_number, "changed": change is not None})
    elif change is None:
        print_line(f"{entry.phone_number} is an employee already; nothing was changed")
    else:
        done = "added" if change.record.action == "added" else "changed"
        joined = f"; joined {', '.join(change.new_segments)}" if change.new_segments else ""
        print_line(f"{entry.phone_number} was {done}{joined}")


@app.command("list")
def list_(
    *,
    segment: OneSegmentOption = None,
    find: Annotated[
        str, typer.Option("--find", metavar="TEXT", help="Only those whose name or number contains this.")
    ] = "",
    limit: LimitOption = DEFAULT_LIMIT,
    after: AfterOption = None,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Lists employees: all in no order, or those of a segment in the order of their numbers.

    With --find, a page has those of the next 1,000 employees whose name or number matches.

    Example: shift-sms employees list --segment night --limit 20 --env prod
    """
    if find.strip() and segment:
        raise Refused("--find looks at all employees: leave out --segment")
    employees = connect(env, profile, region).employees
    if find.strip():
        page = employees.find(find, after=after)
    else:
        page = employees.list(segment=segment, limit=limit, after=after)
    if as_json:
        print_json_page([attributes(row) for row in page.items], page.cursor)
        return
    if page.items:
        print_table(COLUMNS, [cells(row) for row in page.items])
    else:
        print_line("no employees on this page" if page.cursor or after else "there are no employees")
    print_more(page.cursor)


@app.command("show")
def show(
    number: NumberArgument,
    *,
    country: CountryOption = None,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Shows an employee: bookings, waiting lists, offers, recent texts and opt-out.

    Example: shift-sms employees show +14255550101 --env prod
    """
    with _refusals():
        phone_number = read_phone_number(number, country)
    details = connect(env, profile, region).employees.show(phone_number)
    if as_json:
        print_json(details_json(details))
    else:
        print_details(details)


@app.command("import")
def import_(
    file: FileArgument,
    *,
    segment: SegmentOption = None,
    country: CountryOption = None,
    sync: Annotated[
        bool,
        typer.Option(
            "--sync", help="The file is the complete roster: remove every employee whom it does not have."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Let --sync remove more than 20 % of the roster.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Loads employees from a CSV file. An empty cell keeps the stored value.

    The first line names the columns: phone_number, and any of name, language, roles, segments, hired_at, timezone,
    sites and notices. Several values in one cell are separated by a semicolon:

        phone_number,name,language,roles,segments
        +14255550101,Ann Bell,es,Bar;Door,night

    Rows that are wrong are reported, the others are loaded. Loading a file again changes nothing, and continues a
    load that was interrupted.

    Example: shift-sms employees import employees.csv --segment night --country US --env prod
    """
    work = EmployeesImport(lambda: connect(env, profile, region).employees, file, as_json=as_json)
    work.load(segment=segment, country=country, sync=sync, force=force, dry_run=dry_run, yes=yes)


@app.command("import-pinpoint")
def import_pinpoint(
    file: FileArgument,
    *,
    segment: SegmentOption = None,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Loads employees from endpoints that Amazon Pinpoint exported: JSON lines or CSV, gzipped or not.

    Example: shift-sms employees import-pinpoint export/part-0.gz --segment night --env prod
    """
    work = EmployeesImport(lambda: connect(env, profile, region).employees, file, as_json=as_json)
    work.load_endpoints(segment=segment)


@app.command("export")
def export(
    *,
    segment: OneSegmentOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="A file; by default the standard output."),
    ] = None,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Exports employees as CSV that `employees import` loads. No cell is a formula.

    Example: shift-sms employees export --output employees.csv --env prod
    """
    rows = (
        export_cells(row, segments)
        for row, segments in connect(env, profile, region).employees.export(segment=segment)
    )
    # Spreadsheets read the encoding from the byte order mark.
    count = save_csv(output, EXPORT_HEADER, rows, encoding="utf-8-sig")
    if count is not None:
        note(f"{count:,} employees exported to {output}")


@app.command("segments")
def segments_(
    *,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Lists the segments and how many members each has. Reads every membership.

    Example: shift-sms employees segments --env prod
    """
    found = connect(env, profile, region).employees.segments()
    if as_json:
        print_json([{"segment": name, "members": count} for name, count in found.items()])
    elif found:
        print_table(["segment", Column("members", right=True)], found.items())
    else:
        print_line("there are no segments")


@app.command("leave")
def leave(
    number: NumberArgument,
    *,
    segment: Annotated[
        list[str], typer.Option("--segment", help="A segment to leave. Give it again for another one.")
    ],
    country: CountryOption = None,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Takes an employee out of segments. The employee stays on the roster, with all seats.

    Campaigns that are launched, and waves that are planned already, still text the number.

    Example: shift-sms employees leave +14255550101 --segment night --env prod
    """
    with _refusals():
        phone_number = read_phone_number(number, country)
        segments = list(dict.fromkeys(map(segment_name, segment)))
    left = connect(env, profile, region).employees.leave(phone_number, segments)
    if as_json:
        print_json({"phone_number": phone_number, "left": left})
    elif left:
        print_line(f"{phone_number} left {', '.join(left)}")
    else:
        print_line(f"{phone_number} is no member of {', '.join(segments)}; nothing was changed")


@app.command("remove")
def remove(
    number: NumberArgument,
    *,
    country: CountryOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Removes an employee from the roster and every segment, and frees their seats and waiting-list places.

    The command returns when the seats are free. An opt-out is kept. An interrupted removal is completed by running the
    command again.

    Example: shift-sms employees remove +14255550101 --env prod
    """
    with _refusals():
        phone_number = read_phone_number(number, country)
    confirm(f"Remove {phone_number}? Seats, offers and waiting-list places become free.", yes=yes)
    removed = connect(env, profile, region).employees.remove(phone_number)
    if as_json:
        print_json(removed_json(removed))
    else:
        print_removed(removed)


@contextmanager
def _refusals() -> Iterator[None]:
    """Reports a wrong value as a refusal."""
    try:
        yield
    except BadValue as error:
        raise Refused(f"nothing was done: {error}") from None
