"""Campaigns and answers leave from the same number, for different reasons and with different permissions."""

from aws_cdk import ArnFormat, Stack, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.origination_identity import IdentityKind, OriginationIdentity
from shift_sms.building_blocks.validators import ORIGINATION_IDENTITY, validate


class SmsChannel(Construct):
    """A phone number or pool of AWS End User Messaging, and who may send from it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        origination_identity: str,
    ) -> None:
        identity = validate("origination_identity", origination_identity, ORIGINATION_IDENTITY)
        super().__init__(scope, construct_id)
        self.origination_identity = identity
        # None for a value that is known only when deployed.
        self._identity = None if Token.is_unresolved(identity) else OriginationIdentity.parse(identity)
        if self._identity:
            _check_own(self._identity, Stack.of(self))

    def grant_send_campaigns(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee send from the origination identity."""
        return self._grant(grantee, self._own_resources())

    def grant_send_notices(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee text people unasked, from the origination identity."""
        return self._grant(grantee, self._own_resources())

    def grant_send_answers(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee send from the number that was texted; of a pool, that may be any."""
        if self._identity and self._identity.kind is IdentityKind.PHONE:
            return self._grant(grantee, self._own_resources())
        return self._grant(grantee, [self._arn("phone-number", "*")])

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
        # Sends are authorised on the number's id, which the number itself does not tell.
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
                    grantee, arn, "AWS authorises on the id of the number that sends, which only AWS knows"
                )
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["sms-voice:SendTextMessage"], resource_arns=resource_arns
        )


def _check_own(identity: OriginationIdentity, stack: Stack) -> None:
    """Refuses what another account shares: AWS takes that by its ARN only, and an answer leaves from a bare number."""
    region, account = (None if Token.is_unresolved(of) else of for of in (stack.region, stack.account))
    if not identity.is_of(region=region, account=account):
        own = f"arn:aws:sms-voice:{region or 'REGION'}:{account or 'ACCOUNT'}:…"
        raise ValueError(
            f"origination_identity is {identity.value!r}, allowed is one of the stack's own region and account ({own})"
        )
