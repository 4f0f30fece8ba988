"""`shift-sms shifts import` and `export`: files of shifts."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.fill_plans.words import count_of
from shift_sms_cli.output import (
    JsonOption,
    counting,
    error,
    note,
    print_json,
    print_line,
    print_table,
    save_csv,
)
from shift_sms_cli.shift_output import TOLD_WHEN
from shift_sms_operator.composition import Operator
from shift_sms_operator.csv_records import UnusableFile
from shift_sms_operator.shifts.shift_import import EXPORT_HEADER, ImportAction, ImportedRow, exported

_WRONG_INPUT = 2

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show the result, and change nothing.")]


def import_shifts(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="A CSV file; its first line names the columns.")
    ],
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Adds the shifts of a CSV file, and changes the details of those that exist. An empty cell changes nothing.

    The first line names the columns: shift_id, and any of shift_info, starts_at, ends_at, respond_by, timezone, site,
    role, seats, and the attributes of a fill plan: fill_by, fill_order, fill_segment, fill_wave_size,
    fill_wave_minutes, fill_urgent. fill_by or fill_order starts a fill plan at once, without a question. Times are
    those of the shift's place:

        shift_id,shift_info,starts_at,ends_at,site,role,seats
        XYZ123,15/08 5h nightshift,2026-08-15 22:00,2026-08-16 03:00,Harbor,Bar,2

    Example: shift-sms shifts import shifts.csv --dry-run
    """
    operator = connect(env, profile, region)
    try:
        rows = _import(operator, file, dry_run=dry_run)
    except UnusableFile as unusable:
        raise UnusableFile(f"{file}: {unusable}") from None
    problems = [row.problem for row in rows if row.problem]
    loaded = len(rows) - len(problems)
    if json:
        print_json(
            {
                "loaded": loaded,
                "rejected": len(problems),
                "problems": [{"line": one.line, "message": one.message} for one in problems],
            }
        )
    else:
        if dry_run:
            _print_import_preview(rows)
        counts = Counter(row.action.value for row in rows if row.problem is None)
        done = ", ".join(f"{count} {action}" for action, count in counts.items()) or "none"
        would, unchanged = (" would be", "; nothing was changed (--dry-run)") if dry_run else ("", "")
        print_line(f"{loaded}{would} loaded ({done}), {len(problems)} rejected{unchanged}")
        if plans := sum(row.starts_plan for row in rows):
            starts = "would start" if dry_run else "starts"
            print_line(f"{starts} {count_of(plans, 'fill plan')}: employees are texted", style="yellow")
        _print_notices(rows, dry_run=dry_run)
        for one in problems:
            error(f"{file}, line {one.line}: {one.message}")
    if problems:
        raise typer.Exit(_WRONG_INPUT)


def export_shifts(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="A file; by default the standard output."),
    ] = None,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Writes all shifts as a CSV file that `import` reads.

    Example: shift-sms shifts export --output shifts.csv
    """
    rows = [exported(shift) for shift in connect(env, profile, region).shifts.lists.all()]
    count = save_csv(output, EXPORT_HEADER, rows)
    if count is not None:
        note(f"{count} {'shift' if count == 1 else 'shifts'} in {output}")


def _import(operator: Operator, file: Path, *, dry_run: bool) -> list[ImportedRow]:
    rows: list[ImportedRow] = []
    try:
        with counting("rows") as show:
            for row in operator.shifts.importer.load(file, dry_run=dry_run):
                rows.append(row)
                show(len(rows))
    except KeyboardInterrupt:
        done = sum(row.problem is None for row in rows)
        error(f"stopped: {done} rows are loaded; run the command again to load the rest")
        raise typer.Exit(1) from None
    return sorted(rows, key=lambda row: row.line)


def _print_notices(rows: list[ImportedRow], *, dry_run: bool) -> None:
    """Prints what the holders of changed shifts are told, and how many segments each text has."""
    notices = [(row.shift_id, row.notice) for row in rows if row.notice]
    if not notices:
        return
    print_table(
        ["code", "employees", "SMS segments", "text"],
        [
            (code, len(notice.numbers), notice.text.size.segments, notice.text.text)
            for code, notice in notices
        ],
    )
    texts = count_of(sum(len(notice.numbers) for _, notice in notices), "employee")
    print_line(f"{texts} {'would be' if dry_run else 'are'} affected. {TOLD_WHEN}", style="yellow")


def _print_import_preview(rows: list[ImportedRow]) -> None:
    print_table(
        ["line", "code", "action", "SMS segments", "text"],
        [
            (row.line, row.shift_id, row.action.value, row.preview.size.segments, row.preview.text)
            for row in rows
            if row.preview and row.action is not ImportAction.REJECTED
        ],
    )
