"""Tests the pages of campaigns: composing, launching, progress, stop and relaunch."""

import re
from html import unescape

import pytest

from shift_sms_console.pages import campaigns as pages
from shift_sms_runtime.tables.deliveries import delivery_key
from tests.support.console_world import Browser, ConsoleWorld

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}\u202e&\"'"
ANN, BOB = "+14255550101", "+14255550102"
FORM = {"id": "august-1", "message": "15/08 5h night XYZ123", "segment": "overtime"}


@pytest.fixture
def manager(console_world: ConsoleWorld) -> Browser:
    console_world.operators.put("Employees", {"phone_number": ANN}, {"phone_number": BOB, "opted_out": True})
    console_world.operators.put(
        "SegmentMembers",
        {"segment": "overtime", "phone_number": ANN},
        {"segment": "overtime", "phone_number": BOB},
    )
    console_world.operators.operator().shifts.changes.add("XYZ123", {"shift_info": "15/08 5h nightshift"})
    return console_world.signed_in()


def send(world: ConsoleWorld, browser: Browser, path: str, **form: str) -> tuple[int, str, str]:
    """Sends a form, and returns the status, where the browser goes, and the page."""
    answer = browser.post(path, {"csrf_token": world.csrf_token(), **form})
    return answer.status, answer.headers.get("location", ""), unescape(answer.body)


def campaigns(world: ConsoleWorld) -> list[dict[str, object]]:
    return world.operators.rows("Campaigns")


