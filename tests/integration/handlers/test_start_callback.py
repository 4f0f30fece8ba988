"""Tests a call that Connect refuses."""

from tests.support.functions_on_moto import FunctionsOnMoto


def test_given_a_uk_mobile_when_it_asks_for_an_agent_then_the_refusal_is_texted(
    system: FunctionsOnMoto,
) -> None:
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": "+447700900123"})
    system.text("+447700900123", "AGENT")
    assert [text.body for text in system.network.inbox("+447700900123")] == [
        "Sorry, we cannot call this number. Please contact your manager"
    ]
    assert not system.network.calls
