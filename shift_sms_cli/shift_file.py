"""Shifts from a file: new ones are opened, and what it says of others is brought up to date.

Who has a seat, who waits and whether it is cancelled is none of the file's business: loading it again frees no shift.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shift_sms_cli.csv_file import BadValue, Columns, Problem, Rows, read_rows
from shift_sms_cli.shift_table import ShiftDefaults, ShiftTable
from shift_sms_runtime.language.intents import CarrierIntent, ShiftAction, ShiftCommand
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.multilingual.interpreter import interpret
from shift_sms_runtime.language.shift_codes import KnownCodes, normalize_code
from shift_sms_runtime.language.tokenizer import tokenize
from shift_sms_runtime.messaging.encoding import measure, with_gsm_substitutes
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import END_WITHOUT_START, index_keys

COLUMNS = Columns(
    required=("shift_id",),
    optional=(
        "shift_info",
        "starts_at",
        "ends_at",
        "respond_by",
        "timezone",
        "site",
        "role",
        "seats",
        "shift_status",
    ),
)

_DETAILS = ("shift_info", "starts_at", "ends_at", "respond_by", "timezone", "site", "role", "seats")
_WHO_HAS_IT = ("shift_status", "employee", "employees", "offers")
_WHERE_AND_WHEN = frozenset({"shift_info", "starts_at", "ends_at", "timezone", "site"})
_TRIES = 8


@dataclass(frozen=True)
class NewShift:
    """A row of a file of shifts: the item that it makes where there is none, and what the functions read in that."""

    item: Mapping[str, Any]
    shift: Shift
    text: str
    """What somebody who books it is answered."""
    lacking: str = ""
    """Why there can be no shift of this row alone. Of one that is there already, it may say as little as it likes."""


@dataclass(frozen=True)
class Changed:
    """A shift whose details are others now."""

    shift_id: str
    names: Sequence[str]
    uninformed: int
    """How many people have a seat, and are told nothing of another place or time."""

    def __str__(self) -> str:
        what = f"changed {self.shift_id}: {', '.join(self.names)}"
        if not self.uninformed:
            return what
        people = "1 person has" if self.uninformed == 1 else f"{self.uninformed} people have"
        return f"{what}; {people} it already and will not be told by us"


@dataclass
class Loaded:
    """What became of the rows."""

    new: list[NewShift] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Codes of those that were there as the file has them."""
    cancelled: list[str] = field(default_factory=list)
    """Codes of those that were cancelled before, and still are."""
    problems: list[Problem] = field(default_factory=list)


def read_shifts(path: Path, house: ShiftDefaults) -> Rows[NewShift]:
    """Reads a file of shifts. Raises UnusableFile."""
    return read_rows(
        path,
        COLUMNS,
        lambda values: _shift(values, house),
        lambda row: row.shift.shift_id,
        normalized=normalize_code,
    )


def load_shifts(table: ShiftTable, rows: Rows[NewShift], house: ShiftDefaults) -> Loaded:
    """Writes the shifts that are new, and of those that exist the details that are others; an empty cell says nothing.

    Writing the same again changes nothing.
    """
    loaded = Loaded()
    codes = table.codes() if rows.good else KnownCodes()
    for line, row in zip(rows.lines, rows.good, strict=True):
        try:
            _check_spelling(row.shift.shift_id, codes)
            _load(table, row, house, loaded)
        except BadValue as error:
            loaded.problems.append(Problem(line, str(error)))
    return loaded


def _load(table: ShiftTable, row: NewShift, house: ShiftDefaults, loaded: Loaded) -> None:
    there: dict[str, Any] = {}
    for _ in range(_TRIES):
        new = {**row.item, **index_keys(row.shift)}
        there = there or (table.get(row.shift.shift_id) if row.lacking else table.put_new(new))
        if not there:
            if row.lacking:
                raise BadValue(row.lacking)
            loaded.new.append(row)
            return
        changes = _changes(there, row.item)
        uninformed = _check_change(there, changes, house)
        written = {**changes, **index_keys(house.read({**there, **changes}))}
        now = table.change(there, written, while_same=(*_WHO_HAS_IT, *_DETAILS)) if changes else None
        if now is None:
            shift_id = row.shift.shift_id
            if changes:
                loaded.changed.append(Changed(shift_id, tuple(changes), uninformed))
            else:
                loaded.left.append(shift_id)
            if there.get("shift_status") == ShiftStatus.CANCELED:
                loaded.cancelled.append(shift_id)
            return
        there = now
    raise BadValue(f"others keep changing {row.shift.shift_id} at the same time; load the file again")


