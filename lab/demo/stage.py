"""What every scene of the demo stands on: the deployed system, the people, the screen and the checks."""

from collections import Counter
from collections.abc import Sequence

from lab.demo.checks import Checks
from lab.lab_system import OUR_NUMBER, Item, LabSystem
from lab.phone_network import SentText
from lab.screen import Screen
from shift_sms_cli.employees import Employee
from shift_sms_cli.shifts import NewShift

TIMEOUT_SECONDS = 240.0
"""Longer than a queue hides a message that is to be tried again, which is three minutes."""


class Stage:
    """The demo's world, and who was promised how many texts."""

    def __init__(
        self,
        system: LabSystem,
        screen: Screen,
        checks: Checks,
        *,
        connect: bool,
        employees: Sequence[Employee],
        shifts: Sequence[NewShift],
    ) -> None:
        self.system = system
        self.screen = screen
        self.checks = checks
        self.connect = connect
        self.employees = employees
        self.shifts = {row.shift.shift_id: row.shift for row in shifts}
        self.due: Counter[str] = Counter()
        self.expected_bookings: dict[str, str] = {}

    def converse(self, what: str, person: Employee, body: str, answer: str) -> str:
        """Have a person text, show and check the answer; returns the inbound message id. Raises TimeoutError."""
        self.screen.person_texts(person.name, person.phone_number, body)
        message_id, text = self.ask(person, body)
        self.screen.we_text(text)
        self.checks.expect(what, answer, text.body)
        return message_id

    def ask(self, person: Employee, body: str) -> tuple[str, SentText]:
        """Have a person text and wait for the answer. Raises TimeoutError."""
        network, phone = self.system.network, person.phone_number
        heard = len(network.inbox(phone))
        message_id = network.send_from_phone(phone, body, OUR_NUMBER)
        self.due[phone] += 1
        return message_id, network.wait_for_text(phone, heard, TIMEOUT_SECONDS)

    def settle(self) -> None:
        """Wait until nothing is under way any more. Raises TimeoutError."""
        self.system.wait_until_idle(TIMEOUT_SECONDS)

    def booked(self, *shift_ids: str) -> str:
        """What somebody hears who booked these."""
        return "Booked: " + ", ".join(self.described(shift_id) for shift_id in shift_ids)

    def described(self, shift_id: str) -> str:
        """A shift as texts name it: a typographic apostrophe would double the price, so a plain one is sent."""
        return f"{shift_id} {self.shifts[shift_id].info}".replace("’", "'")

    def everything(self) -> dict[str, list[Item]]:
        """Every row of every table, to see whether anything changed."""
        outputs = self.system.outputs
        tables = (
            outputs.shifts_table_name,
            outputs.campaigns_table_name,
            outputs.employees_table_name,
            outputs.segment_members_table_name,
            outputs.deliveries_table_name,
            outputs.inbox_table_name,
            outputs.agendas_table_name,
        )
        return {table: sorted(self.system.rows(table), key=repr) for table in tables}


def format_counts(bodies: Counter[str]) -> str:
    """Say how often each was there, most frequent first."""
    return "; ".join(
        f"{count} × {body}" for body, count in sorted(bodies.items(), key=lambda b: (-b[1], b[0]))
    )
