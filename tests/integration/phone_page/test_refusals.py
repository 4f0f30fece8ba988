"""Tests that the phone page refuses what it does not send itself, because it can send texts."""

import pytest

from tests.support.phone_network import PHONE
from tests.support.phone_page import ServedPage

TEXT = {"phone": PHONE, "body": "XYZ123"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/json"}, 415),
    ],
)
def test_given_a_foreign_request_when_posted_then_no_text_is_sent(
    served: ServedPage, headers: dict[str, str], status: int
) -> None:
    response = served.post("/texts", {"token": served.token, **TEXT}, **headers)
    assert response.status == status
    assert served.running.published == []


@pytest.mark.parametrize("token", [None, "", "x", "é"])
def test_given_a_wrong_token_when_posted_then_nothing_happens(served: ServedPage, token: str | None) -> None:
    fields = TEXT if token is None else {"token": token, **TEXT}
    assert served.post("/texts", fields).status == 403
    assert served.post("/faults", {**fields, "fault": "throttle"}).status == 403
    assert served.running.published == []
    assert served.faults.injected == []


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"phone": PHONE, "body": "  "}, "Write a text first."),
        ({"phone": PHONE}, "body is missing."),
        ({"phone": PHONE, "body": "x" * 1601}, "at most 1600 characters; this one has 1601"),
        ({"phone": "Zoe", "body": "hi"}, "No employee is called 'Zoe'"),
    ],
)
def test_given_a_wrong_text_when_posted_then_the_error_says_what_is_wrong(
    served: ServedPage, fields: dict[str, str], problem: str
) -> None:
    response = served.post("/texts", {"token": served.token, **fields})
    assert response.status == 400
    assert problem in response.document["error"]
    assert served.running.published == []


@pytest.mark.parametrize("path", ["/", "/assets/phone_page.css", "/assets/phone_page.js", "/nothing"])
def test_given_any_response_when_sent_then_it_forbids_scripts_and_frames_of_others(
    served: ServedPage, path: str
) -> None:
    headers = served.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/assets/../page_server.py", "/assets/page.html", "/phones/", "/changes?after=x&phone=Zoe", "/changes"],
)
def test_given_a_path_that_is_none_when_requested_then_it_is_refused(served: ServedPage, path: str) -> None:
    assert served.get(path).status in (400, 404)


def test_given_the_pages_when_read_then_they_load_nothing_from_other_hosts(served: ServedPage) -> None:
    for path in ("/", "/phones/%2B14255550101", "/assets/phone_page.css", "/assets/phone_page.js"):
        assert "//" not in served.get(path).text.replace("// ", "")
