"""Tests campaigns on the deployed system."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator

import pytest

from lab.lab_system import LabSystem
from lab.operator_setup import run_operator_command
from lab.phone_network import (
    Fault,
    FinalReportOnly,
    Moment,
    drop_connection,
    internal_error,
    throttle,
)
from lab.settings import ENVIRONMENT
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.deployed_lab import (
    STAFF,
    add_members,
    addressed_to,
    deliveries,
    employee_attributes,
    empty_tables,
    put_campaign,
    put_shifts,
    status,
    wait_until,
)

MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"


def report(system: LabSystem, campaign_id: str) -> dict[str, object]:
    """Waits until the item's counts are final and equal the deliveries; returns the item."""

    def counts_agree() -> bool:
        system.wait_until_idle()
        item = status(system, campaign_id)
        counted = Counter(deliveries(system, campaign_id).values())
        return item.get("waiting") == 0 and all(
            item.get(status_.replace("-", "_")) == count for status_, count in counted.items()
        )

    assert wait_until(counts_agree, 60), f"{status(system, campaign_id)} {deliveries(system, campaign_id)}"
    return status(system, campaign_id)


def test_given_the_posts_item_when_put_then_each_is_texted_once_and_counts_add_up(
    system: LabSystem,
) -> None:
    empty_tables(system)
    add_members(system, "overtime", *STAFF)
    put_campaign(system, "campaign_id1", campaign_message=MESSAGE)
    body = f"{MESSAGE}\nReply with a code to book, REQUEST for all, AGENT for a call"
    assert wait_until(lambda: system.network.counts_by_body()[body] == len(STAFF), 60)
    system.wait_until_idle()
    assert Counter(text.destination for text in system.network.texts if text.body == body) == dict.fromkeys(
        STAFF, 1
    )
    assert deliveries(system, "campaign_id1") == dict.fromkeys(STAFF, "delivered")
    item = report(system, "campaign_id1")
    assert item["campaign_status"] == "finished"
    assert item["targeted"] == item["delivered"] == item["segments_spent"] == len(STAFF)
    assert item["segments_per_text"] == 1
    assert str(item["first_send_at"]) <= str(item["last_send_at"])


def test_given_four_languages_when_launched_then_each_reads_own_instructions(
    system: LabSystem,
) -> None:
    empty_tables(system)
    numbers = {language: f"+1425555020{i}" for i, language in enumerate(("en", "es", "fr", "de"))}
    system.put(
        system.outputs.employees_table_name,
        [{"phone_number": number, "language": language} for language, number in numbers.items()],
    )
    add_members(system, "languages", *numbers.values())
    put_campaign(system, "in-languages", campaign_message="15/08 5h L1", segment="languages")
    assert report(system, "in-languages")["delivered"] == len(numbers)
    for language, number in numbers.items():
        how_to_reply = locale("shifts", language).say(Template.CAMPAIGN_HOW_TO_REPLY)
        (text,) = system.network.inbox(number)
        assert text.body.startswith(f"15/08 5h L1\n{how_to_reply}"), language


def test_given_an_opt_out_in_plain_words_when_launched_then_the_employee_is_skipped(
    system: LabSystem,
) -> None:
    empty_tables(system)
    number, employees = "+14255550210", system.outputs.employees_table_name
    system.put(employees, [{"phone_number": number}])
    add_members(system, "plain-words", number, STAFF[0])
    system.send_and_wait(number, "please stop texting me")
    put_campaign(system, "after-words", campaign_message="15/08 5h W1", segment="plain-words")
    assert report(system, "after-words")["delivered"] == 1
    assert deliveries(system, "after-words") == {number: "opted-out", STAFF[0]: "delivered"}
    assert len(system.network.inbox(number)) == 1
    # Other tests of this system expect that no other employee has opted out.
    system.cloud.client("dynamodb").delete_item(TableName=employees, Key={"phone_number": {"S": number}})


def test_given_an_unsendable_item_when_put_then_it_has_an_error_and_others_are_sent(
    system: LabSystem,
) -> None:
    add_members(system, "one", STAFF[0])
    put_campaign(system, "silent")
    put_campaign(system, "endless", campaign_message="x" * 1600)
    put_campaign(system, "lonely", campaign_message=MESSAGE, segment="empty")
    put_campaign(system, "fine", campaign_message="next week A1", segment="one")
    assert "campaign_message is missing" in str(status(system, "silent")["campaign_error"])
    assert "too long" in str(status(system, "endless")["campaign_error"])
    assert "segment 'empty' has no members" in str(status(system, "lonely")["campaign_error"])
    assert status(system, "fine")["campaign_status"] in ("launched", "finished")
    assert wait_until(lambda: deliveries(system, "fine") == {STAFF[0]: "delivered"}, 30)