def _check_spelling(shift_id: str, codes: KnownCodes) -> None:
    """One that is there already keeps its code, for somebody may have it."""
    alike = codes.ids_of(normalize_code(shift_id))
    if alike and shift_id not in alike:
        raise BadValue(
            f"nobody could tell {shift_id} from {' or '.join(alike)}, which is there already; give it another code"
        )


def _changes(there: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what the file says otherwise. A number may have been typed as a text, or the other way round."""
    return {
        name: item[name]
        for name in _DETAILS
        if name in item and str(there.get(name, "")).strip() != str(item[name])
    }


def _check_change(there: Mapping[str, Any], changes: Mapping[str, Any], house: ShiftDefaults) -> int:
    """Returns how many people have a seat, and are told nothing of another place or time. Raises BadValue."""
    if not changes:
        return 0
    before, after = house.read(there), house.read({**there, **changes})
    if after.problems:
        raise BadValue(f"with what is there of {after.shift_id} already, {'; '.join(after.problems)}")
    _text(after, house)
    _check_seats(before, after)
    return 0 if _WHERE_AND_WHEN.isdisjoint(changes) else len(before.holders)


def _check_seats(before: Shift, after: Shift) -> None:
    """Nobody loses a seat because a file has fewer of them."""
    used = len(before.holders) + len(before.offers)
    # The one who has the only seat is kept in another attribute than several are.
    least = used if after.seats > 1 else max(2, used)
    if used and after.seats != before.seats and after.seats < least:
        people = "1 person has or is" if used == 1 else f"{used} people have or are"
        raise BadValue(
            f"seats is '{after.seats}', and {people} offered a seat of {before.shift_id}: write {least} or more"
        )


def _shift(values: dict[str, str], house: ShiftDefaults) -> NewShift:
    shift_id = values["shift_id"]
    item: dict[str, Any] = {name: value for name, value in values.items() if value}
    item |= {"shift_id": shift_id, "shift_status": values.get("shift_status") or ShiftStatus.AVAILABLE.value}
    shift = house.read(item)
    problems = [problem for problem in shift.problems if problem != END_WITHOUT_START]
    if problems:
        raise BadValue(f"{shift_id}: {'; '.join(problems)}")
    _check_code(shift_id, house)
    if shift.status not in (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN):
        raise BadValue(
            f"the shift_status {shift.status!r} must be {ShiftStatus.AVAILABLE} or {ShiftStatus.TAKEN}, or left out;"
            " cancel-shift cancels"
        )
    if shift.status == ShiftStatus.TAKEN and shift.seats > 1:
        raise BadValue(
            f"{shift_id} has {shift.seats} seats, and the shift_status {ShiftStatus.TAKEN} does not say whose they"
            " are; leave it out"
        )
    if any(mark in shift.role for mark in ",;"):
        raise BadValue(f"the role {shift.role!r} is several; a shift has one, or none and is for everybody")
    if "seats" in item:
        item["seats"] = shift.seats
    return NewShift(item, shift, _text(shift, house), _lacking(shift))


def _lacking(shift: Shift) -> str:
    if not shift.info and shift.starts_at is None:
        return (
            f"{shift.shift_id} has no shift_info and no starts_at; say when it is, like 15/08 5h nightshift"
        )
    return f"{shift.shift_id}: {END_WITHOUT_START}" if END_WITHOUT_START in shift.problems else ""


def _check_code(code: str, house: ShiftDefaults) -> None:
    parts = tokenize(code)
    intent = interpret(code, house.locale.lexicons, [code])
    if len(parts.words) > 1 and isinstance(intent, CarrierIntent):
        raise BadValue(
            f"nobody could book the shift_id {code!r} by text: carriers take what begins like that for a command of"
            " theirs; choose another code"
        )
    booking = ShiftCommand(ShiftAction.BOOK, (code,))
    one_word = parts.words and parts.typed(0, len(parts.words)) == code and not any(map(str.isspace, code))
    if not one_word or intent != booking:
        raise BadValue(
            f"nobody could book the shift_id {code!r} by text: it must be one word that begins and ends with a"
            " letter or digit, like XYZ123"
        )


def _text(shift: Shift, house: ShiftDefaults) -> str:
    text = with_gsm_substitutes(house.locale.say(Template.BOOKED, shifts=describe(shift, house.locale)))
    size = measure(text)
    if not size.sendable:
        raise BadValue(
            f"the text that {shift.shift_id} is booked would have {size.characters} {size.encoding} characters, at"
            f" most {size.max_characters} can be sent; shorten its shift_info"
        )
    return text
