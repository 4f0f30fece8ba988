"""Tests the commands of campaigns."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from shift_sms_cli import prompts
from shift_sms_cli.campaigns.progress import Watch
from shift_sms_cli.commands import campaigns as commands
from shift_sms_operator.campaigns import trial
from shift_sms_operator.campaigns.views import CampaignOverview
from shift_sms_runtime.tables.campaigns import listing
from shift_sms_runtime.tables.deliveries import delivery_key
from tests.support.operator_world import OperatorWorld

DONE, WRONG_INPUT = 0, 2
MESSAGE = "15/08 5h XYZ123"
AUGUST = {"campaign_id": "august", "campaign_message": MESSAGE, "segment": "night"}
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
LAUNCHED = {
    **AUGUST,
    **listing(NOON),
    "campaign_status": "launched",
    "launch_id": "launch-1",
    "launched_at": datetime.now(UTC).isoformat(),
    "encoding": "GSM",
    "segments_per_text": 1,
    "targeted": 5,
    "waiting": 2,
    "delivered": 2,
    "opted_out": 1,
    "segments_spent": 2,
    "replies": 2,
    "bookings": 1,
    "seats_filled": 1,
    "first_send_at": NOON.isoformat(),
    "last_send_at": (NOON + timedelta(seconds=2)).isoformat(),
}
HOSTILE = "<script>alert(1)</script> =1+1 \u202eevil\u0007"


@pytest.fixture
def world(operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch) -> OperatorWorld:
    """A deployment with three members of the segment night, one of whom has opted out."""
    monkeypatch.setattr(trial, "_WAITS", ())
    for place, opted_out in ((1, False), (2, False), (3, True)):
        number = f"+1425555010{place}"
        operator_world.put("SegmentMembers", {"segment": "night", "phone_number": number})
        operator_world.put("Employees", {"phone_number": number, "opted_out": opted_out})
    operator_world.put("Shifts", {"shift_id": "XYZ123", "shift_status": "available"})
    return operator_world


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets commands ask although there is no terminal."""
    for module in (prompts, commands):
        monkeypatch.setattr(module, "is_interactive", lambda: True)


def test_given_a_segment_when_previewed_then_text_recipients_and_cost_are_shown(
    world: OperatorWorld,
) -> None:
    shown = world.run("campaigns", "preview", "august", MESSAGE, "--segment", "night")

    assert (shown.code, shown.err) == (DONE, "")
    assert "en: 58 GSM characters, 1 SMS segment" in shown.out
    assert re.search(r"│ 15/08 5h XYZ123 +│\n│ Reply with a code", shown.out)
    assert "segment night: 3 members" in shown.out
    assert re.search(r"get the text +2 *\n", shown.out)
    assert re.search(r"skipped: opted out +1 *\n", shown.out)
    assert re.search(r"US +2 +2 +not known +not known", shown.out)
    assert "In all: 2 SMS segments, the price of US is not known, about 2 s at 1 a second" in shown.out
    assert "warning" not in shown.out
    assert world.rows("Campaigns") == world.rows("Outbox") == []


