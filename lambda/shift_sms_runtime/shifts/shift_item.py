"""The item of the Shifts table: reads what people write by hand, writes what changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.shift_codes import reserved
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.shifts.shift import Offer, Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_times import read_time

_YEARS = range(2000, 2200)
"""In which shifts are; others are mistakes of typing."""


MOST_SEATS = 500
"""Holders are kept on the item, and an item may have 400 KB."""


WRITTEN = (
    "shift_status",
    "employee",
    "employees",
    "waiting_list",
    "offers",
    "cancelled_for",
    "shift_error",
)
"""Attributes that a change writes."""


DECISIVE = (*WRITTEN, "seats", "starts_at", "ends_at", "respond_by", "timezone", "role")
"""Attributes that a change was decided on: it is written only while they are as they were read."""


ENDS_ALONE = "ends_at is there without starts_at"
"""The problem of an item that is fine as soon as it has `starts_at`."""


def read_shift(
    item: Mapping[str, Any],
    *,
    default_zone: ZoneInfo,
    reserved: Callable[[str], str | None] = lambda _code: None,
) -> Shift:
    """Read an item as written by hand: what cannot be read is a problem of the shift, and never an exception.

    ``reserved`` says which word of ours an id would be taken for.
    """
    reader = _Reader(item, default_zone)
    word = reserved(str(item["shift_id"]))
    if word is not None:
        reader.problems.append(
            f"shift_id is {word}, which people text for something else: choose another code"
        )
    status = reader.text("shift_status")
    seats = reader.seats()
    starts_at, ends_at = reader.time("starts_at"), reader.time("ends_at")
    respond_by = reader.time("respond_by")
    if starts_at and ends_at and ends_at <= starts_at:
        reader.problems.append(
            f"ends_at is {reader.text('ends_at')!r}: write a time after starts_at, {reader.text('starts_at')!r}"
        )
    if ends_at and not starts_at and "starts_at" not in item:
        reader.problems.append(ENDS_ALONE)
    holders = reader.holders(status, seats)
    offers = {person: offer for person, offer in reader.offers().items() if person not in holders}
    return Shift(
        shift_id=str(item["shift_id"]),
        info=reader.text("shift_info"),
        status=status,
        seats=seats,
        holders=holders,
        waiting=tuple(one for one in reader.numbers("waiting_list") if one not in {**holders, **offers}),
        offers=offers,
        starts_at=starts_at,
        ends_at=ends_at,
        respond_by=respond_by,
        zone=reader.zone,
        site=reader.text("site"),
        role=reader.text("role"),
        cancelled_for={person: at for person, at in reader.moments("cancelled_for").items() if at},
        error=reader.text("shift_error"),
        problems=tuple(reader.problems),
        stored=item,
    )


class _Reader:
    """Takes attributes out of an item. What is neither text nor number where one belongs counts as not there."""

    def __init__(self, item: Mapping[str, Any], default_zone: ZoneInfo) -> None:
        self._item = item
        self.problems: list[str] = []
        self.zone = default_zone
        name = self.text("timezone")
        if name:
            try:
                self.zone = ZoneInfo(name)
            except (ValueError, OSError):
                self.problems.append(f"timezone is {name!r}: write a name like Europe/Berlin")
            except LookupError:
                self.problems.append(f"timezone is {name!r}: write a name like Europe/Berlin")

    def text(self, name: str) -> str:
        value = self._item.get(name)
        return str(value).strip() if isinstance(value, str | Decimal | int) else ""

    def numbers(self, name: str) -> list[str]:
        """Phone numbers, each once."""
        value = self._item.get(name)
        listed = value if isinstance(value, list) else ()
        return list(dict.fromkeys(_number(one) for one in listed if isinstance(one, str)))

    def time(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            time = read_time(text, self.zone)
        except (ValueError, OverflowError):
            time = None
        if time is None or time.year not in _YEARS:
            self.problems.append(f"{name} is {text!r}: write a time like 2026-08-15T22:00:00+02:00")
            return None
        return time

    def seats(self) -> int:
        text = self.text("seats")
        if not text:
            return 1
        try:
            seats = int(text)
        except ValueError:
            seats = 0
        if not 1 <= seats <= MOST_SEATS:
            self.problems.append(f"seats is {text!r}: write a whole number from 1 to {MOST_SEATS}")
            return MOST_SEATS  # whoever has one keeps it while the operator mends the number
        return seats

    def holders(self, status: str, seats: int) -> dict[str, datetime | None]:
        since = self.moments("employees")
        employee = self.text("employee")
        if seats > 1 or len(since) > 1:  # more people than seats: the operator has taken seats away
            names = [*since, *([employee] if employee else [])]
        elif status == ShiftStatus.AVAILABLE and employee:
            names = []  # as in the post: the status says whether somebody has it
        else:
            names = [employee] if employee else list(since)
        return {_number(name): since.get(name) for name in names}

    def moments(self, name: str) -> dict[str, datetime | None]:
        value = self._item.get(name)
        listed = value if isinstance(value, dict) else {}
        return {_number(person): _moment(at) for person, at in listed.items()}

    def offers(self) -> dict[str, Offer]:
        offers = self._item.get("offers")
        read = {}
        for person, offer in offers.items() if isinstance(offers, dict) else ():
            if not isinstance(offer, dict):
                continue
            since, until = _moment(offer.get("since")), _moment(offer.get("until"))
            if since and until:
                told, refused = offer.get("told") is True, offer.get("refused") is True
                read[_number(person)] = Offer(since, until, told, refused)
        return read


def _number(text: str) -> str:
    try:
        return to_e164(text)
    except NotAPhoneNumber:
        return text


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class ShiftReader:
    """Reads items of the Shifts table, and knows the words that no shift may be called by."""

    def __init__(self, zone: ZoneInfo, lexicons: Sequence[Lexicon]) -> None:
        """``zone`` is where shifts are that name none."""
        self._zone = zone
        self._lexicons = lexicons

    def read(self, item: Mapping[str, Any]) -> Shift:
        """A shift as its item is."""
        return read_shift(item, default_zone=self._zone, reserved=lambda code: reserved(code, self._lexicons))
