"""Tests that a wrong prop is named with its value and what is allowed."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct

from shift_sms import BookingPolicy, LanguageSettings
from tests.support.constructs import (
    add_callback,
    add_channel,
    add_delivery_events,
    add_domain_events,
    add_fill_planner,
    add_launcher,
    add_pinpoint_launcher,
    add_processor,
    add_reconciler,
    add_tables,
)


def with_policy(stack: cdk.Stack, **props: Any) -> Construct:
    fields = {prop.removeprefix("booking_policy."): given for prop, given in props.items()}
    return add_processor(stack, booking_policy=BookingPolicy(**fields))


def with_language(stack: cdk.Stack, **props: Any) -> Construct:
    fields = {prop.removeprefix("language."): given for prop, given in props.items()}
    return add_launcher(stack, language=LanguageSettings(**fields))


@pytest.mark.parametrize(
    ("build", "prop", "given", "shown"),
    [
        (add_launcher, "messages_per_second", 0, "0"),
        (add_launcher, "messages_per_second", 1001, "1001"),
        (add_launcher, "default_segment", "", "''"),
        (add_launcher, "default_segment", "night shift", "'night shift'"),
        (add_delivery_events, "configuration_set_name", "", "''"),
        (add_delivery_events, "configuration_set_name", "their set", "'their set'"),
        (add_delivery_events, "configuration_set_name", "s" * 65, f"'{'s' * 65}'"),
        (add_pinpoint_launcher, "pinpoint_application_id", "", "''"),
        (add_pinpoint_launcher, "pinpoint_segment_id", " ", "' '"),
        (add_callback, "connect_instance_id", "", "''"),
        (add_callback, "connect_contact_flow_id", "arn:aws:connect", "'arn:aws:connect'"),
        (add_callback, "connect_queue_id", "", "''"),
        (add_callback, "connect_source_phone_number", "425 555 0199", "'425 555 0199'"),
        (add_processor, "approved_numbers", ["+14255550101", "nobody", "555"], "'nobody, 555'"),
        (add_processor, "approved_numbers", [f"+1425555{n}" for n in range(1000, 1151)], "'151 numbers'"),
        (add_processor, "texts_per_hour", -1, "-1"),
        (add_processor, "texts_per_hour", 1001, "1001"),
        (add_processor, "inbound_texts_per_second", 0, "0"),
        (add_processor, "inbound_texts_per_second", 1001, "1001"),
        (add_callback, "calls_per_day", 0.5, "0.5"),
        (add_callback, "calls_per_day", 101, "101"),
        (with_language, "language.vocabulary", "beds", "'beds'"),
        (with_language, "language.default_language", "en-GB", "'en-GB'"),
        (with_policy, "booking_policy.timezone", "Berlin", "'Berlin'"),
        (with_policy, "booking_policy.timezone", "europe/berlin", "'europe/berlin'"),
        (with_policy, "booking_policy.minimum_rest_hours", 48.5, "48.5"),
        (with_policy, "booking_policy.minimum_rest_hours", 10.25, "10.25"),
        (with_policy, "booking_policy.hours_per_week", -1, "-1"),
        (with_policy, "booking_policy.hours_per_week", 169, "169"),
        (with_policy, "booking_policy.drop_cutoff_hours", True, "True"),
        (with_policy, "booking_policy.reminder_hours", 337, "337"),
        (with_policy, "booking_policy.sick_calls", "ignore", "'ignore'"),
        (with_policy, "booking_policy.fill_order", "youngest", "'youngest'"),
        (with_policy, "booking_policy.fill_wave_size", 0, "0"),
        (with_policy, "booking_policy.fill_wave_minutes", "soon", "'soon'"),
        (with_policy, "booking_policy.offer_minutes", 0, "0"),
        (with_policy, "booking_policy.offer_minutes", 1441, "1441"),
        (with_policy, "booking_policy.offer_minutes", 7.5, "7.5"),
        (add_reconciler, "shift_retention_days", 13, "13"),
        (add_fill_planner, "texts_per_person_per_day", -1, "-1"),
        (add_fill_planner, "fill_target_minutes", 0, "0"),
        (add_fill_planner, "fill_contact_retention_days", 29, "29"),
        (add_fill_planner, "default_segment", "night shift", "'night shift'"),
        (add_domain_events, "timezone", "Berlin", "'Berlin'"),
        (add_domain_events, "fill_order", "youngest", "'youngest'"),
        (add_domain_events, "bus", "shifts", "'shifts'"),
        (add_processor, "stranger_reply", "loud", "'loud'"),
        (add_processor, "self_managed_opt_outs", "no", "'no'"),
        (add_launcher, "agent_offered", "no", "'no'"),
        (add_launcher, "opt_out_hint", "no", "'no'"),
        (add_launcher, "keep_typography", 0, "0"),
        (add_launcher, "agent_offered", None, "None"),
        (add_launcher, "language", {}, "{}"),
        (add_processor, "booking_policy", "strict", "'strict'"),
        (add_processor, "language", "en", "'en'"),
        (add_reconciler, "booking_policy", {"timezone": "UTC"}, "{'timezone': 'UTC'}"),
        (add_callback, "language", LanguageSettings, "<class '.+'>"),
        (add_tables, "employees", "staff", "'staff'"),
        (add_tables, "employees", "", "''"),
        (add_channel, "origination_identity", None, "None"),
        (add_channel, "origination_identity", 5, "5"),
    ],
)
def test_given_a_wrong_prop_when_made_then_the_error_names_prop_value_and_allowed(
    build: Callable[..., Construct], prop: str, given: object, shown: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(prop)} is {shown}, allowed is .+"):
        build(cdk.Stack(), **{prop: given})
