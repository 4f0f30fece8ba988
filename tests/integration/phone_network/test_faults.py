"""Tests injected faults."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import boto3
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from lab.phone_network import (
    ApiCall,
    Fault,
    Moment,
    PhoneNumber,
    drop_connection,
    hang,
    internal_error,
    refuse,
    throttle,
)
from tests.support.phone_network import OURS, PHONE, REGION, RunningNetwork, account, running_network

Attempt = Callable[[RunningNetwork], str]
Act = Callable[[ApiCall], None]
BEFORE, AFTER = Moment.BEFORE_EFFECT, Moment.AFTER_EFFECT


@pytest.mark.parametrize(
    ("attempt", "fault", "expected"),
    [
        (RunningNetwork.send, ("SendTextMessage", throttle), ("ThrottlingException", 400)),
        (RunningNetwork.send, ("SendTextMessage", internal_error), ("InternalServerException", 500)),
        (RunningNetwork.call, ("StartOutboundVoiceContact", throttle), ("TooManyRequestsException", 429)),
        (
            RunningNetwork.call,
            ("StartOutboundVoiceContact", internal_error),
            ("InternalServiceException", 500),
        ),
        (RunningNetwork.campaign, ("CreateCampaign", throttle), ("TooManyRequestsException", 429)),
        (RunningNetwork.campaign, ("CreateCampaign", internal_error), ("InternalServerErrorException", 500)),
    ],
)
@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_given_an_error_before_or_after_the_effect_when_called_then_code_and_effect(
    running: RunningNetwork, attempt: Attempt, fault: tuple[str, Act], expected: tuple[str, int], when: Moment
) -> None:
    operation, act = fault
    rule = running.network.faults.add(Fault(operation=operation, act=act, when=when, times=1))
    with pytest.raises(ClientError) as raised:
        attempt(running)
    response = raised.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == expected
    network = running.network
    assert len(network.texts) + len(network.calls) + len(network.campaigns) == (when is AFTER)

    attempt(running)
    assert rule.hits == 1


def test_given_an_unmodeled_refusal_when_texted_then_its_reason_is_read(running: RunningNetwork) -> None:
    blocked = refuse("ValidationException", "Blocked", Reason="DESTINATION_COUNTRY_BLOCKED")
    running.network.faults.add(Fault(operation="SendTextMessage", act=blocked))
    with pytest.raises(running.sms.exceptions.ValidationException) as raised:
        running.send()
    assert raised.value.response["Reason"] == "DESTINATION_COUNTRY_BLOCKED"  # type: ignore[typeddict-item]


def test_given_a_rule_for_one_phone_when_others_are_texted_then_they_are_unaffected(
    running: RunningNetwork,
) -> None:
    fault = running.network.faults.add(
        Fault(
            operation="SendTextMessage",
            act=throttle,
            matches=lambda parameters: parameters["DestinationPhoneNumber"] == PHONE,
        )
    )
    running.send(DestinationPhoneNumber="+14255550102")
    for _ in range(2):
        with pytest.raises(running.sms.exceptions.ThrottlingException):
            running.send()
    assert fault.hits == 2

    running.network.faults.clear()
    running.send()
    assert len(running.network.texts) == 2


@pytest.mark.parametrize(("when", "effects"), [(BEFORE, 0), (AFTER, 1)])
def test_given_a_dropped_connection_when_texted_then_only_the_effect_differs(
    running: RunningNetwork, when: Moment, effects: int
) -> None:
    running.network.faults.add(Fault(operation="SendTextMessage", act=drop_connection, when=when, times=1))
    with pytest.raises(ConnectionClosedError):
        running.send()
    assert len(running.network.texts) == effects
    running.send()


def test_given_a_hanging_response_when_the_caller_gives_up_then_the_text_was_sent(
    running: RunningNetwork,
) -> None:
    fault = running.network.faults.add(Fault(operation="SendTextMessage", act=hang, when=AFTER, times=1))
    client = boto3.client(
        "pinpoint-sms-voice-v2",
        region_name=REGION,
        endpoint_url=running.network.url,
        aws_access_key_id="test",
        aws_secret_access_key="secret",
        config=Config(read_timeout=0.2, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(ReadTimeoutError):
        client.send_text_message(DestinationPhoneNumber=PHONE, OriginationIdentity=OURS, MessageBody="hello")
    client.close()
    assert (len(running.network.texts), fault.hits) == (1, 1)


def test_given_rules_with_shares_when_many_texts_are_sent_then_each_hits_its_share() -> None:
    fast = PhoneNumber(number=OURS, phone_number_id="phone-1", messages_per_second=10_000)
    destinations = {f"+1425555{number:04}" for number in range(300)}
    errors: dict[str, set[str]] = {}
    with running_network(account(phone_numbers=(fast,), pools=())) as running:
        add = running.network.faults.add
        throttled = add(Fault(operation="SendTextMessage", act=throttle, share=0.2))
        before = add(Fault(operation="SendTextMessage", act=internal_error, share=0.1))
        after = add(Fault(operation="SendTextMessage", act=internal_error, when=AFTER, share=0.1))
        dropped = add(Fault(operation="SendTextMessage", act=drop_connection, when=AFTER, share=0.1))
        for destination in sorted(destinations):
            try:
                running.send(DestinationPhoneNumber=destination)
            except (ClientError, ConnectionClosedError) as error:
                errors.setdefault(type(error).__name__, set()).add(destination)
        reached = {text.destination for text in running.network.texts}

    assert errors == {
        "ThrottlingException": set(throttled.destinations),
        "InternalServerException": {*before.destinations, *after.destinations},
        "ConnectionClosedError": set(dropped.destinations),
    }
    assert reached == destinations - {*throttled.destinations, *before.destinations}
    assert 35 <= throttled.hits <= 85
    assert all(8 <= rule.hits <= 50 for rule in (before, after, dropped))


def test_given_one_seed_when_the_same_calls_come_again_then_the_same_are_affected(
    running: RunningNetwork,
) -> None:
    def affected(seed: int) -> list[str]:
        running.network.faults.clear()
        fault = Fault(operation="SendTextMessage", act=throttle, share=0.3, seed=seed)
        running.network.faults.add(fault)
        for number in range(30):
            with suppress(running.sms.exceptions.ThrottlingException):
                running.send(DestinationPhoneNumber=f"+1425555{number:04}")
        return fault.destinations

    assert affected(1) == affected(1) != affected(2)


SENDER = f"""
import boto3, sys
boto3.client("pinpoint-sms-voice-v2", region_name="{REGION}", endpoint_url=sys.argv[1],
             aws_access_key_id="test", aws_secret_access_key="secret").send_text_message(
    DestinationPhoneNumber="{PHONE}", OriginationIdentity="{OURS}", MessageBody="hello")
