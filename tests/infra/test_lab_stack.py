"""Tests what the lab adds to the product's stack."""

import pytest

from tests.support.permissions import granted, on
from tests.support.synthesis import CONNECT, synthesize, variables

pytestmark = pytest.mark.skip(reason="the lab has no stack of its own yet")

SCHEDULE = ("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule")
SEND_SMS = "sms-voice:SendTextMessage"


def test_given_the_local_environment_when_deployed_then_only_schedule_names_differ() -> None:
    local, product = synthesize("local", connect_enabled="NO"), synthesize("dev")
    added = {
        "send_campaign": on("configuration-set/shift-sms-local", SEND_SMS),
        "reconcile_shift": on("schedule/default/*", *SCHEDULE),
    }
    removed = {"send_campaign": on("DeliveryEventsConfigurationSet.Arn", SEND_SMS)}
    assert {name: granted(local, name) for name in local.functions()} == {
        name: granted(product, name) - removed.get(name, set()) | added.get(name, set())
        for name in product.functions()
    }


def test_given_the_local_environment_when_deployed_then_unsupported_parts_are_out() -> None:
    local = synthesize("local")
    assert not [found for found in local.resources.values() if "SMSVOICE" in found["Type"]]
    told = local.functions()["send_campaign"]["Environment"]["Variables"]
    assert told["CONFIGURATION_SET"] == "shift-sms-local"


def test_given_local_endpoints_when_deployed_then_functions_know_only_their_own() -> None:
    stack = synthesize(
        "local",
        sms_endpoint_url="http://127.0.0.1:1",
        connect_endpoint_url="http://127.0.0.1:2",
        pinpoint_endpoint_url="http://127.0.0.1:3",
        **CONNECT,
    )
    sms = {"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": "http://127.0.0.1:1"}
    connect = {"AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:2"}
    endpoints = {
        name: {key: value for key, value in variables(stack, name).items() if key.startswith("AWS_ENDPOINT")}
        for name in stack.functions()
    }
    assert endpoints == {
        "launch_campaign": {},
        "plan_campaign": {},
        "send_campaign": sms,
        "record_delivery_event": {},
        "summarize_campaign": {},
        "process_inbound_sms": sms,
        "detect_shift_changes": {},
        "reconcile_shift": sms,
        "send_operator_reply": sms,
        "start_callback": sms | connect,
    }
    engine = synthesize("local", campaign_engine="pinpoint", pinpoint_endpoint_url="http://127.0.0.1:3")
    assert variables(engine, "launch_campaign")["AWS_ENDPOINT_URL_PINPOINT"] == "http://127.0.0.1:3"


def test_given_the_local_environment_when_synthesised_then_fiction_is_no_mistake() -> None:
    assert synthesize("local").warnings() == []
