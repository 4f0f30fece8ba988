"""Constructs and runtime never import each other: what one tells by the environment, the other must understand."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import pytest

from shift_sms.building_blocks.runtime_asset import asset_root
from shift_sms_runtime.environment import (
    DetectShiftChanges,
    LanguageSettings,
    LaunchCampaign,
    PlanCampaign,
    ProcessInboundSms,
    ReconcileShift,
    RecordDeliveryEvent,
    SendCampaign,
    SendOperatorReply,
    StartCallback,
    SummarizeCampaign,
)
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.synthesis import CONNECT, PINPOINT, synthesize

DEPLOYMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "dev": ("dev", {}),
    "dev with connect": ("dev", CONNECT),
    "prod": ("prod", {}),
    "pinpoint": ("dev", PINPOINT),
    "once per day": ("dev", {"stranger_reply": "once-per-day"}),
    "rules": (
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
            "texts_per_hour": "0",
        },
    ),
}


class FromEnvironment(Protocol):
    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> object: ...


SETTINGS: dict[str, type[FromEnvironment]] = {
    "launch_campaign": LaunchCampaign,
    "plan_campaign": PlanCampaign,
    "send_campaign": SendCampaign,
    "record_delivery_event": RecordDeliveryEvent,
    "summarize_campaign": SummarizeCampaign,
    "process_inbound_sms": ProcessInboundSms,
    "detect_shift_changes": DetectShiftChanges,
    "reconcile_shift": ReconcileShift,
    "send_operator_reply": SendOperatorReply,
    "start_callback": StartCallback,
}


def read_by_libraries(variable: str) -> bool:
    """Says whether botocore or Powertools reads the variable, and the runtime itself does not."""
    return variable.startswith(("AWS_ENDPOINT_URL_", "POWERTOOLS_"))


class WatchedEnvironment(Mapping[str, str]):
    """An environment that remembers what was read."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.read.add(key)
        return self._variables[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def environment_of(function: Mapping[str, Any]) -> dict[str, str]:
    """Returns the variables as the function would find them; what CloudFormation fills in is a dummy."""
    variables = function["Environment"]["Variables"]
    return {
        name: value if isinstance(value, str) else f"<{name.lower()}>"
        for name, value in variables.items()
        if not read_by_libraries(name)
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
        assert spec.origin == str(asset_root() / "shift_sms_runtime" / "handlers" / f"{name}.py")
        assert callable(getattr(import_module(module), handler))


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_given_a_deployment_when_settings_are_read_then_none_is_missing_or_unused(
    deployment: str,
) -> None:
    environment, overrides = DEPLOYMENTS[deployment]
    for name, function in synthesize(environment, **overrides).functions().items():
        told = WatchedEnvironment(environment_of(function))
        SETTINGS[name].from_env(told)
        assert set(told) <= told.read, name


def test_given_rules_when_a_function_reads_them_then_it_understands_what_was_meant() -> None:
    environment, overrides = DEPLOYMENTS["rules"]
    functions = synthesize(environment, **overrides).functions()
    desk = ProcessInboundSms.from_env(environment_of(functions["process_inbound_sms"]))
    keeper = ReconcileShift.from_env(environment_of(functions["reconcile_shift"]))
    zone = "America/Argentina/Buenos_Aires"
    assert desk.rules == BookingPolicy(
        minimum_rest_hours=11.5, hours_per_week=37.5, drop_cutoff_hours=0, offer_minutes=1440, timezone=zone
    )
    assert keeper.rules == BookingPolicy(
        drop_cutoff_hours=0, offer_minutes=1440, reminder_hours=14 * 24, timezone=zone
    )
    assert desk.tongue == keeper.tongue == LanguageSettings("appointments", "fr")
    assert desk.texts_per_hour == 0
