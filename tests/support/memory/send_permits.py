"""Keeps the send permits of an origination identity in memory."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shift_sms_runtime.messaging.permits import Announcement, Permit, Priority, Reservation

MAX_IDLE = timedelta(milliseconds=50)


class MemorySendPermits:
    """Implements `SendPermits` in memory. `reserved` has the beginning, the end and the priority of each span."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.free_from: datetime | None = None
        self.slow_down = 0
        self.waits_until: dict[Priority, datetime] = {}
        self.workers: dict[int, tuple[str, datetime]] = {}
        self.retry_at: datetime | None = None
        self.reserved: list[tuple[datetime, datetime, Priority]] = []
        self.reservations = 0

    def reserve(self, reservation: Reservation, now: datetime | None = None) -> Permit:
        """See `SendPermits.reserve`. Takes the time of a function whose clock differs."""
        self.reservations += 1
        now = now or self._clock()
        before = reservation.priority.higher + ((reservation.priority,) if reservation.immediate else ())
        yields = any(self.waits_until.get(first, now) > now for first in before)
        idle = self.free_from is None or self.free_from < now - MAX_IDLE
        begins = now if idle or self.free_from is None else self.free_from
        if yields or (not idle and begins > reservation.latest):
            return Permit(
                max(now, begins),
                reserved=False,
                yields=yields,
                slow_down=self.slow_down,
                running_workers=self._running_workers(),
            )
        self.free_from = begins + reservation.span
        self.slow_down += reservation.slow_down
        self._write(reservation.announcement)
        self.reserved.append((begins, self.free_from, reservation.priority))
        return Permit(begins, slow_down=self.slow_down, running_workers=self._running_workers())

    def announce(self, priority: Priority, until: datetime) -> frozenset[int]:
        self._write(Announcement(waits_until={priority: until}))
        return self._running_workers()

    def take_worker(self, worker: int, owner: str, until: datetime) -> bool:
        now = self._clock()
        held_by, held_until = self.workers.get(worker, ("", now))
        if held_until > now and held_by != owner:
            return False
        self.workers[worker] = (owner, until)
        return True

    def keep_worker(self, worker: int, until: datetime) -> frozenset[int]:
        self._write(Announcement(worker=worker, lease_until=until))
        return self._running_workers()

    def end_worker(self, worker: int) -> None:
        self.workers.pop(worker, None)

    def begin_retry_pause(self, until: datetime) -> bool:
        if self.retry_at is not None and self.retry_at > self._clock() and self.retry_at != until:
            return False
        self.retry_at = until
        return True

    def _write(self, announcement: Announcement) -> None:
        self.waits_until.update(announcement.waits_until)
        if announcement.worker is not None and announcement.lease_until is not None:
            owner, _ = self.workers.get(announcement.worker, ("", None))
            self.workers[announcement.worker] = (owner, announcement.lease_until)

    def _running_workers(self) -> frozenset[int]:
        now = self._clock()
        return frozenset(worker for worker, (_, until) in self.workers.items() if until > now)
