"""Checks the details of shifts that operators write, and shows what employees read."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_views import ChangeNotice, ShiftDraft, TextPreview
from shift_sms_runtime.bookings.booking import BookingOutcome, CodeResult
from shift_sms_runtime.campaigns.segment_names import segment_name
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.language.intents import CarrierIntent, ShiftAction, ShiftCommand
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.language.multilingual.interpreter import interpret
from shift_sms_runtime.language.tokenizer import tokenize
from shift_sms_runtime.messaging.encoding import TextSize, measure, with_gsm_substitutes
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.notices import notices_of_edit
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import FILL_DETAILS, ShiftReader

DETAILS = (
    "shift_info",
    "starts_at",
    "ends_at",
    "respond_by",
    "timezone",
    "site",
    "role",
    "seats",
    *FILL_DETAILS,
)
"""The attributes that operators write, besides `shift_status`."""

STATUS = "shift_status"

_FOLLOWING_STATUSES = {
    ShiftStatus.CLOSED: "edit its times or respond_by instead",
    ShiftStatus.REFUSED: "it follows from mistakes in the item",
    ShiftStatus.CANCELED: "use cancel",
}
"""The statuses that no edit sets, and what to do instead."""

_WORDS_OF_PLANS = ("fill_order", "fill_wave_size", "fill_wave_minutes", "fill_urgent")
_YES_OR_NO = {"yes": "true", "1": "true", "no": "false", "0": "false"}

_DECIMALS = 6

LONGEST_DETAIL = 500
"""Characters of an attribute. An index has several of them."""


class ShiftDrafts:
    """Makes shifts of the values that operators write. An empty value stands for none."""

    def __init__(self, reader: ShiftReader, locale: Locale, policy: BookingPolicy, clock: Clock) -> None:
        """`locale` is the one in which texts are shown and measured."""
        self._policy = policy
        self._clock = clock
        self._reader = reader
        self._locale = locale
        self._renderer = ReplyRenderer(locale, agent_offered=False, drop_cutoff=timedelta())

    def new(self, shift_id: str, values: Mapping[str, str]) -> ShiftDraft:
        """Returns a new shift.

        Raises:
            Refused: a value is wrong, or employees could not book the shift.
        """
        self._check_code(shift_id)
        given = _given(values)
        item: dict[str, Any] = {STATUS: ShiftStatus.AVAILABLE.value, **given, "shift_id": shift_id}
        shift = self._read(item)
        if shift.status not in (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN):
            raise Refused(
                f"the shift_status {shift.status!r} must be {ShiftStatus.AVAILABLE} or {ShiftStatus.TAKEN}, or left out"
            )
        if shift.status == ShiftStatus.TAKEN and shift.seats > 1:
            raise Refused(
                f"{shift_id} has {shift.seats} seats, and the status {ShiftStatus.TAKEN} does not say whose they are; "
                "add the shift as available, then assign its seats"
            )
        if not shift.info and shift.starts_at is None:
            raise Refused(
                f"{shift_id} has neither shift_info nor starts_at; employees need one of them, "
                "such as 15/08 5h nightshift"
            )
        if "seats" in item:
            item["seats"] = shift.seats
        item |= {name: _typed(name, item[name]) for name in FILL_DETAILS if name in item}
        return ShiftDraft(shift, item, self.preview(shift))

    def edited(self, before: Shift, values: Mapping[str, str]) -> ShiftDraft:
        """Returns a shift with other values. One that is empty removes the attribute.

        Raises:
            Refused: a value is wrong, or there are more holders than seats.
        """
        stored = before.stored_item
        given = _given(values)
        changes: dict[str, object] = {
            name: given.get(name) for name in values if stored_text(stored, name) != given.get(name, "")
        }
        item = {**stored, **changes}
        after = self._read({name: value for name, value in item.items() if value is not None})
        if changes.get("seats") is not None:
            changes["seats"] = after.seats
        if "seats" in changes:
            _check_seats(before, after)
        for name in FILL_DETAILS:
            if changes.get(name) is not None:
                changes[name] = _typed(name, str(changes[name]))
                if stored.get(name) == changes[name]:
                    # Another way to write the same value, such as 7.50 for 7.5.
                    del changes[name]
        if STATUS in changes and not after.status:
            changes[STATUS] = ShiftStatus.AVAILABLE.value
        if not after.info and after.starts_at is None:
            raise Refused(f"{before.shift_id} would have neither shift_info nor starts_at; keep one of them")
        return ShiftDraft(after, changes, self.preview(after), before, self._notice(before, after))

    def _notice(self, before: Shift, after: Shift) -> ChangeNotice | None:
        notices = notices_of_edit(before, after, self._policy, self._clock())
        if not notices:
            return None
        numbers = tuple(one.phone_number for one in notices)
        return ChangeNotice(numbers, preview_of(notices[0].text(self._locale)))

    def preview(self, shift: Shift) -> TextPreview:
        """Returns the reply to an employee who books the shift, and may give it back."""
        booked = CodeResult(shift.shift_id, BookingOutcome.BOOKED, shift)
        return preview_of(self._renderer.results([booked]))

    def _size_with_details(self, shift: Shift) -> TextSize:
        """Measures the reply with all of `shift_info`, which the reply omits if it would need a further segment."""
        text = self._locale.say(Template.BOOKED, shifts=describe(shift, self._locale))
        return measure(with_gsm_substitutes(text))

    def _read(self, item: Mapping[str, Any]) -> Shift:
        shift = self._reader.read(item)
        if shift.fill is None and any(item.get(name) for name in FILL_DETAILS):
            # Without an order or a deadline, the attributes are not read. They are checked all the same.
            problems = self._reader.read({**item, "fill_order": FillOrder.ROTATION.value}).problems
        else:
            problems = shift.problems
        if problems:
            raise Refused(f"{shift.shift_id}: {'; '.join(problems)}")
        _check_segment(shift.shift_id, str(item.get("fill_segment", "")))
        for name in DETAILS:
            if len(str(item.get(name, ""))) > LONGEST_DETAIL:
                raise Refused(
                    f"{shift.shift_id}: {name} has more than {LONGEST_DETAIL} characters; shorten it"
                )
        if any(mark in shift.role for mark in ",;"):
            raise Refused(
                f"{shift.shift_id}: the role {shift.role!r} is several; a shift has one role, or none for everyone"
            )
        size = self._size_with_details(shift)
        if not size.sendable:
            raise Refused(
                f"{shift.shift_id}: the text to an employee who books it would have {size.characters} {size.encoding} "
                f"characters; at most {size.max_characters} can be sent; shorten shift_info"
            )
        return shift

    def _check_code(self, code: str) -> None:
        parts = tokenize(code)
        intent = interpret(code, self._locale.lexicons, [code])
        if len(parts.words) > 1 and isinstance(intent, CarrierIntent):
            raise Refused(
                f"employees could not book the code {code!r} by text: carriers take what begins like this for a "
                "command of theirs; choose another code"
            )
        booking = ShiftCommand(ShiftAction.BOOK, (code,))
        one_word = (
            parts.words and parts.typed(0, len(parts.words)) == code and not any(map(str.isspace, code))
        )
        if not one_word or intent != booking:
            raise Refused(
                f"employees could not book the code {code!r} by text: it must be one word that is no command and that "
                "begins and ends with a letter or digit, such as XYZ123"
            )


def preview_of(text: str) -> TextPreview:
    """Returns a text and its size."""
    return TextPreview(text, measure(text))


def stored_text(stored: Mapping[str, Any], name: str) -> str:
    """Returns a stored attribute as operators write it; empty if it is missing."""
    value = stored.get(name, "")
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def changed_values(values: Mapping[str, str], names: Iterable[str] = DETAILS) -> dict[str, str]:
    """Returns the values that a file has for a shift: an empty cell leaves what is there."""
    return {name: values[name] for name in names if values.get(name)}


def _given(values: Mapping[str, str]) -> dict[str, str]:
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    status = given.get(STATUS, "").lower().replace("canceled", ShiftStatus.CANCELED)
    if status in _FOLLOWING_STATUSES:
        raise Refused(f"the status {status} cannot be set: {_FOLLOWING_STATUSES[ShiftStatus(status)]}")
    if status in DERIVED_STATUSES:
        given[STATUS] = status
    for name in _WORDS_OF_PLANS:
        if name in given:
            given[name] = given[name].lower()
    if (urgent := given.get("fill_urgent")) is not None:
        given["fill_urgent"] = _YES_OR_NO.get(urgent, urgent)
    return given


def _typed(name: str, text: str) -> object:
    """Returns an attribute of a fill plan as it is stored. The text has been checked."""
    match name:
        case "fill_urgent":
            return text == "true"
        case "fill_wave_size" if text != "auto":
            return int(text)
        case "fill_wave_minutes" if text != "auto":
            # DynamoDB stores 38 digits.
            minutes = round(Decimal(text), _DECIMALS)
            return int(minutes) if minutes == int(minutes) else minutes.normalize()
        case _:
            return text


def _check_segment(shift_id: str, segment: str) -> None:
    try:
        if segment:
            segment_name(segment)
    except ValueError as error:
        raise Refused(f"{shift_id}: fill_segment: {error}") from None


def _check_seats(before: Shift, after: Shift) -> None:
    """Raises Refused if an employee would lose a seat."""
    used = len(before.holders) + len(before.offers)
    # The one who has the only seat is kept in another attribute than several are.
    least = used if after.seats > 1 else max(2, used)
    if used and after.seats != before.seats and after.seats < least:
        has = "1 employee has, or is" if used == 1 else f"{used} employees have, or are"
        raise Refused(
            f"{before.shift_id} cannot have {after.seats} seats, because {has} offered, a seat; "
            f"write {least} or more, or release seats first"
        )
