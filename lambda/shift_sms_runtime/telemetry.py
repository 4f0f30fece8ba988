"""Structured log and metrics of the functions."""

from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit


@cache
def logger() -> Logger:
    """Returns the structured logger. `POWERTOOLS_SERVICE_NAME` names its service."""
    return Logger()


@cache
def metrics() -> Metrics:
    """Returns the metrics, which are written to the log in EMF.

    `POWERTOOLS_METRICS_NAMESPACE` and `POWERTOOLS_SERVICE_NAME` name their namespace and service.
    """
    return Metrics()


def count(subject: str, outcome: str, times: int = 1) -> None:
    """Adds to the metric named for the subject and its outcome, such as `TextReplied` or `DeliverySent`."""
    name = subject + outcome.title().replace("-", "")
    metrics().add_metric(name=name, unit=MetricUnit.Count, value=times)
