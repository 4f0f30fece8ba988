"""Work items become texts: each recipient once, at its turn, whatever the service says and whoever dies meanwhile."""

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.adapters.clients import ONE_ATTEMPT
from shift_sms_runtime.adapters.end_user_messaging import EndUserMessaging
from shift_sms_runtime.adapters.pinpoint_campaigns import Pinpoint
from shift_sms_runtime.domain.campaigns import CampaignStatus
from shift_sms_runtime.domain.deliveries import (
    Delivery,
    DeliveryStatus,
    LimitReached,
    NotSent,
    OutgoingText,
    Refused,
    Sent,
    Unknown,
)
from shift_sms_runtime.domain.pinpoint import PinpointBusy, PinpointRefused, PinpointUnknown
from shift_sms_runtime.services.campaign_sending import OPTED_OUT_BEFORE
from shift_sms_runtime.services.send_once import TryAgainLater
from tests.business import MESSAGE, OUR_NUMBER, Business, miscounted, moments, numbers
from tests.fakes import Clock, Employee, Killed, MemoryPace, Patience, Phones, Steps, Throttled, die, throttle
from tests.together import Together

THROTTLED = NotSent("ThrottlingException", passing=True)
FORBIDDEN = NotSent("AccessDeniedException", passing=False)
NO_NUMBER_THERE = NotSent("NO_ORIGINATION_IDENTITIES_FOUND", passing=False, others_may_go=True)
OPTED_OUT = Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")
SPENT = LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")


def planned(members: int = 5, **settings: Any) -> Business:
    """A campaign whose work items wait for senders."""
    business = Business(numbers(members), **settings)
    business.put(campaign_message=MESSAGE)
    business.plan()
    return business


def sending_of_all(business: Business) -> Steps:
    """The steps of senders alone."""
    business.steps.taken = 0
    business.send()
    return business.steps


def adds_up(business: Business) -> None:
    """Nobody was texted twice, everybody came to an end, and the counters say so."""
    assert len(business.texted()) == len(set(business.texted()))
    assert all(row.status.final for row in business.rows().values())
    assert miscounted(business.rows(), business.counted()) == []
    assert business.counted()["waiting"] == 0


class Service:
    """AWS's client, as far as a text needs it: it takes the text, or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.requests: list[dict[str, Any]] = []

    def send_text_message(self, **request: Any) -> dict[str, str]:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return {"MessageId": f"sms-{len(self.requests)}"}


class PhonesBehind(Phones):
    """Phones that are reached through AWS."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.send = EndUserMessaging(service).send  # type: ignore[arg-type, method-assign]


def aws_error(code: str, reason: str | None = None, http_status: int = 400) -> ClientError:
    """An error of the API, with its reason where botocore puts it."""
    response: Any = {
        "Error": {"Code": code, "Message": "about +14255550100"},
        "ResponseMetadata": {"HTTPStatusCode": http_status},
        **({"Reason": reason} if reason else {}),
    }
    return ClientError(response, "SendTextMessage")


CONFLICT, INVALID, QUOTA, DENIED = (
    "ConflictException",
    "ValidationException",
    "ServiceQuotaExceededException",
    "AccessDeniedException",
)
WAITS = DeliveryStatus.QUEUED
"""Somebody has to change something first: the record fails, and the text waits for that."""


