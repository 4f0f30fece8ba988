"""Invariants 3, 4 and 5 in a small world where everything goes wrong that may, and proof that a breach would be seen.

Campaigns are launched, planned, sent, stopped, put up again and heard back from by functions that run at the same
time. By chance functions are killed at any step, stores are throttled or lose their answer, the service throttles,
refuses and times out after it took a text, messages are delivered twice and in any order, events get lost. Then all
calms down, what is in the dead-letter queues is put back, and the checkers look. Each checker also looks at worlds in
which the mechanism behind its invariant is switched off.
"""

import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from shift_sms_runtime.adapters.catalogues import catalogue
from shift_sms_runtime.domain.campaigns import CampaignStatus
from shift_sms_runtime.domain.deliveries import (
    Change,
    Delivery,
    DeliveryStatus,
    LimitReached,
    NotSent,
    OutgoingText,
    Refused,
    SendClaim,
    SendResult,
    Sent,
    Unknown,
)
from shift_sms_runtime.domain.progress import BY_STATUS, Tally
from shift_sms_runtime.domain.receipts import read_receipt
from shift_sms_runtime.domain.work_items import Page, WorkItem
from shift_sms_runtime.handlers import records
from shift_sms_runtime.services import planning
from shift_sms_runtime.services.campaign_sending import LONGEST_ATTEMPT, CampaignSending
from shift_sms_runtime.services.launch import CampaignLaunch
from shift_sms_runtime.services.planning import CampaignPlanning
from shift_sms_runtime.services.progress import CampaignProgress
from shift_sms_runtime.services.receipts import Receipts
from shift_sms_runtime.services.roster_engine import NO_DELAY, RosterEngine
from shift_sms_runtime.services.send_once import SendOnce, SmsSender
from tests.business import MESSAGE, OUR_NUMBER, miscounted, numbers
from tests.envelopes import notification
from tests.fakes import Clock, Killed, LedgerRow, MemoryDeliveries, MemoryPace, Steps, Throttled, watched
from tests.integration.conftest import Context, System
from tests.integration.stores import Stores, dynamo_stores, memory_stores
from tests.together import Together

MEMBERS = [*numbers(13), "+1 425 555 0100", "call me"]
RECIPIENTS = 14
"""Two of the members are one number."""
TROUBLE = timedelta(minutes=40)
VISIBILITY = timedelta(minutes=6)
MOST_RECEIVES = 5
Process = Callable[..., PartialItemFailureResponse]


@dataclass
class Message:
    """One message of a queue."""

    message_id: str
    body: str
    seen_at: datetime
    receives: int = 0


@dataclass
class Queue:
    """An SQS queue: at least once, in any order, hidden while it is worked on, and after some tries a dead letter."""

    clock: Clock
    chance: random.Random
    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    put_so_far: int = 0

    def put(self, body: str, delay: timedelta = NO_DELAY) -> None:
        self.put_so_far += 1
        self.messages.append(Message(f"m{self.put_so_far}", body, self.clock() + delay))

    def receive(self, most: int) -> list[Message]:
        visible = [message for message in self.messages if message.seen_at <= self.clock()]
        batch = []
        for message in self.chance.sample(visible, min(most, len(visible))):
            if message.receives == MOST_RECEIVES:
                self.messages.remove(message)
                self.dead.append(message)
                continue
            message.receives += 1
            # Now and then a message is delivered to somebody else as well.
            if self.chance.random() > 0.15:
                message.seen_at = self.clock() + VISIBILITY
            batch.append(message)
        return batch

    def delete(self, message: Message) -> None:
        if message in self.messages:
            self.messages.remove(message)

    def redrive(self) -> None:
        """The way back from the dead-letter queue."""
        for message in self.dead:
            self.put(message.body)
        self.dead.clear()

    def put_page(self, page: Page, *, delay: timedelta = NO_DELAY) -> None:
        """See ``PagesQueue``."""
        self.put(page.to_json(), delay)


class DispatchQueue(Queue):
    """A queue of work items."""

    def put(self, items: Any, delay: timedelta = NO_DELAY) -> None:
        for item in [items] if isinstance(items, str) else items:
            super().put(item if isinstance(item, str) else item.to_json(), delay)


