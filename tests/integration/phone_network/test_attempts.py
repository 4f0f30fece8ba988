"""Tests the records of SendTextMessage calls."""

import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from lab.phone_network import (
    AccessDeniedError,
    Fault,
    Moment,
    Outcome,
    PhoneNumber,
    drop_connection,
    internal_error,
)
from tests.support.phone_network import OURS, PHONE, RunningNetwork, account, running_network

ONE_PER_SECOND = (PhoneNumber(number=OURS, phone_number_id="phone-1", messages_per_second=1),)


def test_given_an_accepted_text_when_listed_then_its_attempt_is_complete(
    running: RunningNetwork,
) -> None:
    before = time.monotonic()
    message_id = running.send(ConfigurationSetName="events", Context={"campaign": "c1"})

    (attempt,) = running.network.attempts

    assert (attempt.destination, attempt.outcome, attempt.message_id) == (PHONE, Outcome.ACCEPTED, message_id)
    assert (attempt.configuration_set, attempt.context) == ("events", {"campaign": "c1"})
    assert (attempt.error, attempt.reason) == (None, None)
    assert before <= attempt.monotonic <= running.network.texts[0].monotonic <= time.monotonic()


def test_given_too_many_texts_when_listed_then_throttled_ones_count_by_destination() -> None:
    with running_network(account(phone_numbers=ONE_PER_SECOND, pools=())) as running:
        running.send()
        running.send()
        for destination in (PHONE, "+14255550102", PHONE):
            with pytest.raises(running.sms.exceptions.ThrottlingException):
                running.send(DestinationPhoneNumber=destination)
        assert [attempt.outcome for attempt in running.network.attempts] == [
            *[Outcome.ACCEPTED] * 2,
            *[Outcome.THROTTLED] * 3,
        ]
        assert running.network.throttled == {PHONE: 2, "+14255550102": 1}


def test_given_refused_texts_when_listed_then_error_and_reason_are_those_returned(
    running: RunningNetwork,
) -> None:
    running.network.opt_out(PHONE)
    for changes in ({}, {"DestinationPhoneNumber": "invalid"}, {"ConfigurationSetName": "unknown"}):
        with pytest.raises(ClientError):
            running.send(**changes)
    assert [
        (attempt.destination, attempt.outcome, attempt.error, attempt.reason, attempt.message_id)
        for attempt in running.network.attempts
    ] == [
        (PHONE, Outcome.REFUSED, "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", None),
        ("invalid", Outcome.REFUSED, "ValidationException", "FIELD_VALIDATION_FAILED", None),
        (PHONE, Outcome.REFUSED, "ResourceNotFoundException", None, None),
    ]


def test_given_no_permission_when_texting_then_the_attempt_is_refused() -> None:
    def refuse(_key: str, _action: str, _resource: str) -> None:
        raise AccessDeniedError("no")

    with running_network(authorize=refuse) as running:
        with pytest.raises(running.sms.exceptions.AccessDeniedException):
            running.send()
        (attempt,) = running.network.attempts
        assert (attempt.outcome, attempt.error) == (Outcome.REFUSED, "AccessDeniedException")


@pytest.mark.parametrize("when", list(Moment))
def test_given_faults_around_the_effect_when_listed_then_sent_texts_have_an_id(
    running: RunningNetwork, when: Moment
) -> None:
    for act in (internal_error, drop_connection):
        running.network.faults.add(Fault(operation="SendTextMessage", act=act, when=when, times=1))
    with pytest.raises(ClientError):
        running.send("failed")
    with pytest.raises(ConnectionClosedError):
        running.send("dropped")

    failed, dropped = running.network.attempts

    assert (failed.outcome, failed.error) == (Outcome.FAILED, "InternalServerException")
    assert (dropped.outcome, dropped.error) == (Outcome.DROPPED, None)
    sent: list[str | None] = [text.message_id for text in running.network.texts]
    sent = sent or [None, None]
    assert [failed.message_id, dropped.message_id] == sent
    assert (None in sent) == (when is Moment.BEFORE_EFFECT)


def test_given_other_operations_and_a_dry_run_when_listed_then_only_texts_are_there(
    running: RunningNetwork,
) -> None:
    running.call()
    running.campaign()
    running.sms.describe_phone_numbers()
    running.send(DryRun=True)
    (attempt,) = running.network.attempts
    assert (attempt.outcome, attempt.message_id) == (Outcome.ACCEPTED, None)
