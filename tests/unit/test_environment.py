"""Tests how functions read their environment."""

import pytest

from shift_sms_runtime.environment import (
    BookingPolicy,
    DetectShiftChanges,
    FillOrder,
    Language,
    LaunchCampaign,
    LaunchPinpointCampaign,
    ProcessInboundSms,
    SickCalls,
    StrangerReply,
    Vocabulary,
    WrongEnvironment,
)
from shift_sms_runtime.shifts.filling.fill_details import FillDefaults

INBOUND = {
    "SHIFTS_TABLE": "Shifts",
    "EMPLOYEES_TABLE": "Employees",
    "EMPLOYEE_BOOKINGS_TABLE": "EmployeeBookings",
    "CONVERSATIONS_TABLE": "Conversations",
    "CAMPAIGN_COUNTERS_TABLE": "CampaignCounters",
    "OPERATOR_INBOX_TABLE": "OperatorInbox",
    "OUTBOX_TABLE": "Outbox",
    "OUTBOX_QUEUE_URL": "https://sqs/outbox",
    "SEND_PERMITS_TABLE": "SendPermits",
    "ORIGINATION_IDENTITY": "+12065550100",
    "MESSAGES_PER_SECOND": "2",
    "APPROVED_NUMBERS": "+14255550101,+14255550102",
    "STRANGER_REPLY": "once-per-day",
    "SELF_MANAGED_OPT_OUTS": "true",
    "TEXTS_PER_HOUR": "30",
    "TIMEZONE": "Europe/Berlin",
    "MINIMUM_REST_HOURS": "11.5",
    "HOURS_PER_WEEK": "40",
    "DROP_CUTOFF_HOURS": "12",
    "OFFER_MINUTES": "15",
    "REMINDER_HOURS": "0",
    "UNFILLED_NOTICE_HOURS": "6",
    "SICK_CALLS": "inform",
    "QUIET_HOURS": "21:00-08:00",
    "FILL_ORDER": "fewest-hours",
    "VOCABULARY": "shifts",
    "DEFAULT_LANGUAGE": "de",
}


@pytest.mark.parametrize(
    ("environment", "handler"),
    [
        (ProcessInboundSms, "process_inbound_sms"),
        (LaunchCampaign, "launch_campaign"),
        (LaunchPinpointCampaign, "launch_pinpoint_campaign"),
    ],
)
def test_given_an_environment_when_asked_for_its_handler_then_it_is_named_alike(
    environment: type[ProcessInboundSms], handler: str
) -> None:
    assert environment.handler() == handler


def test_given_variables_when_read_then_each_field_has_its_type() -> None:
    found = ProcessInboundSms.read({**INBOUND, "PATH": "/usr/bin"})
    assert found.shifts_table == "Shifts"
    assert found.callback_queue_url is None
    assert found.policy.approved_numbers == {"+14255550101", "+14255550102"}
    assert found.policy.stranger_reply is StrangerReply.ONCE_PER_DAY
    assert found.policy.self_managed_opt_outs is True
    assert found.policy.texts_per_hour == 30
    assert found.booking_policy == BookingPolicy(
        timezone="Europe/Berlin",
        minimum_rest_hours=11.5,
        hours_per_week=40,
        drop_cutoff_hours=12,
        offer_minutes=15,
        reminder_hours=0,
        unfilled_notice_hours=6,
        sick_calls=SickCalls.INFORM,
        quiet_hours="21:00-08:00",
        fill_order=FillOrder.FEWEST_HOURS,
    )
    assert found.language.vocabulary is Vocabulary.SHIFTS
    assert found.language.default_language is Language.GERMAN


def test_given_an_optional_variable_when_set_then_it_is_read() -> None:
    optional = {
        "CALLBACK_QUEUE_URL": "https://queue",
        "FILL_WAVE_SIZE": "5",
        "FILL_WAVE_MINUTES": "7.5",
    }
    found = ProcessInboundSms.read({**INBOUND, **optional})
    assert found.callback_queue_url == "https://queue"
    assert found.booking_policy.fill_defaults == FillDefaults(FillOrder.FEWEST_HOURS, 5, 7.5)


def test_given_no_approved_numbers_when_read_then_the_set_is_empty() -> None:
    assert ProcessInboundSms.read({**INBOUND, "APPROVED_NUMBERS": ""}).policy.approved_numbers == frozenset()


def test_given_missing_and_wrong_variables_when_read_then_one_error_names_all() -> None:
    environ = {**INBOUND, "SELF_MANAGED_OPT_OUTS": "yes", "OFFER_MINUTES": "soon", "VOCABULARY": "beds"}
    del environ["SHIFTS_TABLE"]
    del environ["TIMEZONE"]
    with pytest.raises(WrongEnvironment) as caught:
        ProcessInboundSms.read(environ)
    assert str(caught.value) == (
        "environment of process_inbound_sms: SHIFTS_TABLE is missing, SELF_MANAGED_OPT_OUTS is wrong,"
        " TIMEZONE is missing, OFFER_MINUTES is wrong, VOCABULARY is wrong"
    )


def test_given_a_policy_when_its_variables_are_listed_then_all_are_required() -> None:
    required = {variable.name for variable in ProcessInboundSms.variables() if variable.required}
    assert required == set(INBOUND)
    assert [variable.name for variable in DetectShiftChanges.variables()] == [
        "SHIFTS_TABLE",
        "RECONCILE_QUEUE_URL",
        "FILL_QUEUE_URL",
        "SHIFT_RETENTION_DAYS",
        "VOCABULARY",
        "TIMEZONE",
    ]
