"""Tests that a bad record fails alone, and what is logged of it."""

import json
import re

import pytest

from tests.support.functions_on_moto import FunctionsOnMoto


@pytest.mark.parametrize("body", ["not json", "{}", '{"campaign_id": "c"}'])
@pytest.mark.parametrize("function", ["plan_campaign", "send_campaign", "start_callback"])
def test_given_an_unreadable_message_when_handled_then_it_is_reported_as_failed(
    system: FunctionsOnMoto, function: str, body: str
) -> None:
    assert len(system.invoke(function, system.sqs_event([body]))) == 1


def test_given_an_error_when_logged_then_its_place_names_package_and_line(
    system: FunctionsOnMoto, capsys: pytest.CaptureFixture[str]
) -> None:
    system.invoke("plan_campaign", system.sqs_event(["not json"]))
    (failed,) = (
        entry
        for entry in map(json.loads, capsys.readouterr().out.splitlines())
        if entry.get("message") == "record failed"
    )
    assert re.fullmatch(r"handlers/plan_campaign\.py:\d+", failed["at"][1])
