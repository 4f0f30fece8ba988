"""Acknowledges findings of cdk-nag at the resource, one rule at a time, with reasons.

cdk-nag need not be installed.
"""

from collections.abc import Iterable
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Acknowledges a rule of the AwsSolutions pack for a construct and its children."""
    Validations.of(construct).acknowledge(
        Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
    )


def acknowledge_warning(construct: IConstruct, warning: str, reason: str) -> None:
    """Acknowledges a warning of the CDK for a construct and its children."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"Annotation::{warning}", reason=reason))


def acknowledge_wildcard(grantee: iam.IGrantable, resource_arn: str, reason: str) -> None:
    """Acknowledges a resource with a wildcard in the policy of a role of this app.

    Skips other principals.
    """
    principal = grantee.grant_principal
    if isinstance(principal, Construct):
        spelled = _nag_spelling(Stack.of(principal).resolve(resource_arn))
        if spelled is not None:
            acknowledge(principal, f"IAM5[Resource::{spelled}]", reason)


def acknowledge_wildcard_actions(grantee: iam.IGrantable, actions: Iterable[str], reason: str) -> None:
    """Acknowledges actions with a wildcard in the policy of a role of this app.

    Skips other principals.
    """
    principal = grantee.grant_principal
    if isinstance(principal, Construct):
        for action in actions:
            acknowledge(principal, f"IAM5[Action::{action}]", reason)


def _nag_spelling(resolved: Any) -> str | None:
    """Returns a resource as cdk-nag writes it in a finding.

    Returns None for intrinsic functions that it omits.
    """
    match resolved:
        case str():
            return resolved
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"<{name}.{attribute}>"
        case {"Fn::ImportValue": exported}:
            return _nag_spelling(exported)
        case {"Fn::Join": [str(delimiter), [*parts]]}:
            spelled = [_nag_spelling(part) for part in parts]
            return None if None in spelled else delimiter.join(filter(None, spelled))
        case _:
            return None
