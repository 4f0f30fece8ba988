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
    usual: RunningNetwork,
) -> None:
    before = time.monotonic()
    message_id = usual.send(ConfigurationSetName="events", Context={"campaign": "c1"})

    (attempt,) = usual.network.attempts

    assert (attempt.destination, attempt.outcome, attempt.message_id) == (PHONE, Outcome.ACCEPTED, message_id)
    assert (attempt.configuration_set, attempt.context) == ("events", {"campaign": "c1"})
    assert (attempt.error, attempt.reason) == (None, None)
    assert before <= attempt.monotonic <= usual.network.texts[0].monotonic <= time.monotonic()


def test_given_too_many_texts_when_listed_then_throttled_ones_count_by_destination() -> None:
    with running_network(account(phone_numbers=ONE_PER_SECOND, pools=())) as made:
        made.send()
        for destination in (PHONE, "+14255550102", PHONE):
            with pytest.raises(made.sms.exceptions.ThrottlingException):
                made.send(DestinationPhoneNumber=destination)
        assert [attempt.outcome for attempt in made.network.attempts] == [Outcome.ACCEPTED] + 3 * [
            Outcome.THROTTLED
        ]
        assert made.network.throttled == {PHONE: 2, "+14255550102": 1}


def test_given_refused_texts_when_listed_then_error_and_reason_are_those_returned(
    usual: RunningNetwork,
) -> None:
    usual.network.opt_out(PHONE)
    for changes in ({}, {"DestinationPhoneNumber": "invalid"}, {"ConfigurationSetName": "unknown"}):
        with pytest.raises(ClientError):
            usual.send(**changes)
    assert [
        (attempt.destination, attempt.outcome, attempt.error, attempt.reason, attempt.message_id)
        for attempt in usual.network.attempts
    ] == [
        (PHONE, Outcome.REFUSED, "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", None),
        ("invalid", Outcome.REFUSED, "ValidationException", "FIELD_VALIDATION_FAILED", None),
        (PHONE, Outcome.REFUSED, "ResourceNotFoundException", None, None),
    ]


def test_given_no_permission_when_texting_then_the_attempt_is_refused() -> None:
    def refuse(_key: str, _action: str, _resource: str) -> None:
        raise AccessDeniedError("no")

    with running_network(authorize=refuse) as made:
        with pytest.raises(made.sms.exceptions.AccessDeniedException):
            made.send()
        (attempt,) = made.network.attempts
        assert (attempt.outcome, attempt.error) == (Outcome.REFUSED, "AccessDeniedException")


@pytest.mark.parametrize("when", list(Moment))
def test_given_faults_around_the_effect_when_listed_then_sent_texts_have_an_id(
    usual: RunningNetwork, when: Moment
) -> None:
    for act in (internal_error, drop_connection):
        usual.network.faults.add(Fault(operation="SendTextMessage", act=act, when=when, times=1))
    with pytest.raises(ClientError):
        usual.send("failed")
    with pytest.raises(ConnectionClosedError):
        usual.send("dropped")

    failed, dropped = usual.network.attempts

    assert (failed.outcome, failed.error) == (Outcome.FAILED, "InternalServerException")
    assert (dropped.outcome, dropped.error) == (Outcome.DROPPED, None)
    sent: list[str | None] = [text.message_id for text in usual.network.texts]
    sent = sent or [None, None]
    assert [failed.message_id, dropped.message_id] == sent
    assert (None in sent) == (when is Moment.BEFORE_EFFECT)


def test_given_other_operations_and_a_dry_run_when_listed_then_only_texts_are_there(
    usual: RunningNetwork,
) -> None:
    usual.call()
    usual.campaign()
    usual.sms.describe_phone_numbers()
    usual.send(DryRun=True)
    (attempt,) = usual.network.attempts
    assert (attempt.outcome, attempt.message_id) == (Outcome.ACCEPTED, None)
