"""Generates the page of the alarms, each with a link to the runbook."""

import re

from scripts.reference import markdown, product
from scripts.reference.resources import short

# Sections of the runbook, by the path of the construct that the alarm watches.
RUNBOOK = {
    "Inbound/Inbound": "../operating/inbound.md#inbound-texts",
    "Inbound/Process": "../operating/inbound.md#inbound-function",
    "ConnectCallback/Callbacks": "../operating/inbound.md#callbacks",
    "DeliveryEvents/Events": "../operating/inbound.md#delivery-events",
    "ShiftReconciler/Requests": "../operating/shifts.md#shifts-not-reconciled",
    "FillPlanner/Requests": "../operating/shifts.md#shifts-not-filled",
    "OperatorInbox/Reply": "../operating/shifts.md#operator-replies",
    "Outbox/Send": "../operating/outbox.md#blocked",
    "Outbox/Turns": "../operating/outbox.md#dead-letters",
    "CampaignLauncher/Launch": "../operating/campaigns.md#failed-or-stopped",
    "CampaignLauncher/Plan": "../operating/campaigns.md#failed-or-stopped",
    "CampaignLauncher/Send": "../operating/campaigns.md#failed-or-stopped",
    "CampaignLauncher/Pages": "../operating/campaigns.md#pages-not-planned",
    "CampaignLauncher/Reconciler/Requests": "../operating/campaigns.md#campaigns-not-reconciled",
    "CampaignLauncher/Dispatch": "../operating/campaigns.md#recipients-not-texted",
    "Console": "../operating/console.md#requests-that-fail",
    "Console/Serve": "../operating/console.md#requests-that-fail",
    "Tables/StreamDeadLetters": "../operating/index.md#changes-of-tables",
}

WORK_WAITS = "../operating/index.md#work-that-waits-too-long"

_INTRODUCTION = """
Every alarm sends to the topic of the output `AlarmTopicArn`, which `alarm_email` subscribes to. Missing data does not
breach. The paths are those of the constructs. The description of each alarm begins with the name of the stack and this
path.
"""


def pages() -> dict[str, str]:
    """Returns the page by its path."""
    stack = product.synthesized("connect", "console", "events")
    groups: dict[str, list[str]] = {}
    links: dict[str, str] = {}
    for name, alarm in sorted(stack.of_type("AWS::CloudWatch::Alarm").items()):
        path, _, meaning = alarm["AlarmDescription"].partition(": ")
        path = path.partition("/")[2]
        links[path] = _runbook_link(path, alarm)
        groups.setdefault(path, []).append(
            markdown.item(f"`{_alarm_name(name, alarm)}`: {markdown.sentence(meaning)} {_threshold(alarm)}")
        )
    sections = [
        markdown.section(
            markdown.code(path), markdown.items([*entries, markdown.item(f"[What to do]({links[path]})")])
        )
        for path, entries in sorted(groups.items())
    ]
    return {"reference/alarms.md": markdown.page("Alarms", _INTRODUCTION, *sections)}


def _is_queue_alarm(alarm: product.Properties) -> bool:
    return bool(alarm["Namespace"] == "AWS/SQS")


def _alarm_name(logical_id: str, alarm: product.Properties) -> str:
    """Returns the metric, or for a queue the last part of the logical id."""
    if not _is_queue_alarm(alarm):
        return str(alarm["MetricName"])
    words = re.findall(r"[A-Z][a-z]+", short(logical_id))
    return "NotEmpty" if words[-1] == "Empty" else words[-1]


def _threshold(alarm: product.Properties) -> str:
    metric, minutes = markdown.code(alarm["MetricName"]), alarm["Period"] // 60
    if alarm["MetricName"] == "ApproximateAgeOfOldestMessage":
        return f"Fires when {metric} reaches {alarm['Threshold'] // 86400} days."
    within = "" if minutes == 1 else f" within {minutes} minutes"
    return f"Fires when {metric} reaches {alarm['Threshold']}{within}."


def _runbook_link(path: str, alarm: product.Properties) -> str:
    if _is_queue_alarm(alarm) and not path.endswith("/DeadLetters"):
        return WORK_WAITS
    source = path.removesuffix("/DeadLetters")
    if source not in RUNBOOK:
        raise product.MissingDocumentation(
            f"alarms: {source} has no section of the runbook in RUNBOOK (alarms.py)"
        )
    return RUNBOOK[source]
