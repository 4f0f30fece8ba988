"""A business that puts up campaigns, in memory: the services of all functions, and the queues between them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shift_sms_runtime.adapters.catalogues import catalogue
from shift_sms_runtime.domain.campaigns import CampaignStatus
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.progress import BY_STATUS, Counter, summed
from shift_sms_runtime.domain.work_items import WorkItem
from shift_sms_runtime.services.campaign_sending import LONGEST_ATTEMPT, CampaignSending
from shift_sms_runtime.services.launch import CampaignLaunch
from shift_sms_runtime.services.planning import CampaignPlanning
from shift_sms_runtime.services.progress import CampaignProgress
from shift_sms_runtime.services.receipts import Receipts
from shift_sms_runtime.services.roster_engine import RosterEngine
from shift_sms_runtime.services.send_once import SendOnce
from tests.fakes import (
    Clock,
    LedgerRow,
    MemoryCampaignBoard,
    MemoryCounters,
    MemoryDeliveries,
    MemoryDispatchQueue,
    MemoryEmployees,
    MemoryPace,
    MemoryPagesQueue,
    MemoryPlans,
    MemoryRoster,
    MemoryShiftBook,
    Patience,
    Phones,
    Steps,
    watched,
)

Message = TypeVar("Message")

OUR_NUMBER = "+12065550100"
MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"
OVERTIME = "overtime"
"""The default segment."""


def numbers(count: int) -> list[str]:
    """So many fictional numbers."""
    return [f"+1425555{number:04}" for number in range(100, 100 + count)]


@dataclass
class Business:
    """An operator, a roster and the phones. What every function asks of the world is a step of ``steps``."""

    members: Collection[str] = ()
    members_per_page: int | None = None
    recipients_per_item: int = 5
    most_waiting: int = 1_000_000
    sends_per_second: float = 10
    agent_offered: bool = False
    keep_typography: bool = False
    clock: Clock = field(default_factory=Clock)
    steps: Steps = field(default_factory=Steps)
    counters: MemoryCounters = field(default_factory=MemoryCounters)
    board: MemoryCampaignBoard = field(default_factory=MemoryCampaignBoard)
    employees: MemoryEmployees = field(default_factory=MemoryEmployees)
    pages: MemoryPagesQueue = field(default_factory=MemoryPagesQueue)
    phones: Phones = field(default_factory=Phones)
    shifts: MemoryShiftBook = field(default_factory=MemoryShiftBook)
    tallied: list[tuple[DeliveryStatus, int]] = field(default_factory=list)
    stops: int = 0

    def __post_init__(self) -> None:
        self.deliveries = MemoryDeliveries(self.counters)
        self.plans = MemoryPlans(self.counters)
        self.dispatch = MemoryDispatchQueue(self.clock)
        self.pace = MemoryPace(self.clock)
        self.roster = MemoryRoster({OVERTIME: self.members}, self.members_per_page)
        self._launches = 0
        deliveries = watched(self.deliveries, self.steps)
        plans = watched(self.plans, self.steps)
        board = watched(self.board, self.steps)
        pages = watched(self.pages, self.steps)
        dispatch = watched(self.dispatch, self.steps)
        engine = RosterEngine(
            plans,
            pages,
            board,
            self.shifts,
            catalogue("shifts", "en"),
            agent_offered=self.agent_offered,
            keep_typography=self.keep_typography,
            clock=self.clock,
        )
        self.launch = CampaignLaunch(board, engine, default_segment=OVERTIME)
        self.planning = CampaignPlanning(
            roster=watched(self.roster, self.steps),
            ledger=deliveries,
            plans=plans,
            pages=pages,
            dispatch=dispatch,
            board=board,
            halts=board,
            counters=watched(self.counters, self.steps),
            recipients_per_item=self.recipients_per_item,
            most_waiting=self.most_waiting,
            clock=self.clock,
        )
        self.sending = CampaignSending(
            deliveries=SendOnce(
                deliveries, watched(self.phones, self.steps), self.clock, longest_attempt=LONGEST_ATTEMPT
            ),
            ledger=deliveries,
            dispatch=dispatch,
            pace=watched(self.pace, self.steps),
            opt_outs=watched(self.employees, self.steps),
            campaigns=board,
            origination_identity=OUR_NUMBER,
            sends_per_second=self.sends_per_second,
            clock=self.clock,
            tally=lambda status, recipients: self.tallied.append((status, recipients)),
            stopped=self._note_stop,
        )
        self.receipts = Receipts(deliveries, self.clock)
        self.progress = CampaignProgress(watched(self.counters, self.steps), board)

    def _note_stop(self) -> None:
        self.stops += 1

    def put(self, campaign_id: str = "c", *, deliveries: int = 1, **item: Any) -> CampaignStatus | None:
        """Put a new item and hand its record over, as often as it is delivered; returns what the last one came to."""
        self.board.rows[campaign_id] = {"campaign_id": campaign_id, **item}
        image = dict(self.board.rows[campaign_id])
        self._launches += 1
        launch_id = f"launch-{self._launches}"
        return [self.launch.handle(image, launch_id) for _ in range(deliveries)][-1]

    def plan(self) -> None:
        """Hand pages to planners until none is waiting; one that fails stays."""
        work_off(self.pages.waiting, self.planning.handle)

    def send(self, seconds: float = 60) -> None:
        """Hand work items to senders until none is waiting; one that fails stays."""

        def handle(item: WorkItem) -> None:
            self.sending.handle(item, Patience(self.clock, seconds))

        work_off(self.dispatch.waiting, handle)
        while (seen_at := self.dispatch.look()) is not None or self.dispatch.waiting:
            self.clock.time = max(self.clock.time, seen_at or self.clock.time)
            self.dispatch.look()
            work_off(self.dispatch.waiting, handle)

    def run(self, campaign_id: str = "c", **item: Any) -> None:
        """A campaign from its item to the last text."""
        self.put(campaign_id, **({"campaign_message": MESSAGE} | item))
        self.plan()
        self.send()

    def rows(self, campaign_id: str = "c") -> dict[str, LedgerRow]:
        """The ledger of a campaign by number."""
        return self.deliveries.of(campaign_id)

    def statuses(self, campaign_id: str = "c") -> dict[str, DeliveryStatus]:
        """What became of each recipient."""
        return {number: row.status for number, row in self.rows(campaign_id).items()}

    def counted(self, campaign_id: str = "c") -> dict[str, Any]:
        """The counters of a campaign, added up."""
        return summed(self.counters.rows(campaign_id))

    def texted(self) -> list[str]:
        """Who was texted, in order of numbers."""
        return sorted(text.to for text in self.phones.texts)

    def queued(self) -> list[str]:
        """Who is in the dispatch queue, in order of numbers."""
        items = [*self.dispatch.waiting, *(item for _, item in self.dispatch.hidden)]
        return sorted(number for item in items for number in item.recipients)


def work_off(waiting: list[Message], handle: Callable[[Message], object]) -> None:
    """Hand over one message after the other until none is waiting; one that fails waits again."""
    while waiting:
        message = waiting.pop(0)
        try:
            handle(message)
        except BaseException:
            waiting.insert(0, message)
            raise


def miscounted(rows: Mapping[str, LedgerRow], counted: Mapping[str, Any]) -> list[str]:
    """What the counters of a campaign say otherwise than its rows; nothing where they agree."""
    recounted = dict.fromkeys((Counter.TARGETED, *BY_STATUS, Counter.SEGMENTS_SPENT), 0)
    for row in rows.values():
        recounted[Counter.TARGETED] += 1
        recounted[Counter.SEGMENTS_SPENT] += row.segments or 0
        if row.status.final:
            recounted[Counter.of(row.status)] += 1
    return [
        f"{counter}: {counted[counter]} counted, {there} in the rows"
        for counter, there in recounted.items()
        if counted[counter] != there
    ]


def moments(run: Callable[[], Steps]) -> Sequence[tuple[int, bool]]:
    """All steps of a run that goes well, each before and after it takes effect."""
    return [(step, after) for step in range(1, run().taken + 1) for after in (False, True)]
