"""Conversations in memory: the dialogue tables, redelivery, crashes, throttling."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.adapters.catalogues import catalogues
from shift_sms_runtime.domain.agenda import Limits
from shift_sms_runtime.domain.booking import Rules
from shift_sms_runtime.domain.callbacks import CallbackRequest, CallOutcome
from shift_sms_runtime.domain.deliveries import DeliveryStatus, NotSent, Refused, SendResult, Unknown
from shift_sms_runtime.domain.front_desk import StrangerReply
from shift_sms_runtime.domain.inbound import InboundText
from shift_sms_runtime.domain.messages import MessageStatus, operator_answer
from shift_sms_runtime.domain.progress import summed
from shift_sms_runtime.domain.sms_text import measure
from shift_sms_runtime.services import operator_answers
from shift_sms_runtime.services.callback import Callback
from shift_sms_runtime.services.conversation import Conversation, Handled, Policy
from shift_sms_runtime.services.languages import Languages
from shift_sms_runtime.services.operator_answers import OperatorAnswers
from shift_sms_runtime.services.send_once import SendOnce, TryAgainLater
from shift_sms_runtime.services.shift_keeping import ShiftKeeping
from shift_sms_runtime.services.wishes import Wishes
from tests.business import moments, work_off
from tests.dialogues import (
    ANN,
    APPOINTMENTS,
    BOB,
    CONVERSING,
    EVE,
    EVERYWHERE,
    GOODBYE,
    GUS,
    INVALID,
    OPT_OUTS_OF_THE_SERVICE,
    SELF_MANAGED_OPT_OUTS,
    STRICT,
    STRICT_RULES,
    WITH_CONNECT,
    WITHOUT_CONNECT,
    Dialogue,
    matches,
)
from tests.fakes import (
    Clock,
    Employee,
    Killed,
    MemoryAnswers,
    MemoryCallLog,
    MemoryCounters,
    MemoryDeliveries,
    MemoryEmployees,
    MemoryFrontDesk,
    MemoryMessages,
    MemoryShiftBook,
    MemoryWakeUps,
    Patience,
    Phones,
    Steps,
    Switchboard,
    Throttled,
    die,
    message_ids,
    throttle,
    watched,
)

OUR_NUMBER = "+12065550100"
TOO_MANY_TEXTS = "Sorry, those are too many texts. Please try again in an hour"


@dataclass
class World:
    """A business with its employees, in memory. What the functions ask of it is a step of ``steps``."""

    connect: bool = False
    approved: frozenset[str] = frozenset()
    stranger_reply: StrangerReply = StrangerReply.SILENT
    self_managed: bool = False
    texts_per_hour: int = 0
    calls_per_day: int = 0
    vocabulary: str = "shifts"
    rules: Rules = field(default_factory=Rules)
    clock: Clock = field(default_factory=Clock)
    steps: Steps = field(default_factory=Steps)
    shifts: MemoryShiftBook = field(default_factory=MemoryShiftBook)
    counters: MemoryCounters = field(default_factory=MemoryCounters)
    employees: MemoryEmployees = field(default_factory=lambda: MemoryEmployees({ANN, BOB}))
    phones: Phones = field(default_factory=Phones)
    switchboard: Switchboard = field(default_factory=Switchboard)
    messages: MemoryMessages = field(default_factory=MemoryMessages)
    wake_ups: MemoryWakeUps = field(default_factory=MemoryWakeUps)

    def __post_init__(self) -> None:
        self.inbox = MemoryAnswers(self.counters)
        self.deliveries = MemoryDeliveries(self.counters)
        self.desk = MemoryFrontDesk(self.employees, self.inbox, self.deliveries, self.shifts)
        speak = Languages(catalogues(self.vocabulary), default="en", agent_offered=self.connect)
        answers = SendOnce(watched(self.inbox, self.steps), watched(self.phones, self.steps), self.clock)
        switchboard = watched(self.switchboard, self.steps)
        self.callback = Callback(
            switchboard,
            watched(MemoryCallLog(), self.steps),
            answers,
            speak,
            self.clock,
            calls_per_day=self.calls_per_day,
        )
        front_desk = watched(self.desk, self.steps)
        self.conversation = Conversation(
            front_desk=front_desk,
            wishes=Wishes(
                front_desk=front_desk,
                shifts=watched(self.shifts, self.steps),
                messages=watched(self.messages, self.steps),
                rules=self.rules,
                clock=self.clock,
            ),
            languages=speak,
            answers=answers,
            callbacks=switchboard if self.connect else None,
            policy=Policy(self.approved, self.stranger_reply, self.self_managed, self.texts_per_hour),
            clock=self.clock,
        )
        self.keeping = ShiftKeeping(
            shifts=watched(self.shifts, self.steps),
            agendas=watched(self.shifts, self.steps),
            contacts=watched(self.employees, self.steps),
            wake_ups=watched(self.wake_ups, self.steps),
            notices=answers,
            languages=speak,
            rules=self.rules,
            origination_identity=OUR_NUMBER,
            approved_numbers=self.approved,
            clock=self.clock,
        )

    def deliver(
        self,
        sender: str | None,
        body: str,
        message_id: str | None = None,
        *,
        seconds: float = 30,
        sent_at: datetime | None = None,
        answers_to: str | None = None,
    ) -> Handled:
        latest = self.phones.latest.get(sender or "")
        text = InboundText(
            message_id or next(message_ids), sender, OUR_NUMBER, body, sent_at, answers_to or latest
        )
        handled = self.conversation.handle(text, Patience(self.clock, seconds))
        self.call()
        return handled

    def call(self) -> None:
        """Hand over who waits for a call; who is not called waits again."""
        work_off(self.switchboard.waiting, lambda one: self.callback.handle(one, Patience(self.clock)))

    def look_after(self) -> None:
        """Have every shift looked after that the stream of its table, or its time, would call for."""
        for shift_id in list(self.shifts.rows):
            shift = self.shifts.get(shift_id)
            if shift is not None and not shift.quiet:
                self.keeping.look_after(shift_id, Patience(self.clock))

    def play(self, dialogue: Dialogue, *, deliveries: int = 1) -> None:
        for item in dialogue.items(self.clock()):
            self.shifts.rows[item["shift_id"]] = item
        for number, attributes in dialogue.people.items():
            roles = frozenset(attributes.get("roles", ()))
            self.employees.rows[number] = Employee(language=attributes.get("language", ""), roles=roles)
        self.look_after()
        noon = self.clock()
        for minute, turn in enumerate(dialogue.turns):
            before = len(self.phones.texts)
            message_id = next(message_ids)
            sent_at = noon + timedelta(minutes=minute if turn.sent is None else turn.sent)
            answers_to = self.phones.latest.get(turn.sender)
            for _ in range(deliveries):
                self.deliver(turn.sender, turn.text, message_id, sent_at=sent_at, answers_to=answers_to)
                self.look_after()
            expected = [*((turn.sender, answer) for answer in turn.answers), *turn.heard]
            heard = [(text.to, text.body) for text in self.phones.texts[before:]]
            assert [to for to, _ in heard] == [to for to, _ in expected], heard
            for (_, text), (_, answer) in zip(heard, expected, strict=True):
                assert matches(text, answer), f"{turn.text!r}: {text!r} is not {answer!r}"
            assert all(text.origination_identity == OUR_NUMBER for text in self.phones.texts)
        taken = {shift_id: employee or "" for shift_id, employee in self.shifts.taken().items()}
        assert taken == dialogue.taken

    def counted(self, campaign_id: str = "c") -> tuple[int, int, int]:
        """Replies, bookings and seats filled of a campaign."""
        report = summed(self.counters.rows(campaign_id))
        return report["replies"], report["bookings"], report["seats_filled"]


def _name(dialogue: Dialogue) -> str:
    return dialogue.name


@pytest.mark.parametrize("dialogue", CONVERSING + EVERYWHERE + WITHOUT_CONNECT, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_connect_is_off_when_people_text_then_the_table_holds_however_often_each_is_delivered(
    dialogue: Dialogue, deliveries: int
) -> None:
    World().play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", EVERYWHERE + WITH_CONNECT, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_connect_is_on_when_people_text_then_the_table_holds_however_often_each_is_delivered(
    dialogue: Dialogue, deliveries: int
) -> None:
    World(connect=True).play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", STRICT, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_rest_and_hours_are_limited_when_people_text_then_the_table_holds_however_often_each_is_delivered(
    dialogue: Dialogue, deliveries: int
) -> None:
    rest, hours = (float(STRICT_RULES[name]) for name in ("minimum_rest_hours", "hours_per_week"))
    World(rules=Rules(Limits(timedelta(hours=rest), hours))).play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", APPOINTMENTS, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_appointments_are_offered_when_people_text_then_the_table_holds_however_often_each_is_delivered(
    dialogue: Dialogue, deliveries: int
) -> None:
    World(vocabulary="appointments").play(dialogue, deliveries=deliveries)


def test_given_an_approved_number_outside_the_roster_when_it_texts_then_it_is_answered() -> None:
    world = World(approved=frozenset({EVE}))
    world.deliver(EVE, "XYZ1")
    assert world.phones.heard(EVE) == [INVALID]


def test_given_strangers_are_answered_once_a_day_when_one_texts_on_two_days_then_it_hears_twice() -> None:
    world = World(stranger_reply=StrangerReply.ONCE_PER_DAY)
    for _ in range(5):
        world.deliver(EVE, "hello")
    assert len(world.phones.heard(EVE)) == 1
    world.clock.time = world.clock.time.replace(day=2)
    world.deliver(EVE, "hello")
    assert len(world.phones.heard(EVE)) == 2
    assert world.phones.heard(EVE)[0].startswith("Sorry, this number is not registered")


def test_given_a_sender_that_is_no_phone_number_when_it_texts_then_nothing_happens() -> None:
    world = World(stranger_reply=StrangerReply.ONCE_PER_DAY)
    assert world.deliver(None, "XYZ123") is Handled.STRANGER
    assert not world.phones.attempts


@pytest.mark.parametrize("codes", [1, 5, 25])
def test_given_known_codes_when_claimed_in_one_text_then_one_round_trip_is_enough(codes: int) -> None:
    world = World()
    for number in range(codes):
        world.shifts.put(f"A{number}", "")
    world.deliver(ANN, " ".join(f"a{number}" for number in range(codes)))
    assert len(world.shifts.taken()) == codes
    assert world.shifts.writes == 1


def test_given_more_codes_than_one_batch_when_claimed_then_the_rest_is_named() -> None:
    world = World()
    for number in range(30):
        world.shifts.put(f"A{number:02}", "")
    world.deliver(ANN, "hello " + " ".join(f"A{number:02}" for number in range(30)))
    assert len(world.shifts.taken()) == 25
    assert world.phones.heard(ANN)[0].endswith("please send again: A25, A26, A27, A28, A29")


@pytest.mark.parametrize("shifts", [60, 300])
@pytest.mark.parametrize("character", ["x", "ж"])
def test_given_many_shifts_when_requested_then_more_tells_all_of_them_in_sendable_texts(
    shifts: int, character: str
) -> None:
    world = World()
    for number in range(shifts):
        world.shifts.put(f"S{number:03}", "15/08 5h nightshift " + character)
    world.deliver(ANN, "REQUEST")
    while world.phones.heard(ANN)[-1].endswith("Reply MORE for the rest"):
        world.deliver(ANN, "more")
    told = [line for text in world.phones.heard(ANN) for line in text.splitlines() if line.startswith("S")]
    assert [line.split()[0] for line in told] == [f"S{number:03}" for number in range(shifts)]
    assert all(measure(text).sendable for text in world.phones.heard(ANN))
    longest = measure(world.phones.heard(ANN)[0])
    assert longest.characters > longest.longest - 60, "the first page is as full as it can be"


def test_given_more_is_delivered_twice_when_the_answer_was_lost_before_sending_then_no_page_is_skipped() -> (
    None
):
    world = World()
    for number in range(200):
        world.shifts.put(f"S{number:03}", "15/08 5h nightshift")
    world.deliver(ANN, "REQUEST")
    world.phones.results = [NotSent("ThrottlingException", passing=False)]
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "MORE", "more-1")
    world.deliver(ANN, "MORE", "more-1")
    first, second = world.phones.heard(ANN)
    assert int(second.splitlines()[1][1:4]) == int(first.splitlines()[-2][1:4]) + 1


def test_given_one_endless_shift_info_when_requested_then_the_text_is_cut_to_what_can_be_sent() -> None:
    world = World()
    world.shifts.put("A1", "x" * 5000)
    world.shifts.put("A2", "y")
    world.deliver(ANN, "REQUEST")
    assert measure(world.phones.heard(ANN)[0]).sendable
    world.deliver(ANN, "A1")
    assert measure(world.phones.heard(ANN)[1]).sendable


def test_given_throttling_when_time_remains_then_the_answer_waits_and_goes_out_once() -> None:
    world = World()
    world.phones.results = [NotSent("ThrottlingException", passing=True)] * 4
    assert world.deliver(ANN, "XYZ1") is Handled.ANSWERED
    assert len(world.phones.heard(ANN)) == 1


def test_given_throttling_until_time_is_up_when_delivered_again_then_the_booking_is_answered_as_new() -> None:
    world = World()
    world.shifts.put("A1", "")
    world.phones.results = [NotSent("ThrottlingException", passing=True)] * 100
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "A1", "m")
    world.phones.results = []
    world.deliver(ANN, "A1", "m")
    assert world.phones.heard(ANN) == ["Booked: A1"]


def test_given_a_refused_send_when_time_remains_then_it_is_not_hammered() -> None:
    world = World()
    world.phones.results = [NotSent("AccessDeniedException", passing=False)] * 100
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "A1")
    assert world.phones.attempts == 1


def test_given_an_answer_with_unknown_outcome_when_delivered_again_then_it_is_not_repeated() -> None:
    world = World()
    world.shifts.put("A1", "")
    world.phones.results = [Unknown("ReadTimeoutError")]
    assert world.deliver(ANN, "A1", "m") is Handled.ANSWER_UNKNOWN
    assert world.deliver(ANN, "A1", "m") is Handled.DUPLICATE
    assert world.phones.attempts == 1
    assert world.inbox.rows["m"].status is DeliveryStatus.UNKNOWN


def test_given_an_opted_out_employee_when_booking_then_the_booking_stands_and_the_reason_is_kept() -> None:
    world = World()
    world.shifts.put("A1", "")
    world.phones.results = [Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")]
    assert world.deliver(ANN, "A1", "m") is Handled.ANSWER_NOT_SENT
    assert world.shifts.taken() == {"A1": ANN}
    assert world.inbox.rows["m"].reason == "DESTINATION_PHONE_NUMBER_OPTED_OUT"


def _killing(world: World, owner: object, method: str, *, after: bool) -> Callable[[], None]:
    original = getattr(owner, method)

    def step(*args: object, **kwargs: object) -> object:
        if after:
            original(*args, **kwargs)
        raise Killed

    setattr(owner, method, step)
    return lambda: setattr(owner, method, original)


@pytest.mark.parametrize(
    ("owner", "method", "after", "answers"),
    [
        ("shifts", "write", False, 1),
        ("shifts", "write", True, 1),
        ("inbox", "claim", False, 1),
        # From here the answer may be on its way: it is not repeated, though the booking stands.
        ("inbox", "claim", True, 0),
        ("phones", "send", False, 0),
        ("phones", "send", True, 1),
        ("inbox", "settle", False, 1),
        ("inbox", "settle", True, 1),
    ],
)
def test_given_a_function_killed_at_any_step_when_delivered_again_then_one_booking_and_never_two_answers(
    owner: str, method: str, after: bool, answers: int
) -> None:
    world = World()
    world.shifts.put("A1", "")
    mend = _killing(world, getattr(world, owner), method, after=after)
    with pytest.raises(Killed):
        world.deliver(ANN, "A1", "m")
    mend()
    world.clock.time = world.clock.time.replace(minute=10)
    world.deliver(ANN, "A1", "m")
    world.deliver(ANN, "A1", "m")
    assert world.shifts.taken() == {"A1": ANN}
    assert world.phones.heard(ANN) == ["Booked: A1"] * answers
    assert world.inbox.rows["m"].status in (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


def test_given_another_function_is_sending_the_answer_when_delivered_meanwhile_then_it_comes_again_later() -> (
    None
):
    world = World()
    mend = _killing(world, world.phones, "send", after=False)
    with pytest.raises(Killed):
        world.deliver(ANN, "A1", "m")
    mend()
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "A1", "m")


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (CallOutcome.ACCEPTED, "Thank you, an agent will call you shortly"),
        (
            CallOutcome.NOT_ALLOWED,
            "Sorry, we are not able to call this number. Please contact your manager",
        ),
        (
            CallOutcome.LIMIT_REACHED,
            "Sorry, we are not able to call right now. Please text AGENT again later",
        ),
    ],
)
def test_given_what_connect_says_when_somebody_asks_for_an_agent_then_the_answer_is_honest(
    outcome: CallOutcome, answer: str
) -> None:
    world = World(connect=True, switchboard=Switchboard(outcome))
    world.deliver(ANN, "AGENT please")
    assert world.phones.heard(ANN) == [answer]


def test_given_an_agent_text_delivered_often_when_handled_then_one_call_with_the_words_and_one_promise() -> (
    None
):
    world = World(connect=True)
    for _ in range(3):
        world.deliver(ANN, "Agent: I lost my badge", "m")
    assert [call.words for call in world.switchboard.calls.values()] == ["I lost my badge"]
    assert len(world.phones.heard(ANN)) == 1


def test_given_a_promise_that_could_not_be_sent_when_tried_again_then_it_is_the_promise_and_no_second_call() -> (
    None
):
    world = World(connect=True)
    world.phones.results = [NotSent("AccessDeniedException", passing=False)]
    request = CallbackRequest("m", ANN, OUR_NUMBER, "")
    with pytest.raises(TryAgainLater):
        world.callback.handle(request, Patience(world.clock))
    world.switchboard.outcome = CallOutcome.LIMIT_REACHED
    world.callback.handle(request, Patience(world.clock))
    assert world.phones.heard(ANN) == ["Thank you, an agent will call you shortly"]


@pytest.mark.parametrize("shift_id", ["Early-7", "EarlyBird7", "#12", "nightA"])
def test_given_an_id_in_its_own_spelling_when_the_answer_is_delayed_or_others_come_late_then_all_hear_the_truth(
    shift_id: str,
) -> None:
    world = World()
    world.shifts.put(shift_id, "")
    typed = "".join(c for c in shift_id if c.isalnum()).swapcase()
    world.phones.results = [NotSent("AccessDeniedException", passing=False)]
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, typed, "m")
    world.deliver(ANN, typed, "m")
    world.deliver(ANN, typed)
    world.deliver(BOB, typed)
    assert world.phones.heard(ANN) == [f"Booked: {shift_id}", f"Already yours: {shift_id}"]
    assert world.phones.heard(BOB) == [
        f"Sorry, {shift_id} is already taken. Reply WAIT {shift_id} for the waiting list, REQUEST for open shifts"
    ]


@pytest.mark.parametrize(
    ("shift_ids", "typed", "taken"),
    [
        (["nightA", "Nighta"], "nightA", "nightA"),
        (["nightA", "Nighta"], "nighta", None),
        (["1-23", "12-3"], "123", None),
        (["1-23", "12-3"], "12-3", "12-3"),
        (["NIGHT", "Night"], "night", "NIGHT"),
    ],
)
def test_given_ids_that_are_spelled_alike_when_one_code_is_texted_then_at_most_one_is_booked(
    shift_ids: list[str], typed: str, taken: str | None
) -> None:
    world = World()
    for shift_id in shift_ids:
        world.shifts.put(shift_id, "")
    world.deliver(ANN, typed)
    assert world.shifts.taken() == ({taken: ANN} if taken else {})
    (answer,) = world.phones.heard(ANN)
    if taken:
        assert answer == f"Booked: {taken}"
    else:
        assert answer.startswith(f"There is no {typed}. Did you mean {shift_ids[0]}, {shift_ids[1]}?")


@pytest.mark.parametrize(
    ("status", "employee", "answer"),
    [
        ("cancelled", ANN, "Cancelled: A1"),
        ("on hold", ANN, "Not open: A1"),
        ("Available", None, "Not open: A1"),
        ("", None, "Not open: A1"),
        (
            "taken",
            None,
            "Sorry, A1 is already taken. Reply WAIT A1 for the waiting list, REQUEST for open shifts",
        ),
        ("taken", "+1 (425) 555-0101", "Already yours: A1"),
    ],
)
def test_given_a_row_written_by_hand_when_its_code_is_texted_then_the_answer_is_true(
    status: str, employee: str | None, answer: str
) -> None:
    world = World()
    world.shifts.put("A1", shift_status=status, employee=employee)
    world.deliver(ANN, "A1")
    assert world.phones.heard(ANN) == [answer]


def test_given_a_very_long_text_of_wide_characters_when_answered_then_it_can_be_sent_and_handling_ends() -> (
    None
):
    world = World()
    world.shifts.put("A1", "")
    world.deliver(ANN, "A1 " + " ".join(f"{n}" + "\U0001f600" * 60 for n in range(12)))
    world.deliver(ANN, "\u03a9" * 1030 + " A\ud83dB A1")
    assert [measure(text).sendable for text in world.phones.heard(ANN)] == [True, True]


def test_given_shifts_called_by_words_when_another_word_is_not_understood_then_it_is_asked_back() -> None:
    world = World()
    world.shifts.put("NIGHT", "")
    world.deliver(ANN, "night daay")
    assert world.phones.heard(ANN) == [
        "Sorry, we did not get that. Reply only NIGHT to book it, DROP NIGHT to give it back"
    ]


@pytest.mark.parametrize("self_managed", [False, True])
def test_given_strangers_are_answered_when_one_texts_a_carrier_word_then_she_is_not(
    self_managed: bool,
) -> None:
    world = World(stranger_reply=StrangerReply.ONCE_PER_DAY, self_managed=self_managed)
    assert world.deliver(EVE, "STOP") is Handled.OPTED_OUT
    assert world.deliver(EVE, "START") is Handled.OPTED_IN
    assert world.deliver(EVE, "HELP") is Handled.HELP
    assert not world.phones.attempts


@pytest.mark.parametrize("dialogue", SELF_MANAGED_OPT_OUTS, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_the_number_leaves_opt_outs_to_us_when_people_text_then_the_table_holds_however_often_each_is_delivered(
    dialogue: Dialogue, deliveries: int
) -> None:
    world = World(self_managed=True, connect=True, approved=frozenset({GUS}))
    world.play(dialogue, deliveries=deliveries)
    assert world.employees.wanting_no_texts() == dialogue.opted_out


@pytest.mark.parametrize("dialogue", OPT_OUTS_OF_THE_SERVICE, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_the_service_answers_opt_outs_when_we_see_them_too_then_the_table_holds_however_often_each_is_delivered(
    dialogue: Dialogue, deliveries: int
) -> None:
    world = World(approved=frozenset({GUS}))
    world.play(dialogue, deliveries=deliveries)
    assert world.employees.wanting_no_texts() == dialogue.opted_out


def test_given_the_service_knows_of_a_start_that_we_do_not_when_an_answer_gets_through_then_we_know_it_too() -> (
    None
):
    world = World()
    refused = Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")
    world.phones.results = [refused]
    assert world.deliver(ANN, "XYZ999") is Handled.ANSWER_NOT_SENT
    assert world.employees.wanting_no_texts() == {ANN}
    assert world.deliver(ANN, "XYZ999") is Handled.ANSWERED
    assert world.employees.wanting_no_texts() == set()


def test_given_somebody_who_told_us_stop_when_an_answer_gets_through_then_only_start_brings_them_back() -> (
    None
):
    world = World()
    world.deliver(ANN, "STOP")
    assert world.deliver(ANN, "XYZ999") is Handled.ANSWERED
    assert world.employees.wanting_no_texts() == {ANN}
    world.deliver(ANN, "START")
    assert world.employees.wanting_no_texts() == set()


def test_given_a_strangers_stop_when_noted_then_the_row_says_that_it_is_nothing_else() -> None:
    world = World(self_managed=True)
    world.deliver(EVE, "STOP")
    world.deliver(ANN, "STOP")
    assert world.employees.rows[EVE].only_opt_out
    assert not world.employees.rows[ANN].only_opt_out


@pytest.mark.parametrize("self_managed", [False, True])
def test_given_a_stop_that_is_delivered_again_after_a_start_when_handled_then_it_changes_nothing(
    self_managed: bool,
) -> None:
    world = World(self_managed=self_managed)
    stop, start = world.clock(), world.clock() + timedelta(minutes=1)
    world.deliver(ANN, "STOP", "stop", sent_at=stop)
    world.deliver(ANN, "START", "start", sent_at=start)
    heard = world.phones.heard(ANN)
    world.deliver(ANN, "STOP", "stop", sent_at=stop)
    world.deliver(ANN, "START", "start", sent_at=start)
    assert world.employees.wanting_no_texts() == set()
    assert world.phones.heard(ANN) == heard


@pytest.mark.parametrize(("word", "left"), [("STOP", True), ("START", False), ("HELP", False)])
def test_given_a_function_stopped_at_any_step_of_a_carrier_word_when_delivered_again_then_it_is_noted_and_answered_once(
    word: str, left: bool
) -> None:
    def text(world: World) -> Steps:
        world.deliver(ANN, word, "m")
        return world.steps

    for stop, error in ((die, Killed), (throttle, Throttled)):
        for step, after in moments(lambda: text(World(self_managed=True))):
            world = World(self_managed=True)
            world.steps.once(step, stop, after=after)
            with pytest.raises(error):
                text(world)
            world.clock.pass_time(minutes=10)
            for _ in range(2):
                text(world)
            assert (ANN in world.employees.wanting_no_texts()) is left
            assert len(world.phones.heard(ANN)) <= 1
            assert world.inbox.rows["m"].status.final


def test_given_a_confirmation_that_cannot_be_sent_yet_when_stop_comes_again_then_it_is_confirmed_once() -> (
    None
):
    world = World(self_managed=True)
    world.phones.results = [NotSent("AccessDeniedException", passing=False)]
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "STOP", "m")
    assert world.employees.wanting_no_texts() == {ANN}, "she is not texted meanwhile"
    world.deliver(ANN, "STOP", "m")
    assert world.phones.heard(ANN) == [GOODBYE]


REFUSED = Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")


def test_given_the_service_keeps_back_an_answer_when_the_employee_left_then_it_is_noted_until_one_gets_through() -> (
    None
):
    world = World()
    world.phones.results = [REFUSED, REFUSED]
    assert world.deliver(ANN, "hello") is Handled.ANSWER_NOT_SENT
    assert world.employees.wanting_no_texts() == {ANN}
    assert world.deliver(ANN, "hello") is Handled.ANSWER_NOT_SENT
    assert world.employees.wanting_no_texts() == {ANN}
    world.clock.pass_time(minutes=1)
    assert world.deliver(ANN, "hello") is Handled.ANSWERED
    assert world.employees.wanting_no_texts() == set()


def test_given_an_approved_number_without_a_row_when_the_service_keeps_back_an_answer_then_the_row_is_only_that() -> (
    None
):
    world = World(approved=frozenset({GUS}))
    world.phones.results = [REFUSED]
    world.deliver(GUS, "hello")
    assert world.employees.rows[GUS].opted_out
    assert world.employees.rows[GUS].only_opt_out
    world.clock.pass_time(minutes=1)
    world.deliver(GUS, "hello")
    assert not world.employees.rows[GUS].opted_out


def test_given_somebody_who_never_left_when_answered_then_nothing_is_noted_about_opting_out() -> None:
    world = World()
    world.deliver(ANN, "hello")
    assert world.employees.rows[ANN] == Employee()


def texted_by(world: World, campaign_id: str, *numbers: str) -> None:
    """A campaign has texted these numbers last."""
    world.deliveries.last_campaigns.update(dict.fromkeys(numbers, campaign_id))


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("A1", (1, 1, 1)),
        ("A1 A2", (1, 2, 2)),
        ("a-1", (1, 1, 1)),
        ("A1 B7", (1, 1, 1)),
        ("B7", (1, 0, 0)),
        ("unknown9", (1, 0, 0)),
        ("REQUEST", (1, 0, 0)),
        ("AGENT please", (1, 0, 0)),
        ("STOP", (0, 0, 0)),
        ("HELP", (0, 0, 0)),
    ],
)
@pytest.mark.parametrize("self_managed", [False, True])
def test_given_a_text_from_somebody_a_campaign_texted_when_delivered_often_then_it_counts_once_for_that_campaign(
    text: str, counted: tuple[int, int, int], self_managed: bool
) -> None:
    world = World(connect=True, self_managed=self_managed)
    for shift_id in ("A1", "A2"):
        world.shifts.put(shift_id, "")
    world.shifts.put("B7", shift_status="taken", employee=BOB)
    texted_by(world, "earlier", ANN)
    texted_by(world, "c", ANN)
    for _ in range(3):
        world.deliver(ANN, text, "m")
    assert world.counted() == counted
    assert world.counted("earlier") == (0, 0, 0)


def test_given_texts_of_several_people_when_counted_then_each_is_for_the_campaign_that_texted_its_sender_last() -> (
    None
):
    world = World()
    for shift_id in ("A1", "A2", "A3"):
        world.shifts.put(shift_id, "")
    texted_by(world, "c", ANN, EVE)
    texted_by(world, "d", BOB)
    world.deliver(ANN, "A1")
    world.deliver(BOB, "A2")
    world.deliver(EVE, "A3")
    texted_by(world, "d", ANN)
    world.deliver(ANN, "A3")
    assert world.counted("c") == (1, 1, 1)
    assert world.counted("d") == (2, 2, 2)


def test_given_a_seat_that_a_campaign_filled_when_it_is_given_back_then_it_is_taken_off_that_campaign_once() -> (
    None
):
    world = World()
    for shift_id in ("A1", "A2", "A3"):
        world.shifts.put(shift_id, "")
    world.deliver(ANN, "A3")
    texted_by(world, "c", ANN)
    world.deliver(ANN, "A1 A2")
    texted_by(world, "d", ANN)
    for _ in range(2):
        world.deliver(ANN, "DROP A1 A3", "m")
    assert world.counted("c") == (1, 2, 1)
    assert world.counted("d") == (1, 0, 0), "what no campaign has filled is taken off none"
    world.deliver(ANN, "A1")
    world.deliver(ANN, "DROP A1")
    assert world.counted("c") == (1, 2, 1)
    assert world.counted("d") == (3, 1, 0)


def test_given_nobody_texted_them_when_somebody_books_then_no_campaign_counts_it() -> None:
    world = World()
    world.shifts.put("A1", "")
    world.deliver(ANN, "A1")
    assert world.shifts.taken() == {"A1": ANN}
    assert not world.counters.rows("c")


@pytest.mark.parametrize(
    ("text", "counted"),
    [("A1 A2", (1, 2, 2)), ("a-1", (1, 1, 1)), ("AGENT", (1, 0, 0)), ("REQUEST", (1, 0, 0))],
)
@pytest.mark.parametrize("texted_meanwhile", [False, True])
def test_given_a_function_stopped_at_any_step_when_the_text_comes_again_then_it_counts_once_for_one_campaign(
    text: str, counted: tuple[int, int, int], texted_meanwhile: bool
) -> None:
    def prepared() -> World:
        world = World(connect=True)
        for shift_id in ("A1", "A2"):
            world.shifts.put(shift_id, "")
        texted_by(world, "c", ANN)
        return world

    def handle(world: World) -> Steps:
        world.deliver(ANN, text, "m")
        return world.steps

    for stop, error in ((die, Killed), (throttle, Throttled)):
        for step, after in moments(lambda: handle(prepared())):
            world = prepared()
            world.steps.once(step, stop, after=after)
            with pytest.raises(error):
                handle(world)
            if texted_meanwhile:
                texted_by(world, "d", ANN)
            world.clock.pass_time(minutes=10)
            for _ in range(2):
                handle(world)
            both = zip(world.counted("c"), world.counted("d"), strict=True)
            assert tuple(one + other for one, other in both) == counted
            assert len(world.phones.heard(ANN)) <= 1


TEXTS = st.one_of(
    st.text(), st.sampled_from(["XYZ123", "xyz123 xyz124", "REQUEST", "MORE", "AGENT", "STOP", "A1,"])
)


@given(
    st.lists(st.tuples(st.sampled_from([ANN, BOB, EVE]), TEXTS), max_size=12),
    st.randoms(use_true_random=False),
)
def test_given_any_texts_in_any_order_delivered_twice_when_handled_then_one_answer_each_at_most(
    texts: list[tuple[str, str]], shuffle: random.Random
) -> None:
    world = World(connect=True)
    for shift_id in ("XYZ123", "XYZ124", "A1"):
        world.shifts.put(shift_id, "15/08")
    deliveries = [(sender, text, f"m{i}") for i, (sender, text) in enumerate(texts)] * 2
    shuffle.shuffle(deliveries)
    for sender, text, message_id in deliveries:
        world.deliver(sender, text, message_id)
    assert not world.phones.heard(EVE)
    assert EVE not in world.shifts.taken().values()
    assert len(world.phones.texts) <= len(texts)
    promised = [
        line for text in world.phones.texts for line in text.body.splitlines() if line.startswith("Booked")
    ]
    for shift_id in ("XYZ123", "XYZ124", "A1"):
        assert sum(shift_id in line for line in promised) == (shift_id in world.shifts.taken())
    assert all(measure(text.body).sendable for text in world.phones.texts)


def test_given_more_texts_than_an_hour_may_have_when_they_come_then_one_notice_and_then_silence() -> None:
    world = World(texts_per_hour=3)
    for number in range(3):
        assert world.deliver(ANN, f"XYZ90{number}") is Handled.ANSWERED
    for number in range(3):
        assert world.deliver(ANN, f"XYZ91{number}") is Handled.IGNORED
    assert world.phones.heard(ANN)[3:] == [TOO_MANY_TEXTS]
    assert world.deliver(BOB, "XYZ900") is Handled.ANSWERED, "it is nobody else's limit"
    world.clock.pass_time(hours=1)
    assert world.deliver(ANN, "XYZ900") is Handled.ANSWERED


def test_given_the_limit_when_a_text_that_was_let_through_comes_again_then_it_is_answered() -> None:
    world = World(texts_per_hour=1)
    world.shifts.put("A1", "")
    world.phones.results = [NotSent("AccessDeniedException", passing=False)]
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "A1", "m")
    assert world.deliver(ANN, "A1", "m") is Handled.ANSWERED
    assert world.phones.heard(ANN) == ["Booked: A1"]


def test_given_two_machines_when_the_same_text_comes_again_and_again_then_the_loop_ends() -> None:
    world = World()
    handled = [world.deliver(ANN, "I am away until Monday") for _ in range(8)]
    assert handled == [Handled.ANSWERED] * 4 + [Handled.IGNORED] * 4
    assert world.deliver(ANN, "XYZ900") is Handled.ANSWERED
    assert world.deliver(ANN, "I am away until Monday") is Handled.ANSWERED


def test_given_a_long_list_when_more_is_asked_for_often_then_it_is_no_loop() -> None:
    world = World()
    for number in range(400):
        world.shifts.put(f"S{number:03}", "15/08 5h nightshift")
    assert {world.deliver(ANN, "MORE") for _ in range(9)} == {Handled.ANSWERED}


def test_given_calls_of_a_day_when_used_up_then_a_kind_no_and_no_call_until_tomorrow() -> None:
    world = World(connect=True, calls_per_day=2)
    for number in range(4):
        world.deliver(ANN, f"AGENT {number}")
    assert len(world.switchboard.calls) == 2
    no = "Sorry, we cannot call you again today. Please text AGENT tomorrow"
    assert world.phones.heard(ANN)[2:] == [no, no]
    world.clock.pass_time(days=1)
    world.deliver(ANN, "AGENT")
    assert len(world.switchboard.calls) == 3


@pytest.mark.parametrize("text", ["AGENT please call", "HELP"])
def test_given_a_limit_when_words_with_answers_of_their_own_come_without_end_then_they_count_too(
    text: str,
) -> None:
    world = World(connect=True, self_managed=True, texts_per_hour=5)
    for number in range(20):
        world.deliver(ANN, f"{text} {number}")
    assert len(world.phones.heard(ANN)) <= 6


def test_given_words_for_a_person_when_delivered_often_then_they_are_kept_once_and_answered_once() -> None:
    world = World()
    for _ in range(3):
        world.deliver(ANN, "I left my badge at the bar, can somebody bring it", "m")
    (message,) = world.messages.kept.values()
    assert (message.phone_number, message.answer_from) == (ANN, OUR_NUMBER)
    assert message.words == "I left my badge at the bar, can somebody bring it"
    assert len(world.phones.heard(ANN)) == 1


def test_given_a_text_that_is_asked_back_when_handled_then_a_person_can_read_it_as_well() -> None:
    world = World()
    world.shifts.put("A1", "")
    world.deliver(ANN, "running late for A1 today")
    assert [message.words for message in world.messages.kept.values()] == ["running late for A1 today"]
    assert world.shifts.taken() == {}


@pytest.mark.parametrize(
    ("words", "opted_out", "results", "said"),
    [
        ("Your badge is here", False, [], (MessageStatus.ANSWERED, "")),
        ("\u201cSure\u201d", False, [], (MessageStatus.ANSWERED, "")),
        ("x" * 1531, False, [], (MessageStatus.NOT_ANSWERED, operator_answers.TOO_LONG)),
        ("no", True, [], (MessageStatus.NOT_ANSWERED, operator_answers.OPTED_OUT)),
        ("no", False, [Unknown("x")], (MessageStatus.NOT_ANSWERED, operator_answers.NOT_KNOWN)),
        ("no", False, [REFUSED], (MessageStatus.NOT_ANSWERED, "the text was not sent: opted-out")),
    ],
)
def test_given_an_operators_answer_when_its_record_comes_often_then_it_is_texted_at_most_once(
    words: str, opted_out: bool, results: list[SendResult], said: tuple[MessageStatus, str]
) -> None:
    world = World()
    world.employees.rows[ANN].opted_out = opted_out
    world.phones.results = list(results)
    answers = OperatorAnswers(
        world.messages, world.employees, SendOnce(world.inbox, world.phones, world.clock), world.clock
    )
    item = {"message_id": "m", "phone_number": ANN, "answer_from": OUR_NUMBER, "answer": words}
    answer = operator_answer({**item, "message_status": "open"})
    assert answer is not None
    assert operator_answer({**item, "message_status": "answered"}) is None
    assert answers.handle(answer, Patience(world.clock)) is said[0]
    assert world.messages.status["m"] == said
    # Before it could be written down, the function died; or the operator has opened the message again.
    world.messages.status.clear()
    answers.handle(answer, Patience(world.clock))
    assert world.messages.status["m"] == said
    assert len(world.phones.heard(ANN)) == (said[0] is MessageStatus.ANSWERED)


def test_given_a_campaign_that_names_one_shift_when_somebody_says_yes_to_it_then_it_is_theirs() -> None:
    world = World()
    world.shifts.put("A1", "early")
    world.deliveries.offered["sms-of-the-campaign"] = "A1"
    world.deliver(ANN, "Yes please!", answers_to="sms-of-the-campaign")
    world.deliver(BOB, "ok", answers_to="sms-of-another")
    assert world.shifts.taken() == {"A1": ANN}
    assert world.phones.heard(BOB) == ["Which shift? Reply its code, or REQUEST for the list"]


def test_given_a_campaign_that_names_one_shift_when_somebody_only_acknowledges_it_then_it_is_asked_back() -> (
    None
):
    world = World()
    world.shifts.put("A1", "early")
    world.deliveries.offered["sms-of-the-campaign"] = "A1"
    world.deliver(ANN, "ok thanks", answers_to="sms-of-the-campaign")
    assert world.shifts.taken() == {}
    assert world.phones.heard(ANN) == [
        "Sorry, we did not get that. Reply only A1 to book it, DROP A1 to give it back"
    ]
    assert not world.messages.kept


def test_given_reminders_when_the_time_comes_then_who_had_it_before_is_reminded_once() -> None:
    world = World(rules=Rules(reminder=timedelta(hours=24)))
    start = world.clock() + timedelta(hours=48)
    world.shifts.put("A1", "early", seats=3, starts_at=start.isoformat())
    world.deliver(ANN, "A1")
    world.deliver(BOB, "A1")
    world.look_after()
    assert world.wake_ups.at["A1"] == start - timedelta(hours=24)
    world.deliver(BOB, "DROP A1")
    world.clock.pass_time(hours=25)
    world.deliver(BOB, "A1")
    for _ in range(3):
        world.look_after()
    reminder = "Reminder: A1 early. Reply DROP A1 to give it back"
    assert [text.to for text in world.phones.texts if text.body == reminder] == [ANN]
    world.clock.pass_time(hours=24)
    world.look_after()
    assert [text.to for text in world.phones.texts if text.body.startswith("Reminder")] == [ANN]
    assert "A1" not in world.wake_ups.at


def test_given_a_shift_that_is_given_back_or_cancelled_when_its_time_comes_then_nobody_is_reminded() -> None:
    world = World(rules=Rules(reminder=timedelta(hours=24)))
    start = world.clock() + timedelta(hours=48)
    for code in ("A1", "B2"):
        world.shifts.put(code, "", starts_at=(start + timedelta(hours=len(code))).isoformat())
    world.shifts.put("C3", "", starts_at=(start + timedelta(hours=30)).isoformat())
    world.deliver(ANN, "A1")
    world.deliver(ANN, "DROP A1")
    world.deliver(BOB, "B2")
    world.look_after()
    world.shifts.edit("B2", shift_status="cancelled")
    world.look_after()
    world.clock.pass_time(hours=30)
    world.look_after()
    assert not [text for text in world.phones.texts if text.body.startswith("Reminder")]
    assert "B2" not in world.wake_ups.at


def test_given_a_shift_given_by_hand_when_looked_after_then_it_is_in_the_agenda_and_in_the_way_of_another() -> (
    None
):
    world = World()
    start = world.clock() + timedelta(hours=48)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}
    world.shifts.put("A1", "", shift_status="taken", employee="+1 425 555 0101", **times)
    world.shifts.put("B2", "", **times)
    world.look_after()
    world.deliver(ANN, "MINE")
    world.deliver(ANN, "B2")
    assert world.phones.heard(ANN) == ["Yours:\nA1 Mon 3 Aug 12:00-16:00", "B2 overlaps with your A1"]
    world.shifts.edit("A1", shift_status="available", employee=None, employees=None)
    world.deliver(ANN, "B2")
    assert world.phones.heard(ANN)[-1].startswith("Booked: B2"), (
        "what is not theirs any more is in nobody's way"
    )
