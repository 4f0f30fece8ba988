"""The world of one run: the deployed system, the phone network, people and operators."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lab.phone_network.account import Account, ConnectInstance, PhoneNumber
from lab.simulation.aws.calls import Calls, DirectCalls
from lab.simulation.aws.dynamodb import DynamoDb, DynamoDbClient
from lab.simulation.aws.phone_network import CallCenter, ConnectClient, SmsClient
from lab.simulation.aws.scheduler import SchedulerClient
from lab.simulation.aws.sqs import SqsClient
from lab.simulation.aws.tables.definitions import StreamView
from lab.simulation.aws.tables.table import StreamRecord
from lab.simulation.execution.deployment import (
    ACCOUNT_ID,
    CONFIGURATION_SET,
    CONNECT,
    OUR_NUMBER,
    Deployment,
    SimulatedSettings,
)
from lab.simulation.execution.faults import Crash, FaultPlan, FaultRates, OneCrash, RandomFaults
from lab.simulation.execution.randomness import Randomness
from lab.simulation.execution.scheduler import START, Scheduler
from lab.simulation.execution.system import SimulatedSystem
from lab.simulation.facts import Facts, SendFact
from lab.simulation.filling.script import Script
from lab.simulation.filling.steps import FillSteps
from lab.simulation.invariants import (
    FinalInvariants,
    Limits,
    Outcome,
    StepInvariants,
    busy_partitions,
    needless_deliveries,
    slowness,
    throttling,
)
from lab.simulation.notice_invariants.changes import ToldChanges
from lab.simulation.operations import SimulatedClients, operations
from lab.simulation.operators import Duties, Operators
from lab.simulation.people import Habits, People, Person, phone_numbers
from lab.simulation.phones import CarrierFaults, Phones
from lab.simulation.trace import Trace
from shift_sms_runtime.aws.dynamodb import plain
from shift_sms_runtime.employees.managers import MANAGERS
from shift_sms_runtime.inbound.policy import StrangerReply

ACCOUNT = Account(
    account_id=ACCOUNT_ID,
    region="us-east-1",
    phone_numbers=(PhoneNumber(number=OUR_NUMBER, phone_number_id="phone-1"),),
    configuration_sets=(CONFIGURATION_SET,),
    connect_instances=(
        ConnectInstance(
            instance_id=CONNECT["connect_instance_id"],
            contact_flow_ids=frozenset({CONNECT["connect_contact_flow_id"]}),
            queue_ids=frozenset({CONNECT["connect_queue_id"]}),
            phone_numbers=frozenset({CONNECT["connect_source_phone_number"]}),
        ),
    ),
)

_USUAL_SECONDS = 4.0
"""How long a text takes without a queue.

Includes the topic, the event source, a cold start and the calls.
"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What happens in a run. A scenario makes it from the seed."""

    settings: SimulatedSettings = field(default_factory=SimulatedSettings)
    employees: int = 20
    strangers: int = 0
    managers: int = 0
    """How many of the employees are managers."""
    zones: tuple[str, ...] = ()
    """The time zones of the employees, in turn. Without any, that of the settings applies."""
    shifts: int = 6
    habits: Habits = field(default_factory=Habits)
    duties: Duties = field(default_factory=Duties)
    rates: FaultRates = field(default_factory=FaultRates)
    carrier: CarrierFaults = field(default_factory=CarrierFaults)
    limits: Limits = field(default_factory=Limits)
    network_parts_per_second: float | None = None
    """The real rate of the number; by default the setting."""
    settles_for: float = 3000.0
    """Seconds that the run goes on after the last text, so that offers end and leases expire."""
    longest: float = 48 * 3600.0
    begins_at: datetime = START
    script: Script | None = None
    """What happens besides, whatever the seed is."""
    crash: Crash | None = None
    """One crash at a given call, instead of random faults."""


class _Stream(list[StreamRecord]):
    """The stream of a table. It hands each record on at once."""

    def __init__(self, publish: Any) -> None:
        super().__init__()
        self._publish = publish

    def append(self, record: StreamRecord) -> None:
        self._publish(record)


