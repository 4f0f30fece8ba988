"""Tests permission checks with the embedded cloud's IAM."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.cloud.embedded_cloud import EmbeddedCloud
from lab.phone_network import AccessDeniedError, EmbeddedCloudIam, publish_events_to_topic, publish_to_topic
from lab.phone_network.api.iam import execution_access_key
from tests.support.phone_network import ARN_PREFIX, REGION, running_network

SEND = "sms-voice:SendTextMessage"
CODE = "def handler(event, context): ..."


@pytest.fixture(scope="module")
def cloud() -> Iterator[EmbeddedCloud]:
    with EmbeddedCloud() as running:
        yield running


def authorize(cloud: EmbeddedCloud, decision_seconds: float = 0.5) -> EmbeddedCloudIam:
    return EmbeddedCloudIam(
        iam=cloud.client("iam"), functions=cloud.client("lambda"), decision_seconds=decision_seconds
    )


def deploy(cloud: EmbeddedCloud, name: str, statements: list[dict[str, Any]], code: str = CODE) -> str:
    """Deploys a function whose role has `statements`; returns its access key id."""
    trust = policy(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    role = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    grant(cloud, name, statements)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", code)
    created = cloud.client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.11",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    return execution_access_key(created["FunctionArn"], role)


def grant(cloud: EmbeddedCloud, name: str, statements: list[dict[str, Any]]) -> None:
    cloud.client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def topic_with_queue(cloud: EmbeddedCloud, name: str) -> tuple[str, str]:
    """Creates a topic with a subscribed queue; returns the topic's ARN and the queue's URL."""
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    queue_arn = f"arn:aws:sqs:{REGION}:000000000000:{name}"
    from_topics = {**allow("sqs:SendMessage", queue_arn), "Principal": {"Service": "sns.amazonaws.com"}}
    queue = sqs.create_queue(QueueName=name, Attributes={"Policy": policy(from_topics)})["QueueUrl"]
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    return topic, queue


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def test_given_a_functions_own_key_when_it_texts_then_its_roles_policy_decides(cloud: EmbeddedCloud) -> None:
    key = deploy(cloud, "sender", [allow(SEND, f"{ARN_PREFIX}:phone-number/phone-1")])

    with running_network(authorize=authorize(cloud, decision_seconds=0.2), access_key_id=key) as caller:
        caller.send()
        with pytest.raises(ClientError, match="is not authorized to perform: sms-voice:SendTextMessage"):
            caller.send(OriginationIdentity="pool-1")
        with pytest.raises(ClientError, match="AccessDeniedException"):
            caller.call()

        grant(cloud, "sender", [allow("dynamodb:GetItem", "*")])
        time.sleep(0.3)
        with pytest.raises(caller.sms.exceptions.AccessDeniedException):
            caller.send()
        assert len(caller.network.texts) == 1


def test_given_a_function_deployed_later_when_it_texts_then_it_is_known(cloud: EmbeddedCloud) -> None:
    decide = authorize(cloud)
    with pytest.raises(AccessDeniedError, match="security token"):
        decide("ASIA0000000000000000", SEND, "*")
    key = deploy(cloud, "latecomer", [allow(SEND, "*")])
    decide(key, SEND, f"{ARN_PREFIX}:phone-number/phone-1")


def test_given_the_actual_key_of_a_function_when_computed_then_it_is_equal(
    cloud: EmbeddedCloud,
) -> None:
    code = "import os\ndef handler(event, context): return os.environ['AWS_ACCESS_KEY_ID']"
    key = deploy(cloud, "introspective", [allow("logs:*", "*")], code)
    response = cloud.client("lambda").invoke(FunctionName="introspective")
    assert json.loads(response["Payload"].read()) == key


@pytest.mark.parametrize("key", ["AKIAUNKNOWN", "ASIA0000000000000000"])
def test_given_an_unknown_key_when_it_texts_then_it_is_refused(cloud: EmbeddedCloud, key: str) -> None:
    with (
        running_network(authorize=authorize(cloud), access_key_id=key) as caller,
        pytest.raises(caller.sms.exceptions.AccessDeniedException, match="security token"),
    ):
        caller.send()


def test_given_the_accounts_own_key_when_it_texts_then_it_is_allowed(cloud: EmbeddedCloud) -> None:
    with running_network(authorize=authorize(cloud)) as caller:
        caller.send()


def test_given_a_topic_when_a_phone_texts_then_its_subscriber_gets_the_payload(cloud: EmbeddedCloud) -> None:
    topic, queue = topic_with_queue(cloud, "inbound")
    with running_network() as caller:
        caller.network.publish = publish_to_topic(cloud.client("sns"), topic)
        inbound = caller.network.send_from_phone("+14255550101", "XYZ123")
    (message,) = cloud.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    payload = json.loads(json.loads(message["Body"])["Message"])
    assert (payload["inboundMessageId"], payload["messageBody"]) == (inbound, "XYZ123")


def test_given_a_topic_when_texts_are_delivered_then_each_has_an_event(
    cloud: EmbeddedCloud,
) -> None:
    topic, queue = topic_with_queue(cloud, "events")
    with running_network() as caller:
        caller.network.publish_events = publish_events_to_topic(cloud.client("sns"), topic)
        sent = {caller.send(ConfigurationSetName="events", Context={"campaign": "é"}) for _ in range(23)}
        assert caller.network.wait_for_delivery_events()
        published = caller.network.delivery_events
    received = []
    while (
        messages := cloud.client("sqs")
        .receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        received += [json.loads(json.loads(message["Body"])["Message"]) for message in messages]
    assert {event["messageId"] for event in received} == sent
    assert sorted(received, key=itemgetter("messageId")) == sorted(published, key=itemgetter("messageId"))


def test_given_a_deleted_topic_when_a_text_is_delivered_then_an_error_is_raised(
    cloud: EmbeddedCloud,
) -> None:
    with running_network() as caller:
        nowhere = f"arn:aws:sns:{REGION}:000000000000:nowhere"
        caller.network.publish_events = publish_events_to_topic(cloud.client("sns"), nowhere)
        caller.send(ConfigurationSetName="events")
        with pytest.raises(RuntimeError, match="could not be published"):
            caller.network.wait_for_delivery_events()