@pytest.mark.parametrize(
    ("code", "reason", "status"),
    [
        (CONFLICT, "DESTINATION_PHONE_NUMBER_OPTED_OUT", DeliveryStatus.OPTED_OUT),
        (CONFLICT, "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", DeliveryStatus.NOT_VERIFIED),
        (
            CONFLICT,
            "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
            DeliveryStatus.BLOCKED_COUNTRY,
        ),
        (
            CONFLICT,
            "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
            DeliveryStatus.FAILED,
        ),
        (CONFLICT, "NO_ORIGINATION_IDENTITIES_FOUND", WAITS),
        (CONFLICT, "MESSAGE_TYPE_MISMATCH", WAITS),
        (CONFLICT, "NUMBER_CAPABILITIES_MISMATCH", WAITS),
        (CONFLICT, "RESOURCE_NOT_ACTIVE", WAITS),
        (INVALID, "DESTINATION_COUNTRY_BLOCKED", DeliveryStatus.BLOCKED_COUNTRY),
        (INVALID, "COUNTRY_NOT_ENABLED", DeliveryStatus.BLOCKED_COUNTRY),
        (INVALID, "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", DeliveryStatus.FAILED),
        (INVALID, "INTERNATIONAL_SENDING_NOT_SUPPORTED", DeliveryStatus.FAILED),
        (INVALID, "PRICE_OVER_THRESHOLD", DeliveryStatus.FAILED),
        (INVALID, "CANNOT_PARSE", DeliveryStatus.FAILED),
        (INVALID, "INVALID_PARAMETER", WAITS),
        (INVALID, "MAXIMUM_SIZE_EXCEEDED", DeliveryStatus.FAILED),
        (INVALID, None, WAITS),
        (INVALID, "SENDER_ID_NOT_REGISTERED", WAITS),
        (INVALID, "SENDER_ID_NOT_SUPPORTED", WAITS),
        (QUOTA, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", DeliveryStatus.STOPPED),
        (QUOTA, "DAILY_DESTINATION_CALL_LIMIT", DeliveryStatus.STOPPED),
        ("ResourceNotFoundException", None, WAITS),
        (DENIED, "INSUFFICIENT_ACCOUNT_REPUTATION", WAITS),
        (DENIED, "ACCOUNT_DISABLED", WAITS),
        (DENIED, None, WAITS),
    ],
)
def test_given_a_reason_of_aws_when_a_text_is_refused_then_its_row_has_this_status_and_the_reason(
    code: str, reason: str | None, status: DeliveryStatus
) -> None:
    service = Service(aws_error(code, reason))
    business = planned(1, phones=PhonesBehind(service))
    if status is WAITS:
        with pytest.raises(TryAgainLater):
            business.send()
    else:
        business.send()
        adds_up(business)
    (row,) = business.rows().values()
    assert (row.status, row.reason) == (status, reason or code)
    assert len(service.requests) == 1, "neither hammered nor repeated"
    assert ("campaign_error" in business.board.rows["c"]) is (status is DeliveryStatus.STOPPED)


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (aws_error("ThrottlingException", http_status=429), True),
        (aws_error("TooManyRequestsException", http_status=429), True),
        (ConnectTimeoutError(endpoint_url="x"), True),
        (EndpointConnectionError(endpoint_url="x"), True),
        (aws_error("InternalServerException", http_status=500), False),
        (ReadTimeoutError(endpoint_url="x"), False),
        (ConnectionClosedError(endpoint_url="x"), False),
        (SSLError(endpoint_url="x", error=OSError("bad record")), False),
    ],
)
def test_given_no_proper_answer_when_a_text_is_sent_then_it_is_tried_again_only_if_it_certainly_did_not_go_out(
    error: Exception, passing: bool
) -> None:
    service = Service(error)
    result = EndUserMessaging(service).send(OutgoingText("+14255550100", OUR_NUMBER, "x", "c"))  # type: ignore[arg-type]
    assert isinstance(result, NotSent if passing else Unknown)
    if isinstance(result, NotSent):
        assert result.passing


def answering(session: boto3.Session, service: Any, status: int, body: bytes) -> Any:
    """AWS's own client, whose requests are answered with this."""
    client = session.client(service, config=ONE_ATTEMPT)

    class Raw:
        def stream(self) -> Iterator[bytes]:
            yield body

    answer = AWSResponse(
        "https://x", status, HTTPHeaders.from_dict({"Content-Type": "application/json"}), Raw()
    )
    client.meta.events.register("before-send", lambda **_: answer)
    return client


UNREADABLE = [b"", b"<html>", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}", b'{"MessageId": ""}']


@pytest.mark.parametrize("body", UNREADABLE)
def test_given_an_answer_that_cannot_be_read_when_a_text_is_sent_then_its_row_settles_as_unknown(
    session: boto3.Session, body: bytes
) -> None:
    business = planned(1, phones=Phones())
    sms = EndUserMessaging(answering(session, "pinpoint-sms-voice-v2", 200, body))
    business.phones.send = sms.send  # type: ignore[method-assign]
    business.send()
    assert set(business.statuses().values()) == {DeliveryStatus.UNKNOWN}
    adds_up(business)


