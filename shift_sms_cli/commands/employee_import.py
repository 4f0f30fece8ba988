"""Runs an import of employees: progress, problems, the preview of removals, and what an interruption leaves."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from shift_sms_cli.commands.employee_views import freed_text
from shift_sms_cli.output import error, note, print_json, print_line
from shift_sms_cli.prompts import confirm
from shift_sms_operator.csv_records import Problem, UnusableFile
from shift_sms_operator.employees.employee_file import CheckedFile, EmployeeFile
from shift_sms_operator.employees.employee_loader import LoadCounts
from shift_sms_operator.employees.employees import OperatorEmployees, PlannedRemovals
from shift_sms_operator.employees.pinpoint.endpoints import Endpoints
from shift_sms_operator.refusals import Refused

_FAILED, _WRONG_INPUT = 1, 2
_SHOWN_REMOVALS = 20
_LINES_BETWEEN_UPDATES = 500


class EmployeesImport:
    """One run of a command that loads a file."""

    def __init__(self, connect: Callable[[], OperatorEmployees], file: Path, *, as_json: bool) -> None:
        """Configures the run.

        Args:
            connect: Connects to the deployment. It is called after the file was checked.
            file: The file.
            as_json: Whether the result is printed as JSON.
        """
        self._connect = connect
        self._file = file
        self._as_json = as_json
        self._counts = LoadCounts()
        self._removed = 0

    @cached_property
    def _employees(self) -> OperatorEmployees:
        return self._connect()

    def load(
        self,
        *,
        segment: str | None,
        country: str | None,
        sync: bool,
        force: bool,
        dry_run: bool,
        yes: bool,
    ) -> None:
        """Loads a CSV file. With `sync`, removes the employees whom it does not have.

        Raises:
            Refused: the file is unusable, or would remove too many employees. Nothing was changed.
            Exit: a row was rejected, or the run was interrupted.
        """
        file = EmployeeFile(self._file, country)
        with self._unusable(), _progress("checking", None) as advance:
            checked = file.check(lambda line: advance(line) if line % _LINES_BETWEEN_UPDATES == 0 else None)
        planned = self._planned(checked, force=force) if sync else None
        if dry_run:
            self._report_problems(checked.problems)
            self._print_dry_run(checked, planned)
            raise typer.Exit(_WRONG_INPUT if checked.problems else 0)
        if planned and planned.rows:
            confirm(f"Load {len(checked):,} employees and remove {len(planned.rows):,}?", yes=yes)
        self._report_problems(checked.problems)
        with self._recorded(len(checked), checked.problems), self._unusable():
            with _progress("loading", len(checked)) as advance:
                self._employees.load(
                    file,
                    checked,
                    segment=segment,
                    counts=self._counts,
                    on_progress=lambda counts: advance(counts.loaded),
                )
            freed = self._remove(planned) if planned else ""
        self._print_result(checked.problems, freed)
        if checked.problems:
            raise typer.Exit(_WRONG_INPUT)

    def load_endpoints(self, *, segment: str | None) -> None:
        """Loads a file of Amazon Pinpoint.

        Raises:
            Refused: the file is unusable. Nothing was changed.
            Exit: a line was rejected, or the run was interrupted.
        """
        problems: list[Problem] = []
        endpoints = Endpoints(self._file, problems.append)
        with self._recorded(None, problems), self._unusable(), _progress("loading", None) as advance:
            self._employees.load_endpoints(
                endpoints,
                segment=segment,
                counts=self._counts,
                on_progress=lambda counts: advance(counts.loaded),
            )
        self._report_problems(problems)
        loaded = len(endpoints.numbers)
        if self._as_json:
            print_json({"loaded": loaded, "rejected": len(problems), "problems": _problems_json(problems)})
        else:
            for line in _endpoints_report(endpoints):
                print_line(line)
        if endpoints.cut_off:
            error(
                f"{self._file}: what cannot be read may say that some of these employees have opted out, so they did "
                "not join the segment; get the whole file, and load it again"
            )
        if problems:
            raise typer.Exit(_WRONG_INPUT)

    def _planned(self, checked: CheckedFile, *, force: bool) -> PlannedRemovals:
        """Returns the removals of a complete roster, and shows them.

        Raises:
            Refused: they are too many. Nothing was changed.
        """
        planned = self._employees.removals(checked)
        if checked.problems:
            note("rows were rejected, so no employee is removed; correct them, and run the command again")
            return PlannedRemovals((), planned.roster)
        share = f"{len(planned.rows):,} of {planned.roster:,} employees"
        if planned.is_large and not force:
            raise Refused(
                f"nothing was changed: the file does not have {share}, which is more than 20 %; "
                "check that it is complete, or give --force"
            )
        if planned.rows:
            note(f"The file does not have {share}. They are removed:")
            for row in planned.rows[:_SHOWN_REMOVALS]:
                note(f"  {row.phone_number} {row.name}".rstrip())
            if len(planned.rows) > _SHOWN_REMOVALS:
                note(f"  and {len(planned.rows) - _SHOWN_REMOVALS:,} others")
        return planned

    def _remove(self, planned: PlannedRemovals) -> str:
        """Removes employees. Returns what that freed."""
        numbers = [row.phone_number for row in planned.rows]
        if not numbers:
            return "nothing"
        with _progress("removing", len(numbers)) as advance:

            def count(removed: int) -> None:
                self._removed = removed
                advance(removed)

            removed = self._employees.remove_all(numbers, count)
        return freed_text([place for one in removed for place in one.freed])

    @contextmanager
    def _unusable(self) -> Iterator[None]:
        try:
            yield
        except UnusableFile as refused:
            raise Refused(f"{self._file}: {refused}") from None

    @contextmanager
    def _recorded(self, total: int | None, problems: Sequence[Problem]) -> Iterator[None]:
        """Adds the audit record of the import, and says on one line what an interruption leaves."""
        try:
            yield
        except Refused:
            raise
        except BaseException as stopped:
            if self._counts.loaded or self._removed:
                with contextlib.suppress(Exception):
                    self._record(problems, complete=False)
            of = "" if total is None else f" of {total:,}"
            removed = f", {self._removed:,} removed" if self._removed else ""
            done = (
                f"stopped: {self._counts.loaded:,}{of} employees are loaded{removed}; run the command again"
            )
            if isinstance(stopped, KeyboardInterrupt):
                error(f"{done} to continue")
                raise typer.Exit(_FAILED) from None
            if self._counts.loaded or self._removed:
                note(done)
            raise
        self._record(problems, complete=True)

    def _record(self, problems: Sequence[Problem], *, complete: bool) -> None:
        self._employees.record_import(
            self._file, self._counts, len(problems), removed=self._removed, complete=complete
        )

    def _report_problems(self, problems: Sequence[Problem]) -> None:
        if not self._as_json:
            for problem in problems:
                error(f"{self._file}, line {problem.line}: not loaded: {problem.message}")

    def _print_dry_run(self, checked: CheckedFile, planned: PlannedRemovals | None) -> None:
        if self._as_json:
            print_json(
                {
                    "loaded": 0,
                    "rejected": len(checked.problems),
                    "problems": _problems_json(checked.problems),
                }
            )
            return
        removes = f", {len(planned.rows):,} would be removed" if planned else ""
        print_line(
            f"{_count(len(checked))} would be loaded, {len(checked.problems):,} rejected{removes}; "
            "nothing was changed (--dry-run)"
        )

    def _print_result(self, problems: Sequence[Problem], freed: str) -> None:
        counts = self._counts
        if self._as_json:
            print_json(
                {"loaded": counts.loaded, "rejected": len(problems), "problems": _problems_json(problems)}
            )
            return
        print_line(
            f"{_count(counts.loaded)} loaded ({counts.added:,} added, {counts.changed:,} changed, "
            f"{counts.unchanged:,} unchanged), {len(problems):,} rejected"
        )
        if freed:
            print_line(f"{_count(self._removed)} removed; freed: {freed}")


def _endpoints_report(endpoints: Endpoints) -> Iterator[str]:
    yield f"{_count(len(endpoints.numbers))} loaded"
    if endpoints.opted_out:
        yield f"{endpoints.opted_out:,} of them have opted out and are not texted"
    if endpoints.opted_out_inactive:
        inactive = _count(endpoints.opted_out_inactive, "inactive number")
        yield f"{inactive} opted out: recorded, in case another file has them as active"
    if endpoints.other_channels:
        channels = ", ".join(f"{name} {count}" for name, count in endpoints.other_channels.most_common())
        yield f"{_count(endpoints.other_channels.total(), 'endpoint')} of other channels skipped: {channels}"
    if endpoints.inactive:
        yield f"{_count(endpoints.inactive, 'inactive endpoint')} skipped"


def _problems_json(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [{"line": problem.line, "message": problem.message} for problem in problems]


def _count(number: int, thing: str = "employee") -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Shows a progress bar on a terminal. Yields a function that takes how much is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        task: TaskID = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
