"""Notices about a shift: due cancellations, offers, reminders and changes, and their texts."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import make_sendable, prefix_for_one_segment, with_gsm_substitutes
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.changes.announced import TOLD_FOR, Change, change_for
from shift_sms_runtime.shifts.changes.change_text import change_text
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift
from shift_sms_runtime.shifts.waiting_list import Offer

POSSIBLY_REACHED = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN})
"""The statuses of a notice that its employee has, or may have."""

_ASSIGNMENTS_QUEUED_FOR = timedelta(hours=3)
"""How long after an assignment its notice is queued, if that was interrupted."""


AGAIN = "#again"
"""The end of the id of a notice that replaces another one."""


_ARRIVAL_TIME = timedelta(hours=1)
"""How long before the start an employee has to know of a change. It may be in quiet hours."""


class NoticeKind(StrEnum):
    """The kinds of notices."""

    CANCELLATION = "cancellation"
    OFFER = "offer"
    REMINDER = "reminder"
    ASSIGNMENT = "assignment"
    """An operator gave a seat to the employee."""
    RELEASE = "release"
    """An operator took the employee's seat away."""
    CHANGE = "change"
    """The shift that the employee has is at another time or place."""


@record
class EarlierNotice:
    """A notice of an earlier change to the same employee."""

    keys: tuple[ReplyKey, ...]
    """The keys of its ledger rows: a notice that was withdrawn has a second one."""
    says_the_same: bool
    """Whether it has the time and place of the later notice."""


@record
class Notice:
    """One text about a shift to one employee."""

    phone_number: str
    kind: NoticeKind
    shift_id: str
    occasion: datetime
    """When the shift was canceled, changed, assigned or released, the seat was offered, or it starts.

    A new time makes a new notice.
    """
    text: Callable[[Locale], str]
    """Renders the notice in a language."""
    deadline: datetime
    """After this time the notice must not arrive."""
    again: bool = False
    """Whether it replaces one that was withdrawn, for example because quiet hours had begun."""
    starts_at: datetime | None = None
    """Of a change: the earliest start that the employee may count on; None if it is not known."""
    earlier: tuple[EarlierNotice, ...] = ()
    """Of a change: the notices of earlier changes that decide whether it is due, the latest first."""
    only_after_earlier: bool = False
    """Whether it is due only if one of these was sent or waits. Otherwise the employee knows what it says."""

    @property
    def notice_id(self) -> str:
        """Identifies the notice among those to this number, so that it is sent once."""
        first = notice_id_of(self.kind, self.shift_id, self.occasion)
        return f"{first}{AGAIN}" if self.again else first

    @property
    def may_wait_for_quiet_hours(self) -> bool:
        """Whether quiet hours can delay it."""
        return self.kind in (NoticeKind.OFFER, NoticeKind.REMINDER, NoticeKind.CHANGE)

    def waits_until(self, quiet_until: datetime | None) -> datetime | None:
        """Returns when it may be sent, if the employee's quiet hours end at a time; None if at once.

        A change does not wait if the shift may start before the employee could act on the text.
        """
        if quiet_until is None or not self.may_wait_for_quiet_hours:
            return None
        if self.kind is NoticeKind.CHANGE and (
            self.starts_at is None or quiet_until > self.starts_at - _ARRIVAL_TIME
        ):
            return None
        return quiet_until

    @property
    def key(self) -> ReplyKey:
        """The key of its ledger row."""
        offered_shift_id = self.shift_id if self.kind is NoticeKind.OFFER else None
        return ReplyKey(
            self.phone_number, self.notice_id, ReplyKind.NOTICE, offered_shift_id=offered_shift_id
        )

    @property
    def ledger_keys(self) -> Iterator[ReplyKey]:
        """The keys of the ledger rows that decide whether it is due."""
        yield self.key
        for one in self.earlier:
            yield from one.keys

    def is_known(self, *, sent: Set[ReplyKey], told: Set[ReplyKey]) -> bool:
        """Returns whether the employee knows what it says.

        Args:
            sent: The notices that were sent.
            told: The notices that were sent or wait.
        """
        if self.only_after_earlier and all(told.isdisjoint(one.keys) for one in self.earlier):
            return True
        return next((one.says_the_same for one in self.earlier if not sent.isdisjoint(one.keys)), False)


def notice_id_of(kind: NoticeKind, shift_id: str, occasion: datetime) -> str:
    """Returns the id of a notice that replaces no other one."""
    return f"{kind}#{shift_id}#{occasion.isoformat()}"


def is_offer(notice_id: str) -> bool:
    """Returns whether the notice with this id offers a seat."""
    return notice_id.startswith(f"{NoticeKind.OFFER}#")


def is_reminder(notice_id: str) -> bool:
    """Returns whether the notice with this id is a reminder."""
    return notice_id.startswith(f"{NoticeKind.REMINDER}#")