def test_given_a_price_file_when_previewed_then_its_prices_are_used(
    world: OperatorWorld, tmp_path: Path
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('[US]\nusd_per_segment = "0.0075"\nsource = "contract"\ndate = 2026-11-01\n')

    shown = world.run("campaigns", "preview", "august", MESSAGE, "--segment", "night", "--prices", str(file))

    assert re.search(r"US +2 +2 +0\.0075 +0\.02 +contract, 2026-11-01", shown.out)
    assert "USD 0.02" in shown.out


def test_given_codes_that_cannot_be_booked_when_previewed_then_each_is_warned_of(
    world: OperatorWorld,
) -> None:
    world.put("Shifts", {"shift_id": "FLR1", "shift_status": "cancelled"})
    shown = world.run("campaigns", "preview", "august", "XYZ132 or FLR1", "--segment", "night")
    assert "warning: XYZ132: no such shift. XYZ123?\n" in shown.out
    assert "warning: FLR1: is canceled\n" in shown.out


def test_given_a_preview_as_json_when_read_then_it_has_texts_audience_and_warnings(
    world: OperatorWorld,
) -> None:
    shown = world.run(
        "campaigns", "preview", "august", "Night \U0001f319 FLR1", "--segment", "night", "--json"
    )

    preview = shown.json
    assert {text["language"] for text in preview["texts"]} == {"de", "en", "es", "fr"}
    assert preview["texts"][0]["encoding"] == "UCS-2"
    assert [warning["subject"] for warning in preview["warnings"]] == ["FLR1", "\U0001f319"]
    audience = preview["audience"]
    assert (audience["members"], audience["recipients"], audience["opted_out"]) == (3, 2, 1)
    assert audience["countries"][0]["usd"] is None
    assert preview["seconds"] == audience["segments"]


def test_given_no_terminal_when_launched_without_yes_then_nothing_is_put(world: OperatorWorld) -> None:
    done = world.run(
        "campaigns", "launch", "august", "XYZ132", "--segment", "night", "--test-to", "+14255550177"
    )
    assert done.code == WRONG_INPUT
    assert "warning: XYZ132: no such shift. XYZ123?" in done.out
    assert "there is no terminal to ask on; confirm with --yes" in done.err
    assert world.rows("Campaigns") == world.rows("Outbox") == world.rows("AuditTrail") == []


def test_given_yes_when_launched_then_warnings_are_accepted_and_it_is_put_once(world: OperatorWorld) -> None:
    command = ("campaigns", "launch", "august", "XYZ132", "--segment", "night", "--yes")
    first, second = world.run(*command), world.run(*command)

    assert (first.code, second.code) == (DONE, DONE)
    assert "warning: XYZ132: no such shift" in first.out
    assert "august is launched. Follow it: shift-sms campaigns watch august --env dev" in first.out
    assert "is there already and texts nobody again" in second.out
    (item,) = world.rows("Campaigns")
    assert item["campaign_message"] == "XYZ132"
    assert len(world.audit("campaign#august")) == 1


@pytest.mark.parametrize(("answer", "launched"), [("y\n", 1), ("n\n", 0), ("", 0)])
@pytest.mark.usefixtures("answers")
def test_given_a_terminal_when_launched_then_it_asks_first(
    world: OperatorWorld, answer: str, launched: int
) -> None:
    done = world.run("campaigns", "launch", "august", MESSAGE, "--segment", "night", input=answer)
    assert "Launch august? [y/N]" in done.err
    assert len(world.rows("Campaigns")) == launched
    assert done.code == (DONE if launched else WRONG_INPUT)


@pytest.mark.usefixtures("answers")
def test_given_a_test_number_when_launched_then_it_is_texted_before_the_question(
    world: OperatorWorld,
) -> None:
    command = ("campaigns", "launch", "august", MESSAGE, "--segment", "night", "--test-to", "+14255550177")
    done = world.run(*command, input="n\n")
    assert "the test to +14255550177 waits until the number is free" in done.err
    assert [row["phone_number"] for row in world.rows("Outbox")] == ["+14255550177"]
    assert world.rows("Campaigns") == []


def test_given_a_test_number_when_previewed_then_only_the_test_is_sent(world: OperatorWorld) -> None:
    done = world.run(
        "campaigns", "preview", "august", MESSAGE, "--segment", "night", "--test-to", "+14255550177"
    )
    assert done.code == DONE
    assert len(world.rows("Outbox")) == 1
    assert world.rows("Campaigns") == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("launch", "august", MESSAGE, "--segment", "nihgt"), "the segment nihgt has no members"),
        (("launch", "august", "x" * 1530, "--segment", "night"), "too long"),
        (("preview", "august", MESSAGE, "--prices", "missing.toml"), "missing.toml cannot be read"),
        (("show", "august"), "there is no campaign august"),
        (("watch", "august"), "there is no campaign august"),
        (("stop", "august"), "there is no campaign august"),
        (("relaunch", "august"), "there is no campaign august"),
        (("report", "august"), "there is no campaign august"),
        (("list", "--after", "x"), "is no position in this list"),
    ],
)
def test_given_wrong_input_when_a_command_runs_then_it_says_why_and_ends_with_two(
    world: OperatorWorld, arguments: tuple[str, ...], why: str
) -> None:
    done = world.run("campaigns", *arguments)
    assert done.code == WRONG_INPUT
    assert why in done.err
    assert world.rows("Campaigns") == []


