"""Tests that work items are sent, each recipient once, while the campaign continues."""

from dataclasses import replace
from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.sender import OPTED_OUT_BEFORE
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Refused, Sent, Unknown
from tests.support.campaign_world import CampaignWorld, assert_all_settled, numbers, planned_campaign
from tests.support.clock import Deadline
from tests.support.memory.employees import EmployeeRow
from tests.support.memory.phones import MemoryPhones
from tests.support.send_results import OPTED_OUT, SPEND_LIMIT_REACHED


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (Unknown("ReadTimeoutError"), DeliveryStatus.UNKNOWN),
        (OPTED_OUT, DeliveryStatus.OPTED_OUT),
        (Refused(DeliveryStatus.FAILED, "INVALID_PARAMETER"), DeliveryStatus.FAILED),
    ],
)
def test_given_a_final_or_unknown_result_when_sent_then_only_others_are_sent(
    result: Any, status: DeliveryStatus
) -> None:
    world = planned_campaign(5, phones=MemoryPhones([result]))
    world.dispatch.waiting *= 2
    world.send()
    assert world.phones.attempts == 5
    assert sorted(world.statuses().values()) == sorted([status] + [DeliveryStatus.SENT] * 4)
    assert sorted(world.settled) == sorted([(status, 1)] + [(DeliveryStatus.SENT, 1)] * 4)
    assert_all_settled(world)


def test_given_every_work_item_three_times_when_sent_then_each_is_texted_once() -> None:
    world = planned_campaign(30)
    world.dispatch.waiting *= 3
    world.send()
    assert world.texted() == numbers(30)
    assert_all_settled(world)


def test_given_a_work_item_received_again_when_sent_then_its_rest_takes_permits() -> None:
    world = planned_campaign(
        9, recipients_per_item=9, phones=MemoryPhones([Sent("1"), Refused(DeliveryStatus.FAILED, "x")])
    )
    item = world.dispatch.waiting.pop()
    world.sender.handle(replace(item, recipients=item.recipients[:4]), Deadline(world.clock, 60))
    permits = world.permits.reservations

    world.sender.handle(item, Deadline(world.clock, 60), delivered_before=True)

    assert world.permits.reservations - permits == 5
    assert world.phones.attempts == 9
    world.sender.handle(item, Deadline(world.clock, 60), delivered_before=True)
    assert world.permits.reservations - permits == 5
    assert_all_settled(world)


def test_given_the_spend_limit_when_reached_then_the_rest_is_settled_as_stopped() -> None:
    world = planned_campaign(13, phones=MemoryPhones([Sent("1"), Sent("2"), SPEND_LIMIT_REACHED]))
    world.send()
    assert world.phones.attempts == 3
    assert world.stops == 1
    assert sorted(world.statuses().values()) == sorted(["sent"] * 2 + ["stopped"] * 11)
    assert {row.reason for row in world.rows().values() if row.status is DeliveryStatus.STOPPED} == {
        "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
        "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: the rest was not texted",
    }
    item = world.campaigns.rows["c"]
    assert item["campaign_status"] == "stopped"
    assert item["campaign_error"] == "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: the rest was not texted"
    assert_all_settled(world)
    world.summarizer.handle("c")
    assert (item["sent"], item["stopped"], item["waiting"]) == (2, 11, 0)


def test_given_a_campaign_at_a_limit_when_relaunched_then_the_rest_is_texted() -> None:
    world = planned_campaign(13, phones=MemoryPhones([Sent("1"), Sent("2"), SPEND_LIMIT_REACHED]))
    world.send()
    world.run(relaunch="remaining")
    assert world.texted() == numbers(13)
    assert world.campaigns.rows["c"]["campaign_status"] == "launched"
    assert_all_settled(world)


def test_given_a_long_work_item_when_the_campaign_is_stopped_then_few_are_texted() -> None:
    world = CampaignWorld(numbers(40), recipients_per_item=40)

    def stop_after_three(_step: int, after: bool) -> None:
        if after and len(world.phones.texts) == 3:
            world.campaigns.rows["c"]["campaign_status"] = "stopped"

    world.steps.on_step = stop_after_three
    world.run()
    assert len(world.phones.texts) == 10
    assert (world.counted()["sent"], world.counted()["stopped"]) == (10, 30)


@pytest.mark.parametrize("how", ["stopped", "deleted"])
def test_given_an_ended_campaign_when_work_items_are_handled_then_none_is_texted(
    how: str,
) -> None:
    world = planned_campaign(12)
    world.sender.handle(world.dispatch.waiting.pop(0), Deadline(world.clock, 60))
    if how == "stopped":
        world.campaigns.rows["c"]["campaign_status"] = "stopped"
    else:
        del world.campaigns.rows["c"]
    world.send()
    assert world.texted() == numbers(5)
    assert world.counted()["stopped"] == 7
    assert {row.reason for row in world.rows().values()} == {
        "",
        "stopped by the operator" if how == "stopped" else "the campaign item was deleted",
    }
    assert world.stops == 0, "a stop by the operator is not counted"
    assert_all_settled(world)


def test_given_a_failed_relaunch_when_recipients_still_wait_then_they_are_stopped() -> None:
    world = planned_campaign(7)
    assert world.put(campaign_message="x" * 1600) is CampaignStatus.FAILED
    world.send()
    assert not world.texted()
    assert set(world.statuses().values()) == {DeliveryStatus.STOPPED}
    assert_all_settled(world)
    world.run(relaunch="remaining")
    assert world.texted() == numbers(7)
    assert_all_settled(world)


def test_given_opted_out_employees_when_a_campaign_is_sent_then_they_are_skipped() -> None:
    world = planned_campaign(13)
    opted_out, opted_in, stranger = numbers(13)[3], numbers(13)[4], numbers(13)[11]
    world.employees.rows[opted_out] = EmployeeRow(opted_out=True)
    world.employees.rows[opted_in] = EmployeeRow(opted_out=False)
    world.employees.rows[stranger] = EmployeeRow(opted_out=True, only_opt_out=True)
    world.dispatch.waiting *= 2
    world.send()
    assert world.texted() == [number for number in numbers(13) if number not in (opted_out, stranger)]
    for number in (opted_out, stranger):
        assert world.rows()[number].status is DeliveryStatus.OPTED_OUT
        assert world.rows()[number].reason == OPTED_OUT_BEFORE
    assert world.counted()["opted_out"] == 2
    assert_all_settled(world)


def test_given_an_opt_out_during_a_campaign_when_the_employee_is_next_then_skipped() -> None:
    world = planned_campaign(20)
    employee = numbers(20)[15]

    def opt_out() -> None:
        world.employees.rows[employee] = EmployeeRow(opted_out=True)

    world.steps.once(10, opt_out)
    world.send()
    assert employee not in world.texted()
    assert len(world.texted()) == 19


def test_given_an_opt_out_that_the_service_reports_when_sent_again_then_skipped() -> None:
    employee, other = numbers(2)
    world = planned_campaign(2, phones=MemoryPhones(refusals={employee: OPTED_OUT, other: OPTED_OUT}))
    world.employees.rows[employee] = EmployeeRow()
    world.send()
    row = world.employees.rows[employee]
    assert (row.opted_out, row.changed_by) == (True, "service")
    assert other not in world.employees.rows, "no row is added for a number without one"
    attempts = world.phones.attempts
    world.run("next")
    assert world.phones.attempts == attempts + 1
    assert world.rows("next")[employee].reason == OPTED_OUT_BEFORE
