"""One suite for the stores in memory and in DynamoDB: what the services rely on holds for both."""

import itertools
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import Binary

from shift_sms_runtime.adapters import progress_table
from shift_sms_runtime.adapters.progress_table import DynamoPace
from shift_sms_runtime.domain.agenda import Agenda, Booking
from shift_sms_runtime.domain.booking import (
    Outcome,
    Person,
    Rules,
    Standing,
    Step,
    claim,
    decide,
    drop,
    standing,
    wait,
)
from shift_sms_runtime.domain.callbacks import CallOutcome
from shift_sms_runtime.domain.campaigns import CampaignGone, CampaignStatus, Halt
from shift_sms_runtime.domain.deliveries import (
    Answer,
    Delivery,
    DeliveryStatus,
    LeftOut,
    NewDelivery,
    SendClaim,
)
from shift_sms_runtime.domain.front_desk import (
    BY_THE_SERVICE,
    Arrival,
    ChangedMeanwhile,
    Decided,
    Effect,
    ListingPlace,
    Question,
)
from shift_sms_runtime.domain.guard import count
from shift_sms_runtime.domain.messages import Message, MessageStatus, OperatorAnswer
from shift_sms_runtime.domain.plans import Plan, PlanState
from shift_sms_runtime.domain.receipts import DeliveryRow, EventOrder, Receipt
from shift_sms_runtime.domain.shifts import Offer, ShiftStatus
from shift_sms_runtime.domain.work_items import Page
from tests.business import numbers
from tests.dialogues import ANN, BOB, EVE, GUS
from tests.fakes import (
    Employee,
    LedgerRow,
    Steps,
    watched,
)
from tests.integration.conftest import System
from tests.integration.stores import Stores, dynamo_stores, memory_stores

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
LEASE = NOW + timedelta(seconds=35)


