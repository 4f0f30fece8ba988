"""Tests which origination identities a channel allows and grants sending from."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from shift_sms import SmsChannel
from tests.support.synthesis import synthesize_bare


def test_given_an_identity_known_at_deployment_when_granted_then_any_may_send() -> None:
    def build(stack: cdk.Stack) -> None:
        later = cdk.CfnParameter(stack, "Identity").value_as_string
        sms = SmsChannel(stack, "Sms", origination_identity=later)
        sms.grant_send_campaigns(iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal()))

    (policy,) = synthesize_bare(build).of_type("AWS::IAM::Policy").values()
    assert "phone-number/*" in str(policy)
    assert "pool/*" in str(policy)


@pytest.mark.parametrize("wrong", ["ACME", "555-0100", "arn:aws:sns:us-east-1:111122223333:topic"])
def test_given_an_identity_that_cannot_be_replied_to_when_made_then_it_is_refused(
    wrong: str,
) -> None:
    with pytest.raises(ValueError, match=f"origination_identity is '{wrong}', allowed is"):
        SmsChannel(cdk.Stack(), "Sms", origination_identity=wrong)


PHONE_ARN = "arn:aws:sms-voice:eu-west-1:111122223333:phone-number/phone-0123456789abcdef"


@pytest.mark.parametrize(
    ("region", "account", "own"),
    [
        ("us-east-1", "111122223333", "us-east-1:111122223333"),
        ("eu-west-1", "444455556666", "eu-west-1:444455556666"),
        ("us-east-1", None, "us-east-1:ACCOUNT"),
        (None, "444455556666", "REGION:444455556666"),
    ],
)
def test_given_an_identity_of_another_region_or_account_when_made_then_refused(
    region: str | None, account: str | None, own: str
) -> None:
    """Replies leave from a bare number, which AWS only accepts in the account and region that own it."""
    stack = cdk.Stack(env=cdk.Environment(region=region, account=account))
    with pytest.raises(ValueError, match=f"origination_identity is '{PHONE_ARN}', allowed is .*{own}:"):
        SmsChannel(stack, "Sms", origination_identity=PHONE_ARN)


@pytest.mark.parametrize(
    ("identity", "region", "account"),
    [
        (PHONE_ARN, None, None),
        (PHONE_ARN, "eu-west-1", None),
        (PHONE_ARN, None, "111122223333"),
        (PHONE_ARN, "eu-west-1", "111122223333"),
        ("phone-0123456789abcdef", "us-east-1", "444455556666"),
        ("+14255550100", "us-east-1", "444455556666"),
    ],
)
def test_given_an_identity_that_may_be_the_stacks_own_when_made_then_it_is_taken(
    identity: str, region: str | None, account: str | None
) -> None:
    stack = cdk.Stack(env=cdk.Environment(region=region, account=account))
    assert SmsChannel(stack, "Sms", origination_identity=identity).origination_identity == identity
