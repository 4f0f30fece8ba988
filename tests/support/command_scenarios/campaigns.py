"""What `shift-sms campaigns` changes in the deployed system."""

import json
from collections import Counter

from tests.support.deployed_lab import wait_until
from tests.support.lab_operator import LabOperator

_SLOW_SEGMENT = 200
"""Members whom the number texts in 20 seconds."""


def _launch(operator: LabOperator, campaign_id: str, *members: str, message: str = "Who can work?") -> None:
    operator.system.put(
        operator.system.outputs.campaigns_table_name,
        [{"campaign_id": campaign_id, "campaign_message": message, "segment": campaign_id}],
    )
    assert wait_until(lambda: operator.campaign(campaign_id).get("campaign_status") == "finished", 90)
    assert all(len(operator.texts(member)) == 1 for member in members)


def preview(operator: LabOperator) -> None:
    number = operator.new_employee("previewed")
    operator.new_employee("previewed", opted_out=True)
    operator.new_shift("CPV1")
    arguments = ("campaigns", "preview", "preview-1", "Free: CPV1 or CPV", "--segment", "previewed")
    audience = operator.json(*arguments)["audience"]
    assert (audience["recipients"], audience["opted_out"]) == (1, 1)
    printed = operator.run(*arguments, "--test-to", number)
    assert "Free: CPV1 or CPV" in printed
    assert wait_until(lambda: len(operator.texts(number)) == 1, 60)
    assert operator.texts(number)[0].startswith("Free: CPV1 or CPV")
    assert operator.campaign("preview-1") == {}


def launch(operator: LabOperator) -> None:
    number, opted_out = operator.new_employee("launched"), operator.new_employee("launched", opted_out=True)
    operator.new_shift("CLA1")
    arguments = ("campaigns", "launch", "launch-1", "Free: CLA1", "--segment", "launched")
    assert "confirm with --yes" in operator.refused(*arguments)
    assert operator.campaign("launch-1") == {}
    assert "launch-1 is launched." in operator.run(*arguments, "--yes")
    assert wait_until(lambda: operator.texts(number) != [], 60)
    assert operator.texts(number)[0].startswith("Free: CLA1")
    assert operator.system.send_and_wait(number, "CLA1").body == "Booked: CLA1 night"
    assert "is there already" in operator.run(*arguments, "--yes")
    assert wait_until(lambda: operator.campaign("launch-1").get("campaign_status") == "finished", 60)
    assert len(operator.texts(number)) == 2
    assert operator.texts(opted_out) == []


def watch(operator: LabOperator) -> None:
    numbers = [operator.new_employee("watched") for _ in range(20)]
    operator.run("campaigns", "launch", "watch-1", "Who can work?", "--segment", "watched", "--yes")
    lines = operator.run("campaigns", "watch", "watch-1").splitlines()
    assert lines[-1].startswith("finished: 20 of 20, sent 20")
    assert Counter(len(operator.texts(number)) for number in numbers) == {1: 20}


def show(operator: LabOperator) -> None:
    _launch(operator, "show-1", operator.new_employee("show-1"))
    shown = operator.json("campaigns", "show", "show-1")
    assert (shown["campaign_status"], shown["targeted"], shown["waiting"]) == ("finished", 1, 0)
    assert "campaign show-1: finished" in operator.run("campaigns", "show", "show-1")


def lists(operator: LabOperator) -> None:
    _launch(operator, "list-1", operator.new_employee("list-1"))
    _launch(operator, "list-2", operator.new_employee("list-2"))
    listed = [item["campaign_id"] for item in operator.json("campaigns", "list")]
    assert listed.index("list-2") < listed.index("list-1")
    first = operator.run("campaigns", "list", "--limit", "1")
    rest = operator.run("campaigns", "list", "--after", first.rpartition("--after ")[2])
    assert ("list-2" in first, "list-1" in first, "list-1" in rest) == (True, False, True)


