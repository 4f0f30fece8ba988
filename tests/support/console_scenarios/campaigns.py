"""What the pages of campaigns show and change in the deployed system."""

from tests.support.deployed_lab import wait_until
from tests.support.lab_console import LabConsole

_SLOW_SEGMENT = 200
"""Members whom the number texts in 20 seconds."""


def _launch(console: LabConsole, campaign_id: str, *, until: str = "finished") -> str:
    """Launches a campaign to the members of the segment with its name; returns the page that is shown then."""
    page = console.manager.submit(
        "/campaigns/new", "/campaigns/review", id=campaign_id, segment=campaign_id, message="Who can work?"
    )
    launched = console.manager.post("/campaigns", page.form("/campaigns"))
    assert launched.status == 200, launched.body
    assert wait_until(lambda: console.campaign(campaign_id).get("campaign_status") == until, 60)
    return launched.body


def board(console: LabConsole) -> None:
    for campaign_id in ("w-board-1", "w-board-2"):
        console.new_employee(campaign_id)
        _launch(console, campaign_id)
    page = console.page("/campaigns")
    # The newest launch comes first.
    assert 0 < page.index("w-board-2") < page.index("w-board-1")


def new(console: LabConsole) -> None:
    form = console.manager.get("/campaigns/new").form("/campaigns/review")
    assert {"id", "segment", "message", "csrf_token"} <= form.keys()
    console.form_page("/campaigns/new")


def preview(console: LabConsole) -> None:
    console.new_employee("w-preview")
    console.new_employee("w-preview", opted_out=True)
    fields = {"id": "w-preview", "segment": "w-preview", "message": "Free: WNO1"}
    shown = console.change("/campaigns/new", "/campaigns/review", "/campaigns/preview", **fields)
    assert "1 of 2 members" in shown
    assert "1 opted out" in shown
    assert "WNO1" in shown.partition('id="warnings"')[2]
    assert console.campaign("w-preview") == {}


def review(console: LabConsole) -> None:
    console.new_employee("w-review")
    fields = {"id": "w-review", "segment": "w-review", "message": "Who can work?"}
    page = console.change("/campaigns/new", "/campaigns/review", **fields)
    assert "Launch w-review?" in page
    assert "1 of 1 members" in page
    refused = {**fields, "segment": "#"}
    assert 'role="alert"' in console.refuses("/campaigns/new", "/campaigns/review", **refused)
    assert console.campaign("w-review") == {}


def send_test(console: LabConsole) -> None:
    member, number = console.new_employee("w-test"), "+14255580001"
    fields = {"id": "w-test", "segment": "w-test", "message": "Who can work?"}
    page = console.manager.submit("/campaigns/new", "/campaigns/review", **fields)
    tested = console.manager.post("/campaigns/test", {**page.form("/campaigns"), "number": number})
    assert f"The test to {number}" in tested.body
    assert wait_until(lambda: len(console.texts(number)) == 1, 60)
    assert console.texts(number)[0].startswith("Who can work?")
    assert console.texts(member) == []
    assert console.campaign("w-test") == {}
    assert console.actions("campaign#w-test") == ["tested"]


def launch(console: LabConsole) -> None:
    number, opted_out = console.new_employee("w-launch"), console.new_employee("w-launch", opted_out=True)
    assert "The campaign is launched." in _launch(console, "w-launch")
    # The browser of an operator who saw no answer sends the form again.
    fields = {"id": "w-launch", "segment": "w-launch", "message": "Who can work?"}
    assert "was launched before" in console.change("/campaigns/new", "/campaigns/review", **fields)
    token = console.manager.get("/activity").form("/signout")
    assert console.manager.post("/campaigns", {**fields, **token}).status == 200
    console.system.wait_until_idle()
    assert (len(console.texts(number)), console.texts(opted_out)) == (1, [])
    assert console.actions("campaign#w-launch") == ["launched"]


def show(console: LabConsole) -> None:
    number = console.new_employee("w-show")
    console.new_shift("WSW1")
    _launch(console, "w-show")
    console.book(number, "WSW1")
    assert console.shows("/campaigns/campaign?id=w-show", "<dt>Replies</dt><dd>1</dd>")
    page = console.page("/campaigns/campaign?id=w-show")
    assert "1 of 1 done" in page
    assert "finished" in page
    assert console.manager.get("/campaigns/campaign?id=w-none").status == 422


