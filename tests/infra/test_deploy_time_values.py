"""Tests ids that are known only at deployment."""

import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_connect as connect
from constructs import Construct

from tests.support.constructs import add_callback, add_pinpoint_launcher, found_in_roles
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


LATER = [id_of_a_resource, imported_id, id_given_when_deployed, id_within_an_arn]


# cdk-nag does not spell intrinsic functions of the last kind, so the other team acknowledges those.
SPELT = LATER[:-1]


def with_later_instance(stack: cdk.Stack, later: Callable[[cdk.Stack], str]) -> Construct:
    return add_callback(stack, connect_instance_id=later(stack))


def with_later_application(stack: cdk.Stack, later: Callable[[cdk.Stack], str]) -> Construct:
    return add_pinpoint_launcher(stack, pinpoint_application_id=later(stack))


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("build", [with_later_instance, with_later_application])
def test_given_an_id_known_at_deployment_when_made_then_role_and_function_have_it(
    build: Callable[[cdk.Stack, Callable[[cdk.Stack], str]], Construct], later: Callable[[cdk.Stack], str]
) -> None:
    found = synthesize_bare(lambda stack: build(stack, later))
    ((name, function),) = found.functions().items()
    variables = function["Environment"]["Variables"]
    wanted = variables.get("CONNECT_INSTANCE_ID") or variables["PINPOINT_APPLICATION_ID"]
    assert isinstance(wanted, dict)
    assert json.dumps(wanted) in json.dumps(found.statements(name))


@pytest.mark.parametrize("later", SPELT)
@pytest.mark.parametrize("build", [with_later_instance, with_later_application])
def test_given_an_id_known_at_deployment_when_checked_then_the_wildcard_is_accepted(
    build: Callable[[cdk.Stack, Callable[[cdk.Stack], str]], Construct],
    later: Callable[[cdk.Stack], str],
    tmp_path: Path,
) -> None:
    assert found_in_roles(lambda stack: build(stack, later), tmp_path) == []
