"""Describes audit records for people: what was changed, from which values to which, with names and local times.

A record may hold any text of programs and employees. So each text, and the number of texts, is limited.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from shift_sms_runtime.audit.audit_record import AuditRecord, Subject

NOTHING = "none"
"""What is shown for an attribute that is not there."""

_LONGEST_TEXT = 80
_MOST_ENTRIES = 5
"""Entries of a list that are shown, such as the employees of a shift."""
_MOST_VALUES = 12
"""Attributes of a record that are shown."""

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")
_TITLES = {
    "cancelled_for": "canceled for",
    "shift_info": "details",
    "shift_status": "status",
    "campaign_message": "message",
    "campaign_status": "status",
    "message_status": "status",
}
_WORDS = {"cancelled": "canceled"}
"""Attributes and values that are stored in other words than those of the texts of the product."""

_IDS = frozenset({"shift_id", "campaign_id", "phone_number", "file"})
_ORDER = (
    "shift_info", "starts_at", "ends_at", "respond_by", "timezone", "site", "role", "seats", "shift_status",
    "name", "language", "roles",
)  # fmt: skip
"""The attributes that come first, in the order of the forms."""
_KINDS = {"inbox": "inbox message", "console-user": "console operator"}
"""The kinds of things whose names in the table are no words of an operator."""

Called = Callable[[str], str]
"""Returns what an employee is called, by phone number."""


@dataclass(frozen=True)
class ValueChange:
    """What a change did to one attribute."""

    title: str
    before: str
    after: str

    def words(self, arrow: str) -> str:
        """Returns the change on one line. A value that replaces none is shown alone."""
        change = self.after if self.before == NOTHING else f"{self.before} {arrow} {self.after}"
        return f"{self.title}: {change}"


@dataclass(frozen=True)
class DescribedChange:
    """An audit record in words."""

    at: datetime
    actor: str
    subject: str
    """What was changed, such as `shift XYZ123`."""
    kind: str
    """The kind of what was changed: a value of `Subject`, unless another program wrote the record."""
    thing_id: str
    """The id of what was changed."""
    action: str
    values: tuple[ValueChange, ...]


def describe(record: AuditRecord, zone: tzinfo, called: Called) -> DescribedChange:
    """Returns a record in words.

    Of a list, such as the employees of a shift, only the entries that differ are there.

    Args:
        record: The record.
        zone: The zone of the times.
        called: Returns what an employee is called.
    """
    kind, _, thing = record.subject.partition("#")
    if kind == Subject.IMPORT:
        # The id of an import of shifts says nothing to an operator.
        thing = str(record.after.get("file", thing))
    names = sorted(
        (name for name in {*record.before, *record.after} if not _repeats(record, name, thing)), key=_place
    )
    values = [_value_change(name, record, zone, called) for name in names[:_MOST_VALUES]]
    if (more := len(names) - _MOST_VALUES) > 0:
        values.append(ValueChange(f"{more} more attributes", "not shown", "not shown"))
    return DescribedChange(
        at=record.at,
        actor=_short(record.actor),
        subject=f"{_KINDS.get(kind, kind)} {'' if kind == Subject.INBOX else _text(thing, zone, called)}".strip(),
        kind=kind,
        thing_id=thing,
        action=_short(record.action),
        values=tuple(values),
    )


def _repeats(record: AuditRecord, name: str, thing: str) -> bool:
    """Returns whether an attribute says nothing further: the id of a new thing, or a count of an import that is 0."""
    if record.subject.startswith(f"{Subject.IMPORT}#") and record.after.get(name) == 0:
        return True
    return name in _IDS and name not in record.before and record.after[name] == thing


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _value_change(name: str, record: AuditRecord, zone: tzinfo, called: Called) -> ValueChange:
    before, after = record.before.get(name), record.after.get(name)
    title = _short(_TITLES.get(name, name.replace("_", " ")))
    if not (_is_list(before) or _is_list(after)):
        return ValueChange(title, _value(before, zone, called), _value(after, zone, called))
    old, new = _entries(before), _entries(after)
    left = [entry for entry in old if entry not in new]
    joined = [entry for entry in new if entry not in old]
    if not left and not joined:
        # The order alone has changed.
        left, joined = old, new
    return ValueChange(title, _listed(left, zone, called), _listed(joined, zone, called))


def _is_list(value: object) -> bool:
    return isinstance(value, Mapping | list | tuple | set | frozenset)


def _entries(value: object) -> list[object]:
    """Returns the entries of a list; those of a map as pairs; a single value as the only one."""
    match value:
        case None:
            return []
        case Mapping():
            return [*value.items()]
        case set() | frozenset():
            return sorted(value, key=str)
        case list() | tuple():
            return [*value]
        case _:
            return [value]


def _listed(entries: Sequence[object], zone: tzinfo, called: Called) -> str:
    shown = [_entry(entry, zone, called) for entry in entries[:_MOST_ENTRIES]]
    if more := max(0, len(entries) - _MOST_ENTRIES):
        shown.append(f"{more} more")
    return ", ".join(shown) or NOTHING


def _entry(entry: object, zone: tzinfo, called: Called) -> str:
    """Returns an entry of a list, such as `Ann (+14255550101) since 2026-08-15 21:04 CEST`."""
    if not isinstance(entry, tuple):
        return _value(entry, zone, called)
    name, value = entry
    details = value if isinstance(value, Mapping) else {"": value}
    parts = [_text(str(name), zone, called)]
    for title, detail in [*details.items()][:_MOST_ENTRIES]:
        if detail not in (None, ""):
            # An employee has a shift since a time. Other maps have counts and texts.
            since = "since" if _TIME.match(str(detail)) else ""
            parts += [_short(str(title)) or since, _value(detail, zone, called)]
    return " ".join(filter(None, parts))


def _value(value: object, zone: tzinfo, called: Called) -> str:
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case str():
            return _text(value, zone, called)
        case _:
            return _short(str(value))


def _text(text: str, zone: tzinfo, called: Called) -> str:
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return called(text)
    if _TIME.match(text):
        try:
            time = datetime.fromisoformat(text)
            # A time without an offset is in the zone of the shift already.
            return f"{time.astimezone(zone):%Y-%m-%d %H:%M %Z}" if time.tzinfo else f"{time:%Y-%m-%d %H:%M}"
        except (ValueError, OverflowError):
            return _short(text)
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
