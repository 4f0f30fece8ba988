"""Functions killed (SIGKILL) at every step of their work, on the deployed system.

All of it happens in one run, because a killed sender's claim must first run out: as long as its function could live.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from lab.killing import kill_caller
from lab.phone_network import Fault, Moment
from lab.system import OUR_NUMBER, System
from tests.lab.conftest import STAFF, empty_tables, put_shifts, quick_redelivery, wait_until
from tests.lab.test_campaigns import deliveries, join, put_campaign

pytestmark = pytest.mark.timeout(400)

BEFORE, AFTER = Moment.BEFORE_EFFECT, Moment.AFTER_EFFECT
Matches = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Step:
    """One call of ``inbound_sms``, and what a death there leaves: answers heard and the state of the Inbox."""

    operation: str
    when: Moment
    answers: int
    status: str
    settles: bool | None = None
    """For writes to the Inbox: whether it is the one that settles the answer, or the one that claims it."""

    def matches(self, message_id: str) -> Matches:
        def is_this(parameters: Mapping[str, Any]) -> bool:
            return message_id in str(parameters) and (
                self.settles is None
                or ("claim_token =" in str(parameters.get("ConditionExpression"))) is self.settles
            )

        return is_this

    def __str__(self) -> str:
        write = {None: "", True: " settling the answer", False: " claiming the answer"}[self.settles]
        return f"{self.when.value} {self.operation}{write}"


STEPS = (
    Step("BatchGetItem", BEFORE, 1, "sent"),
    Step("BatchGetItem", AFTER, 1, "sent"),
    Step("BatchExecuteStatement", BEFORE, 1, "sent"),
    Step("BatchExecuteStatement", AFTER, 1, "sent"),
    Step("UpdateItem", BEFORE, 1, "sent", settles=False),
    # From here on nobody can know whether the answer is on its way: it is not repeated.
    Step("UpdateItem", AFTER, 0, "unknown", settles=False),
    Step("SendTextMessage", BEFORE, 0, "unknown"),
    Step("SendTextMessage", AFTER, 1, "unknown"),
    Step("UpdateItem", BEFORE, 1, "unknown", settles=True),
    Step("UpdateItem", AFTER, 1, "sent", settles=True),
)
RECIPIENTS = STAFF[30:50]
KILLED_BEFORE_SEND, KILLED_AFTER_SEND, KILLED_BEFORE_CLAIM = RECIPIENTS[2], RECIPIENTS[9], RECIPIENTS[13]


@pytest.fixture(scope="module")
def crashed(system: System) -> System:
    """The system after all the deaths, when nothing waits any more."""
    empty_tables(system)
    put_shifts(system, *((f"CRASH{number}", "") for number in range(len(STEPS))))
    join(system, "crashing", *RECIPIENTS)
    with quick_redelivery(system, seconds=15):
        for number, step in enumerate(STEPS):
            fault = _kill(system, step, f"crash-{number}", STAFF[number])
            system.network.send_from_phone(STAFF[number], f"CRASH{number}", OUR_NUMBER, f"crash-{number}")
            assert wait_until(lambda fault=fault: fault.hits == 1, 60), f"{step} was never reached"  # type: ignore[misc]
        _kill_send(system, KILLED_BEFORE_SEND, BEFORE)
        _kill_send(system, KILLED_AFTER_SEND, AFTER)
        system.gateway.faults.add(
            Fault(
                operation="TransactWriteItems",
                act=kill_caller,
                times=1,
                # The row is planned with a Put; a claim is the first Update of it.
                matches=lambda parameters: (
                    KILLED_BEFORE_CLAIM in str(parameters["TransactItems"][0].get("Update"))
                ),
            )
        )
        put_campaign(system, "crashing", campaign_message="crashing A1", segment="crashing")
        assert wait_until(lambda: len(deliveries(system, "crashing")) == len(RECIPIENTS), 30)
        system.wait_until_idle(timeout=200)
    system.gateway.faults.clear()
    system.network.faults.clear()
    return system


def _kill(system: System, step: Step, message_id: str, phone: str) -> Fault:
    if step.operation == "SendTextMessage":
        return _kill_send(system, phone, step.when)
    return system.gateway.faults.add(
        Fault(
            operation=step.operation,
            act=kill_caller,
            when=step.when,
            times=1,
            matches=step.matches(message_id),
        )
    )


def _kill_send(system: System, phone: str, when: Moment) -> Fault:
    return system.network.faults.add(
        Fault(
            operation="SendTextMessage",
            act=kill_caller,
            when=when,
            times=1,
            matches=lambda parameters: parameters["DestinationPhoneNumber"] == phone,
        )
    )


@pytest.mark.parametrize(("number", "step"), list(enumerate(STEPS)), ids=str)
def test_given_inbound_killed_at_a_step_when_the_text_is_delivered_again_then_one_booking_and_never_two_answers(
    crashed: System, number: int, step: Step
) -> None:
    assert crashed.taken()[f"CRASH{number}"] == STAFF[number]
    heard = [text.body for text in crashed.network.inbox(STAFF[number]) if f"CRASH{number}" in text.body]
    assert heard == [f"Booked: CRASH{number}"] * step.answers
    inbox = {row["inbound_message_id"]: row for row in crashed.rows(crashed.outputs.inbox_table_name)}
    assert inbox[f"crash-{number}"]["status"] == step.status


def test_given_senders_killed_when_their_work_is_delivered_again_then_nobody_hears_it_twice_and_the_ledger_adds_up(
    crashed: System,
) -> None:
    heard = Counter(text.destination for text in crashed.network.texts if text.body.startswith("crashing A1"))
    assert heard == dict.fromkeys(set(RECIPIENTS) - {KILLED_BEFORE_SEND}, 1)
    statuses = deliveries(crashed, "crashing")
    # The delivery event of the one who heard it tells that it was sent; nothing can tell of the other.
    assert statuses == {
        number: "unknown" if number == KILLED_BEFORE_SEND else "delivered" for number in RECIPIENTS
    }


def test_given_all_the_deaths_when_all_is_done_then_no_queue_holds_what_could_not_be_handled(
    crashed: System,
) -> None:
    sqs = crashed.cloud.client("sqs")
    dead_letters = [url for url in sqs.list_queues()["QueueUrls"] if url not in crashed.work_queues()]
    assert dead_letters
    assert all(crashed.depth(url) == (0, 0) for url in dead_letters)
