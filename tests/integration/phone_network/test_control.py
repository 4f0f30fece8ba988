"""Tests the HTTP API for a second terminal."""

import json
import threading
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from lab.phone_network import InboundPayload
from tests.support.phone_network import OURS, PHONE, RunningNetwork

JSON = {"Content-Type": "application/json"}


def send_request(
    running: RunningNetwork,
    method: str,
    path: str,
    document: Any = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    connection = HTTPConnection(urlsplit(running.network.url).netloc, timeout=10)
    try:
        body = None if document is None else json.dumps(document)
        connection.request(method, path, body, headers if headers is not None else JSON)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_given_a_system_that_replies_twice_when_texted_then_both_are_returned(
    running: RunningNetwork,
) -> None:
    def reply_twice(payload: InboundPayload) -> None:
        running.published.append(payload)
        for delay, body in ((0.1, "Booked"), (0.2, "One more thing")):
            threading.Timer(delay, running.send, args=(body,)).start()

    running.network.publish = reply_twice
    running.send("before")

    status, document = send_request(
        running, "POST", "/_phone/text", {"from": PHONE, "body": "XYZ123", "to": OURS, "wait_seconds": 5}
    )

    assert status == 200
    assert document["inbound_message_id"] == running.published[0]["inboundMessageId"]
    assert [reply["body"] for reply in document["replies"]] == ["Booked", "One more thing"]
    assert {key: document["replies"][0][key] for key in ("parts", "encoding", "origination")} == {
        "parts": 1,
        "encoding": "GSM",
        "origination": OURS,
    }


def test_given_a_system_without_replies_when_texted_then_the_list_is_empty(running: RunningNetwork) -> None:
    status, document = send_request(
        running, "POST", "/_phone/text", {"from": PHONE, "body": "hi", "wait_seconds": 0.1}
    )
    assert (status, document["replies"]) == (200, [])


@pytest.mark.parametrize("number", [PHONE, PHONE.replace("+", "%2B")])
def test_given_a_phone_with_texts_when_read_then_they_are_listed(
    running: RunningNetwork, number: str
) -> None:
    running.send("hello")
    status, document = send_request(running, "GET", f"/_phone/texts?number={number}")
    assert (status, [text["body"] for text in document["texts"]]) == (200, ["hello"])


@pytest.mark.parametrize(
    ("target", "document", "headers", "status"),
    [
        (("POST", "/_phone/text"), {"body": "hi"}, JSON, 400),
        (("POST", "/_phone/text"), {"from": PHONE, "body": 5}, JSON, 400),
        (("POST", "/_phone/text"), {"from": PHONE, "body": "hi", "to": "+12065550999"}, JSON, 400),
        (("POST", "/_phone/text"), {"from": PHONE, "body": "hi", "wait_seconds": 61}, JSON, 400),
        (("POST", "/_phone/text"), ["from"], JSON, 400),
        (("POST", "/_phone/text"), {"from": PHONE, "body": "hi"}, {"Content-Type": "text/plain"}, 400),
        (("GET", "/_phone/texts"), None, JSON, 400),
        (("GET", "/_phone/text"), None, JSON, 404),
    ],
)
def test_given_an_invalid_request_when_sent_then_an_error_and_no_effect(
    running: RunningNetwork, target: tuple[str, str], document: Any, headers: dict[str, str], status: int
) -> None:
    actual, response = send_request(running, *target, document, headers)
    assert actual == status
    assert response["error"]
    assert running.published == []
