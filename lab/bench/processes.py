"""Measures cold start and synthesis in fresh processes.

A cold start imports the asset that is deployed. Its first run compiles the modules, which the fastest run does not.

Runs of the product and of its baseline alternate, so that other load on the machine affects both. Other load only adds
time, so the fastest run of each is compared.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import cast

from lab.bench.figures import Figure
from shift_sms.building_blocks.runtime_asset import PipBundling, asset_root
from shift_sms_runtime.environment import ProcessInboundSms, Variable

_ROOT = Path(__file__).resolve().parents[2]
_COLD_STARTS, _SYNTHESES = 25, 5
_MAX_COLD_START_RATIO, _MAX_SYNTHESIS_RATIO = 1.35, 1.5
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
_ONE_TABLE = """
import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
app = cdk.App()
stack = cdk.Stack(app, "OneTable")
dynamodb.TableV2(stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING))
app.synth()
"""


def cold_start() -> Iterator[Figure]:
    """Yields the shortest time of import and composition, in milliseconds."""
    product, baseline = [], []
    with tempfile.TemporaryDirectory(prefix="shift-sms-asset-") as asset:
        PipBundling(asset_root()).try_bundle(asset)
        environment = _environment(asset)
        for _ in range(_COLD_STARTS):
            product.append(_import_seconds(_INBOUND, environment))
            baseline.append(_import_seconds(_CLIENTS, environment))
    yield Figure(
        "cold start in ms",
        "inbound function / its boto3 clients alone",
        min(product) * 1000,
        min(baseline) * 1000,
        at_most=_MAX_COLD_START_RATIO,
    )


def _import_seconds(code: str, environment: Mapping[str, str]) -> float:
    output = subprocess.run(
        [sys.executable, "-c", _TIMED.format(code)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout
    return float(output)


def _environment(asset: str) -> dict[str, str]:
    """Returns the variables of the function in an asset, with values that only have the right type."""
    values = {variable.name: _value(variable) for variable in ProcessInboundSms.variables()}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": asset,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "SERVICE_NAME": "process_inbound_sms",
        "METRICS_NAMESPACE": "ShiftSms",
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
    members: Iterable[StrEnum] = cast("type[StrEnum]", variable.type)
    return next(iter(members)).value


def synthesis() -> Iterator[Figure]:
    """Yields the shortest time of a synthesis, in seconds."""
    product, baseline = [], []
    _synthesis_seconds([sys.executable, "app.py"])  # installs the requirements of the bundle
    for _ in range(_SYNTHESES):
        product.append(_synthesis_seconds([sys.executable, "app.py"]))
        baseline.append(_synthesis_seconds([sys.executable, "-c", _ONE_TABLE]))
    yield Figure(
        "synthesis in s",
        "the stack / a stack with one table",
        min(product),
        min(baseline),
        at_most=_MAX_SYNTHESIS_RATIO,
    )


def _synthesis_seconds(command: list[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="shift-sms-synthesis-") as folder:
        began = time.perf_counter()
        synthesis = subprocess.run(
            command,
            check=False,
            cwd=_ROOT,
            env={**os.environ, "CDK_OUTDIR": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        seconds = time.perf_counter() - began
    if synthesis.returncode:
        raise RuntimeError(f"the synthesis failed:\n{synthesis.stdout}")
    return seconds