def test_given_a_campaign_when_shown_then_it_reads_how_it_goes(world: OperatorWorld) -> None:
    world.put("Campaigns", LAUNCHED)
    shown = world.run("campaigns", "show", "august")
    assert "campaign august: launched" in shown.out
    for label, value in (
        ("targeted", 5),
        ("waiting", 2),
        ("delivered", 2),
        ("opted out", 1),
        ("bookings", 1),
    ):
        assert re.search(rf"{label} +{value} *\n", shown.out), label
    assert "failed" not in shown.out
    assert world.run("campaigns", "show", "august", "--json").json["segments_spent"] == 2


def test_given_a_time_zone_when_shown_or_listed_then_times_are_in_it(world: OperatorWorld) -> None:
    world.settings["timezone"] = "America/New_York"
    world.put("Campaigns", {**LAUNCHED, "last_send_at": "soon"})
    shown = world.run("campaigns", "show", "august").out
    assert re.search(r"first send +2026-11-28 07:00:00 EST\n", shown)
    assert re.search(r"last send +soon\n", shown)
    assert "stopped" in world.run("campaigns", "stop", "august", "--yes").out
    assert "2026-11-28 07:00:00 EST" in world.run("campaigns", "list").out


def test_given_a_campaign_that_was_just_put_when_shown_then_nothing_is_known_yet(
    world: OperatorWorld,
) -> None:
    world.put("Campaigns", AUGUST)
    shown = world.run("campaigns", "show", "august").out
    assert "campaign august: not launched yet" in shown
    assert re.search(r"recipients +not counted yet", shown)


def test_given_campaigns_when_listed_then_newest_first_and_json_has_attributes(
    world: OperatorWorld,
) -> None:
    world.put("Campaigns", {**LAUNCHED, "campaign_message": HOSTILE})
    world.put("Campaigns", {"campaign_id": "by-hand", **listing(NOON + timedelta(minutes=1))})

    listed = world.run("campaigns", "list", "--limit", "1")
    assert "by-hand" in listed.out
    assert "august" not in listed.out
    cursor = re.search(r"more: --after (\S+)", listed.out)
    assert cursor
    rest = world.run("campaigns", "list", "--after", cursor[1])
    assert "\\u202eevil\\x07" in rest.out
    assert "\u202e" not in rest.out
    items = world.run("campaigns", "list", "--json").json
    assert [item["campaign_id"] for item in items] == ["by-hand", "august"]
    assert items[1]["targeted"] == 5


def test_given_a_campaign_when_stopped_then_figures_are_shown_and_it_asks(world: OperatorWorld) -> None:
    world.put("Campaigns", LAUNCHED)
    refused = world.run("campaigns", "stop", "august")
    assert refused.code == WRONG_INPUT
    assert "2 of 5 recipients are waiting and will not be texted." in refused.out
    assert world.row("Campaigns", "august") == LAUNCHED

    assert "august is stopped." in world.run("campaigns", "stop", "august", "--yes").out
    assert world.row("Campaigns", "august")["campaign_status"] == "stopped"
    again = world.run("campaigns", "stop", "august", "--yes")
    assert (again.code, "was stopped before" in again.out) == (DONE, True)


