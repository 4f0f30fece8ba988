"""Tests that one message names every wrong setting and what is allowed."""

from collections.abc import Mapping

import pytest

from shift_sms import (
    BookingPolicy,
    FillOrder,
    Language,
    LanguageSettings,
    SickCalls,
    StrangerReply,
    Vocabulary,
)
from shift_sms.settings import CampaignEngine, Settings, TableRemoval
from shift_sms.settings_reader import SettingsError

CONNECT: dict[str, object] = {
    "connect_enabled": True,
    "connect_instance_id": "11111111-2222-4333-8444-555555555555",
    "connect_contact_flow_id": "22222222-3333-4444-8555-666666666666",
    "connect_queue_id": "33333333-4444-4555-8666-777777777777",
    "connect_source_phone_number": "+14255550199",
}


Given = Mapping[str, object]


def parse(configured: Given, context: Given | None = None, *, environment: str = "dev") -> Settings:
    environments = {environment: {"origination_identity": "+14255550100", **configured}}
    return Settings.parse(environment, environments=environments, context=context or {})


def problems(configured: Given, context: Given | None = None, *, environment: str = "dev") -> set[str]:
    with pytest.raises(SettingsError) as caught:
        parse(configured, context, environment=environment)
    for problem in caught.value.problems:
        assert problem.key in str(caught.value)
        assert problem.allowed in str(caught.value)
    return {problem.key for problem in caught.value.problems}


def test_given_the_smallest_environment_when_parsed_then_defaults_are_as_documented() -> None:
    assert parse({}) == Settings(
        environment="dev",
        origination_identity="+14255550100",
        messages_per_second=1,
        campaign_engine=CampaignEngine.END_USER_MESSAGING,
        default_segment="overtime",
        campaign_opt_out_hint=False,
        keep_typography=False,
        approved_numbers=(),
        connect_enabled=False,
        stranger_reply=StrangerReply.SILENT,
        self_managed_opt_outs=False,
        vocabulary=Vocabulary.SHIFTS,
        default_language=Language.ENGLISH,
        timezone="UTC",
        minimum_rest_hours=0,
        hours_per_week=0,
        drop_cutoff_hours=12,
        offer_minutes=30,
        reminder_hours=24,
        unfilled_notice_hours=4,
        sick_calls=SickCalls.REFILL,
        fill_order=FillOrder.ROTATION,
        fill_wave_size=None,
        fill_wave_minutes=None,
        shift_retention_days=90,
        texts_per_person_per_day=3,
        fill_target_minutes=15,
        fill_contact_retention_days=365,
        domain_events_enabled=False,
        texts_per_hour=30,
        inbound_texts_per_second=100,
        snap_start=False,
        calls_per_day=3,
        alarm_email=None,
        removal_policy=TableRemoval.RETAIN,
        configuration_set_name=None,
    )


