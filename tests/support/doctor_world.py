"""A healthy deployment on moto and the phone network, and its doctor. Tests inject faults into it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from moto import mock_aws

from lab.phone_network import Account, Authorize, ConnectInstance, PhoneNetwork, PhoneNumber, Pool, allow_all
from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment
from shift_sms_operator.health.findings import Finding, FindingStatus
from tests.support.functions_on_moto import TABLES

NOW = datetime(2026, 8, 15, 12, tzinfo=UTC)
ACCOUNT_ID, REGION = "123456789012", "us-east-1"
OUR_NUMBER, NUMBER_ID, POOL_ID = "+12065550100", "phone-1", "pool-1"
INSTANCE, FLOW, QUEUE = "11111111-2222-4333-8444-555555555555", "flow-1", "queue-1"
CONNECT_NUMBER = "+12065550111"
CONFIGURATION_SET = "events"
QUEUES = ("inbound-texts", "outbox")
STACK = "ShiftSms-prod"
_SERVED_BY_NETWORK = ("pinpoint-sms-voice-v2", "connect", "service-quotas")


def phone_account(pool_members: tuple[str, ...] | None = None) -> Account:
    """Returns the account of the phone network: one number, and a pool if its members are given."""
    return Account(
        account_id=ACCOUNT_ID,
        region=REGION,
        phone_numbers=(PhoneNumber(number=OUR_NUMBER, phone_number_id=NUMBER_ID, messages_per_second=10),),
        pools=() if pool_members is None else (Pool(pool_id=POOL_ID, phone_number_ids=pool_members),),
        connect_instances=(
            ConnectInstance(
                instance_id=INSTANCE,
                contact_flow_ids=frozenset({FLOW}),
                queue_ids=frozenset({QUEUE}),
                phone_numbers=frozenset({CONNECT_NUMBER}),
            ),
        ),
    )


def publish_policy(topic_arn: str, service: str, source_arn: str) -> dict[str, Any]:
    """Returns the policy of a topic as the stack writes it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": source_arn},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@dataclass