class Network:
    """The service and the carriers: ``out`` is who was texted, by campaign and number."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.out: list[tuple[str, str]] = []

    def send(self, text: OutgoingText) -> SendResult:
        chance, trouble = self._world.chance.random(), self._world.trouble
        self._world.together.wait(0.05)
        if trouble and chance < 0.1:
            return NotSent("ThrottlingException", passing=True)
        if trouble and chance < 0.13:
            return NotSent("OTHER", passing=False, others_may_go=chance < 0.115)
        if trouble and chance < 0.14:
            return LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
        if chance < 0.18:
            return Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")
        if chance < 0.22:
            return Unknown("ReadTimeoutError")
        message_id = self._take(text)
        # The answer takes its time: an event may be there before.
        self._world.together.wait(self._world.chance.choice([0.05, 0.1, 4.5]))
        if trouble and chance > 0.96:
            raise Killed
        return Unknown("ReadTimeoutError") if chance < 0.3 else Sent(message_id)

    def _take(self, text: OutgoingText) -> str:
        assert text.campaign_id is not None
        self.out.append((text.campaign_id, text.to))
        message_id = f"sms-{len(self.out)}"
        chance = self._world.chance
        for event_type, final in (
            ("TEXT_SUCCESSFUL", False),
            (chance.choice(["TEXT_DELIVERED", "TEXT_DELIVERED", "TEXT_CARRIER_UNREACHABLE"]), True),
        ):
            event = {
                "eventType": event_type,
                "eventTimestamp": chance.randint(1, 3),
                "isFinal": final,
                "destinationPhoneNumber": text.to,
                "messageId": message_id,
                "context": {"campaign_id": text.campaign_id},
                "totalMessageParts": 1,
            }
            for _ in range(chance.choice([0, 1, 1, 2])):
                delay = chance.choice([0, 0, chance.uniform(0, 1200)])
                self._world.events.put(notification(event), timedelta(seconds=delay))
        return message_id


@dataclass
class Invocation:
    """What became of each record, in truth and as Lambda was told."""

    function: str
    given: list[str]
    raised: dict[str, bool] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)


class World:
    """All functions of campaigns at work, and chance."""

    def __init__(
        self,
        stores: Stores,
        steps: Steps,
        seed: int,
        *,
        process: Process = records.process,
        sender: Callable[[SmsSender], SmsSender] = lambda sender: sender,
    ) -> None:
        self.stores, self.chance, self.clock = stores, random.Random(seed), Clock()
        # What spreads retries in the code under test is chance too: a world is the same each time.
        random.seed(seed)
        self.together = Together(self.clock)
        self._calm_from = self.clock() + TROUBLE
        self._busy_until = self.clock() + timedelta(minutes=2)
        self._process = process
        self.invocations: list[Invocation] = []
        self.launches, self.pages, self.events = (Queue(self.clock, self.chance) for _ in range(3))
        self.dispatch = DispatchQueue(self.clock, self.chance)
        self.network = Network(self)
        self._steps = steps
        steps.happens = self._happens
        pages, dispatch = watched(self.pages, steps), watched(self.dispatch, steps)
        board, ledger = stores.board, stores.deliveries
        engine = RosterEngine(
            stores.plans,
            pages,
            board,
            stores.shifts,
            catalogue("shifts", "en"),
            agent_offered=True,
            keep_typography=False,
            clock=self.clock,
        )
        self._launch = CampaignLaunch(board, engine, default_segment="overtime")
        self._planning = CampaignPlanning(
            roster=stores.roster,
            ledger=ledger,
            plans=stores.plans,
            pages=pages,
            dispatch=dispatch,
            board=board,
            halts=board,
            counters=stores.counters,
            recipients_per_item=3,
            most_waiting=7,
            clock=self.clock,
        )
        sms = sender(watched(self.network, steps))
        self._sending = CampaignSending(
            deliveries=SendOnce(stores.sends, sms, self.clock, longest_attempt=LONGEST_ATTEMPT),
            ledger=ledger,
            dispatch=dispatch,
            pace=watched(MemoryPace(self.clock), steps),
            opt_outs=stores.opt_outs,
            campaigns=board,
            origination_identity=OUR_NUMBER,
            sends_per_second=5,
            clock=self.clock,
            tally=lambda _status, _recipients: None,
            stopped=lambda: None,
        )
        self._receipts = Receipts(stores.receipts, self.clock)
        self._progress = CampaignProgress(stores.counters, board)

    @property
    def trouble(self) -> bool:
        """Whether things go wrong now."""
        return self.clock() < self._calm_from

    def run(self) -> "World":
        """From the first item until every queue is empty, the dead-letter queues included."""
        for member in MEMBERS:
            self.stores.put_member(member)
        self._put_up({"campaign_message": MESSAGE})
        if self.chance.random() < 0.5:
            self.together.start(self._stop_and_mostly_relaunch, after=self.chance.uniform(1, 60))
        for function, queue, most, instances, handle in (
            ("launch", self.launches, 1, 2, self._handle_launch),
            ("plan", self.pages, 2, 2, self._handle_page),
            ("send", self.dispatch, 2, 3, self._handle_item),
            ("events", self.events, 10, 2, self._handle_event),
        ):
            for _ in range(instances):
                self.together.start(
                    lambda function=function, queue=queue, most=most, handle=handle: self._poll(  # type: ignore[misc]
                        function, queue, most, handle
                    )
                )
        for _ in range(2):
            self.together.start(self._report)
        self.together.run()
        self._steps.happens = lambda _step, _after: None
        self._progress.handle("c")
        return self

    def _put_up(self, item: dict[str, Any]) -> None:
        self.stores.put_item(dict(item))
        launch_id = f"launch-{self.launches.put_so_far}"
        for _ in range(self.chance.choice([1, 1, 2])):
            self.launches.put(json.dumps([{"campaign_id": "c", **item}, launch_id]))

    def _stop_and_mostly_relaunch(self) -> None:
        stopped = False
        while not stopped:
            with contextlib.suppress(Killed, Throttled):
                self.stores.board.stop("c", "stopped by the operator")
                stopped = True
        self.together.wait(self.chance.uniform(1, 1800))
        if self.chance.random() < 0.3:
            return
        self._put_up({"campaign_message": MESSAGE, "relaunch": "remaining", "campaign_status": "stopped"})

    def _happens(self, _step: int, after: bool) -> None:
        if not after:
            self.together.wait(self.chance.uniform(0.003, 0.05))
        if self.trouble:
            chance = self.chance.random()
            if chance < 0.006:
                raise Killed
            if chance < 0.015:
                raise Throttled

    def _poll(self, function: str, queue: Queue, most: int, handle: Callable[[str], object]) -> None:
        queues = (self.launches, self.pages, self.dispatch, self.events)
        while self.trouble or any(one.messages or one.dead for one in queues):
            if not self.trouble:
                queue.redrive()
            batch = queue.receive(self.chance.randint(1, most))
            if batch:
                self._invoke(function, queue, batch, handle)
            else:
                busy = self.clock() < self._busy_until
                self.together.wait(self.chance.uniform(0.5, 5) if busy else self.chance.uniform(5, 60))

    def _invoke(
        self, function: str, queue: Queue, batch: list[Message], handle: Callable[[str], object]
    ) -> None:
        invocation = Invocation(function, [message.message_id for message in batch])

        def handle_record(record: Any, _patience: object) -> None:
            invocation.raised[record.message_id] = True
            handle(record.body)
            invocation.raised[record.message_id] = False

        event = {
            "Records": [
                {"messageId": one.message_id, "body": one.body, "eventSource": "aws:sqs"} for one in batch
            ]
        }
        try:
            response = self._process(event, Context(), EventType.SQS, handle_record)
        except Killed:
            return
        invocation.reported = {str(failure["itemIdentifier"]) for failure in response["batchItemFailures"]}
        self.invocations.append(invocation)
        for message in batch:
            if message.message_id not in invocation.reported:
                queue.delete(message)

    def _handle_launch(self, body: str) -> None:
        item, launch_id = json.loads(body)
        self._launch.handle(item, launch_id)

    def _handle_page(self, body: str) -> None:
        self._planning.handle(Page.from_json(body))

    def _handle_item(self, body: str) -> None:
        self._sending.handle(WorkItem.from_json(body), self.together.patience(60))

    def _handle_event(self, body: str) -> None:
        self._receipts.handle(read_receipt(body))

    def _report(self) -> None:
        """Sums that are made at any time, and written as late as it happens."""
        while self.trouble:
            self.together.wait(self.chance.uniform(1, 300))
            try:
                self._progress.handle("c")
            except (Killed, Throttled):
                continue


def texted_twice(world: World) -> list[str]:
    """Invariant 3: who heard from a campaign more than once."""
    return [
        f"{number}: {times} times" for (_, number), times in Counter(world.network.out).items() if times > 1
    ]


def does_not_add_up(world: World) -> list[str]:
    """Invariant 4: what the counters and the campaign item say otherwise than the ledger."""
    rows, item = world.stores.rows(), world.stores.item() or {}
    wrong = miscounted(rows, world.stores.counted())
    wrong += [f"on the item, {one}" for one in miscounted(rows, item)]
    if sum(item[counter] for counter in BY_STATUS) + item["waiting"] != item["targeted"]:
        wrong.append("the statuses on the item do not sum to the recipients targeted")
    # A campaign that a limit has stopped is not planned to its end.
    if len(rows) != RECIPIENTS and item["campaign_status"] != CampaignStatus.STOPPED:
        wrong.append(
            f"{len(rows)} rows for {RECIPIENTS} recipients of a campaign that is {item['campaign_status']}"
        )
    return wrong


def lost_in_silence(world: World) -> list[str]:
    """Invariant 5: records that failed unsaid or were not even tried, and recipients whom all have forgotten."""
    lost = []
    for one in world.invocations:
        for record in one.given:
            if record not in one.raised and record not in one.reported:
                lost.append(f"{one.function}: {record} was neither handled nor reported")
            elif one.raised.get(record, False) and record not in one.reported:
                lost.append(f"{one.function}: {record} failed and was not reported")
            elif not one.raised.get(record, True) and record in one.reported:
                lost.append(f"{one.function}: {record} was done and reported as failed")
    # All queues are empty: nobody will come back to these.
    lost += [
        f"{number} is {row.status}" for number, row in world.stores.rows().items() if not row.status.final
    ]
    return lost


CHECKERS = (texted_twice, does_not_add_up, lost_in_silence)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What ``process`` needs from its environment; and segments of some pages."""
    for cached in (records.logger, records.metrics):
        cached.cache_clear()
    monkeypatch.setattr(planning, "MEMBERS_PER_PAGE", 4)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ShiftSms")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "simulation")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    yield
    for cached in (records.logger, records.metrics):
        cached.cache_clear()


