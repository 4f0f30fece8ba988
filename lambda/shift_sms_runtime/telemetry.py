"""The structured log and the metrics of the functions."""

import traceback
from functools import cache
from pathlib import Path

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError

_RUNTIME = Path(__file__).parent


@cache
def logger() -> Logger:
    """Returns the structured logger. Its service is `POWERTOOLS_SERVICE_NAME`."""
    return Logger()


@cache
def metrics() -> Metrics:
    """Returns the metrics, which are written to the log in CloudWatch's embedded metric format.

    Their namespace is `POWERTOOLS_METRICS_NAMESPACE`, their service `POWERTOOLS_SERVICE_NAME`.
    """
    return Metrics()


def count(subject: str, outcome: str, times: int = 1) -> None:
    """Adds to the metric named for the subject and its outcome, such as `TextReplied` or `DeliverySent`."""
    name = subject + outcome.title().replace("-", "")
    metrics().add_metric(name=name, unit=MetricUnit.Count, value=times)


def log_failure(message: str, error: Exception) -> None:
    """Logs an error by type and place, never by its own message, which can quote phone numbers and texts."""
    logger().error(message, error=error_type(error), at=_frames(error))


def error_type(error: Exception) -> str:
    """Returns the type of an error; the operation and the code of one that AWS reports."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return type(error).__name__


def _frames(error: Exception) -> list[str]:
    """Returns `inbound/processor.py:88` for each frame of the runtime: file names repeat between packages."""
    return [
        f"{Path(frame.filename).relative_to(_RUNTIME)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_RUNTIME)
    ]
