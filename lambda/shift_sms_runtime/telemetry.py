"""The structured log and the metrics of the functions."""

from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit


@cache
def logger() -> Logger:
    """The structured log; the service's name comes from the environment."""
    return Logger()


@cache
def metrics() -> Metrics:
    """Metrics in the log (EMF); namespace and service come from the environment."""
    return Metrics()


def count(subject: str, outcome: str, times: int = 1) -> None:
    """Count in the metric of this subject and outcome: ``TextAnswered``, ``DeliverySent``."""
    name = subject + outcome.title().replace("-", "")
    metrics().add_metric(name=name, unit=MetricUnit.Count, value=times)
