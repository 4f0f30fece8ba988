"""The structured log and the metrics of the functions.

The log has one JSON object per line. Metrics are written to the log in CloudWatch's embedded metric format. Source:
"Specification: Embedded metric format" in the Amazon CloudWatch user guide.
"""

import json
import os
import sys
import time
import traceback
from collections import Counter
from functools import cache
from pathlib import Path
from threading import Lock

from botocore.exceptions import ClientError

_RUNTIME = Path(__file__).parent
_PACKAGES = (_RUNTIME, *(_RUNTIME.parent / name for name in ("shift_sms_console", "shift_sms_operator")))


class Logger:
    """Writes lines of the log. Threads may share it."""

    def __init__(self, service: str) -> None:
        """`service` is the name of the function."""
        self._service = service

    def info(self, message: str, **fields: object) -> None:
        """Logs what was done."""
        self._write("INFO", message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Logs what is tried again."""
        self._write("WARNING", message, fields)

    def error(self, message: str, **fields: object) -> None:
        """Logs what failed."""
        self._write("ERROR", message, fields)

    def _write(self, level: str, message: str, fields: dict[str, object]) -> None:
        _write_line({"level": level, "message": message, "service": self._service, **fields})


class Metrics:
    """Adds up the metrics of one invocation. Threads may share it."""

    def __init__(self, namespace: str, service: str) -> None:
        """`service` becomes the dimension of every metric."""
        self._namespace = namespace
        self._service = service
        self._lock = Lock()
        self.metric_set: Counter[tuple[str, str]] = Counter()
        """Values by name and unit."""

    def add_metric(self, name: str, unit: str, value: int) -> None:
        """Adds to a metric."""
        with self._lock:
            self.metric_set[name, unit] += value

    def flush_metrics(self) -> None:
        """Writes the metrics and begins anew."""
        with self._lock:
            values, self.metric_set = self.metric_set, Counter()
        definitions = [{"Name": name, "Unit": unit} for name, unit in values]
        directive = {"Namespace": self._namespace, "Dimensions": [["service"]], "Metrics": definitions}
        metadata = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        _write_line(
            {"_aws": metadata, "service": self._service}
            | {name: value for (name, _), value in values.items()}
        )


@cache
def logger() -> Logger:
    """Returns the log. Its service is `SERVICE_NAME`."""
    return Logger(os.environ["SERVICE_NAME"])


@cache
def metrics() -> Metrics:
    """Returns the metrics.

    Their namespace is `METRICS_NAMESPACE`, their service `SERVICE_NAME`.
    """
    return Metrics(os.environ["METRICS_NAMESPACE"], os.environ["SERVICE_NAME"])


def count(subject: str, outcome: str, times: int = 1) -> None:
    """Adds to the metric named for the subject and its outcome.

    Examples are `TextReplied` and `DeliverySent`.
    """
    metrics().add_metric(subject + outcome.title().replace("-", ""), "Count", times)


def count_at_once(subject: str, outcome: str) -> None:
    """Adds one to a metric and writes it, so that it is not lost if the invocation is stopped.

    See `count`.
    """
    count(subject, outcome)
    metrics().flush_metrics()


def log_failure(message: str, error: Exception) -> None:
    """Logs an error by type and place, never by its own message.

    A message can quote phone numbers and texts.
    """
    logger().error(message, error=error_type(error), at=_frames(error))


def error_type(error: Exception) -> str:
    """Returns the type of an error; the operation and the code of one that AWS reports."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return type(error).__name__


def _write_line(line: dict[str, object]) -> None:
    # One call, so that lines of threads do not mix.
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _frames(error: Exception) -> list[str]:
    """Returns `inbound/processor.py:88` for each frame of the runtime.

    File names alone repeat between packages. Frames of the console and of the operations begin with the name of
    their package.
    """
    return [
        f"{path.relative_to(_RUNTIME if path.is_relative_to(_RUNTIME) else _RUNTIME.parent)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if any(map((path := Path(frame.filename)).is_relative_to, _PACKAGES))
    ]