@pytest.mark.parametrize("body", UNREADABLE)
def test_given_an_answer_that_cannot_be_read_when_pinpoint_is_asked_then_nobody_knows_what_became_of_it(
    session: boto3.Session, body: bytes
) -> None:
    client = answering(session, "pinpoint", 200, body)
    with pytest.raises(PinpointUnknown):
        Pinpoint(client, application_id="a", segment_id="s").create(name="c", message="x")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (EndpointConnectionError(endpoint_url="x"), PinpointRefused),
        (ConnectTimeoutError(endpoint_url="x"), PinpointBusy),
        (SSLError(endpoint_url="x", error=OSError("bad record")), PinpointUnknown),
        (ReadTimeoutError(endpoint_url="x"), PinpointUnknown),
    ],
)
def test_given_no_proper_answer_when_pinpoint_is_asked_then_only_what_passes_is_tried_again(
    session: boto3.Session, error: Exception, raised: type[Exception]
) -> None:
    client = session.client("pinpoint", config=ONE_ATTEMPT)

    def fail(**_: Any) -> None:
        raise error

    client.meta.events.register("before-call", fail)
    with pytest.raises(raised, match=type(error).__name__):
        Pinpoint(client, application_id="a", segment_id="s").create(name="c", message="x")


@pytest.mark.parametrize(
    ("error", "others_may_go"),
    [
        (aws_error(CONFLICT, "NO_ORIGINATION_IDENTITIES_FOUND"), True),
        (aws_error(CONFLICT, "NUMBER_CAPABILITIES_MISMATCH"), True),
        (aws_error(INVALID, "SENDER_ID_NOT_SUPPORTED"), True),
        (aws_error(INVALID, "INVALID_PARAMETER"), True),
        (aws_error(INVALID, "OTHER"), True),
        (aws_error("ResourceNotFoundException", http_status=404), False),
        (aws_error(DENIED, "ACCOUNT_DISABLED", http_status=403), False),
        (aws_error("UnrecognizedClientException", http_status=403), False),
    ],
)
def test_given_a_refusal_that_somebody_can_mend_when_it_may_be_about_one_country_then_others_may_go(
    error: ClientError, others_may_go: bool
) -> None:
    result = EndUserMessaging(Service(error)).send(OutgoingText("+14255550100", OUR_NUMBER, "x", "c"))  # type: ignore[arg-type]
    assert isinstance(result, NotSent)
    assert (result.passing, result.others_may_go) == (False, others_may_go)


def test_given_a_text_of_a_campaign_when_sent_then_its_events_will_find_back_and_an_answer_has_none() -> None:
    service = Service()
    sms = EndUserMessaging(service, configuration_set="shift-sms")  # type: ignore[arg-type]
    sms.send(OutgoingText("+14255550100", OUR_NUMBER, "x", "c"))
    sms.send(OutgoingText("+14255550100", OUR_NUMBER, "x"))
    of_campaign, answer = service.requests
    assert of_campaign == answer | {"ConfigurationSetName": "shift-sms", "Context": {"campaign_id": "c"}}
    assert answer == {
        "DestinationPhoneNumber": "+14255550100",
        "OriginationIdentity": OUR_NUMBER,
        "MessageBody": "x",
    }


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (Unknown("ReadTimeoutError"), DeliveryStatus.UNKNOWN),
        (OPTED_OUT, DeliveryStatus.OPTED_OUT),
        (Refused(DeliveryStatus.FAILED, "INVALID_PARAMETER"), DeliveryStatus.FAILED),
    ],
)
def test_given_a_send_that_does_not_succeed_when_repeated_then_it_is_not_tried_again_and_neighbours_go_on(
    result: Any, status: DeliveryStatus
) -> None:
    business = planned(5, phones=Phones([result]))
    business.dispatch.waiting *= 2
    business.send()
    assert business.phones.attempts == 5
    assert sorted(business.statuses().values()) == sorted([status] + [DeliveryStatus.SENT] * 4)
    assert sorted(business.tallied) == sorted([(status, 1)] + [(DeliveryStatus.SENT, 1)] * 4)
    adds_up(business)


def test_given_every_work_item_three_times_when_sent_then_nobody_is_texted_twice() -> None:
    business = planned(30)
    business.dispatch.waiting *= 3
    business.send()
    assert business.texted() == numbers(30)
    adds_up(business)


def test_given_the_spend_limit_when_it_is_reached_then_the_campaign_stops_and_the_rest_is_settled_as_stopped() -> (
    None
):
    business = planned(13, phones=Phones([Sent("1"), Sent("2"), SPENT]))
    business.send()
    assert business.phones.attempts == 3
    assert business.stops == 1
    assert sorted(business.statuses().values()) == sorted(["sent"] * 2 + ["stopped"] * 11)
    assert {row.reason for row in business.rows().values() if row.status is DeliveryStatus.STOPPED} == {
        "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
        "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: the rest was not texted",
    }
    item = business.board.rows["c"]
    assert item["campaign_status"] == "stopped"
    assert item["campaign_error"] == "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: the rest was not texted"
    adds_up(business)
    business.progress.handle("c")
    assert (item["sent"], item["stopped"], item["waiting"]) == (2, 11, 0)