def is_change(notice_id: str) -> bool:
    """Returns whether the notice with this id tells of another time or place."""
    return notice_id.startswith(f"{NoticeKind.CHANGE}#")


def due_notices(shift: Shift, policy: BookingPolicy, now: datetime) -> Iterator[Notice]:
    """Yields the notices that are due in the state of the shift, also those already sent.

    Some of them wait for the end of their employees' quiet hours. One with `again` is due only if the first one was
    withdrawn, and one that `is_known` is not due.
    """
    yield from _cancellations(shift, now)
    yield from change_notices(shift, policy, now)
    yield from _offers(shift, now)
    yield from _reminders(shift, policy, now)


def assignment_notice(
    shift: Shift, phone_number: str, at: datetime, policy: BookingPolicy, now: datetime
) -> Notice:
    """Returns the notice that an operator has given a seat to an employee at a time."""
    droppable = shift.can_be_dropped(now, policy.drop_cutoff)
    text = partial(assignment_text, shift, droppable=droppable)
    return Notice(phone_number, NoticeKind.ASSIGNMENT, shift.shift_id, at, text, _told_until(shift, at))


def assignment_notices(
    shift: Shift, bookings: Mapping[str, EmployeeBookings], policy: BookingPolicy, now: datetime
) -> Iterator[Notice]:
    """Yields the notices to those whom an operator has given a seat in the last hours, by an operation or by hand.

    Args:
        shift: the shift.
        bookings: the bookings of its holders.
        policy: decides whether the notice says how to drop the shift.
        now: the time.
    """
    if shift.is_over(now) or shift.status not in DERIVED_STATUSES or shift.problems:
        return
    for number, since in shift.holders.items():
        if since is None or not since <= now < since + _ASSIGNMENTS_QUEUED_FOR:
            continue
        booking = bookings[number].by_shift.get(shift.shift_id) if number in bookings else None
        if booking is not None and booking.booked_at == since and not booking.reply_ids:
            yield assignment_notice(shift, number, since, policy, now)


def release_notice(shift: Shift, phone_number: str, at: datetime, now: datetime) -> Notice:
    """Returns the notice that an operator has taken an employee's seat away.

    `at` identifies it: the time of the release, or that of the booking if the seat was taken by hand.
    """
    text = partial(release_text, shift)
    return Notice(phone_number, NoticeKind.RELEASE, shift.shift_id, at, text, _told_until(shift, now))


def operator_notice(
    shift: Shift, phone_number: str, notice_id: str, policy: BookingPolicy, now: datetime
) -> Notice | None:
    """Returns the notice of an assignment or a release with this id; None if it is not true any longer.

    No attribute of a shift says that such a notice is due. The operation adds it to the outbox in the transaction of
    its change.
    """
    kind, _, rest = notice_id.partition("#")
    at = rest.removeprefix(f"{shift.shift_id}#")
    if kind == NoticeKind.ASSIGNMENT:
        since = shift.holders.get(phone_number)
        still_true = since is not None and since.isoformat() == at
        return assignment_notice(shift, phone_number, since, policy, now) if since and still_true else None
    if kind == NoticeKind.RELEASE and phone_number not in shift.holders:
        return release_notice(shift, phone_number, datetime.fromisoformat(at), now)
    return None


def _told_until(shift: Shift, at: datetime) -> datetime:
    """Returns until when a change by an operator is news: the end of the shift."""
    return shift.span.end if shift.span and shift.span.end > at else at + TOLD_FOR


def _cancellations(shift: Shift, now: datetime) -> Iterator[Notice]:
    for number, since in shift.canceled_for.items():
        due_until = since + TOLD_FOR
        # An employee who has booked the shift again must not get an earlier cancellation.
        if number not in shift.holders and now <= due_until:
            text = partial(cancellation_text, shift)
            yield Notice(number, NoticeKind.CANCELLATION, shift.shift_id, since, text, due_until)


def _offers(shift: Shift, now: datetime) -> Iterator[Notice]:
    if not shift.is_open(now):
        return
    for number, offer in shift.offers.items():
        if offer.since > now:
            continue
        text = partial(offer_text, shift, offer)
        yield Notice(number, NoticeKind.OFFER, shift.shift_id, offer.since, text, offer.until)


def _reminders(shift: Shift, policy: BookingPolicy, now: datetime) -> Iterator[Notice]:
    starts_at, remind_at = shift.starts_at, shift.remind_at(policy.reminder_lead_time)
    if starts_at is None or remind_at is None or shift.status not in DERIVED_STATUSES:
        return
    if remind_at <= now < starts_at:
        droppable = shift.can_be_dropped(now, policy.drop_cutoff)
        for number, booked_at in shift.holders.items():
            # An employee who has just booked the shift, or is just told of its time, needs no reminder.
            if (booked_at is None or booked_at < remind_at) and not _is_told_since(
                shift, booked_at, remind_at
            ):
                text = partial(reminder_text, shift, droppable=droppable)
                for again in (False, True) if policy.quiet_hours else (False,):
                    yield Notice(
                        number, NoticeKind.REMINDER, shift.shift_id, starts_at, text, starts_at, again=again
                    )


