"""Checks invariants 3, 4 and 5 after the faulty world has come to its end."""

from collections import Counter

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS
from tests.support.faulty_campaign_world import RECIPIENTS, FaultyCampaignWorld
from tests.support.memory.deliveries import miscounted


def texted_twice(world: FaultyCampaignWorld) -> list[str]:
    """Invariant 3: returns the recipients who were texted more than once."""
    return [
        f"{number}: {times} times" for (_, number), times in Counter(world.network.out).items() if times > 1
    ]


def does_not_add_up(world: FaultyCampaignWorld) -> list[str]:
    """Invariant 4: returns where the counters or the campaign item differ from the deliveries."""
    rows, item = world.stores.rows(), world.stores.item() or {}
    wrong = miscounted(rows, world.stores.counted())
    wrong += [f"on the item, {one}" for one in miscounted(rows, item)]
    if sum(item[counter] for counter in STATUS_COUNTERS) + item["waiting"] != item["targeted"]:
        wrong.append("the statuses on the item do not sum to the recipients targeted")
    # A campaign that a limit has stopped is not planned to its end.
    if len(rows) != RECIPIENTS and item["campaign_status"] != CampaignStatus.STOPPED:
        wrong.append(
            f"{len(rows)} rows for {RECIPIENTS} recipients of a campaign that is {item['campaign_status']}"
        )
    return wrong


def lost_in_silence(world: FaultyCampaignWorld) -> list[str]:
    """Invariant 5: returns records that were lost or reported wrongly, and recipients that were never settled."""
    lost = []
    for one in world.invocations:
        for record in one.given:
            if record not in one.raised and record not in one.reported:
                lost.append(f"{one.function}: {record} was neither handled nor reported")
            elif one.raised.get(record, False) and record not in one.reported:
                lost.append(f"{one.function}: {record} failed and was not reported")
            elif not one.raised.get(record, True) and record in one.reported:
                lost.append(f"{one.function}: {record} was done and reported as failed")
    # All queues are empty, so no function will settle these.
    lost += [
        f"{number} is {row.status}" for number, row in world.stores.rows().items() if not row.status.final
    ]
    return lost


CHECKERS = (texted_twice, does_not_add_up, lost_in_silence)
