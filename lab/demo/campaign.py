"""The campaign scene: the operator puts one item, and every employee receives one text."""

import json
from collections import Counter

from lab.demo.stage import TIMEOUT_SECONDS, Stage, format_counts
from lab.lab_system import Item
from lab.operator_setup import CAMPAIGN_ITEM, put_campaign
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale


def run_campaign(stage: Stage) -> None:
    """Puts the post's campaign item; checks the texts and the Deliveries table."""
    recipients = len(stage.employees)
    stage.screen.heading(
        "The campaign",
        f"The operator puts this item into the Campaigns table, for {recipients} employees.",
    )
    stage.screen.print(json.dumps(CAMPAIGN_ITEM, indent=2))
    network = stage.system.network
    put_campaign(stage.system)
    with stage.screen.waiting(f"texting {recipients} employees"):
        if not network.wait_until(lambda: len(network.texts) >= recipients, TIMEOUT_SECONDS):
            raise TimeoutError(f"the campaign reached {len(network.texts)} of {recipients} phones")
        stage.wait_until_idle()
        item = _finished_item(stage)
    stage.screen.show_sent_text(network.inbox(stage.employees[0].phone_number)[0])
    stage.screen.note(f"... and a text to {recipients - 1} other phones.")

    stage.expected_texts.update(employee.phone_number for employee in stage.employees)
    stage.checks.expect(
        "The campaign text has the post's message and instructions in each employee's language",
        format_counts(
            Counter(_expected_text(one.language, connect=stage.connect) for one in stage.employees)
        ),
        format_counts(network.counts_by_body()),
    )
    stage.checks.expect(
        "Every employee receives the campaign text once",
        f"{recipients} phones, 1 text each",
        _reached(stage),
    )
    statuses = Counter(
        str(row["status"]) for row in stage.system.rows(stage.system.outputs.deliveries_table_name)
    )
    stage.checks.expect(
        "The deliveries add up to the recipients on the campaign item",
        f"{recipients} recipients; {format_counts(Counter(delivered=recipients))}",
        f"{item['targeted']} recipients; {format_counts(statuses)}",
    )


def _expected_text(language: str, *, connect: bool) -> str:
    say = locale("shifts", language).say
    agent = say(Template.CAMPAIGN_OR_CALL) if connect else ""
    return f"{CAMPAIGN_ITEM['campaign_message']}\n{say(Template.CAMPAIGN_HOW_TO_REPLY)}{agent}"


def _reached(stage: Stage) -> str:
    network = stage.system.network
    reached = [e for e in stage.employees if network.inbox(e.phone_number)]
    most = max(len(network.inbox(employee.phone_number)) for employee in reached)
    return f"{len(reached)} phones, {most} text each"


def _finished_item(stage: Stage) -> Item:
    """Waits for the final counts on the campaign item and returns it."""
    found: list[Item] = []

    def is_finished() -> bool:
        found[:] = stage.system.rows(stage.system.outputs.campaigns_table_name)
        (item,) = found
        return (
            item.get("waiting") == 0 and item.get("delivered", 0) + item.get("failed", 0) == item["targeted"]
        )

    stage.wait_for(is_finished, "the campaign item has no final counts")
    return found[0]
