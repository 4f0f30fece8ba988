"""Tests domain events of the deployed system: a rule sends them to a queue, and no crash loses one."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from lab.cloud.kill_function import kill_caller
from lab.lab_system import LabSystem
from lab.phone_network import Fault, Moment
from tests.support.deployed_lab import STAFF, add_members, put_campaign, put_shifts, wait_until
from tests.support.domain_events import problems_of
from tests.support.lab_permissions import roles, without_permission

pytestmark = pytest.mark.timeout(400)

ANN, BOB = STAFF[0], STAFF[1]
OVERRIDES = {"domain_events_enabled": "true", "texts_per_hour": "0"}


class Consumer:
    """A queue that receives the events of the bus through a rule."""

    def __init__(self, system: LabSystem) -> None:
        self._sqs = system.cloud.client("sqs")
        self._url = self._sqs.create_queue(QueueName="payroll")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        events, bus = system.cloud.client("events"), system.outputs.domain_event_bus_name
        pattern = json.dumps({"source": ["shift-sms"]})
        events.put_rule(Name="payroll", EventBusName=bus, EventPattern=pattern)
        target = {"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}
        events.put_targets(Rule="payroll", EventBusName=bus, Targets=[target])
        self._received: list[tuple[str, dict[str, Any]]] = []

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Returns the type and the detail of every event that was received so far. Each has its schema."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                event = json.loads(message["Body"])
                assert problems_of(event["detail-type"], json.dumps(event["detail"])) == []
                self._received.append((event["detail-type"], event["detail"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return self._received

    def of(self, subject: str) -> Counter[str]:
        """Returns the types of the events of a shift or a campaign. An event that came twice counts once."""
        known = {
            detail["event_id"]: kind
            for kind, detail in self.events()
            if subject
            in (detail.get("shift", {}).get("shift_id"), detail.get("campaign", {}).get("campaign_id"))
        }
        return Counter(known.values())


@pytest.fixture(scope="module")
def system() -> Iterator[LabSystem]:
    with LabSystem(overrides=OVERRIDES) as up:
        up.put(up.outputs.employees_table_name, [{"phone_number": number} for number in STAFF])
        yield up


@pytest.fixture(scope="module")
def consumer(system: LabSystem) -> Consumer:
    return Consumer(system)


def test_given_texts_when_events_are_published_then_a_queue_gets_them(
    system: LabSystem, consumer: Consumer
) -> None:
    put_shifts(system, ("EVENT1", "night"), ("EVENT2", "night"))
    for sender, text in ((ANN, "EVENT1"), (ANN, "DROP EVENT1"), (BOB, "EVENT2"), (BOB, "SICK EVENT2")):
        system.send_and_wait(sender, text)
    booked = {"ShiftBooked": 1, "ShiftFilled": 1, "ShiftDropped": 1}
    assert wait_until(lambda: consumer.of("EVENT1") == booked, 60), consumer.events()
    sick = {**booked, "EmployeeSick": 1, "FillPlanStarted": 1}
    # The segment of the urgent fill plan has no members.
    assert wait_until(lambda: consumer.of("EVENT2") == {**sick, "FillPlanExhausted": 1}, 60), (
        consumer.events()
    )
    employees = {detail["employee"] for _, detail in consumer.events() if "employee" in detail}
    assert employees == {ANN, BOB}


def test_given_a_campaign_when_it_ends_then_its_launch_and_end_are_published(
    system: LabSystem, consumer: Consumer
) -> None:
    add_members(system, "told", ANN, BOB)
    put_campaign(system, "event-campaign", campaign_message="night EVENT1", segment="told")
    expected = {"CampaignLaunched": 1, "CampaignFinished": 1}
    assert wait_until(lambda: consumer.of("event-campaign") == expected, 90), consumer.events()
    (finished,) = (detail for kind, detail in consumer.events() if kind == "CampaignFinished")
    assert finished["campaign"]["counts"]["targeted"] == 2


def test_given_a_function_killed_after_the_put_when_repeated_then_ids_stay(
    system: LabSystem, consumer: Consumer
) -> None:
    fault = Fault(
        operation="PutEvents",
        act=kill_caller,
        when=Moment.AFTER_EFFECT,
        times=1,
        matches=lambda parameters: "EVENT3" in str(parameters),
    )
    system.gateway.faults.add(fault)
    put_shifts(system, ("EVENT3", "night"))
    system.send_and_wait(ANN, "EVENT3")
    expected = {"ShiftBooked": 1, "ShiftFilled": 1}

    def ids() -> list[str]:
        return [
            detail["event_id"]
            for _, detail in consumer.events()
            if detail.get("shift", {}).get("shift_id") == "EVENT3"
        ]

    assert wait_until(lambda: fault.hits == 1 and len(ids()) >= 4, 90), consumer.events()
    assert consumer.of("EVENT3") == expected
    assert len(set(ids())) == 2


def test_given_no_permission_when_a_shift_is_booked_then_its_events_come_later(
    system: LabSystem, consumer: Consumer
) -> None:
    denied = system.denied()["PutEvents"]
    put_shifts(system, ("EVENT4", "night"))
    with without_permission(system, roles(system)["publish_domain_events"], "events:PutEvents"):
        assert system.send_and_wait(BOB, "EVENT4").body.startswith("Booked: ")
        assert wait_until(lambda: system.denied()["PutEvents"] > denied, 30), "no call was denied"
        assert not consumer.of("EVENT4")
    assert wait_until(lambda: consumer.of("EVENT4") == {"ShiftBooked": 1, "ShiftFilled": 1}, 90)
