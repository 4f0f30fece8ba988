"""Reads which texts of a fill plan were sent, and gives back the count of those that never will be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shift_sms_runtime.campaigns.counters import Counter
from shift_sms_runtime.campaigns.ports import CampaignCounters, Deliveries
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.fill_plans.fill_contact import SPARED_FOR, PlanProgress, SentContact
from shift_sms_runtime.fill_plans.ports import FillContacts
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus

_NEVER_SENT = (DeliveryStatus.STOPPED, DeliveryStatus.OPTED_OUT)
_NOT_REACHED = (
    Counter.STOPPED,
    Counter.OPTED_OUT,
    Counter.FAILED,
    Counter.NOT_VERIFIED,
    Counter.BLOCKED_COUNTRY,
)


class PlanTexts:
    """The texts of fill plans."""

    def __init__(self, contacts: FillContacts, deliveries: Deliveries, counters: CampaignCounters) -> None:
        self._contacts = contacts
        self._deliveries = deliveries
        self._counters = counters

    def summary(self, progress: PlanProgress) -> Mapping[str, int]:
        """Returns the counts of the texts of a plan. A plan without waves has no rows to read."""
        return summarize(self._counters.rows(progress.campaign_id) if progress.waves else ())

    def texted(self, progress: PlanProgress) -> Mapping[str, SentContact]:
        """Returns the contacts that the plan has texted, or is about to text.

        Gives back the count of the others. Every text of the plan must be queued: then a text that is stopped is sent
        only if a later wave counts it again.
        """
        contacted = self._contacts.contacted(progress) if progress.waves else {}
        summary = self.summary(progress) if contacted else {}
        # An ended plan may have stored contacts without a row. Other contacts were skipped by senders.
        if not contacted or summary[Counter.TARGETED] - _unsent_in(summary) == len(contacted):
            return contacted
        statuses = self._deliveries.statuses(progress.campaign_id, [*contacted])
        self._give_back(progress, contacted, statuses)
        return {
            number: contact
            for number, contact in contacted.items()
            if statuses.get(number) not in (None, DeliveryStatus.STOPPED)
        }

    def give_back_unsent(self, progress: PlanProgress, summary: Mapping[str, int]) -> None:
        """Gives back the count of texts of a plan that never will be sent, unless it was given back.

        Reads nothing if there are none in `summary`, the counts of the texts. Every text of the plan must be queued.
        """
        unsent = _unsent_in(summary)
        contacted = self._contacts.contacted(progress) if unsent else {}
        if sum(contact.returned for contact in contacted.values()) < unsent:
            statuses = self._deliveries.statuses(progress.campaign_id, [*contacted])
            self._give_back(progress, contacted, statuses)

    def stop_waiting(self, progress: PlanProgress, reason: str, now: datetime) -> None:
        """Skips the texts of a plan that wait for a sender, and gives back their count."""
        numbers = [*self._contacts.contacted(progress)] if progress.waves else []
        if self.summary(progress)["waiting"]:
            self._deliveries.skip(progress.campaign_id, numbers, DeliveryStatus.STOPPED, reason, now=now)
        self.texted(progress)

    def sent(self, progress: PlanProgress) -> Mapping[str, SentContact]:
        """Returns the contacts whose texts were sent."""
        contacted = self._contacts.contacted(progress)
        statuses = self._deliveries.statuses(progress.campaign_id, [*contacted])
        return {
            number: contact
            for number, contact in contacted.items()
            if statuses.get(number) in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
        }

    def spared(self, progress: PlanProgress, now: datetime) -> Mapping[str, datetime]:
        """Returns until when employees are not texted because a text of an earlier plan is still an offer."""
        begun = datetime.fromisoformat(progress.started_at)
        if progress.spares_since is None or now >= begun + SPARED_FOR:
            return {}
        since = max(progress.spares_since, now - SPARED_FOR)
        spared: dict[str, datetime] = {}
        for started_at, contacted in self._contacts.contacted_before(progress, since=since).items():
            earlier = replace(progress, started_at=started_at)
            statuses = self._deliveries.statuses(earlier.campaign_id, [*contacted])
            # Senders skip what is left of a plan that was replaced.
            self._give_back(earlier, contacted, statuses)
            for number, contact in contacted.items():
                if statuses.get(number) not in (None, DeliveryStatus.QUEUED, *_NEVER_SENT):
                    until = contact.at + SPARED_FOR
                    spared[number] = max(until, spared.get(number, until))
        return spared

    def _give_back(
        self,
        progress: PlanProgress,
        contacted: Mapping[str, SentContact],
        statuses: Mapping[str, DeliveryStatus],
    ) -> None:
        unsent = {
            number: contact
            for number, contact in contacted.items()
            if statuses.get(number) in _NEVER_SENT and not contact.returned
        }
        if unsent:
            self._contacts.give_back(progress, unsent)


def contacted_in(summary: Mapping[str, int]) -> int:
    """Returns how many people the plan texted, or is about to text."""
    return summary[Counter.TARGETED] - sum(summary[counter] for counter in _NOT_REACHED)


def _unsent_in(summary: Mapping[str, int]) -> int:
    return summary[Counter.STOPPED] + summary[Counter.OPTED_OUT]
