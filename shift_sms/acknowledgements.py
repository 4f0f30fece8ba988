"""What cdk-nag finds is accepted beside the resource that needs it, one rule at a time, each with its reason.
cdk-nag itself is not needed for that."""

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accepts a rule of the AwsSolutions pack for a construct and what is in it."""
    Validations.of(construct).acknowledge(
        Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
    )


def acknowledge_wildcard(grantee: iam.IGrantable, resource_arn: str, reason: str) -> None:
    """Accepts one resource with a wildcard in a role's policy. Other principals answer for themselves."""
    principal = grantee.grant_principal
    if isinstance(principal, Construct):
        resolved = Stack.of(principal).resolve(resource_arn)
        acknowledge(principal, f"IAM5[Resource::{_spelt_by_nag(resolved)}]", reason)


def _spelt_by_nag(resolved: Any) -> str:
    if isinstance(resolved, str):
        return resolved
    parts = resolved["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
