"""Prepares a function for Lambda SnapStart.

New execution environments continue from one snapshot.

Source: "Lambda SnapStart runtime hooks for Python" in the AWS Lambda developer guide.
"""

import os
import random
from collections.abc import Callable
from importlib import import_module


def prepare(build_service: Callable[[], object]) -> None:
    """Builds the service before the snapshot, and reseeds random numbers after it.

    Every environment that continues the snapshot gets a seed of its own.

    Otherwise all environments would wait equally long before a retry, and write to the same row of counters. Does
    nothing if the function has no SnapStart.
    """
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return
    hooks = import_module("snapshot_restore_py")
    hooks.register_before_snapshot(build_service)
    hooks.register_after_restore(random.seed)
