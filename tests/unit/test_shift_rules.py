"""What an operator may write on a shift, and what goes with what: times, weeks, clock changes, rest, hours."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.adapters.catalogues import catalogue
from shift_sms_runtime.domain.agenda import Agenda, Booking, Clash, ClashKind, Limits
from shift_sms_runtime.domain.booking import Outcome, Person, Rules, claim, decide
from shift_sms_runtime.domain.shift_times import Span, read_time
from shift_sms_runtime.domain.shifts import Offer, Shift, ShiftStatus, read_shift

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANN, BOB, CID = "+14255550101", "+14255550102", "+14255550103"


def shift(**attributes: Any) -> Shift:
    """A shift as its item is read."""
    item = {"shift_id": "A1", "shift_status": "available", **attributes}
    return read_shift(item, default_zone=ZoneInfo("UTC"))


def span(start: str, end: str, zone: ZoneInfo = BERLIN) -> Span:
    """A span in local times."""
    return Span(read_time(start, zone), read_time(end, zone))


def agenda(*spans: Span) -> Agenda:
    """Bookings S0, S1 and so on."""
    booked = Agenda()
    for number, one in enumerate(spans):
        booked = booked.with_booking(Booking(f"S{number}", one, NOW))
    return booked


@pytest.mark.parametrize(
    ("written", "zone", "instant"),
    [
        ("2026-08-15T22:00:00Z", "UTC", "2026-08-15T22:00:00+00:00"),
        ("2026-08-15T22:00:00+02:00", "America/New_York", "2026-08-15T20:00:00+00:00"),
        ("2026-08-15T22:00", "Europe/Berlin", "2026-08-15T20:00:00+00:00"),
        ("2026-08-15 22:00", "UTC", "2026-08-15T22:00:00+00:00"),
        ("2026-12-15T22:00", "Europe/Berlin", "2026-12-15T21:00:00+00:00"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_given_a_time_as_people_write_it_when_read_then_it_is_one_instant(
    written: str, zone: str, instant: str
) -> None:
    assert shift(starts_at=written, timezone=zone).starts_at == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("attributes", "problems"),
    [
        ({}, 0),
        ({"seats": 3, "starts_at": "2026-08-15T22:00Z", "ends_at": "2026-08-16T03:00Z"}, 0),
        ({"seats": "3"}, 0),
        ({"seats": 0}, 1),
        ({"seats": 501}, 1),
        ({"seats": "many"}, 1),
        ({"starts_at": "15/08 22:00"}, 1),
        ({"starts_at": "2026-08-15"}, 1),
        ({"starts_at": "2026-08-15T22:00Z", "ends_at": "2026-08-15T22:00Z"}, 1),
        ({"ends_at": "2026-08-15T22:00Z"}, 1),
        ({"timezone": "Berlin"}, 1),
        ({"timezone": "../etc/passwd"}, 1),
        ({"respond_by": "soon", "timezone": "Nowhere/Land", "seats": -1}, 3),
    ],
)
def test_given_a_shift_with_mistakes_when_read_then_each_is_named_and_it_is_refused_until_mended(
    attributes: dict[str, Any], problems: int
) -> None:
    read = shift(**attributes)
    assert len(read.problems) == problems
    kept = read.kept(NOW, timedelta(minutes=30))
    assert (kept.status == ShiftStatus.REFUSED) is bool(problems)
    assert kept.error == "; ".join(read.problems)
    assert read.open_at(NOW) is not bool(problems)
    mended = shift(shift_status=kept.status, shift_error=kept.error).kept(NOW, timedelta(minutes=30))
    assert (mended.status, mended.error) == (ShiftStatus.AVAILABLE, "")


@given(
    st.dictionaries(
        st.sampled_from(["seats", "starts_at", "employees", "offers", "waiting_list", "role"]),
        st.one_of(
            st.none(),
            st.text(max_size=8),
            st.integers(),
            st.booleans(),
            st.lists(st.text(max_size=3)),
            st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
        ),
    )
)
def test_given_anything_on_an_item_when_read_then_nothing_breaks(attributes: dict[str, Any]) -> None:
    read = shift(**attributes)
    read.kept(NOW, timedelta(minutes=30)).item()


@pytest.mark.parametrize(
    ("attributes", "holders"),
    [
        ({"employee": ANN, "shift_status": "taken"}, {ANN}),
        ({"employee": "+1 (425) 555-0101", "shift_status": "taken"}, {ANN}),
        ({"employee": ANN}, set()),
        ({"shift_status": "taken"}, set()),
        ({"seats": 2, "employee": ANN, "employees": {BOB: ""}}, {ANN, BOB}),
        ({"employee": CID, "employees": {BOB: ""}, "shift_status": "taken"}, {CID}),
        ({"seats": 1, "employees": {ANN: "", BOB: ""}, "shift_status": "taken"}, {ANN, BOB}),
        ({"seats": 1, "employees": {ANN: "", BOB: ""}}, {ANN, BOB}),
        ({"seats": "to", "employees": {ANN: ""}}, {ANN}),
        ({"employees": {ANN: ""}}, {ANN}),
        ({"employee": ANN, "employees": {ANN: ""}}, set()),
    ],
)
def test_given_who_has_it_by_hand_when_read_then_the_status_counts_as_in_the_post(
    attributes: dict[str, Any], holders: set[str]
) -> None:
    assert set(shift(**attributes).holders) == holders


def test_given_a_shift_when_changed_and_written_then_it_is_read_as_it_was() -> None:
    full = (
        shift(seats=2)
        .with_holder(ANN, NOW)
        .with_holder(BOB, NOW)
        .with_waiting(CID)
        .without_holder(ANN)
        .settled(NOW, timedelta(minutes=30))
    )
    assert full.offers == {CID: Offer(NOW, NOW + timedelta(minutes=30))}
    again = shift(seats=2, **{name: value for name, value in full.item().items() if value is not None})
    assert again == full


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ({"starts_at": "2026-08-01T12:00Z"}, ShiftStatus.CLOSED),
        ({"starts_at": "2026-08-01T12:01Z"}, ShiftStatus.AVAILABLE),
        ({"starts_at": "2026-08-02T12:00Z", "respond_by": "2026-08-01T11:59Z"}, ShiftStatus.CLOSED),
        ({"shift_status": "closed", "starts_at": "2026-08-02T12:00Z"}, ShiftStatus.AVAILABLE),
        ({"shift_status": "on hold", "starts_at": "2026-08-01T11:00Z"}, "on hold"),
        ({"shift_status": "taken"}, ShiftStatus.TAKEN),
        ({"shift_status": "taken", "seats": 2, "employees": {ANN: ""}}, ShiftStatus.AVAILABLE),
        ({"shift_status": "available", "seats": 1, "employees": {ANN: ""}}, ShiftStatus.TAKEN),
    ],
)
def test_given_time_or_an_operator_when_a_shift_is_looked_after_then_its_status_follows(
    attributes: dict[str, Any], status: str
) -> None:
    assert shift(**attributes).kept(NOW, timedelta(minutes=30)).status == status


def test_given_an_offer_when_the_shift_closes_first_then_it_ends_then() -> None:
    late = shift(respond_by="2026-08-01T12:10Z", shift_status="taken", employee=ANN).with_waiting(BOB)
    offered = late.without_holder(ANN).settled(NOW, timedelta(minutes=30))
    assert offered.offers[BOB].until == NOW + timedelta(minutes=10)
    closed = offered.settled(NOW + timedelta(minutes=10), timedelta(minutes=30))
    assert (closed.status, closed.offers) == (ShiftStatus.CLOSED, {})


NIGHT = span("2026-08-15T22:00", "2026-08-16T06:00")


@pytest.mark.parametrize(
    ("other", "rest", "clash"),
    [
        (span("2026-08-16T05:00", "2026-08-16T09:00"), 0, ClashKind.OVERLAP),
        (span("2026-08-16T06:00", "2026-08-16T09:00"), 0, None),
        (span("2026-08-15T14:00", "2026-08-15T22:00"), 0, None),
        (span("2026-08-15T20:00", "2026-08-16T08:00"), 0, ClashKind.OVERLAP),
        (span("2026-08-15T23:00", "2026-08-15T23:30"), 0, ClashKind.OVERLAP),
        (span("2026-08-15T22:00", "2026-08-15T22:00"), 0, ClashKind.OVERLAP),
        (span("2026-08-16T06:00", "2026-08-16T06:00"), 0, None),
        (span("2026-08-16T16:59", "2026-08-16T20:00"), 11, ClashKind.REST),
        (span("2026-08-16T17:00", "2026-08-16T20:00"), 11, None),
        (span("2026-08-15T07:00", "2026-08-15T11:30"), 11, ClashKind.REST),
        (span("2026-08-15T07:00", "2026-08-15T11:00"), 11, None),
    ],
)
def test_given_a_night_over_midnight_when_another_shift_is_wanted_then_it_clashes_or_not(
    other: Span, rest: int, clash: ClashKind | None
) -> None:
    limits = Limits(rest=timedelta(hours=rest))
    found = agenda(NIGHT).clash("A1", other, BERLIN, limits)
    assert found == (Clash(clash, ("S0",)) if clash else None)
    reverse = agenda(other).clash("A1", NIGHT, BERLIN, limits)
    assert reverse == (Clash(clash, ("S0",)) if clash else None), "whichever was booked first"


@pytest.mark.parametrize(
    ("start", "end", "zone", "hours"),
    [
        ("2026-08-15T22:00", "2026-08-16T06:00", BERLIN, [8.0]),
        ("2026-10-24T22:00", "2026-10-25T06:00", BERLIN, [9.0]),
        ("2026-03-28T22:00", "2026-03-29T06:00", BERLIN, [7.0]),
        ("2026-08-16T22:00", "2026-08-17T06:00", BERLIN, [2.0, 6.0]),
        ("2026-11-01T00:00", "2026-11-02T00:00", NEW_YORK, [25.0]),
        ("2026-08-16T22:00", "2026-08-31T00:00", ZoneInfo("UTC"), [2.0, 168.0, 168.0]),
    ],
)
def test_given_a_shift_when_its_hours_are_counted_then_by_local_week_and_as_long_as_they_last(
    start: str, end: str, zone: ZoneInfo, hours: Sequence[float]
) -> None:
    assert [worked / HOUR for _, worked in span(start, end, zone).time_by_week(zone)] == hours


@pytest.mark.parametrize(("limit", "clash"), [(16, True), (17, False), (0, False)])
def test_given_the_night_of_the_clock_change_when_the_weeks_hours_are_limited_then_it_counts_nine(
    limit: float, clash: bool
) -> None:
    day = span("2026-10-23T08:00", "2026-10-23T16:00")
    night = span("2026-10-24T22:00", "2026-10-25T06:00")
    found = agenda(day).clash("A1", night, BERLIN, Limits(hours_per_week=limit))
    assert found == (Clash(ClashKind.HOURS, ("S0",)) if clash else None)


def test_given_a_night_into_monday_when_hours_are_limited_then_each_week_has_its_part() -> None:
    sunday = span("2026-08-16T08:00", "2026-08-16T14:00")
    monday = span("2026-08-17T12:00", "2026-08-17T16:00")
    night = span("2026-08-16T20:00", "2026-08-17T04:00")
    assert agenda(sunday, monday).clash("A1", night, BERLIN, Limits(hours_per_week=10)) is None
    assert agenda(sunday, monday).clash("A1", night, BERLIN, Limits(hours_per_week=9)) == Clash(
        ClashKind.HOURS, ("S0",)
    )


def test_given_bookings_without_times_when_compared_then_they_clash_with_nothing() -> None:
    booked = Agenda().with_booking(Booking("S0", None, NOW))
    assert booked.clash("A1", NIGHT, BERLIN, Limits(timedelta(hours=11), 8)) is None
    assert agenda(NIGHT).clash("A1", None, BERLIN, Limits(timedelta(hours=11), 1)) is None
    assert booked.current(NOW + timedelta(days=29)) == booked
    assert booked.current(NOW + timedelta(days=31)) == Agenda()
    assert agenda(NIGHT).current(NIGHT.end + timedelta(days=9)) == Agenda()


def test_given_hours_that_are_exactly_the_weeks_when_added_up_then_they_are_not_too_many() -> None:
    lengths = [(3, 0), (4, 0), (4, 10), (4, 10), (4, 40)]
    days = [
        span(f"2026-08-{10 + day}T08:00", f"2026-08-{10 + day}T{8 + hours:02}:{minutes:02}")
        for day, (hours, minutes) in enumerate(lengths)
    ]
    assert agenda(*days[:-1]).clash("A1", days[-1], BERLIN, Limits(hours_per_week=20)) is None
    assert agenda(*days[:-1]).clash("A1", days[-1], BERLIN, Limits(hours_per_week=19.5)) is not None


INSTANTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
SPANS = st.tuples(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20))).map(
    lambda pair: Span(pair[0], pair[0] + pair[1])
)


@given(SPANS, SPANS, st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe")]))
def test_given_any_two_spans_when_compared_then_overlap_is_mutual_and_weeks_add_up(
    one: Span, other: Span, zone: ZoneInfo
) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(one)
    assert one.gap(other) == other.gap(one)
    weeks = list(one.time_by_week(zone))
    assert sum((time for _, time in weeks), timedelta()) == one.end - one.start
    assert all(monday.astimezone(zone).weekday() == 0 for monday, _ in weeks)
    assert len({monday for monday, _ in weeks}) == len(weeks)


@pytest.mark.parametrize(
    ("attributes", "details"),
    [
        ({"shift_info": "15/08 5h nightshift", "starts_at": "2026-08-15T22:00Z"}, "15/08 5h nightshift"),
        (
            {
                "starts_at": "2026-08-15T22:00+02:00",
                "ends_at": "2026-08-16T03:00+02:00",
                "timezone": "Europe/Berlin",
                "role": "nurse",
                "site": "Ward 3",
            },
            "Sat 15 Aug 22:00-03:00 nurse Ward 3",
        ),
        ({"starts_at": "2026-08-15T22:00Z"}, "Sat 15 Aug 22:00"),
        ({"role": "nurse"}, "nurse"),
        ({}, ""),
    ],
)
def test_given_a_shift_when_told_then_in_the_operators_words_or_else_when_and_where(
    attributes: dict[str, Any], details: str
) -> None:
    assert catalogue("shifts", "en").details(shift(**attributes)) == details


def test_given_an_offer_when_the_operator_gives_the_seat_away_by_hand_then_nobody_else_gets_it() -> None:
    offers = {
        BOB: {"since": NOW.isoformat(), "until": (NOW + timedelta(minutes=30)).isoformat(), "told": True}
    }
    by_hand = {"shift_status": "taken", "employee": ANN, "offers": offers, "waiting_list": [CID]}
    for later, waiting in ((timedelta(0), (BOB, CID)), (timedelta(hours=1), (CID,))):
        kept = shift(**by_hand).kept(NOW + later, timedelta(minutes=30))
        assert (kept.status, set(kept.holders), kept.offers) == (ShiftStatus.TAKEN, {ANN}, {})
        assert kept.waiting == waiting, "who was offered it is the next of all"
    asked = decide(
        claim, ["A1"], {"A1": shift(**by_hand)}, person=Person(BOB), agenda=Agenda(), rules=Rules(), now=NOW
    )
    assert [result.outcome for result in asked.results] == [Outcome.TAKEN]


def test_given_a_seat_taken_by_hand_for_nobody_named_when_somebody_stops_waiting_then_it_stays_taken() -> (
    None
):
    taken = shift(shift_status="taken").with_waiting(BOB).with_waiting(CID)
    left = taken.without_waiting(BOB).settled(NOW, timedelta(minutes=30))
    assert (left.status, left.offers, left.waiting) == (ShiftStatus.TAKEN, {}, (CID,))


def test_given_fewer_seats_than_are_held_when_looked_after_then_nobody_is_thrown_out_or_let_in() -> None:
    full = shift(seats=1, shift_status="taken", employees={ANN: "", BOB: ""}, waiting_list=[CID])
    kept = full.kept(NOW, timedelta(minutes=30))
    assert (set(kept.holders), kept.offers, kept.waiting) == ({ANN, BOB}, {}, (CID,))
    one_left = kept.without_holder(ANN).settled(NOW, timedelta(minutes=30))
    assert (set(one_left.holders), one_left.offers) == ({BOB}, {})


def test_given_times_and_numbers_as_people_write_them_when_read_then_they_compare_with_ours() -> None:
    read = shift(
        seats=3,
        employees={"+1 425 555 0101": "2026-07-20"},
        waiting_list=["+1 (425) 555-0102", BOB, ANN],
        offers={CID: {"since": "2026-08-01T11:00", "until": "2026-08-01T13:00"}},
        shift_status="",
    )
    assert read.holders == {ANN: datetime(2026, 7, 20, tzinfo=UTC)}
    assert read.waiting == (BOB,)
    assert read.offers[CID].until > NOW
    assert read.item()["shift_status"] is None, "an empty key of an index would be refused"


@pytest.mark.parametrize("written", ["9999-12-31T22:00Z", "0001-01-01T00:00Z", "1926-08-15T22:00Z"])
def test_given_a_time_in_no_likely_year_when_read_then_it_is_a_mistake(written: str) -> None:
    assert len(shift(starts_at=written).problems) == 1
