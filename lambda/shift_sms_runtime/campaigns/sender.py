"""Sends work items of a campaign, and texts each recipient at most once.

The texts keep to the rate of the origination identity.

The permit of a text is reserved immediately before the send, in one row that all senders share. So the rate holds for
any number of senders. A sender that stops in the middle wastes only the permit that it has reserved. While replies or
notices wait, campaigns reserve nothing.

In quiet hours, the sender goes on with the recipients in whose time zones it is not quiet. It holds the others, or
skips them if the text is one of a fill plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shift_sms_runtime.campaigns.campaign import LaunchState
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.campaigns.ports import Campaigns, Deliveries, RunningFillPlans, SendCheck
from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.employees.quiet_times import quiet_until
from shift_sms_runtime.language.locale import primary_language
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.messaging.rate_limiter import PermitTooLate, RateLimiter
from shift_sms_runtime.messaging.send_once import (
    AccountLimitReached,
    ClaimedElsewhere,
    DestinationProblem,
    NumberBusy,
    SendOnce,
    TransientFailure,
    TryAgainLater,
)
from shift_sms_runtime.queue_messages import NO_DELAY, Queue
from shift_sms_runtime.shifts.filling.fill_plan import FILL_CAMPAIGN

MAX_RETRY_SECONDS = 12.0
"""How long a throttled text is retried before its work item returns to the queue."""

OPTED_OUT_BEFORE = "opted out before the send"
IN_QUIET_HOURS = "quiet-hours"
"""Why a text of a fill plan was not sent. The plan texts the employee later, if a seat is still free."""

_RECIPIENTS_PER_LOOKUP = 10
"""How many recipients' opt-outs and languages are read at once.

