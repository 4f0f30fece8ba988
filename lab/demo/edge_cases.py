"""The scenes with strangers, concurrent bookings and duplicate deliveries."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from lab.demo.stage import TIMEOUT_SECONDS, Stage, format_counts
from lab.lab_system import OUR_NUMBER
from shift_sms_operator.employees.employee_entry import EmployeeEntry

STRANGER = EmployeeEntry("+14255550199", "a stranger")
_CONCURRENT = slice(20, 40)
_BARRIER_SECONDS = 30.0


def text_from_stranger(stage: Stage) -> None:
    """A stranger texts: the system sends no reply, starts no call and changes no table."""
    network = stage.system.network
    stage.screen.heading(
        "A stranger", f"{STRANGER.phone_number} is not an employee's number. It gets no reply."
    )
    before, calls = stage.all_rows(), len(network.calls)
    for body in ("XYZ126", "REQUEST", "AGENT call me"):
        stage.screen.show_inbound_text(STRANGER.name, STRANGER.phone_number, body)
        network.send_from_phone(STRANGER.phone_number, body, OUR_NUMBER)
    with stage.screen.waiting("waiting for replies"):
        stage.wait_until_idle()
    stage.screen.note("... no reply.")
    after = stage.all_rows()
    changed = sum(before[table] != after[table] for table in before)
    stage.checks.expect(
        "A stranger gets no text and no call, and changes no table",
        "0 texts, 0 calls, 0 tables changed",
        f"{len(network.inbox(STRANGER.phone_number))} texts, {len(network.calls) - calls} calls,"
        f" {changed} tables changed",
    )


def book_at_once(stage: Stage) -> None:
    """Twenty employees text the code of one shift at the same time."""
    senders = [employee for employee in stage.employees if employee.language == "en"][_CONCURRENT]
    code, network = "XYZ128", stage.system.network
    stage.screen.heading("Twenty bookings at once", f"{len(senders)} employees text {code} at the same time.")
    received = {sender: len(network.inbox(sender.phone_number)) for sender in senders}
    start = Barrier(len(senders))

    def book(sender: EmployeeEntry) -> None:
        start.wait(_BARRIER_SECONDS)
        network.send_from_phone(sender.phone_number, code, OUR_NUMBER)

    with (
        stage.screen.waiting(f"waiting for {len(senders)} replies"),
        ThreadPoolExecutor(len(senders)) as phones,
    ):
        list(phones.map(book, senders))
        stage.expected_texts.update(sender.phone_number for sender in senders)
        all_replied = network.wait_until(
            lambda: all(len(network.inbox(s.phone_number)) > received[s] for s in senders), TIMEOUT_SECONDS
        )
        if not all_replied:
            raise TimeoutError(f"not all of the {len(senders)} employees who texted {code} got a reply")
        stage.wait_until_idle()
    replies = {sender: network.inbox(sender.phone_number)[received[sender] :] for sender in senders}
    booked = [s for s in senders if any(text.body == stage.booked(code) for text in replies[s])]
    declined = [sender for sender in senders if sender not in booked]
    for sender in [*booked, *declined[:1]]:
        stage.screen.show_inbound_text(sender.name, sender.phone_number, code)
        for text in replies[sender]:
            stage.screen.show_sent_text(text)
    stage.screen.note(f"... and {len(declined) - 1} more replies like the last one.")

    taken = f"Sorry, {code} is already taken. Reply WAIT {code} for the waiting list, REQUEST for open shifts"
    stage.checks.expect(
        "One of twenty employees gets the shift, nineteen are declined",
        format_counts(Counter({stage.booked(code): 1, taken: len(senders) - 1})),
        format_counts(Counter(text.body for texts in replies.values() for text in texts)),
    )
    stage.checks.expect(
        "The Shifts table has the employee whose booking was confirmed",
        ", ".join(sender.phone_number for sender in booked),
        stage.system.bookings().get(code, "(none)"),
    )
    for sender in booked:
        stage.expected_bookings[code] = sender.phone_number


def deliver_text_twice(stage: Stage) -> None:
    """SNS delivers an inbound text twice; the second delivery has no effect."""
    sender, code, network = stage.employees[5], "XYZ132", stage.system.network
    stage.screen.heading("The same text delivered twice", "SNS delivers every text at least once.")
    message_id = stage.check_reply(
        "The first delivery books the shift", sender, f"{code} please", stage.booked(code)
    )
    stage.expected_bookings[code] = sender.phone_number
    stage.wait_until_idle()
    received, shifts = len(network.inbox(sender.phone_number)), stage.system.outputs.shifts_table_name
    before = sorted(stage.system.rows(shifts), key=repr)
    stage.screen.note(f"... SNS delivers message {message_id} again.")
    network.redeliver(message_id)
    with stage.screen.waiting("waiting for replies"):
        stage.wait_until_idle()
    stage.checks.expect(
        "The second delivery changes nothing and gets no reply",
        "0 further texts, the same rows",
        f"{len(network.inbox(sender.phone_number)) - received} further texts, "
        + ("the same rows" if sorted(stage.system.rows(shifts), key=repr) == before else "other rows"),
    )