@pytest.mark.parametrize(
    ("key", "given", "parsed"),
    [
        ("origination_identity", "+1 425 555 0100", "+14255550100"),
        ("origination_identity", "phone-0123abcd", "phone-0123abcd"),
        ("origination_identity", "pool-0123abcd", "pool-0123abcd"),
        (
            "origination_identity",
            "arn:aws:sms-voice:eu-west-1:111122223333:pool/pool-01",
            "arn:aws:sms-voice:eu-west-1:111122223333:pool/pool-01",
        ),
        ("messages_per_second", "100", 100),
        ("messages_per_second", 1000, 1000),
        ("campaign_opt_out_hint", "YES", True),
        ("keep_typography", "YES", True),
        ("self_managed_opt_outs", "no", False),
        ("self_managed_opt_outs", True, True),
        ("campaign_engine", "end-user-messaging", CampaignEngine.END_USER_MESSAGING),
        ("default_segment", "night-shift", "night-shift"),
        ("approved_numbers", "+14255550101, +447700900123", ("+14255550101", "+447700900123")),
        ("approved_numbers", ["+1 (425) 555-0101", "+14255550101"], ("+14255550101",)),
        ("approved_numbers", "", ()),
        ("stranger_reply", "once-per-day", StrangerReply.ONCE_PER_DAY),
        ("alarm_email", " night.duty+sms@wards.example.com", "night.duty+sms@wards.example.com"),
        ("removal_policy", "destroy", TableRemoval.DESTROY),
        ("vocabulary", "appointments", Vocabulary.APPOINTMENTS),
        ("default_language", "fr", Language.FRENCH),
        ("timezone", "Europe/Berlin", "Europe/Berlin"),
        ("timezone", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("minimum_rest_hours", "11", 11),
        ("minimum_rest_hours", 48, 48),
        ("minimum_rest_hours", 0.5, 0.5),
        ("hours_per_week", "37.5", 37.5),
        ("hours_per_week", 168, 168),
        ("drop_cutoff_hours", 0, 0),
        ("drop_cutoff_hours", "336", 336),
        ("offer_minutes", "1", 1),
        ("offer_minutes", 1440, 1440),
        ("reminder_hours", "1.5", 1.5),
        ("reminder_hours", 0, 0),
        ("unfilled_notice_hours", 0, 0),
        ("sick_calls", "inform", SickCalls.INFORM),
        ("quiet_hours", "21:00-08:00", "21:00-08:00"),
        ("quiet_hours", "", ""),
        ("fill_order", "fewest-hours", FillOrder.FEWEST_HOURS),
        ("fill_wave_size", "auto", None),
        ("fill_wave_size", "500", 500),
        ("fill_wave_size", 1, 1),
        ("fill_wave_minutes", "auto", None),
        ("fill_wave_minutes", 0.1, 0.1),
        ("fill_wave_minutes", "10080", 10080),
        ("shift_retention_days", "0", 0),
        ("shift_retention_days", 14, 14),
        ("shift_retention_days", "3650", 3650),
        ("texts_per_person_per_day", "0", 0),
        ("fill_target_minutes", "30", 30),
        ("fill_contact_retention_days", 30, 30),
        ("urgent_overrides_quiet_hours", "YES", True),
        ("texts_per_hour", "0", 0),
        ("texts_per_hour", 1000, 1000),
        ("inbound_texts_per_second", "1", 1),
        ("inbound_texts_per_second", 1000, 1000),
        ("snap_start", "yes", True),
        ("domain_events_enabled", "YES", True),
        ("calls_per_day", "0", 0),
        ("calls_per_day", 100, 100),
    ],
)
def test_given_a_right_setting_when_parsed_then_it_has_its_type(
    key: str, given: object, parsed: object
) -> None:
    assert getattr(parse({key: given}), key) == parsed
    assert getattr(parse({}, {key: given}), key) == parsed


@pytest.mark.parametrize("given", [True, "true", "TRUE", "YES", "yes", "Yes"])
def test_given_yes_in_any_spelling_when_parsed_then_connect_is_on(given: object) -> None:
    assert parse({**CONNECT, "connect_enabled": given}).connect_enabled


@pytest.mark.parametrize("given", [False, "false", "FALSE", "NO", "no"])
def test_given_no_in_any_spelling_when_parsed_then_connect_is_off_and_ids_unread(
    given: object,
) -> None:
    settings = parse({"connect_enabled": given, "connect_instance_id": "nonsense"})
    assert not settings.connect_enabled
    assert settings.connect_instance_id == ""


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("origination_identity", ""),
        ("origination_identity", None),
        ("origination_identity", "ACME"),
        ("origination_identity", "4255550100"),
        ("origination_identity", "arn:aws:sms-voice:eu-west-1:111122223333:sender-id/ACME/GB"),
        ("messages_per_second", "fast"),
        ("messages_per_second", 0),
        ("messages_per_second", 1001),
        ("messages_per_second", "0.5"),
        ("messages_per_second", True),
        ("campaign_opt_out_hint", "sometimes"),
        ("keep_typography", "sometimes"),
        ("urgent_overrides_quiet_hours", "sometimes"),
        ("quiet_hours", "21:00"),
        ("quiet_hours", "21:00-21:00"),
        ("self_managed_opt_outs", 1),
        ("campaign_engine", "carrier-pigeon"),
        ("default_segment", ""),
        ("approved_numbers", "+14255550101,nobody"),
        ("approved_numbers", [f"+1425555{number}" for number in range(1000, 1151)]),
        ("connect_enabled", "maybe"),
        ("stranger_reply", "shout"),
        ("stranger_reply", 1),
        ("alarm_email", ""),
        ("alarm_email", "duty"),
        ("alarm_email", "duty@localhost"),
        ("alarm_email", "day@example.com, night@example.com"),
        ("alarm_email", "Duty <duty@example.com>"),
        ("alarm_email", ["duty@example.com"]),
        ("removal_policy", "snapshot"),
        ("vocabulary", "beds"),
        ("default_language", "en-GB"),
        ("default_language", "English"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "europe/berlin"),
        ("timezone", "America"),
        ("timezone", "../localtime"),
        ("timezone", "localtime"),
        ("timezone", "+02:00"),
        ("timezone", ""),
        ("timezone", 2),
        ("minimum_rest_hours", 48.5),
        ("minimum_rest_hours", "11h"),
        ("minimum_rest_hours", 0.25),
        ("minimum_rest_hours", True),
        ("hours_per_week", 169),
        ("hours_per_week", -1),
        ("drop_cutoff_hours", 337),
        ("drop_cutoff_hours", "1e2"),
        ("offer_minutes", 0),
        ("offer_minutes", 1441),
        ("offer_minutes", 30.5),
        ("reminder_hours", 336.5),
        ("unfilled_notice_hours", 336.5),
        ("reminder_hours", "12,5"),
        ("sick_calls", "ignore"),
        ("fill_order", "youngest"),
        ("fill_wave_size", 0),
        ("fill_wave_size", 2.5),
        ("fill_wave_size", True),
        ("fill_wave_size", ""),
        ("fill_wave_minutes", 0),
        ("fill_wave_minutes", 10081),
        ("fill_wave_minutes", "soon"),
        ("fill_wave_minutes", False),
        ("shift_retention_days", 13),
        ("shift_retention_days", 3651),
        ("shift_retention_days", -1),
        ("texts_per_person_per_day", 101),
        ("fill_target_minutes", 0),
        ("fill_contact_retention_days", 29),
        ("texts_per_hour", 1001),
        ("texts_per_hour", -1),
        ("inbound_texts_per_second", 0),
        ("inbound_texts_per_second", 1001),
        ("snap_start", "perhaps"),
        ("calls_per_day", 101),
        ("calls_per_day", "often"),
        ("configuration_set_name", "their set"),
        ("sms_endpoint_url", "http://127.0.0.1:1"),
        ("messages_per_secnd", 1),
    ],
)
def test_given_a_wrong_setting_when_parsed_then_the_message_names_it(key: str, given: object) -> None:
    assert problems({key: given}) == {key}


