"""Tests the parsing of a stack's outputs."""

import pytest

from lab.deployment import DeploymentError, Outputs
from tests.support.lab_in_memory import OUTPUTS


def test_given_a_stack_without_delivery_events_when_read_then_no_events_topic() -> None:
    outputs = Outputs.parse(OUTPUTS)
    assert (outputs.segment_members_table_name, outputs.inbound_topic_arn) == ("segmentmembers", "inbound")
    assert outputs.delivery_events_topic_arn is None


def test_given_a_stack_with_delivery_events_when_read_then_its_topic_is_known() -> None:
    outputs = Outputs.parse({**OUTPUTS, "DeliveryEventsTopicArn": "events", "Another": "output"})
    assert outputs.delivery_events_topic_arn == "events"


def test_given_a_stack_that_lacks_an_output_when_read_then_it_is_named() -> None:
    del (lacking := dict(OUTPUTS))["ConversationsTableName"]
    with pytest.raises(DeploymentError, match="no output ConversationsTableName"):
        Outputs.parse(lacking)
