"""The objects that all scenes of the demo share."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from lab.demo.checks import Checks
from lab.lab_system import OUR_NUMBER, Item, LabSystem
from lab.phone_network import SentText
from lab.screen import Screen
from shift_sms_operator.campaigns.prices import Price
from shift_sms_operator.employees.employee_entry import EmployeeEntry
from shift_sms_operator.shifts.shift_views import ShiftDraft

TIMEOUT_SECONDS = 240.0
"""Longer than the visibility timeout of a queue (3 minutes).

After the timeout, a failed message is retried.
"""


_SECONDS_BETWEEN_LOOKS = 0.1


class Stage:
    """The deployed system, the employees, the screen, the checks and the expected final state."""

    def __init__(
        self,
        system: LabSystem,
        screen: Screen,
        checks: Checks,
        *,
        connect: bool,
        employees: Sequence[EmployeeEntry],
        shifts: Sequence[ShiftDraft],
    ) -> None:
        self.system = system
        self.screen = screen
        self.checks = checks
        self.connect = connect
        self.employees = employees
        self.shifts = {row.shift.shift_id: row.shift for row in shifts}
        self.expected_texts: Counter[str] = Counter()
        """The number of expected texts by phone number."""
        self.expected_bookings: dict[str, str] = {}
        """The phone number of the employee by booked shift."""
        self.prices: Mapping[str, Price] = {}
        """The prices of texts by country."""
        self.seconds_per_step = 0.0
        """How long each step waits for viewers."""

    def check_reply(self, claim: str, employee: EmployeeEntry, body: str, reply: str) -> str:
        """Sends a text from an employee, prints the reply and checks it.

        Returns the inbound message id.
        """
        self.screen.show_inbound_text(employee.name, employee.phone_number, body)
        message_id, text = self.send_and_wait(employee, body)
        self.screen.show_sent_text(text)
        self.checks.expect(claim, reply, text.body)
        self.pause()
        return message_id

    def pause(self, steps: int = 1) -> None:
        """Waits for viewers."""
        time.sleep(steps * self.seconds_per_step)

    def send_and_wait(self, employee: EmployeeEntry, body: str) -> tuple[str, SentText]:
        """Sends a text from an employee; returns the inbound message id and the reply."""
        network, phone = self.system.network, employee.phone_number
        received = len(network.inbox(phone))
        message_id = network.send_from_phone(phone, body, OUR_NUMBER)
        self.expected_texts[phone] += 1
        return message_id, network.wait_for_text(phone, received, TIMEOUT_SECONDS)

    def wait_for(self, condition: Callable[[], bool], failure: str) -> None:
        """Looks again and again until a condition holds.

        Raises:
            TimeoutError: it does not hold in time; the message is `failure`.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(failure)
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def wait_until_idle(self) -> None:
        """See `LabSystem.wait_until_idle`."""
        self.system.wait_until_idle(TIMEOUT_SECONDS)

    def booked(self, *shift_ids: str) -> str:
        """Returns the reply to a booking of these shifts."""
        return "Booked: " + ", ".join(self.described(shift_id) for shift_id in shift_ids)

    def described(self, shift_id: str) -> str:
        """Returns a shift as in texts.

        A plain apostrophe replaces the typographic one, which GSM-7 lacks.
        """
        return f"{shift_id} {self.shifts[shift_id].info}".replace("’", "'")

    def all_rows(self) -> dict[str, list[Item]]:
        """Returns every item of every table that an inbound text could change."""
        outputs = self.system.outputs
        tables = (
            outputs.shifts_table_name,
            outputs.campaigns_table_name,
            outputs.employees_table_name,
            outputs.segment_members_table_name,
            outputs.deliveries_table_name,
            outputs.conversations_table_name,
            outputs.employee_bookings_table_name,
            outputs.outbox_table_name,
        )
        return {table: sorted(self.system.rows(table), key=repr) for table in tables}


def format_counts(bodies: Counter[str]) -> str:
    """Returns how often each body occurs, most frequent first."""
    return "; ".join(
        f"{count} × {body}" for body, count in sorted(bodies.items(), key=lambda b: (-b[1], b[0]))
    )
