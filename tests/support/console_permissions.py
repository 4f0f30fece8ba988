"""What operators do in the deployed console, so that each permission of its role is used."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

from lab.lab_system import LabSystem
from tests.support.console_scenarios.health import fire_alarm
from tests.support.deployed_lab import wait_until
from tests.support.lab_browser import LabBrowser
from tests.support.lab_console import VIEWER, LabConsole

CAMPAIGN = "needed"
"""The campaign that has ended, and its segment."""
SHIFT, DAY = "NEED0", "2036-05-01"
"""A shift, and when it starts. An employee has booked it after a text of the campaign."""
FILLED = "NEEDF"
"""A shift with a fill plan, which has texted an employee."""
_WORDS = "where is the key of the gate?"
_TABLE = re.compile(r"table/[\w-]+?-(?:Tables)?([A-Za-z]+?)[0-9A-F]{8}-[^/]+(?:/index/(.+))?$")
_unique = count(1)


def resource_name(arn: str) -> str:
    """Returns the name of a table or of its index, such as `Shifts/by-code`; an empty text for another resource."""
    found = _TABLE.search(arn)
    return "/".join(filter(None, found.groups())) if found else ""


@dataclass(frozen=True)
class ConsoleActions:
    """Actions of a manager. Each returns the page that the browser shows then, with any status."""

    console: LabConsole
    token: Mapping[str, str]
    number: str
    """The number of an employee who was texted by the campaign, and has booked the shift."""
    message_id: str
    """A text in the operator inbox that was answered."""

    def get(self, address: str) -> str:
        """Opens a page."""
        return self.console.manager.get(address).body

    def post(self, address: str, **fields: str) -> str:
        """Sends a form."""
        return self.console.manager.post(address, {**self.token, **fields}).body

    def employee(self) -> str:
        """Shows the employee."""
        return self.get(f"/people/employee?number={quote(self.number)}")

    def message(self) -> str:
        """Shows the text."""
        return self.get(f"/inbox/message?id={self.message_id}")

    def add_shift(self) -> str:
        """Adds a shift."""
        return self.post("/shifts", code=f"NEEDA{next(_unique)}", shift_info="bar")

    def edit_shift(self) -> str:
        """Changes a shift that was just put."""
        return self.post("/shifts/edit", code=self._new_shift(), shift_info="bar", was_shift_info="night")

    def assign(self) -> str:
        """Gives a seat to an employee."""
        return self.post("/shifts/assign", code=self._new_shift(), number=self.console.new_employee())

    def release(self) -> str:
        """Takes a seat away that was booked after a text of the campaign."""
        code = self._new_shift()
        self.console.book(self.number, code)
        return self.post("/shifts/release", code=code, number=self.number)

    def review_fill(self) -> str:
        """Shows what a fill plan would text."""
        return self.post("/shifts/fill/review", code=self._new_shift(), fill_segment=CAMPAIGN)

    def save_employee(self) -> str:
        """Adds an employee, with a segment."""
        number = f"+1425559{next(_unique):04}"
        return self.post("/people", number=number, name="Nia", segments="needed-others")

    def rename_employee(self) -> str:
        """Changes the name of the employee."""
        return self.post("/people", number=self.number, name=f"Nia {next(_unique)}", edits=self.number)

    def remove_employee(self) -> str:
        """Removes an employee who is in a segment."""
        return self.post("/people/remove", number=self.console.new_employee("needed-others", name="Rob"))

    def launch(self) -> str:
        """Launches a campaign."""
        fields = {"id": f"needed-{next(_unique)}", "segment": CAMPAIGN, "message": "Who can work?"}
        return self.post("/campaigns", **fields)

    def stop_campaign(self) -> str:
        """Stops a campaign that a launch has planned. A launch leaves an item alone that has a status."""
        item = {"campaign_id": f"needed-{next(_unique)}", "campaign_message": "Who?", "segment": CAMPAIGN}
        row = {**item, "campaign_status": "launched", "targeted": 1, "waiting": 1}
        self.console.system.put(self.console.system.outputs.campaigns_table_name, [row])
        return self.post("/campaigns/stop", id=item["campaign_id"])

    def reply(self) -> str:
        """Answers a text."""
        return self.post("/inbox/reply", id=self._new_message(), kind="reply", text="At gate 4")

    def follow_up(self) -> str:
        """Sends a further text after the answer."""
        text = f"Or at gate {next(_unique)}"
        return self.post("/inbox/reply", id=self.message_id, kind="follow-up", text=text)

    def sign_in(self) -> str:
        """Signs in."""
        return LabBrowser(self.console.system).sign_in(VIEWER).body

    def sign_out(self) -> str:
        """Signs in and out."""
        browser = LabBrowser(self.console.system)
        return browser.post("/signout", browser.sign_in(VIEWER).form("/signout")).body

    def _new_shift(self) -> str:
        code = f"NEEDS{next(_unique)}"
        self.console.new_shift(code)
        return code

    def _new_message(self) -> str:
        message_id = f"needed-{next(_unique)}"
        row = {**self.console.message(self.message_id), "message_id": message_id, "message_status": "open"}
        row = {name: value for name, value in row.items() if not name.startswith(("reply", "replied"))}
        self.console.system.put(self.console.system.outputs.operator_inbox_table_name, [row])
        return message_id


@contextmanager
def prepared_actions(console: LabConsole) -> Iterator[ConsoleActions]:
    """Puts what the pages show: a campaign that led to a booking, an answered text, an alarm that fires."""
    system = console.system
    token = console.manager.get("/activity").form("/signout")
    number = console.new_employee(CAMPAIGN, name="Nia")
    console.new_shift(SHIFT, starts_at=f"{DAY}T22:00:00+00:00")
    actions = ConsoleActions(console, token, number, console.write(number, _WORDS))
    assert "is on its way" in actions.post("/inbox/reply", id=actions.message_id, kind="reply", text="Here")
    actions.post("/campaigns", id=CAMPAIGN, segment=CAMPAIGN, message=f"Free: {SHIFT}")
    assert wait_until(lambda: console.campaign(CAMPAIGN).get("campaign_status") == "finished", 60)
    console.book(number, SHIFT)
    console.new_shift(FILLED, fill_order="rotation", fill_segment=CAMPAIGN)
    assert wait_until(lambda: console.shift(FILLED).get("fill_contacted", 0) > 0, 60)
    fire_alarm(system)
    with _described_number(system):
        yield actions


@contextmanager
def _described_number(system: LabSystem) -> Iterator[None]:
    """Gives the number a registration and a daily cap, which have checks of their own."""
    configuration = system.network.configuration
    (number,) = configuration.numbers.values()
    number.registration_id, number.daily_caps = "registration-1", {"T-MOBILE": 1_000_000}
    configuration.registrations["registration-1"] = "COMPLETE"
    try:
        yield
    finally:
        number.registration_id, number.daily_caps = None, {}
        del configuration.registrations["registration-1"]