def change_notices(shift: Shift, policy: BookingPolicy, now: datetime) -> Iterator[Notice]:
    """Yields the notices to holders who have to be told of another time or place."""
    is_current = bool(shift.announced) and not shift.has_new_time_or_place
    # Until the change is noted, the notice before it must not be sent.
    if not is_current or shift.status not in DERIVED_STATUSES or shift.problems or shift.is_over(now):
        return
    if now < shift.announced[-1].settles_at:
        return
    droppable = shift.can_be_dropped(now, policy.drop_cutoff)
    for number, booked_at in shift.holders.items():
        change = change_for(shift.announced, booked_at) if booked_at else None
        if change is None or now >= change.at + TOLD_FOR:
            continue
        text = partial(change_text, shift, change.known, droppable=droppable)
        for again in (False, True):
            yield Notice(
                number,
                NoticeKind.CHANGE,
                shift.shift_id,
                change.at,
                text,
                min(_told_until(shift, change.at), change.at + TOLD_FOR),
                again=again,
                starts_at=_earliest_start(shift, change),
                earlier=tuple(
                    EarlierNotice(_keys_of_change(number, shift.shift_id, at), says_the_same=same)
                    for at, same in change.told_by
                ),
                only_after_earlier=change.only_if_told,
            )


def notices_of_edit(before: Shift, after: Shift, policy: BookingPolicy, now: datetime) -> Sequence[Notice]:
    """Returns the notices that an operator's edit leads to, if no other edit follows before it settles."""
    if not after.time_and_place(now).differences(before.time_and_place(now)):
        return ()
    announced = before.with_change_noted(now).announced
    noted = replace(after, announced=announced).with_change_noted(now)
    if not noted.announced:
        return ()
    due = change_notices(noted, policy, noted.announced[-1].settles_at)
    return [one for one in due if not one.again and not one.only_after_earlier]


def _earliest_start(shift: Shift, change: Change) -> datetime | None:
    starts = [shift.starts_at, *(one.starts_at for one in change.known)]
    return None if None in starts else min(filter(None, starts))


def _keys_of_change(number: str, shift_id: str, at: datetime) -> tuple[ReplyKey, ...]:
    first = notice_id_of(NoticeKind.CHANGE, shift_id, at)
    return tuple(ReplyKey(number, one, ReplyKind.NOTICE) for one in (first, f"{first}{AGAIN}"))


def _is_told_since(shift: Shift, booked_at: datetime | None, time: datetime) -> bool:
    """Returns whether a holder is told of another time or place, which has changed after a time."""
    change = change_for(shift.announced, booked_at) if booked_at else None
    if change is None or change.only_if_told or any(same for _, same in change.told_by):
        return False
    return change.at >= time


def offer_text(shift: Shift, offer: Offer, locale: Locale) -> str:
    """Returns the notice that offers a seat to an employee of the waiting list."""
    time = f"{offer.until.astimezone(shift.zone):%H:%M}"
    return one_segment(Template.OFFER, shift, locale, time=time)


def cancellation_text(shift: Shift, locale: Locale) -> str:
    """Returns the notice that the operator canceled a shift."""
    return one_segment(Template.CANCELED_NOTICE, shift, locale)


def reminder_text(shift: Shift, locale: Locale, *, droppable: bool) -> str:
    """Returns the notice that a shift starts soon.

    If `droppable`, it says how to drop the shift.
    """
    if droppable:
        return one_segment(Template.REMINDER, shift, locale, code=shift.shift_id)
    return one_segment(Template.REMINDER_FIXED, shift, locale)


def assignment_text(shift: Shift, locale: Locale, *, droppable: bool) -> str:
    """Returns the notice that an operator gave the employee a seat. If `droppable`, it says how to drop the shift."""
    if droppable:
        return one_segment(Template.ASSIGNED, shift, locale, code=shift.shift_id)
    return one_segment(Template.ASSIGNED_FIXED, shift, locale)


def release_text(shift: Shift, locale: Locale) -> str:
    """Returns the notice that an operator took the employee's seat away."""
    return one_segment(Template.RELEASED, shift, locale)


def one_segment(template: Template, shift: Shift, locale: Locale, **values: object) -> str:
    """Returns a sentence with the shift's description, cut to fit one segment."""

    def text(description: str) -> str:
        return with_gsm_substitutes(locale.say(template, shift=description, **values))

    description = with_gsm_substitutes(describe(shift, locale))
    fitting = prefix_for_one_segment(description, text)
    # A cut code could be the code of another shift. Such a description stays whole and takes more segments.
    return make_sendable(text(description if len(fitting) < len(shift.shift_id) else fitting.strip()))
