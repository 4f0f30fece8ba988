"""Tests that constructs configure what functions read."""

from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from shift_sms.building_blocks.runtime_asset import asset_root
from shift_sms_runtime import composition
from shift_sms_runtime.environment import (
    BookingPolicy,
    FillOrder,
    FunctionEnvironment,
    Language,
    LanguageSettings,
    PlanFillWave,
    ProcessInboundSms,
    PublishDomainEvents,
    ReconcileShift,
    SendOutbox,
    SickCalls,
    Vocabulary,
)
from tests.support.synthesis import CONNECT, CONSOLE, DOMAIN_EVENTS, PINPOINT, SINGLE_SIGN_ON, synthesize

DEPLOYMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "dev": ("dev", {}),
    "dev with connect": ("dev", CONNECT),
    "prod": ("prod", {}),
    "pinpoint": ("dev", PINPOINT),
    "console": ("dev", CONSOLE),
    "single sign-on": ("dev", SINGLE_SIGN_ON),
    "once per day": ("dev", {"stranger_reply": "once-per-day"}),
    "policies": (
        "dev",
        {
            "vocabulary": "appointments",
            "default_language": "fr",
            "timezone": "America/Argentina/Buenos_Aires",
            "minimum_rest_hours": "11.5",
            "hours_per_week": "37.5",
            "drop_cutoff_hours": "0",
            "offer_minutes": "1440",
            "reminder_hours": "336",
            "unfilled_notice_hours": "336",
            "sick_calls": "inform",
            "fill_order": "seniority",
            "fill_wave_size": "20",
            "fill_wave_minutes": "7.5",
            "texts_per_hour": "0",
            **DOMAIN_EVENTS,
        },
    ),
}


ENVIRONMENTS = {environment.handler(): environment for environment in FunctionEnvironment.__subclasses__()}


READ_BY_TELEMETRY = {"SERVICE_NAME", "METRICS_NAMESPACE"}


def environment_of(function: Mapping[str, Any]) -> dict[str, str]:
    """Returns the variables of a function, with a dummy for each value that CloudFormation fills in."""
    variables = function["Environment"]["Variables"]
    return {
        name: value if isinstance(value, str) else f"<{name.lower()}>"
        for name, value in variables.items()
        if name not in READ_BY_TELEMETRY
    }


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_given_a_deployment_when_a_function_starts_then_its_handler_is_in_the_asset(
    deployment: str,
) -> None:
    environment, overrides = DEPLOYMENTS[deployment]
    for name, function in synthesize(environment, **overrides).functions().items():
        module, _, handler = function["Handler"].rpartition(".")
        spec = find_spec(module)
        assert spec is not None
        assert spec.origin == str(asset_root() / module.replace(".", "/")) + ".py"
        assert callable(getattr(import_module(module), handler))
        if module.startswith("shift_sms_runtime."):
            assert callable(getattr(composition, name))


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_given_a_deployment_when_environments_are_read_then_none_is_unused(
    deployment: str,
) -> None:
    environment, overrides = DEPLOYMENTS[deployment]
    for name, function in synthesize(environment, **overrides).functions().items():
        variables = environment_of(function)
        ENVIRONMENTS[name].read(variables)
        assert set(variables) <= {variable.name for variable in ENVIRONMENTS[name].variables()}, name


def test_given_the_deployments_when_taken_together_then_every_function_is_in_one() -> None:
    deployed = {
        name
        for environment, overrides in DEPLOYMENTS.values()
        for name in synthesize(environment, **overrides).functions()
    }
    assert deployed == set(ENVIRONMENTS)


def test_given_policies_when_a_function_reads_them_then_it_has_the_same_values() -> None:
    environment, overrides = DEPLOYMENTS["policies"]
    functions = synthesize(environment, **overrides).functions()
    inbound = ProcessInboundSms.read(environment_of(functions["process_inbound_sms"]))
    reconciler = ReconcileShift.read(environment_of(functions["reconcile_shift"]))
    assert (
        inbound.booking_policy
        == reconciler.booking_policy
        == BookingPolicy(
            timezone="America/Argentina/Buenos_Aires",
            minimum_rest_hours=11.5,
            hours_per_week=37.5,
            drop_cutoff_hours=0,
            offer_minutes=1440,
            reminder_hours=336,
            unfilled_notice_hours=336,
            sick_calls=SickCalls.INFORM,
            fill_order=FillOrder.SENIORITY,
            fill_wave_size=20,
            fill_wave_minutes=7.5,
        )
    )
    assert inbound.booking_policy.offer_duration == timedelta(days=1)
    outbox = SendOutbox.read(environment_of(functions["send_outbox"]))
    filling = PlanFillWave.read(environment_of(functions["plan_fill_wave"]))
    assert outbox.booking_policy == filling.booking_policy == reconciler.booking_policy
    events = PublishDomainEvents.read(environment_of(functions["publish_domain_events"]))
    assert events.fill_order is FillOrder.SENIORITY
    assert (
        inbound.language
        == outbox.language
        == LanguageSettings(vocabulary=Vocabulary.APPOINTMENTS, default_language=Language.FRENCH)
    )
    assert reconciler.vocabulary is Vocabulary.APPOINTMENTS
    assert inbound.policy.texts_per_hour == 0
