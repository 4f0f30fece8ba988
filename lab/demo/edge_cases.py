"""The scenes that go wrong in most such systems: strangers, everybody at once, and texts that come twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from lab.demo.stage import TIMEOUT_SECONDS, Stage, format_counts
from lab.lab_system import OUR_NUMBER
from shift_sms_cli.employees import Employee

STRANGER = Employee("+14255550199", "a stranger")
_CROWD = slice(20, 40)
_BARRIER_SECONDS = 30.0


def text_from_stranger(stage: Stage) -> None:
    """A number of nobody's: it hears nothing and changes nothing."""
    network = stage.system.network
    stage.screen.heading(
        "A stranger", f"{STRANGER.phone_number} is on no roster. It hears and changes nothing."
    )
    before, calls = stage.everything(), len(network.calls)
    for body in ("XYZ126", "REQUEST", "AGENT call me"):
        stage.screen.person_texts(STRANGER.name, STRANGER.phone_number, body)
        network.send_from_phone(STRANGER.phone_number, body, OUR_NUMBER)
    with stage.screen.waiting("listening"):
        stage.settle()
    stage.screen.note("... silence.")
    after = stage.everything()
    changed = sum(before[table] != after[table] for table in before)
    stage.checks.expect(
        "A stranger gets nothing: no text, no call, no row changed anywhere",
        "0 texts, 0 calls, 0 tables changed",
        f"{len(network.inbox(STRANGER.phone_number))} texts, {len(network.calls) - calls} calls,"
        f" {changed} tables changed",
    )


def book_at_once(stage: Stage) -> None:
    """Twenty people, one shift, one instant."""
    crowd = [person for person in stage.employees if person.language == "en"][_CROWD]
    code, network = "XYZ128", stage.system.network
    stage.screen.heading("Twenty people at once", f"{len(crowd)} people text {code} in the same instant.")
    heard = {person: len(network.inbox(person.phone_number)) for person in crowd}
    start = Barrier(len(crowd))

    def claim(person: Employee) -> None:
        start.wait(_BARRIER_SECONDS)
        network.send_from_phone(person.phone_number, code, OUR_NUMBER)

    with stage.screen.waiting(f"{len(crowd)} answers are due"), ThreadPoolExecutor(len(crowd)) as phones:
        list(phones.map(claim, crowd))
        stage.due.update(person.phone_number for person in crowd)
        everybody_heard = network.wait_until(
            lambda: all(len(network.inbox(p.phone_number)) > heard[p] for p in crowd), TIMEOUT_SECONDS
        )
        if not everybody_heard:
            raise TimeoutError(f"not all of the {len(crowd)} people who texted {code} were answered")
        stage.settle()
    answers = {person: network.inbox(person.phone_number)[heard[person] :] for person in crowd}
    winners = [p for p in crowd if any(text.body == stage.booked(code) for text in answers[p])]
    losers = [person for person in crowd if person not in winners]
    for person in [*winners, *losers[:1]]:
        stage.screen.person_texts(person.name, person.phone_number, code)
        for text in answers[person]:
            stage.screen.we_text(text)
    stage.screen.note(f"... and {len(losers) - 1} more like the last one.")

    gone = f"Sorry, {code} is already taken. Reply WAIT {code} for the waiting list, REQUEST for open shifts"
    stage.checks.expect(
        "One of the twenty is told that it is booked, nineteen that it is gone",
        format_counts(Counter({stage.booked(code): 1, gone: len(crowd) - 1})),
        format_counts(Counter(text.body for texts in answers.values() for text in texts)),
    )
    stage.checks.expect(
        "The table has the one who was told so",
        ", ".join(winner.phone_number for winner in winners),
        stage.system.taken().get(code, "nobody"),
    )
    for winner in winners:
        stage.expected_bookings[code] = winner.phone_number


def deliver_text_twice(stage: Stage) -> None:
    """The inbound topic delivers at least once, which sometimes is twice."""
    person, code, network = stage.employees[5], "XYZ132", stage.system.network
    stage.screen.heading("The same text delivered twice", "SNS delivers at least once; once is what counts.")
    message_id = stage.converse("The first delivery books", person, f"{code} please", stage.booked(code))
    stage.expected_bookings[code] = person.phone_number
    stage.settle()
    heard, shifts = len(network.inbox(person.phone_number)), stage.system.outputs.shifts_table_name
    before = sorted(stage.system.rows(shifts), key=repr)
    stage.screen.note(f"... now SNS delivers message {message_id} again.")
    network.redeliver(message_id)
    with stage.screen.waiting("listening"):
        stage.settle()
    stage.checks.expect(
        "The second delivery changes nothing and is not answered",
        "0 further texts, the same rows",
        f"{len(network.inbox(person.phone_number)) - heard} further texts, "
        + ("the same rows" if sorted(stage.system.rows(shifts), key=repr) == before else "other rows"),
    )
