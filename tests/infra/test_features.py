"""What a setting switches off is not there at all."""

import pytest

from tests.infra.synthesis import CONNECT, Synthesised, synthesise

OUTPUTS = {
    "ShiftsTableName",
    "CampaignsTableName",
    "EmployeesTableName",
    "SegmentMembersTableName",
    "DeliveriesTableName",
    "InboxTableName",
    "AgendasTableName",
    "MessagesTableName",
    "ShiftCallsQueueUrl",
    "InboundTopicArn",
    "DeliveryEventsTopicArn",
    "AlarmTopicArn",
}


def variables(stack: Synthesised, function: str) -> dict[str, object]:
    found: dict[str, object] = stack.functions()[function]["Environment"]["Variables"]
    return found


def test_given_any_environment_when_deployed_then_tools_find_its_outputs(
    dev: Synthesised, prod: Synthesised
) -> None:
    for stack in (dev, prod, synthesise("local")):
        assert set(stack.json["Outputs"]) == OUTPUTS


def test_given_connect_is_off_when_deployed_then_nothing_of_it_exists_and_nobody_is_offered_a_call(
    dev: Synthesised,
) -> None:
    assert "connect_callback" not in dev.functions()
    assert not any("Callback" in name for name in dev.resources)
    assert "connect:" not in str(dev.json)
    assert "CALLBACK_QUEUE_URL" not in variables(dev, "inbound_sms")
    for function in ("launch_campaign", "keep_shifts"):
        assert variables(dev, function)["AGENT_OFFERED"] == "false"


def test_given_connect_is_on_when_deployed_then_requests_have_a_queue_and_calls_are_offered(
    dev_with_connect: Synthesised,
) -> None:
    assert variables(dev_with_connect, "inbound_sms")["CALLBACK_QUEUE_URL"]
    for function in ("launch_campaign", "keep_shifts"):
        assert variables(dev_with_connect, function)["AGENT_OFFERED"] == "true"
    told = variables(dev_with_connect, "connect_callback")
    assert {key: told[key.upper()] for key in CONNECT if key != "connect_enabled"} == {
        key: value for key, value in CONNECT.items() if key != "connect_enabled"
    }


def test_given_the_pinpoint_engine_when_deployed_then_nothing_is_there_to_send_or_to_track(
    pinpoint: Synthesised,
) -> None:
    assert not any(
        part in name for name in pinpoint.resources for part in ("Dispatch", "Pages", "DeliveryTracking")
    )
    assert set(pinpoint.json["Outputs"]) == OUTPUTS - {"DeliveryEventsTopicArn"}
    assert set(variables(pinpoint, "launch_campaign")) == {
        "CAMPAIGN_ENGINE",
        "CAMPAIGNS_TABLE",
        "PINPOINT_APPLICATION_ID",
        "PINPOINT_SEGMENT_ID",
        "KEEP_TYPOGRAPHY",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    }


def test_given_local_endpoints_when_deployed_then_each_function_knows_only_those_it_calls() -> None:
    stack = synthesise(
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
        "delivery_events": {},
        "campaign_progress": {},
        "inbound_sms": sms,
        "follow_shifts": {},
        "keep_shifts": sms,
        "answer_messages": sms,
        "connect_callback": sms | connect,
    }
    engine = synthesise("local", campaign_engine="pinpoint", pinpoint_endpoint_url="http://127.0.0.1:3")
    assert variables(engine, "launch_campaign")["AWS_ENDPOINT_URL_PINPOINT"] == "http://127.0.0.1:3"


