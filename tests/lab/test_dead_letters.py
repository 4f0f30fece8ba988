"""What cannot be handled ends in a dead-letter queue, alone."""

import json

from lab.system import OUR_NUMBER, System
from tests.lab.conftest import STAFF, empty_tables, put_shifts, quick_redelivery, wait_until


def test_given_a_poisoned_notification_when_it_fails_again_and_again_then_it_is_set_aside_and_others_are_answered(
    system: System,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"))
    (dead_letters,) = (
        url for url in system.cloud.client("sqs").list_queues()["QueueUrls"] if "InboundDeadLetters" in url
    )
    with quick_redelivery(system, seconds=1):
        system.cloud.client("sns").publish(TopicArn=system.outputs.inbound_topic_arn, Message='{"hello": 1}')
        assert system.ask(STAFF[0], "XYZ123").body == "Booked: XYZ123 15/08 5h nightshift"
        assert wait_until(lambda: system.depth(dead_letters)[0] == 1, 60)
        system.wait_until_idle()
    sqs = system.cloud.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=dead_letters)["Messages"]
    assert json.loads(message["Body"])["Message"] == '{"hello": 1}'
    sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
    assert system.ask(STAFF[1], "XYZ123").origination == OUR_NUMBER
