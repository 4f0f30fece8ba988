"""Tests that each recipient gets the instructions of a campaign in their own language."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus, compose
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.messaging.encoding import measure
from tests.support.campaign_world import (
    MESSAGE,
    CampaignWorld,
    assert_all_planned,
    assert_all_settled,
    numbers,
    planned_campaign,
)
from tests.support.clock import Deadline
from tests.support.memory.employees import EmployeeRow

LANGUAGES = ("", "de", "es-MX", "FR_ca", "it", "en")
SPOKEN = ("en", "de", "es", "fr", "en", "en")


def world_of(languages: tuple[str, ...] = LANGUAGES, **settings: Any) -> CampaignWorld:
    """Returns a world whose members have these languages, and one member without a row in Employees."""
    world = CampaignWorld(numbers(len(languages) + 1), **settings)
    for number, language in zip(numbers(len(languages)), languages, strict=True):
        world.employees.rows[number] = EmployeeRow(language=language)
    return world


def text_in(language: str, message: str = MESSAGE, *, opt_out_hint: bool = False) -> str:
    locale = locales("shifts")[language]
    return compose(message, locale, agent_offered=False, opt_out_hint=opt_out_hint).body


def bodies(world: CampaignWorld) -> dict[str, str]:
    return {text.to: text.body for text in world.phones.texts}


def message_for_one_segment_only_in_english() -> str:
    """Returns a message whose text has one segment in English and two in each other language."""
    message = "XYZ123 " + "x" * (160 - len(text_in("en", "XYZ123 ")))
    assert [measure(text_in(language, message)).segments for language in ("en", "de", "es", "fr")] == [
        1,
        2,
        2,
        2,
    ]
    return message


@pytest.mark.parametrize("opt_out_hint", [False, True])
def test_given_languages_when_sent_then_each_recipient_reads_their_own(opt_out_hint: bool) -> None:
    world = world_of(opt_out_hint=opt_out_hint)
    world.run()
    expected = [text_in(language, opt_out_hint=opt_out_hint) for language in (*SPOKEN, "en")]
    assert bodies(world) == dict(zip(numbers(7), expected, strict=True))
    assert all(("STOP" in body) is opt_out_hint for body in expected)
    assert_all_settled(world)


def test_given_texts_of_different_sizes_when_sent_then_each_counts_its_own() -> None:
    world = world_of(("en", "de"))
    world.run(campaign_message=message_for_one_segment_only_in_english())
    item = world.campaigns.rows["c"]
    assert (item["segments_per_text"], item["segments_by_language"]) == (2, "de 2, en 1, es 2, fr 2")
    assert world.counted()["segments_spent"] == 1 + 2 + 1
    assert_all_settled(world)


def test_given_texts_of_one_size_when_launched_then_the_item_names_no_languages() -> None:
    world = world_of()
    world.run()
    assert world.campaigns.rows["c"]["segments_per_text"] == 1
    assert "segments_by_language" not in world.campaigns.rows["c"]


def test_given_a_longer_text_in_one_language_when_planned_then_it_limits_the_queue() -> None:
    world = CampaignWorld(numbers(4), members_per_page=2, most_waiting=4)
    world.put(campaign_message=message_for_one_segment_only_in_english())
    world.plan()
    assert len(world.queued()) == 2
    world.send()
    assert_all_settled(world)


def test_given_a_text_too_long_in_one_language_when_put_then_none_is_sent() -> None:
    world = world_of()
    status = world.put(campaign_message="x" * (1530 - len(text_in("en", ""))))
    world.plan()
    world.send()
    assert status is CampaignStatus.FAILED
    assert "with the instructions in " in world.campaigns.rows["c"]["campaign_error"]
    assert world.phones.texts == []


def test_given_a_language_changed_after_planning_when_sent_then_the_new_one_counts() -> None:
    world = world_of(("en",))
    world.put(campaign_message=MESSAGE)
    world.plan()
    assert_all_planned(world)
    world.employees.rows[numbers(1)[0]].language = "fr"
    world.send()
    assert bodies(world)[numbers(1)[0]] == text_in("fr")


def test_given_a_work_item_of_an_older_version_when_sent_then_all_get_its_text() -> None:
    world = world_of(("de", "fr"))
    world.put(campaign_message=MESSAGE)
    world.plan()
    world.dispatch.waiting[:] = [replace(item, languages=(), bodies=()) for item in world.dispatch.waiting]
    world.send()
    assert set(bodies(world).values()) == {text_in("en")}
    assert_all_settled(world)


def test_given_an_invocation_that_ends_early_when_sent_then_languages_stay() -> None:
    world = world_of(("de", "fr", "es", "de"), messages_per_second=1)
    world.put(campaign_message=MESSAGE)
    world.plan()
    world.sender.handle(world.dispatch.waiting.pop(), Deadline(world.clock, 8))
    assert 0 < len(world.texted()) < 5
    world.send()
    assert [body for _, body in sorted(bodies(world).items())] == [
        text_in(language) for language in ("de", "fr", "es", "de", "en")
    ]
    assert_all_settled(world)


def test_given_recipients_when_sent_then_ten_are_looked_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = planned_campaign(25, recipients_per_item=25)
    looked_up: list[int] = []
    read = world.employees.of

    def of(block: Sequence[str]) -> dict[str, Employee]:
        looked_up.append(len(block))
        return read(block)

    monkeypatch.setattr(world.employees, "of", of)
    world.send()
    assert looked_up == [10, 10, 5]
    assert_all_settled(world)


def test_given_a_relaunch_when_sent_then_new_members_read_their_own_language() -> None:
    world = world_of(("en",))
    world.run()
    late = numbers(4)[-1]
    world.segment_members.segments["overtime"] = {*numbers(2), late}
    world.employees.rows[late] = EmployeeRow(language="es")
    world.run(relaunch="remaining")
    assert bodies(world)[late] == text_in("es")
    assert len(world.phones.texts) == 3
    assert_all_settled(world)
