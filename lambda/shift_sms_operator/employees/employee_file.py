"""A spreadsheet of employees. It is read twice, one row at a time: first to check all of it, then to load it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from shift_sms_operator.csv_records import BadValue, Problem, UnusableFile, read_records
from shift_sms_operator.employees.employee_entry import COLUMNS, EmployeeEntry, read_entry


@dataclass
class CheckedFile:
    """What the first reading of a file has found."""

    lines: dict[int, int] = field(default_factory=dict)
    """The line of each number that can be loaded, by its digits. Per employee, only these are held in memory."""
    problems: list[Problem] = field(default_factory=list)

    def __contains__(self, phone_number: str) -> bool:
        # An operator may have written another text by hand as the key of a row.
        return phone_number[1:].isdecimal() and _digits(phone_number) in self.lines

    def __len__(self) -> int:
        return len(self.lines)


class EmployeeFile:
    """A CSV file of employees."""

    def __init__(self, path: Path, country: str | None = None) -> None:
        """Names a file.

        Args:
            path: The file.
            country: The two letters of the country of national numbers; None if there are none.
        """
        self._path = path
        self._country = country

    def check(self, on_progress: Callable[[int], None] = lambda _line: None) -> CheckedFile:
        """Reads the whole file, and finds every row that cannot be loaded.

        Args:
            on_progress: Is called with the line of each row.

        Raises:
            UnusableFile: nothing of the file can be loaded.
        """
        if self._path.exists() and not self._path.is_file():
            raise UnusableFile("it cannot be read twice; save it as a file")
        checked = CheckedFile()
        for line, entry in self._rows():
            on_progress(line)
            if isinstance(entry, Problem):
                checked.problems.append(entry)
                continue
            first = checked.lines.setdefault(_digits(entry.phone_number), line)
            if first != line:
                told = (
                    f"{entry.phone_number} is on line {first} already, which is loaded; remove one of the two"
                )
                checked.problems.append(Problem(line, told))
        return checked

    def entries(self, checked: CheckedFile) -> Iterator[EmployeeEntry]:
        """Yields the rows that can be loaded."""
        for line, entry in self._rows():
            if not isinstance(entry, Problem) and checked.lines.get(_digits(entry.phone_number)) == line:
                yield entry

    def _rows(self) -> Iterator[tuple[int, EmployeeEntry | Problem]]:
        for record in read_records(self._path, COLUMNS):
            if record.problem:
                yield record.line, Problem(record.line, record.problem)
                continue
            try:
                yield record.line, read_entry(record.values, self._country)
            except BadValue as error:
                yield record.line, Problem(record.line, str(error))


def _digits(phone_number: str) -> int:
    return int(phone_number[1:])
