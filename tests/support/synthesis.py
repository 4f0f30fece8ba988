"""Synthesizes stacks without bundling, each once, and reads their templates."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Annotations, Match, Template

from shift_sms.settings import Settings
from shift_sms.stack import ShiftSmsStack

CONTEXT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]


ENVIRONMENTS: Mapping[str, Mapping[str, object]] = CONTEXT["environments"]


CONNECT = {
    "connect_enabled": "YES",
    "connect_instance_id": "11111111-2222-4333-8444-555555555555",
    "connect_contact_flow_id": "22222222-3333-4444-8555-666666666666",
    "connect_queue_id": "33333333-4444-4555-8666-777777777777",
    "connect_source_phone_number": "+14255550199",
}


PINPOINT = {
    "campaign_engine": "pinpoint",
    "pinpoint_application_id": "0123456789abcdef0123456789abcdef",
    "pinpoint_segment_id": "fedcba9876543210fedcba9876543210",
}


CONSOLE = {"console_enabled": "true"}


DOMAIN_EVENTS = {"domain_events_enabled": "true"}


SINGLE_SIGN_ON = {
    **CONSOLE,
    "console_oidc_issuer": "https://id.example.com/tenant",
    "console_oidc_client_id": "console",
    "console_oidc_client_secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:console-a1B2c3",
    "console_oidc_group_claim": "roles",
}


Resource = dict[str, Any]


def new_app() -> cdk.App:
    """Returns an app with the feature flags of cdk.json that bundles nothing."""
    return cdk.App(context={**CONTEXT, "aws:cdk:bundling-stacks": []})


class SynthesizedStack:
    """A stack and its template, with the lookups that tests need."""

    def __init__(self, stack: cdk.Stack) -> None:
        self.stack = stack
        self.template = Template.from_stack(stack)
        self.json: dict[str, Any] = json.loads(
            re.sub(r"[0-9a-f]{64}", "<asset hash>", json.dumps(self.template.to_json()))
        )
        self.resources: dict[str, Resource] = self.json["Resources"]

    def of_type(self, resource_type: str) -> dict[str, Resource]:
        """Returns resources by logical id."""
        return {
            name: resource for name, resource in self.resources.items() if resource["Type"] == resource_type
        }

    def functions(self) -> dict[str, Resource]:
        """Returns the properties of functions by the module of their handler."""
        return {
            function["Properties"]["Handler"].split(".")[-2]: function["Properties"]
            for function in self.of_type("AWS::Lambda::Function").values()
        }

    def statements(self, function: str) -> list[Resource]:
        """Returns the policy statements of a function's role."""
        return self.statements_of_role(self.functions()[function]["Role"]["Fn::GetAtt"][0])

    def statements_of_role(self, role: str) -> list[Resource]:
        """Returns the policy statements of a role by its logical id."""
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Properties"]["Roles"]
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]

    def warnings(self) -> list[str]:
        """Returns the warnings of the synthesis."""
        found = Annotations.from_stack(self.stack).find_warning("*", Match.any_value())
        return [str(message.entry.data) for message in found]


@cache
def synthesize(environment: str, **overrides: str) -> SynthesizedStack:
    """Returns the stack of `cdk synth -c env=… -c key=value`."""
    settings = Settings.parse(environment, environments=ENVIRONMENTS, context=overrides)
    return SynthesizedStack(ShiftSmsStack(new_app(), f"ShiftSms-{environment}", settings=settings))


def synthesize_bare(build: Callable[[cdk.Stack], object]) -> SynthesizedStack:
    """Returns another team's stack with the constructs that `build` adds."""
    stack = cdk.Stack(new_app(), "Theirs")
    build(stack)
    return SynthesizedStack(stack)


def event_source_mappings(stack: SynthesizedStack) -> dict[str, Resource]:
    """Returns the event source mappings by the handler that they invoke."""
    functions = stack.of_type("AWS::Lambda::Function")
    return {
        functions[source["Properties"]["FunctionName"]["Ref"]]["Properties"]["Handler"].split(".")[
            -2
        ]: source["Properties"]
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values()
    }


def source_queue(stack: SynthesizedStack, function: str) -> Resource:
    name: str = event_source_mappings(stack)[function]["EventSourceArn"]["Fn::GetAtt"][0]
    properties: Resource = stack.resources[name]["Properties"]
    return properties


def dead_letter_queues(stack: SynthesizedStack) -> set[str]:
    of_queues = {
        queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in stack.of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue["Properties"]
    }
    of_event_sources = {
        source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for source in event_source_mappings(stack).values()
        if "DestinationConfig" in source
    }
    return of_queues | of_event_sources


def policy_statements(
    stack: SynthesizedStack, resource_type: str, target: str, name: str
) -> list[dict[str, Any]]:
    return [
        statement
        for policy in stack.of_type(resource_type).values()
        if {"Ref": name} in policy["Properties"][target]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def joined(value: dict[str, Any]) -> str:
    """Returns the joined text, with the name of each reference."""
    return "".join(part if isinstance(part, str) else part["Ref"] for part in value["Fn::Join"][1])


def variables(stack: SynthesizedStack, function: str) -> dict[str, object]:
    configured: dict[str, object] = stack.functions()[function]["Environment"]["Variables"]
    return configured
