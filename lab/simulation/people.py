"""The employees and strangers who text the number, and what they text."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random

from lab.simulation.execution.scheduler import Scheduler
from lab.simulation.filling.script import Script
from lab.simulation.phones import Phones, ReceivedText

_SICK_CALLS = (
    "SICK {code}",
    "SICK {code}",
    "I'm sick, can't do {code}",
    "drop {code}, sick",
    "SICK",
    "sick, won't be in today",
)
_WORDS = ("party", "weather", "boss", "tomorrow", "coffee", "late", "uniform", "parking")


class Expected(Enum):
    """What the sender of a text may expect."""

    REPLY = auto()
    MAYBE = auto()
    """At most one reply: the text may be mere thanks, or its sender has opted out or does so."""
    NONE = auto()


@dataclass(frozen=True)
class InboundFact:
    """A text that reached the number."""

    message_id: str
    phone: str
    body: str
    at: float
    expected: Expected


@dataclass
class Person:
    """A person with a phone."""

    phone: str
    known: bool = True
    """Whether the number is on the roster."""
    codes: list[str] = field(default_factory=list)
    """Shifts that the person has heard of as theirs."""
    last_body: str = ""


@dataclass(frozen=True)
class Habits:
    """How people behave."""

    texts: tuple[int, int] = (1, 6)
    """How many texts a person sends of their own accord, at least and at most."""
    within: float = 900.0
    """All of them are sent within this many seconds."""
    replies_to_campaign: float = 0.4
    replies_to_fill_plan: float = 0.2
    replies_within: tuple[float, float] = (5.0, 300.0)
    replies_to_offer: float = 0.8
    waits_for_taken: float = 0.5
    """The share of texts about a taken shift that are answered with WAIT."""
    opt_outs: float = 1.0
    """How much more often than usual people text STOP and START."""
    sick_calls: float = 0.0
    """The share of bookings after which the employee calls in sick, at times twice."""


def phone_numbers(count: int) -> list[str]:
    """Returns different phone numbers."""
    return [f"+1{206 + number // 9000}555{1000 + number % 9000}" for number in range(count)]


class People:
    """Everyone who texts."""

    def __init__(
        self,
        people: Sequence[Person],
        *,
        shift_ids: Callable[[], Sequence[str]],
        phones: Phones,
        scheduler: Scheduler,
        random: Random,
        habits: Habits,
    ) -> None:
        self.by_phone = {person.phone: person for person in people}
        self.inbound: dict[str, InboundFact] = {}
        self.strangers = {person.phone for person in people if not person.known}
        self.unsent = 0
        """How many texts people have still to send."""
        self._shift_ids = shift_ids
        self._phones = phones
        self._scheduler = scheduler
        self._random = random
        self._habits = habits
        self._ids = itertools.count(1)
        phones.on_received = self._receive

    def begin(self) -> None:
        """Lets everyone text of their own accord."""
        for person in self.by_phone.values():
            for _ in range(self._random.randint(*self._habits.texts)):
                self._later(person, self._random.uniform(0, self._habits.within), self._own_text)

    def follow(self, script: Script) -> None:
        """Lets people send the texts of a script."""
        people = list(self.by_phone.values())
        for text in script.texts:
            self._later(
                people[text.employee],
                text.at,
                lambda person, body=text.body: self.text(person, body, Expected.REPLY),  # type: ignore[misc]
            )

    def text(self, person: Person, body: str, expected: Expected) -> None:
        """Texts the number."""
        if body == person.last_body and not body.startswith("REQUEST"):
            body = f"{body} please"
        person.last_body = body
        message_id = f"in-{next(self._ids)}"
        if person.phone in self._phones.opted_out and expected is Expected.REPLY:
            expected = Expected.MAYBE
        fact = InboundFact(
            message_id,
            person.phone,
            body,
            self._scheduler.now,
            expected if person.known else Expected.NONE,
        )
        if self._phones.text(person.phone, body, message_id):
            self.inbound[message_id] = fact

    def _later(self, person: Person, after: float, act: Callable[[Person], None]) -> None:
        self.unsent += 1

        def run() -> None:
            self.unsent -= 1
            act(person)

        self._scheduler.after(after, run)

    def _own_text(self, person: Person) -> None:
        body, expected = self._choose(person)
        self.text(person, body, expected)

    def _choose(self, person: Person) -> tuple[str, Expected]:
        random, ids = self._random, list(self._shift_ids())
        if not ids:
            return "REQUEST", Expected.REPLY
        code = random.choice(ids)
        own = random.choice(person.codes) if person.codes else code
        choices: Sequence[tuple[float, str, Expected]] = (
            (8, code, Expected.REPLY),
            (2, f"{code} {random.choice(ids)}", Expected.REPLY),
            (2, f" {code.lower()}! ", Expected.REPLY),
            (1, f"Can I take {code} please", Expected.REPLY),
            (1, f"{code[:-1]}{random.randrange(10)}", Expected.REPLY),
            (1, f"ZZZ{random.randrange(900, 999)}", Expected.REPLY),
            (3, "REQUEST", Expected.REPLY),
            (2, "MORE", Expected.REPLY),
            (2, "MINE", Expected.REPLY),
            (1, "shifts tomorrow", Expected.REPLY),
            (6 if person.codes else 1, f"DROP {own}", Expected.REPLY),
            (2, f"WAIT {code}", Expected.REPLY),
            (1, f"INFO {code}", Expected.REPLY),
            (1, "YES", Expected.MAYBE),
            (1, "NO", Expected.MAYBE),
            (0.5 * self._habits.opt_outs, "STOP", Expected.MAYBE),
            (0.7 * self._habits.opt_outs, "START", Expected.MAYBE),
            (1, f"AGENT {random.choice(_WORDS)}", Expected.REPLY),
            (1, f"what about the {random.choice(_WORDS)} {random.randrange(100)}", Expected.REPLY),
            (0.5, "thanks", Expected.NONE),
        )
        weights = [weight for weight, _, _ in choices]
        _, body, expected = random.choices(choices, weights)[0]
        return body, expected

    def _receive(self, text: ReceivedText) -> None:
        person = self.by_phone.get(text.to)
        if person is None:
            return
        for code in _codes_after("Booked: ", text.body):
            self._remember(person, code)
        random = self._random
        if text.campaign_id is not None:
            codes = [*_codes_after("Open shift: ", text.body)]
            if codes and random.random() < self._habits.replies_to_fill_plan:
                self._later(
                    person,
                    random.uniform(*self._habits.replies_within),
                    lambda person: self.text(person, codes[0], Expected.REPLY),
                )
            elif not codes and random.random() < self._habits.replies_to_campaign:
                self._later(person, random.uniform(*self._habits.replies_within), self._campaign_reply)
        elif text.body.startswith("Sorry, ") and "Reply WAIT " in text.body:
            if random.random() < self._habits.waits_for_taken:
                code = text.body.partition("Reply WAIT ")[2].split(" ")[0]
                self._later(
                    person,
                    random.uniform(2.0, 30.0),
                    lambda person: self.text(person, f"WAIT {code}", Expected.REPLY),
                )
        elif text.body.startswith("A spot is free") and random.random() < self._habits.replies_to_offer:
            answer = "YES" if random.random() < 0.8 else "NO"
            self._later(
                person,
                random.uniform(2.0, 90.0),
                lambda person: self.text(person, answer, Expected.MAYBE),
            )

    def _remember(self, person: Person, code: str) -> None:
        """Remembers a shift as the person's own. At times the person calls in sick later, or twice."""
        random = self._random
        if code not in person.codes:
            person.codes.append(code)
        if self._habits.sick_calls and random.random() < self._habits.sick_calls:
            for _ in range(random.choice((1, 1, 2))):
                call = random.choice(_SICK_CALLS).format(code=code)
                self._later(
                    person,
                    random.uniform(*self._habits.replies_within),
                    lambda person, call=call: self.text(person, call, Expected.REPLY),  # type: ignore[misc]
                )

    def _campaign_reply(self, person: Person) -> None:
        ids = list(self._shift_ids())
        if ids:
            self.text(person, self._random.choice(ids), Expected.REPLY)


def _codes_after(beginning: str, body: str) -> Iterator[str]:
    for line in body.splitlines():
        if line.startswith(beginning):
            for part in line.removeprefix(beginning).split(", "):
                yield part.split(" ")[0]
