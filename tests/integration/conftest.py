"""Provides the functions on moto."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from lab.phone_network.network import PhoneNetwork
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import (
    ACCOUNT,
    CONFIGURATION_SET,
    OUR_NUMBER,
    TABLES,
    FunctionsOnMoto,
    boto3_session,
    clear_caches,
    client_on_moto,
    create_tables_on_moto,
    variable_name,
)


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> bool:
    """Whether Connect is on; a test may parametrize it."""
    return bool(getattr(request, "param", "with-connect") == "with-connect")


@pytest.fixture
def self_managed(request: pytest.FixtureRequest) -> bool:
    """Whether STOP and HELP are handled here; a test may parametrize it."""
    return bool(getattr(request, "param", "by-the-service") == "self-managed")


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, connect: bool, self_managed: bool) -> Iterator[FunctionsOnMoto]:
    """Provides a new system with two employees."""
    (phone_number,) = ACCOUNT.phone_numbers
    phone_number = replace(phone_number, self_managed_opt_outs=self_managed)
    account = replace(ACCOUNT, phone_numbers=(phone_number,))
    with PhoneNetwork(account, authorize=lambda _key, _action, _arn: None) as network, mock_aws():
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3_session())
        monkeypatch.setattr(boto3, "client", client_on_moto)
        sqs = client_on_moto("sqs")
        environment = {
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": network.url,
            "AWS_ENDPOINT_URL_CONNECT": network.url,
            "AWS_ENDPOINT_URL_PINPOINT": network.url,
            "METRICS_NAMESPACE": "ShiftSms",
            "SERVICE_NAME": "test",
            **{f"{variable_name(table)}_TABLE": table for table in TABLES},
            "APPROVED_NUMBERS": "",
            "STRANGER_REPLY": "silent",
            "SELF_MANAGED_OPT_OUTS": str(self_managed).lower(),
            **{
                f"{queue.upper()}_QUEUE_URL": sqs.create_queue(QueueName=queue)["QueueUrl"]
                for queue in ("dispatch", "fill", "pages", "campaign_requests", "reconcile", "outbox")
            },
            "VOCABULARY": "shifts",
            "DEFAULT_LANGUAGE": "en",
            "TIMEZONE": "UTC",
            "QUIET_HOURS": "",
            "URGENT_OVERRIDES_QUIET_HOURS": "false",
            "SHIFT_RETENTION_DAYS": "90",
            "TEXTS_PER_PERSON_PER_DAY": "3",
            "FILL_TARGET_MINUTES": "15",
            "FILL_CONTACT_RETENTION_DAYS": "365",
            "MINIMUM_REST_HOURS": "0",
            "HOURS_PER_WEEK": "0",
            "DROP_CUTOFF_HOURS": "12",
            "OFFER_MINUTES": "30",
            "REMINDER_HOURS": "12",
            "UNFILLED_NOTICE_HOURS": "4",
            "SICK_CALLS": "refill",
            "FILL_ORDER": "rotation",
            "TEXTS_PER_HOUR": "30",
            "CALLS_PER_DAY": "3",
            "TIMER_GROUP": "timers",
            "TIMER_ROLE_ARN": "arn:aws:iam::123456789012:role/timers",
            "TIMER_QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:reconcile",
            "TIMER_DEAD_LETTERS_ARN": "arn:aws:sqs:us-east-1:123456789012:reconcile_dead",
            "DEFAULT_SEGMENT": "overtime",
            "AGENT_OFFERED": str(connect).lower(),
            "OPT_OUT_HINT": "false",
            "KEEP_TYPOGRAPHY": "false",
            "RECIPIENTS_PER_ITEM": "10",
            "MOST_WAITING": "100000",
            "OUTBOX_WORKERS": "2",
            "CONFIGURATION_SET_NAME": CONFIGURATION_SET,
            "ORIGINATION_IDENTITY": OUR_NUMBER,
            "MESSAGES_PER_SECOND": "500",
            "PINPOINT_APPLICATION_ID": "app",
            "PINPOINT_SEGMENT_ID": "seg",
            "CONNECT_INSTANCE_ID": "11111111-1111-1111-1111-111111111111",
            "CONNECT_CONTACT_FLOW_ID": "flow",
            "CONNECT_QUEUE_ID": "queue",
            "CONNECT_SOURCE_PHONE_NUMBER": "+12065550111",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        callback_queue = sqs.create_queue(QueueName="callback")["QueueUrl"]
        if connect:
            monkeypatch.setenv("CALLBACK_QUEUE_URL", callback_queue)
        create_tables_on_moto()
        client_on_moto("scheduler").create_schedule_group(Name="timers")
        clear_caches()
        system = FunctionsOnMoto(network)
        network.publish = system.inbound.append
        network.publish_events = system.events.extend
        with system.dynamodb.Table("Employees").batch_writer() as batch:
            for number in (ANN, BOB):
                batch.put_item({"phone_number": number})
        yield system
        clear_caches()
