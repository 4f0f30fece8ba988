"""Tests that a bad record fails alone."""

import pytest

from tests.support.functions_on_moto import FunctionsOnMoto


@pytest.mark.parametrize("body", ["not json", "{}", '{"campaign_id": "c"}'])
@pytest.mark.parametrize("function", ["plan_campaign", "send_campaign", "start_callback"])
def test_given_an_unreadable_message_when_handled_then_it_is_reported_as_failed(
    system: FunctionsOnMoto, function: str, body: str
) -> None:
    assert len(system.invoke(function, system.sqs_event([body]))) == 1
