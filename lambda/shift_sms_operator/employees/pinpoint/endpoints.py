"""Employees from the endpoints of Amazon Pinpoint. An employee who opted out there stays opted out.

Source of the fields and their values: EndpointBatchItem and EndpointResponse of the Amazon Pinpoint API (2016-12-01).
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntFlag, auto
from pathlib import Path
from typing import Any

from shift_sms_operator.csv_records import BadValue, Problem
from shift_sms_operator.employees.employee_entry import LONGEST_NAME, EmployeeEntry
from shift_sms_operator.employees.pinpoint.addresses import phone_number
from shift_sms_operator.employees.pinpoint.endpoint_file import CutOff, read_endpoints

END_OF_PINPOINT = datetime(2026, 10, 30, tzinfo=UTC)
"""No endpoint changed later: https://docs.aws.amazon.com/pinpoint/latest/userguide/migrate.html"""

_TEXTS = "SMS"
_CHANNELS = (
    _TEXTS,
    "ADM",
    "APNS",
    "APNS_SANDBOX",
    "APNS_VOIP",
    "APNS_VOIP_SANDBOX",
    "BAIDU",
    "CUSTOM",
    "EMAIL",
    "GCM",
    "IN_APP",
    "PUSH",
    "VOICE",
)
_ACTIVE, _INACTIVE = "ACTIVE", "INACTIVE"
_NO_TEXTS, _TEXTS_WANTED = "ALL", "NONE"
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[_-].*)?")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_KINDS = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


class _Known(IntFlag):
    """What an earlier endpoint of the same number has said."""

    MEMBER = auto()
    NAME = auto()
    LANGUAGE = auto()
    OPTED_OUT = auto()


@dataclass(frozen=True)
class _OtherChannel:
    name: str


@dataclass(frozen=True)
class _Inactive:
    """An endpoint that Pinpoint did not text. The number is empty if it cannot be read."""

    phone_number: str = ""
    opted_out_at: str = ""


@dataclass
class Endpoints:
    """A file of endpoints. It is read once, line by line, and only the numbers are kept in memory."""

    path: Path
    on_problem: Callable[[Problem], None]
    """Called with each line that is not loaded."""
    problems: int = 0
    cut_off: bool = False
    """Whether the end of the file could not be read."""
    inactive: int = 0
    other_channels: Counter[str] = field(default_factory=Counter)
    _known: dict[str, _Known] = field(default_factory=dict)
    _opted_out_inactive: dict[str, str] = field(default_factory=dict)

    def employees(self) -> Iterator[EmployeeEntry]:
        """Yields an employee whenever the file says something new about them.

        The first name and the first language count, and one endpoint that opted out is enough. At the end come the
        numbers that opted out on an inactive endpoint and have no active one: another file may have it.

        Raises:
            UnusableFile: the file has no endpoints.
        """
        for record in read_endpoints(self.path):
            if isinstance(record, Problem):
                self._tell(record)
                continue
            try:
                endpoint = _endpoint(record.fields)
            except BadValue as error:
                self._tell(Problem(record.line, str(error)))
                continue
            news = self._news(endpoint)
            if news is not None:
                yield news
        for number, at in self._opted_out_inactive.items():
            yield EmployeeEntry(number, opted_out_at=at, only_opt_out=True)

    @property
    def numbers(self) -> Collection[str]:
        """The phone numbers that were read so far, in their order."""
        return self._known.keys()

    @property
    def opted_out(self) -> int:
        """How many of the numbers have opted out."""
        return sum(_Known.OPTED_OUT in known for known in self._known.values())

    @property
    def opted_out_inactive(self) -> int:
        """How many other numbers have opted out. They have no active endpoint in the file."""
        return len(self._opted_out_inactive)

    def _tell(self, problem: Problem) -> None:
        self.problems += 1
        self.cut_off |= isinstance(problem, CutOff)
        self.on_problem(problem)

    def _news(self, endpoint: EmployeeEntry | _Inactive | _OtherChannel) -> EmployeeEntry | None:
        if isinstance(endpoint, _OtherChannel):
            self.other_channels[endpoint.name] += 1
            return None
        if isinstance(endpoint, _Inactive):
            self.inactive += 1
            return self._news_of_inactive(endpoint)
        number = endpoint.phone_number
        known = self._known.get(number, _Known(0))
        news = EmployeeEntry(
            number,
            name="" if _Known.NAME in known else endpoint.name,
            language="" if _Known.LANGUAGE in known else endpoint.language,
            opted_out_at=max(endpoint.opted_out_at, self._opted_out_inactive.pop(number, "")),
        )
        self._known[number] = known | _said(news)
        return news if not known or _said(news) != _Known.MEMBER else None

    def _news_of_inactive(self, endpoint: _Inactive) -> EmployeeEntry | None:
        """Returns the opt-out of a number that another endpoint has as active."""
        number, at = endpoint.phone_number, endpoint.opted_out_at
        if not number or not at:
            return None
        if number not in self._known:
            self._opted_out_inactive[number] = max(at, self._opted_out_inactive.get(number, ""))
            return None
        self._known[number] |= _Known.OPTED_OUT
        return EmployeeEntry(number, opted_out_at=at)


