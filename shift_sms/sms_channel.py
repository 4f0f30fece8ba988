"""The phone number or pool that texts leave from."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.origination_identity import IdentityKind, OriginationIdentity
from shift_sms.building_blocks.runtime_function import configure, grant
from shift_sms.building_blocks.validators import ORIGINATION_IDENTITY, is_token, validate


class SmsChannel(Construct):
    """A phone number or pool of AWS End User Messaging SMS, and grants to send from it.

    The number or pool must exist; the construct makes no resource.

    Attributes:
        origination_identity: The number, or the id or ARN of the phone number or pool.
    """

    def __init__(self, scope: Construct, construct_id: str, *, origination_identity: str) -> None:
        """Sets the origination identity.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            origination_identity: An E.164 number (`+14255550100`), the id of a phone number or pool (`phone-…`,
                `pool-…`), or the ARN of one. It must be in the region and account of the stack: AWS accepts a
                shared one by its ARN only, while replies leave from a bare number. With a number, policies have a
                wildcard, because AWS authorizes on the id of the number.
        """
        identity = validate("origination_identity", origination_identity, ORIGINATION_IDENTITY)
        super().__init__(scope, construct_id)
        self.origination_identity = identity
        # None for a token, whose kind is unknown at synthesis.
        self._identity = None if is_token(identity) else OriginationIdentity.parse(identity)
        if self._identity:
            _check_owner(self._identity, Stack.of(self))

    def grant_send_campaigns(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants sending campaigns from the origination identity."""
        return self._grant_own_identity(grantee)

    def grant_send_notices(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants sending notices from the origination identity."""
        return self._grant_own_identity(grantee)

    def grant_send_replies(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants sending from the number that was texted, which may be any number of a pool."""
        if self._identity and self._identity.kind is IdentityKind.PHONE:
            return self._grant(grantee, self._own_resources())
        return self._grant(grantee, [self._arn("phone-number", "*")])

    def _grant_own_identity(self, grantee: iam.IGrantable) -> iam.Grant:
        configure(grantee, origination_identity=self.origination_identity)
        return self._grant(grantee, self._own_resources())

    def _own_resources(self) -> list[str]:
        identity = self._identity
        if identity is None:
            return [self._arn("phone-number", "*"), self._arn("pool", "*")]
        if identity.is_arn:
            return [identity.value]
        if identity.kind is IdentityKind.POOL:
            return [self._arn("pool", identity.value)]
        if identity.kind is IdentityKind.PHONE:
            return [self._arn("phone-number", identity.value)]
        return [self._arn("phone-number", "*")]

    def _arn(self, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(
            service="sms-voice",
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )

    def _grant(self, grantee: iam.IGrantable, resource_arns: list[str]) -> iam.Grant:
        for arn in resource_arns:
            if arn.endswith("/*"):
                acknowledge_wildcard(
                    grantee, arn, "AWS authorizes on the id of the number that sends, which only AWS knows"
                )
        return grant(grantee, actions=["sms-voice:SendTextMessage"], resource_arns=resource_arns)


def _check_owner(identity: OriginationIdentity, stack: Stack) -> None:
    """Raises ValueError for an identity of another account or region."""
    region, account = (None if is_token(value) else value for value in (stack.region, stack.account))
    if not identity.belongs_to(region=region, account=account):
        own_arn = f"arn:aws:sms-voice:{region or 'REGION'}:{account or 'ACCOUNT'}:…"
        raise ValueError(
            f"origination_identity is {identity.value!r}, "
            f"allowed is one of the stack's own region and account ({own_arn})"
        )
