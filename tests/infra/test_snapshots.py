"""Compares every template with its snapshot."""

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension


@pytest.mark.parametrize("deployment", ["dev", "dev_with_connect", "prod", "pinpoint", "console"])
def test_given_a_stack_when_synthesized_then_as_agreed(
    deployment: str, request: pytest.FixtureRequest, snapshot: SnapshotAssertion
) -> None:
    assert request.getfixturevalue(deployment).json == snapshot(extension_class=JSONSnapshotExtension)
