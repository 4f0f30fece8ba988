"""Tests that workers send far more notices than the rate of the number, and that offers which wait pass on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shift_sms_runtime.employees.recipients import Recipients
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.outbox.workers import WorkerStarter
from shift_sms_runtime.queue_messages import NO_DELAY
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.notice_source import NoticeSource
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
from shift_sms_runtime.shifts.reconciler import ShiftReconciler
from tests.support.functions_on_moto import OUR_NUMBER
from tests.support.memory.employee_bookings import MemoryEmployeeBookings, MemoryHolderBookings
from tests.support.memory.employees import MemoryEmployees
from tests.support.memory.queues import MemoryTimers
from tests.support.memory.shifts import MemoryShifts
from tests.support.outbox_world import OutboxWorld

HOLDERS = [f"+1425557{number:04}" for number in range(300)]
WAITING = ["+14255550101", "+14255550102", "+14255550103"]


class LoadedWorld(OutboxWorld):
    """The outbox and its workers, with a canceled shift and one whose seat is free for a waiting list."""

    def __init__(self, messages_per_second: int) -> None:
        super().__init__(messages_per_second=messages_per_second, workers=2)
        policy = BookingPolicy(offer_minutes=2, reminder_hours=0)
        self.shifts, self.timers = MemoryShifts(), Timers(self)
        recipients = Recipients(MemoryEmployees({*HOLDERS, *WAITING}), frozenset())
        self.source = NoticeSource(  # type: ignore[assignment]
            shifts=self.shifts,
            recipients=recipients,
            requests=Requests(self),
            locales=Locales(locales("shifts"), default="en"),
            policy=policy,
            clock=self.clock,
        )
        bookings = MemoryEmployeeBookings()
        self._reconciler = ShiftReconciler(
            shifts=self.shifts,
            bookings=bookings,
            holder_bookings=MemoryHolderBookings(self.shifts, bookings),
            recipients=recipients,
            shift_timers=self.timers,
            outbox=self.outbox,
            workers=WorkerStarter(self.permits, self.turns, self.clock),
            policy=policy,
            origination_identity=OUR_NUMBER,
            clock=self.clock,
        )
        self.reconciliations = 0
        at = self.clock().isoformat()
        self.shifts.put(
            "A1", seats=len(HOLDERS), shift_status="cancelled", employees=dict.fromkeys(HOLDERS, at)
        )

    def reconcile(self, shift_id: str, after: float = 0.0) -> None:
        """Reconciles a shift after a number of seconds."""
        self.functions.start(lambda: self._reconcile(shift_id), after=after)

    def _reconcile(self, shift_id: str) -> None:
        self.reconciliations += 1
        self._reconciler.reconcile(shift_id, self.functions.deadline(60))

    def recipients_of(self, beginning: str) -> list[str]:
        """Returns who received the texts with this beginning, in their order."""
        return [text.to for _, text in self.phones.accepted if text.body.startswith(beginning)]


class Requests:
    """Implements the reconcile queue."""

    def __init__(self, world: LoadedWorld) -> None:
        self._world = world

    def put(self, messages: Sequence[ReconcileRequest], *, delay: timedelta = NO_DELAY) -> None:
        for message in messages:
            self._world.reconcile(message.shift_id, after=1.0)


class Timers(MemoryTimers):
    """Schedules that reconcile their shifts."""

    def __init__(self, world: LoadedWorld) -> None:
        super().__init__()
        self._world = world

    def set(self, shift_id: str, at: datetime) -> None:
        if self.at.get(shift_id) != at:
            super().set(shift_id, at)
            self._world.functions.start(
                lambda: self._fire(shift_id, at), after=(at - self._world.clock()).total_seconds()
            )

    def _fire(self, shift_id: str, at: datetime) -> None:
        if self.at.get(shift_id) == at:
            self._world.reconcile(shift_id)


def test_given_a_shift_of_300_canceled_when_sent_then_at_the_rate_and_once() -> None:
    world = LoadedWorld(messages_per_second=4)
    for seconds in (0.0, 0.0, 5.0, 20.0):
        world.reconcile("A1", after=seconds)
    world.run()
    assert sorted(world.recipients_of("Canceled by your manager: A1")) == HOLDERS
    assert world.sent_after()[-1] < 300 / 4 * 1.25
    assert (world.blocked, world.failed, world.dead_letters) == ([], [], [])
    assert world.outbox.rows.empty


def test_given_offers_behind_300_notices_when_they_expire_then_each_is_asked_once() -> None:
    world = LoadedWorld(messages_per_second=1)
    world.shifts.put("B2", waiting_list=WAITING)
    world.reconcile("A1")
    world.reconcile("B2", after=1.0)
    world.run(hours=2)
    assert sorted(world.recipients_of("Canceled by your manager: A1")) == HOLDERS
    first, second, third = WAITING
    # The offers to the first two waited for longer than two minutes behind five minutes of notices.
    assert world.recipients_of("A spot is free: B2") == [third, first, second]
    shift = world.shifts.get("B2")
    assert shift is not None
    assert (shift.status, shift.offers, shift.waiting) == ("available", {}, ())
    assert world.outbox.rows.empty
    assert world.reconciliations < 30