def test_given_a_campaign_that_reached_a_limit_when_relaunched_then_the_rest_is_texted_and_nobody_twice() -> (
    None
):
    business = planned(13, phones=Phones([Sent("1"), Sent("2"), SPENT]))
    business.send()
    business.run(relaunch="remaining")
    assert business.texted() == numbers(13)
    assert business.board.rows["c"]["campaign_status"] == "launched"
    adds_up(business)


def test_given_a_long_work_item_when_the_operator_stops_the_campaign_meanwhile_then_few_still_hear_it() -> (
    None
):
    business = Business(numbers(40), recipients_per_item=40)

    def stop_after_three(_step: int, after: bool) -> None:
        if after and len(business.phones.texts) == 3:
            business.board.rows["c"]["campaign_status"] = "stopped"

    business.steps.happens = stop_after_three
    business.run()
    assert len(business.phones.texts) == 10
    assert (business.counted()["sent"], business.counted()["stopped"]) == (10, 30)


def test_given_somebody_whom_another_is_texting_when_there_is_no_time_for_the_rest_then_one_message_has_all() -> (
    None
):
    business = Business(numbers(5), sends_per_second=1)
    business.put("c", campaign_message=MESSAGE)
    business.plan()
    item = business.dispatch.waiting.pop(0)
    held = item.recipients[0]
    lease_until = business.clock() + timedelta(minutes=5)
    business.deliveries.claim(
        Delivery("c", held, item.segments), token="another", now=business.clock(), lease_until=lease_until
    )
    business.sending.handle(item, Patience(business.clock, 10))
    rest = [*business.dispatch.waiting, *(one for _, one in business.dispatch.hidden)]
    assert len(rest) == 1
    assert held in rest[0].recipients
    assert set(rest[0].recipients) == set(item.recipients) - set(business.texted())


@pytest.mark.parametrize("how", ["stopped", "deleted"])
def test_given_a_campaign_that_is_halted_when_its_work_items_come_then_nobody_is_texted_any_more(
    how: str,
) -> None:
    business = planned(12)
    business.sending.handle(business.dispatch.waiting.pop(0), Patience(business.clock, 60))
    if how == "stopped":
        business.board.rows["c"]["campaign_status"] = "stopped"
    else:
        del business.board.rows["c"]
    business.send()
    assert business.texted() == numbers(5)
    assert business.counted()["stopped"] == 7
    assert {row.reason for row in business.rows().values()} == {
        "",
        "stopped by the operator" if how == "stopped" else "the campaign item was deleted",
    }
    assert business.stops == 0, "the operator knows"
    adds_up(business)


def test_given_an_item_put_again_that_fails_when_texts_of_its_launch_wait_then_they_end_until_a_relaunch() -> (
    None
):
    business = planned(7)
    assert business.put(campaign_message="x" * 1600) is CampaignStatus.FAILED
    business.send()
    assert not business.texted()
    assert set(business.statuses().values()) == {DeliveryStatus.STOPPED}
    adds_up(business)
    business.run(relaunch="remaining")
    assert business.texted() == numbers(7)
    adds_up(business)


def test_given_employees_who_opted_out_when_their_campaign_is_sent_then_they_are_skipped_and_the_ledger_says_so() -> (
    None
):
    business = planned(13)
    out, back, stranger = numbers(13)[3], numbers(13)[4], numbers(13)[11]
    business.employees.rows[out] = Employee(opted_out=True)
    business.employees.rows[back] = Employee(opted_out=False)
    business.employees.rows[stranger] = Employee(opted_out=True, only_opt_out=True)
    business.dispatch.waiting *= 2
    business.send()
    assert business.texted() == [number for number in numbers(13) if number not in (out, stranger)]
    for number in (out, stranger):
        assert business.rows()[number].status is DeliveryStatus.OPTED_OUT
        assert business.rows()[number].reason == OPTED_OUT_BEFORE
    assert business.counted()["opted_out"] == 2
    adds_up(business)


