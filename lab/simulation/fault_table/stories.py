"""The stories that the fault table is made from.

Together they make every call of every function that the table covers: see `functions.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from lab.simulation.execution.deployment import SimulatedSettings
from lab.simulation.execution.faults import FaultPlan
from lab.simulation.invariants import Limits
from lab.simulation.operators import Duties
from lab.simulation.people import Expected, Habits, Person
from lab.simulation.world import Plan, World
from shift_sms_runtime.campaigns.campaign import RELAUNCH_REMAINING
from shift_sms_runtime.inbound.policy import InboundPolicy, StrangerReply
from shift_sms_runtime.shifts.booking_policy import BookingPolicy

_SETTINGS = SimulatedSettings(
    messages_per_second=10, policy=InboundPolicy(texts_per_hour=3), manager_notices=False
)
_EMPLOYEES = 4
_BUSY_TEXTS = 80
_STEP = 500.0
"""Seconds between two steps.

Longer than each visibility timeout, so that a failed step is repeated before the next.
"""
_UNTIL_LAUNCHED = 0.22
"""Seconds after which a campaign is launched and its first page is not planned yet."""


class Stage:
    """What a story does, at times in seconds since its beginning."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last = 0.0

    @property
    def employees(self) -> Sequence[Person]:
        """The employees, in the order of their numbers in the steps."""
        return [person for person in self._world.people.by_phone.values() if person.known]

    def text(self, at: float, employee: int, body: str, expected: Expected = Expected.REPLY) -> None:
        """Lets an employee text."""
        person = self.employees[employee]
        self._at(at, lambda: self._world.people.text(person, body, expected))

    def stranger_texts(self, at: float, body: str, expected: Expected) -> None:
        """Lets a number that is not approved text."""
        (person,) = (person for person in self._world.people.by_phone.values() if not person.known)
        self._at(at, lambda: self._world.people.text(person, body, expected))

    def put(self, at: float, table: str, **item: object) -> None:
        """Lets an operator put an item."""
        self._at(at, lambda: self._world.operators.put(table, item))

    def put_shift(
        self, at: float, shift_id: str, *, starts_in_hours: float | None = None, **item: object
    ) -> None:
        """Lets an operator put a shift."""
        times: dict[str, object] = {}
        if starts_in_hours is not None:
            hours = at / 3600 + starts_in_hours
            times = {"starts_at": self.time(hours), "ends_at": self.time(hours + 6.0)}
        row = {"shift_id": shift_id, "shift_info": "15/08 5h dayshift", "shift_status": "available"}
        self.put(at, "Shifts", **row, **times, **item)
        self._world.operators.shift_ids.append(shift_id)

    def time(self, hours: float) -> str:
        """Returns a time after the beginning of the story as an operator writes it."""
        return (self._world.scheduler.time + timedelta(hours=hours)).isoformat(timespec="minutes")

    def change(self, at: float, table: str, key: dict[str, str], **values: object) -> None:
        """Lets an operator change attributes of an item."""
        self._at(at, lambda: self._world.operators.change(table, key, **values))

    def put_again(self, at: float, campaign_id: str, **item: object) -> None:
        """Lets an operator launch a campaign again, as the command line does."""
        self._at(at, lambda: self._world.operators.delete("Campaigns", {"campaign_id": campaign_id}))
        self.put(at, "Campaigns", campaign_id=campaign_id, relaunch=RELAUNCH_REMAINING, **item)

    def reach_spend_limit(self, at: float, until: float) -> None:
        """Lets the account reach its spend limit for a while."""
        self._at(at, lambda: setattr(self._world.phones, "spend_limit_reached", True))
        self._at(until, lambda: setattr(self._world.phones, "spend_limit_reached", False))

    def deactivate_number(self, at: float, until: float) -> None:
        """Lets the number be inactive for a while, so that every text waits for the operator."""
        self._at(at, lambda: setattr(self._world.phones, "number_inactive", True))
        self._at(until, lambda: setattr(self._world.phones, "number_inactive", False))

    def reply_from_inbox(self, at: float, reply: str) -> None:
        """Lets an operator reply to every open item of the inbox."""

        def write() -> None:
            for item in self._world.database.tables["OperatorInbox"].items:
                if item.get("message_status") == {"S": "open"}:
                    key = {"message_id": item["message_id"]["S"]}
                    self._world.operators.change("OperatorInbox", key, reply=reply)

        self._at(at, write)

    def _at(self, seconds: float, act: Callable[[], None]) -> None:
        self._last = max(self._last, seconds)
        self._world.scheduler.after(seconds, act)

    def play(self) -> None:
        """Runs until the last step is done and nothing waits."""
        self._world.scheduler.run(until=self._last + 1.0)
        self._world.scheduler.now = max(self._world.scheduler.now, self._last + 1.0)
        self._world.run_until_quiet()


