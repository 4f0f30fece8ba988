"""Measures the synthesis of the stack in fresh processes, against that of a stack with one table. Runs alternate."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from lab.bench.figures import Figure

_ROOT = Path(__file__).resolve().parents[2]
_RUNS = 5
_MAX_RATIO = 1.5
_ONE_TABLE = """
import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
app = cdk.App()
stack = cdk.Stack(app, "OneTable")
dynamodb.TableV2(stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING))
app.synth()
"""


def synthesis() -> Iterator[Figure]:
    """Yields the median time of a synthesis, in seconds."""
    product, baseline = [], []
    _seconds([sys.executable, "app.py"])  # fills the cache of the bundled asset
    for _ in range(_RUNS):
        product.append(_seconds([sys.executable, "app.py"]))
        baseline.append(_seconds([sys.executable, "-c", _ONE_TABLE]))
    yield Figure(
        "synthesis in s",
        "the stack / a stack with one table",
        statistics.median(product),
        statistics.median(baseline),
        at_most=_MAX_RATIO,
    )


def _seconds(command: list[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="shift-sms-synthesis-") as folder:
        began = time.perf_counter()
        subprocess.run(
            command,
            cwd=_ROOT,
            env={**os.environ, "CDK_OUTDIR": folder},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - began
