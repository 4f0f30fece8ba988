"""What the page of the deployment's health shows of the deployed system."""

from datetime import UTC, datetime

from lab.lab_system import LabSystem
from lab.settings import STACK
from tests.support.lab_console import LabConsole

_CHECKS = (
    "stack",
    "number",
    "two-way",
    "opt-outs",
    "keywords",
    "rate",
    "text-quota",
    "spend-limit",
    "sandbox",
    "connect",
    "topic-policies",
    "dead-letters",
)
"""The checks that find nothing wrong in the lab, and need what the others need, too."""
_NOT_USED = ("registration", "daily-caps")


def fire_alarm(system: LabSystem) -> None:
    """Fires an alarm, as CloudWatch does when its metric breaches. Repeats if it fires."""
    system.cloud.client("cloudwatch").set_alarm_state(
        AlarmName=alarm_names(system)[0], StateValue="ALARM", StateReason="test"
    )


def alarm_names(system: LabSystem) -> list[str]:
    """Returns the names of the stack's alarms."""
    pages = system.cloud.client("cloudwatch").get_paginator("describe_alarms").paginate()
    names = (alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"])
    return sorted(name for name in names if name.startswith(f"{STACK}-"))


def show(console: LabConsole) -> None:
    page = console.page("/doctor")
    assert 'hx-get="/doctor/report"' in page
    assert 'id="faults"' not in page


def examine(console: LabConsole) -> None:
    system = console.system
    fire_alarm(system)
    page = console.page("/doctor/report")
    alarms, _, rest = page.partition('id="faults-title"')
    faults, _, healthy = rest.partition('id="healthy-title"')
    # The lab has no address that alarms are mailed to.
    assert faults.count("<h3>") == 1, faults
    assert "alarms have no subscriber" in faults
    for check in (*_CHECKS, *_NOT_USED):
        assert f'<td class="nowrap">{check}</td>' in healthy
    assert "1 alarm fires." in page
    assert f'since <time datetime="{datetime.now(UTC).date()}' in alarms.partition('id="alarms"')[2]

    system.network.limits.sandbox = True
    try:
        assert "the account is in the SMS sandbox" in console.page("/doctor/report")
    finally:
        system.network.limits.sandbox = False


SCENARIOS = {("GET", "/doctor"): show, ("GET", "/doctor/report"): examine}
