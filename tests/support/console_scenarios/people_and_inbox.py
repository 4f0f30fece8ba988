"""What the pages of people, of the inbox and of the activity show and change in the deployed system."""

from urllib.parse import quote

from tests.support.deployed_lab import wait_until
from tests.support.lab_console import MANAGER, LabConsole


def roster(console: LabConsole) -> None:
    numbers = [console.new_employee("w-roster", name=name) for name in ("Roo", "<i>Rae</i>")]
    page = console.page("/people?segment=w-roster")
    assert all(number in page for number in numbers)
    assert "&lt;i&gt;Rae&lt;/i&gt;" in page
    assert 'id="employees"' in console.page("/people")


def new(console: LabConsole) -> None:
    number = console.new_employee("w-new", name="Nia", roles=["Bar", "Chef"])
    form = console.manager.get(f"/people/new?number={quote(number)}").form("/people")
    assert {name: form[name] for name in ("number", "name", "roles", "segments")} == {
        "number": number,
        "name": "Nia",
        "roles": "Bar, Chef",
        "segments": "w-new",
    }
    assert console.manager.get("/people/new").form("/people")["number"] == ""
    console.form_page("/people/new")


def save(console: LabConsole) -> None:
    number = "+14255580011"
    details = {"number": number, "name": "Sia", "language": "Spanish", "roles": "Bar", "segments": "w-save"}
    for notice in ("The employee is saved.", "Nothing was changed."):
        assert notice in console.change("/people/new", "/people", **details)
    assert {name: console.employee(number)[name] for name in ("name", "language", "roles")} == {
        "name": "Sia",
        "language": "es",
        "roles": ["Bar"],
    }
    assert console.members("w-save") == {number}
    assert console.actions(f"employee#{number}") == ["added"]
    console.new_shift("WSA1")
    assert console.system.send_and_wait(number, "WSA1").body == "Reservado: WSA1 night"
    assert 'role="alert"' in console.refuses("/people/new", "/people", number="12")


def employee(console: LabConsole) -> None:
    number = console.new_employee("w-employee", name="Eli")
    console.new_shift("WEM1")
    console.book(number, "WEM1")
    page = console.page(f"/people/employee?number={quote(number)}")
    assert "<h1>Eli</h1>" in page
    assert "WEM1" in page.partition('id="bookings"')[2].partition("</ul>")[0]
    assert "Booked: WEM1 night" in page.partition('id="texts"')[2]
    assert console.manager.get("/people/employee?number=%2B14255589999").status == 422


def ask_to_remove(console: LabConsole) -> None:
    number = console.new_employee("w-ask-remove", name="Ada")
    console.new_shift("WAR1")
    console.book(number, "WAR1")
    page = console.form_page(f"/people/remove?number={quote(number)}")
    assert "Remove Ada?" in page
    assert "WAR1: seat" in page.partition('id="frees"')[2]
    assert console.employee(number)["name"] == "Ada"


def remove(console: LabConsole) -> None:
    number = console.new_employee("w-remove", name="Rob")
    console.new_shift("WRM1")
    console.book(number, "WRM1")
    page = console.change(f"/people/remove?number={quote(number)}", "/people/remove")
    assert "WRM1: seat freed" in page
    assert 'id="removed"' in page
    assert console.members("w-remove") == set()
    assert console.manager.get(f"/people/employee?number={quote(number)}").status == 422
    assert "0 of 1 booked" in console.page("/shifts/shift?code=WRM1")
    assert console.actions(f"employee#{number}") == ["removed", "left segments", "removal completed"]


def board(console: LabConsole) -> None:
    number = console.new_employee(name="Ino")
    message_id = console.write(number, "<b>where</b> is the key of the warehouse?")
    page = console.page("/inbox")
    assert f"/inbox/message?id={message_id}" in page
    assert "&lt;b&gt;where&lt;/b&gt;" in page
    assert message_id not in console.page("/inbox?status=closed")


def message(console: LabConsole) -> None:
    message_id = console.write(console.new_employee(name="Mel"), "who has the key of the gate?")
    page = console.page(f"/inbox/message?id={message_id}")
    assert "who has the key of the gate?" in page
    assert "Mel" in page
    form = console.viewer.get(f"/inbox/message?id={message_id}")
    assert 'id="reply-form"' not in form.body


def preview(console: LabConsole) -> None:
    number = console.new_employee()
    message_id = console.write(number, "where do I park my trailer today?")
    received = console.texts(number)
    shown = console.change(
        f"/inbox/message?id={message_id}", "/inbox/reply", "/inbox/preview", text="Behind the “house”"
    )
    assert "Behind the &#34;house&#34;" in shown
    assert "Billed as 1 SMS" in shown
    assert console.texts(number) == received


def reply(console: LabConsole) -> None:
    number = console.new_employee()
    message_id = console.write(number, "is there a bus to the harbor at night?")
    address = f"/inbox/message?id={message_id}"
    page = console.manager.get(address)
    for _ in range(2):
        sent = console.manager.post("/inbox/reply", {**page.form("/inbox/reply"), "text": "Bus 7"})
        assert "Bus 7" in sent.body
    assert console.reads(number, "Bus 7")
    assert wait_until(lambda: console.message(message_id)["message_status"] == "replied", 60)
    assert "Or bus 8" in console.change(address, "/inbox/reply", text="Or bus 8")
    assert console.reads(number, "Or bus 8")
    console.system.wait_until_idle()
    assert [text for text in console.texts(number) if "us " in text] == ["Bus 7", "Or bus 8"]
    assert console.actions(f"inbox#{message_id}") == ["replied", "followed up"]


def close(console: LabConsole) -> None:
    number = console.new_employee()
    message_id = console.write(number, "the coffee in the kitchen is excellent")
    received = console.texts(number)
    console.change(f"/inbox/message?id={message_id}", "/inbox/close")
    assert console.message(message_id)["message_status"] == "closed"
    assert message_id in console.page("/inbox?status=closed")
    assert message_id not in console.page("/inbox")
    console.system.wait_until_idle()
    assert console.texts(number) == received


def activity(console: LabConsole) -> None:
    console.change("/shifts/new", "/shifts", code="WACT1", shift_info="<u>bar</u>")
    page = console.page("/activity")
    assert f'<td class="text">{MANAGER}</td>' in page
    assert ">shift WACT1</a> added" in page
    assert "&lt;u&gt;bar&lt;/u&gt;" in page
    assert "Nothing was changed on this day." in console.page("/activity?day=2020-01-01")


SCENARIOS = {
    ("GET", "/people"): roster,
    ("POST", "/people"): save,
    ("GET", "/people/new"): new,
    ("GET", "/people/employee"): employee,
    ("GET", "/people/remove"): ask_to_remove,
    ("POST", "/people/remove"): remove,
    ("GET", "/inbox"): board,
    ("GET", "/inbox/message"): message,
    ("POST", "/inbox/preview"): preview,
    ("POST", "/inbox/reply"): reply,
    ("POST", "/inbox/close"): close,
    ("GET", "/activity"): activity,
}
