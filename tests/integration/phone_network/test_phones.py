"""Tests inbound texts: published to the topic, or handled by the carrier."""

import threading

import pytest

from lab.phone_network import PhoneNetwork, PhoneNumber, allow_all
from tests.support.phone_network import OURS, PHONE, POOLED, RunningNetwork, account, running_network


def test_given_a_text_we_sent_when_replied_to_then_the_payload_is_as_documented(
    usual: RunningNetwork,
) -> None:
    ours = usual.send(OriginationIdentity=POOLED)

    inbound = usual.network.send_from_phone(PHONE, "XYZ123")

    assert usual.published == [
        {
            "originationNumber": PHONE,
            "destinationNumber": POOLED,
            "messageKeyword": "KEYWORD_000000000000",
            "messageBody": "XYZ123",
            "inboundMessageId": inbound,
            "previousPublishedMessageId": ours,
        }
    ]


def test_given_a_phone_we_never_texted_when_it_texts_then_no_previous_message(usual: RunningNetwork) -> None:
    usual.network.send_from_phone(PHONE, "REQUEST", message_id="inbound-1")
    assert usual.published == [
        {
            "originationNumber": PHONE,
            "destinationNumber": OURS,
            "messageKeyword": "KEYWORD_000000000000",
            "messageBody": "REQUEST",
            "inboundMessageId": "inbound-1",
        }
    ]


def test_given_a_published_text_when_redelivered_later_then_the_payload_is_equal(
    usual: RunningNetwork,
) -> None:
    inbound = usual.network.send_from_phone(PHONE, "XYZ123")
    usual.send("Booked")
    usual.network.redeliver(inbound)
    assert usual.published[0] == usual.published[1]


def test_given_a_number_that_is_not_ours_when_texted_then_it_is_an_error(usual: RunningNetwork) -> None:
    with pytest.raises(ValueError, match=r"\+12065550999"):
        usual.network.send_from_phone(PHONE, "hello", to="+12065550999")


def test_given_no_topic_yet_when_a_phone_texts_then_it_is_an_error() -> None:
    with (
        PhoneNetwork(account(), authorize=allow_all) as network,
        pytest.raises(ValueError, match="no inbound topic"),
    ):
        network.send_from_phone(PHONE, "hello")


@pytest.mark.parametrize("word", ["STOP", "stop.", " End ", "cancel my shift", "OPT-OUT", "arret", "TD"])
def test_given_an_opt_out_word_when_sent_twice_then_listed_replied_once_unpublished(
    usual: RunningNetwork, word: str
) -> None:
    usual.network.send_from_phone(PHONE, word)
    usual.network.send_from_phone(PHONE, word)

    assert usual.network.is_opted_out(PHONE)
    assert [text.automatic for text in usual.network.inbox(PHONE)] == [True]
    assert usual.published == []
    with pytest.raises(usual.sms.exceptions.ConflictException):
        usual.send()


@pytest.mark.parametrize("word", ["START", "unstop"])
def test_given_an_opted_out_phone_when_it_opts_in_then_it_is_texted_again(
    usual: RunningNetwork, word: str
) -> None:
    usual.network.send_from_phone(PHONE, "STOP")
    usual.network.send_from_phone(PHONE, word)
    usual.send("welcome back")

    assert not usual.network.is_opted_out(PHONE)
    assert usual.published == []
    assert usual.network.inbox(PHONE)[-1].body == "welcome back"


def test_given_help_when_sent_then_replied_to_each_time_and_not_published(usual: RunningNetwork) -> None:
    usual.network.send_from_phone(PHONE, "help")
    usual.network.send_from_phone(PHONE, "HELP me")
    assert len(usual.network.inbox(PHONE)) == 2
    assert usual.published == []


@pytest.mark.parametrize("body", ["STOPPED", "ENDING1", "do not STOP", "STOP2", "", "🙂"])
def test_given_a_text_that_only_resembles_a_keyword_when_sent_then_published(
    usual: RunningNetwork, body: str
) -> None:
    usual.network.send_from_phone(PHONE, body)
    assert [payload["messageBody"] for payload in usual.published] == [body]


def test_given_an_opted_out_phone_when_it_texts_then_it_is_still_published(usual: RunningNetwork) -> None:
    usual.network.send_from_phone(PHONE, "STOP")
    usual.network.send_from_phone(PHONE, "XYZ123")
    assert [payload["messageBody"] for payload in usual.published] == ["XYZ123"]


def test_given_self_managed_opt_outs_when_stop_is_sent_then_it_is_published() -> None:
    number = PhoneNumber(number=OURS, phone_number_id="phone-1", self_managed_opt_outs=True)
    with running_network(account(phone_numbers=(number,), pools=())) as made:
        made.network.send_from_phone(PHONE, "STOP")
        assert [payload["messageBody"] for payload in made.published] == ["STOP"]
        assert not made.network.is_opted_out(PHONE)
        assert made.network.texts == ()
        made.send("you asked for silence")
        assert [text.body for text in made.network.inbox(PHONE)] == ["you asked for silence"]


@pytest.mark.parametrize(
    ("body", "keyword", "opted_out"),
    [("stop it", "STOP", True), ("Help!", "HELP", False), (" opt-out", "OPT-OUT", True)],
)
def test_given_published_keywords_when_one_is_sent_then_replied_to_and_published(
    usual: RunningNetwork, body: str, keyword: str, opted_out: bool
) -> None:
    usual.network.publishes_keywords = True
    ours = usual.send()
    usual.network.send_from_phone(PHONE, body)
    assert usual.network.is_opted_out(PHONE) == opted_out
    assert [text.automatic for text in usual.network.inbox(PHONE)] == [False, True]
    (payload,) = usual.published
    assert (payload["messageKeyword"], payload["messageBody"]) == (keyword, body)
    assert payload["previousPublishedMessageId"] == ours


def test_given_published_keywords_when_start_is_sent_then_opted_in_and_published(
    usual: RunningNetwork,
) -> None:
    usual.network.publishes_keywords = True
    usual.network.opt_out(PHONE)
    usual.network.send_from_phone(PHONE, "START")
    assert not usual.network.is_opted_out(PHONE)
    usual.network.send_from_phone(PHONE, "XYZ123")
    assert [payload["messageKeyword"] for payload in usual.published] == ["START", "KEYWORD_000000000000"]


def test_given_no_text_when_waiting_then_it_times_out(usual: RunningNetwork) -> None:
    with pytest.raises(TimeoutError, match=r"\+14255550101"):
        usual.network.wait_for_text(PHONE, timeout=0.05)


def test_given_a_waiting_caller_when_the_next_text_comes_then_it_is_returned(
    usual: RunningNetwork,
) -> None:
    usual.send("first")
    later = threading.Timer(0.1, usual.send, args=("second",))
    later.start()
    assert usual.network.wait_for_text(PHONE, after=1, timeout=5).body == "second"
    later.join()


def test_given_many_texts_when_counted_then_by_body(usual: RunningNetwork) -> None:
    for body in ("gone", "gone", "booked"):
        usual.send(body)
    assert usual.network.counts_by_body() == {"gone": 2, "booked": 1}


def test_given_a_call_and_a_campaign_when_waited_for_then_both_are_recorded(usual: RunningNetwork) -> None:
    usual.call()
    usual.campaign()
    assert usual.network.wait_until(lambda: bool(usual.network.calls and usual.network.campaigns), timeout=0)
