"""Runs the services for inbound texts, callbacks and shifts in memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from lab.phone_network.phones.carrier_keywords import CarrierKeyword, carrier_keyword
from shift_sms_runtime.bookings.undo import BookingUndo
from shift_sms_runtime.callbacks.callback_starter import CallbackStarter
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.employees.managers import Managers
from shift_sms_runtime.employees.recipients import Recipients
from shift_sms_runtime.inbound.command_executor import CommandExecutor
from shift_sms_runtime.inbound.delayed_replies import DelayedReplies
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.policy import InboundPolicy, StrangerReply
from shift_sms_runtime.inbound.processor import InboundProcessor
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.rate_limiter import RateLimiter
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from shift_sms_runtime.operator_inbox.reply_outcomes import ReplyOutcomes
from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender
from shift_sms_runtime.operator_inbox.reply_source import OperatorReplySource
from shift_sms_runtime.operator_inbox.waiting_notices import WaitingInboxNotices
from shift_sms_runtime.outbox.follow_ups import FollowUps
from shift_sms_runtime.outbox.outbox_text import OutboxText, OutboxTurn
from shift_sms_runtime.outbox.ports import TextSource
from shift_sms_runtime.outbox.sender import MAX_RETRY_SECONDS, OutboxSender
from shift_sms_runtime.outbox.stored_body import StoredBody
from shift_sms_runtime.outbox.worker import OutboxWorker
from shift_sms_runtime.outbox.workers import WorkerStarter
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.manager_notices.queue import ManagerNoticeQueue
from shift_sms_runtime.shifts.manager_notices.source import ManagerNoticeSource
from shift_sms_runtime.shifts.notice_source import NoticeSource
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
from shift_sms_runtime.shifts.reconciler import ShiftReconciler
from tests.support.clock import Clock, Deadline
from tests.support.crash_points import Steps, stepwise
from tests.support.dialogues.dialogue import ANN, BOB, Dialogue, matches
from tests.support.memory.booking_undo import MemoryReportedBookings
from tests.support.memory.campaign_counters import MemoryCampaignCounters
from tests.support.memory.conversations import MemoryCallLog, MemoryConversations
from tests.support.memory.deliveries import MemoryDeliveries
from tests.support.memory.employee_bookings import MemoryEmployeeBookings, MemoryHolderBookings
from tests.support.memory.employees import EmployeeRow, MemoryEmployees
from tests.support.memory.inbound_store import MemoryInboundStore
from tests.support.memory.operator_inbox import MemoryOperatorInbox
from tests.support.memory.outbox import MemoryOutbox
from tests.support.memory.phones import MemoryCallCenter, MemoryPhones
from tests.support.memory.queues import MemoryQueue, MemoryTimers, handle_all
from tests.support.memory.segment_members import MemorySegmentMembers
from tests.support.memory.send_ledger import LedgerRow
from tests.support.memory.send_permits import MemorySendPermits
from tests.support.memory.shifts import MemoryShifts
from tests.support.notifications import message_ids
from tests.support.outbox_drain import OutboxDrain, Unlimited
from tests.support.send_results import OPTED_OUT, THROTTLED

OUR_NUMBER = "+12065550100"

_MAX_TURNS = 200


@dataclass
class InboundWorld:
    """A business with its employees, in memory. `steps` counts every call that a function makes."""

    connect: bool = False
    approved_numbers: frozenset[str] = frozenset()
    stranger_reply: StrangerReply = StrangerReply.SILENT
    self_managed_opt_outs: bool = False
    keywords_published: bool = True
    """Whether the functions receive STOP and START. If not, the service refuses texts after STOP."""
    texts_per_hour: int = 0
    emergency_reply: str | None = None
    calls_per_day: int = 0
    messages_per_second: float = 1000
    vocabulary: str = "shifts"
    policy: BookingPolicy = field(default_factory=lambda: BookingPolicy(reminder_hours=0))
    clock: Clock = field(default_factory=Clock)
    steps: Steps = field(default_factory=Steps)
    shifts: MemoryShifts = field(default_factory=MemoryShifts)
    counters: MemoryCampaignCounters = field(default_factory=MemoryCampaignCounters)
    employees: MemoryEmployees = field(default_factory=lambda: MemoryEmployees({ANN, BOB}))
    employee_bookings: MemoryEmployeeBookings = field(default_factory=MemoryEmployeeBookings)
    phones: MemoryPhones = field(default_factory=MemoryPhones)
    call_center: MemoryCallCenter = field(default_factory=MemoryCallCenter)
    operator_inbox: MemoryOperatorInbox = field(default_factory=MemoryOperatorInbox)
    shift_timers: MemoryTimers = field(default_factory=MemoryTimers)
    managers: MemorySegmentMembers | None = None
    """The segment of managers; None without manager notices."""
    urgent_overrides_quiet_hours: bool = False

    def __post_init__(self) -> None:
        self.conversations = MemoryConversations(self.counters)
        self.deliveries = MemoryDeliveries(self.counters)
        self.outbox = MemoryOutbox(self.conversations, self.clock)
        self.store = MemoryInboundStore(
            employees=self.employees,
            employee_bookings=self.employee_bookings,
            conversations=self.conversations,
            deliveries=self.deliveries,
            shifts=self.shifts,
            operator_inbox=self.operator_inbox,
            outbox=self.outbox.rows,
            clock=self.clock,
        )
        self.reported_bookings = MemoryReportedBookings(
            employee_bookings=self.employee_bookings,
            conversations=self.conversations,
            shifts=self.shifts,
            operator_inbox=self.operator_inbox,
            clock=self.clock,
        )
        self.turns = MemoryQueue[OutboxTurn](self.clock)
        self.permits = MemorySendPermits(self.clock)
        self.reconcile_requests = MemoryQueue[ReconcileRequest](self.clock)
        world_locales = Locales(locales(self.vocabulary), default="en")
        ledger, phones = stepwise(self.conversations, self.steps), stepwise(self.phones, self.steps)
        store, employees = stepwise(self.store, self.steps), stepwise(self.employees, self.steps)
        shifts, outbox = stepwise(self.shifts, self.steps), stepwise(self.outbox, self.steps)
        permits, turns = stepwise(self.permits, self.steps), stepwise(self.turns, self.steps)
        recipients = Recipients(employees, self.approved_numbers)
        self.alarms: list[datetime] = []
        """When urgent texts raised the alarm."""
        self.operator_reply_counts: Counter[InboxStatus] = Counter()
        reply_outcomes = ReplyOutcomes(
            stepwise(self.operator_inbox, self.steps),
            self.clock,
            on_outcome=lambda status: self.operator_reply_counts.update([status]),
        )
        sources: dict[ReplyKind, TextSource] = {
            ReplyKind.INBOUND: DelayedReplies(
                replies=store,
                shift_indexes=shifts,
                employees=employees,
                booking_undo=BookingUndo(stepwise(self.reported_bookings, self.steps), self.policy),
                policy=self.policy,
                locales=world_locales,
                agent_offered=self.connect,
                self_managed_opt_outs=self.self_managed_opt_outs,
                clock=self.clock,
            ),
            ReplyKind.STRANGER_REPLY: StoredBody(),
            ReplyKind.LIMIT_NOTICE: StoredBody(),
            ReplyKind.NOTICE: NoticeSource(
                shifts=shifts,
                recipients=recipients,
                requests=stepwise(self.reconcile_requests, self.steps),
                locales=world_locales,
                policy=self.policy,
                clock=self.clock,
            ),
            ReplyKind.OPERATOR_REPLY: OperatorReplySource(employees, reply_outcomes),
            ReplyKind.MANAGER_NOTICE: ManagerNoticeSource(
                shifts=shifts,
                employees=employees,
                recipients=recipients,
                waiting=stepwise(self.operator_inbox, self.steps),
                requests=stepwise(self.reconcile_requests, self.steps),
                locales=world_locales,
                policy=self.policy,
                urgent_overrides_quiet_hours=self.urgent_overrides_quiet_hours,
                clock=self.clock,
            ),
        }
        follow_ups = FollowUps(outbox, sources)
        self.workers = OutboxDrain(
            outbox,
            sources,
            SendOnce(ledger, phones, self.clock, limiter=Unlimited()),
            self.clock,
            starter=WorkerStarter(permits, turns, self.clock),
        )
        self.worker = OutboxWorker(
            outbox=outbox,
            ledger=ledger,
            sms=phones,
            permits=permits,
            follow_ups=follow_ups,
            turns=turns,
            messages_per_second=self.messages_per_second,
            workers=1,
            clock=self.clock,
            on_blocked=lambda _reason: None,
            on_failed=_raise,
            on_rate_too_high=lambda: None,
        )
        limiter = RateLimiter(
            permits, self.clock, priority=Priority.REPLY, messages_per_second=self.messages_per_second
        )
        self.operator_replies = OperatorReplySender(
            outbox=outbox, workers=self.workers, outcomes=reply_outcomes, clock=self.clock
        )
        call_center = stepwise(self.call_center, self.steps)
        self.callback = CallbackStarter(
            call_center=call_center,
            call_log=stepwise(MemoryCallLog(), self.steps),
            outbox=outbox,
            workers=self.workers,
            locales=world_locales,
            calls_per_day=self.calls_per_day,
            clock=self.clock,
        )
        self.processor = InboundProcessor(
            store=store,
            executor=CommandExecutor(
                store=store,
                shift_indexes=shifts,
                policy=self.policy,
                agent_offered=self.connect,
                emergency_reply=self.emergency_reply,
            ),
            employees=employees,
            locales=world_locales,
            outbox=outbox,
            workers=self.workers,
            sender=OutboxSender(
                send_once=SendOnce(
                    ledger,
                    phones,
                    self.clock,
                    limiter=limiter,
                    max_retry_seconds=MAX_RETRY_SECONDS,
                    claim_waits=(),
                ),
                limiter=limiter,
                follow_ups=follow_ups,
                workers=self.workers,
                clock=self.clock,
            ),
            callbacks=call_center if self.connect else None,
            policy=InboundPolicy(
                self.approved_numbers, self.stranger_reply, self.self_managed_opt_outs, self.texts_per_hour
            ),
            clock=self.clock,
            on_urgent=lambda: self.alarms.append(self.clock()),
        )
        self.manager_notices, inbox = None, None
        if self.managers is not None:
            self.manager_notices = ManagerNoticeQueue(
                Managers(stepwise(self.managers, self.steps), recipients),
                outbox,
                self.workers,
                origination_identity=OUR_NUMBER,
                quiet_hours=self.policy.quiet_time,
                zone=self.policy.zone,
                urgent_overrides_quiet_hours=self.urgent_overrides_quiet_hours,
                clock=self.clock,
            )
            inbox = WaitingInboxNotices(
                stepwise(self.operator_inbox, self.steps),
                self.manager_notices,
                stepwise(self.shift_timers, self.steps),
                self.clock,
            )
        self.reconciler = ShiftReconciler(
            shifts=shifts,
            bookings=stepwise(self.employee_bookings, self.steps),
            holder_bookings=stepwise(MemoryHolderBookings(self.shifts, self.employee_bookings), self.steps),
            recipients=recipients,
            shift_timers=stepwise(self.shift_timers, self.steps),
            outbox=outbox,
            workers=self.workers,
            policy=self.policy,
            origination_identity=OUR_NUMBER,
            clock=self.clock,
            manager_notices=self.manager_notices,
            inbox=inbox,
        )

    def deliver(
        self,
        sender: str,
        body: str,
        message_id: str | None = None,
        *,
        seconds: float = 30,
        sent_at: datetime | None = None,
        in_reply_to: str | None = None,
        work: bool = True,
    ) -> InboundOutcome:
        """Delivers a text and its callback request, and sends what is in the outbox if `work`.

        By default the text replies to our latest text.
        """
        latest = self.phones.latest.get(sender)
        keyword = None if self.self_managed_opt_outs else carrier_keyword(body)
        if keyword is not None and not self.keywords_published:
            if keyword is CarrierKeyword.OPT_OUT:
                self.phones.refusals[sender] = OPTED_OUT
            else:
                self.phones.refusals.pop(sender, None)
            return InboundOutcome.IGNORED
        text = InboundText(
            message_id or next(message_ids),
            sender,
            OUR_NUMBER,
            body,
            sent_at,
            in_reply_to or latest,
            answered_by_service=keyword is not None,
        )
        outcome = self.processor.handle(text, Deadline(self.clock, seconds))
        self.call()
        if work:
            self.work()
        return outcome

    def work(self) -> None:
        """Runs the workers until no text is in the outbox and no turn waits. Delayed turns move the clock."""
        for _ in range(_MAX_TURNS):
            next_turn_at = self.turns.show_due()
            if self.turns.waiting:
                handle_all(self.turns.waiting, lambda turn: self.worker.drain(turn, Deadline(self.clock, 60)))
            elif next_turn_at is None or self.outbox.rows.empty:
                return
            else:
                self.clock.time = max(self.clock.time, next_turn_at)
        pytest.fail("texts stay in the outbox")

    def call(self) -> None:
        """Handles the waiting callback requests. A request that fails is put back."""
        handle_all(self.call_center.waiting, self.callback.handle)

    def reconcile_shifts(self) -> None:
        """Reconciles every shift that the stream of the Shifts table or a timer would request, and sends notices."""
        for shift_id in list(self.shifts.rows):
            shift = self.shifts.get(shift_id)
            if shift is not None and (shift.needs_reconciling or shift.manager_events):
                self.reconcile(shift_id)
        self.send_notices()

    def reconcile(
        self, shift_id: str, *, seconds: float = 60, lost_seats: Mapping[str, datetime] | None = None
    ) -> None:
        """Reconciles one shift. Its notices wait in the outbox."""
        self.reconciler.reconcile(shift_id, Deadline(self.clock, seconds), lost_seats or {})

    def send_notices(self) -> None:
        """Sends the notices that wait, and reconciles the shifts that this requests, until nothing is left to do."""
        self.workers.run()
        while self.reconcile_requests.waiting:
            handle_all(self.reconcile_requests.waiting, lambda request: self.reconcile(request.shift_id))
            self.workers.run()

    def waiting_notices(self) -> list[OutboxText]:
        """Returns the notices in the outbox, the oldest first."""
        return self.outbox.rows.texts(Priority.NOTICE)

    def notice_statuses(self, number: str) -> dict[str, DeliveryStatus]:
        """Returns the status of the latest notice of each kind to a number."""
        return {
            notice_id.partition("#")[0]: row.status
            for (to, kind, notice_id), row in self.conversations.rows.items()
            if kind is ReplyKind.NOTICE and to == number
        }

    def play(self, dialogue: Dialogue, *, deliveries: int = 1) -> None:
        """Plays a dialogue and compares texts and shifts with the expected ones."""
        for item in dialogue.shift_items(self.clock()):
            self.shifts.rows[item["shift_id"]] = item
        for number, attributes in dialogue.employees.items():
            roles = frozenset(attributes.get("roles", ()))
            self.employees.rows[number] = EmployeeRow(language=attributes.get("language", ""), roles=roles)
        self.reconcile_shifts()
        start = self.clock()
        for minute, turn in enumerate(dialogue.turns):
            before = len(self.phones.texts)
            message_id = next(message_ids)
            sent_at = start + timedelta(minutes=minute if turn.sent is None else turn.sent)
            in_reply_to = self.phones.latest.get(turn.sender)
            for _ in range(deliveries):
                self.deliver(turn.sender, turn.text, message_id, sent_at=sent_at, in_reply_to=in_reply_to)
                self.reconcile_shifts()
            expected = [*((turn.sender, reply) for reply in turn.replies), *turn.texts_to_others]
            heard = [(text.to, text.body) for text in self.phones.texts[before:]]
            assert [to for to, _ in heard] == [to for to, _ in expected], heard
            for (_, text), (_, reply) in zip(heard, expected, strict=True):
                assert matches(text, reply), f"{turn.text!r}: {text!r} is not {reply!r}"
            assert all(text.origination_identity == OUR_NUMBER for text in self.phones.texts)
        taken = {shift_id: employee or "" for shift_id, employee in self.shifts.taken().items()}
        assert taken == dialogue.taken

    def reply_row(self, message_id: str, sender: str = ANN) -> LedgerRow:
        """Returns the ledger's row of the reply to an inbound text."""
        return self.conversations.rows[sender, ReplyKind.INBOUND, message_id]

    def counted(self, campaign_id: str = "c") -> tuple[int, int, int]:
        """Returns the numbers of replies, bookings and filled seats of a campaign."""
        report = summarize(self.counters.rows(campaign_id))
        return report["replies"], report["bookings"], report["seats_filled"]


def set_last_campaign(world: InboundWorld, campaign_id: str, *numbers: str) -> None:
    """Stores a campaign as the last one that texted these numbers."""
    world.deliveries.last_campaigns.update(dict.fromkeys(numbers, campaign_id))


def queue_reply(world: InboundWorld, sender: str, text: str, message_id: str) -> None:
    """Delivers a text that takes effect, but whose reply has to wait because the number is throttled."""
    world.phones.results = [THROTTLED] * 100
    world.deliver(sender, text, message_id, work=False)
    assert world.reply_row(message_id, sender).status is DeliveryStatus.QUEUED
    world.phones.results = []


def _raise(error: Exception) -> None:
    raise error