def test_given_somebody_opts_out_while_a_campaign_is_sent_when_their_turn_comes_then_they_are_skipped() -> (
    None
):
    business = planned(20)
    leaves = numbers(20)[15]

    def leave() -> None:
        business.employees.rows[leaves] = Employee(opted_out=True)

    business.steps.once(10, leave)
    business.send()
    assert leaves not in business.texted()
    assert len(business.texted()) == 19


def test_given_a_refusal_of_an_employee_who_opted_out_when_sent_then_it_is_noted_and_the_next_campaign_skips_them() -> (
    None
):
    employee, other = numbers(2)
    business = planned(2, phones=Phones(refusals={employee: OPTED_OUT, other: OPTED_OUT}))
    business.employees.rows[employee] = Employee()
    business.send()
    noted = business.employees.rows[employee]
    assert (noted.opted_out, noted.changed_by) == (True, "service")
    assert other not in business.employees.rows, "the service remembers them by itself"
    attempts = business.phones.attempts
    business.run("next")
    assert business.phones.attempts == attempts + 1
    assert business.rows("next")[employee].reason == OPTED_OUT_BEFORE


def test_given_throttling_that_passes_when_sent_then_every_member_is_texted_once() -> None:
    business = planned(10, phones=Phones([THROTTLED] * 6))
    business.send()
    assert business.texted() == numbers(10)
    assert set(business.statuses().values()) == {DeliveryStatus.SENT}
    adds_up(business)


def test_given_throttling_for_long_when_sent_then_the_rest_goes_back_into_the_queue_and_the_record_is_done() -> (
    None
):
    business = planned(5, phones=Phones([Sent("1"), Sent("2"), *[THROTTLED] * 60]))
    item = business.dispatch.waiting.pop()
    business.sending.handle(item, Patience(business.clock, 60))
    (rest,) = business.dispatch.waiting
    assert rest.recipients == tuple(numbers(5)[2:]), "who was texted takes no other turn"
    assert (rest.campaign_id, rest.body, rest.segments) == (item.campaign_id, item.body, item.segments)
    assert business.statuses()[numbers(5)[2]] is DeliveryStatus.QUEUED
    business.phones.results.clear()
    business.send()
    assert business.texted() == numbers(5)
    adds_up(business)


@pytest.mark.parametrize("seconds", [1, 7.9, 8.5, 10])
def test_given_an_invocation_that_ends_before_the_next_turn_when_sent_then_the_rest_goes_back_and_is_texted_once(
    seconds: float,
) -> None:
    business = planned(5, sends_per_second=1)
    item = business.dispatch.waiting.pop()
    business.sending.handle(item, Patience(business.clock, seconds))
    done = business.texted()
    assert len(done) < 5
    assert business.queued() == [number for number in numbers(5) if number not in done]
    business.send()
    assert business.texted() == numbers(5)
    adds_up(business)


def test_given_a_number_that_is_free_too_late_for_the_invocation_when_sent_then_the_item_is_seen_shortly_before() -> (
    None
):
    business = planned(5)
    business.pace.free_from = free = business.clock() + timedelta(seconds=100)
    business.sending.handle(business.dispatch.waiting.pop(), Patience(business.clock, 60))
    ((seen_at, item),) = business.dispatch.hidden
    assert item.recipients == tuple(numbers(5))
    assert free - timedelta(seconds=30) <= seen_at <= free
    assert business.pace.free_from == free, "nothing is reserved that nobody will use"
    business.send()
    assert business.texted() == numbers(5)


def test_given_what_somebody_has_to_mend_when_sent_then_the_record_fails_and_all_are_texted_when_it_is_mended() -> (
    None
):
    business = planned(5, phones=Phones([FORBIDDEN]))
    with pytest.raises(TryAgainLater):
        business.send()
    assert business.phones.attempts == 1
    business.send()
    assert business.texted() == numbers(5)
    adds_up(business)


def counted_again(business: Business, times: int = 4) -> None:
    """Each message that fails comes again, and so often that a queue would set it aside."""
    for _ in range(times):
        with pytest.raises(TryAgainLater):
            business.send()
        business.clock.pass_time(minutes=6)


@pytest.mark.parametrize("recipients_per_item", [6, 20])
def test_given_one_recipient_who_is_always_refused_when_sent_then_the_others_are_texted_and_the_message_fails(
    recipients_per_item: int,
) -> None:
    refused = numbers(6)[1]
    others = [number for number in numbers(6) if number != refused]
    business = planned(
        6, recipients_per_item=recipients_per_item, phones=Phones(refusals={refused: NO_NUMBER_THERE})
    )
    counted_again(business)
    assert business.texted() == others
    assert business.queued() == [refused], "what is set aside names no others"
    assert business.rows()[refused].status is DeliveryStatus.QUEUED
    assert business.rows()[refused].reason == "NO_ORIGINATION_IDENTITIES_FOUND"
    assert business.phones.attempts <= 5 + 5
    business.phones.refusals.clear()
    business.send()
    assert business.texted() == numbers(6)
    adds_up(business)


