"""Generates the pages of the resources of a stack, and of the permissions of its functions."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from scripts.reference import markdown, product

_VARIANTS: dict[str, tuple[str, ...]] = {
    "default": (),
    "with Connect": ("connect",),
    "with console, events": ("console", "events"),
    "with Pinpoint": ("pinpoint",),
}

_RESOURCES = """
What a stack creates. Nothing runs in a VPC. CloudFormation makes every name. The phone number itself is not created.
Logical ids are shown without the hash at their end.
"""

_PERMISSIONS = """
Each function has a role of its own with these permissions. The stack is one with Connect, domain events and the
console. Its `origination_identity` is the id of a phone number. Every role may also write to the log group of its
function.
"""

_PERMISSIONS_OF_CONSOLE = """
The console does what operators do, so its function may do more than the others.
"""

_CONSOLE = "serve_console"


def pages() -> dict[str, str]:
    """Returns the pages by their path."""
    stack = product.synthesized("connect", "console", "events")
    return {
        "reference/resources.md": _resources(stack),
        **_permissions(stack),
    }


def short(logical_id: str) -> str:
    """Returns a logical id without its hash."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def _resources(stack: product.Stack) -> str:
    stacks = [product.synthesized(*features) for features in _VARIANTS.values()]
    rows = [
        [
            product.described("resources", kind),
            markdown.code(kind),
            *(str(len(each.of_type(kind))) for each in stacks),
        ]
        for kind in stack.types
    ]
    outputs = [
        markdown.item(f"**`{name}`**: {markdown.sentence(product.described('outputs', name))}")
        for name in sorted(stack.outputs)
    ]
    return markdown.page(
        "Resources",
        _RESOURCES,
        markdown.section("By type", markdown.table(["resource", "type", *_VARIANTS], rows)),
        markdown.section("Outputs", markdown.items(outputs)),
        markdown.section("Functions", _functions(stack)),
        markdown.section("Queues", _queues(stack)),
    )


def _functions(stack: product.Stack) -> str:
    triggers = _triggers(stack)
    rows = []
    for name, function in sorted(
        stack.of_type("AWS::Lambda::Function").items(), key=lambda entry: _handler(entry[1])
    ):
        log_group = short(function["LoggingConfig"]["LogGroup"]["Ref"])
        rows.append(
            [
                markdown.code(_handler(function)),
                triggers.get(name, "requests of the HTTP API"),
                f"{function['Timeout']} s",
                f"{function['MemorySize']} MB",
                markdown.code(log_group),
            ]
        )
    introduction = markdown.paragraph(
        "The handler of a function is the module of that name in `shift_sms_runtime.handlers`; that of "
        "`serve_console` is in `shift_sms_console`. "
        f"All run {_common(stack, 'Runtime')} on {_common(stack, 'Architectures')}."
    )
    queues = [
        source["ScalingConfig"]["MaximumConcurrency"]
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values()
        if "ScalingConfig" in source
    ]
    concurrency = markdown.paragraph(
        f"The queues have up to {sum(queues)} executions at once. A stream has one for each of its shards."
    )
    table = markdown.table(["function", "trigger", "timeout", "memory", "log group"], rows)
    return f"{introduction}\n\n{table}\n\n{concurrency}"


def _common(stack: product.Stack, prop: str) -> str:
    """Returns the value that a property has in all functions."""
    values = {
        json.dumps(function[prop]).strip('[]"')
        for function in stack.of_type("AWS::Lambda::Function").values()
    }
    return markdown.code(" or ".join(sorted(values)))


def _handler(function: product.Properties) -> str:
    return str(function["Handler"].split(".")[-2])


def _triggers(stack: product.Stack) -> dict[str, str]:
    triggers: dict[str, str] = {}
    for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
        name, attribute = source["EventSourceArn"]["Fn::GetAtt"]
        batch = f"up to {source['BatchSize']}" if source["BatchSize"] > 1 else "1"
        kind = "stream of " if attribute == "StreamArn" else ""
        most = source.get("ScalingConfig", {}).get("MaximumConcurrency")
        executions = f", {most} executions" if most else ""
        function = source["FunctionName"]["Ref"]
        before = f"{triggers[function]}; " if function in triggers else ""
        triggers[function] = f"{before}{kind}`{short(name)}`, {batch} at a time{executions}"
    return triggers


def _queues(stack: product.Stack) -> str:
    rows = []
    for name, queue in sorted(stack.of_type("AWS::SQS::Queue").items()):
        redrive = queue.get("RedrivePolicy")
        rows.append(
            [
                markdown.code(short(name)),
                f"{queue['MessageRetentionPeriod'] // 86400} days",
                f"{queue['VisibilityTimeout']} s" if redrive else "–",
                str(redrive["maxReceiveCount"]) if redrive else "–",
            ]
        )
    return markdown.table(["queue", "keeps", "visibility timeout", "tries before dead letter"], rows)


def _permissions(stack: product.Stack) -> dict[str, str]:
    """Returns the pages of the permissions. The console, which does what operators do, has a page of its own."""
    sections: dict[str, str] = {}
    roles: dict[str, str] = {
        function["Role"]["Fn::GetAtt"][0]: _handler(function)
        for function in stack.of_type("AWS::Lambda::Function").values()
    }
    policies = stack.of_type("AWS::IAM::Policy").values()
    by_role = {policy["Roles"][0]["Ref"]: policy["PolicyDocument"]["Statement"] for policy in policies}
    named = {role: roles.get(role, short(role)) for role in by_role}
    for role in sorted(named, key=named.__getitem__):
        rows = sorted(_grants(by_role[role]))
        name = named[role]
        sections[name] = markdown.section(markdown.code(name), markdown.table(["on", "may"], rows))
    console = sections.pop(_CONSOLE)
    return {
        "reference/permissions.md": markdown.page("Permissions", _PERMISSIONS, *sections.values()),
        "reference/permissions-console.md": markdown.page(
            "Permissions of the console", _PERMISSIONS_OF_CONSOLE, console
        ),
    }


def _grants(statements: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    by_resource: dict[str, set[str]] = {}
    for statement in statements:
        if statement["Effect"] != "Allow":
            raise ValueError(f"a role has a statement that does not allow: {statement}")
        for resource in _as_list(statement["Resource"]):
            actions = by_resource.setdefault(_resource(resource), set())
            actions.update(_as_list(statement["Action"]))
    return [
        [markdown.code(resource), ", ".join(markdown.code(action) for action in sorted(actions))]
        for resource, actions in by_resource.items()
        if not resource.endswith("Logs")
    ]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resource(value: Any) -> str:
    if isinstance(value, str):
        return value
    if "Fn::GetAtt" in value:
        name, attribute = value["Fn::GetAtt"]
        return short(name) + (" stream" if attribute == "StreamArn" else "")
    if "Ref" in value:
        return short(value["Ref"]) if "::" not in value["Ref"] else f"<{value['Ref'].split('::')[1]}>"
    parts = "".join(_resource(part) for part in value["Fn::Join"][1])
    return parts.rpartition(":")[2] if parts.startswith("arn:") else parts
