"""Tests ids that are known only at deployment."""

import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_connect as connect
from constructs import Construct

from tests.support.constructs import add_callback, add_pinpoint_launcher, iam5_findings
from tests.support.synthesis import synthesize_bare


def id_of_a_resource(stack: cdk.Stack) -> str:
    attributes = connect.CfnInstance.AttributesProperty(inbound_calls=True, outbound_calls=True)
    return connect.CfnInstance(
        stack, "Theirs", attributes=attributes, identity_management_type="CONNECT_MANAGED"
    ).attr_id


def imported_id(_: cdk.Stack) -> str:
    return cdk.Fn.import_value("their-id")


def id_given_when_deployed(stack: cdk.Stack) -> str:
    return cdk.CfnParameter(stack, "TheirId").value_as_string


def id_within_an_arn(stack: cdk.Stack) -> str:
    return cdk.Fn.select(1, cdk.Fn.split("/", cdk.CfnParameter(stack, "TheirArn").value_as_string))


DEPLOY_TIME_IDS = [id_of_a_resource, imported_id, id_given_when_deployed, id_within_an_arn]


# cdk-nag omits intrinsic functions of the last kind from findings, so the construct cannot acknowledge them.
REPORTED_BY_NAG = DEPLOY_TIME_IDS[:-1]


def with_deploy_time_instance(stack: cdk.Stack, deploy_time_id: Callable[[cdk.Stack], str]) -> Construct:
    return add_callback(stack, connect_instance_id=deploy_time_id(stack))


def with_deploy_time_application(stack: cdk.Stack, deploy_time_id: Callable[[cdk.Stack], str]) -> Construct:
    return add_pinpoint_launcher(stack, pinpoint_application_id=deploy_time_id(stack))


@pytest.mark.parametrize("deploy_time_id", DEPLOY_TIME_IDS)
@pytest.mark.parametrize("build", [with_deploy_time_instance, with_deploy_time_application])
def test_given_an_id_known_at_deployment_when_made_then_role_and_function_have_it(
    build: Callable[[cdk.Stack, Callable[[cdk.Stack], str]], Construct],
    deploy_time_id: Callable[[cdk.Stack], str],
) -> None:
    found = synthesize_bare(lambda stack: build(stack, deploy_time_id))
    ids = {
        name: variables.get("CONNECT_INSTANCE_ID") or variables.get("PINPOINT_APPLICATION_ID")
        for name, function in found.functions().items()
        for variables in [function["Environment"]["Variables"]]
    }
    ((name, expected),) = ((name, value) for name, value in ids.items() if value is not None)
    assert isinstance(expected, dict)
    assert json.dumps(expected) in json.dumps(found.statements(name))


@pytest.mark.parametrize("deploy_time_id", REPORTED_BY_NAG)
@pytest.mark.parametrize("build", [with_deploy_time_instance, with_deploy_time_application])
def test_given_an_id_known_at_deployment_when_checked_then_the_wildcard_is_accepted(
    build: Callable[[cdk.Stack, Callable[[cdk.Stack], str]], Construct],
    deploy_time_id: Callable[[cdk.Stack], str],
    tmp_path: Path,
) -> None:
    assert iam5_findings(lambda stack: build(stack, deploy_time_id), tmp_path) == []