def test_given_any_function_when_deployed_then_it_is_small_arm_untraced_and_logs_for_a_month(
    dev_with_connect: Synthesised,
) -> None:
    groups = dev_with_connect.of_type("AWS::Logs::LogGroup")
    assert {group["Properties"]["RetentionInDays"] for group in groups.values()} == {30}
    used = set()
    for name, function in dev_with_connect.functions().items():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["MemorySize"] == 512
        assert "TracingConfig" not in function
        assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name
        assert function["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == "ShiftSms/ShiftSms-dev"
        used.add(function["LoggingConfig"]["LogGroup"]["Ref"])
    assert used == set(groups)


@pytest.mark.parametrize(
    ("setting", "function", "variable", "by_default", "told"),
    [
        ("keep_typography=YES", "launch_campaign", "KEEP_TYPOGRAPHY", "false", "true"),
        ("self_managed_opt_outs=YES", "inbound_sms", "SELF_MANAGED_OPT_OUTS", "false", "true"),
        ("answers_share_percent=50", "send_campaign", "SENDS_PER_SECOND", "0.8", "0.5"),
        ("messages_per_second=100", "send_campaign", "SENDS_PER_SECOND", "0.8", "80"),
        ("messages_per_second=100", "plan_campaign", "RECIPIENTS_PER_ITEM", "8", "50"),
        ("default_segment=nights", "launch_campaign", "DEFAULT_SEGMENT", "overtime", "nights"),
        ("texts_per_hour=0", "inbound_sms", "TEXTS_PER_HOUR", "30", "0"),
        ("minimum_rest_hours=11", "inbound_sms", "MINIMUM_REST_HOURS", "0", "11"),
        ("hours_per_week=37.5", "inbound_sms", "HOURS_PER_WEEK", "0", "37.5"),
        ("drop_cutoff_hours=0.5", "inbound_sms", "DROP_CUTOFF_HOURS", "12", "0.5"),
        ("drop_cutoff_hours=0.5", "keep_shifts", "DROP_CUTOFF_HOURS", "12", "0.5"),
        ("offer_minutes=1440", "inbound_sms", "OFFER_MINUTES", "30", "1440"),
        ("offer_minutes=1440", "keep_shifts", "OFFER_MINUTES", "30", "1440"),
        ("reminder_hours=0", "keep_shifts", "REMINDER_HOURS", "24", "0"),
    ],
)
def test_given_a_setting_when_deployed_then_the_function_that_needs_it_is_told(
    setting: str, function: str, variable: str, by_default: str, told: str
) -> None:
    key, _, value = setting.partition("=")
    assert variables(synthesise("dev"), function)[variable] == by_default
    assert variables(synthesise("dev", **{key: value}), function)[variable] == told


@pytest.mark.parametrize(
    ("setting", "functions"),
    [
        ("timezone", {"inbound_sms", "follow_shifts", "keep_shifts"}),
        (
            "vocabulary",
            {"inbound_sms", "follow_shifts", "keep_shifts", "launch_campaign", "connect_callback"},
        ),
        ("default_language", {"inbound_sms", "keep_shifts", "launch_campaign", "connect_callback"}),
    ],
)
def test_given_how_people_are_spoken_to_when_deployed_then_every_function_that_speaks_is_told_the_same(
    setting: str, functions: set[str]
) -> None:
    spoken = {"timezone": "Europe/Berlin", "vocabulary": "appointments", "default_language": "de"}
    stack = synthesise("dev", **CONNECT, **spoken)
    told = {
        name: found
        for name in stack.functions()
        if (found := variables(stack, name).get(setting.upper())) is not None
    }
    assert told == dict.fromkeys(functions, spoken[setting])


def test_given_calls_per_day_when_deployed_with_connect_then_the_function_that_calls_is_told() -> None:
    assert variables(synthesise("dev", **CONNECT), "connect_callback")["CALLS_PER_DAY"] == "3"
    stack = synthesise("dev", **CONNECT, calls_per_day="0")
    assert variables(stack, "connect_callback")["CALLS_PER_DAY"] == "0"


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_given_fictional_numbers_when_synthesised_then_a_warning_names_them(environment: str) -> None:
    (warning,) = [told for told in synthesise(environment).warnings() if "555-01xx" in told]
    assert "+14255550" in warning


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_given_nobody_to_tell_when_synthesised_then_a_warning_says_so(environment: str) -> None:
    assert any("alarm_email" in warning for warning in synthesise(environment).warnings())


def test_given_numbers_that_ring_and_somebody_to_tell_when_synthesised_then_nothing_is_warned_about() -> None:
    settings = {"origination_identity": "+12065550999", "alarm_email": "duty@example.com"}
    assert synthesise("prod", **settings).warnings() == []


def test_given_the_local_environment_when_synthesised_then_fiction_is_no_mistake() -> None:
    assert synthesise("local").warnings() == []


def test_given_the_pinpoint_engine_when_synthesised_then_a_warning_says_it_is_retired(
    pinpoint: Synthesised,
) -> None:
    assert any("2026-10-30" in warning for warning in pinpoint.warnings())
