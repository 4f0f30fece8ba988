"""Reads the permissions of roles from a template."""

from tests.support.synthesis import Resource, SynthesizedStack

Granted = set[tuple[str, str]]


def granted(stack: SynthesizedStack, function: str) -> Granted:
    """Returns pairs of action and resource, a resource as the distinctive part of its ARN."""
    return of_role(stack.statements(function))


def of_role(statements: list[Resource]) -> Granted:
    pairs: Granted = set()
    for statement in statements:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        resources = (
            statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        )
        pairs |= {(action, distinctive_part(resource)) for action in actions for resource in resources}
    return pairs


def distinctive_part(resource: object) -> str:
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        name, attribute = resource["Fn::GetAtt"]
        return f"{name[:-8]}.{attribute}"
    if isinstance(resource, dict) and "Fn::Join" in resource:
        parts = resource["Fn::Join"][1]
        account = {"Ref": "AWS::AccountId"}
        own = parts[parts.index(account) + 1 :] if account in parts else parts
        return "".join(map(distinctive_part, own)).removeprefix(":")
    if isinstance(resource, dict):
        return str(resource["Ref"])[:-8]
    return str(resource)


def on(resource: str, *actions: str) -> Granted:
    return {(action, resource) for action in actions}
