"""Tests that each button of the phone page injects its fault."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support.phone_network import OURS, PHONE, REGION
from tests.support.phone_page import ServedPage


def press(served: ServedPage, fault: str, **fields: str) -> None:
    response = served.post("/faults", {"token": served.token, "fault": fault, **fields})
    assert response.status == 200, response.text


def test_given_throttle_when_pressed_then_five_sends_are_refused(served: ServedPage) -> None:
    press(served, "throttle")
    for _ in range(5):
        with pytest.raises(ClientError, match="ThrottlingException"):
            served.running.send()
    served.running.send("after")
    assert [text.body for text in served.running.network.texts] == ["after"]
    assert "happened 5 of 5 times" in served.get("/").text


def test_given_a_throttle_when_removed_then_the_next_send_succeeds(served: ServedPage) -> None:
    press(served, "throttle")
    press(served, "remove")
    served.running.send("after")
    assert "removed, happened 0 of 5 times" in served.get("/").text


def test_given_timeout_when_pressed_then_one_send_gets_no_response(served: ServedPage) -> None:
    press(served, "timeout")
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="secret", region_name=REGION)
    client = session.client(
        "pinpoint-sms-voice-v2",
        endpoint_url=served.running.network.url,
        config=Config(read_timeout=0.2, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(ReadTimeoutError):
        client.send_text_message(DestinationPhoneNumber=PHONE, OriginationIdentity=OURS, MessageBody="sent")
    client.close()
    served.running.send("after")
    assert [text.body for text in served.running.network.texts] == ["sent", "after"]


def test_given_crash_when_pressed_then_queues_redeliver_quickly_until_removed(served: ServedPage) -> None:
    press(served, "crash")
    assert served.redelivery == [15]
    again = served.post("/faults", {"token": served.token, "fault": "crash"})
    assert (again.status, served.redelivery) == (400, [15])
    press(served, "remove")
    assert served.redelivery == []
    press(served, "crash")
    assert served.redelivery == [15]


def test_given_a_published_text_when_duplicated_then_it_is_published_again(served: ServedPage) -> None:
    served.running.network.send_from_phone(PHONE, "XYZ123")
    served.running.network.send_from_phone(PHONE, "STOP")  # not published
    press(served, "duplicate")
    first, second = served.running.published
    assert first == second


def test_given_no_text_when_duplicated_then_the_page_says_so(served: ServedPage) -> None:
    response = served.post("/faults", {"token": served.token, "fault": "duplicate"})
    assert (response.status, response.document["error"]) == (
        400,
        "No phone has sent a text yet. Send one first.",
    )


def test_given_many_employees_when_they_claim_then_a_hundred_text_the_code(served: ServedPage) -> None:
    served.employees.extend(
        {"phone_number": f"+1425556{number:04}", "name": f"Name {number}"} for number in range(150)
    )
    press(served, "claim", shift="XYZ123")
    assert len(served.running.published) == 100
    assert len({text["originationNumber"] for text in served.running.published}) == 100
    assert {(text["messageBody"], text["destinationNumber"]) for text in served.running.published} == {
        ("XYZ123", OURS)
    }


@pytest.mark.parametrize(("fault", "fields"), [("claim", {"shift": ""}), ("claim", {}), ("nothing", {})])
def test_given_a_wrong_button_when_pressed_then_it_is_refused(
    served: ServedPage, fault: str, fields: dict[str, str]
) -> None:
    assert served.post("/faults", {"token": served.token, "fault": fault, **fields}).status == 400
    assert served.running.published == []
