"""Sends work items of a campaign: texts each recipient at most once, within the rate of the origination identity.

A permit for each text is reserved right before it is sent, from one row that all senders share. So the rate holds for
any number of senders, and a sender that dies leaves no more than a moment unused.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from shift_sms_runtime.campaigns.campaign import LaunchState
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.campaigns.ports import Campaigns, Deliveries
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendPermits
from shift_sms_runtime.messaging.rate_limiter import PermitTooLate, RateLimiter
from shift_sms_runtime.messaging.send_once import (
    AccountLimitReached,
    ClaimedElsewhere,
    DestinationProblem,
    SendOnce,
    TransientFailure,
    TryAgainLater,
)
from shift_sms_runtime.queue_messages import NO_DELAY, Queue

MAX_RETRY_SECONDS = 12.0
"""Seconds for which a throttled text is tried before its work item goes back into the queue."""

OPTED_OUT_BEFORE = "opted out before the send"

_RECIPIENTS_PER_LOOKUP = 10
"""How many recipients' opt-outs are read at once, shortly before they are texted."""

_BEFORE_PERMIT = timedelta(seconds=5)
"""How long before its next permit a work item is received again."""


class CampaignSender:
    """Sends work items."""

    def __init__(
        self,
        *,
        send_once: SendOnce[Delivery],
        deliveries: Deliveries,
        dispatch: Queue[WorkItem],
        permits: SendPermits,
        employees: Employees,
        campaigns: Campaigns,
        origination_identity: str,
        sends_per_second: float,
        clock: Clock,
        on_settled: Callable[[DeliveryStatus, int], None],
        on_stopped: Callable[[], None],
    ) -> None:
        """Keeps what sending needs.

        Args:
            send_once: Sends one text.
            deliveries: Settles recipients that are skipped.
            dispatch: The queue of work items.
            permits: The permits that all senders share.
            employees: Reads and notes opt-outs.
            campaigns: Tells whether a campaign goes on, and stops it.
            origination_identity: What the texts leave from.
            sends_per_second: Message parts per second, for all senders together.
            clock: Tells the time.
            on_settled: Is called with a status and how many recipients have come to it, for metrics.
            on_stopped: Is called when a limit of the account has stopped a campaign, for metrics.
        """
        self._send_once = send_once
        self._deliveries = deliveries
        self._dispatch = dispatch
        self._permits = permits
        self._employees = employees
        self._campaigns = campaigns
        self._origination_identity = origination_identity
        self._part = timedelta(seconds=1 / sends_per_second)
        self._clock = clock
        self._on_settled = on_settled
        self._on_stopped = on_stopped

    def handle(self, item: WorkItem, deadline: InvocationDeadline) -> None:
        """Texts every recipient that has not been texted.

        Recipients for whom there is no time go back into the queue, and so do those that the service refused while it
        took others.

        Raises:
            TryAgainLater: some recipients are left, and something has to change first.
        """
        if self._send_all(item, deadline):
            raise ClaimedElsewhere("another function holds the claim on some of these")

    def _send_all(self, item: WorkItem, deadline: InvocationDeadline) -> list[str]:
        """Texts all recipients, each with a permit, while the campaign goes on.

        Returns the recipients whom other functions are texting.
        """
        waiting, held = list(item.recipients), list[str]()
        refused: dict[str, DestinationProblem] = {}
        limiter = RateLimiter(self._permits, self._clock, self._part * item.segments)
        try:
            while waiting:
                reason = self._campaigns.stop_reason(item.campaign_id, item.launch_id)
                if reason is not None:
                    return held + self._end(item, [*waiting, *refused], reason)
                block = waiting[:_RECIPIENTS_PER_LOOKUP]
                opted_out = self._employees.opted_out(block)
                unwilling = [number for number in block if number in opted_out]
                held += self._skip(item, unwilling, DeliveryStatus.OPTED_OUT, OPTED_OUT_BEFORE)
                going = [number for number in block if number not in opted_out]
                waiting[: len(block)] = going
                for sent, number in enumerate(going):
                    limiter.wait(deadline, len(going) - sent)
                    try:
                        self._text(item, number, deadline)
                    except ClaimedElsewhere:
                        held.append(number)
                    except DestinationProblem as refusal:
                        refused[number] = refusal
                    waiting.remove(number)
            if refused:
                raise next(iter(refused.values()))
        except (TransientFailure, DestinationProblem) as later:
            self._put_rest(item, [*waiting, *held], tuple(refused), later)
            return []
        except AccountLimitReached as limit:
            self._campaigns.stop(item.campaign_id, f"{limit}: the rest was not texted")
            self._on_stopped()
            held += self._skip(item, [*waiting, *refused], DeliveryStatus.STOPPED, str(limit))
        return held

    def _end(self, item: WorkItem, numbers: Sequence[str], reason: str) -> list[str]:
        """Ends a work item whose launch does not go on; returns the recipients whom another function is texting."""
        if reason is LaunchState.UNDECIDED:
            raise TryAgainLater(reason)
        if reason is LaunchState.REPLACED:
            # A recipient that waits is in another work item. One whose sender has died is in none.
            return self._still_sending(item, numbers)
        return self._skip(item, numbers, DeliveryStatus.STOPPED, reason)

    def _put_rest(
        self,
        item: WorkItem,
        waiting: Sequence[str],
        refused: Sequence[str],
        later: TransientFailure | DestinationProblem,
    ) -> None:
        """Puts a new message for the recipients that are left: a queue delivers the old one only a few times.

        The new message leaves out settled recipients, because each recipient of a work item takes a permit, and
        permits may be scarce. It has all others, so that no recipient is in two messages. Refused recipients come
        last, and are tried again after all others were tried.

        Raises:
            TransientFailure, DestinationProblem: `later`, if nothing has moved. Then the queue counts a receive of the
                old message, which ends in the dead-letter queue with an alarm.
        """
        rest = (*waiting, *refused)
        too_late = isinstance(later, PermitTooLate)
        all_were_refused = item.refused == len(item.recipients)
        if len(rest) == len(item.recipients) and (not too_late or (refused and all_were_refused)):
            raise later
        refused_before = set(item.recipients[len(item.recipients) - item.refused :])
        still_refused = len(refused) + sum(number in refused_before for number in waiting)
        free = later.free if isinstance(later, PermitTooLate) else self._clock()
        delay = max(NO_DELAY, free - self._clock() - _BEFORE_PERMIT)
        self._dispatch.put([replace(item, recipients=rest, refused=still_refused)], delay=delay)

    def _text(self, item: WorkItem, number: str, deadline: InvocationDeadline) -> None:
        text = OutgoingText(number, self._origination_identity, item.body, item.campaign_id)
        delivery = Delivery(item.campaign_id, number, item.segments, item.offers)
        outcome = self._send_once.send(delivery, text, deadline)
        if outcome.earlier:
            return
        if outcome.status is DeliveryStatus.OPTED_OUT:
            self._employees.record_refusal(number, now=self._clock())
        self._on_settled(outcome.status, 1)

    def _skip(self, item: WorkItem, numbers: Sequence[str], status: DeliveryStatus, reason: str) -> list[str]:
        """Settles recipients without a text; returns those whom another function is texting."""
        if not numbers:
            return []
        skipped = self._deliveries.skip(item.campaign_id, numbers, status, reason, now=self._clock())
        self._on_settled(status, skipped.settled)
        return self._still_sending(item, skipped.being_sent)

    def _still_sending(self, item: WorkItem, numbers: Sequence[str]) -> list[str]:
        """Settles claims whose senders have died; returns the recipients whom another function is texting."""
        return [
            number
            for number in numbers
            if not self._send_once.settle_abandoned(Delivery(item.campaign_id, number, item.segments))
        ]
