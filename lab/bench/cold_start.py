"""Measures the cold start of the inbound function in fresh processes.

The baseline is a function that only creates the same boto3 clients. Runs of both alternate, so that other load on the
machine affects both.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from lab.bench.figures import Figure
from shift_sms_runtime.environment import ProcessInboundSms, Variable

_ROOT = Path(__file__).resolve().parents[2]
_RUNS = 15
_MAX_RATIO = 1.35
_CLIENTS = """
import boto3
for service in ("dynamodb", "sqs", "pinpoint-sms-voice-v2"):
    boto3.client(service)
"""
_INBOUND = """
from shift_sms_runtime.handlers import process_inbound_sms
from shift_sms_runtime import composition
composition.process_inbound_sms()
"""
_TIMED = "import time; began = time.perf_counter()\n{}\nprint(time.perf_counter() - began)"


def cold_start() -> Iterator[Figure]:
    """Yields the median time of import and composition, in milliseconds."""
    environment = _environment()
    product, baseline = [], []
    for _ in range(_RUNS):
        product.append(_seconds(_INBOUND, environment))
        baseline.append(_seconds(_CLIENTS, environment))
    yield Figure(
        "cold start in ms",
        "inbound function / its boto3 clients alone",
        statistics.median(product) * 1000,
        statistics.median(baseline) * 1000,
        at_most=_MAX_RATIO,
    )


def _seconds(code: str, environment: Mapping[str, str]) -> float:
    output = subprocess.run(
        [sys.executable, "-c", _TIMED.format(code)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout
    return float(output)


def _environment() -> dict[str, str]:
    """Returns the variables of the function, with values that only have the right type."""
    values = {variable.name: _value(variable) for variable in ProcessInboundSms.variables()}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(_ROOT / "lambda"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "POWERTOOLS_SERVICE_NAME": "process_inbound_sms",
        "POWERTOOLS_METRICS_NAMESPACE": "ShiftSms",
        **values,
    }


def _value(variable: Variable) -> str:
    if variable.type is bool:
        return "false"
    if variable.type in (int, float):
        return "1"
    if variable.type is frozenset:
        return ""
    if variable.type is str:
        return {"timezone": "UTC"}.get(variable.field, variable.field)
    return str(next(iter(variable.type)).value)
