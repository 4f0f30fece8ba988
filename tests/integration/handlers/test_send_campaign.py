"""Tests limits, stops, opt-outs and faults while a campaign is sent."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest

from lab.phone_network.api.faults import Fault, internal_error, throttle
from lab.phone_network.delivery.carrier_reports import RandomReports
from shift_sms_runtime.campaigns.campaign import compose
from shift_sms_runtime.language.locale_files import locales
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import MESSAGE, FunctionsOnMoto, add_members


def test_given_the_spend_limit_when_reached_then_the_campaign_stops_and_can_resume(
    system: FunctionsOnMoto, capsys: pytest.CaptureFixture[str]
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 125)]
    add_members(system, *members)
    system.network.limits.spend_limit_parts = 7
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert campaign["campaign_status"] == "stopped"
    assert campaign["campaign_error"].startswith("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
    assert (campaign["delivered"], campaign["stopped"], campaign["waiting"]) == (7, 18, 0)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [metric["CampaignStopped"] for metric in metrics if "CampaignStopped" in metric] == [1]
    system.network.limits.spend_limit_parts = None
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE, relaunch="remaining")
    assert campaign["campaign_status"] == "finished"
    assert (campaign["delivered"], campaign["stopped"], campaign["targeted"]) == (25, 0, 25)
    assert max(Counter(text.destination for text in system.network.texts).values()) == 1


def test_given_a_stopped_campaign_when_its_work_items_come_then_none_is_texted(
    system: FunctionsOnMoto,
) -> None:
    add_members(system, ANN, BOB)
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert system.drain("pages", "plan_campaign") == []
    system.dynamodb.Table("Campaigns").update_item(
        Key={"campaign_id": "c"},
        UpdateExpression="SET campaign_status = :stopped",
        ExpressionAttributeValues={":stopped": "stopped"},
    )
    assert system.drain("dispatch", "send_campaign") == []
    system.summarize("c")
    assert not system.network.texts
    assert system.campaign("c")["stopped"] == 2
    assert system.campaign("c")["campaign_status"] == "stopped"


def test_given_a_sent_work_item_when_delivered_again_then_no_permit_is_taken(
    system: FunctionsOnMoto,
) -> None:
    add_members(system, ANN, BOB)
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert system.drain("pages", "plan_campaign") == []
    item = system.take("dispatch")
    assert system.invoke("send_campaign", system.sqs_event([item])) == []
    permits = system.rows("SendPermits")
    assert system.invoke("send_campaign", system.sqs_event([item], receives=2)) == []
    assert system.rows("SendPermits") == permits
    assert len(system.network.texts) == 2


def test_given_an_opted_out_employee_when_a_campaign_is_sent_then_she_is_skipped(
    system: FunctionsOnMoto,
) -> None:
    add_members(system, ANN, BOB)
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "opted_out": True})
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert [attempt.destination for attempt in system.network.attempts] == [BOB]
    assert (campaign["opted_out"], campaign["delivered"]) == (1, 1)


def test_given_employees_with_languages_when_a_campaign_is_sent_then_each_reads_it(
    system: FunctionsOnMoto,
) -> None:
    add_members(system, ANN, BOB)
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "language": "es-MX"})
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    composed = {
        language: compose(MESSAGE, locales("shifts")[language], agent_offered=True).body
        for language in ("en", "es")
    }
    assert [text.body for number in (ANN, BOB) for text in system.network.inbox(number)] == [
        composed["es"],
        composed["en"],
    ]
    assert (campaign["delivered"], campaign["segments_spent"]) == (2, 2)


def test_given_every_kind_of_fault_when_sent_then_none_twice_and_counts_add_up(
    system: FunctionsOnMoto,
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 130)]
    add_members(system, *members)
    operation = "SendTextMessage"
    system.network.faults.add(Fault(operation=operation, act=throttle, times=2))
    system.network.faults.add(
        Fault(operation=operation, act=internal_error, times=1, matches=_to(members[3]))
    )
    system.network.opt_out(members[7])
    system.network.carrier_reports = RandomReports(1, duplicated=0.4, reordered=0.4, lost=0.1, failed=0.2)
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    rows = {row["phone_number"]: row for row in system.rows("Deliveries")}
    counted = {
        status: campaign[status.replace("-", "_")]
        for status in ("sent", "delivered", "failed", "unknown", "opted-out")
    }
    assert Counter(row["status"] for row in rows.values()) == Counter(counted)
    assert sum(counted.values()) == campaign["targeted"] == 30
    assert campaign["segments_spent"] == len(system.network.texts) == 28
    assert rows[members[3]]["status"] == "unknown"
    assert rows[members[7]]["reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    assert max(Counter(text.destination for text in system.network.texts).values()) == 1


def _to(number: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda parameters: parameters["DestinationPhoneNumber"] == number


def change_status(system: FunctionsOnMoto, status: str) -> None:
    """Writes the status of the campaign, and hands the stream record to the launcher."""
    client = boto3.client("dynamodb")
    key = {"campaign_id": {"S": "c"}}
    image = client.update_item(
        TableName="Campaigns",
        Key=key,
        UpdateExpression="SET campaign_status = :status",
        ExpressionAttributeValues={":status": {"S": status}},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    record = {
        "eventID": f"change-{status}",
        "eventName": "MODIFY",
        "dynamodb": {"Keys": key, "NewImage": image, "SequenceNumber": "2"},
    }
    assert system.invoke("launch_campaign", {"Records": [record]}) == []
    assert system.drain("campaign_requests", "reconcile_campaign") == []


def test_given_a_paused_campaign_when_resumed_then_its_recipients_are_texted_once(
    system: FunctionsOnMoto,
) -> None:
    add_members(system, ANN, BOB)
    system.put_campaign(campaign_id="c", campaign_message="15/08 5h")
    assert system.drain("pages", "plan_campaign") == []
    change_status(system, "paused")
    assert system.drain("dispatch", "send_campaign") == []
    assert system.drain("campaign_requests", "reconcile_campaign") == []
    assert [system.network.inbox(number) for number in (ANN, BOB)] == [(), ()]
    change_status(system, "launching")
    assert system.drain("dispatch", "send_campaign") == []
    assert system.drain("campaign_requests", "reconcile_campaign") == []
    assert [len(system.network.inbox(number)) for number in (ANN, BOB)] == [1, 1]
    assert system.summarize("c") == []
    assert system.campaign("c")["campaign_status"] == "finished"
    assert not [row for row in system.rows("CampaignCounters") if row["part"].startswith("held#")]


def test_given_a_scheduled_campaign_when_put_then_it_has_a_schedule(system: FunctionsOnMoto) -> None:
    system.put_campaign(campaign_id="c", campaign_message="15/08 5h", send_at="2099-08-15T12:00:00Z")
    assert system.drain("campaign_requests", "reconcile_campaign") == []
    (schedule,) = boto3.client("scheduler").list_schedules()["Schedules"]
    assert schedule["Name"].startswith("campaign-")
    change_status(system, "stopped")
    assert boto3.client("scheduler").list_schedules()["Schedules"] == []
    assert system.campaign("c")["campaign_status"] == "stopped"
