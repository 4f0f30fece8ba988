"""Tests outputs, settings and warnings of the stack."""

import pytest

from tests.support.synthesis import CONNECT, SynthesizedStack, synthesize, variables

OUTPUTS = {
    "ShiftsTableName",
    "CampaignsTableName",
    "EmployeesTableName",
    "SegmentMembersTableName",
    "DeliveriesTableName",
    "ConversationsTableName",
    "EmployeeBookingsTableName",
    "FillContactsTableName",
    "OperatorInboxTableName",
    "OutboxTableName",
    "CampaignCountersTableName",
    "SendPermitsTableName",
    "AuditTrailTableName",
    "ReconcileQueueUrl",
    "OutboxQueueUrl",
    "InboundTopicArn",
    "DeliveryEventsTopicArn",
    "AlarmTopicArn",
    "OperatorSettings",
    "Queues",
}


def test_given_any_environment_when_deployed_then_tools_find_its_outputs(
    dev: SynthesizedStack, prod: SynthesizedStack
) -> None:
    for stack in (dev, prod):
        assert set(stack.json["Outputs"]) == OUTPUTS


def test_given_the_pinpoint_engine_when_deployed_then_nothing_sends_or_tracks(
    pinpoint: SynthesizedStack,
) -> None:
    assert not any(
        part in name for name in pinpoint.resources for part in ("Dispatch", "Pages", "DeliveryEvents")
    )
    assert set(pinpoint.json["Outputs"]) == OUTPUTS - {"DeliveryEventsTopicArn"}
    assert set(variables(pinpoint, "launch_pinpoint_campaign")) == {
        "CAMPAIGNS_TABLE",
        "PINPOINT_APPLICATION_ID",
        "PINPOINT_SEGMENT_ID",
        "KEEP_TYPOGRAPHY",
        "SERVICE_NAME",
        "METRICS_NAMESPACE",
    }


@pytest.mark.parametrize(
    ("setting", "function", "variable", "by_default", "expected"),
    [
        ("campaign_opt_out_hint=YES", "launch_campaign", "OPT_OUT_HINT", "false", "true"),
        ("keep_typography=YES", "launch_campaign", "KEEP_TYPOGRAPHY", "false", "true"),
        ("self_managed_opt_outs=YES", "process_inbound_sms", "SELF_MANAGED_OPT_OUTS", "false", "true"),
        ("messages_per_second=100", "send_campaign", "MESSAGES_PER_SECOND", "1", "100"),
        ("messages_per_second=100", "plan_campaign", "RECIPIENTS_PER_ITEM", "10", "50"),
        ("default_segment=nights", "launch_campaign", "DEFAULT_SEGMENT", "overtime", "nights"),
        ("texts_per_hour=0", "process_inbound_sms", "TEXTS_PER_HOUR", "30", "0"),
        ("minimum_rest_hours=11", "process_inbound_sms", "MINIMUM_REST_HOURS", "0", "11"),
        ("hours_per_week=37.5", "process_inbound_sms", "HOURS_PER_WEEK", "0", "37.5"),
        ("drop_cutoff_hours=0.5", "process_inbound_sms", "DROP_CUTOFF_HOURS", "12", "0.5"),
        ("drop_cutoff_hours=0.5", "reconcile_shift", "DROP_CUTOFF_HOURS", "12", "0.5"),
        ("sick_calls=inform", "process_inbound_sms", "SICK_CALLS", "refill", "inform"),
        ("offer_minutes=1440", "process_inbound_sms", "OFFER_MINUTES", "30", "1440"),
        ("offer_minutes=1440", "reconcile_shift", "OFFER_MINUTES", "30", "1440"),
        ("reminder_hours=0", "reconcile_shift", "REMINDER_HOURS", "24", "0"),
        ("quiet_hours=21:00-08:00", "send_campaign", "QUIET_HOURS", "", "21:00-08:00"),
        ("quiet_hours=21:00-08:00", "reconcile_shift", "QUIET_HOURS", "", "21:00-08:00"),
        (
            "urgent_overrides_quiet_hours=yes",
            "plan_fill_wave",
            "URGENT_OVERRIDES_QUIET_HOURS",
            "false",
            "true",
        ),
        ("fill_order=random", "plan_fill_wave", "FILL_ORDER", "rotation", "random"),
        ("fill_order=random", "process_inbound_sms", "FILL_ORDER", "rotation", "random"),
        ("fill_wave_size=5", "plan_fill_wave", "FILL_WAVE_SIZE", None, "5"),
        ("fill_wave_minutes=7.5", "plan_fill_wave", "FILL_WAVE_MINUTES", None, "7.5"),
        ("shift_retention_days=14", "detect_shift_changes", "SHIFT_RETENTION_DAYS", "90", "14"),
    ],
)
def test_given_a_setting_when_deployed_then_the_function_that_needs_it_has_it(
    setting: str, function: str, variable: str, by_default: str | None, expected: str
) -> None:
    key, _, value = setting.partition("=")
    assert variables(synthesize("dev"), function).get(variable) == by_default
    assert variables(synthesize("dev", **{key: value}), function)[variable] == expected


@pytest.mark.parametrize(
    ("setting", "functions"),
    [
        (
            "timezone",
            {
                "process_inbound_sms",
                "detect_shift_changes",
                "reconcile_shift",
                "plan_fill_wave",
                "launch_campaign",
                "reconcile_campaign",
                "send_campaign",
                "send_outbox",
                "notify_managers",
            },
        ),
        (
            "vocabulary",
            {
                "send_outbox",
                "process_inbound_sms",
                "detect_shift_changes",
                "reconcile_shift",
                "plan_fill_wave",
                "launch_campaign",
                "start_callback",
            },
        ),
        (
            "default_language",
            {"process_inbound_sms", "launch_campaign", "plan_fill_wave", "send_outbox", "start_callback"},
        ),
    ],
)
def test_given_language_settings_when_deployed_then_every_replying_function_has_all(
    setting: str, functions: set[str]
) -> None:
    settings = {"timezone": "Europe/Berlin", "vocabulary": "appointments", "default_language": "de"}
    stack = synthesize("dev", **CONNECT, **settings)
    configured = {
        name: found
        for name in stack.functions()
        if (found := variables(stack, name).get(setting.upper())) is not None
    }
    assert configured == dict.fromkeys(functions, settings[setting])


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_given_fictional_numbers_when_synthesized_then_a_warning_names_them(environment: str) -> None:
    (warning,) = [text for text in synthesize(environment).warnings() if "555-01xx" in text]
    assert "+14255550" in warning


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_given_no_alarm_address_when_synthesized_then_a_warning_says_so(environment: str) -> None:
    assert any("alarm_email" in warning for warning in synthesize(environment).warnings())


def test_given_real_numbers_and_an_alarm_address_when_synthesized_then_no_warning() -> None:
    settings = {"origination_identity": "+12065550999", "alarm_email": "duty@example.com"}
    assert synthesize("prod", **settings).warnings() == []


def test_given_the_pinpoint_engine_when_synthesized_then_a_warning_calls_it_retired(
    pinpoint: SynthesizedStack,
) -> None:
    assert any("2026-10-30" in warning for warning in pinpoint.warnings())
