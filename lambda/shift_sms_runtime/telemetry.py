"""The structured log and the metrics of the functions."""

from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit


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