@dataclass(frozen=True)
class Story:
    """A deterministic run."""

    name: str
    steps: Callable[[Stage], None]
    settings: SimulatedSettings = field(default_factory=lambda: _SETTINGS)
    strangers: int = 0
    settles_for: float = 60.0

    def world(self, faults: FaultPlan) -> World:
        """Returns the world before the first step."""
        plan = Plan(
            settings=self.settings,
            employees=_EMPLOYEES,
            strangers=self.strangers,
            shifts=0,
            habits=Habits(
                texts=(0, 0),
                replies_to_campaign=0.0,
                replies_to_fill_plan=0.0,
                replies_to_offer=0.0,
                waits_for_taken=0.0,
            ),
            duties=Duties(replies=0.0, stopped_campaigns=0.0),
            limits=Limits(faults=True, ordered=False),
            settles_for=self.settles_for,
        )
        return World(plan, self.name, faults=faults)


def play(story: Story, faults: FaultPlan, prepare: Callable[[World], None] = lambda _world: None) -> World:
    """Plays a story and checks the invariants; `World.facts.violations` has what does not hold."""
    world = story.world(faults)
    prepare(world)
    with world.running():
        world.set_up()
        stage = Stage(world)
        story.steps(stage)
        stage.play()
        settled = world.scheduler.now + story.settles_for
        world.scheduler.run(until=settled)
        world.scheduler.now = max(world.scheduler.now, settled)
        world.run_until_quiet()
        world.check()
    return world


def _seats(stage: Stage) -> None:
    stage.put_shift(1, "AKR101", starts_in_hours=20.0)
    stage.text(_STEP, 0, "AKR101")
    stage.text(2 * _STEP, 1, "AKR101")
    stage.text(3 * _STEP, 1, "WAIT AKR101")
    stage.text(4 * _STEP, 0, "DROP AKR101")
    stage.text(5 * _STEP, 1, "YES")
    stage.put_shift(6 * _STEP, "BLS102", starts_in_hours=30.0)
    stage.text(7 * _STEP, 2, "BLS102")
    stage.change(8 * _STEP, "Shifts", {"shift_id": "BLS102"}, shift_status="cancelled")
    stage.put_shift(9 * _STEP, "CMT103", starts_in_hours=24.5)
    stage.text(10 * _STEP, 3, "CMT103")
    stage.change(
        11 * _STEP, "Shifts", {"shift_id": "AKR101"}, starts_at=stage.time(30.0), ends_at=stage.time(36.0)
    )


def _offers(stage: Stage) -> None:
    stage.put_shift(1, "GNV105")
    stage.text(_STEP, 0, "GNV105")
    stage.text(2 * _STEP, 1, "WAIT GNV105")
    stage.text(3 * _STEP, 2, "WAIT GNV105")
    stage.text(4 * _STEP, 0, "DROP GNV105")


def _lists(stage: Stage) -> None:
    for number in range(40):
        stage.put_shift(1, f"CMT{200 + number}")
    stage.text(_STEP, 0, "REQUEST")
    stage.text(2 * _STEP, 0, "MORE")
    stage.text(3 * _STEP, 1, "MINE")
    stage.text(4 * _STEP, 1, "ZZZ999")
    stage.text(5 * _STEP, 2, "cmt 203")
    stage.text(6 * _STEP, 2, "what about my uniform")
    stage.reply_from_inbox(7 * _STEP, "Collect it at the desk.")


def _callback(stage: Stage) -> None:
    stage.text(1, 0, "AGENT parking")


def _limits(stage: Stage) -> None:
    stage.put_shift(1, "DNV301")
    for number in range(1, 5):
        stage.text(number * _STEP, 0, f"INFO DNV301{' please' * number}", Expected.MAYBE)
    stage.stranger_texts(5 * _STEP, "hello", Expected.MAYBE)


def _opt_outs(stage: Stage) -> None:
    stage.text(1, 0, "STOP", Expected.MAYBE)
    stage.text(_STEP, 0, "STOP", Expected.MAYBE)
    stage.text(2 * _STEP, 0, "START", Expected.MAYBE)
    stage.text(3 * _STEP, 1, "HELP", Expected.MAYBE)


