"""Tests that every permission of the console's role is needed: without it, one action has no effect."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from lab.lab_system import LabSystem
from lab.settings import STACK
from tests.support.console_permissions import (
    CAMPAIGN,
    DAY,
    FILLED,
    SHIFT,
    ConsoleActions,
    prepared_actions,
    resource_name,
)
from tests.support.lab_console import signed_in
from tests.support.lab_permissions import actions, policies, resources, roles, without_permission

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

FUNCTION = "serve_console"
Work = Callable[[ConsoleActions], str]


@dataclass(frozen=True)
class Need:
    """An action that the role needs on a resource, and work whose page has a text only if it is allowed."""

    resource: str
    """A table, or an index of one; empty for other resources."""
    action: str
    work: Work
    shows: str

    def __str__(self) -> str:
        return f"{self.action} {self.resource}".strip()


def open_page(address: str) -> Work:
    """Returns the work of opening a page."""
    return lambda actions: actions.get(address)


def on(resource: str, action: str, work: Work, shows: str) -> Need:
    """Returns a need of a table or index."""
    return Need(resource, f"dynamodb:{action}", work, shows)


def checked(action: str, check: str) -> Need:
    """Returns a need of a check that finds nothing wrong in the lab."""
    return Need("", action, open_page("/doctor/report"), f'<td class="nowrap">{check}</td>')


SHIFT_PAGE, EMPLOYEE_PAGE = open_page(f"/shifts/shift?code={SHIFT}"), ConsoleActions.employee
ADDED, EDITED, ASSIGNED = "The shift is added.", "The shift is changed.", "The seat is assigned."
SAVED, REMOVED = "The employee is saved.", 'id="removed"'

NEEDS = (
    on("ConsoleSessions", "GetItem", open_page("/doctor"), "<h1>Health</h1>"),
    on("ConsoleSessions", "PutItem", ConsoleActions.sign_in, "(viewer)"),
    on("ConsoleSessions", "DeleteItem", ConsoleActions.sign_out, "You are signed out"),
    on("AuditTrail", "PutItem", ConsoleActions.add_shift, ADDED),
    on("AuditTrail", "Query", SHIFT_PAGE, f"<h1>{SHIFT}</h1>"),
    on("AuditTrail/by-day", "Query", open_page("/activity"), "<h1>Activity</h1>"),
    on("Shifts", "BatchGetItem", EMPLOYEE_PAGE, 'id="bookings"'),
    on("Shifts", "GetItem", SHIFT_PAGE, f"<h1>{SHIFT}</h1>"),
    on("Shifts", "PutItem", ConsoleActions.add_shift, ADDED),
    on("Shifts", "Scan", ConsoleActions.remove_employee, REMOVED),
    on("Shifts", "UpdateItem", ConsoleActions.edit_shift, EDITED),
    on("Shifts/by-code", "Query", open_page("/shifts/shift?code=NONE9"), "no such shift"),
    on("Shifts/by-start", "Query", open_page(f"/shifts?day={DAY}"), f'id="shift-{SHIFT}"'),
    on("Employees", "BatchGetItem", EMPLOYEE_PAGE, 'id="bookings"'),
    on("Employees", "ConditionCheckItem", ConsoleActions.assign, ASSIGNED),
    on("Employees", "DeleteItem", ConsoleActions.remove_employee, REMOVED),
    on("Employees", "DescribeTable", open_page("/doctor/report"), '<td class="nowrap">daily-caps</td>'),
    on("Employees", "PutItem", ConsoleActions.save_employee, SAVED),
    on("Employees", "Scan", open_page("/people"), 'id="employees"'),
    on("Employees", "UpdateItem", ConsoleActions.rename_employee, SAVED),
    on("SegmentMembers", "BatchGetItem", ConsoleActions.save_employee, SAVED),
    on("SegmentMembers", "DeleteItem", ConsoleActions.remove_employee, REMOVED),
    on("SegmentMembers", "PutItem", ConsoleActions.save_employee, SAVED),
    on("SegmentMembers", "Query", open_page(f"/people?segment={CAMPAIGN}"), 'id="employees"'),
    on("SegmentMembers/by-phone-number", "Query", EMPLOYEE_PAGE, 'id="bookings"'),
    on("Campaigns", "BatchGetItem", EMPLOYEE_PAGE, 'id="bookings"'),
    on("Campaigns", "GetItem", open_page(f"/campaigns/campaign?id={CAMPAIGN}"), "finished"),
    on("Campaigns", "PutItem", ConsoleActions.launch, "The campaign is launched."),
    on("Campaigns", "UpdateItem", ConsoleActions.stop_campaign, "The campaign is stopped."),
    on("Campaigns/by-time", "Query", open_page("/campaigns"), 'id="campaigns"'),
    on("Deliveries", "BatchGetItem", EMPLOYEE_PAGE, 'id="bookings"'),
    on("Deliveries", "Query", open_page(f"/campaigns/report?id={CAMPAIGN}"), "recipients done"),
    on("EmployeeBookings", "BatchGetItem", EMPLOYEE_PAGE, 'id="bookings"'),
    on("EmployeeBookings", "UpdateItem", ConsoleActions.assign, ASSIGNED),
    on("Conversations", "BatchGetItem", EMPLOYEE_PAGE, 'id="bookings"'),
    on("Conversations", "Query", EMPLOYEE_PAGE, 'id="bookings"'),
    on("Conversations", "UpdateItem", ConsoleActions.assign, ASSIGNED),
    on("Outbox", "PutItem", ConsoleActions.assign, ASSIGNED),
    on("SendPermits", "UpdateItem", ConsoleActions.assign, ASSIGNED),
    on("CampaignCounters", "UpdateItem", ConsoleActions.release, "The seat is free."),
    on("FillContacts", "BatchGetItem", ConsoleActions.review_fill, 'id="eligible"'),
    on("FillContacts", "Query", open_page(f"/shifts/why?code={FILLED}"), 'id="plan"'),
    on("OperatorInbox", "BatchGetItem", ConsoleActions.message, 'id="status"'),
    on("OperatorInbox", "PutItem", ConsoleActions.follow_up, "is on its way"),
    on("OperatorInbox", "UpdateItem", ConsoleActions.reply, "is on its way"),
    on("OperatorInbox/by-status", "Query", open_page("/inbox"), "<h1>Inbox</h1>"),
    Need("", "sqs:SendMessage", ConsoleActions.assign, ASSIGNED),
    Need("", "cloudwatch:DescribeAlarms", open_page("/doctor/report"), 'id="alarms"'),
    Need("", "cloudformation:DescribeStacks", open_page("/doctor/report"), f"{STACK} is "),
    Need("", "sns:ListSubscriptionsByTopic", open_page("/doctor/report"), "alarms have no subscriber"),
    checked("sns:GetTopicAttributes", "topic-policies"),
    checked("sqs:GetQueueAttributes", "dead-letters"),
    checked("cloudwatch:GetMetricStatistics", "spend-limit"),
    checked("sms-voice:DescribeSpendLimits", "spend-limit"),
    checked("sms-voice:DescribeAccountAttributes", "sandbox"),
    checked("sms-voice:DescribePhoneNumbers", "number"),
    checked("sms-voice:DescribeKeywords", "keywords"),
    checked("sms-voice:DescribeRegistrations", "registration"),
    checked("servicequotas:ListServices", "text-quota"),
    checked("servicequotas:ListServiceQuotas", "text-quota"),
    checked("connect:DescribeInstance", "connect"),
    checked("connect:DescribeContactFlow", "connect"),
    checked("connect:DescribeQueue", "connect"),
    checked("connect:ListPhoneNumbersV2", "connect"),
)

NOT_USED = {("", "sms-voice:DescribePools")}
"""The number of the lab is in no pool."""

BY_THE_PLATFORM = {("", "logs:CreateLogStream"), ("", "logs:PutLogEvents")}
"""Lambda uses them on behalf of the function."""


@pytest.fixture(scope="module")
def manager(console_system: LabSystem, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleActions]:
    """Provides a manager, and what the pages show."""
    with (
        signed_in(console_system, tmp_path_factory.mktemp("files")) as console,
        prepared_actions(console) as manager,
    ):
        yield manager


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_given_a_permission_removed_when_an_action_is_done_then_it_has_no_effect(
    manager: ConsoleActions, need: Need
) -> None:
    system = manager.console.system
    role = roles(system)[FUNCTION]
    with without_permission(system, role, need.action, lambda arn: resource_name(arn) == need.resource):
        refused = need.work(manager)
    assert need.shows not in refused

    assert need.shows in need.work(manager)
    system.wait_until_idle()


def test_given_the_role_when_compared_with_proven_needs_then_each_is_needed(
    console_system: LabSystem,
) -> None:
    granted = {
        (resource_name(resource), action)
        for document in policies(console_system, roles(console_system)[FUNCTION]).values()
        for statement in document["Statement"]
        for action in actions(statement)
        for resource in resources(statement)
    }
    assert granted == {(need.resource, need.action) for need in NEEDS} | NOT_USED | BY_THE_PLATFORM