def test_given_a_wrong_number_among_right_ones_when_parsed_then_only_it_is_quoted() -> None:
    with pytest.raises(SettingsError, match="'nobody'"):
        parse({"approved_numbers": "+14255550101,nobody"})


@pytest.mark.parametrize("missing", [key for key in CONNECT if key != "connect_enabled"])
def test_given_connect_when_one_of_its_settings_is_missing_then_it_is_asked_for(missing: str) -> None:
    assert problems({key: value for key, value in CONNECT.items() if key != missing}) == {missing}


def test_given_a_connect_arn_for_the_id_when_parsed_then_it_asks_for_the_id() -> None:
    arn = f"arn:aws:connect:us-east-1:111122223333:instance/{CONNECT['connect_instance_id']}"
    assert problems({**CONNECT, "connect_instance_id": arn}) == {"connect_instance_id"}


def test_given_the_pinpoint_engine_when_its_ids_are_missing_then_both_are_asked_for() -> None:
    missing = problems({"campaign_engine": "pinpoint"})
    assert missing == {"pinpoint_application_id", "pinpoint_segment_id"}


def test_given_several_wrong_settings_when_parsed_then_one_message_names_all() -> None:
    plans = {"fill_order": "youngest", "fill_wave_size": "many", "fill_wave_minutes": "few"}
    wrong = {"messages_per_second": "fast", "stranger_reply": "shout", "color": "red", **plans}
    assert problems(wrong, {"connect_enabled": "maybe"}) == {*wrong, "connect_enabled"}


