"""Tests the operator inbox."""

import aws_cdk as cdk

from shift_sms import ShiftTables
from tests.support.constructs import add_operator_inbox, alarms_in
from tests.support.synthesis import SynthesizedStack, new_app


def test_given_a_bare_stack_when_an_operator_inbox_is_added_then_it_sends_replies() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    alarms = [*tables.alarms, *add_operator_inbox(stack, tables=tables).alarms]
    assert len(alarms) == len(set(alarms)) == alarms_in(stack) == 3
    found = SynthesizedStack(stack)
    assert set(found.functions()) == {"send_operator_reply"}
    (dead_letters,) = found.of_type("AWS::SQS::Queue").values()
    assert dead_letters["Properties"]["SqsManagedSseEnabled"] is True