def test_given_a_campaign_when_paused_and_resumed_then_its_status_changes(world: OperatorWorld) -> None:
    world.put("Campaigns", LAUNCHED)
    assert "august is paused." in world.run("campaigns", "pause", "august").out
    assert world.row("Campaigns", "august")["campaign_status"] == "paused"
    assert "was paused before" in world.run("campaigns", "pause", "august").out
    assert "paused" in world.run("campaigns", "list").out
    assert "august is resumed." in world.run("campaigns", "resume", "august").out
    assert "august goes on already." in world.run("campaigns", "resume", "august").out
    assert world.row("Campaigns", "august")["campaign_status"] == "launching"
    assert world.run("campaigns", "resume", "nothing").code != DONE


def test_given_a_stopped_campaign_when_relaunched_then_it_shows_figures_and_asks(
    world: OperatorWorld,
) -> None:
    world.put("Campaigns", {**LAUNCHED, "campaign_status": "stopped", "waiting": 0})
    row = {**delivery_key("august", "+14255550101"), "campaign_id": "august", "status": "delivered"}
    world.put("Deliveries", row)

    refused = world.run("campaigns", "relaunch", "august")
    assert refused.code == WRONG_INPUT
    assert re.search(r"get the text +1 *\n", refused.out)
    assert re.search(r"skipped: tried before +1 *\n", refused.out)
    assert world.row("Campaigns", "august")["campaign_status"] == "stopped"

    assert "august is relaunched." in world.run("campaigns", "relaunch", "august", "--yes").out
    assert world.row("Campaigns", "august")["campaign_status"] == "requested"


def states(*attributes: dict[str, Any]) -> Iterator[CampaignOverview]:
    return (CampaignOverview.of({**LAUNCHED, **one}) for one in attributes)


def test_given_a_campaign_when_watched_then_each_change_is_shown_until_it_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = states(
        {}, {}, {"delivered": 3, "waiting": 1}, {"delivered": 4, "waiting": 0, "campaign_status": "finished"}
    )
    slept: list[float] = []
    ended = Watch(lambda: next(seen), sleep=slept.append, now=lambda: 0.0).follow()
    assert ended.status == "finished"
    assert capsys.readouterr().out.splitlines() == [
        "launched: 3 of 5, sent 2, 0.5 a second, bookings 1, replies 2, about 4 s left",
        "launched: 4 of 5, sent 3, 1.0 a second, bookings 1, replies 2, about 1 s left",
        "finished: 5 of 5, sent 4, bookings 1, replies 2",
    ]
    assert len(slept) == 3


