"""Send one work item of a campaign: each of its recipients at most once, and no faster than the number may.

Each text has its turn, reserved right before from one row that all senders share; so the rate holds however many they
are, and whoever dies leaves no more than a moment unused.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from shift_sms_runtime.campaigns.campaign import LaunchState
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.campaigns.ports import CampaignStop, Deliveries
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendPermits
from shift_sms_runtime.messaging.rate_limiter import PermitTooLate, RateLimiter
from shift_sms_runtime.messaging.send_once import (
    AnotherIsSending,
    OthersMayGo,
    OutOfLimit,
    SendOnce,
    SlowDown,
    TryAgainLater,
)
from shift_sms_runtime.queue_messages import NO_DELAY, Queue

LONGEST_ATTEMPT = 12.0
"""Seconds that a throttled text is held before its work item goes back into the queue."""


OPTED_OUT_BEFORE = "opted out before the send"


_LOOKED_UP = 10
"""Recipients whose opt-outs are read at once, shortly before they are texted."""


_AHEAD_OF_TURN = timedelta(seconds=5)


class CampaignSender:
    """Handles one work item after the other."""

    def __init__(
        self,
        *,
        deliveries: SendOnce[Delivery],
        ledger: Deliveries,
        dispatch: Queue[WorkItem],
        pace: SendPermits,
        employees: Employees,
        campaigns: CampaignStop,
        origination_identity: str,
        sends_per_second: float,
        clock: Clock,
        tally: Callable[[DeliveryStatus, int], None],
        stopped: Callable[[], None],
    ) -> None:
        """``sends_per_second`` are message parts, for all senders together.

        ``tally`` hears how many recipients came to which end, ``stopped`` that a campaign had to end: for metrics.
        """
        self._deliveries = deliveries
        self._ledger = ledger
        self._dispatch = dispatch
        self._pace = pace
        self._employees = employees
        self._campaigns = campaigns
        self._origination_identity = origination_identity
        self._part = timedelta(seconds=1 / sends_per_second)
        self._clock = clock
        self._tally = tally
        self._stopped = stopped

    def handle(self, item: WorkItem, patience: InvocationDeadline) -> None:
        """Text every recipient that has not been texted. What there is no time for goes back into the queue, and so do
        those who were refused while others were not.

        Raises:
            TryAgainLater: some are left, and something has to change before; who was texted stays texted once.
        """
        if self._send_all(item, patience):
            raise AnotherIsSending("another function holds the claim on some of these")

    def _end(self, item: WorkItem, numbers: Sequence[str], over: str) -> list[str]:
        """Nobody is to be texted any more; returns those that another function is texting."""
        if over is LaunchState.UNDECIDED:
            raise TryAgainLater(over)
        if over is LaunchState.REPLACED:
            # Who waits is in another work item; whose sender has died is in none.
            return self._still_sending(item, numbers)
        return self._leave_out(item, numbers, DeliveryStatus.STOPPED, over)

    def _send_all(self, item: WorkItem, patience: InvocationDeadline) -> list[str]:
        """Text everybody, each at the next turn, while the campaign goes on; returns those whom others are texting."""
        waiting, held = list(item.recipients), list[str]()
        refused: dict[str, OthersMayGo] = {}
        turns = RateLimiter(self._pace, self._clock, self._part * item.segments)
        try:
            while waiting:
                over = self._campaigns.halted(item.campaign_id, item.launch_id)
                if over is not None:
                    return held + self._end(item, [*waiting, *refused], over)
                block = waiting[:_LOOKED_UP]
                opted_out = self._employees.opted_out(block)
                unwilling = [number for number in block if number in opted_out]
                held += self._leave_out(item, unwilling, DeliveryStatus.OPTED_OUT, OPTED_OUT_BEFORE)
                going = [number for number in block if number not in opted_out]
                waiting[: len(block)] = going
                for sent, number in enumerate(going):
                    turns.wait(patience, len(going) - sent)
                    try:
                        self._text(item, number, patience)
                    except AnotherIsSending:
                        held.append(number)
                    except OthersMayGo as refusal:
                        refused[number] = refusal
                    waiting.remove(number)
            if refused:
                raise next(iter(refused.values()))
        except (SlowDown, OthersMayGo) as later:
            self._put_rest(item, [*waiting, *held], tuple(refused), later)
            return []
        except OutOfLimit as limit:
            self._campaigns.stop(item.campaign_id, f"{limit}: the rest was not texted")
            self._stopped()
            held += self._leave_out(item, [*waiting, *refused], DeliveryStatus.STOPPED, str(limit))
        return held

    def _put_rest(
        self, item: WorkItem, waiting: Sequence[str], refused: Sequence[str], later: SlowDown | OthersMayGo
    ) -> None:
        """Put a new message for those who are left, for the old one may come back only so often.

        It has no place for those who are done: each recipient of a work item takes a turn, and turns may be all that
        there is too little of. It has all others, so that no two messages have the same. Those who were refused come
        last, and are tried again when everybody was tried once.

        Raises:
            SlowDown, OthersMayGo: ``later``, where nothing moves: this message is counted each time it comes, and ends
                where somebody is told.
        """
        rest = (*waiting, *refused)
        too_late = isinstance(later, PermitTooLate)
        all_were_refused = item.refused == len(item.recipients)
        if len(rest) == len(item.recipients) and (not too_late or (refused and all_were_refused)):
            raise later
        refused_before = set(item.recipients[len(item.recipients) - item.refused :])
        still_refused = len(refused) + sum(number in refused_before for number in waiting)
        free = later.free if isinstance(later, PermitTooLate) else self._clock()
        delay = max(NO_DELAY, free - self._clock() - _AHEAD_OF_TURN)
        self._dispatch.put([replace(item, recipients=rest, refused=still_refused)], delay=delay)

    def _text(self, item: WorkItem, number: str, patience: InvocationDeadline) -> None:
        text = OutgoingText(number, self._origination_identity, item.body, item.campaign_id)
        outcome = self._deliveries.send(
            Delivery(item.campaign_id, number, item.segments, item.offers), text, patience
        )
        if outcome.earlier:
            return
        if outcome.status is DeliveryStatus.OPTED_OUT:
            self._employees.refused(number, now=self._clock())
        self._tally(outcome.status, 1)

    def _leave_out(
        self, item: WorkItem, numbers: Sequence[str], status: DeliveryStatus, reason: str
    ) -> list[str]:
        """Settle recipients without a text; returns those that another function is texting."""
        if not numbers:
            return []
        left_out = self._ledger.leave_out(item.campaign_id, numbers, status, reason, now=self._clock())
        self._tally(status, left_out.settled)
        return self._still_sending(item, left_out.being_sent)

    def _still_sending(self, item: WorkItem, numbers: Sequence[str]) -> list[str]:
        """Settle claims whose senders have died; returns the recipients that another function is texting."""
        return [
            number
            for number in numbers
            if not self._deliveries.settled(Delivery(item.campaign_id, number, item.segments))
        ]