@pytest.fixture
def reset_network(system: LabSystem) -> Iterator[None]:
    """Resets the network's faults, reports and limits after the test."""
    yield
    system.network.faults.clear()
    system.network.carrier_reports = FinalReportOnly()
    system.network.limits.spend_limit_parts = None
    system.network.limits.blocked_countries = frozenset()
    system.network.limits.sandbox = False


@pytest.mark.usefixtures("reset_network")
def test_given_every_final_status_when_a_campaign_is_sent_then_each_has_its_reason(
    system: LabSystem,
) -> None:
    unreachable = "+14254147167"
    everyone = [*STAFF[:7], unreachable, "+447700900123", "no number at all"]
    throttled, gone, hidden, out = STAFF[3:7]
    add_members(system, "ends", *everyone)
    network = system.network
    system.network.limits.blocked_countries = frozenset({"GB"})
    network.opt_out(out)
    usual = FinalReportOnly()
    network.carrier_reports = lambda text: [] if text.destination in (STAFF[0], hidden) else usual(text)
    for act, when, number, times in (
        (throttle, Moment.BEFORE_EFFECT, throttled, 4),
        (internal_error, Moment.BEFORE_EFFECT, gone, 1),
        (drop_connection, Moment.AFTER_EFFECT, hidden, 1),
        (drop_connection, Moment.AFTER_EFFECT, STAFF[1], 1),
    ):
        network.faults.add(
            Fault(
                operation="SendTextMessage",
                act=act,
                when=when,
                times=times,
                matches=addressed_to(number),
            )
        )
    put_campaign(system, "ends", campaign_message="ends A1", segment="ends")
    item = report(system, "ends")
    network.opt_in(out)
    assert deliveries(system, "ends") == {
        STAFF[0]: "sent",
        # The response was lost; the delivery event resolved the status.
        STAFF[1]: "delivered",
        STAFF[2]: "delivered",
        throttled: "delivered",
        gone: "unknown",
        hidden: "unknown",
        out: "opted-out",
        unreachable: "failed",
        "+447700900123": "blocked-country",
        "no number at all": "failed",
    }
    assert (item["targeted"], item["delivered"], item["sent"], item["unknown"]) == (10, 3, 1, 2)
    assert (item["opted_out"], item["blocked_country"], item["failed"]) == (1, 1, 2)
    texts_by_phone = Counter(text.destination for text in network.texts if text.body.startswith("ends A1"))
    assert set(texts_by_phone.values()) == {1}
    assert set(texts_by_phone) == {*STAFF[:4], hidden, unreachable}
    # The opt-out is recorded, so the next campaign does not send to this number.
    attempts = [attempt.destination for attempt in network.attempts].count(out)
    add_members(system, "skipped", out)
    put_campaign(system, "skipped", campaign_message="skipped A1", segment="skipped")
    assert report(system, "skipped")["opted_out"] == 1
    assert [attempt.destination for attempt in network.attempts].count(out) == attempts
    # A successful reply to the number ends the recorded opt-out.
    assert system.send_and_wait(out, "REQUEST").body
    put_campaign(system, "again", campaign_message="again A1", segment="skipped")
    assert report(system, "again")["delivered"] == 1


@pytest.mark.usefixtures("reset_network")
def test_given_the_spend_limit_when_reached_then_the_rest_stops_until_relaunched(
    system: LabSystem,
) -> None:
    add_members(system, "dear", *STAFF[:12])
    system.network.limits.spend_limit_parts = system.network.parts_sent + 5
    put_campaign(system, "dear", campaign_message="dear A1", segment="dear")
    item = report(system, "dear")
    assert item["campaign_status"] == "stopped"
    assert "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT" in str(item["campaign_error"])
    assert (item["delivered"], item["stopped"]) == (5, 7)
    system.network.limits.spend_limit_parts = None
    add_members(system, "dear", STAFF[12])
    system.cloud.client("dynamodb").delete_item(
        TableName=system.outputs.campaigns_table_name, Key={"campaign_id": {"S": "dear"}}
    )
    put_campaign(system, "dear", campaign_message="dear A1", segment="dear")
    assert "launched before" in str(status(system, "dear")["campaign_error"])
    assert report(system, "dear")["delivered"] == 5
    system.cloud.client("dynamodb").delete_item(
        TableName=system.outputs.campaigns_table_name, Key={"campaign_id": {"S": "dear"}}
    )
    put_campaign(system, "dear", campaign_message="dear A1", segment="dear", relaunch="remaining")
    assert wait_until(lambda: set(deliveries(system, "dear").values()) == {"delivered"}, 60)
    assert report(system, "dear")["targeted"] == 13
    texts_by_phone = Counter(
        text.destination for text in system.network.texts if text.body.startswith("dear A1")
    )
    assert texts_by_phone == dict.fromkeys(STAFF[:13], 1)