def _said(employee: EmployeeEntry) -> _Known:
    said = _Known.MEMBER
    for flag, value in (
        (_Known.NAME, employee.name),
        (_Known.LANGUAGE, employee.language),
        (_Known.OPTED_OUT, employee.opted_out_at),
    ):
        if value:
            said |= flag
    return said


def _endpoint(fields: Mapping[str, Any]) -> EmployeeEntry | _Inactive | _OtherChannel:
    channel = _one_of(fields, "ChannelType", _CHANNELS)
    if not channel:
        raise BadValue("there is no ChannelType; a phone that is texted has SMS")
    if channel != _TEXTS:
        return _OtherChannel(channel)
    inactive = _one_of(fields, "EndpointStatus", (_ACTIVE, _INACTIVE)) == _INACTIVE
    opted_out = _one_of(fields, "OptOut", (_NO_TEXTS, _TEXTS_WANTED)) == _NO_TEXTS
    opted_out_at = _time_of_change(fields) if opted_out else ""
    if not inactive:
        return EmployeeEntry(_number(fields), _name(fields), _language(fields), opted_out_at=opted_out_at)
    try:
        return _Inactive(_number(fields), opted_out_at)
    except BadValue:
        return _Inactive()


def _number(fields: Mapping[str, Any]) -> str:
    address = _text(fields, "Address", example="+14255550101")
    if not address:
        raise BadValue("there is no Address; that of an SMS endpoint is a phone number, like +14255550101")
    return phone_number(address, _text(_object(fields, "Location"), "Location.Country", example="US"))


def _time_of_change(fields: Mapping[str, Any]) -> str:
    """Returns when the endpoint was last changed. It is always the same time, so that loading again changes nothing."""
    written = fields.get("EffectiveDate")
    try:
        changed = datetime.fromisoformat(written) if isinstance(written, str) else END_OF_PINPOINT
        changed = changed.replace(tzinfo=changed.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        changed = END_OF_PINPOINT
    return min(changed, END_OF_PINPOINT).isoformat()


def _name(fields: Mapping[str, Any]) -> str:
    """Returns the name. Pinpoint does not say which attribute has it."""
    user = _object(_object(fields, "User"), "User.UserAttributes")
    for attributes in (user, _object(fields, "Attributes")):
        told: dict[str, str] = {}
        for key, values in attributes.items():
            told.setdefault(_NOT_A_LETTER.sub("", key).lower(), _first(values))
        both = f"{told.get('firstname', '')} {told.get('lastname', '')}".strip()
        found = both or told.get("name", "") or told.get("fullname", "")
        if found:
            return found[:LONGEST_NAME]
    return ""


def _first(values: object) -> str:
    if isinstance(values, list):
        values = next((value for value in values if value), None)
    return values.strip() if isinstance(values, str) else ""


def _language(fields: Mapping[str, Any]) -> str:
    locale = _text(_object(fields, "Demographic"), "Demographic.Locale", example="en_US")
    found = _LANGUAGE.fullmatch(locale)
    return found[1].lower() if found else ""


def _one_of(fields: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    """Returns the value in capitals, empty where left out. Raises BadValue."""
    value = _text(fields, name, example=allowed[0]).upper()
    if value and value not in allowed:
        raise BadValue(
            f"the {name} {fields[name]!r} is unknown; it must be {', '.join(allowed[:-1])} or {allowed[-1]}"
        )
    return value


def _text(fields: Mapping[str, Any], name: str, *, example: str) -> str:
    value = fields.get(name.rpartition(".")[2])
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadValue(f'{name} is {_KINDS[type(value)]}; it must be a text, like "{example}"')
    return value.strip()


def _object(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = fields.get(name.rpartition(".")[2])
    if value is None:
        return {}
    if not isinstance(value, dict):
        told = "a text" if isinstance(value, str) else _KINDS[type(value)]
        raise BadValue(f'{name} is {told}; it must be an object, like {{"NAME":…}}')
    return value