"""


def kill_caller(call: ApiCall) -> None:
    ours = psutil.Process()
    caller = next(
        process
        for process in ours.children()
        if any(c.laddr == call.peer for c in process.net_connections(kind="tcp"))
    )
    os.kill(caller.pid, signal.SIGKILL)


@pytest.mark.parametrize(("when", "effects"), [(BEFORE, 1), (AFTER, 1)])
def test_given_a_hook_that_kills_the_caller_when_it_texts_then_the_network_runs_on(
    running: RunningNetwork, when: Moment, effects: int
) -> None:
    running.network.faults.add(Fault(operation="SendTextMessage", act=kill_caller, when=when, times=1))
    done = subprocess.run([sys.executable, "-c", SENDER, running.network.url], check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    assert running.network.wait_until(lambda: len(running.network.texts) == effects, timeout=5)
    running.send()


def test_given_a_hanging_response_when_the_network_stops_then_it_disconnects(running: RunningNetwork) -> None:
    hanging = threading.Event()

    def signal_and_hang(call: ApiCall) -> None:
        hanging.set()
        hang(call)

    running.network.faults.add(Fault(operation="SendTextMessage", act=signal_and_hang))
    with ThreadPoolExecutor(1) as pool:
        caller = pool.submit(running.send)
        assert hanging.wait(5)
        running.network.stop()
        with pytest.raises(ConnectionClosedError):
            caller.result(5)
