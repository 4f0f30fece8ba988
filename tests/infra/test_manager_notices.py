"""Tests the notices to managers."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb

from shift_sms import ShiftTables
from tests.support.constructs import add_manager_notices
from tests.support.synthesis import SynthesizedStack, new_app, variables


def test_given_a_bare_stack_when_notices_are_added_then_the_reconciler_tells() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    assert add_manager_notices(stack).alarms == ()
    found = SynthesizedStack(stack)
    assert {"index_managers", "notify_managers", "reconcile_shift"} <= set(found.functions())
    assert "SEGMENT_MEMBERS_TABLE" in variables(found, "reconcile_shift")


def test_given_a_table_without_stream_when_notices_are_added_then_refused() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    staff = dynamodb.TableV2.from_table_name(stack, "Staff", "staff")
    tables = ShiftTables(stack, "Tables", employees=staff)
    with pytest.raises(ValueError, match=r"tables.employees \(Theirs/Staff\) has no stream"):
        add_manager_notices(stack, tables=tables)