@pytest.mark.parametrize("seconds", [9, 12, 20, 60])
@pytest.mark.parametrize("refused", [1, 4, 5, 6])
def test_given_recipients_who_are_always_refused_when_turns_are_rare_then_the_others_are_texted_and_it_ends(
    seconds: float, refused: int
) -> None:
    bad, good = numbers(6)[:refused], numbers(6)[refused:]
    business = planned(
        6,
        recipients_per_item=6,
        sends_per_second=0.3,
        phones=Phones(refusals=dict.fromkeys(bad, NO_NUMBER_THERE)),
    )
    business.steps.happens = lambda _step, _after: business.clock.pass_time(milliseconds=10)
    for _ in range(4):
        with pytest.raises(TryAgainLater):
            business.send(seconds)
        assert business.phones.attempts < 40
    assert business.texted() == good
    assert business.queued() == bad


def test_given_a_refusal_and_then_throttling_for_long_when_sent_then_the_untried_come_first_and_nobody_is_lost() -> (
    None
):
    business = planned(5, phones=Phones([Sent("1"), NO_NUMBER_THERE, *[THROTTLED] * 60]))
    business.sending.handle(business.dispatch.waiting.pop(), Patience(business.clock, 60))
    (rest,) = business.dispatch.waiting
    assert rest.recipients == (*numbers(5)[2:], numbers(5)[1])
    assert rest.refused == 1
    business.phones.results.clear()
    business.send()
    assert business.texted() == numbers(5)
    adds_up(business)


def test_given_a_refusal_and_then_a_limit_when_sent_then_those_who_were_refused_are_stopped_too() -> None:
    business = planned(5, phones=Phones([NO_NUMBER_THERE, Sent("1"), SPENT]))
    business.send()
    assert sorted(business.statuses().values()) == ["sent", *["stopped"] * 4]
    adds_up(business)


def test_given_a_refusal_and_then_what_concerns_everybody_when_sent_then_nobody_else_is_tried() -> None:
    business = planned(5, phones=Phones([NO_NUMBER_THERE, FORBIDDEN]))
    with pytest.raises(TryAgainLater):
        business.send()
    assert business.phones.attempts == 2
    business.send()
    assert business.texted() == numbers(5)
    adds_up(business)


def test_given_a_claim_that_another_sender_holds_when_handled_then_the_record_fails_once_the_others_are_done() -> (
    None
):
    business = planned(3)
    key = Delivery("c", numbers(3)[0], 1)
    lease_until = business.clock() + timedelta(minutes=1)
    business.deliveries.claim(key, token="another", now=business.clock(), lease_until=lease_until)
    with pytest.raises(TryAgainLater):
        business.send()
    assert business.texted() == numbers(3)[1:]
    business.clock.pass_time(minutes=2)
    business.send()
    assert sorted(business.statuses().values()) == ["sent", "sent", "unknown"]
    assert business.texted() == numbers(3)[1:]
    adds_up(business)


def test_given_a_claim_that_another_sender_holds_when_a_limit_is_reached_then_the_record_comes_again() -> (
    None
):
    business = planned(3, phones=Phones([SPENT]))
    key = Delivery("c", numbers(3)[0], 1)
    lease_until = business.clock() + timedelta(minutes=1)
    business.deliveries.claim(key, token="another", now=business.clock(), lease_until=lease_until)
    with pytest.raises(TryAgainLater):
        business.send()
    assert sorted(business.statuses().values()) == ["sending", "stopped", "stopped"]
    business.clock.pass_time(minutes=2)
    business.send()
    assert sorted(business.statuses().values()) == ["stopped", "stopped", "unknown"]
    adds_up(business)


