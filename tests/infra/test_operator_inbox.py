"""Tests the operator inbox."""

import aws_cdk as cdk

from shift_sms import ShiftTables
from tests.support.constructs import add_operator_inbox, add_outbox_sender, alarms_in
from tests.support.synthesis import SynthesizedStack, new_app


def test_given_a_bare_stack_when_an_operator_inbox_is_added_then_it_sends_replies() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    outbox = add_outbox_sender(stack, tables=tables)
    inbox = add_operator_inbox(stack, tables=tables, outbox=outbox)
    alarms = [*tables.alarms, *outbox.alarms, *inbox.alarms]
    assert len(alarms) == len(set(alarms)) == alarms_in(stack)
    found = SynthesizedStack(stack)
    assert set(found.functions()) == {"send_operator_reply", "send_outbox"}
    watched = {
        alarm["Properties"]["Dimensions"][0]["Value"]
        for alarm in found.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == "OperatorReplyNotSent"
    }
    assert watched == {"send_operator_reply", "send_outbox"}