class World:
    """A world that is ready to run."""

    def __init__(
        self, plan: Plan, seed: int | str, *, trace: Trace | None = None, faults: FaultPlan | None = None
    ) -> None:
        self.plan = plan
        self.trace = trace or Trace()
        self.scheduler = Scheduler(plan.begins_at)
        self.randomness = Randomness(seed)
        self.deployment = Deployment(plan.settings)
        self.database = DynamoDb(lambda: plan.begins_at.timestamp() + self.scheduler.now)
        self.system = SimulatedSystem(
            self.deployment,
            scheduler=self.scheduler,
            randomness=self.randomness,
            plan=faults or self._faults(),
            queue_faults=plan.rates.queues,
            trace=self.trace,
        )
        self.phones = Phones(
            parts_per_second=plan.network_parts_per_second or plan.settings.messages_per_second,
            scheduler=self.scheduler,
            random=self.randomness.of("carrier"),
            faults=plan.carrier,
            self_managed_opt_outs=plan.settings.policy.self_managed_opt_outs,
            publish_text=lambda payload: self.system.notify("inbound", payload),
            publish_event=lambda event: self.system.notify("events", event),
        )
        self.call_center = CallCenter(ACCOUNT, lambda: self.scheduler.now)
        numbers = phone_numbers(plan.employees + plan.strangers)
        self.people = People(
            [Person(number, known=place < plan.employees) for place, number in enumerate(numbers)],
            shift_ids=lambda: self.operators.shift_ids,
            phones=self.phones,
            scheduler=self.scheduler,
            random=self.randomness.of("people"),
            habits=plan.habits,
        )
        lags = self.randomness.of("indexes")
        for definition in self.deployment.tables:
            table = self.database.create_table(definition, index_lag=lambda: lags.uniform(0.0, 1.0))
            table.stream = _Stream(
                lambda record, definition=definition: self._changed(
                    definition.name, definition.stream, record
                )
            )
        self.direct = DynamoDbClient(self.database, calls=DirectCalls())
        sqs = SqsClient(self.system, calls=DirectCalls())
        self._employees_changed = False
        """Whether functions follow the changes of employees. They have handled those before the run."""
        self.operators = Operators(
            self.direct,
            operations=operations(
                self.deployment, SimulatedClients(self.direct, sqs), lambda: self.scheduler.time
            ),
            employees=[person.phone for person in self.people.by_phone.values() if person.known],
            scheduler=self.scheduler,
            random=self.randomness.of("operators"),
            duties=plan.duties,
        )
        self.facts = Facts(
            {table.name: table for table in self.deployment.tables},
            lambda: self.scheduler.now,
            frozenset(self.people.strangers)
            if plan.settings.policy.stranger_reply is StrangerReply.SILENT
            else frozenset(),
        )
        self.told_changes = ToldChanges(self.facts)
        self.zones = self._zones()
        self.fill_steps = FillSteps(
            self.facts, plan.settings, zones=self.zones, clock=lambda: self.scheduler.time
        )
        self.step_invariants = StepInvariants(
            self.facts,
            self.people,
            fills=self.fill_steps,
            quiet_hours=plan.settings.booking_policy.quiet_time,
            zones=self.zones,
            clock=lambda: self.scheduler.time,
            told_changes=self.told_changes,
        )
        self.system.observers.append(self.facts.observe)
        self.system.on_stop = self.facts.stopped
        self.system.on_log = self.step_invariants.check_log
        self.system.on_dead_letter = self.step_invariants.check_dead_letter

    def client(self, service: str, *, calls: Calls, max_attempts: int) -> Any:
        """Makes the client of a service."""
        options: dict[str, Any] = {"calls": calls, "max_attempts": max_attempts}
        match service:
            case "dynamodb":
                return DynamoDbClient(self.database, **options)
            case "sqs":
                return SqsClient(self.system, **options)
            case "scheduler":
                return SchedulerClient(self.system, **options)
            case "pinpoint-sms-voice-v2":
                return SmsClient(self.phones, ACCOUNT, **options)
            case "connect":
                return ConnectClient(self.call_center, **options)
        raise ValueError(service)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Makes the process run the functions of this world alone."""
        with self.system.running(self.client):
            yield

    def set_up(self) -> None:
        """Puts the employees, the segment and the shifts."""
        for place, person in enumerate(self.people.by_phone.values()):
            if person.known:
                zone = self.zones.get(person.phone)
                self.operators.put(
                    "Employees",
                    {
                        "phone_number": person.phone,
                        "name": "Employee",
                        **({"timezone": zone.key} if zone else {}),
                        **({"roles": ["manager"]} if place < self.plan.managers else {}),
                    },
                )
        known = [one.phone for one in self.people.by_phone.values() if one.known]
        self.operators.add_members(known)
        # The functions have followed the import of the employees before the run.
        self.operators.add_members(known[: self.plan.managers], MANAGERS)
        self._employees_changed = True
        for _ in range(self.plan.shifts):
            self.operators.put_shift()
        if self.plan.script:
            self.operators.put_scripted_shift(self.plan.script)

    def _faults(self) -> FaultPlan:
        if self.plan.crash is not None:
            return OneCrash(self.plan.crash)
        return RandomFaults(self.plan.rates, self.randomness.of("faults"))

    def _zones(self) -> dict[str, ZoneInfo]:
        """Returns the time zones of employees by phone number."""
        names = self.plan.zones
        phones = (person.phone for person in self.people.by_phone.values() if person.known)
        return {phone: ZoneInfo(names[place % len(names)]) for place, phone in enumerate(phones) if names}

    def run(self) -> Outcome:
        """Runs to the end, unless a step violates an invariant, and checks the final invariants."""
        self.set_up()
        self.database.metrics.reset()
        self.operators.begin()
        self.people.begin()
        if self.plan.script:
            self.people.follow(self.plan.script)
        self.run_to_end()
        return self.check()

    def run_to_end(self) -> None:
        """Runs until nothing waits, and then until offers have ended and leases have expired."""
        self.run_until_quiet()
        settled = self.scheduler.now + self.plan.settles_for
        self.scheduler.run(until=settled, done=self._violated)
        self.scheduler.now = max(self.scheduler.now, settled)
        self.run_until_quiet()

    def run_until_quiet(self) -> None:
        """Runs until nothing waits to be handled and no task is left."""
        while not self._quiet():
            before = self.scheduler.now
            self.scheduler.run(until=self.scheduler.now + 5.0, done=self._violated)
            if self._violated():
                return
            self.scheduler.now = max(self.scheduler.now, before + 5.0)
            if self.scheduler.now > self.plan.longest:
                self.facts.violate("no silent loss", "the run does not end")
                return

    def check(self) -> Outcome:
        """Checks the final invariants, unless a step has violated one."""
        if self._violated():
            return Outcome()
        rows = {name: table.items for name, table in self.database.tables.items()}
        outcome = FinalInvariants(
            self.facts,
            self.people,
            rows,
            fills=self.fill_steps,
            opted_out=self.phones.ever_opted_out,
            quiet_hours=self.plan.settings.booking_policy.quiet_time,
            zones=self.zones,
            limits=self.plan.limits,
            now=self.scheduler.time,
            told_changes=self.told_changes,
            seats_by_operators=self.operators.seats,
        ).check()
        outcome.attempts, outcome.throttled = self.phones.attempts, self.phones.throttled
        limits = self.plan.limits
        self.facts.violations += [
            *throttling(outcome, limits),
            *slowness(self.ratio, limits),
            *busy_partitions(self.database.metrics, limits),
            *needless_deliveries(self.system.redelivered, limits),
        ]
        return outcome

    @property
    def ratio(self) -> float:
        """The time until the last text was sent, divided by the ideal time of the number.

        The ideal number is never idle while a text that was sent could have been sent.
        """
        sends = self.facts.sends
        if not sends:
            return 0.0
        free_at = 0.0
        for arrived, parts in sorted((self._arrived(send), send.parts) for send in sends):
            free_at = max(free_at, arrived) + parts / self.plan.settings.messages_per_second
        return sends[-1].at / (free_at + _USUAL_SECONDS)

    def _arrived(self, send: SendFact) -> float:
        """Returns when the reason to send a text arose: for a notice, when it was sent."""
        match send.key:
            case ("Conversations", _, str(entry)) if entry.startswith("INBOUND#"):
                return self.people.inbound[entry.removeprefix("INBOUND#")].at
            case ("Deliveries", *_):
                return 0.0
        return send.at

    def _violated(self) -> bool:
        return bool(self.facts.violations)

    def _quiet(self) -> bool:
        return self.people.unsent == 0 and self.operators.pending == 0 and self.system.idle

    def _changed(self, table: str, view: StreamView | None, record: StreamRecord) -> None:
        if table == "Shifts":
            self.facts.shift_changed(record.keys["shift_id"]["S"], record.old_image, record.new_image)
            if record.new_image is not None:
                self.told_changes.observe(record.keys["shift_id"]["S"], plain(record.new_image))
        elif (
            table == "OperatorInbox" and record.event_name == "INSERT" and "text" in (record.new_image or {})
        ):
            self.operators.reply(record.new_image or {})
        if view is not None and (table != "Employees" or self._employees_changed):
            self.system.table_changed(table, record.keys, record.to_event(view))