@pytest.fixture
def cached_permissions(system: LabSystem) -> Iterator[None]:
    """Caches the decisions on permissions, which take longer than the texts of a large campaign."""
    with system.cached_permissions():
        yield


@pytest.mark.usefixtures("cached_permissions")
def test_given_a_running_campaign_when_stopped_then_no_more_texts_until_relaunched(
    system: LabSystem,
) -> None:
    members = [f"+1425444{number:04}" for number in range(250)]
    add_members(system, "stopped", *members)

    def texts_by_phone() -> Counter[str]:
        texts = (text for text in system.network.texts if text.body.startswith("stopped A1"))
        return Counter(text.destination for text in texts)

    put_campaign(system, "stopped", campaign_message="stopped A1", segment="stopped")
    assert wait_until(lambda: len(texts_by_phone()) > 0, 30)
    run_operator_command(system, "campaigns", "stop", "stopped", "--yes", "--env", ENVIRONMENT)
    item = report(system, "stopped")
    assert item["campaign_status"] == "stopped"
    delivered, stopped = int(str(item["delivered"])), int(str(item["stopped"]))
    assert delivered == len(texts_by_phone()) > 0
    assert stopped > 0
    assert delivered + stopped == item["targeted"] == len(members)
    run_operator_command(system, "campaigns", "relaunch", "stopped", "--yes", "--env", ENVIRONMENT)
    assert wait_until(lambda: len(texts_by_phone()) == len(members), 60)
    assert report(system, "stopped")["delivered"] == len(members)
    assert texts_by_phone() == dict.fromkeys(members, 1)


def test_given_an_estimate_when_launched_and_watched_then_the_ledger_has_the_same(
    system: LabSystem,
) -> None:
    empty_tables(system)
    members = STAFF[:12]
    add_members(system, "estimated", *members, "call me")
    languages = itertools.cycle(("en", "fr", "de", "es"))
    employees = {
        member: {"language": next(languages), "opted_out": member == members[-1]} for member in members
    }
    message, options = "estimated " + "x" * 85, ("--segment", "estimated", "--env", ENVIRONMENT)

    with employee_attributes(system, employees):
        preview = json.loads(
            run_operator_command(system, "campaigns", "preview", "estimated", message, *options, "--json")
        )
        run_operator_command(system, "campaigns", "launch", "estimated", message, *options, "--yes")
        watched = run_operator_command(system, "campaigns", "watch", "estimated", "--env", ENVIRONMENT)
        item = report(system, "estimated")
    reported = json.loads(
        run_operator_command(system, "campaigns", "report", "estimated", "--json", "--env", ENVIRONMENT)
    )

    assert watched.splitlines()[-1].startswith("finished: 13 of 13, sent 11")
    assert item["campaign_status"] == "finished"
    audience = preview["audience"]
    assert (audience["recipients"], audience["opted_out"], audience["invalid_numbers"]) == (11, 1, 1)
    assert audience["segments"] == item["segments_spent"] == reported["segments_billed"] > 11
    assert audience["countries"] == reported["countries"]
    assert item["delivered"] == 11


def test_given_replies_to_a_campaign_when_they_book_then_the_item_counts_them_once(system: LabSystem) -> None:
    empty_tables(system)
    put_shifts(system, ("ASK1", ""), ("ASK2", ""), ("ASK3", ""))
    add_members(system, "asked", *STAFF[:3])
    put_campaign(system, "asked", campaign_message="asked ASK1 ASK2 ASK3", segment="asked")
    assert report(system, "asked")["delivered"] == 3
    system.send_and_wait(STAFF[0], "ASK1 and ASK2")
    system.send_and_wait(STAFF[1], "ASK1")
    message_id = system.network.send_from_phone(STAFF[2], "ASK3")
    system.network.redeliver(message_id)
    system.wait_until_idle()

    def counted() -> bool:
        item = status(system, "asked")
        return (item["replies"], item["bookings"], item["seats_filled"]) == (3, 3, 3)

    assert wait_until(counted, 20), status(system, "asked")
    item = status(system, "asked")
    assert 0 <= int(str(item["seconds_to_first_booking"])) <= int(str(item["seconds_to_last_booking"]))
