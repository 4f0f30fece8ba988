"""Look after a shift: whatever has changed it, or if time has, bring it and everybody concerned up to date.

It looks at what is, not at what has happened: so a call that comes twice, too late or in the wrong order does no harm.
Who is to be told is told once, by the ledger of answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendOutcome
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import OthersMayGo, SendOnce, SlowDown, TryAgainLater
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking
from shift_sms_runtime.shifts.notices import Notice, cancellation_text, offer_text, reminder_text
from shift_sms_runtime.shifts.ports import BookingsOfEmployees, ChangedMeanwhile, Shifts, ShiftTimers
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift

_REACHED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN)


_TIME_FOR_A_LOOK = 5.0


_NEWS = timedelta(days=14)
"""How long a cancellation is told: shorter than the ledger remembers who was."""


_LONGEST = 64
"""Characters of what may be a phone number; what an operator wrote by mistake may be longer than a key can be."""


_FRESH = timedelta(seconds=1)
"""How old what is told may be."""


_SOONEST = timedelta(seconds=5)
"""A time that has passed before it is set would never come."""


class _Telling(Enum):
    """How far it has come."""

    DONE = auto()
    CHANGED_IT = auto()
    GOES_ON = auto()
    """Some were texted; the others are when the number is free again."""


@dataclass
class _Told:
    """What has come of the notices of one look so far."""

    texted: bool = False
    """Whether at least one text has left."""
    offered: list[str] = field(default_factory=list)
    """Who knows what they are offered."""
    refused: list[str] = field(default_factory=list)
    """Whom the service would not text what they are offered."""
    refusal: OthersMayGo | None = None


class ShiftReconciler:
    """Looks after one shift after the other."""

    def __init__(
        self,
        *,
        shifts: Shifts,
        agendas: BookingsOfEmployees,
        contacts: Employees,
        wake_ups: ShiftTimers,
        notices: SendOnce[ReplyKey],
        languages: Locales,
        rules: BookingPolicy,
        origination_identity: str,
        approved_numbers: frozenset[str],
        clock: Clock,
    ) -> None:
        """``approved_numbers`` may have shifts besides those on the roster."""
        self._shifts = shifts
        self._agendas = agendas
        self._contacts = contacts
        self._wake_ups = wake_ups
        self._notices = notices
        self._languages = languages
        self._rules = rules
        self._identity = origination_identity
        self._approved_numbers = approved_numbers
        self._clock = clock

    def look_after(self, shift_id: str, patience: InvocationDeadline) -> None:
        """Do whatever is due for a shift, and see to it that it is looked after again when time comes.

        Raises:
            TryAgainLater: it, or a text about it, could not be written or sent yet.
        """
        while True:
            if patience.remaining() < _TIME_FOR_A_LOOK:
                raise SlowDown("others keep changing the same shift")
            # One time for all of a look: what comes due meanwhile is for the next.
            shift, now = self._shifts.get(shift_id), self._clock()
            if shift is None:
                self._wake_ups.clear(shift_id)
                return
            try:
                if self._look(shift, now, patience):
                    return
            except ChangedMeanwhile:
                continue

    def _look(self, shift: Shift, now: datetime, patience: InvocationDeadline) -> bool:
        """Whether all is done and nothing has changed meanwhile."""
        self._enter(shift, now)
        kept = shift.reconciled(now, self._rules.offer_time)
        if kept != shift:
            self._shifts.save(kept)
            return False
        # Before anybody is told, which may fail for a while: what is due then is done then all the same.
        self._wake_at(shift.shift_id, shift.next_due(now, self._rules.reminder))
        telling = self._tell(shift, now, patience)
        if telling is _Telling.CHANGED_IT:
            return False
        if telling is _Telling.GOES_ON:
            self._wake_at(shift.shift_id, self._clock())
            return True
        # Whoever is last to set it must have seen the last change.
        return self._shifts.get(shift.shift_id) == shift

    def _wake_at(self, shift_id: str, moment: datetime | None) -> None:
        if moment is None:
            self._wake_ups.clear(shift_id)
        else:
            self._wake_ups.set(shift_id, max(moment, self._clock() + _SOONEST))

    def _enter(self, shift: Shift, now: datetime) -> None:
        """An operator may give a shift to somebody by hand, or change its times: their agendas must say so."""
        people = [person for person in shift.holders if len(person) <= _LONGEST]
        # A time that cannot be read is a mistake of typing, and takes nobody's time away.
        if not people or shift.problems:
            return
        for person, agenda in self._agendas.of(people).items():
            there = agenda.by_shift.get(shift.shift_id)
            since = shift.holders[person] or now
            booking = replace(there or Booking(shift.shift_id, None, since), span=shift.span)
            if booking != there:
                self._agendas.replace(person, before=agenda, after=agenda.with_booking(booking), now=now)

    def _tell(self, shift: Shift, now: datetime, patience: InvocationDeadline) -> _Telling:
        """Text everybody who is to know, as far as time allows.

        Raises:
            OthersMayGo: somebody was refused; all others are told.
            TryAgainLater: nobody at all could be texted.
        """
        told = _Told()
        try:
            telling = self._text_all(list(self._notices_of(shift, now)), shift, now, told, patience)
        except TryAgainLater:
            self._mark(shift, told)
            raise
        if telling is _Telling.CHANGED_IT:
            return telling
        marked = self._mark(shift, told, everybody=telling is _Telling.DONE and not told.refusal)
        if told.refusal and telling is _Telling.DONE:
            raise told.refusal
        return _Telling.CHANGED_IT if marked and telling is _Telling.DONE else telling

    def _mark(self, shift: Shift, told: "_Told", *, everybody: bool = False) -> bool:
        """Note on the shift who was told, whose time is running now; returns whether that was news."""
        marked = shift.with_offers_notified(*told.offered).with_offers_refused(*told.refused)
        marked = marked.with_all_notified() if everybody else marked
        if marked == shift:
            return False
        self._shifts.save(marked)
        return True

    def _text_all(
        self,
        notices: Sequence[Notice],
        shift: Shift,
        now: datetime,
        told: "_Told",
        patience: InvocationDeadline,
    ) -> _Telling:
        numbers = [notice.person for notice in notices if len(notice.person) <= _LONGEST]
        contacts = self._contacts.of(numbers) if numbers else {}
        looked_at = now
        for notice in notices:
            if self._clock() - looked_at > _FRESH:
                # Texts take their time, and what they tell must not be over by then.
                if self._shifts.get(shift.shift_id) != shift:
                    return _Telling.CHANGED_IT
                looked_at = self._clock()
            try:
                outcome = self._send(
                    notice, contacts.get(notice.person, Employee(notice.person, on_roster=False)), patience
                )
            except OthersMayGo as refusal:
                told.refusal = refusal
                told.refused += [notice.person] if notice.offers else []
                continue
            except SlowDown:
                if not told.texted:
                    raise
                return _Telling.GOES_ON
            told.texted = told.texted or outcome == SendOutcome(DeliveryStatus.SENT)
            if notice.offers and outcome.status not in _REACHED:
                # Who cannot be reached cannot say yes: the next one is asked at once.
                self._shifts.save(shift.without_waiting(notice.person).as_of(now, self._rules.offer_time))
                return _Telling.CHANGED_IT
            told.offered += [notice.person] if notice.offers else []
        return _Telling.DONE

    def _send(self, notice: Notice, contact: Employee | None, patience: InvocationDeadline) -> SendOutcome:
        contact = contact or Employee(notice.person, on_roster=False)
        approved = contact.on_roster or notice.person in self._approved_numbers
        if contact.opted_out or not approved:
            return SendOutcome(DeliveryStatus.OPTED_OUT)
        body = notice.words(self._languages.of(contact.language))
        text = OutgoingText(notice.person, self._identity, body)
        key = ReplyKey(notice.person, notice.row, ReplyKind.NOTICE, offers=notice.offers)
        return self._notices.send(key, text, patience)

    def _notices_of(self, shift: Shift, now: datetime) -> Iterator[Notice]:
        key = shift.shift_id
        for person, since in shift.canceled_for.items():
            # Who has it again knows better; and who was told is not remembered for ever.
            if person in shift.holders or now - since > _NEWS:
                continue
            row = f"cancelled#{key}#{since.isoformat()}"
            yield Notice(person, row, partial(cancellation_text, shift))
        for person, offer in shift.offers.items():
            if offer.notified:
                continue
            row = f"offer#{key}#{offer.since.isoformat()}"
            yield Notice(person, row, partial(offer_text, shift, offer), key)
        remind_at = shift.remind_at(self._rules.reminder)
        if (
            remind_at
            and shift.starts_at
            and remind_at <= now < shift.starts_at
            and shift.status in DERIVED_STATUSES
        ):
            droppable = now <= shift.starts_at - self._rules.drop_cutoff
            for person, booked_at in shift.holders.items():
                if booked_at is None or booked_at < remind_at:
                    row = f"reminder#{key}#{shift.starts_at.isoformat()}"
                    yield Notice(person, row, partial(reminder_text, shift, droppable=droppable))
