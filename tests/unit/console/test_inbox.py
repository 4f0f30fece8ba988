"""Tests the pages of the operator inbox: what waits, replies with their segments, and closing."""

from html import unescape

import pytest

from tests.support.console_world import Browser, ConsoleWorld
from tests.support.inbox_items import ANN_LEE, FIRE, LATE, REPLIED, SICK

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}\u202e&\"'"
SICK_ID, REPLIED_ID = str(SICK["message_id"]), str(REPLIED["message_id"])


@pytest.fixture
def manager(console_world: ConsoleWorld) -> Browser:
    console_world.operators.put("OperatorInbox", SICK, LATE, FIRE, REPLIED)
    console_world.operators.put("Employees", ANN_LEE)
    return console_world.signed_in()


def send(world: ConsoleWorld, browser: Browser, path: str, **form: str) -> tuple[int, str, str]:
    """Sends a form, and returns the status, where the browser goes, and the page."""
    answer = browser.post(path, {"csrf_token": world.csrf_token(), **form})
    return answer.status, answer.headers.get("location", ""), unescape(answer.body)


def test_given_texts_when_listed_then_those_that_wait_and_urgent_ones_first(manager: Browser) -> None:
    page = unescape(manager.get("/inbox").body)

    assert page.index(str(FIRE["text"])) < page.index(str(SICK["text"]))
    assert "Urgent." in page
    assert "Ann Lee" in page
    assert str(REPLIED["text"]) not in page
    assert str(REPLIED["text"]) in unescape(manager.get("/inbox?status=replied").body)


def test_given_a_time_zone_when_texts_are_shown_then_times_are_in_it(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.settings["timezone"] = "America/New_York"
    console_world.operators.put(
        "OperatorInbox",
        {**SICK, "received_at": "2026-08-01T07:00:00+00:00"},
        {**LATE, "received_at": "Monday"},
    )

    board = manager.get("/inbox").body

    assert "2026-08-01 03:00" in board
    assert "Monday" in board
    assert "2026-08-01 03:00, " in manager.get(f"/inbox/message?id={SICK_ID}").body
    assert 'href="/people/employee?number=%2B1' in manager.get(f"/inbox/message?id={SICK_ID}").body


def test_given_a_reply_when_written_then_its_text_and_segments_appear(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    headers = {"HX-Request": "true", "X-CSRF-Token": console_world.csrf_token()}
    form = {"id": SICK_ID, "text": "Get well \u201csoon\u201d"}

    shown = unescape(manager.post("/inbox/preview", form, headers).body)
    empty = manager.post("/inbox/preview", {"id": SICK_ID, "text": " "}, headers).body

    assert 'Get well "soon"' in shown
    assert "Billed as 1 SMS<" in shown
    assert "empty" in empty
    assert "reply" not in console_world.operators.row("OperatorInbox", SICK_ID)


def test_given_a_reply_when_sent_twice_then_written_once_and_recorded(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    for _ in range(2):
        status, went, _ = send(console_world, manager, "/inbox/reply", id=SICK_ID, text="Get well soon")
        assert (status, "notice=replied" in went) == (303, True)

    assert console_world.operators.row("OperatorInbox", SICK_ID)["reply"] == "Get well soon"
    (record,) = console_world.operators.audit(f"inbox#{SICK_ID}")
    assert (record["actor"], record["action"]) == ("ann@example.com", "replied")
    assert "Get well soon" in manager.get(went).body


def test_given_a_text_with_a_reply_when_replied_otherwise_then_refused_and_kept(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    send(console_world, manager, "/inbox/reply", id=SICK_ID, text="Get well soon")

    status, _, page = send(console_world, manager, "/inbox/reply", id=SICK_ID, text="Something else")

    assert status == 422
    assert "has a reply already" in page
    assert "Something else" in page


def test_given_a_replied_text_when_followed_up_then_a_further_text(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    page = manager.get(f"/inbox/message?id={REPLIED_ID}").body
    assert 'value="follow-up"' in page

    status, _, _ = send(
        console_world, manager, "/inbox/reply", id=REPLIED_ID, text="One more thing", kind="follow-up"
    )

    assert status == 303
    assert "One more thing" in manager.get(f"/inbox/message?id={REPLIED_ID}").body


def test_given_a_text_when_closed_then_it_waits_no_longer(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    assert send(console_world, manager, "/inbox/close", id=SICK_ID)[:2] == (303, "/inbox?notice=closed")

    assert console_world.operators.row("OperatorInbox", SICK_ID)["message_status"] == "closed"
    assert str(SICK["text"]) not in unescape(manager.get("/inbox").body)


@pytest.mark.parametrize("message_id", ["", "none"])
def test_given_no_such_text_when_opened_then_the_page_says_so(
    console_world: ConsoleWorld, manager: Browser, message_id: str
) -> None:
    assert manager.get(f"/inbox/message?id={message_id}").status == 422
    for path in ("/inbox/reply", "/inbox/close"):
        assert send(console_world, manager, path, id=message_id, text="Hello")[0] == 422


@pytest.mark.parametrize("path", ["/reply", "/preview", "/close"])
def test_given_a_viewer_when_answering_then_403(console_world: ConsoleWorld, path: str) -> None:
    console_world.operators.put("OperatorInbox", SICK)
    viewer = console_world.signed_in("viewer")
    form = {"csrf_token": console_world.csrf_token(), "id": SICK_ID, "text": "Hello"}

    assert viewer.post(f"/inbox{path}", form).status == 403
    page = viewer.get(f"/inbox/message?id={SICK_ID}").body
    assert str(SICK["text"]) in unescape(page)
    assert "reply-form" not in page


def test_given_hostile_texts_when_shown_then_they_appear_as_text(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put("OperatorInbox", {**SICK, "text": HOSTILE, "reply_error": HOSTILE})
    console_world.operators.put("Employees", {**ANN_LEE, "name": HOSTILE})

    for path in ("/inbox", f"/inbox/message?id={SICK_ID}"):
        page = manager.get(path).body
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "{{ 7 * 7 }}" in page


def test_given_an_open_inbox_when_a_text_arrives_then_the_poll_shows_it(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    again = unescape(manager.get("/inbox").body.partition('hx-get="')[2].partition('"')[0])
    assert manager.poll(again).status == 204

    console_world.operators.put("OperatorInbox", {**SICK, "message_id": "new", "text": "Where is the key?"})

    assert "Where is the key?" in manager.poll(again).body