class DoctorWorld:
    """A deployment. Its topics, queues, metrics and tables are on moto."""

    network: PhoneNetwork
    session: boto3.Session
    settings: dict[str, object] = field(default_factory=dict)
    stack: dict[str, Any] = field(default_factory=lambda: {"StackStatus": "UPDATE_COMPLETE"})

    def __post_init__(self) -> None:
        _moto_client(self.session, "dynamodb").create_table(
            TableName="Employees",
            KeySchema=[{"AttributeName": "phone_number", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "phone_number", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.sns = _moto_client(self.session, "sns")
        self.sqs = _moto_client(self.session, "sqs")
        self.cloudwatch = _moto_client(self.session, "cloudwatch")
        self.topics = {
            name: self.sns.create_topic(Name=name)["TopicArn"] for name in ("inbound", "events", "alarms")
        }
        sources = {
            "inbound": ("sms-voice.amazonaws.com", f"arn:aws:sms-voice:{REGION}:{ACCOUNT_ID}:*"),
            "events": (
                "sms-voice.amazonaws.com",
                f"arn:aws:sms-voice:{REGION}:{ACCOUNT_ID}:configuration-set/{CONFIGURATION_SET}",
            ),
            "alarms": ("cloudwatch.amazonaws.com", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:*"),
        }
        for name, source in sources.items():
            self.set_policy(name, publish_policy(self.topics[name], *source))
        self.sns.subscribe(
            TopicArn=self.topics["alarms"],
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:pager",
        )
        self.queues = {
            name: {
                "queue": self.sqs.create_queue(QueueName=name)["QueueUrl"],
                "dead_letters": self.sqs.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"],
            }
            for name in QUEUES
        }
        self.network.configuration.connect_two_way(self.topics["inbound"])

    def set_policy(self, topic: str, policy: Mapping[str, Any]) -> None:
        """Replaces the policy of a topic."""
        self.sns.set_topic_attributes(
            TopicArn=self.topics[topic], AttributeName="Policy", AttributeValue=json.dumps(policy)
        )

    def spend(self, dollars: float) -> None:
        """Reports what was spent this month, as AWS does."""
        self.cloudwatch.put_metric_data(
            Namespace="AWS/SMSVoice",
            MetricData=[
                {
                    "MetricName": "TextMessageMonthlySpend",
                    "Value": dollars,
                    "Timestamp": NOW - timedelta(hours=1),
                }
            ],
        )

    def outputs(self) -> dict[str, str]:
        """Returns the outputs of the stack."""
        settings = {
            "origination_identity": OUR_NUMBER,
            "environment": "prod",
            "stack_name": STACK,
            "messages_per_second": 3,
            "configuration_set_name": CONFIGURATION_SET,
            "connect_enabled": True,
            "connect_instance_id": INSTANCE,
            "connect_contact_flow_id": FLOW,
            "connect_queue_id": QUEUE,
            "connect_source_phone_number": CONNECT_NUMBER,
            **self.settings,
        }
        return {
            **{f"{table}TableName": table for table in TABLES},
            "ReconcileQueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/reconcile",
            "OutboxQueueUrl": self.queues["outbox"]["queue"],
            "InboundTopicArn": self.topics["inbound"],
            "AlarmTopicArn": self.topics["alarms"],
            "DeliveryEventsTopicArn": self.topics["events"],
            "OperatorSettings": json.dumps(settings),
            "Queues": json.dumps(self.queues),
        }

    def clients(self) -> Clients:
        """Returns the clients of the account."""
        clients = _Clients(
            self.session, service_endpoint_urls=dict.fromkeys(_SERVED_BY_NETWORK, self.network.url)
        )
        clients.stack = self.stack
        return clients

    def operator(self) -> Operator:
        """Returns the operations on the deployment."""
        return operator(self.clients(), Deployment.from_outputs(self.outputs()), lambda: "ann", lambda: NOW)

    def examine(self) -> tuple[Finding, ...]:
        """Returns what the doctor finds."""
        return self.operator().health.examine()

    def wrong(self) -> list[Finding]:
        """Returns what the doctor reports."""
        return [finding for finding in self.examine() if not finding.status.healthy]

    def only_wrong(self, check: str) -> Finding:
        """Returns the one fault that the doctor reports, which must be of this check."""
        (finding,) = self.wrong()
        assert (finding.check, finding.status) == (check, FindingStatus.WRONG)
        assert finding.what
        assert finding.why
        assert finding.fix
        return finding


@cache
def _moto_client(session: boto3.Session, service: str) -> Any:
    """Returns the client that all tests share, because making clients takes longer than a test."""
    client: Any = session.client
    return client(service)


class _CloudFormation:
    """Describes the stack: moto's CloudFormation needs packages that the tests do without."""

    def __init__(self, stack: Mapping[str, Any]) -> None:
        self._stack = stack

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - as in boto3
        assert StackName == STACK
        return {"Stacks": [{"StackName": STACK, "CreationTime": NOW, **self._stack}]}


class _Clients(Clients):
    """Clients of moto, of the phone network, and of the stack."""

    stack: Mapping[str, Any]

    def make(self, service: str, *arguments: Any) -> Any:
        if service == "cloudformation":
            return _CloudFormation(self.stack)
        if service not in _SERVED_BY_NETWORK:
            return _moto_client(self._session, service)
        return super().make(service, *arguments)


@contextmanager
def doctor_world(
    session: boto3.Session,
    *,
    pool_members: tuple[str, ...] | None = None,
    authorize: Authorize = allow_all,
) -> Iterator[DoctorWorld]:
    """Runs a healthy deployment."""
    with PhoneNetwork(phone_account(pool_members), authorize=authorize) as network, mock_aws():
        yield DoctorWorld(network, session)