def in_memory(
    seed: int,
    ledger: Callable[[Steps], MemoryDeliveries] = lambda _steps: MemoryDeliveries(),
    **switched_off: Any,
) -> World:
    """A world in memory, after all is over; each call of a store is a step."""
    steps = Steps()
    plain = memory_stores(ledger(steps))
    looked_at = {"rows", "item", "put_item", "put_member", "put_shift", "put_employee", "employees"}
    stores = replace(
        plain,
        **{
            one.name: watched(getattr(plain, one.name), steps)
            for one in fields(plain)
            if one.name not in looked_at
        },
    )
    world = World(stores, steps, seed, **switched_off).run()
    # What the checkers read is no step.
    world.stores = plain
    return world


@pytest.mark.parametrize("seed", range(40))
def test_given_everything_goes_wrong_when_it_is_over_then_the_invariants_hold(seed: int) -> None:
    world = in_memory(seed)
    assert [checker(world) for checker in CHECKERS] == [[], [], []]


@pytest.mark.parametrize("seed", range(100, 102))
def test_given_everything_goes_wrong_with_dynamodb_when_it_is_over_then_the_invariants_hold(
    system: System, seed: int
) -> None:
    steps = Steps()
    stores = dynamo_stores(system, watched(boto3.client("dynamodb"), steps))
    world = World(stores, steps, seed).run()
    assert [checker(world) for checker in CHECKERS] == [[], [], []]


