"""Reconciles campaigns: launches a scheduled one, resumes a paused one, and ends the waiting of held messages.

A reconciliation depends on the current state alone, not on the event that caused it. A request that arrives twice, late
or out of order does no harm. A held message returns to its queue before it is removed, so a crash in between repeats
it. The ledger keeps a recipient in two work items from being texted twice.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shift_sms_runtime.campaigns.campaign import (
    CampaignNotSendable,
    CampaignState,
    CampaignStatus,
    read_send_at,
)
from shift_sms_runtime.campaigns.launch_plan import MAX_RELAUNCH_AGE, PlanState
from shift_sms_runtime.campaigns.launcher import TOO_OLD
from shift_sms_runtime.campaigns.ports import Campaigns, LaunchPlans
from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.campaigns.reconciliation.held_message import HeldKind, HeldMessage
from shift_sms_runtime.campaigns.reconciliation.ports import CampaignTimers, HeldMessages
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.messaging.ports import MIN_TIMER_DELAY, Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.queue_messages import Queue

_MESSAGES_PER_READ = 25
_PASS_SECONDS = 10.0
"""A pass, or the return of further messages, begins only if this much time is left."""
_UNTIL_LAUNCHED = timedelta(minutes=1)
"""When to look again at a campaign whose next launch has not begun."""
_BEFORE_LAUNCH = (CampaignStatus.REQUESTED, None)
_ENDED = (CampaignStatus.STOPPED, CampaignStatus.FAILED, CampaignStatus.SCHEDULED)
"""With these, nothing of an earlier launch is sent."""


class CampaignReconciler:
    """Reconciles one campaign per call."""

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        plans: LaunchPlans,
        held: HeldMessages,
        timers: CampaignTimers,
        pages: Queue[Page],
        dispatch: Queue[WorkItem],
        requests: Queue[CampaignRequest],
        zone: ZoneInfo,
        clock: Clock,
    ) -> None:
        """Sets up a reconciler.

        Args:
            campaigns: The campaign items.
            plans: Whether every recipient of a campaign is planned.
            held: The messages that wait.
            timers: Schedules the next reconciliation.
            pages: The queue of pages.
            dispatch: The queue of work items.
            requests: The queue of campaigns to reconcile.
            zone: The time zone of a `send_at` without an offset.
            clock: Returns the current time.
        """
        self._campaigns = campaigns
        self._plans = plans
        self._held = held
        self._timers = timers
        self._pages = pages
        self._dispatch = dispatch
        self._requests = requests
        self._zone = zone
        self._clock = clock

    def reconcile(self, campaign_id: str, deadline: InvocationDeadline) -> None:
        """Reconciles a campaign, and schedules its next reconciliation.

        Raises:
            TransientFailure: the campaign keeps changing, so that no pass came to its end.
        """
        while deadline.remaining() > _PASS_SECONDS:
            state = self._campaigns.state(campaign_id)
            if self._advance(campaign_id, state):
                continue
            if not self._return_due(campaign_id, state, deadline):
                self._requests.put([CampaignRequest(campaign_id)])
                return
            at = self._next_time(campaign_id, state)
            self._set_timer(campaign_id, state, at)
            # Another function may have set the timer for a change before this one replaced the timer.
            if self._campaigns.state(campaign_id) == state and self._next_time(campaign_id, state) == at:
                return
        raise TransientFailure("the campaign keeps changing")

    def _advance(self, campaign_id: str, state: CampaignState | None) -> bool:
        """Writes the status that a scheduled or resumed campaign goes on to; returns whether it wrote one."""
        if state is None or state.status not in (CampaignStatus.SCHEDULED, CampaignStatus.LAUNCHING):
            return False
        try:
            send_at = read_send_at(state.send_at, self._zone)
        except CampaignNotSendable as error:
            if state.status is not CampaignStatus.SCHEDULED:
                return False
            self._campaigns.mark_failed(campaign_id, str(error))
            return True
        is_due = send_at is None or send_at <= self._clock()
        if state.status is CampaignStatus.SCHEDULED:
            # An operator can schedule a campaign that was launched. Then the rest is texted at that time.
            return is_due and self._campaigns.request_launch(campaign_id, state, relaunch=_waits(state))
        return self._resume(campaign_id, state, is_due=is_due)

    def _resume(self, campaign_id: str, state: CampaignState, *, is_due: bool) -> bool:
        """Brings a campaign that is being launched, or was resumed, to its status."""
        plan = self._plans.find(campaign_id)
        if plan is not None and plan.launch_id == state.launch_id:
            if plan.state is PlanState.TOO_OLD:
                self._campaigns.stop(campaign_id, TOO_OLD)
                return True
            # The planner could not write this status while the campaign was paused.
            if plan.state is PlanState.FINISHED and self._campaigns.mark_launched(
                campaign_id, plan.launch_id
            ):
                self._plans.request_summary(campaign_id)
                return True
            return False
        if state.launched_at and _age(state.launched_at, self._clock()) > MAX_RELAUNCH_AGE:
            # The record of who was texted may be gone.
            self._campaigns.stop(campaign_id, TOO_OLD)
            return True
        # The campaign was paused before its launch began.
        if not is_due:
            return self._campaigns.mark_scheduled(campaign_id, status_when_put=CampaignStatus.LAUNCHING)
        return self._campaigns.request_launch(campaign_id, state, relaunch=True)

    def _return_due(
        self, campaign_id: str, state: CampaignState | None, deadline: InvocationDeadline
    ) -> bool:
        """Returns held messages to their queues: the due ones, and all of a campaign that was stopped.

        The functions behind the queues settle the recipients of a campaign that was stopped or deleted.

        Returns:
            False if no time was left for some of them.
        """
        if state is not None and (state.status in (CampaignStatus.PAUSED, *_BEFORE_LAUNCH) or _waits(state)):
            return True
        ended = state is not None and state.status in _ENDED
        while due := [
            one
            for one in self._held.page(campaign_id, _MESSAGES_PER_READ)
            if ended or one.until <= self._clock()
        ]:
            for message in due:
                if deadline.remaining() < _PASS_SECONDS:
                    return False
                self._return(message)
                self._held.remove(message)
        return True

    def _return(self, message: HeldMessage) -> None:
        match message.kind:
            case HeldKind.PAGE:
                self._pages.put([Page.from_json(message.body)])
            case HeldKind.WORK_ITEM:
                self._dispatch.put([WorkItem.from_json(message.body)])

    def _next_time(self, campaign_id: str, state: CampaignState | None) -> datetime | None:
        """Returns when the campaign has to be reconciled next; None if only after its item changes."""
        if state is not None and state.status is CampaignStatus.PAUSED:
            return None
        if state is not None and state.status is CampaignStatus.SCHEDULED:
            try:
                return read_send_at(state.send_at, self._zone)
            except CampaignNotSendable:
                return None
        first = self._held.page(campaign_id, 1)
        return first[0].until if first else None

    def _set_timer(self, campaign_id: str, state: CampaignState | None, at: datetime | None) -> None:
        if at is None:
            self._timers.clear(campaign_id)
            return
        delay = _UNTIL_LAUNCHED if state is not None and state.status in _BEFORE_LAUNCH else MIN_TIMER_DELAY
        self._timers.set(campaign_id, max(at, self._clock() + delay))


def _waits(state: CampaignState) -> bool:
    """Returns whether the operator has scheduled a campaign that was launched before."""
    return state.status is CampaignStatus.SCHEDULED and state.launch_id is not None


def _age(launched_at: str, now: datetime) -> timedelta:
    try:
        return now - datetime.fromisoformat(launched_at)
    except (TypeError, ValueError):
        return timedelta()