def _campaign(stage: Stage) -> None:
    stage.put_shift(1, "EPW401")
    stage.put(5, "Campaigns", campaign_id="campaign-1", campaign_message="15/08 5h EPW401")
    stage.text(3 * _STEP, 0, "EPW401")
    stage.put(4 * _STEP, "SegmentMembers", segment="empty", phone_number="not a number")
    stage.put(4 * _STEP + 1, "Campaigns", campaign_id="campaign-2", campaign_message="15/08", segment="empty")
    stage.put(4 * _STEP + 2, "Campaigns", campaign_id="campaign-3", campaign_message="")


def _stopped_campaign(stage: Stage) -> None:
    stage.put_shift(1, "FPW501")
    stage.put(5, "Campaigns", campaign_id="campaign-1", campaign_message="15/08 5h FPW501")
    stage.change(6.5, "Campaigns", {"campaign_id": "campaign-1"}, campaign_status="stopped")


def _refused_campaign(stage: Stage) -> None:
    stage.text(1, 3, "STOP", Expected.NONE)
    stage.put(10, "Campaigns", campaign_id="campaign-1", campaign_message="15/08 5h")
    stage.reach_spend_limit(_STEP, 3 * _STEP)
    stage.put(_STEP + 1, "Campaigns", campaign_id="campaign-2", campaign_message="16/08 5h")
    stage.put_again(4 * _STEP, "campaign-2", campaign_message="16/08 5h")


def _waiting_campaigns(stage: Stage) -> None:
    """A campaign is scheduled and moved, one waits in quiet hours and is paused, and one is paused while planned."""
    stage.put(1, "Campaigns", campaign_id="campaign-1", campaign_message="15/08", send_at=stage.time(0.25))
    stage.change(_STEP, "Campaigns", {"campaign_id": "campaign-1"}, send_at=stage.time(0.3))
    stage.put(3 * _STEP, "Campaigns", campaign_id="campaign-2", campaign_message="15/08 5h")
    stage.change(4 * _STEP, "Campaigns", {"campaign_id": "campaign-2"}, campaign_status="paused")
    stage.change(5 * _STEP, "Campaigns", {"campaign_id": "campaign-2"}, campaign_status="launching")
    stage.put(9 * _STEP, "Campaigns", campaign_id="campaign-3", campaign_message="15/08 5h")
    stage.change(
        9 * _STEP + _UNTIL_LAUNCHED, "Campaigns", {"campaign_id": "campaign-3"}, campaign_status="paused"
    )
    stage.change(10 * _STEP, "Campaigns", {"campaign_id": "campaign-3"}, campaign_status="launching")


def _busy(stage: Stage) -> None:
    """Has more replies waiting than one invocation of a worker can send.

    The campaign has to send after them.
    """
    stage.put_shift(1, "HPW601")
    stage.put(2, "Campaigns", campaign_id="campaign-1", campaign_message="15/08 5h HPW601")
    stage.put(_STEP, "Campaigns", campaign_id="campaign-2", campaign_message="15/08 5h HPW601")
    for number in range(_BUSY_TEXTS):
        stage.text(_STEP + 1 + number / 100, number % _EMPLOYEES, f"MINE{'!' * number}")


def _callback_after_campaign(stage: Stage) -> None:
    stage.put(1, "Campaigns", campaign_id="campaign-1", campaign_message="15/08 5h")
    stage.text(_STEP, 0, "AGENT parking")


def _refused_reply(stage: Stage) -> None:
    """A reply waits when its employee opts out, and so does a list."""
    stage.put_shift(1, "JLT701")
    for number in range(12):
        stage.text(_STEP + number / 100, number % 2, f"MINE{'!' * number}")
    stage.text(_STEP + 0.2, 2, "REQUEST")
    stage.text(_STEP + 0.2, 3, "MINE")
    stage.text(_STEP + 1.0, 3, "STOP", Expected.NONE)


def _undone_booking(stage: Stage) -> None:
    """The reply to a booking waits when its employee opts out. A later one is refused at once."""
    stage.put_shift(1, "KLT711")
    stage.put(2, "Campaigns", campaign_id="campaign-1", campaign_message="15/08 5h KLT711")
    for number in range(12):
        stage.text(_STEP + number / 100, number % 2, f"MINE{'!' * number}")
    stage.text(_STEP + 0.2, 3, "KLT711", Expected.MAYBE)
    stage.text(_STEP + 1.0, 3, "STOP", Expected.NONE)
    stage.text(2 * _STEP, 3, "KLT711", Expected.MAYBE)