They are read immediately before the recipients are texted.
"""

_PERMIT_LEAD_TIME = timedelta(seconds=5)
"""How long before its next permit a delayed work item becomes visible."""


@dataclass
class _Rest:
    """The recipients of a work item that are not settled.

    Attributes:
        waiting: Recipients whose turn has not come.
        claimed_elsewhere: Recipients that other functions have claimed.
        refused: Recipients that the service has refused.
    """

    waiting: list[str]
    claimed_elsewhere: list[str] = field(default_factory=list)
    refused: dict[str, DestinationProblem] = field(default_factory=dict)


class CampaignSender:
    """Sends work items."""

    def __init__(
        self,
        *,
        send_once: SendOnce[Delivery],
        deliveries: Deliveries,
        dispatch: Queue[WorkItem],
        limiter: RateLimiter,
        employees: Employees,
        campaigns: Campaigns,
        fill_plans: RunningFillPlans | None,
        holder: CampaignHolder,
        quiet_hours: QuietHours,
        zone: ZoneInfo,
        origination_identity: str,
        clock: Clock,
        on_settled: Callable[[DeliveryStatus, int], None],
        on_stopped: Callable[[], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Sets up a sender.

        Args:
            send_once: Sends one text.
            deliveries: Settles recipients that are skipped.
            dispatch: The queue of work items.
            limiter: Gives each text its permit.
            employees: Reads languages, and reads and records opt-outs.
            campaigns: Reads whether a launch continues, and stops campaigns.
            fill_plans: Reads before each text of a fill plan whether it may be sent; None without fill plans.
            holder: Holds the recipients who have to wait.
            quiet_hours: When recipients are not texted.
            zone: The time zone of recipients who have none.
            origination_identity: The number or pool from which texts are sent.
            clock: Returns the current time.
            on_settled: Called with a status and the number of recipients that were settled with it, for metrics.
            on_stopped: Called when a limit of the account has stopped a campaign, for metrics.
            on_failure: Called with the failure of a call after which a new work item has the rest, for the log.
        """
        self._send_once = send_once
        self._deliveries = deliveries
        self._dispatch = dispatch
        self._limiter = limiter
        self._employees = employees
        self._campaigns = campaigns
        self._fill_plans = fill_plans
        self._holder = holder
        self._quiet_hours = quiet_hours
        self._zone = zone
        self._origination_identity = origination_identity
        self._clock = clock
        self._on_settled = on_settled
        self._on_stopped = on_stopped
        self._on_failure = on_failure

    def handle(self, item: WorkItem, deadline: InvocationDeadline, *, delivered_before: bool = False) -> None:
        """Texts every recipient that is not settled yet.

        Recipients for whom no time is left go back into the queue. So do recipients that the service refused while it
        accepted others.

        Args:
            item: The work item.
            deadline: The deadline of the invocation.
            delivered_before: Whether an earlier delivery may have settled recipients. These take no permit. Otherwise
                a work item whose senders are stopped again and again would come no further.

        Raises:
            TryAgainLater: recipients are left, and the work item should be delivered again.
        """
        if delivered_before:
            item = self._without_settled(item)
        rest = _Rest(list(item.recipients))
        try:
            claimed_elsewhere = self._send_all(item, rest, deadline)
        except TryAgainLater:
            raise
        except Exception as failure:  # noqa: BLE001 - raised again if no recipient was settled
            self._requeue(item, [*rest.waiting, *rest.claimed_elsewhere], tuple(rest.refused), failure)
            self._on_failure(failure)
            return
        if claimed_elsewhere:
            raise ClaimedElsewhere("another function holds the claim on some recipients")

    def _without_settled(self, item: WorkItem) -> WorkItem:
        """Returns the work item without the recipients that are settled."""
        statuses = self._deliveries.statuses(item.campaign_id, item.recipients)
        settled = {number for number, status in statuses.items() if status.final}
        refused = item.recipients[len(item.recipients) - item.refused_count :]
        return replace(
            item,
            recipients=tuple(number for number in item.recipients if number not in settled),
            refused_count=sum(number not in settled for number in refused),
        )

    def _send_all(self, item: WorkItem, rest: "_Rest", deadline: InvocationDeadline) -> list[str]:
        """Texts all recipients, each with a permit, while the launch continues.

        Returns the recipients that other functions have claimed.
        """
        waiting, claimed_elsewhere, refused = rest.waiting, rest.claimed_elsewhere, rest.refused
        try:
            while waiting:
                check = self._check(item)
                if check.stop_reason is not None:
                    return claimed_elsewhere + self._end_item(item, [*waiting, *refused], check.stop_reason)
                block = waiting[:_RECIPIENTS_PER_LOOKUP]
                employees = self._employees.of(block)
                skipped, claimed = self._skip_some(item, block, employees, check)
                claimed_elsewhere += claimed
                to_text = [number for number in block if number not in skipped]
                waiting[: len(block)] = to_text
                for number in to_text:
                    language = employees[number].language if number in employees else ""
                    body = item.body_in(primary_language(language))
                    segments = measure(body).segments
                    self._limiter.wait(deadline, segments)
                    if self._changed_meanwhile(item, number, employees.get(number)):
                        break
                    try:
                        self._text_recipient(item, number, body, segments, deadline)
                    except ClaimedElsewhere:
                        claimed_elsewhere.append(number)
                    except DestinationProblem as problem:
                        refused[number] = problem
                    waiting.remove(number)
            if refused:
                raise next(iter(refused.values()))
        except (TransientFailure, DestinationProblem) as cause:
            self._requeue(item, [*waiting, *claimed_elsewhere], tuple(refused), cause)
            return []
        except AccountLimitReached as limit:
            self._campaigns.stop(item.campaign_id, f"{limit}: the rest was not texted")
            self._on_stopped()
            claimed_elsewhere += self._skip(item, [*waiting, *refused], DeliveryStatus.STOPPED, str(limit))
        return claimed_elsewhere

    def _skip_some(
        self, item: WorkItem, block: Sequence[str], employees: Mapping[str, Employee], check: SendCheck
    ) -> tuple[set[str], list[str]]:
        """Skips or holds the recipients who must not be texted now.

        Returns them, and those of them whom other functions have claimed.
        """
        opted_out = [number for number in block if number in employees and employees[number].opted_out]
        claimed = self._skip(item, opted_out, DeliveryStatus.OPTED_OUT, OPTED_OUT_BEFORE)
        skipped = set(opted_out)
        for number in block:
            reason = check.skipped.get(number)
            if reason is not None and number not in skipped:
                claimed += self._skip(item, [number], DeliveryStatus.STOPPED, reason)
                skipped.add(number)
        ends = {number: self._quiet_until(employees.get(number), check.zone) for number in block}
        quiet = {number: end for number, end in ends.items() if end and number not in skipped}
        claimed += self._leave_quiet(item, quiet)
        return skipped | quiet.keys(), claimed

    def _changed_meanwhile(self, item: WorkItem, number: str, employee: Employee | None) -> bool:
        """Returns whether the recipient may no longer be texted, after the wait for the permit."""
        check = self._check(item) if _is_of_fill_plan(item) else SendCheck(zone=self._zone)
        is_quiet = self._quiet_until(employee, check.zone) is not None
        return check.stop_reason is not None or number in check.skipped or is_quiet

    def _check(self, item: WorkItem) -> SendCheck:
        if not _is_of_fill_plan(item):
            return SendCheck(self._campaigns.stop_reason(item.campaign_id, item.launch_id), self._zone)
        if self._fill_plans is None:
            return SendCheck("fill plans are not deployed")
        return self._fill_plans.check(item.campaign_id, item.text_version)

    def _end_item(self, item: WorkItem, numbers: Sequence[str], reason: str) -> list[str]:
        """Ends a work item whose launch does not continue.

        Returns the recipients claimed by other functions.
        """
        if reason is LaunchState.NEW_ITEM_PENDING:
            raise TryAgainLater(reason)
        if reason is LaunchState.PAUSED:
            rest = replace(item, recipients=tuple(numbers), refused_count=0)
            self._holder.hold(rest, until=self._clock())
            return []
        if reason is LaunchState.REPLACED:
            # Work items of the later launch have the waiting recipients, but not those that a stopped sender claimed.
            return self._settle_abandoned_claims(item, numbers)
        return self._skip(item, numbers, DeliveryStatus.STOPPED, reason)

    def _leave_quiet(self, item: WorkItem, quiet: Mapping[str, datetime]) -> list[str]:
        """Holds the recipients of a campaign until their quiet hours end, and skips those of a fill plan.

        Returns the recipients claimed by other functions.
        """
        if _is_of_fill_plan(item):
            return self._skip(item, [*quiet], DeliveryStatus.STOPPED, IN_QUIET_HOURS)
        for end in sorted(set(quiet.values())):
            recipients = tuple(number for number in quiet if quiet[number] == end)
            self._holder.hold(replace(item, recipients=recipients, refused_count=0), until=end)
        return []

    def _quiet_until(self, employee: Employee | None, default: ZoneInfo | None) -> datetime | None:
        """Returns when quiet hours end for a recipient; None if the recipient may be texted."""
        return quiet_until(employee, self._quiet_hours, self._clock(), default) if default else None

    def _requeue(
        self,
        item: WorkItem,
        waiting: Sequence[str],
        refused: Sequence[str],
        cause: Exception,
    ) -> None:
        """Puts a new work item for the remaining recipients.

        A queue delivers the old one only a few times. A long work item meets more failures than that, each at another
        recipient.

        The new work item has no settled recipients, because each recipient takes a permit, and permits may be scarce.
        It has all others, so that no recipient is in two work items. Refused recipients come last, and so are retried
        after all others.

        Raises:
            Exception: `cause`, if this attempt has made no progress, and not only because
                the number is busy. The queue then counts it, and finally moves the work item to the dead-letter queue,
                which has an alarm.
        """
        rest = (*waiting, *refused)
        number_busy = isinstance(cause, NumberBusy)
        all_were_refused = item.refused_count == len(item.recipients)
        if len(rest) == len(item.recipients) and (not number_busy or (refused and all_were_refused)):
            raise cause
        refused_before = set(item.recipients[len(item.recipients) - item.refused_count :])
        refused_count = len(refused) + sum(number in refused_before for number in waiting)
        free_at = cause.free_at if isinstance(cause, PermitTooLate) else self._clock()
        delay = max(NO_DELAY, free_at - self._clock() - _PERMIT_LEAD_TIME)
        self._dispatch.put([replace(item, recipients=rest, refused_count=refused_count)], delay=delay)

    def _text_recipient(
        self, item: WorkItem, number: str, body: str, segments: int, deadline: InvocationDeadline
    ) -> None:
        text = OutgoingText(number, self._origination_identity, body, item.campaign_id)
        delivery = Delivery(item.campaign_id, number, segments, item.offered_shift_id)
        outcome = self._send_once.send(delivery, text, deadline)
        if outcome.earlier:
            return
        if outcome.status is DeliveryStatus.OPTED_OUT:
            self._employees.record_refusal(number, now=self._clock())
        self._on_settled(outcome.status, 1)

    def _skip(self, item: WorkItem, numbers: Sequence[str], status: DeliveryStatus, reason: str) -> list[str]:
        """Settles recipients without a send; returns those claimed by other functions."""
        if not numbers:
            return []
        skipped = self._deliveries.skip(item.campaign_id, numbers, status, reason, now=self._clock())
        self._on_settled(status, skipped.settled)
        return self._settle_abandoned_claims(item, skipped.claimed)

    def _settle_abandoned_claims(self, item: WorkItem, numbers: Sequence[str]) -> list[str]:
        """Settles the claims of senders that stopped; returns the recipients that others claimed."""
        return [
            number
            for number in numbers
            if not self._send_once.settle_abandoned(
                Delivery(item.campaign_id, number, item.segments_per_text)
            )
        ]


def _is_of_fill_plan(item: WorkItem) -> bool:
    return item.campaign_id.startswith(FILL_CAMPAIGN)
