"""Tests that no number and no body is logged."""

import pytest

from lab.phone_network.api.faults import Fault, internal_error
from tests.support.dialogues.dialogue import ANN, BOB, EVE
from tests.support.functions_on_moto import OUR_NUMBER, FunctionsOnMoto, add_members


def test_given_texts_of_every_kind_when_handled_then_no_number_or_body_is_logged(
    system: FunctionsOnMoto, capsys: pytest.CaptureFixture[str]
) -> None:
    add_members(system, ANN, BOB)
    system.put_shift("XYZ123", "nightshift-secret")
    system.run_campaign(campaign_id="c", campaign_message="campaign-secret")
    for function in ("plan_campaign", "send_campaign", "record_delivery_event"):
        system.invoke(function, system.sqs_event(['{"Message": "+14255550101 body-secret"}']))
    for sender in (ANN, BOB, EVE):
        for body in ("XYZ123", "sesame-secret", "AGENT badge-secret", "REQUEST"):
            system.text(sender, body)
    system.invoke("process_inbound_sms", system.sqs_event(['{"Message": "+14255550101 body-secret"}']))
    system.network.faults.add(Fault(operation="StartOutboundVoiceContact", act=internal_error, times=9))
    system.inbound.clear()
    system.network.send_from_phone(ANN, "AGENT other-secret", OUR_NUMBER)
    system.deliver()
    logged = capsys.readouterr()
    for message in ("text handled", "page handled", "work item handled", "event handled", "record failed"):
        assert message in logged.out
    # A place is a file and a line, never a value.
    for forbidden in ("secret", "5550101", "5550102", "5550199", "XYZ123"):
        assert forbidden not in logged.out + logged.err