def test_given_a_form_when_written_then_phone_preview_segments_and_cost(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    headers = {"HX-Request": "true", "X-CSRF-Token": console_world.csrf_token()}

    shown = unescape(manager.post("/campaigns/preview", FORM, headers).body)
    empty = manager.post("/campaigns/preview", {"id": "", "message": ""}, headers).body
    nobody = manager.post("/campaigns/preview", {**FORM, "segment": "none"}, headers).body

    assert "15/08 5h night XYZ123" in shown
    assert "1 of 2 members" in shown
    assert "1 opted out" in shown
    assert "price not known" in shown
    assert "Billed as 1 SMS" in shown
    assert "about 1 second, at" in shown
    assert {f"Text in {name}" in shown for name in ("German", "Spanish", "French")} == {True}
    assert "Write a name" in empty
    assert "has no members" in nobody
    assert campaigns(console_world) == []


def test_given_a_code_that_does_not_exist_when_reviewed_then_a_warning(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    status, _, page = send(console_world, manager, "/campaigns/review", **{**FORM, "message": "Take XYZ12"})

    assert status == 200
    assert "XYZ12: no such shift" in page
    assert campaigns(console_world) == []


def test_given_a_campaign_when_reviewed_and_launched_twice_then_once(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    status, _, page = send(console_world, manager, "/campaigns/review", **FORM)
    assert (status, 'id="confirm"' in page) == (200, True)
    assert campaigns(console_world) == []

    status, went, _ = send(console_world, manager, "/campaigns", **FORM)
    assert (status, "notice=launched" in went) == (303, True)
    send(console_world, manager, "/campaigns", **FORM)

    assert len(campaigns(console_world)) == 1
    assert [one["action"] for one in console_world.operators.audit("campaign#august-1")] == ["launched"]
    assert "august-1" in manager.get("/campaigns").body
    assert "15/08 5h night XYZ123" in manager.get(went).body
    _, again, _ = send(console_world, manager, "/campaigns/review", **FORM)
    assert "notice=there-already" in again


def test_given_a_campaign_of_other_words_when_launched_then_refused(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    send(console_world, manager, "/campaigns", **FORM)

    status, _, page = send(console_world, manager, "/campaigns", **{**FORM, "message": "Something else"})

    assert status == 422
    assert "there is a campaign august-1 already" in page


def test_given_a_time_when_launched_then_it_is_shown_and_the_campaign_is_scheduled(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    later = {**FORM, "send_at": "2099-08-14T09:00"}
    assert 'type="datetime-local" name="send_at"' in manager.get("/campaigns/new").body

    status, _, page = send(console_world, manager, "/campaigns/review", **later)
    assert (status, "2099-08-14 09:00 UTC" in page) == (200, True)
    assert '<input type="hidden" name="send_at" value="2099-08-14T09:00">' in page

    status, went, _ = send(console_world, manager, "/campaigns", **later)
    assert (status, "notice=scheduled" in went) == (303, True)
    assert campaigns(console_world)[0]["send_at"] == "2099-08-14T09:00:00+00:00"
    assert "2099-08-14T09:00:00+00:00" in manager.get(went).body


@pytest.mark.parametrize("send_at", ["2020-08-14T09:00", "soon"])
@pytest.mark.parametrize("path", ["/campaigns/review", "/campaigns"])
def test_given_no_later_time_when_sent_then_the_form_says_what_is_wrong(
    console_world: ConsoleWorld, manager: Browser, path: str, send_at: str
) -> None:
    status, _, page = send(console_world, manager, path, **FORM, send_at=send_at)

    assert (status, 'role="alert"' in page, f'value="{send_at}"' in page) == (422, True, True)
    assert ("which has passed" in page) == send_at.startswith("2020")
    assert campaigns(console_world) == []


def test_given_a_test_number_when_sent_then_one_text_and_no_campaign(
    console_world: ConsoleWorld, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No worker runs, so that waiting for the outcome is in vain.
    monkeypatch.setattr("shift_sms_operator.campaigns.trial._WAITS", (0.0,))
    status, _, page = send(console_world, manager, "/campaigns/test", **FORM, number=ANN)

    assert status == 200
    assert f"The test to {ANN}" in page
    assert len(console_world.operators.rows("Outbox")) == 1
    assert campaigns(console_world) == []
    assert send(console_world, manager, "/campaigns/test", **FORM, number="x")[0] == 422


def put_campaign(world: ConsoleWorld, **attributes: object) -> None:
    world.operators.put(
        "Campaigns",
        {
            "campaign_id": "august-1",
            "campaign_message": "Night XYZ123",
            "campaign_status": "launched",
            "targeted": 10,
            "waiting": 4,
            "sent": 5,
            "opted_out": 1,
            **attributes,
        },
    )


def test_given_progress_when_shown_then_bar_chart_and_live(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    put_campaign(console_world)
    page = manager.get("/campaigns/campaign?id=august-1").body
    assert 'value="6" max="10"' in page
    assert "6 of 10 done" in page
    assert re.findall(r'<tr><th scope="row">([a-z ]+)</th><td class="n">([0-9]+)', page) == [
        ("sent", "5"),
        ("opted out", "1"),
        ("waiting", "4"),
    ]
    again = unescape(page.partition('hx-get="')[2].partition('"')[0])
    assert manager.poll(again).status == 204

    put_campaign(console_world, waiting=0, sent=9)

    assert "10 of 10 done" in manager.poll(again).body


def test_given_a_campaign_when_stopped_and_relaunched_then_recorded(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    send(console_world, manager, "/campaigns", **FORM)
    put_campaign(console_world, campaign_message=FORM["message"], segment="overtime")

    assert "4 of 10 recipients are waiting" in manager.get("/campaigns/stop?id=august-1").body
    status, went, _ = send(console_world, manager, "/campaigns/stop", id="august-1")
    assert (status, "notice=stopped" in went) == (303, True)
    assert campaigns(console_world)[0]["campaign_status"] == "stopped"

    asked = unescape(manager.get("/campaigns/relaunch?id=august-1").body)
    assert "Relaunch august-1" in asked
    status, went, _ = send(console_world, manager, "/campaigns/relaunch", id="august-1")
    assert (status, "notice=relaunched" in went) == (303, True)
    actions = [one["action"] for one in console_world.operators.audit("campaign#august-1")]
    assert actions == ["launched", "stopped", "relaunched"]


def test_given_a_campaign_when_paused_and_resumed_then_the_page_says_so(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    send(console_world, manager, "/campaigns", **FORM)
    put_campaign(console_world, campaign_message=FORM["message"], segment="overtime")

    assert 'id="pause"' in manager.get("/campaigns/campaign?id=august-1").body
    status, went, _ = send(console_world, manager, "/campaigns/pause", id="august-1")
    assert (status, "notice=paused" in went) == (303, True)

    page = manager.get("/campaigns/campaign?id=august-1").body
    assert ('id="resume"' in page, 'id="pause"' in page, 'id="stop"' in page) == (True, False, True)
    status, went, _ = send(console_world, manager, "/campaigns/resume", id="august-1")
    assert (status, "notice=resumed" in went) == (303, True)
    assert campaigns(console_world)[0]["campaign_status"] == "launching"
    actions = [one["action"] for one in console_world.operators.audit("campaign#august-1")]
    assert sorted(actions) == ["launched", "paused", "resumed"]


def put_rows(world: ConsoleWorld, count: int, **more: object) -> None:
    world.operators.put(
        "Deliveries",
        *(
            {
                **delivery_key("august-1", f"+1425555{number:04}"),
                "campaign_id": "august-1",
                "status": "sent",
                "segments": 1,
                "settled_at": "2026-11-28T12:00:00+00:00",
                **more,
            }
            for number in range(100, 100 + count)
        ),
    )


def test_given_a_finished_campaign_when_reported_then_figures_charts_and_costs(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    put_campaign(
        console_world, waiting=0, sent=9, segments_spent=9, bookings=2, first_send_at="2026-11-28T12:00Z"
    )
    put_rows(console_world, 3)
    put_rows(console_world, 1, status="failed", reason=HOSTILE)

    page = manager.get("/campaigns/report?id=august-1").body

    assert 'id="segments">9<' in page
    assert "<dt>Bookings</dt><dd>2</dd>" in page
    assert "2026-11-28 12:00:00 UTC" in page
    assert "3 recipients done" in page
    assert "<td>US</td><td>3</td><td>3</td><td>not known</td>" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert 'id="incomplete"' not in page


def test_given_more_rows_than_a_page_reads_when_reported_then_it_says_so(
    console_world: ConsoleWorld, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_REPORTED", 5)
    put_campaign(console_world)
    put_rows(console_world, 6)

    page = manager.get("/campaigns/report?id=august-1").body

    assert "those of 5 recipients" in page
    assert "5 recipients done" in page


@pytest.mark.parametrize("path", ["campaign", "stop", "relaunch", "report"])
def test_given_no_such_campaign_when_opened_then_the_page_says_so(manager: Browser, path: str) -> None:
    answer = manager.get(f"/campaigns/{path}?id=none")

    assert answer.status == 422
    assert "there is no campaign none" in answer.body


@pytest.mark.parametrize("path", ["", "/preview", "/review", "/test", "/stop", "/relaunch"])
def test_given_a_viewer_when_changing_then_403(console_world: ConsoleWorld, path: str) -> None:
    viewer = console_world.signed_in("viewer")

    answer = viewer.post(f"/campaigns{path}", {"csrf_token": console_world.csrf_token(), **FORM})

    assert answer.status == 403
    assert campaigns(console_world) == []
    assert "new-campaign" not in viewer.get("/campaigns").body


def test_given_hostile_texts_when_shown_then_they_appear_as_text(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    put_campaign(
        console_world, campaign_message=HOSTILE, campaign_error=HOSTILE, listed="campaigns", listed_at="2026"
    )

    for path in ("/campaigns", "/campaigns/campaign?id=august-1"):
        page = manager.get(path).body
        assert "<script>alert" not in page
        assert "\u202e" not in page
    assert "{{ 7 * 7 }}" in manager.get("/campaigns/campaign?id=august-1").body
    status, _, page = send(
        console_world, manager, "/campaigns/review", **{**FORM, "id": "august-2", "message": HOSTILE}
    )
    assert status == 200
    assert "\u202e" not in page