@pytest.fixture(autouse=True)
def several_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count on several rows, as several functions do."""
    writers = itertools.cycle(range(3))
    monkeypatch.setattr(progress_table, "_own_counters", lambda: f"count-{next(writers):02}")


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    """Fresh stores, in memory and in DynamoDB."""
    if request.param == "memory":
        return memory_stores()
    return dynamo_stores(request.getfixturevalue("system"))


def look_up(
    stores: Stores, message_id: str, sender: str, *ids: str, answers_to: str | None = None
) -> Arrival:
    """What is on record when a text arrives."""
    return stores.desk.look_up(Question(message_id, sender, answers_to, ids, NOW))


def carry_out(
    stores: Stores,
    step: Step,
    *codes: str,
    person: str = ANN,
    message_id: str = "m",
    arrival: Arrival | None = None,
) -> tuple[Outcome, ...]:
    """Decide on what was read and write it; raises ChangedMeanwhile."""
    arrival = arrival or look_up(stores, message_id, person, *codes)
    decision = decide(
        step,
        codes,
        arrival.shifts,
        person=Person(person),
        agenda=arrival.agenda,
        rules=Rules(),
        now=NOW,
    )
    standings = {one.code: standing(one.shift, Person(person)) for one in decision.results if one.shift}
    decided = Decided(
        "said", decision.bookings, standings=standings, campaign_id=arrival.campaign_id, has_effect=True
    )
    if decision.changed:
        stores.shifts.write(
            Effect(message_id, person, decision.changed, arrival.agenda, decision.agenda, decided, NOW)
        )
    return tuple(result.outcome for result in decision.results)


def test_given_a_shift_when_booked_then_only_the_first_has_it_and_it_is_in_the_agenda(stores: Stores) -> None:
    stores.put_shift("A1", "early", starts_at="2026-08-02T06:00:00Z", ends_at="2026-08-02T14:00:00Z")
    seen_before = look_up(stores, "m2", BOB, "A1")
    assert carry_out(stores, claim, "A1", "A2") == (Outcome.BOOKED, Outcome.UNKNOWN)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, claim, "A1", person=BOB, message_id="m2", arrival=seen_before)
    assert carry_out(stores, claim, "A1", person=BOB, message_id="m2") == (Outcome.TAKEN,)
    after = look_up(stores, "m", ANN, "A1")
    assert after.decided == Decided("said", 1, standings={"A1": Standing.HAS}, has_effect=True)
    assert after.shifts["A1"].holders == {ANN: NOW}
    (booking,) = after.agenda.bookings.values()
    assert (booking.shift_id, booking.booked_at) == ("A1", NOW)
    assert booking.span == after.shifts["A1"].span
    assert look_up(stores, "m2", BOB, "A1").decided is None
    assert stores.shifts.existing(["A1", "A2"]) == ["A1"]


@pytest.mark.parametrize(
    "change",
    [
        {"shift_status": "cancelled"},
        {"seats": 3},
        {"employee": BOB, "shift_status": "taken"},
        {"starts_at": "2026-08-03T06:00:00Z"},
        {"respond_by": "2026-08-01T11:00:00Z"},
    ],
)
def test_given_an_operator_changes_a_shift_by_hand_when_somebody_is_about_to_book_then_it_is_decided_again(
    stores: Stores, change: dict[str, Any]
) -> None:
    stores.put_shift("A1", "early")
    before = look_up(stores, "m", ANN, "A1")
    stores.edit_shift("A1", **change)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, claim, "A1", arrival=before)
    assert look_up(stores, "m", ANN, "A1").decided is None
    assert look_up(stores, "m", ANN, "A1").agenda == Agenda()


def test_given_two_texts_of_one_person_at_once_when_both_book_then_the_second_sees_the_first(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "", starts_at="2026-08-02T06:00:00Z", ends_at="2026-08-02T14:00:00Z")
    stores.put_shift("A2", "", starts_at="2026-08-02T10:00:00Z", ends_at="2026-08-02T18:00:00Z")
    first, second = look_up(stores, "m1", ANN, "A1"), look_up(stores, "m2", ANN, "A2")
    assert carry_out(stores, claim, "A1", message_id="m1", arrival=first) == (Outcome.BOOKED,)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, claim, "A2", message_id="m2", arrival=second)
    assert carry_out(stores, claim, "A2", message_id="m2") == (Outcome.OVERLAP,)


def test_given_a_text_that_is_delivered_twice_at_once_when_both_write_then_it_has_one_effect(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "", seats=2)
    assert carry_out(stores, claim, "A1", message_id="m") == (Outcome.BOOKED,)
    again = look_up(stores, "m", ANN, "A1")
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, drop, "A1", message_id="m", arrival=again)
    assert look_up(stores, "m", ANN, "A1").shifts["A1"].holders == {ANN: NOW}


def test_given_a_text_that_has_changed_something_when_another_delivery_would_say_otherwise_then_it_may_not(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    assert carry_out(stores, claim, "A1", message_id="m") == (Outcome.BOOKED,)
    arrival = look_up(stores, "m", ANN, "A1")
    assert arrival.decided is not None
    assert arrival.decided.standings == {"A1": Standing.HAS}
    without_effect, with_effect = Answer("m"), Answer("m", decided=True)
    assert stores.answers.claim(without_effect, token="t", now=NOW, lease_until=LEASE) is SendClaim.BUSY
    assert stores.answers.claim(with_effect, token="u", now=NOW, lease_until=LEASE) is SendClaim.GRANTED


@pytest.mark.parametrize("status", [None, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN])
def test_given_a_text_that_is_being_answered_when_another_delivery_would_change_something_then_it_may_not(
    stores: Stores, status: DeliveryStatus | None
) -> None:
    stores.put_shift("A1", "")
    answer = Answer("m")
    stores.answers.claim(answer, token="t", now=NOW, lease_until=LEASE)
    if status is not None:
        stores.answers.settle(answer, status, token="t", now=NOW)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, claim, "A1", message_id="m")
    assert look_up(stores, "n", ANN, "A1").shifts["A1"].holders == {}


def test_given_an_answer_that_was_given_back_when_its_text_comes_again_then_it_may_change_something(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    answer = Answer("m")
    stores.answers.claim(answer, token="t", now=NOW, lease_until=LEASE)
    stores.answers.settle(answer, DeliveryStatus.QUEUED, token="t", now=NOW, reason="ThrottlingException")
    assert carry_out(stores, claim, "A1", message_id="m") == (Outcome.BOOKED,)


def test_given_an_operator_takes_the_status_away_when_somebody_gives_the_shift_back_then_it_is_theirs_no_more(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    carry_out(stores, claim, "A1", message_id="m")
    stores.edit_shift("A1", shift_status=None)
    assert carry_out(stores, drop, "A1", message_id="n") == (Outcome.DROPPED,)
    assert look_up(stores, "o", ANN, "A1").shifts["A1"].holders == {}


def test_given_an_offer_when_it_was_told_then_that_is_on_record(stores: Stores) -> None:
    stores.put_shift("A1", "")
    carry_out(stores, claim, "A1", message_id="m")
    carry_out(stores, wait, "A1", person=BOB, message_id="n")
    carry_out(stores, drop, "A1", message_id="o")
    shift = stores.shifts.get("A1")
    assert shift is not None
    stores.shifts.save(shift.with_told(BOB))
    told = stores.shifts.get("A1")
    assert told is not None
    assert told.offers == {BOB: Offer(NOW, NOW + Rules().offer_time, told=True)}
    stores.shifts.save(told.with_refused(BOB))
    refused = stores.shifts.get("A1")
    assert refused is not None
    assert refused.offers == {BOB: Offer(NOW, NOW + Rules().offer_time, refused=True)}


def test_given_the_service_refused_a_number_when_it_lets_texts_through_again_then_only_its_own_note_is_undone(
    stores: Stores,
) -> None:
    def wants_none() -> bool:
        return stores.employees()[ANN].opted_out

    stores.desk.let_through(ANN, "m0", at=NOW)
    assert not wants_none()
    assert stores.desk.opt_out(ANN, BY_THE_SERVICE, at=NOW, on_roster=True)
    assert wants_none()
    stores.desk.let_through(ANN, "m1", at=NOW)
    assert not wants_none()
    stores.desk.opt_out(ANN, BY_THE_SERVICE, at=NOW, on_roster=True)
    assert stores.desk.opt_out(ANN, "m2", at=NOW, on_roster=True), "now it is their own word"
    assert not stores.desk.opt_out(ANN, BY_THE_SERVICE, at=NOW, on_roster=True)
    stores.desk.let_through(ANN, "m3", at=NOW)
    assert wants_none()
    assert stores.desk.opt_in(ANN, "m4", at=NOW)
    assert not wants_none()


def test_given_a_shift_when_its_seats_are_given_back_waited_for_and_offered_then_all_is_read_as_it_was_written(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "early", seats=2, role="nurse", site="Ward 3", timezone="Europe/Berlin")
    for number, person in enumerate((ANN, BOB)):
        decision = carry_out(stores, claim, "A1", person=person, message_id=f"m{number}")
        assert decision == ((Outcome.WRONG_ROLE,))
    stores.edit_shift("A1", role="")
    for number, person in enumerate((ANN, BOB, EVE, GUS)):
        outcome = Outcome.BOOKED if number < 2 else Outcome.WAITING
        step = claim if number < 2 else wait
        assert carry_out(stores, step, "A1", person=person, message_id=f"n{number}") == (outcome,)
    assert carry_out(stores, drop, "A1", person=ANN, message_id="d") == (Outcome.DROPPED,)
    shift = stores.shifts.get("A1")
    assert shift is not None
    assert (shift.holders, shift.waiting, shift.status) == ({BOB: NOW}, (GUS,), ShiftStatus.TAKEN)
    assert shift.offers == {EVE: Offer(NOW, NOW + Rules().offer_time)}
    assert look_up(stores, "d", ANN, "A1").agenda == Agenda()
    assert (shift.site, str(shift.zone), shift.seats) == ("Ward 3", "Europe/Berlin", 2)


def test_given_a_shift_is_looked_after_when_it_is_saved_then_only_as_it_was_read(stores: Stores) -> None:
    stores.put_shift("A1", "", respond_by="2026-08-01T11:00:00Z")
    shift = stores.shifts.get("A1")
    assert shift is not None
    closed = shift.kept(NOW, Rules().offer_time)
    assert closed.status == ShiftStatus.CLOSED
    stores.shifts.save(closed)
    with pytest.raises(ChangedMeanwhile):
        stores.shifts.save(closed)
    assert stores.shifts.get("A1") == closed
    assert stores.shifts.get("A2") is None


def test_given_an_agenda_when_replaced_then_only_as_it_was_read(stores: Stores) -> None:
    empty, booked = Agenda(), Agenda().with_booking(Booking("A1", None, NOW))
    assert stores.agendas.of([ANN, BOB]) == {ANN: empty, BOB: empty}
    stores.agendas.replace(ANN, before=empty, after=booked, now=NOW)
    assert stores.agendas.of([ANN, BOB]) == {ANN: booked, BOB: empty}
    with pytest.raises(ChangedMeanwhile):
        stores.agendas.replace(ANN, before=empty, after=empty, now=NOW)


def test_given_a_text_that_offers_one_shift_when_sent_then_its_answer_knows_which(stores: Stores) -> None:
    answer, text = Answer("m", offers="A1"), Delivery("c", BOB, 1, offers="A2")
    stores.answers.claim(answer, token="t", now=NOW, lease_until=LEASE)
    stores.answers.settle(answer, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms-1")
    stores.sends.claim(text, token="t", now=NOW, lease_until=LEASE)
    stores.sends.settle(text, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms-2")
    assert look_up(stores, "m2", ANN, answers_to="sms-1").offered == "A1"
    assert look_up(stores, "m2", BOB, answers_to="sms-2").offered == "A2"
    assert look_up(stores, "m2", BOB, answers_to="sms-3").offered is None


def test_given_texts_of_a_number_when_claimed_then_they_are_counted_in_their_hour(stores: Stores) -> None:
    for message_id, body in (("m1", "hello"), ("m2", "HELLO"), ("m3", "x")):
        recent = look_up(stores, message_id, ANN).recent
        counted = count(ANN, body, recent, NOW)
        key = Answer(message_id, counted=counted)
        stores.answers.claim(key, token="t", now=NOW, lease_until=LEASE)
    recent = look_up(stores, "m4", ANN).recent
    assert (recent.texts, recent.repeats, recent.told) == (3, 1, False)
    notice = Answer(count(ANN, "x", recent, NOW).notice)
    stores.answers.claim(notice, token="t", now=NOW, lease_until=LEASE)
    assert look_up(stores, "m5", ANN).recent.told
    stores.answers.settle(notice, DeliveryStatus.QUEUED, token="t", now=NOW, reason="ThrottlingException")
    assert not look_up(stores, "m5", ANN).recent.told, "it could not be sent yet"
    later = stores.desk.look_up(Question("m6", ANN, None, (), NOW + timedelta(hours=1)))
    assert later.recent.texts == 0


def test_given_calls_of_a_number_when_reserved_then_each_request_once_and_no_more_than_the_limit(
    stores: Stores,
) -> None:
    def reserve(message_id: str, person: str = ANN, now: datetime = NOW) -> bool:
        return stores.calls.reserve(message_id, person, most=2, now=now)

    assert [reserve("m1"), reserve("m1"), reserve("m2"), reserve("m3")] == [True, True, True, False]
    assert reserve("m1"), "it has its place"
    assert reserve("m4", BOB)
    assert reserve("m5", now=NOW + timedelta(days=1))


def test_given_more_shifts_than_one_page_when_read_then_they_come_in_order_and_all(stores: Stores) -> None:
    for number in range(250):
        stores.put_shift(f"A{number:03}", "x" * 50)
    carry_out(stores, claim, "A000", "A200")
    assert [shift.shift_id for shift in stores.shifts.available(after=None)][:2] == ["A001", "A002"]
    assert [shift.shift_id for shift in stores.shifts.available(after="A198")][:2] == ["A199", "A201"]
    assert len(list(stores.shifts.available(after=None))) == 248
    assert len(set(stores.shifts.ids())) == 250


def test_given_a_claim_on_a_send_when_others_come_then_they_hear_what_became_of_it(stores: Stores) -> None:
    key = Answer("m")

    def claim_send(token: str, now: datetime = NOW) -> SendClaim | DeliveryStatus:
        return stores.answers.claim(key, token=token, now=now, lease_until=LEASE)

    assert claim_send("one") is SendClaim.GRANTED
    assert claim_send("one") is SendClaim.GRANTED, "a write whose response got lost knows itself"
    assert claim_send("two") is SendClaim.BUSY
    assert claim_send("two", LEASE) is SendClaim.ABANDONED
    stores.answers.settle(key, DeliveryStatus.QUEUED, token="two", now=NOW)
    assert claim_send("two") is SendClaim.BUSY, "only its owner gives a claim back"
    stores.answers.settle(key, DeliveryStatus.QUEUED, token="one", now=NOW)
    assert claim_send("three") is SendClaim.GRANTED
    stores.answers.settle(key, DeliveryStatus.SENT, token="three", now=NOW, sms_message_id="sms")
    assert claim_send("four", LEASE) is DeliveryStatus.SENT
    assert stores.answers.give_up(key, now=LEASE)
    assert claim_send("three", LEASE) is DeliveryStatus.SENT, "a settled text stays as it is"


def test_given_a_claim_when_given_up_then_it_is_settled_unless_its_owner_still_may(stores: Stores) -> None:
    key = Answer("m")
    assert stores.answers.give_up(key, now=NOW), "there is no claim"
    stores.answers.claim(key, token="one", now=NOW, lease_until=LEASE)
    assert not stores.answers.give_up(key, now=NOW)
    assert stores.answers.claim(key, token="two", now=NOW, lease_until=LEASE) is SendClaim.BUSY
    assert stores.answers.give_up(key, now=LEASE)
    assert stores.answers.claim(key, token="two", now=LEASE, lease_until=LEASE) is DeliveryStatus.UNKNOWN


def test_given_an_outcome_of_a_call_when_noted_twice_then_the_first_stays(stores: Stores) -> None:
    assert stores.calls.outcome("m") is None
    stores.calls.note("m", CallOutcome.ACCEPTED, now=NOW)
    stores.calls.note("m", CallOutcome.LIMIT_REACHED, now=NOW)
    assert stores.calls.outcome("m") is CallOutcome.ACCEPTED
    assert stores.answers.claim(Answer("m"), token="one", now=NOW, lease_until=LEASE) is SendClaim.GRANTED


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.OPTED_OUT, DeliveryStatus.UNKNOWN])
def test_given_an_answer_to_a_campaign_when_settled_by_whomever_then_it_is_counted_once(
    stores: Stores, status: DeliveryStatus
) -> None:
    key = Answer("m", "c", 2)
    stores.answers.claim(key, token="one", now=NOW, lease_until=NOW)
    assert not list(stores.counters.rows("c"))
    stores.answers.settle(key, DeliveryStatus.QUEUED, token="one", now=NOW)
    stores.answers.claim(key, token="two", now=NOW, lease_until=NOW)
    stores.answers.give_up(key, now=LEASE)
    stores.answers.settle(key, status, token="two", now=LEASE)
    stores.answers.settle(key, status, token="two", now=LEASE)
    report = stores.counted()
    assert (report["replies"], report["bookings"], report["seats_filled"]) == (1, 2, 2)
    assert report["first_booking_at"] == report["last_booking_at"] == LEASE.isoformat()


def test_given_seats_that_campaigns_filled_when_given_back_then_they_are_taken_off_those(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    stores.put_shift("A2", "")
    sends = Delivery("c", ANN, 1)
    stores.sends.claim(sends, token="t", now=NOW, lease_until=LEASE)
    person = look_up(stores, "m", ANN).campaign_id
    assert person == "c"
    arrival = look_up(stores, "m", ANN, "A1", "A2")
    decision = decide(
        claim,
        ["A1", "A2"],
        arrival.shifts,
        person=Person(ANN, campaign_id=arrival.campaign_id),
        agenda=arrival.agenda,
        rules=Rules(),
        now=NOW,
    )
    stores.shifts.write(
        Effect("m", ANN, decision.changed, arrival.agenda, decision.agenda, Decided("said", 2), NOW)
    )
    arrival = look_up(stores, "n", ANN, "A1", "A2")
    given_back = decide(
        drop,
        ["A1", "A2"],
        arrival.shifts,
        person=Person(ANN),
        agenda=arrival.agenda,
        rules=Rules(),
        now=NOW,
    )
    assert given_back.given_back == ("c", "c")
    decided = Decided("said", given_back=given_back.given_back)
    stores.shifts.write(Effect("n", ANN, given_back.changed, arrival.agenda, given_back.agenda, decided, NOW))
    kept = look_up(stores, "n", ANN).decided
    assert kept is not None
    assert kept.given_back == ("c", "c")
    for answer in (
        Answer("m", "c", bookings=2, decided=True),
        Answer("n", "c", given_back=kept.given_back, decided=True),
    ):
        stores.answers.claim(answer, token="t", now=NOW, lease_until=LEASE)
        stores.answers.settle(answer, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms")
    counted = stores.counted()
    assert (counted["replies"], counted["bookings"], counted["seats_filled"]) == (2, 2, 0)


def test_given_an_answer_to_no_campaign_when_settled_then_nothing_is_counted(stores: Stores) -> None:
    stores.answers.claim(Answer("m"), token="one", now=NOW, lease_until=LEASE)
    stores.answers.settle(Answer("m"), DeliveryStatus.SENT, token="one", now=NOW)
    assert not list(stores.counters.rows("c"))


def queued(*members: str) -> list[NewDelivery]:
    """Rows that begin as recipients who wait."""
    return [NewDelivery(number, DeliveryStatus.QUEUED) for number in members]


def send_to(stores: Stores, number: str, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
    """Claim and settle one text of two segments."""
    key = Delivery("c", number, 2)
    assert stores.sends.claim(key, token="t", now=NOW, lease_until=LEASE) is SendClaim.GRANTED
    message_id = f"sms{number}" if status is DeliveryStatus.SENT else ""
    stores.sends.settle(key, status, token="t", now=NOW, sms_message_id=message_id)


def test_given_recipients_when_opened_again_with_others_then_each_has_one_row_and_is_counted_once(
    stores: Stores,
) -> None:
    one, two, three, four = numbers(4)
    assert stores.deliveries.open("c", queued(one, two), reopen=False, now=NOW) == [one, two]
    send_to(stores, one)
    junk = NewDelivery("call me", DeliveryStatus.FAILED, "INVALID_NUMBER")
    waiting = stores.deliveries.open("c", [*queued(one, two, three), junk], reopen=False, now=NOW)
    assert sorted(waiting) == [two, three]
    assert sorted(stores.deliveries.open("c", [*queued(three, four), junk], reopen=True, now=NOW)) == [
        three,
        four,
    ]
    assert stores.rows()["call me"].reason == "INVALID_NUMBER"
    assert stores.rows()[one].status is DeliveryStatus.SENT
    assert stores.counted()["targeted"] == 5
    assert stores.adds_up()
    before = stores.counted()
    stores.deliveries.open("c", queued(one, four), reopen=False, now=NOW)
    assert stores.counted() == before


def test_given_as_many_recipients_as_one_write_takes_when_opened_then_all_are_there(stores: Stores) -> None:
    members = numbers(99)
    assert stores.deliveries.open("c", queued(*members), reopen=False, now=NOW) == members
    assert len(stores.rows()) == stores.counted()["targeted"] == 99
    left_out = stores.deliveries.leave_out("c", [*members, EVE], DeliveryStatus.STOPPED, "enough", now=NOW)
    assert left_out == LeftOut(99)
    assert stores.adds_up()


def test_given_recipients_left_out_when_opened_again_then_they_wait_only_where_they_are_to_be_reopened(
    stores: Stores,
) -> None:
    one, two, three, four = numbers(4)
    stores.deliveries.open("c", queued(one, two, three, four), reopen=False, now=NOW)
    send_to(stores, one)
    stores.sends.claim(Delivery("c", four, 2), token="t", now=NOW, lease_until=LEASE)
    left_out = stores.deliveries.leave_out("c", [one, two, four], DeliveryStatus.STOPPED, "enough", now=NOW)
    assert left_out == LeftOut(1, (four,)), "neither who was texted nor who is being texted"
    assert (stores.rows()[two].status, stores.rows()[two].reason) == (DeliveryStatus.STOPPED, "enough")
    assert stores.adds_up()
    assert stores.deliveries.open("c", queued(one, two, three), reopen=False, now=NOW) == [three]
    assert sorted(stores.deliveries.open("c", queued(one, two, three), reopen=True, now=NOW)) == [two, three]
    assert (stores.rows()[two].status, stores.rows()[two].reason) == (DeliveryStatus.QUEUED, "")
    assert stores.counted()["stopped"] == 0
    assert stores.adds_up()


def test_given_nobody_to_leave_out_when_asked_then_nothing_is_written(stores: Stores) -> None:
    assert stores.deliveries.leave_out("c", [], DeliveryStatus.STOPPED, "x", now=NOW) == LeftOut(0)
    assert stores.deliveries.leave_out("c", [ANN], DeliveryStatus.STOPPED, "x", now=NOW) == LeftOut(0)
    assert stores.rows() == {}
    assert not list(stores.counters.rows("c"))


def test_given_a_sender_thought_dead_when_it_settles_then_its_own_word_stands_once(stores: Stores) -> None:
    (one,) = numbers(1)
    key = Delivery("c", one, 2)
    stores.deliveries.open("c", queued(one), reopen=False, now=NOW)
    stores.sends.claim(key, token="t", now=NOW, lease_until=NOW)
    stores.sends.give_up(key, now=LEASE)
    assert (stores.rows()[one].status, stores.rows()[one].reason) == (DeliveryStatus.UNKNOWN, "interrupted")
    assert stores.adds_up()
    stores.sends.settle(key, DeliveryStatus.SENT, token="another", now=LEASE, sms_message_id="x")
    assert stores.rows()[one].status is DeliveryStatus.UNKNOWN
    stores.sends.settle(key, DeliveryStatus.QUEUED, token="t", now=LEASE)
    assert stores.rows()[one].status is DeliveryStatus.UNKNOWN, "nobody sends it again"
    for _ in range(2):
        stores.sends.settle(key, DeliveryStatus.SENT, token="t", now=LEASE, sms_message_id="sms")
        assert stores.rows()[one] == LedgerRow(
            DeliveryStatus.SENT, sms_message_id="sms", token="t", segments=2
        )
        assert (stores.counted()["sent"], stores.counted()["unknown"]) == (1, 0)
        assert stores.adds_up()


def receipt(number: str, event_type: str, at: int, status: DeliveryStatus, *, final: bool = True) -> Receipt:
    """An event about a text of campaign ``c``."""
    return Receipt("c", number, f"sms{number}", 2, status, EventOrder(final, at, event_type))


def test_given_an_event_when_applied_then_only_a_row_that_is_as_it_was_seen_changes(stores: Stores) -> None:
    (one,) = numbers(1)
    delivered = receipt(one, "TEXT_DELIVERED", 5, DeliveryStatus.DELIVERED)
    seen = DeliveryRow(DeliveryStatus.SENT, f"sms{one}", 2, None)
    assert stores.receipts.apply(delivered, seen, now=NOW) == (False, None)
    stores.deliveries.open("c", queued(one), reopen=False, now=NOW)
    waiting = DeliveryRow(DeliveryStatus.QUEUED, None, None, None)
    assert stores.receipts.apply(delivered, seen, now=NOW) == (False, waiting)
    send_to(stores, one)
    for different in (
        replace(seen, status=DeliveryStatus.UNKNOWN),
        replace(seen, message_id="another"),
        replace(seen, message_id=None),
        replace(seen, segments=1),
        replace(seen, segments=None),
        replace(seen, event=EventOrder(True, 1, "TEXT_DELIVERED")),
    ):
        assert stores.receipts.apply(delivered, different, now=NOW) == (False, seen)
    assert stores.receipts.apply(delivered, seen, now=NOW) == (True, None)
    current = DeliveryRow(DeliveryStatus.DELIVERED, f"sms{one}", 2, delivered.order)
    assert stores.receipts.apply(delivered, seen, now=NOW) == (False, current)
    assert stores.rows()[one].reason == "TEXT_DELIVERED"
    assert (stores.counted()["sent"], stores.counted()["delivered"]) == (0, 1)
    assert stores.adds_up()


def test_given_a_text_that_is_being_sent_when_its_event_is_first_then_it_counts_and_the_sender_adds_nothing(
    stores: Stores,
) -> None:
    (one,) = numbers(1)
    key = Delivery("c", one, 2)
    stores.deliveries.open("c", queued(one), reopen=False, now=NOW)
    stores.sends.claim(key, token="t", now=NOW, lease_until=LEASE)
    delivered = receipt(one, "TEXT_DELIVERED", 5, DeliveryStatus.DELIVERED)
    sending = DeliveryRow(DeliveryStatus.SENDING, None, None, None)
    assert stores.receipts.apply(delivered, sending, now=NOW) == (True, None)
    stores.sends.settle(key, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id=f"sms{one}")
    stores.sends.settle(key, DeliveryStatus.UNKNOWN, token="t", now=NOW)
    assert stores.rows()[one].status is DeliveryStatus.DELIVERED
    assert stores.counted()["segments_spent"] == 2
    assert stores.counted()["first_send_at"] == NOW.isoformat()
    assert stores.adds_up()


def change_something(stores: Stores, step: int, chance: random.Random) -> object:
    """One of all writes to the ledger of campaign ``c``, by chance; returns what it says."""
    now = NOW + timedelta(seconds=step)
    number, some = chance.choice(numbers(6)), chance.sample(numbers(6), chance.randint(1, 5))
    key, token, row = Delivery("c", number, 2), chance.choice(["t1", "t2"]), stores.rows().get(number)
    if row is None or chance.random() < 0.2:
        new = [*queued(*some), NewDelivery("junk", DeliveryStatus.FAILED, "INVALID_NUMBER")]
        return sorted(stores.deliveries.open("c", new, reopen=chance.random() < 0.5, now=now))
    match chance.choice(["leave out", "claim", "claim", "settle", "settle", "give up", "apply"]):
        case "leave out":
            said: object = stores.deliveries.leave_out("c", some, DeliveryStatus.STOPPED, "x", now=now)
        case "claim":
            said = stores.sends.claim(key, token=token, now=now, lease_until=now + timedelta(seconds=5))
        case "settle":
            status = chance.choice([DeliveryStatus.SENT, *[*DeliveryStatus][2:], DeliveryStatus.QUEUED])
            message_id = f"sms{number}" if status is DeliveryStatus.SENT else ""
            stores.sends.settle(key, status, token=token, now=now, sms_message_id=message_id, reason="r")
            said = None
        case "give up":
            said = stores.sends.give_up(key, now=now)
        case _:
            order = EventOrder(chance.random() < 0.5, chance.randint(1, 3), "TEXT_X")
            status = chance.choice([DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED])
            seen = DeliveryRow(row.status, row.sms_message_id or None, row.segments, row.event)
            said = stores.receipts.apply(
                Receipt("c", number, f"sms{number}", 2, status, order), seen, now=now
            )
    return said


@pytest.mark.parametrize("seed", range(5))
def test_given_any_writes_when_made_in_memory_and_in_dynamodb_then_both_are_the_same_and_counters_say_what_rows_do(
    system: System, seed: int
) -> None:
    memory, dynamo = memory_stores(), dynamo_stores(system)
    for step in range(50):
        said = [
            change_something(stores, step, random.Random(f"{seed}/{step}")) for stores in (memory, dynamo)
        ]
        assert said[0] == said[1]
        assert memory.rows() == dynamo.rows()
        assert memory.adds_up()
        assert dynamo.adds_up()
    counted = [stores.counted() for stores in (memory, dynamo)]
    assert {**counted[0], "progress_version": 0} == {**counted[1], "progress_version": 0}


PAGE = Page("c", "first", "overtime", "x", 1)


def test_given_a_plan_when_it_begins_goes_on_and_ends_then_everybody_hears_where_it_is(
    stores: Stores,
) -> None:
    plans = stores.plans
    assert not plans.is_at(PAGE)
    assert plans.begin("c", "first", relaunch=False) == Plan(PlanState.BEGUN, "first")
    assert plans.begin("c", "first", relaunch=False) == Plan(PlanState.GOES_ON, "first")
    assert plans.is_at(PAGE)
    plans.advance(PAGE, "b")
    assert plans.begin("c", "second", relaunch=False) == Plan(PlanState.GOES_ON, "first", "b")
    assert not plans.is_at(PAGE), "what is late is over"
    assert plans.is_at(replace(PAGE, after="b"))
    assert plans.is_at(replace(PAGE, after="c")), "what is early is due"
    assert not plans.is_at(replace(PAGE, after="b", launch_id="zeroth"))
    plans.advance(PAGE, "a")
    plans.finish(PAGE)
    assert plans.is_at(replace(PAGE, after="b")), "what is late changes nothing"
    plans.advance(replace(PAGE, after="d"), "e")
    plans.advance(replace(PAGE, after="b"), "d")
    assert plans.begin("c", "second", relaunch=False).after == "e"
    plans.finish(replace(PAGE, after="e"))
    assert not plans.is_at(replace(PAGE, after="e"))
    assert plans.begin("c", "second", relaunch=False) == Plan(PlanState.DONE_BEFORE, "first")
    assert plans.begin("c", "first", relaunch=True) == Plan(PlanState.DONE_BEFORE, "first")
    assert plans.begin("c", "second", relaunch=True) == Plan(PlanState.BEGUN, "second")
    assert plans.is_at(replace(PAGE, launch_id="second"))
    plans.advance(replace(PAGE, launch_id="second"), "b")
    assert plans.begin("c", "third", relaunch=True) == Plan(PlanState.BEGUN, "third"), "from the beginning"
    assert not plans.is_at(replace(PAGE, launch_id="second", after="b")), "the launch before has ended"


def test_given_a_plan_that_came_to_nothing_when_the_next_begins_then_it_is_the_first(stores: Stores) -> None:
    stores.plans.begin("c", "first", relaunch=False)
    stores.plans.finish(PAGE, void=True)
    assert not stores.plans.is_at(PAGE)
    assert stores.plans.begin("c", "second", relaunch=False) == Plan(PlanState.BEGUN, "second")


def test_given_counters_when_touched_then_their_sum_is_newer_and_the_same(stores: Stores) -> None:
    stores.deliveries.open("c", queued(ANN), reopen=False, now=NOW)
    before = stores.counted()
    stores.plans.touch("c")
    assert stores.counted() == before | {"progress_version": before["progress_version"] + 1}


ITEM = {"campaign_message": "x"}


def test_given_an_item_when_its_launch_goes_on_then_it_says_where_it_is(stores: Stores) -> None:
    board = stores.board
    with pytest.raises(CampaignGone):
        board.status("c")
    stores.put_item(dict(ITEM))
    assert board.status("c") is None
    assert board.begin("c")
    assert not board.begin("c")
    assert board.status("c") is CampaignStatus.LAUNCHING
    board.give_back("c")
    assert stores.item() == ITEM
    assert board.halted("c", "first") is Halt.UNDECIDED
    assert board.launching("c", "first", {"segments_per_text": 2, "not_gsm": "\u0416"}, over=None)
    assert stores.item() == ITEM | {
        "campaign_status": "launching",
        "launch_id": "first",
        "segments_per_text": 2,
        "not_gsm": "\u0416",
    }
    board.launched("c", {})
    assert board.status("c") is CampaignStatus.LAUNCHED
    assert board.halted("c", "first") is None
    assert board.halted("c", "zeroth") is Halt.REPLACED
    assert not board.launching("c", "first", {}, over=None), "what came later stays"
    board.stop("c", "enough")
    assert board.halted("c", "first") == board.halted("c", "zeroth") == "enough"
    board.launched("c", {})
    assert not board.launching("c", "first", {}, over=None)
    assert board.status("c") is CampaignStatus.STOPPED, "who stopped it meant it"
    assert board.launching("c", "second", {}, over="stopped"), "a copy brings its status along"
    launched = ITEM | {"launch_id": "second", "segments_per_text": 2}
    assert stores.item() == launched | {"campaign_status": "launching"}
    board.failed("c", "why")
    assert stores.item() == launched | {"campaign_status": "failed", "campaign_error": "why"}
    board.launched("c", {})
    assert stores.item() == launched | {"campaign_status": "launched"}


def test_given_a_deleted_item_when_written_to_then_it_stays_deleted(stores: Stores) -> None:
    board = stores.board
    assert not board.begin("c")
    assert not board.launching("c", "first", {"encoding": "GSM"}, over=None)
    board.launched("c", {})
    board.failed("c", "x")
    board.stop("c", "x")
    board.report("c", {"progress_version": 1, "sent": 1})
    board.give_back("c")
    assert stores.item() is None
    assert board.halted("c", "first") == "the campaign item was deleted"


@pytest.mark.parametrize(
    ("attributes", "halted"),
    [
        ({}, None),
        ({"campaign_status": "launching"}, None),
        ({"campaign_status": "failed", "campaign_error": "x"}, None),
        ({"campaign_status": "stopped"}, "stopped by the operator"),
        ({"campaign_status": "stopped", "campaign_error": "SPENT"}, "SPENT"),
        ({"campaign_status": "paused"}, None),
    ],
)
def test_given_what_an_item_says_when_asked_whether_it_is_over_then_only_stopped_is(
    stores: Stores, attributes: dict[str, Any], halted: str | None
) -> None:
    stores.put_item(ITEM | attributes | {"launch_id": "first"})
    assert stores.board.halted("c", "first") == halted


def test_given_an_item_put_again_that_failed_when_a_launch_before_asks_then_it_is_over(
    stores: Stores,
) -> None:
    stores.put_item(ITEM | {"campaign_status": "failed", "campaign_error": "too long"})
    assert stores.board.halted("c", "first") == "too long"
    stores.put_item(ITEM | {"campaign_status": "failed", "campaign_error": "too long", "launch_id": "other"})
    assert stores.board.halted("c", "first") == "too long"


def test_given_sums_when_reported_in_any_order_then_the_newest_stays(stores: Stores) -> None:
    stores.put_item(dict(ITEM))
    for version in (2, 5, 3, 5, 1):
        stores.board.report("c", {"progress_version": version, "sent": 10 * version})
    assert stores.item() == ITEM | {"progress_version": 5, "sent": 50}
    stores.board.launching("c", "first", {}, over=None)
    begun = ITEM | {"campaign_status": "launching", "launch_id": "first"}
    assert stores.item() == begun
    stores.board.report("c", {"progress_version": 3, "sent": 30})
    assert stores.item() == begun | {"progress_version": 3, "sent": 30}


LATER = NOW + timedelta(minutes=1)


def test_given_stop_and_start_when_noted_then_the_last_one_sent_counts_and_says_what_is_news(
    stores: Stores,
) -> None:
    desk = stores.desk
    assert desk.opt_out(ANN, "stop", at=NOW, on_roster=True)
    assert desk.opt_out(ANN, "stop", at=NOW, on_roster=True), "the same text again is answered again, once"
    assert not desk.opt_out(ANN, "stop-2", at=LATER, on_roster=True), "noted before"
    assert stores.employees()[ANN] == Employee(True, False, LATER, "stop")
    assert not desk.opt_in(ANN, "start-0", at=NOW), "a START between the two, and late"
    assert desk.opt_in(ANN, "start", at=LATER)
    assert not desk.opt_out(ANN, "stop", at=NOW, on_roster=True), "overtaken"
    assert stores.employees()[ANN] == Employee(False, False, LATER, "start")
    assert not desk.opt_in(ANN, "start-0", at=NOW)
    assert desk.opt_out(ANN, "stop-3", at=LATER + timedelta(milliseconds=1), on_roster=True)
    assert look_up(stores, "m", ANN).opted_out


def test_given_numbers_without_a_row_when_noted_then_the_note_approves_nobody(stores: Stores) -> None:
    desk = stores.desk
    assert not desk.opt_in(EVE, "start", at=NOW)
    assert EVE not in stores.employees()
    assert desk.opt_out(EVE, "stop", at=NOW, on_roster=False)
    assert stores.employees()[EVE] == Employee(True, True, NOW, "stop")
    assert look_up(stores, "m", EVE) == Arrival(False, opted_out=True, opted_out_by="stop")
    assert desk.opt_in(EVE, "start", at=LATER)
    assert look_up(stores, "m", EVE) == Arrival(False, opted_out_by="start")
    assert not desk.opt_out("+14255550177", "stop", at=NOW, on_roster=True), "deleted meanwhile, and stays so"
    assert "+14255550177" not in stores.employees()


def test_given_what_is_on_record_when_a_text_arrives_then_all_of_it_is_told(stores: Stores) -> None:
    assert look_up(stores, "m", ANN) == Arrival(True)
    for campaign_id in ("earlier", "c"):
        stores.deliveries.open(campaign_id, queued(ANN), reopen=False, now=NOW)
        stores.sends.claim(Delivery(campaign_id, ANN, 1), token="t", now=NOW, lease_until=LEASE)
    stores.answers.claim(Answer("m"), token="t", now=NOW, lease_until=LEASE)
    place = ListingPlace("m", None, "A7")
    stores.desk.remember_listing(ANN, place, now=NOW)
    assert look_up(stores, "m", ANN) == Arrival(True, DeliveryStatus.SENDING, listing=place, campaign_id="c")
    assert look_up(stores, "another", BOB) == Arrival(True)


def test_given_a_refusal_when_noted_then_only_employees_who_are_in_are_marked(stores: Stores) -> None:
    stores.opt_outs.refused(EVE, now=NOW)
    stores.opt_outs.refused(ANN, now=NOW)
    stores.opt_outs.refused(ANN, now=LATER)
    stores.desk.opt_out(BOB, "stop", at=NOW, on_roster=True)
    stores.opt_outs.refused(BOB, now=LATER)
    assert stores.employees() == {
        ANN: Employee(True, False, NOW, "service"),
        BOB: Employee(True, False, NOW, "stop"),
    }
    assert set(stores.opt_outs.opted_out([ANN, BOB, EVE])) == {ANN, BOB}
    stores.desk.opt_in(ANN, "start", at=LATER)
    assert set(stores.opt_outs.opted_out([ANN, BOB, EVE])) == {BOB}
    assert not stores.opt_outs.opted_out([EVE])


@pytest.mark.parametrize("late", [range(30), range(10, 20), range(25, 30), range(0, 30, 2), range(0)])
def test_given_members_added_later_when_read_page_by_page_then_they_are_left_out_and_nobody_else(
    stores: Stores, late: range
) -> None:
    everybody = numbers(30)
    for place, number in enumerate(everybody):
        if place in late:
            stores.put_member_at(number, NOW + timedelta(milliseconds=1))
        elif place % 3:
            stores.put_member_at(number, NOW)
        else:
            stores.put_member(number)
    for added_by in (NOW, None):
        read: list[str] = []
        after: str | None = ""
        while after is not None:
            page, after = stores.roster.page("overtime", after, 10, added_by=added_by)
            read += page
        left_out = {everybody[place] for place in late} if added_by else set()
        assert read == [number for number in everybody if number not in left_out]


@pytest.mark.parametrize("members", [0, 1, 9, 10, 11, 20, 25])
def test_given_a_segment_when_read_page_by_page_then_every_member_comes_once_in_order(
    stores: Stores, members: int
) -> None:
    for number in numbers(members):
        stores.put_member(number)
    read: list[str] = []
    after: str | None = ""
    while after is not None:
        page, after = stores.roster.page("overtime", after, 10)
        assert len(page) <= 10
        read += page
    assert read == numbers(members)
    assert stores.roster.page("nobody", "", 10) == ([], None)
    page, _ = stores.roster.page("overtime", "+14255550102x", 10)
    assert page == numbers(members)[3:13], "even after somebody who is no member any more"


def idle_since(system: System, span: timedelta) -> None:
    """Nobody has sent for so long."""
    free_from = int((datetime.now(UTC) - span).timestamp() * 1e6)
    system.dynamodb.Table("Progress").put_item(
        Item={"campaign_id": "#pace", "part": "number", "free_from": free_from}
    )


A_MOMENT = timedelta(milliseconds=20)
SPAN = timedelta(seconds=30)
FAR = datetime.max.replace(tzinfo=UTC)


def test_given_a_number_that_is_free_too_late_when_reserved_then_nothing_is_and_it_says_when(
    system: System,
) -> None:
    pace = DynamoPace(boto3.client("dynamodb"), "Progress", "number")
    first = pace.reserve(SPAN, datetime.now(UTC))
    assert first.reserved
    for _ in range(2):
        refused = pace.reserve(SPAN, datetime.now(UTC) + SPAN / 2)
        assert not refused.reserved
        assert abs(refused.begins - first.begins - SPAN) < A_MOMENT
    assert pace.reserve(SPAN, refused.begins + A_MOMENT).begins == refused.begins


@pytest.mark.parametrize("idle", [None, timedelta(seconds=1), timedelta(days=1)])
def test_given_a_number_that_was_idle_when_reserved_then_it_begins_now_and_goes_on_without_gap_or_overlap(
    system: System, idle: timedelta | None
) -> None:
    if idle is not None:
        idle_since(system, idle)
    pace = DynamoPace(boto3.client("dynamodb"), "Progress", "number")
    before = datetime.now(UTC)
    begun = [pace.reserve(SPAN, FAR).begins for _ in range(5)]
    assert before - A_MOMENT <= begun[0] <= datetime.now(UTC)
    assert [later - earlier for earlier, later in pairwise(begun)] == [SPAN] * 4


def test_given_two_numbers_when_reserved_then_neither_waits_for_the_other(system: System) -> None:
    client = boto3.client("dynamodb")
    before = datetime.now(UTC)
    begun = [DynamoPace(client, "Progress", number).reserve(SPAN, FAR).begins for number in ("one", "two")]
    assert all(before - A_MOMENT <= one <= datetime.now(UTC) for one in begun)


@pytest.mark.parametrize("idle", [None, timedelta(0), timedelta(seconds=1), timedelta(days=1)])
def test_given_others_at_any_step_when_they_reserve_too_then_no_two_spans_overlap_and_none_is_before_now(
    system: System, idle: timedelta | None
) -> None:
    for step, after in itertools.product((1, 2, 3), (False, True)):
        system.dynamodb.Table("Progress").delete_item(Key={"campaign_id": "#pace", "part": "number"})
        if idle is not None:
            idle_since(system, idle)
        steps, before = Steps(), datetime.now(UTC)
        pace = DynamoPace(watched(boto3.client("dynamodb"), steps), "Progress", "number")
        begun: list[datetime] = []
        steps.once(
            step,
            lambda pace=pace, begun=begun: begun.append(pace.reserve(SPAN, FAR).begins),  # type: ignore[misc]
            after=after,
        )
        begun += [pace.reserve(SPAN, FAR).begins for _ in range(3)]
        begun.sort()
        assert before - A_MOMENT <= begun[0]
        assert all(later - earlier >= SPAN for earlier, later in pairwise(begun))


@pytest.mark.parametrize(
    ("attributes", "line"),
    [
        ({}, "A1"),
        ({"shift_info": Decimal(5)}, "A1 5"),
        ({"shift_info": None}, "A1"),
        ({"shift_info": Binary(b"x")}, "A1"),
        ({"shift_info": {"a": "b"}}, "A1"),
        ({"shift_info": ["a"]}, "A1"),
        ({"shift_info": "a\nb  "}, "A1 a b"),
        ({"shift_info": "x", "employee": "", "claim_message_id": Decimal(1)}, "A1 x"),
    ],
)
def test_given_an_item_written_by_hand_in_an_odd_way_when_asked_for_then_everybody_still_gets_the_list(
    system: System, attributes: Mapping[str, Any], line: str
) -> None:
    system.dynamodb.Table("Shifts").put_item(
        Item={"shift_id": "A1", "shift_status": "available", **attributes}
    )
    system.put_shift("A2", "fine")
    system.text(ANN, "REQUEST")
    system.text(BOB, "A1")
    assert system.network.inbox(ANN)[0].body == f"Reply a code to book:\n{line}\nA2 fine"
    assert system.network.inbox(BOB)[0].body.startswith("Booked: A1")


@pytest.mark.parametrize(
    "roles", [Decimal(3), True, {"a": "b"}, None, [Decimal(3), "cook"], {"cook"}, "x, cook"]
)
def test_given_roles_written_by_hand_in_an_odd_way_when_somebody_texts_then_they_are_answered(
    system: System, roles: Any
) -> None:
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "roles": roles})
    system.put_shift("A1", "", role="cook")
    system.text(ANN, "A1")
    cook = isinstance(roles, list | set | str)
    expected = "Booked: A1 cook" if cook else "Not for your role: A1"
    assert [text.body for text in system.network.inbox(ANN)] == [expected]


def test_given_a_message_when_answered_then_what_came_of_it_first_stays(stores: Stores) -> None:
    message = Message("m", ANN, GUS, "where is the key", NOW)
    stores.messages.keep(message)
    stores.messages.keep(message)
    answer = OperatorAnswer("m", ANN, GUS, "under the mat")
    stores.messages.answered(answer, MessageStatus.ANSWERED, "", now=NOW)
    stores.messages.answered(answer, MessageStatus.NOT_ANSWERED, "too late", now=NOW)
    assert stores.message_status() == {"m": ("answered", "")}
