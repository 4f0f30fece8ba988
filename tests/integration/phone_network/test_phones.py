"""Tests inbound texts: published to the topic, or handled by the carrier."""

import threading

import pytest

from lab.phone_network import PhoneNetwork, PhoneNumber, allow_all
from tests.support.phone_network import OURS, PHONE, POOLED, RunningNetwork, account, running_network


def test_given_a_text_we_sent_when_replied_to_then_the_payload_is_as_documented(
    running: RunningNetwork,
) -> None:
    ours = running.send(OriginationIdentity=POOLED)

    inbound = running.network.send_from_phone(PHONE, "XYZ123")

    assert running.published == [
        {
            "originationNumber": PHONE,
            "destinationNumber": POOLED,
            "messageKeyword": "KEYWORD_000000000000",
            "messageBody": "XYZ123",
            "inboundMessageId": inbound,
            "previousPublishedMessageId": ours,
        }
    ]


def test_given_a_phone_we_never_texted_when_it_texts_then_no_previous_message(
    running: RunningNetwork,
) -> None:
    running.network.send_from_phone(PHONE, "REQUEST", message_id="inbound-1")
    assert running.published == [
        {
            "originationNumber": PHONE,
            "destinationNumber": OURS,
            "messageKeyword": "KEYWORD_000000000000",
            "messageBody": "REQUEST",
            "inboundMessageId": "inbound-1",
        }
    ]


def test_given_a_published_text_when_redelivered_later_then_the_payload_is_equal(
    running: RunningNetwork,
) -> None:
    inbound = running.network.send_from_phone(PHONE, "XYZ123")
    running.send("Booked")
    running.network.redeliver(inbound)
    assert running.published[0] == running.published[1]


def test_given_a_number_that_is_not_ours_when_texted_then_it_is_an_error(running: RunningNetwork) -> None:
    with pytest.raises(ValueError, match=r"\+12065550999"):
        running.network.send_from_phone(PHONE, "hello", to="+12065550999")


def test_given_no_topic_yet_when_a_phone_texts_then_it_is_an_error() -> None:
    with (
        PhoneNetwork(account(), authorize=allow_all) as network,
        pytest.raises(ValueError, match="no inbound topic"),
    ):
        network.send_from_phone(PHONE, "hello")


@pytest.mark.parametrize(
    "word", ["STOP", "stop.", " End ", "cancel my shift", "OPT-OUT", "arret", "TD", "Revoke"]
)
def test_given_an_opt_out_word_when_sent_twice_then_listed_replied_once_unpublished(
    running: RunningNetwork, word: str
) -> None:
    running.network.send_from_phone(PHONE, word)
    running.network.send_from_phone(PHONE, word)

    assert running.network.is_opted_out(PHONE)
    assert [text.automatic for text in running.network.inbox(PHONE)] == [True]
    assert running.published == []
    with pytest.raises(running.sms.exceptions.ConflictException):
        running.send()


@pytest.mark.parametrize("word", ["START", "unstop"])
def test_given_an_opted_out_phone_when_it_opts_in_then_it_is_texted_again(
    running: RunningNetwork, word: str
) -> None:
    running.network.send_from_phone(PHONE, "STOP")
    running.network.send_from_phone(PHONE, word)
    running.send("welcome back")

    assert not running.network.is_opted_out(PHONE)
    assert [payload["messageKeyword"] for payload in running.published] == [word.upper()]
    assert running.network.inbox(PHONE)[-1].body == "welcome back"


def test_given_help_when_sent_then_replied_to_each_time_and_not_published(running: RunningNetwork) -> None:
    running.network.send_from_phone(PHONE, "help")
    running.network.send_from_phone(PHONE, "HELP me")
    assert len(running.network.inbox(PHONE)) == 2
    assert running.published == []


@pytest.mark.parametrize("body", ["STOPPED", "ENDING1", "do not STOP", "STOP2", "", "🙂"])
def test_given_a_text_that_only_resembles_a_keyword_when_sent_then_published(
    running: RunningNetwork, body: str
) -> None:
    running.network.send_from_phone(PHONE, body)
    assert [payload["messageBody"] for payload in running.published] == [body]


def test_given_an_opted_out_phone_when_it_texts_then_it_is_still_published(running: RunningNetwork) -> None:
    running.network.send_from_phone(PHONE, "STOP")
    running.network.send_from_phone(PHONE, "XYZ123")
    assert [payload["messageBody"] for payload in running.published] == ["XYZ123"]


def test_given_self_managed_opt_outs_when_stop_is_sent_then_it_is_published() -> None:
    number = PhoneNumber(number=OURS, phone_number_id="phone-1", self_managed_opt_outs=True)
    with running_network(account(phone_numbers=(number,), pools=())) as running:
        running.network.send_from_phone(PHONE, "STOP")
        assert [payload["messageBody"] for payload in running.published] == ["STOP"]
        assert not running.network.is_opted_out(PHONE)
        assert running.network.texts == ()
        running.send("you asked for silence")
        assert [text.body for text in running.network.inbox(PHONE)] == ["you asked for silence"]


@pytest.mark.parametrize(
    ("body", "keyword", "opted_out"),
    [("stop it", "STOP", True), ("Help!", "HELP", False), (" opt-out", "OPT-OUT", True)],
)
def test_given_published_keywords_when_one_is_sent_then_replied_to_and_published(
    running: RunningNetwork, body: str, keyword: str, opted_out: bool
) -> None:
    running.network.publishes_keywords = True
    ours = running.send()
    running.network.send_from_phone(PHONE, body)
    assert running.network.is_opted_out(PHONE) == opted_out
    assert [text.automatic for text in running.network.inbox(PHONE)] == [False, True]
    (payload,) = running.published
    assert (payload["messageKeyword"], payload["messageBody"]) == (keyword, body)
    assert payload["previousPublishedMessageId"] == ours


def test_given_an_opted_out_phone_when_start_is_sent_then_opted_in_and_published(
    running: RunningNetwork,
) -> None:
    running.network.opt_out(PHONE)
    running.network.send_from_phone(PHONE, "START")
    assert not running.network.is_opted_out(PHONE)
    running.network.send_from_phone(PHONE, "XYZ123")
    assert [payload["messageKeyword"] for payload in running.published] == ["START", "KEYWORD_000000000000"]


def test_given_no_text_when_waiting_then_it_times_out(running: RunningNetwork) -> None:
    with pytest.raises(TimeoutError, match=r"\+14255550101"):
        running.network.wait_for_text(PHONE, timeout=0.05)


def test_given_a_waiting_caller_when_the_next_text_comes_then_it_is_returned(
    running: RunningNetwork,
) -> None:
    running.send("first")
    later = threading.Timer(0.1, running.send, args=("second",))
    later.start()
    assert running.network.wait_for_text(PHONE, after=1, timeout=5).body == "second"
    later.join()


def test_given_many_texts_when_counted_then_by_body(running: RunningNetwork) -> None:
    for body in ("gone", "gone", "booked"):
        running.send(body)
    assert running.network.counts_by_body() == {"gone": 2, "booked": 1}


def test_given_a_call_and_a_campaign_when_waited_for_then_both_are_recorded(running: RunningNetwork) -> None:
    running.call()
    running.campaign()
    assert running.network.wait_until(
        lambda: bool(running.network.calls and running.network.campaigns), timeout=0
    )
