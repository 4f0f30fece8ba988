"""Tests the publication of delivery events, including late, duplicate and lost events."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from lab.phone_network import (
    ApiCall,
    CarrierReport,
    DeliveryEvent,
    Fault,
    FinalReportOnly,
    Moment,
    PhoneNetwork,
    RandomReports,
    SentText,
    allow_all,
    drop_connection,
    hang,
    internal_error,
)
from tests.support.phone_network import (
    ARN_PREFIX,
    OURS,
    PHONE,
    REGION,
    RunningNetwork,
    account,
    running_network,
)

FAILING = "+14254147167"


def reported(running: RunningNetwork, **changes: object) -> list[DeliveryEvent]:
    """Sends a text and returns its events."""
    message_id = running.send(**{"ConfigurationSetName": "events", **changes})  # type: ignore[arg-type]
    assert running.network.wait_for_delivery_events()
    return [event for event in running.events if event["messageId"] == message_id]


def test_given_a_configuration_set_when_a_text_is_sent_then_one_final_event_comes(
    running: RunningNetwork,
) -> None:
    (event,) = reported(running, Context={"campaign_id": "c1"})
    assert (event["eventType"], event["isFinal"]) == ("TEXT_DELIVERED", True)
    assert (event["originationPhoneNumber"], event["destinationPhoneNumber"]) == (OURS, PHONE)
    assert event["context"] == {"campaign_id": "c1"}
    assert event["messageRequestTimestamp"] < event["eventTimestamp"] <= time.time() * 1000
    assert json.loads(json.dumps(event)) == event
    assert running.network.delivery_events == (event,)
    assert running.network.event_types_by_message == {event["messageId"]: ("TEXT_DELIVERED",)}


@pytest.mark.parametrize("name", ["failures", f"{ARN_PREFIX}:configuration-set/failures"])
def test_given_a_set_for_failures_when_texts_are_sent_then_only_failures_come(
    running: RunningNetwork, name: str
) -> None:
    assert reported(running, ConfigurationSetName=name) == []
    (event,) = reported(running, ConfigurationSetName=name, DestinationPhoneNumber=FAILING)
    assert (event["eventType"], event["messageStatus"]) == ("TEXT_CARRIER_UNREACHABLE", "CARRIER_UNREACHABLE")


def test_given_no_configuration_set_or_no_text_when_called_then_no_event(running: RunningNetwork) -> None:
    running.send()
    running.send(ConfigurationSetName="events", DryRun=True)
    running.network.opt_out(PHONE)
    with pytest.raises(ClientError):
        running.send(ConfigurationSetName="events")
    running.network.send_from_phone(PHONE, "HELP")
    assert running.network.events_due == 0
    assert running.network.wait_for_delivery_events(timeout=0)
    assert running.events == []


def test_given_no_destination_yet_when_a_text_is_sent_then_no_event_is_due() -> None:
    with PhoneNetwork(account(), authorize=allow_all) as network:
        caller = RunningNetwork(network, [], [], "test")
        caller.send(ConfigurationSetName="events")
        caller.sms.close()
        assert network.events_due == 0


def test_given_a_policy_when_a_text_is_sent_then_it_times_and_repeats_the_events(
    running: RunningNetwork,
) -> None:
    def policy(text: SentText) -> list[CarrierReport]:
        assert text.body == "hello"
        return [
            CarrierReport(event_type="TEXT_SUCCESSFUL", is_final=False, after=0.1, late=0.4),
            CarrierReport(event_type="TEXT_DELIVERED", after=0.2, copies=2),
            CarrierReport(event_type="TEXT_SPAM", copies=0),
        ]

    running.network.carrier_reports = policy
    first, copy, last = reported(running)
    assert first == copy
    assert (first["eventType"], last["eventType"]) == ("TEXT_DELIVERED", "TEXT_SUCCESSFUL")
    # The last event has the earliest timestamp.
    assert last["eventTimestamp"] < first["eventTimestamp"]
    assert list(running.network.event_types_by_message.values()) == [
        ("TEXT_DELIVERED", "TEXT_DELIVERED", "TEXT_SUCCESSFUL")
    ]


def test_given_distant_events_when_waited_for_then_it_times_out_and_stops() -> None:
    with running_network() as running:
        running.network.carrier_reports = FinalReportOnly(after=60)
        running.send(ConfigurationSetName="events")
        assert running.network.events_due == 1
        assert not running.network.wait_for_delivery_events(timeout=0.2)
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 2
    assert running.events == []
    assert "delivery-events" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize(("before_response", "seen"), [(False, 0), (True, 1)])
def test_given_a_delayed_response_when_an_event_is_due_then_it_waits_unless_allowed(
    running: RunningNetwork, before_response: bool, seen: int
) -> None:
    meanwhile = []

    def hold_back(_call: ApiCall) -> None:
        end = time.monotonic() + (5 if before_response else 0.2)
        while not running.events and time.monotonic() < end:
            time.sleep(0.01)
        meanwhile.append(len(running.events))

    running.network.carrier_reports = lambda _text: [CarrierReport(after=0, before_response=before_response)]
    running.network.faults.add(Fault(operation="SendTextMessage", act=hold_back, when=Moment.AFTER_EFFECT))
    assert len(reported(running)) == 1
    assert meanwhile == [seen]


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (internal_error, ClientError),
        (drop_connection, ConnectionClosedError),
        (hang, ReadTimeoutError),
    ],
)
def test_given_a_response_that_never_comes_when_a_text_is_sent_then_its_event_comes(
    running: RunningNetwork, act: object, error: type[Exception]
) -> None:
    running.network.faults.add(Fault(operation="SendTextMessage", act=act, when=Moment.AFTER_EFFECT))  # type: ignore[arg-type]
    impatient = boto3.client(
        "pinpoint-sms-voice-v2",
        region_name=REGION,
        endpoint_url=running.network.url,
        aws_access_key_id="test",
        aws_secret_access_key="secret",
        config=Config(read_timeout=1, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(error):
        impatient.send_text_message(
            DestinationPhoneNumber=PHONE,
            OriginationIdentity=OURS,
            MessageBody="hello",
            ConfigurationSetName="events",
        )
    impatient.close()
    assert running.network.wait_for_delivery_events()
    assert [event["messageId"] for event in running.events] == [running.network.texts[0].message_id]


def test_given_a_hanging_response_when_its_caller_waits_then_the_event_has_come(
    running: RunningNetwork,
) -> None:
    running.network.faults.add(
        Fault(operation="SendTextMessage", act=hang, when=Moment.AFTER_EFFECT, times=1)
    )
    with ThreadPoolExecutor(1) as pool:
        caller = pool.submit(running.send, ConfigurationSetName="events")
        assert running.network.wait_until(lambda: bool(running.network.texts), timeout=5)
        assert running.network.wait_for_delivery_events()
        assert len(running.events) == 1
        assert not caller.done()
        running.network.stop()
        with pytest.raises(ConnectionClosedError):
            caller.result(5)


def test_given_a_failing_destination_when_waited_for_then_later_events_still_go(
    running: RunningNetwork,
) -> None:
    def fail(_events: object) -> None:
        raise OSError("gone")

    running.network.publish_events = fail
    running.send(ConfigurationSetName="events")
    with pytest.raises(RuntimeError, match="could not be published") as raised:
        running.network.wait_for_delivery_events()
    assert isinstance(raised.value.__cause__, OSError)

    running.network.publish_events = running.events.extend
    message_id = running.send(ConfigurationSetName="events")
    assert running.network.wait_for_delivery_events()
    assert [event["messageId"] for event in running.events] == [message_id]


def test_given_a_slow_destination_when_texting_then_calls_do_not_wait_for_it(running: RunningNetwork) -> None:
    publishing, resume = threading.Event(), threading.Event()

    def publish_slowly(_events: object) -> None:
        publishing.set()
        assert resume.wait(10)

    running.network.publish_events = publish_slowly
    running.send(ConfigurationSetName="events")
    assert publishing.wait(5)
    started = time.monotonic()
    running.send(ConfigurationSetName="events")
    running.network.send_from_phone(PHONE, "XYZ123")
    assert time.monotonic() - started < 1
    assert not running.network.wait_for_delivery_events(timeout=0)
    resume.set()
    assert running.network.wait_for_delivery_events()


def test_given_lost_and_duplicate_events_when_published_then_each_is_recorded(
    running: RunningNetwork,
) -> None:
    """Sends concurrently; events are published in batches, each as often as the policy requires."""
    policy = RandomReports(5, duplicated=0.2, reordered=0.2, lost=0.3, after=0.02, spread=0.1)
    running.network.carrier_reports = policy
    batch_sizes = []

    def publish(events: object) -> None:
        assert isinstance(events, list)
        batch_sizes.append(len(events))
        running.events.extend(events)

    running.network.publish_events = publish
    destinations = [f"+1425555{number:04}" for number in range(90)]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda d: running.send(DestinationPhoneNumber=d, ConfigurationSetName="events"), destinations
            )
        )
    assert running.network.wait_for_delivery_events()

    expected = {
        text.message_id: Counter(report.event_type for report in policy(text) for _ in range(report.copies))
        for text in running.network.texts
    }
    types_by_message = running.network.event_types_by_message
    assert {message_id: Counter(types) for message_id, types in types_by_message.items()} == {
        message_id: types for message_id, types in expected.items() if types
    }
    assert 0 < len(types_by_message) < len(destinations)
    assert max(batch_sizes) > 1
    assert list(running.network.delivery_events) == running.events
