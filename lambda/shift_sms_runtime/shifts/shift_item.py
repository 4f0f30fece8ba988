"""Converts between the items of the Shifts table and shifts.

Operators may edit the items by hand.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.shift_codes import normalize_code, reserved_word
from shift_sms_runtime.language.tokenizer import LONGEST_CODE
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.time_zones import read_utc_time
from shift_sms_runtime.shifts.changes.announced import read_history, stored_history
from shift_sms_runtime.shifts.filling.fill_details import FillDefaults
from shift_sms_runtime.shifts.manager_notices.event import ManagerEvent, ManagerEvents, in_order
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_times import read_time
from shift_sms_runtime.shifts.waiting_list import Offer

if TYPE_CHECKING:
    from shift_sms_runtime.shifts.filling.fill_plan import FillPlan

_UTC = ZoneInfo("UTC")

_FILL_DEFAULTS = FillDefaults()


_PLAUSIBLE_YEARS = range(2000, 2200)
"""A time in another year is a typing mistake."""


MAX_SEATS = 500
"""The item contains the holders and is limited to 400 KB. Source: DynamoDB quotas."""


WRITTEN_ATTRIBUTES = (
    "shift_status",
    "employee",
    "employees",
    "waiting_list",
    "offers",
    "cancelled_for",
    "sick_calls",
    "given_back",
    "manager_events",
    "announced",
    "shift_error",
)
"""The attributes that a change writes."""


COMPARED_ATTRIBUTES = (
    *WRITTEN_ATTRIBUTES,
    "seats",
    "starts_at",
    "ends_at",
    "respond_by",
    "timezone",
    "role",
    "site",
)
"""The attributes that a decision or an index depends on.

A change is written only if they are as they were read.
"""


FILL_DETAILS = (
    "fill_by",
    "fill_order",
    "fill_segment",
    "fill_wave_size",
    "fill_wave_minutes",
    "fill_urgent",
)
"""The attributes of a fill plan that operators write."""


FILL_ATTRIBUTES = (*FILL_DETAILS, "fill_status", "fill_started_at")
"""The attributes that a decision about a fill plan depends on. An operator writes all but the last."""


INDEX_ATTRIBUTES = ("listed_role", "listed_at", "code_initial", "code", "start_list", "start_position")
"""The keys of the indexes `open-shifts`, `by-code` and `by-start`. An item without them is in none."""


START_LIST = "all"
"""`start_list` of every shift: operators list all shifts in the order of their start."""


LISTED_ATTRIBUTES = (
    "shift_id",
    "shift_info",
    "starts_at",
    "ends_at",
    "respond_by",
    "timezone",
    "site",
    "role",
)
"""What a list shows or checks of a shift with a free seat.

The index `open-shifts` has these attributes alone.
"""


EXPIRES_AT = "expires_at"
"""The attribute after which DynamoDB deletes the item, in seconds since 1970."""


_CANCELED_IN_AMERICAN_ENGLISH = "canceled"
"""Also accepted as a status, because an operator may write it."""


ANY_ROLE = "-"
"""`listed_role` of a shift for every employee. A key cannot be empty."""


LONGEST_ROLE = 100
"""The most characters of a role. A shift of a longer role is in no list.

