"""What the pages of shifts show and change in the deployed system."""

from tests.support.lab_console import LabConsole


def board(console: LabConsole) -> None:
    number = console.new_employee()
    console.new_shift("WBO1", starts_at="2036-04-01T22:00:00+00:00", seats=2)
    console.new_shift("WBO2", starts_at="2036-04-02T22:00:00+00:00")
    console.new_shift("WBO3")
    console.book(number, "WBO1")
    page = console.page("/shifts?day=2036-04-01")
    assert 'id="shift-WBO1"' in page
    assert "1 of 2 booked" in page
    assert 'id="shift-WBO2"' not in page
    assert 'id="shift-WBO3"' in page.partition("Without a start")[2]


def new(console: LabConsole) -> None:
    form = console.manager.get("/shifts/new").form("/shifts")
    assert {"code", "shift_info", "seats", "starts_at", "csrf_token"} <= form.keys()
    console.form_page("/shifts/new")


def add(console: LabConsole) -> None:
    shift = {"code": "WAD1", "shift_info": "bar", "starts_at": "2036-04-03T22:00", "seats": "2"}
    assert "The shift is added." in console.change("/shifts/new", "/shifts", **shift)
    # The browser of an operator who saw no answer sends the form again.
    assert "WAD1" in console.change("/shifts/new", "/shifts", **shift)
    stored = console.shift("WAD1")
    assert (stored["shift_info"], stored["seats"], stored["starts_at"][:16]) == ("bar", 2, "2036-04-03T22:00")
    assert console.actions("shift#WAD1") == ["added"]
    number = console.new_employee()
    console.book(number, "WAD1")
    assert number in console.shift("WAD1")["employees"]
    refused = console.refuses("/shifts/new", "/shifts", code="WAD2", starts_at="tomorrow")
    assert "starts_at" in refused.partition('role="alert"')[2].partition("</p>")[0]
    assert console.shift("WAD2") == {}


def preview(console: LabConsole) -> None:
    fields = {"code": "WPV1", "shift_info": "bar at Mike's"}
    shown = console.change("/shifts/new", "/shifts", "/shifts/preview", **fields)
    assert "Booked: WPV1 bar at Mike&#39;s" in shown
    assert "Billed as 1 SMS" in shown
    assert console.shift("WPV1") == {}


def show(console: LabConsole) -> None:
    number = console.new_employee(name="<b>Sam</b>")
    console.new_shift("WSH1", shift_info="<script>alert(1)</script>")
    console.book(number, "WSH1")
    page = console.page("/shifts/shift?code=WSH1")
    assert "&lt;b&gt;Sam&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert number in page
    assert console.manager.get("/shifts/shift?code=WSH9").status == 422


def edit(console: LabConsole) -> None:
    console.new_shift("WED1", shift_info="night\nHarbor", seats=2)
    form = console.manager.get("/shifts/edit?code=WED1").form("/shifts/edit")
    assert {name: form[name] for name in ("code", "shift_info", "was_shift_info", "seats")} == {
        "code": "WED1",
        "shift_info": "night\nHarbor",
        "was_shift_info": "night\nHarbor",
        "seats": "2",
    }
    console.form_page("/shifts/edit?code=WED1")


def save(console: LabConsole) -> None:
    number = console.new_employee()
    console.new_shift("WSV1", seats=2)
    console.book(number, "WSV1")
    address = "/shifts/edit?code=WSV1"
    assert "Nothing was changed." in console.change(address, "/shifts/edit")
    changed = console.change(address, "/shifts/edit", seats="3", shift_info="bar")
    assert "are told by text" in changed
    stored = console.shift("WSV1")
    assert (stored["shift_info"], stored["seats"], list(stored["employees"])) == ("bar", 3, [number])
    assert console.actions("shift#WSV1") == ["edited"]
    page = console.manager.get(address)
    console.run("shifts", "edit", "WSV1", "--site", "Harbor")
    told = console.manager.post("/shifts/edit", {**page.form("/shifts/edit"), "site": "Mall"})
    assert (told.status, "was changed meanwhile" in told.body) == (422, True)
    assert console.shift("WSV1")["site"] == "Harbor"


def ask_to_cancel(console: LabConsole) -> None:
    number = console.new_employee(name="Cai")
    console.new_shift("WAC1")
    assert "Nobody has booked" in console.form_page("/shifts/cancel?code=WAC1")
    console.book(number, "WAC1")
    page = console.form_page("/shifts/cancel?code=WAC1")
    assert f"Cai ({number})" in page
    assert console.shift("WAC1")["shift_status"] == "taken"


def cancel(console: LabConsole) -> None:
    number = console.new_employee()
    console.new_shift("WCA1")
    console.book(number, "WCA1")
    assert "The shift is canceled." in console.change("/shifts/cancel?code=WCA1", "/shifts/cancel")
    assert console.shift("WCA1")["shift_status"] == "cancelled"
    assert console.reads(number, "Canceled by your manager: WCA1 night")
    assert console.actions("shift#WCA1") == ["canceled"]


def reopen(console: LabConsole) -> None:
    console.new_shift("WRE1", shift_status="cancelled")
    assert "can be booked again" in console.change("/shifts/shift?code=WRE1", "/shifts/reopen")
    assert console.shift("WRE1")["shift_status"] == "available"
    console.book(console.new_employee(), "WRE1")
    assert console.shift("WRE1")["shift_status"] == "taken"


def assign(console: LabConsole) -> None:
    number = console.new_employee()
    console.new_shift("WAS1", role="Chef")
    address = "/shifts/shift?code=WAS1"
    assert "Chef" in console.refuses(address, "/shifts/assign", number=number)
    assert "employee" not in console.shift("WAS1")
    done = console.change(address, "/shifts/assign", number=number, force="yes")
    assert "The seat is assigned." in done
    assert console.shift("WAS1")["employee"] == number
    assert console.reads(
        number, "Booked for you by your manager: WAS1 night. Reply DROP WAS1 to give it back"
    )


def release(console: LabConsole) -> None:
    number, waiting = console.new_employee(), console.new_employee()
    console.new_shift("WRL1")
    console.book(number, "WRL1")
    assert "On the waiting list" in console.system.send_and_wait(waiting, "WAIT WRL1").body
    # The form that is last on the page is that of the employee who waits.
    assert "The seat is free." in console.change("/shifts/shift?code=WRL1", "/shifts/release", number=number)
    assert console.shift("WRL1").get("employee") != number
    assert console.reads(number, "Taken off your schedule by your manager: WRL1 night")
    # The seat goes on to the employee who waits.
    console.system.network.wait_for_text(waiting, 1, 60)


SCENARIOS = {
    ("GET", "/shifts"): board,
    ("POST", "/shifts"): add,
    ("GET", "/shifts/new"): new,
    ("POST", "/shifts/preview"): preview,
    ("GET", "/shifts/shift"): show,
    ("GET", "/shifts/edit"): edit,
    ("POST", "/shifts/edit"): save,
    ("GET", "/shifts/cancel"): ask_to_cancel,
    ("POST", "/shifts/cancel"): cancel,
    ("POST", "/shifts/reopen"): reopen,
    ("POST", "/shifts/assign"): assign,
    ("POST", "/shifts/release"): release,
}