@pytest.mark.parametrize("segment", ["overtime", "of others"])
def test_given_a_sender_that_died_when_its_item_comes_back_after_a_relaunch_then_its_claim_is_settled(
    segment: str,
) -> None:
    business = planned(1)
    business.roster.segments["of others"] = {"+14255550999"}
    replaced = business.dispatch.waiting.pop()
    key = Delivery("c", numbers(1)[0], 1)
    lease_until = business.clock() + timedelta(minutes=1)
    business.deliveries.claim(key, token="another", now=business.clock(), lease_until=lease_until)
    business.put(campaign_message=MESSAGE, segment=segment, relaunch="remaining")
    business.plan()
    with pytest.raises(TryAgainLater):
        business.sending.handle(replaced, Patience(business.clock, 60))
    business.clock.pass_time(minutes=2)
    business.sending.handle(replaced, Patience(business.clock, 60))
    business.send()
    assert business.statuses()[numbers(1)[0]] is DeliveryStatus.UNKNOWN
    adds_up(business)


def test_given_a_sender_thought_dead_when_it_comes_back_then_its_unknown_is_corrected_once() -> None:
    for comes_back_twice in (False, True):
        business = planned(1)
        (item,) = business.dispatch.waiting

        def others(business: Business = business, item: Any = item) -> None:
            business.clock.pass_time(minutes=10)
            business.sending.handle(item, Patience(business.clock, 60))
            assert business.statuses() == {numbers(1)[0]: DeliveryStatus.UNKNOWN}
            assert business.counted()["unknown"] == 1
            assert miscounted(business.rows(), business.counted()) == []

        original = business.phones.send

        def slow(text: OutgoingText, original: Any = original, others: Any = others) -> Any:
            result = original(text)
            others()
            return result

        business.phones.send = slow  # type: ignore[method-assign]
        business.send()
        if comes_back_twice:
            row = business.rows()[numbers(1)[0]]
            business.deliveries.settle(
                Delivery("c", numbers(1)[0], 1), DeliveryStatus.SENT, token=row.token, now=business.clock()
            )
        assert business.statuses() == {numbers(1)[0]: DeliveryStatus.SENT}
        assert (business.counted()["sent"], business.counted()["unknown"]) == (1, 0)
        assert business.counted()["segments_spent"] == 1
        assert business.texted() == numbers(1)
        adds_up(business)


STOPPED_IN = [pytest.param(die, Killed, id="killed"), pytest.param(throttle, Throttled, id="throttled")]
BEFORE_THE_REST: list[Callable[[Business], object]] = [
    lambda business: None,
    lambda business: business.board.stop("c", "enough"),
    lambda business: business.board.rows.clear(),
    lambda business: business.employees.rows.update({n: Employee(opted_out=True) for n in numbers(4)}),
    lambda business: business.phones.results.append(SPENT),
]


@pytest.mark.parametrize(("stop", "error"), STOPPED_IN)
@pytest.mark.parametrize(
    "meanwhile", BEFORE_THE_REST, ids=["nothing", "stopped", "deleted", "opted-out", "limit"]
)
def test_given_a_sender_stopped_at_any_step_when_its_item_comes_again_then_nobody_is_texted_twice_or_left_open(
    stop: Callable[[], None], error: type[BaseException], meanwhile: Callable[[Business], object]
) -> None:
    for step, after in moments(lambda: sending_of_all(planned(4))):
        business = planned(4)
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.send()
        meanwhile(business)
        while business.dispatch.waiting:
            try:
                business.send()
            except TryAgainLater:
                business.clock.pass_time(minutes=6)
        adds_up(business)
        unknown = [row for row in business.rows().values() if row.status is DeliveryStatus.UNKNOWN]
        assert len(unknown) <= 1, "only the one whose sender died"


def test_given_two_senders_with_the_same_item_at_any_step_when_both_go_on_then_nobody_is_texted_twice() -> (
    None
):
    for step, after in moments(lambda: sending_of_all(planned(3))):
        business = planned(3)
        business.dispatch.waiting *= 2

        def another(business: Business = business) -> None:
            item = business.dispatch.waiting.pop()
            try:
                business.sending.handle(item, Patience(business.clock, 60))
            except TryAgainLater:
                business.dispatch.waiting.append(item)

        business.steps.once(step, another, after=after)
        while business.dispatch.waiting:
            try:
                business.send()
            except TryAgainLater:
                business.clock.pass_time(minutes=6)
        assert business.texted() == numbers(3)
        assert set(business.statuses().values()) == {DeliveryStatus.SENT}
        adds_up(business)


