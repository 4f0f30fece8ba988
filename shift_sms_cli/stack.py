"""Table names have a random part; the stack knows them."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


class UnknownTable(Exception):
    """The stack, or its output for a table, is not there; the message says what to do."""


def table_name(cloudformation: "CloudFormationClient", environment: str, output: str) -> str:
    """Returns a table's name from an output of `ShiftSms-<environment>`. Raises UnknownTable."""
    stack = f"ShiftSms-{environment}"
    try:
        description = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise UnknownTable(
            f"there is no stack {stack} in this account and region; deploy it, or name the tables by their options"
        ) from error
    for found in description.get("Outputs", []):
        if found.get("OutputKey") == output:
            return found["OutputValue"]
    raise UnknownTable(f"the stack {stack} has no output {output}; deploy it again with this version")
