"""The errors of AWS clients, for programs that go on without what they could not read."""

from botocore.exceptions import BotoCoreError, ClientError

AWS_FAILURES = (BotoCoreError, ClientError)
"""AWS refused a call, or was not reached."""


def failed_call(failure: Exception) -> str:
    """Returns what failed and how, such as `DescribePools: AccessDeniedException`. Contains no data of the call."""
    if isinstance(failure, ClientError):
        return f"{failure.operation_name}: {failure.response['Error']['Code']}"
    return type(failure).__name__