def test_given_no_change_when_watched_then_it_says_once_where_to_look(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = states(*[{}] * 500, {"campaign_status": "stopped", "waiting": 0})
    seconds = iter(range(10_000))
    Watch(lambda: next(seen), sleep=lambda _: None, now=lambda: next(seconds)).follow()
    assert capsys.readouterr().out.count("nothing has changed for 3 minutes") == 1


@pytest.mark.parametrize(
    ("status", "told"), [("paused", "campaigns resume august"), ("scheduled", "send_at")]
)
def test_given_a_campaign_that_waits_when_watched_then_it_says_for_what(
    capsys: pytest.CaptureFixture[str], status: str, told: str
) -> None:
    seen = states(*[{"campaign_status": status}] * 500, {"campaign_status": "stopped", "waiting": 0})
    seconds = iter(range(10_000))
    Watch(lambda: next(seen), sleep=lambda _: None, now=lambda: next(seconds)).follow()
    assert capsys.readouterr().out.count(told) == 1


def test_given_a_terminal_when_watched_then_a_bar_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    seen = states({}, {"delivered": 4, "waiting": 0, "campaign_status": "finished"})
    Watch(lambda: next(seen), sleep=lambda _: None).follow()
    assert "━" in capsys.readouterr().out


def test_given_a_finished_campaign_when_watched_then_it_ends_at_once(world: OperatorWorld) -> None:
    world.put("Campaigns", {**LAUNCHED, "campaign_status": "failed", "campaign_error": "too long"})
    done = world.run("campaigns", "watch", "august")
    assert (done.code, "failed: too long" in done.out) == (DONE, True)
    world.put("Campaigns", {**LAUNCHED, "pinpoint_campaign_id": "1a2b"})
    assert world.run("campaigns", "watch", "august").code == WRONG_INPUT


class Tags(HTMLParser):
    """Collects the tags and the addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action")]


def reported(world: OperatorWorld, *, apart: timedelta = timedelta()) -> None:
    """Puts a campaign with a hostile message, and its rows, which were settled with this time between them."""
    world.put("Campaigns", {**LAUNCHED, "campaign_message": HOSTILE, "campaign_status": "finished"})
    for place, status, more in (
        (1, "delivered", {"segments": 1}),
        (2, "delivered", {"segments": 1}),
        (3, "opted-out", {"reason": HOSTILE}),
    ):
        number = f"+1425555010{place}"
        row = {**delivery_key("august", number), "campaign_id": "august", "status": status, **more}
        world.put("Deliveries", row | {"settled_at": (NOON + place * apart).isoformat()})


def test_given_a_hostile_text_when_reported_as_html_then_the_page_shows_it_as_text(
    world: OperatorWorld, tmp_path: Path
) -> None:
    reported(world, apart=timedelta(minutes=1))
    file = tmp_path / "report.html"
    done = world.run("campaigns", "report", "august", "--html", str(file))

    assert (done.code, done.out) == (DONE, "")
    page = file.read_text(encoding="utf-8")
    found = Tags()
    found.feed(page)
    assert "script" not in found.tags
    assert found.addresses == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt; =1+1 \\u202eevil\\x07" in page
    assert {"svg", "rect", "polyline", "table"} <= found.tags
    assert "default-src 'none'" in page


def test_given_a_hostile_text_when_reported_as_csv_then_no_cell_is_a_formula(
    world: OperatorWorld, tmp_path: Path
) -> None:
    reported(world)
    file = tmp_path / "report.csv"
    assert world.run("campaigns", "report", "august", "--csv", str(file)).code == DONE
    written = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert written[0] == ["figure", "country", "value"]
    assert ["segments", "US", "2"] in written
    assert not [cell for row in written for cell in row if cell.startswith(("=", "+", "@"))]
    printed = world.run("campaigns", "report", "august", "--csv", "-")
    assert list(csv.reader(io.StringIO(printed.out))) == written


def test_given_a_report_when_printed_or_as_json_then_both_have_the_cost(world: OperatorWorld) -> None:
    reported(world)
    printed = world.run("campaigns", "report", "august")
    assert "2 SMS segments billed, the price of US is not known" in printed.out
    assert re.search(r"US +2 +2 +not known", printed.out)
    made = world.run("campaigns", "report", "august", "--json").json
    assert (made["segments_billed"], made["usd"], made["targeted"]) == (2, None, 5)
    assert made["settled"] == [{"until": NOON.isoformat(), "recipients": 3}]
    assert json.dumps(made)


def test_given_a_file_that_cannot_be_written_when_reported_then_it_is_refused(world: OperatorWorld) -> None:
    reported(world)
    for option in ("--html", "--csv"):
        done = world.run("campaigns", "report", "august", option, "/no/such/folder/report")
        assert done.code == WRONG_INPUT
        assert "cannot be written" in done.err


def test_given_each_command_when_asked_for_help_then_it_has_an_example(world: OperatorWorld) -> None:
    for command in ("preview", "launch", "watch", "show", "list", "stop", "relaunch", "report"):
        shown = world.run("campaigns", command, "--help").out
        assert f"shift-sms campaigns {command}" in shown, command
        assert "Example:" in shown, command
