"""AWS authorises a batch of statements by what each does to its table; the embedded cloud by the name of the
batch, which AWS does not know. The `local` environment says both."""

from aws_cdk import aws_iam as iam

from shift_sms.acknowledgements import acknowledge_wildcard
from shift_sms.shift_tables import ShiftTables


class EmbeddedCloudTables(ShiftTables):
    """Tables whose statements the embedded cloud lets through."""

    def grant_claim(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee give a shift to a person."""
        acknowledge_wildcard(grantee, "*", "the embedded cloud authorises a batch on no table in particular")
        batches = iam.Grant.add_to_principal(
            grantee=grantee, actions=["dynamodb:BatchExecuteStatement"], resource_arns=["*"]
        )
        return super().grant_claim(grantee).combine(batches)
