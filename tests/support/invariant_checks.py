"""Checks invariants 3, 4 and 5 after a run of the faulty world."""

from collections import Counter

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS
from tests.support.faulty_campaign_world import RECIPIENTS, FaultyCampaignWorld
from tests.support.memory.deliveries import miscounted


def texted_twice(world: FaultyCampaignWorld) -> list[str]:
    """Invariant 3: returns the recipients who were texted more than once."""
    return [
        f"{number}: {times} times" for (_, number), times in Counter(world.network.sent).items() if times > 1
    ]


def miscounts(world: FaultyCampaignWorld) -> list[str]:
    """Invariant 4: returns where the counters or the campaign item disagree with the deliveries."""
    rows, item = world.stores.rows(), world.stores.item() or {}
    wrong = miscounted(rows, world.stores.counted())
    wrong += [f"on the item, {difference}" for difference in miscounted(rows, item)]
    if sum(item[counter] for counter in STATUS_COUNTERS) + item["waiting"] != item["targeted"]:
        wrong.append("the statuses on the item do not sum to the recipients targeted")
    if item["campaign_status"] not in (CampaignStatus.FINISHED, CampaignStatus.STOPPED):
        wrong.append(f"all queues are empty, and the campaign is {item['campaign_status']}")
    # Planning of a campaign ends early if a limit stops it.
    if len(rows) != RECIPIENTS and item["campaign_status"] != CampaignStatus.STOPPED:
        wrong.append(
            f"{len(rows)} rows for {RECIPIENTS} recipients of a campaign that is {item['campaign_status']}"
        )
    return wrong


def silently_lost(world: FaultyCampaignWorld) -> list[str]:
    """Invariant 5: returns records that were lost or reported wrongly, and recipients that were never settled."""
    lost = []
    for invocation in world.invocations:
        for record in invocation.records:
            if record not in invocation.failed and record not in invocation.reported:
                lost.append(f"{invocation.function}: {record} was neither handled nor reported")
            elif invocation.failed.get(record, False) and record not in invocation.reported:
                lost.append(f"{invocation.function}: {record} failed and was not reported")
            elif not invocation.failed.get(record, True) and record in invocation.reported:
                lost.append(f"{invocation.function}: {record} succeeded and was reported as failed")
    # All queues are empty, so these will never be settled.
    lost += [
        f"{number} is {row.status}" for number, row in world.stores.rows().items() if not row.status.final
    ]
    return lost


CHECKERS = (texted_twice, miscounts, silently_lost)