def stop(operator: LabOperator) -> None:
    numbers = [operator.new_employee("stopped") for _ in range(_SLOW_SEGMENT)]
    operator.run("campaigns", "launch", "stop-1", "Who can work?", "--segment", "stopped", "--yes")
    assert wait_until(lambda: any(map(operator.texts, numbers)), 60)
    assert "confirm with --yes" in operator.refused("campaigns", "stop", "stop-1")
    assert "stop-1 is stopped." in operator.run("campaigns", "stop", "stop-1", "--yes")
    operator.system.wait_until_idle()
    texted = [number for number in numbers if operator.texts(number)]
    assert 0 < len(texted) < _SLOW_SEGMENT
    assert operator.campaign("stop-1")["campaign_status"] == "stopped"
    assert "was stopped before" in operator.run("campaigns", "stop", "stop-1", "--yes")


def _paused(operator: LabOperator, campaign_id: str) -> list[str]:
    """Launches a campaign and pauses it halfway; returns its recipients."""
    numbers = [operator.new_employee(campaign_id) for _ in range(_SLOW_SEGMENT)]
    operator.run("campaigns", "launch", campaign_id, "Who can work?", "--segment", campaign_id, "--yes")
    assert wait_until(lambda: any(map(operator.texts, numbers)), 60)
    assert f"{campaign_id} is paused." in operator.run("campaigns", "pause", campaign_id)
    operator.system.wait_until_idle()
    assert 0 < sum(len(operator.texts(number)) for number in numbers) < _SLOW_SEGMENT
    assert operator.campaign(campaign_id)["campaign_status"] == "paused"
    return numbers


def pause(operator: LabOperator) -> None:
    _paused(operator, "pause-1")
    assert "was paused before" in operator.run("campaigns", "pause", "pause-1")


def resume(operator: LabOperator) -> None:
    numbers = _paused(operator, "resume-1")
    assert "resume-1 is resumed." in operator.run("campaigns", "resume", "resume-1")
    assert wait_until(lambda: operator.campaign("resume-1").get("campaign_status") == "finished", 120)
    assert Counter(len(operator.texts(number)) for number in numbers) == {1: _SLOW_SEGMENT}


def relaunch(operator: LabOperator) -> None:
    first = operator.new_employee("relaunch-1")
    _launch(operator, "relaunch-1", first)
    second = operator.new_employee("relaunch-1")
    assert "confirm with --yes" in operator.refused("campaigns", "relaunch", "relaunch-1")
    assert "relaunch-1 is relaunched." in operator.run("campaigns", "relaunch", "relaunch-1", "--yes")
    assert wait_until(lambda: operator.texts(second) != [], 60)
    operator.system.wait_until_idle()
    assert [len(operator.texts(number)) for number in (first, second)] == [1, 1]
    assert operator.actions("campaign#relaunch-1") == ["relaunched"]


def report(operator: LabOperator) -> None:
    number = operator.new_employee("report-1")
    operator.new_employee("report-1", opted_out=True)
    operator.new_shift("CRP1")
    _launch(operator, "report-1", number, message="Free: CRP1")
    operator.book(number, "CRP1")
    assert wait_until(lambda: operator.campaign("report-1").get("bookings") == 1, 60)
    files = [operator.folder / "report.csv", operator.folder / "report.html"]
    printed = operator.run(
        *("campaigns", "report", "report-1", "--json"),
        *("--csv", str(files[0]), "--html", str(files[1])),
    )
    reported = json.JSONDecoder().raw_decode(printed[printed.index("{") :])[0]
    assert (reported["targeted"], reported["bookings"]) == (2, 1)
    assert "not texted: opted out" in files[0].read_text(encoding="utf-8")
    assert "report-1" in files[1].read_text(encoding="utf-8")
    assert "bookings 1" in operator.run("campaigns", "report", "report-1")


SCENARIOS = {
    "campaigns preview": preview,
    "campaigns launch": launch,
    "campaigns watch": watch,
    "campaigns show": show,
    "campaigns list": lists,
    "campaigns stop": stop,
    "campaigns pause": pause,
    "campaigns resume": resume,
    "campaigns relaunch": relaunch,
    "campaigns report": report,
}