@given(
    spans=st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 3000)), min_size=1, max_size=40),
)
def test_given_senders_that_reserve_when_they_like_then_no_two_spans_overlap_and_idle_time_is_not_made_up_for(
    spans: list[tuple[int, int]],
) -> None:
    clock = Clock()
    pace = MemoryPace(clock)
    for length, idle in spans:
        free = pace.free_from
        begin = pace.reserve(timedelta(milliseconds=length), clock() + timedelta(days=1)).begins
        assert begin == (clock() if free is None or free < clock() else free)
        clock.pass_time(milliseconds=idle)
    for (_, end), (begin, _) in pairwise(pace.reserved):
        assert end <= begin


@pytest.mark.parametrize("segments", [1, 2, 3, 10])
def test_given_a_text_of_several_segments_when_sent_then_each_takes_so_many_parts(segments: int) -> None:
    business = Business(numbers(4), sends_per_second=2)
    business.put(campaign_message="x" * (153 * segments - 60))
    business.plan()
    assert business.dispatch.waiting[0].segments == segments
    business.send(seconds=900)
    assert business.pace.reserved[0][0] == business.pace.reserved[0][1] - timedelta(seconds=segments / 2)
    assert len(business.pace.reserved) == 4
    assert business.counted()["segments_spent"] == 4 * segments


class Senders:
    """Senders that work at the same time; every step takes some milliseconds, a text some more."""

    def __init__(self, business: Business, senders: int, seed: int) -> None:
        self._business = business
        self._together = Together(business.clock)
        self._chance = random.Random(seed)
        self.sent_at: list[datetime] = []
        self._take = business.phones.send
        business.phones.send = self._send  # type: ignore[method-assign]
        business.steps.happens = self._take_time
        for _ in range(senders):
            self._together.start(self._work)

    def run(self) -> None:
        self._together.run()

    def _take_time(self, _step: int, after: bool) -> None:
        if not after:
            self._together.wait(self._chance.uniform(0.004, 0.015))

    def _send(self, text: OutgoingText) -> Any:
        self._together.wait(self._chance.uniform(0.03, 0.09))
        self.sent_at.append(self._business.clock())
        return self._take(text)

    def _work(self) -> None:
        queue = self._business.dispatch
        while (seen_at := queue.look()) is not None or queue.waiting:
            if queue.waiting:
                with contextlib.suppress(TryAgainLater):
                    self._business.sending.handle(queue.waiting.pop(0), self._together.patience(60))
            else:
                assert seen_at is not None
                self._together.wait((seen_at - self._business.clock()).total_seconds())


@pytest.mark.parametrize(
    ("rate", "senders", "members", "segments", "used"),
    [
        (0.8, 2, 20, 1, 0.9),
        (2.4, 2, 60, 3, 0.85),
        (8, 2, 120, 1, 0.9),
        (40, 6, 300, 1, 0.9),
        (80, 12, 500, 1, 0.9),
        # A slow number and long texts: few turns fit into an invocation, or none.
        (0.8, 2, 20, 3, 0.4),
        (0.8, 2, 20, 10, 0.4),
        (0.4, 2, 12, 10, 0.4),
        (0.1, 2, 12, 1, 0.4),
        (0.1, 2, 12, 10, 0.4),
    ],
)
def test_given_senders_at_the_same_time_when_they_share_a_number_then_all_of_them_keep_its_rate_and_come_to_an_end(
    rate: float, senders: int, members: int, segments: int, used: float
) -> None:
    business = Business(
        numbers(members),
        recipients_per_item=min(50, max(5, round(20 * rate / senders))),
        sends_per_second=rate,
    )
    business.put(campaign_message="x" * (153 * segments - 60))
    business.plan()
    together = Senders(business, senders, seed=members)
    together.run()
    assert business.texted() == numbers(members)
    adds_up(business)
    sent_at = sorted(together.sent_at)
    for first, begin in enumerate(sent_at):
        for last in range(first, len(sent_at)):
            # One text more than the time between the first and the last has room for, and a moment's delay.
            room = (sent_at[last] - begin).total_seconds() + 0.3
            assert (last - first) * segments <= rate * room
    took = (sent_at[-1] - sent_at[0]).total_seconds()
    assert (members - 1) * segments / took >= rate * used, "the number is not left idle"


@pytest.mark.parametrize("seed", range(5))
def test_given_every_item_twice_at_the_same_time_when_senders_meet_then_nobody_is_texted_twice(
    seed: int,
) -> None:
    business = planned(40, sends_per_second=40, recipients_per_item=10)
    business.dispatch.waiting *= 2
    random.Random(seed).shuffle(business.dispatch.waiting)
    together = Senders(business, 6, seed)
    together.run()
    assert business.texted() == numbers(40)
    adds_up(business)