Source: a partition key has at most 2,048 bytes.
"""


_LONGEST_LISTED_SITE = 64
"""Characters of the site that order a list. Source: a sort key has at most 1,024 bytes."""


_WITHOUT_START = "9999"
"""Orders shifts without a start after all others."""


END_WITHOUT_START = "ends_at needs starts_at: add starts_at, or remove ends_at"
"""The problem of an update that omits `starts_at`, even if the stored item has it."""


class ShiftReader:
    """Reads items. An unreadable attribute becomes one of `Shift.problems`, not an exception."""

    def __init__(
        self,
        zone: ZoneInfo = _UTC,
        lexicons: Sequence[Lexicon] = (),
        fill_defaults: FillDefaults = _FILL_DEFAULTS,
    ) -> None:
        """Creates a reader.

        Args:
            zone: the time zone of shifts without `timezone`.
            lexicons: an id must not be one of their commands or a carrier keyword. Without lexicons, any id is allowed.
            fill_defaults: what applies to a fill plan whose item does not say it.
        """
        self.zone = zone
        self.fill_defaults = fill_defaults
        self._lexicons = lexicons

    def read(self, item: Mapping[str, Any]) -> Shift:
        """Returns the shift of an item."""
        shift_id = str(item["shift_id"])
        attributes = _Attributes(item, self.zone)
        word = reserved_word(shift_id, self._lexicons) if self._lexicons else None
        if word is not None:
            attributes.problems.append(
                f"shift_id is {word}, which is a command or a carrier keyword: choose another code"
            )
        status = attributes.text("shift_status")
        if status == _CANCELED_IN_AMERICAN_ENGLISH:
            status = ShiftStatus.CANCELED
        seats = attributes.seats()
        starts_at, ends_at = attributes.time("starts_at"), attributes.time("ends_at")
        respond_by = attributes.time("respond_by")
        if starts_at and ends_at and ends_at <= starts_at:
            attributes.problems.append(
                f"ends_at is {attributes.text('ends_at')!r}:"
                f" write a time after starts_at, {attributes.text('starts_at')!r}"
            )
        if ends_at and not starts_at and "starts_at" not in item:
            attributes.problems.append(END_WITHOUT_START)
        holders = attributes.holders(status, seats)
        offers = {number: offer for number, offer in attributes.offers().items() if number not in holders}
        waiting = attributes.numbers("waiting_list")
        fill = _read_fill_plan(item, attributes, self.fill_defaults)
        return Shift(
            shift_id=shift_id,
            info=attributes.text("shift_info"),
            status=status,
            seats=seats,
            holders=holders,
            waiting=tuple(number for number in waiting if number not in {**holders, **offers}),
            offers=offers,
            starts_at=starts_at,
            ends_at=ends_at,
            respond_by=respond_by,
            zone=attributes.zone,
            site=attributes.text("site"),
            role=attributes.text("role"),
            canceled_for={number: at for number, at in attributes.times("cancelled_for").items() if at},
            sick_calls={number: at for number, at in attributes.times("sick_calls").items() if at},
            given_back={number: at for number, at in attributes.times("given_back").items() if at},
            manager_events=attributes.manager_events(),
            announced=read_history(item.get("announced")),
            error=attributes.text("shift_error"),
            problems=tuple(attributes.problems),
            fill=fill,
            stored_item=item,
        )


def written_attributes(shift: Shift) -> dict[str, Any]:
    """Returns a value for each of `WRITTEN_ATTRIBUTES`; None removes the attribute."""
    holder = next(iter(shift.holders), None) if shift.seats == 1 else None
    return {
        "shift_status": str(shift.status) or None,
        "employee": holder,
        "employees": {number: _format_time(since) for number, since in shift.holders.items()} or None,
        "waiting_list": list(shift.waiting) or None,
        "offers": {number: _format_offer(offer) for number, offer in shift.offers.items()} or None,
        "cancelled_for": {number: _format_time(at) for number, at in shift.canceled_for.items()} or None,
        "sick_calls": {number: _format_time(at) for number, at in shift.sick_calls.items()} or None,
        "given_back": {number: _format_time(at) for number, at in shift.given_back.items()} or None,
        "manager_events": stored_manager_events(shift),
        "announced": stored_history(shift.announced),
        "shift_error": shift.error or None,
        **(shift.urgent_fill.attributes(shift) if shift.urgent_fill else {}),
    }


def stored_manager_events(shift: Shift) -> dict[str, Any] | None:
    """Returns the attribute `manager_events` of a shift; None without one."""
    events = shift.manager_events
    return {one.name: {"at": _format_time(one.at), "employee": one.employee} for one in events} or None


def index_attributes(shift: Shift) -> dict[str, Any]:
    """Returns a value for each of `INDEX_ATTRIBUTES`; None removes the attribute.

    Open and taken shifts are found by code. Shifts with a free seat are listed. Other shifts leave these indexes: a
    shift that is canceled, or that was closed because its time has come. Operators list every shift by its start.
    """
    code = normalize_code(shift.shift_id)
    is_found = (
        shift.status in (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN)
        and not shift.problems
        and len(code) > 0
        and len(shift.shift_id) <= LONGEST_CODE
    )
    is_listed = (
        is_found
        and shift.status == ShiftStatus.AVAILABLE
        and shift.free_seats > 0
        and len(shift.role) <= LONGEST_ROLE
    )
    return {
        "listed_role": listed_role(shift.role) if is_listed else None,
        "listed_at": _listed_at(shift) if is_listed else None,
        "code_initial": code[0] if is_found else None,
        "code": code if is_found else None,
        "start_list": START_LIST,
        "start_position": start_position(shift),
    }


def index_keys(shift: Shift) -> dict[str, Any]:
    """Returns the index attributes with which a new item is found at once.

    `detect_shift_changes` adds them to other items.
    """
    return {name: value for name, value in index_attributes(shift).items() if value is not None}


def listed_role(role: str) -> str:
    """Returns the partition of `open-shifts` for a role, which may be empty."""
    return role.casefold() or ANY_ROLE


def listed_from(time: datetime) -> str:
    """Returns the part of `listed_at` that is the start.

    It orders before every shift that starts later.
    """
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def order_of_start(start: datetime | None) -> str:
    """Returns a string that orders shifts by their start. Those without a start come last."""
    return listed_from(start) if start else _WITHOUT_START


def start_position(shift: Shift) -> str:
    """Returns the position of a shift among all shifts in the order of their start."""
    return f"{order_of_start(shift.starts_at)}#{shift.shift_id}"


def expiry(shift: Shift, retention_days: int) -> int | None:
    """Returns `expires_at`: the end of the shift and the retention. None keeps the item."""
    if shift.span is None or not retention_days:
        return None
    return int((shift.span.end + timedelta(days=retention_days)).timestamp())


def _listed_at(shift: Shift) -> str:
    # Shifts without a start are in the order of their codes.
    site = shift.site[:_LONGEST_LISTED_SITE] if shift.starts_at else ""
    return f"{order_of_start(shift.starts_at)}#{site}#{shift.shift_id}"


def _format_time(time: datetime | None) -> str:
    return time.isoformat() if time else ""


def _format_offer(offer: Offer) -> dict[str, Any]:
    return {"since": _format_time(offer.since), "until": _format_time(offer.until)}


class _Attributes:
    """Reads the attributes of an item. A value of an unexpected type counts as missing."""

    def __init__(self, item: Mapping[str, Any], default_zone: ZoneInfo) -> None:
        self._item = item
        self.problems: list[str] = []
        self.zone = default_zone
        name = self.text("timezone")
        if name:
            try:
                self.zone = ZoneInfo(name)
            except (ValueError, OSError, LookupError):
                self.problems.append(f"timezone is {name!r}: write a name like Europe/Berlin")

    def text(self, name: str) -> str:
        value = self._item.get(name)
        return str(value).strip() if isinstance(value, str | Decimal | int) else ""

    def numbers(self, name: str) -> list[str]:
        """Reads a list of phone numbers, without repetitions."""
        value = self._item.get(name)
        entries = value if isinstance(value, list) else ()
        return list(dict.fromkeys(_read_number(entry) for entry in entries if isinstance(entry, str)))

    def time(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            time = read_time(text, self.zone)
        except (ValueError, OverflowError):
            time = None
        if time is None or time.year not in _PLAUSIBLE_YEARS:
            self.problems.append(f"{name} is {text!r}: write a time like 2026-08-15T22:00")
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
        if not 1 <= seats <= MAX_SEATS:
            self.problems.append(f"seats is {text!r}: write a whole number from 1 to {MAX_SEATS}")
            return MAX_SEATS  # every holder keeps the seat while the operator corrects the number
        return seats

    def holders(self, status: str, seats: int) -> dict[str, datetime | None]:
        since = self.times("employees")
        written = self.text("employee")
        employee = _read_number(written) if written else ""
        if seats > 1 or len(since) > 1:  # more holders than seats: the operator has reduced `seats`
            numbers = [*since, *([employee] if employee else [])]
        elif status == ShiftStatus.AVAILABLE and employee:
            numbers = []  # as in the blog post, the status alone decides whether the shift is taken
        else:
            numbers = [employee] if employee else list(since)
        return {_read_number(number): since.get(number) for number in numbers}

    def times(self, name: str) -> dict[str, datetime | None]:
        """Reads a map from phone numbers to times."""
        value = self._item.get(name)
        entries = value if isinstance(value, dict) else {}
        return {_read_number(number): read_utc_time(time) for number, time in entries.items()}

    def manager_events(self) -> ManagerEvents:
        stored = self._item.get("manager_events")
        read = []
        for name, event in stored.items() if isinstance(stored, dict) else ():
            at = read_utc_time(event.get("at")) if isinstance(event, dict) else None
            # Earlier versions recorded one event of each kind, without the employee in its name.
            kind = name.partition("#")[0]
            if at and kind in list(ManagerNotice):
                read.append(ManagerEvent(ManagerNotice(kind), at, str(event.get("employee") or "")))
        return in_order(read)

    def offers(self) -> dict[str, Offer]:
        offers = self._item.get("offers")
        read = {}
        for number, offer in offers.items() if isinstance(offers, dict) else ():
            if not isinstance(offer, dict):
                continue
            since, until = read_utc_time(offer.get("since")), read_utc_time(offer.get("until"))
            if since and until:
                read[_read_number(number)] = Offer(since, until)
        return read


def _read_fill_plan(
    item: Mapping[str, Any], attributes: _Attributes, defaults: FillDefaults
) -> "FillPlan | None":
    if "fill_by" not in item and "fill_order" not in item:
        return None
    # Most shifts have no fill plan, and a cold start loads no module that it does not need.
    from shift_sms_runtime.shifts.filling.fill_plan import read_fill_plan  # noqa: PLC0415

    return read_fill_plan(item, attributes, defaults)


def _read_number(text: str) -> str:
    try:
        return to_e164(text)
    except NotAPhoneNumber:
        return text
