"""What the lab reads of a stack's outputs, and what account it gives to the phone network."""

import pytest

from lab.cloud import EmbeddedCloud
from lab.deployment import DeploymentError, Outputs
from lab.system import RECEIPTS, _account

OUTPUTS = {
    f"{name}TableName": name.lower()
    for name in (
        *("Shifts", "Campaigns", "Employees", "SegmentMembers", "Deliveries", "Inbox", "Agendas"),
        "Messages",
    )
} | {"ShiftCallsQueueUrl": "calls", "InboundTopicArn": "inbound", "AlarmTopicArn": "alarms"}


def test_given_a_stack_without_delivery_events_when_its_outputs_are_read_then_it_has_no_topic_for_them() -> (
    None
):
    outputs = Outputs.parse(OUTPUTS)
    assert (outputs.segment_members_table_name, outputs.inbound_topic_arn) == ("segmentmembers", "inbound")
    assert outputs.delivery_events_topic_arn is None


def test_given_a_stack_with_delivery_events_when_its_outputs_are_read_then_their_topic_is_known() -> None:
    outputs = Outputs.parse({**OUTPUTS, "DeliveryEventsTopicArn": "events", "Another": "output"})
    assert outputs.delivery_events_topic_arn == "events"


def test_given_a_stack_that_lacks_an_output_when_read_then_it_is_named() -> None:
    del (lacking := dict(OUTPUTS))["InboxTableName"]
    with pytest.raises(DeploymentError, match="no output InboxTableName"):
        Outputs.parse(lacking)


@pytest.mark.parametrize(("setting", "self_managed"), [("true", True), ("YES", True), ("no", False)])
def test_given_overrides_when_the_account_is_made_then_its_number_has_them(
    setting: str, self_managed: bool
) -> None:
    overrides = {"messages_per_second": "7", "self_managed_opt_outs": setting, "stranger_reply": "silent"}
    (number,) = _account(EmbeddedCloud(), overrides).phone_numbers
    assert (number.messages_per_second, number.self_managed_opt_outs) == (7, self_managed)


def test_given_no_overrides_when_the_account_is_made_then_it_is_that_of_local() -> None:
    account = _account(EmbeddedCloud(), {})
    (number,) = account.phone_numbers
    assert number.messages_per_second > 1
    assert not number.self_managed_opt_outs
    assert account.configuration_set("shift-sms-local") == RECEIPTS
    assert not RECEIPTS.matches("TEXT_PENDING")
    assert RECEIPTS.matches("TEXT_UNKNOWN")
