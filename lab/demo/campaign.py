"""The first scene: the operator puts one item, and every phone of the segment rings once."""

import json
import time
from collections import Counter

from lab.demo.stage import TIMEOUT_SECONDS, Stage, format_counts
from lab.lab_system import Item
from lab.operator_setup import CAMPAIGN_ITEM, put_campaign


def run_campaign(stage: Stage) -> None:
    """Put the post's item; check that all got it, once, and that the ledger adds up."""
    everybody = len(stage.employees)
    stage.screen.heading(
        "The campaign", f"The operator puts this item into the Campaigns table; {everybody} phones ring."
    )
    stage.screen.print(json.dumps(CAMPAIGN_ITEM, indent=2))
    network = stage.system.network
    began = time.monotonic()
    put_campaign(stage.system)
    with stage.screen.waiting(f"texting {everybody} employees"):
        if not network.wait_until(lambda: len(network.texts) >= everybody, TIMEOUT_SECONDS):
            raise TimeoutError(f"the campaign reached {len(network.texts)} of {everybody} phones")
        took = time.monotonic() - began
        stage.settle()
        item = _finished_item(stage)
    stage.screen.we_text(network.inbox(stage.employees[0].phone_number)[0])
    stage.screen.note(f"... and the same on {everybody - 1} other phones, within {took:.0f} s.")

    stage.due.update(employee.phone_number for employee in stage.employees)
    stage.checks.expect(
        "The campaign arrives with the post's message and how to answer",
        format_counts(Counter({_expected_text(connect=stage.connect): everybody})),
        format_counts(network.counts_by_body()),
    )
    stage.checks.expect(
        "The campaign reaches every employee, and nobody twice",
        f"{everybody} phones, 1 text each",
        _reached(stage),
    )
    ledger = Counter(
        str(row["status"]) for row in stage.system.rows(stage.system.outputs.deliveries_table_name)
    )
    stage.checks.expect(
        "The ledger adds up to the recipients on the campaign's item",
        f"{everybody} recipients; {format_counts(Counter(delivered=everybody))}",
        f"{item['targeted']} recipients; {format_counts(ledger)}",
    )


def _expected_text(*, connect: bool) -> str:
    agent = ", AGENT for a call" if connect else ""
    return f"{CAMPAIGN_ITEM['campaign_message']}\nReply a code to book, REQUEST for list{agent}"


def _reached(stage: Stage) -> str:
    network = stage.system.network
    reached = [e for e in stage.employees if network.inbox(e.phone_number)]
    most = max(len(network.inbox(employee.phone_number)) for employee in reached)
    return f"{len(reached)} phones, {most} text each"


def _finished_item(stage: Stage) -> Item:
    """The item when it says that every recipient has come to an end."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        (item,) = stage.system.rows(stage.system.outputs.campaigns_table_name)
        if item.get("waiting") == 0 and item.get("delivered", 0) + item.get("failed", 0) == item["targeted"]:
            return item
        if time.monotonic() > deadline:
            raise TimeoutError(f"the campaign's item does not say that it came to its end: {item}")
        time.sleep(0.1)
