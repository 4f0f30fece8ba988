"""Tests that cdk-nag and cfn-lint find nothing that is not acknowledged with a reason."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]

from shift_sms.settings import Settings
from shift_sms.stack import ShiftSmsStack
from tests.support.synthesis import (
    CONNECT,
    CONSOLE,
    CONTEXT,
    DOMAIN_EVENTS,
    ENVIRONMENTS,
    PINPOINT,
    SINGLE_SIGN_ON,
    synthesize,
)

# The CDK makes every function depend on its role explicitly as well as by reference.
REDUNDANT_DEPENDENCY = "W3005"

DEPLOYMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "dev": ("dev", {}),
    "dev with connect": ("dev", CONNECT),
    "prod": ("prod", {}),
    "pinpoint": ("dev", PINPOINT),
    "console with connect and domain events": ("dev", {**CONSOLE, **CONNECT, **DOMAIN_EVENTS}),
    "single sign-on": ("prod", SINGLE_SIGN_ON),
    "pool": ("prod", {"origination_identity": "pool-0123456789abcdef"}),
}


IN_OTHERS = ("dev", "dev with connect", "prod")
"""Their resources are in other deployments too, so that only `make soak` runs cfn-lint on them."""


@pytest.fixture(params=list(DEPLOYMENTS.values()), ids=list(DEPLOYMENTS))
def deployment(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    chosen: tuple[str, dict[str, str]] = request.param
    return chosen


def test_given_a_deployment_when_checked_by_cdk_nag_then_nothing_is_found(
    deployment: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    environment, overrides = deployment
    app = cdk.App(context={**CONTEXT, "aws:cdk:bundling-stacks": []}, outdir=str(tmp_path))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    settings = Settings.parse(environment, environments=ENVIRONMENTS, context=overrides)
    ShiftSmsStack(app, f"ShiftSms-{environment}", settings=settings)

    app.synth()

    reports = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    rules = {violation["ruleName"] for report in reports for violation in report["violations"]}
    assert not {rule for rule in rules if not rule.startswith("Annotation::shift-sms:")}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.soak] if name in IN_OTHERS else []) for name in DEPLOYMENTS],
)
def test_given_a_deployment_when_checked_by_cfn_lint_then_nothing_is_found(name: str) -> None:
    environment, overrides = DEPLOYMENTS[name]
    template = json.dumps(synthesize(environment, **overrides).template.to_json())
    assert (
        lint(template, config=ManualArgs(regions=["us-east-1"], ignore_checks=[REDUNDANT_DEPENDENCY])) == []
    )