def _inactive_number(stage: Stage) -> None:
    """Replies and notices cannot be sent until an operator activates the number.

    Workers try again after pauses.
    """
    stage.put_shift(1, "KLT801", starts_in_hours=30.0)
    stage.text(_STEP, 0, "KLT801")
    stage.deactivate_number(2 * _STEP, 2 * _STEP + 100)
    stage.text(2 * _STEP + 1, 1, "MINE")
    stage.change(2 * _STEP + 2, "Shifts", {"shift_id": "KLT801"}, shift_status="cancelled")
    # More than a worker tries before it concludes that the reason concerns all texts.
    for number in range(24):
        stage.text(2 * _STEP + 3 + number / 10, number % _EMPLOYEES, f"MINE{'!' * number}")


def _fill_plan(stage: Stage) -> None:
    """A plan is filled in its second wave and resumes after a drop.

    The texts of another one are stopped by a limit of the account, and then by the operator. A later wave sends them.
    """
    stage.put_shift(1, "LMT901", fill_order="rotation", fill_wave_size=2, fill_wave_minutes=4)
    stage.text(_STEP, 2, "LMT901")
    stage.text(2 * _STEP, 2, "DROP LMT901")
    stage.reach_spend_limit(4 * _STEP - 1, 4 * _STEP + 60)
    stage.put_shift(4 * _STEP, "MNT902", fill_order="broadcast", fill_wave_minutes=4)
    stage.change(4 * _STEP + 100, "Shifts", {"shift_id": "MNT902"}, fill_status="stopped")
    stage.change(5 * _STEP, "Shifts", {"shift_id": "MNT902"}, fill_status="running")


def _manager_notices(stage: Stage) -> None:
    """A manager is told of a shift that is not filled, a drop, sickness, and texts in the inbox, one in quiet hours."""
    employees = [person.phone for person in stage.employees]
    stage.put(1, "Employees", phone_number=employees[3], roles=["Manager"])
    stage.put(1, "Employees", phone_number=employees[2], roles=["Manager"])
    stage.change(_STEP, "Employees", {"phone_number": employees[2]}, roles=["Cook"])
    stage.put_shift(2, "PRS951", starts_in_hours=4.5)
    stage.put_shift(2, "NRV952", starts_in_hours=30.0)
    stage.text(_STEP, 0, "NRV952")
    # Quiet hours are from 09:09 to 09:11.
    stage.text(_STEP + 60, 0, "what about my locker")
    stage.text(2 * _STEP, 0, "DROP NRV952")
    stage.text(3 * _STEP, 1, "NRV952")
    stage.text(4 * _STEP, 1, "SICK NRV952")
    stage.text(5 * _STEP, 0, "what about my uniform")
    stage.text(5 * _STEP + 1, 1, "what about my badge")


def _settings(**policy: Any) -> SimulatedSettings:
    return SimulatedSettings(messages_per_second=10, policy=InboundPolicy(**policy), manager_notices=False)


def _at_rate(messages_per_second: int) -> SimulatedSettings:
    return SimulatedSettings(messages_per_second=messages_per_second, manager_notices=False)


STORIES = (
    Story("seats", _seats, settles_for=3000.0),
    Story("offers", _offers, settles_for=2 * 2400.0),
    Story("lists", _lists, _settings()),
    Story("callback", _callback),
    Story(
        "limits", _limits, _settings(texts_per_hour=3, stranger_reply=StrangerReply.ONCE_PER_DAY), strangers=1
    ),
    Story("opt-outs", _opt_outs, _settings(self_managed_opt_outs=True)),
    Story("campaign", _campaign),
    Story("stopped campaign", _stopped_campaign),
    Story("refused campaign", _refused_campaign, _settings()),
    Story(
        "waiting campaigns",
        _waiting_campaigns,
        SimulatedSettings(messages_per_second=10, booking_policy=BookingPolicy(quiet_hours="09:20-10:00")),
    ),
    Story("callback after campaign", _callback_after_campaign),
    Story("refused reply", _refused_reply, _at_rate(1)),
    Story("undone booking", _undone_booking, _at_rate(1)),
    Story("inactive number", _inactive_number, _at_rate(10)),
    Story("fill plan", _fill_plan, _at_rate(10), settles_for=1500.0),
    Story(
        "manager notices",
        _manager_notices,
        SimulatedSettings(messages_per_second=10, booking_policy=BookingPolicy(quiet_hours="09:09-09:11")),
        settles_for=1500.0,
    ),
    Story("busy number", _busy, _at_rate(1)),
)
