"""What the pages of fill plans show and change in the deployed system."""

from datetime import UTC, datetime

from tests.support.command_scenarios.filling import BETWEEN_WAVES
from tests.support.deployed_lab import wait_until
from tests.support.lab_console import LabConsole


def _fill(console: LabConsole, code: str, segment: str, **fields: str) -> str:
    """Starts a plan by the form, and returns the page that follows."""
    address = f"/shifts/fill?code={code}"
    form = console.manager.get(address).form("/shifts/fill/review")
    question = console.manager.post("/shifts/fill/review", {**form, "fill_segment": segment, **fields})
    assert question.status == 200, question.body
    started = console.manager.post("/shifts/fill", question.form("/shifts/fill"))
    assert started.status == 200, started.body
    return started.body


def new(console: LabConsole) -> None:
    console.new_shift("WFN1", fill_wave_size=3)
    form = console.manager.get("/shifts/fill?code=WFN1").form("/shifts/fill/review")
    assert (form["fill_wave_size"], form["was_fill_wave_size"]) == ("3", "3")
    console.form_page("/shifts/fill?code=WFN1")


def review(console: LabConsole) -> None:
    console.new_employee("web-review", opted_out=True)
    console.new_employee("web-review")
    console.new_shift("WFR1")
    form = console.manager.get("/shifts/fill?code=WFR1").form("/shifts/fill/review")
    page = console.manager.post("/shifts/fill/review", {**form, "fill_segment": "web-review"})
    assert (page.status, '<dd id="eligible">1</dd>' in page.body) == (200, True)
    assert "Open shift: WFR1 night" in page.body
    assert "fill_order" not in console.shift("WFR1")


def start(console: LabConsole) -> None:
    number = console.new_employee("web-start")
    console.new_shift("WFS1")
    assert "The shift is being filled." in _fill(console, "WFS1", "web-start", fill_order="seniority")
    assert console.reads(number, "Open shift: WFS1 night. Reply WFS1 to book it")
    assert console.actions("shift#WFS1") == ["fill plan started"]
    console.book(number, "WFS1")
    assert wait_until(lambda: console.shift("WFS1").get("fill_status") == "filled", 60)
    assert '<dd id="fill-status">filled</dd>' in console.page("/shifts/shift?code=WFS1")


def stop(console: LabConsole) -> None:
    numbers = [console.new_employee("web-stop") for _ in range(2)]
    console.new_shift("WFT1")
    _fill(console, "WFT1", "web-stop", fill_wave_size="1", fill_wave_minutes="0.33")
    assert wait_until(lambda: any(map(console.texts, numbers)), 60)
    due = datetime.now(UTC) + BETWEEN_WAVES
    assert "The fill plan is stopped." in console.change("/shifts/shift?code=WFT1", "/shifts/stop-fill")
    assert wait_until(lambda: datetime.now(UTC) > due, 60)
    console.system.wait_until_idle()
    assert console.shift("WFT1")["fill_status"] == "stopped"
    assert "is being filled again" in _fill(console, "WFT1", "web-stop")
    assert wait_until(lambda: all(map(console.texts, numbers)), 90)
    assert [len(console.texts(number)) for number in numbers] == [1, 1]
    assert console.actions("shift#WFT1") == ["fill plan started", "fill plan stopped", "fill plan resumed"]


def why(console: LabConsole) -> None:
    number = console.new_employee("web-why", name="<b>Yvonne</b>", hired_at="2019-05-01")
    console.new_shift("WFW1", fill_order="seniority", fill_segment="web-why", fill_wave_size=1)
    assert wait_until(lambda: console.texts(number) != [], 60)
    page = console.page("/shifts/why?code=WFW1")
    assert "hired on 2019-05-01, no text in 30 days" in page
    assert "&lt;b&gt;Yvonne&lt;/b&gt;" in page


def download(console: LabConsole) -> None:
    number = console.new_employee("web-file", name="=1+1")
    console.new_shift("WFF1", fill_order="rotation", fill_segment="web-file", fill_wave_size=1)
    assert wait_until(lambda: console.texts(number) != [], 60)
    for browser in (console.manager, console.viewer):
        header, row = browser.get("/shifts/why/file?code=WFF1").body.splitlines()
        assert header.startswith("shift_id,fill_started_at,wave")
        assert f",'{number},'=1+1," in row


SCENARIOS = {
    ("GET", "/shifts/fill"): new,
    ("POST", "/shifts/fill/review"): review,
    ("POST", "/shifts/fill"): start,
    ("POST", "/shifts/stop-fill"): stop,
    ("GET", "/shifts/why"): why,
    ("GET", "/shifts/why/file"): download,
}
