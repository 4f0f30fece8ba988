"""Tests the throughput of a number under fifty concurrent senders."""

import time
from concurrent.futures import ThreadPoolExecutor

from lab.phone_network import PhoneNumber
from tests.support.phone_network import OURS, account, running_network

LIMIT = 10
SENDERS = 50


def test_given_fifty_senders_when_all_send_then_the_rate_and_burst_are_kept() -> None:
    number = PhoneNumber(number=OURS, phone_number_id="phone-1", messages_per_second=LIMIT)
    with running_network(account(phone_numbers=(number,), pools=())) as running:
        assert running.send(DryRun=True)
        until = time.monotonic() + 2.2

        def send(sender: int) -> tuple[set[str], int]:
            accepted, throttled = set(), 0
            while time.monotonic() < until:
                try:
                    accepted.add(running.send(DestinationPhoneNumber=f"+1425555{sender:04d}"))
                except running.sms.exceptions.ThrottlingException:
                    throttled += 1
                time.sleep(0.05)
            return accepted, throttled

        with ThreadPoolExecutor(SENDERS) as pool:
            outcomes = list(pool.map(send, range(SENDERS)))

        texts = running.network.texts
        assert {text.message_id for text in texts} == set().union(*(accepted for accepted, _ in outcomes))
        assert sum(throttled for _, throttled in outcomes) > 0
        assert len(texts) >= 2 * LIMIT
        times = [text.monotonic for text in texts]
        for first, start in enumerate(times):
            for last, end in enumerate(times[first:], 1):
                assert last <= LIMIT * (1 + end - start) + 1 + 1e-6
