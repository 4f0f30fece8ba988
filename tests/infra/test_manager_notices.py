"""Tests the notices to managers."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb

from shift_sms import BookingPolicy, ShiftTables
from tests.support.constructs import add_manager_notices
from tests.support.synthesis import SynthesizedStack, new_app, variables


def test_given_a_bare_stack_when_notices_are_added_then_the_reconciler_tells() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    assert add_manager_notices(stack).alarms == ()
    found = SynthesizedStack(stack)
    assert {"index_managers", "notify_managers", "reconcile_shift"} <= set(found.functions())
    assert "SEGMENT_MEMBERS_TABLE" in variables(found, "reconcile_shift")


def test_given_quiet_hours_when_notices_are_added_then_the_functions_know_them() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    policy = BookingPolicy(quiet_hours="21:00-08:00", timezone="Europe/Berlin")
    add_manager_notices(stack, booking_policy=policy, urgent_overrides_quiet_hours=True)
    found = SynthesizedStack(stack)
    told = variables(found, "notify_managers")
    assert (told["QUIET_HOURS"], told["TIMEZONE"]) == ("21:00-08:00", "Europe/Berlin")
    for function in ("reconcile_shift", "send_outbox"):
        assert variables(found, function)["URGENT_OVERRIDES_QUIET_HOURS"] == "true"


def test_given_a_table_without_stream_when_notices_are_added_then_refused() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    staff = dynamodb.TableV2.from_table_name(stack, "Staff", "staff")
    tables = ShiftTables(stack, "Tables", employees=staff)
    with pytest.raises(ValueError, match=r"tables.employees \(Theirs/Staff\) has no stream"):
        add_manager_notices(stack, tables=tables)
