"""Tests how the lab's stack differs from the product's stack."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]

from lab.lab_stack import LabStack, read_settings
from lab.settings import STACK
from tests.support.lab_synthesis import ENDPOINT_URLS, synthesize_lab, synthesize_product
from tests.support.permissions import granted, on
from tests.support.synthesis import CONTEXT, Resource, SynthesizedStack, synthesize, variables

ROOT = Path(__file__).parents[2]
SCHEDULE = ("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule")
SEND_SMS = "sms-voice:SendTextMessage"
DENY_PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}
# The CDK makes every function depend on its role explicitly as well as by reference.
REDUNDANT_DEPENDENCY = "W3005"


def run_lab_app(outdir: Path, **context: Any) -> subprocess.CompletedProcess[str]:
    """Runs the app as the CDK command line does, without PYTHONPATH."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["CDK_OUTDIR"] = str(outdir)
    environment["CDK_CONTEXT_JSON"] = json.dumps({**context, "aws:cdk:bundling-stacks": []})
    return subprocess.run(
        [sys.executable, "lab/app.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_given_the_labs_app_when_run_without_a_path_then_it_makes_the_local_stack(tmp_path: Path) -> None:
    done = run_lab_app(tmp_path, env="prod", messages_per_second="7", **ENDPOINT_URLS)
    assert done.returncode == 0, done.stderr
    artifacts = json.loads((tmp_path / "manifest.json").read_text())["artifacts"]
    stacks = {name for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack"}
    assert stacks == {"ShiftSms-local"}
    assert "assumeRoleArn" not in artifacts["ShiftSms-local"]["properties"]
    template = (tmp_path / "ShiftSms-local.template.json").read_text()
    assert all(url in template for url in list(ENDPOINT_URLS.values())[:2])


def test_given_wrong_settings_when_the_labs_app_runs_then_one_message_names_all(tmp_path: Path) -> None:
    done = run_lab_app(tmp_path, sms_endpoint_url="127.0.0.1:8080", messages_per_second="fast")
    assert done.returncode == 1
    for word in ("messages_per_second", "'fast'", "sms_endpoint_url", "'127.0.0.1:8080'"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "overrides",
    [{}, {"connect_enabled": "false"}, {"campaign_engine": "pinpoint"}],
    ids=["connect", "no connect", "pinpoint"],
)
def test_given_the_labs_stack_when_its_changes_are_undone_then_it_is_the_products(
    overrides: dict[str, str],
) -> None:
    lab, product = (make(**ENDPOINT_URLS, **overrides) for make in (synthesize_lab, synthesize_product))
    assert without_lab_changes(lab) == without_tls_requirements(product)
    assert lab.json["Outputs"] == product.json["Outputs"]


def without_tls_requirements(stack: SynthesizedStack) -> dict[str, Resource]:
    """Returns the resources without the statements that deny plain HTTP, and without empty policies."""
    resources: dict[str, Resource] = json.loads(json.dumps(stack.resources))
    for name, resource in list(resources.items()):
        if resource["Type"] in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
            document = resource["Properties"]["PolicyDocument"]
            statements = document["Statement"]
            document["Statement"] = [one for one in statements if one.get("Condition") != DENY_PLAIN_HTTP]
            assert len(document["Statement"]) == len(statements) - 1, name
            if not document["Statement"]:
                del resources[name]
    return resources


def without_lab_changes(stack: SynthesizedStack) -> dict[str, Resource]:
    """Returns the resources without service endpoints and without the emulator's schedule group."""
    resources: dict[str, Resource] = json.loads(json.dumps(stack.resources))
    for resource in resources.values():
        if resource["Type"] == "AWS::Lambda::Function" and "Environment" in resource["Properties"]:
            environment = resource["Properties"]["Environment"]
            environment["Variables"] = {
                name: value
                for name, value in environment["Variables"].items()
                if not name.startswith("AWS_ENDPOINT_URL_")
            }
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                remove_default_group(statement)
    return resources


def remove_default_group(statement: Resource) -> None:
    """Removes the resource that the emulator asks for from a statement about schedules."""
    resources = statement["Resource"]
    if isinstance(resources, list):
        kept = [one for one in resources if "schedule/default/*" not in json.dumps(one)]
        statement["Resource"] = kept[0] if len(kept) == 1 else kept


def test_given_the_labs_stack_when_deployed_then_only_schedule_permissions_differ() -> None:
    lab, product = synthesize_lab(connect_enabled="NO"), synthesize("dev")
    added = {
        "send_campaign": on("configuration-set/shift-sms-local", SEND_SMS),
        "reconcile_campaign": on("schedule/default/*", *SCHEDULE),
        "reconcile_shift": on("schedule/default/*", *SCHEDULE),
        "plan_fill_wave": on("schedule/default/*", *SCHEDULE),
    }
    removed = {"send_campaign": on("DeliveryEventsConfigurationSet.Arn", SEND_SMS)}
    assert {name: granted(lab, name) for name in lab.functions()} == {
        name: granted(product, name) - removed.get(name, set()) | added.get(name, set())
        for name in product.functions()
    }


def test_given_the_labs_stack_when_deployed_then_unsupported_parts_are_out() -> None:
    lab = synthesize_lab()
    assert not [found for found in lab.resources.values() if "SMSVOICE" in found["Type"]]
    assert variables(lab, "send_campaign")["CONFIGURATION_SET_NAME"] == "shift-sms-local"


def test_given_endpoints_when_deployed_then_functions_have_those_of_their_services() -> None:
    stack = synthesize_lab(**ENDPOINT_URLS)
    sms = {"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": "http://127.0.0.1:1"}
    connect = {"AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:2"}
    endpoints = {
        name: {key: value for key, value in variables(stack, name).items() if key.startswith("AWS_ENDPOINT")}
        for name in stack.functions()
    }
    assert endpoints == {
        "launch_campaign": {},
        "plan_campaign": {},
        "plan_fill_wave": {},
        "send_campaign": sms,
        "record_delivery_event": {},
        "summarize_campaign": {},
        "process_inbound_sms": sms,
        "detect_shift_changes": {},
        "reconcile_campaign": {},
        "reconcile_shift": {},
        "send_operator_reply": {},
        "index_managers": {},
        "notify_managers": {},
        "send_outbox": sms,
        "start_callback": connect,
    }


def test_given_the_pinpoint_engine_when_deployed_then_its_function_has_the_endpoint() -> None:
    stack = synthesize_lab(campaign_engine="pinpoint", **ENDPOINT_URLS)
    pinpoint = "AWS_ENDPOINT_URL_PINPOINT"
    found = {variables(stack, name).get(pinpoint) for name in stack.functions()}
    assert found == {None, "http://127.0.0.1:3"}
    assert variables(stack, "process_inbound_sms").get(pinpoint) is None


def test_given_no_endpoints_when_deployed_then_functions_have_none() -> None:
    stack = synthesize_lab()
    for name in stack.functions():
        assert not [key for key in variables(stack, name) if key.startswith("AWS_ENDPOINT")]


def test_given_the_labs_stack_when_synthesized_then_fictional_numbers_do_not_warn() -> None:
    assert synthesize_lab().warnings() == []


def test_given_the_labs_stack_when_checked_by_cdk_nag_then_nothing_is_found(tmp_path: Path) -> None:
    app = cdk.App(context={**CONTEXT, "aws:cdk:bundling-stacks": []}, outdir=str(tmp_path))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    settings, endpoint_urls = read_settings(ENDPOINT_URLS)
    LabStack(app, STACK, settings=settings, endpoint_urls=endpoint_urls)

    app.synth()

    reports = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert not {violation["ruleName"] for report in reports for violation in report["violations"]}


def test_given_the_labs_stack_when_checked_by_cfn_lint_then_nothing_is_found() -> None:
    template = json.dumps(synthesize_lab(**ENDPOINT_URLS).template.to_json())
    assert (
        lint(template, config=ManualArgs(regions=["us-east-1"], ignore_checks=[REDUNDANT_DEPENDENCY])) == []
    )