def test_given_the_worlds_when_looked_at_then_all_that_is_to_go_wrong_has_gone_wrong() -> None:
    worlds = [in_memory(seed) for seed in range(25)]
    rows = [row for world in worlds for row in world.stores.rows().values()]
    assert {row.status for row in rows} >= {
        DeliveryStatus.SENT,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.FAILED,
        DeliveryStatus.OPTED_OUT,
        DeliveryStatus.UNKNOWN,
    }
    assert {row.reason for row in rows} >= {"interrupted", "ReadTimeoutError", "TEXT_CARRIER_UNREACHABLE"}
    failed = [one for world in worlds for one in world.invocations if one.reported]
    assert {one.function for one in failed} == {"launch", "plan", "send", "events"}
    assert any(len(one.given) > len(one.reported) for one in failed), "neighbours of a failed record are done"


class ClaimsAnything(MemoryDeliveries):
    """Whoever wants to send may."""

    def claim(
        self, key: Delivery, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        row = self.rows[self.place(key)]
        self.rows[self.place(key)] = replace(row, status=DeliveryStatus.QUEUED)
        return super().claim(key, token=token, now=now, lease_until=lease_until)


class SendsForTheDead(MemoryDeliveries):
    """An abandoned claim is taken over, as if nothing had been sent."""

    def claim(
        self, key: Delivery, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        said = super().claim(key, token=token, now=now, lease_until=lease_until)
        if said is SendClaim.ABANDONED:
            row = self.rows[self.place(key)]
            self.rows[self.place(key)] = replace(row, token=token, lease_until=lease_until)
            return SendClaim.GRANTED
        return said


class Retries:
    """An SDK that repeats a request that was not answered."""

    def __init__(self, sender: SmsSender) -> None:
        self._sender = sender

    def send(self, text: OutgoingText) -> SendResult:
        result = self._sender.send(text)
        return self._sender.send(text) if isinstance(result, Unknown) else result


class CountsAfterwards(MemoryDeliveries):
    """Counts in a step of its own, which a function may not live to take."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def count(self, tally: Tally) -> None:
        self._steps.take(lambda: self.counters.add(tally))


class SettlesAnything(MemoryDeliveries):
    """The sender's word overwrites whatever the row says, as if it still were being sent."""

    def settle(
        self,
        key: Delivery,
        status: DeliveryStatus,
        *,
        token: str,
        now: datetime,
        reason: str = "",
        sms_message_id: str = "",
    ) -> None:
        row = LedgerRow(status, reason=reason, sms_message_id=sms_message_id, token=token)
        self.rows[self.place(key)] = self.settled(row, key)
        for tally in self.tallies(key, Change(DeliveryStatus.SENDING, status, now)):
            self.count(tally)


def swallowing(event: Any, context: Any, event_type: EventType, handle: Any) -> PartialItemFailureResponse:
    """Logs what went wrong, and tells Lambda that all is well."""

    def handle_quietly(record: Any, patience: object) -> None:
        try:
            handle(record, patience)
        except Exception:  # noqa: BLE001 - the mistake that is to be noticed
            return

    return records.process(event, context, event_type, handle_quietly)


def stopping_at_the_first(
    event: Any, context: Any, event_type: EventType, handle: Any
) -> PartialItemFailureResponse:
    """One bad record, and the rest of the batch is not handled."""
    failed: list[Any] = []

    def handle_until(record: Any, patience: object) -> None:
        if failed:
            return
        failed.append(record)
        handle(record, patience)
        failed.clear()

    return records.process(event, context, event_type, handle_until)


@pytest.mark.parametrize(
    ("checker", "switched_off"),
    [
        (texted_twice, {"ledger": lambda _steps: ClaimsAnything()}),
        (texted_twice, {"ledger": lambda _steps: SendsForTheDead()}),
        (texted_twice, {"sender": Retries}),
        (does_not_add_up, {"ledger": CountsAfterwards}),
        (does_not_add_up, {"ledger": lambda _steps: SettlesAnything()}),
        (lost_in_silence, {"process": swallowing}),
        (lost_in_silence, {"process": stopping_at_the_first}),
    ],
    ids=[
        "unconditional-claims",
        "abandoned-claims-taken-over",
        "retries",
        "counting-afterwards",
        "unconditional-settling",
        "swallowed-errors",
        "no-isolation",
    ],
)
def test_given_a_mechanism_that_is_switched_off_when_everything_goes_wrong_then_its_checker_sees_the_breach(
    checker: Callable[[World], list[str]], switched_off: dict[str, Any]
) -> None:
    # Some breaches need much bad luck: of a hundred worlds, five or more show each of them.
    assert any(checker(in_memory(seed, **switched_off)) for seed in range(100))