def ask_to_stop(console: LabConsole) -> None:
    for _ in range(_SLOW_SEGMENT):
        console.new_employee("w-ask-stop")
    _launch(console, "w-ask-stop", until="launched")
    # The counts on the item follow within some seconds.
    assert console.shows("/campaigns/stop?id=w-ask-stop", f"of {_SLOW_SEGMENT} recipients are waiting")
    console.form_page("/campaigns/stop?id=w-ask-stop")
    console.change("/campaigns/stop?id=w-ask-stop", "/campaigns/stop")


def stop(console: LabConsole) -> None:
    numbers = [console.new_employee("w-stop") for _ in range(_SLOW_SEGMENT)]
    _launch(console, "w-stop", until="launched")
    assert wait_until(lambda: any(map(console.texts, numbers)), 60)
    assert "The campaign is stopped." in console.change("/campaigns/stop?id=w-stop", "/campaigns/stop")
    console.system.wait_until_idle()
    texted = [number for number in numbers if console.texts(number)]
    assert 0 < len(texted) < _SLOW_SEGMENT
    assert console.campaign("w-stop")["campaign_status"] == "stopped"
    assert console.actions("campaign#w-stop") == ["launched", "stopped"]


def _paused(console: LabConsole, campaign_id: str) -> list[str]:
    """Launches a campaign and pauses it halfway; returns its recipients."""
    numbers = [console.new_employee(campaign_id) for _ in range(_SLOW_SEGMENT)]
    _launch(console, campaign_id, until="launched")
    assert wait_until(lambda: any(map(console.texts, numbers)), 60)
    console.change(f"/campaigns/campaign?id={campaign_id}", "/campaigns/pause")
    console.system.wait_until_idle()
    assert 0 < sum(len(console.texts(number)) for number in numbers) < _SLOW_SEGMENT
    assert console.campaign(campaign_id)["campaign_status"] == "paused"
    return numbers


def pause(console: LabConsole) -> None:
    _paused(console, "w-pause")
    assert console.actions("campaign#w-pause") == ["launched", "paused"]


def resume(console: LabConsole) -> None:
    numbers = _paused(console, "w-resume")
    console.change("/campaigns/campaign?id=w-resume", "/campaigns/resume")
    assert wait_until(lambda: console.campaign("w-resume").get("campaign_status") == "finished", 120)
    assert [len(console.texts(number)) for number in numbers] == [1] * _SLOW_SEGMENT


def ask_to_relaunch(console: LabConsole) -> None:
    console.new_employee("w-ask-re")
    _launch(console, "w-ask-re")
    assert console.manager.get("/campaigns/relaunch?id=w-ask-re").status == 422
    console.new_employee("w-ask-re")
    page = console.form_page("/campaigns/relaunch?id=w-ask-re")
    assert "1 of 2 members" in page
    assert "1 tried before" in page


def relaunch(console: LabConsole) -> None:
    first = console.new_employee("w-relaunch")
    _launch(console, "w-relaunch")
    second = console.new_employee("w-relaunch")
    done = console.change("/campaigns/relaunch?id=w-relaunch", "/campaigns/relaunch")
    assert "The campaign is launched again" in done
    assert wait_until(lambda: console.texts(second) != [], 60)
    console.system.wait_until_idle()
    assert [len(console.texts(number)) for number in (first, second)] == [1, 1]
    assert console.actions("campaign#w-relaunch") == ["launched", "relaunched"]


def report(console: LabConsole) -> None:
    number, _ = console.new_employee("w-report"), console.new_employee("w-report", opted_out=True)
    console.new_shift("WRP1")
    _launch(console, "w-report")
    console.book(number, "WRP1")
    assert console.shows("/campaigns/report?id=w-report", "<dt>Bookings</dt><dd>1</dd>")
    page = console.page("/campaigns/report?id=w-report")
    assert "<td>US</td><td>1</td>" in page.partition('id="countries"')[2]
    assert "2 recipients done" in page
    assert 'id="incomplete"' not in page
    assert console.manager.get("/campaigns/report?id=w-none").status == 422


SCENARIOS = {
    ("GET", "/campaigns"): board,
    ("POST", "/campaigns"): launch,
    ("GET", "/campaigns/new"): new,
    ("POST", "/campaigns/preview"): preview,
    ("POST", "/campaigns/review"): review,
    ("POST", "/campaigns/test"): send_test,
    ("GET", "/campaigns/campaign"): show,
    ("GET", "/campaigns/report"): report,
    ("GET", "/campaigns/stop"): ask_to_stop,
    ("POST", "/campaigns/stop"): stop,
    ("POST", "/campaigns/pause"): pause,
    ("POST", "/campaigns/resume"): resume,
    ("GET", "/campaigns/relaunch"): ask_to_relaunch,
    ("POST", "/campaigns/relaunch"): relaunch,
}