def test_given_settings_when_parsed_then_each_field_of_the_policies_is_as_set() -> None:
    given: dict[str, object] = {
        "vocabulary": "appointments",
        "default_language": "de",
        "timezone": "Europe/Vienna",
        "minimum_rest_hours": 11,
        "hours_per_week": 40,
        "drop_cutoff_hours": 24,
        "offer_minutes": 15,
        "reminder_hours": 2,
        "unfilled_notice_hours": 3,
        "sick_calls": "inform",
        "quiet_hours": "21:00-08:00",
        "fill_order": "fewest-hours",
        "fill_wave_size": 5,
        "fill_wave_minutes": 7.5,
    }
    settings = parse(given)
    assert {**vars(settings.booking_policy), **vars(settings.language)} == given
    assert parse({}).booking_policy == BookingPolicy()
    assert parse({}).language == LanguageSettings()


def test_given_an_override_when_parsed_then_it_wins_over_the_file() -> None:
    assert parse({"messages_per_second": 1}, {"messages_per_second": "7"}).messages_per_second == 7


def test_given_context_of_the_cdk_when_parsed_then_it_is_ignored() -> None:
    context = {
        "aws:cdk:enable-path-metadata": True,
        "@aws-cdk/core:target-partitions": ["aws"],
        "env": "dev",
        "environments": {},
    }
    assert parse({}, context) == parse({})


def test_given_a_misspelled_override_when_parsed_then_the_message_suggests_the_key() -> None:
    with pytest.raises(SettingsError, match="did you mean approved_numbers"):
        parse({}, {"approved_number": "+14255550101"})


def test_given_an_unknown_environment_when_parsed_then_the_message_lists_the_known() -> None:
    with pytest.raises(SettingsError, match=r"dev or prod"):
        Settings.parse("qa", environments={"prod": {}, "dev": {}}, context={})


def test_given_fictional_numbers_anywhere_when_parsed_then_a_warning_names_them() -> None:
    settings = parse({**CONNECT, "approved_numbers": "+14255550101,+12065550999"})
    (message,) = (text for name, text in settings.warnings.items() if name.endswith("fictionalNumbers"))
    assert message.startswith("+14255550100, +14255550199, +14255550101: ")


def test_given_a_full_list_of_approved_numbers_when_parsed_then_it_fits() -> None:
    settings = parse({"approved_numbers": [f"+49151{number:010d}" for number in range(150)]})
    assert len(",".join(settings.approved_numbers)) < 3000


@pytest.mark.parametrize(
    ("environments", "key", "given"),
    [
        ({"prod": "x"}, "environments.prod", "x"),
        ({"prod": []}, "environments.prod", []),
        ({"prod": None}, "environments.prod", None),
        ({}, "env", "prod"),
        (["prod"], "environments", ["prod"]),
        (None, "environments", None),
    ],
)
def test_given_no_object_for_settings_when_parsed_then_it_says_where_and_what(
    environments: object, key: str, given: object
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.parse("prod", environments=environments, context={})
    (problem,) = caught.value.problems
    assert (problem.key, problem.given) == (key, given)
    assert problem.allowed.startswith("the name of an environment" if key == "env" else "an object")
