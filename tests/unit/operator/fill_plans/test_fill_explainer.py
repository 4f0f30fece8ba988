"""Tests how fill plans are explained and followed: the real planner and sender on simulated tables."""

from dataclasses import replace
from typing import Any

import pytest

from shift_sms_operator.fill_plans import fill_explainer
from shift_sms_operator.fill_plans.audit_file import CSV_HEADER, csv_rows
from shift_sms_operator.fill_plans.fill_explainer import FillExplainer
from shift_sms_operator.fill_plans.views import ContactOutcome, ExplainedWave
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.aws.dynamodb import wire
from shift_sms_runtime.fill_plans.candidates import Audience
from shift_sms_runtime.fill_plans.planner import FillPlanner
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.tables.fill_plans import fill_history, wave_items
from tests.support.fill_world import FillWorld, employee
from tests.support.operator_fills import operator_of


@pytest.fixture
def world() -> FillWorld:
    """A world of fill plans."""
    return FillWorld()


def explainer(world: FillWorld) -> FillExplainer:
    return operator_of(world).fill_plans.explainer


def waves(world: FillWorld) -> list[ExplainedWave]:
    return [*explainer(world).all("A1")]


def outcomes(wave: ExplainedWave) -> dict[str, tuple[ContactOutcome, str]]:
    return {one.contact.phone_number: (one.outcome, one.outcome_text) for one in wave.contacts}


def test_given_two_waves_when_explained_then_each_contact_has_its_place_and_reason(world: FillWorld) -> None:
    world.put_employee(0, name="Ann", hired_at="2019-05-01")
    world.put_employee(1, name="Bob", hired_at="2018-01-31")
    world.put_employee(2, name="Cy", opted_out=True)
    world.put_shift(fill_order="seniority", fill_wave_size=2)
    world.run()
    world.claim(1)
    world.plan()

    (wave,) = waves(world)

    assert (wave.number, wave.order, wave.wait.total_seconds()) == (1, FillOrder.SENIORITY, 600)
    shown = [(one.contact.rank, one.name, one.why, one.outcome) for one in wave.contacts]
    assert shown == [
        (1, "Bob", "hired on 2018-01-31, no text in 30 days", ContactOutcome.BOOKED),
        (2, "Ann", "hired on 2019-05-01, no text in 30 days", ContactOutcome.TEXTED),
    ]
    assert wave.contacts[0].outcome_text == "booked at 2026-08-01 12:00"
    assert [(skip.reason, skip.why, list(skip.phone_numbers)) for skip in wave.skipped] == [
        ("opted-out", "opted out", [employee(2)])
    ]
    assert wave.names[employee(2)] == "Cy"


def test_given_earlier_texts_when_explained_then_rotation_says_when_and_how_many(world: FillWorld) -> None:
    world.put_shift("A0", fill_wave_size=4)
    world.run("A0")
    world.edit_shift("A0", fill_status="stopped")
    world.clock.pass_time(days=3)
    world.put_shift(fill_wave_size=10)
    world.run()

    (wave,) = waves(world)

    assert wave.contacts[0].why == "no text in 30 days"
    assert wave.contacts[-1].why == "no text since 2026-08-01, 1 text in 30 days"
    world.clock.pass_time(days=31)
    world.put_shift("A1", fill_wave_size=12)
    world.run("A1")
    assert {one.why for one in waves(world)[-1].contacts} >= {"no text since 2026-08-04"}


@pytest.mark.parametrize("order", list(FillOrder))
def test_given_stored_inputs_when_ranked_again_then_the_order_is_the_same(
    order: FillOrder,
) -> None:
    world = FillWorld(employees=0)
    for index in range(30):
        world.put_employee(index, hired_at=f"20{10 + index % 7}-03-01")
    world.put_shift("A0", fill_wave_size=7, fill_order="random")
    world.run("A0")
    world.clock.pass_time(days=1)
    world.put_shift(fill_wave_size=6, fill_order=order.value)
    world.run()
    world.pass_time(minutes=25)

    replayed = [*explainer(world).replay("A1")]

    assert [wave.first_difference for wave in replayed] == [None] * len(replayed)
    assert sum(wave.contacts for wave in replayed) == (30 if order is FillOrder.BROADCAST else 18)


def test_given_a_wave_that_texts_the_wrong_ones_when_ranked_again_then_it_is_found(
    world: FillWorld,
) -> None:
    class LastOnes(FillWorld):
        """Texts the last employees of the order, in their order."""

        def new_planner(self) -> FillPlanner:
            planner = super().new_planner()
            finder, find = planner._audience, planner._audience.find

            def reordered(*args: Any, **keywords: Any) -> Audience:
                audience = find(*args, **keywords)
                numbered = enumerate([*audience.contacts[8:], *audience.contacts[:8]], 1)
                return replace(audience, contacts=[replace(one, rank=rank) for rank, one in numbered])

            finder.find = reordered  # type: ignore[method-assign]
            return planner

    for planned, difference in ((world, None), (LastOnes(), 1)):
        planned.put_shift(fill_wave_size=4)
        planned.run()

        (wave,) = explainer(planned).replay("A1")

        assert (wave.contacts, wave.eligible, wave.missing) == (4, 12, 0)
        assert wave.first_difference == difference


def test_given_a_wave_when_explained_then_those_not_reached_have_their_rank(
    world: FillWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_explainer, "LISTED", 3)
    monkeypatch.setattr(wave_items, "UNREACHED_PER_ITEM", 5)
    monkeypatch.setattr(fill_history, "UNREACHED_PER_ITEM", 5)
    world.put_employee(4, name="Bob", hired_at="2018-01-31")
    world.put_shift(fill_wave_size=4)
    world.run()
    found, started_at = explainer(world), world.item()["fill_started_at"]

    (page,) = found.page("A1").items
    ranks = [(one.contact.rank, one.contact.phone_number) for one in page.unreached]
    assert ranks == [(5, employee(4)), (6, employee(5)), (7, employee(6))]
    assert (page.eligible, page.not_listed) == (12, 5)
    (bob, *_) = page.unreached
    assert (bob.name, bob.why, bob.outcome) == ("Bob", "no text in 30 days", ContactOutcome.NOT_REACHED)
    assert bob.contact.inputs.hired_at == "2018-01-31"
    (whole,) = waves(world)
    assert [one.contact.rank for one in whole.unreached] == [*range(5, 13)]
    assert whole.not_listed == 0
    listed, start = [], 0
    while True:
        part = found.unreached("A1", started_at, 1, start=start, most=2)
        listed += [(one.contact.rank, one.contact.phone_number) for one in part.items]
        if part.cursor is None:
            break
        start = int(part.cursor)
    assert listed == [(rank, employee(rank - 1)) for rank in range(5, 13)]
    assert found.unreached("A1", started_at, 1, start=500).items == ()
    with pytest.raises(Refused, match="no wave 2 of the plan"):
        found.unreached("A1", started_at, 2)


def test_given_a_part_that_is_gone_when_ranked_again_then_the_check_says_so(
    world: FillWorld,
) -> None:
    world.put_shift(fill_wave_size=4)
    world.run()
    (part,) = (row for row in world.rows("FillContacts") if row["entry"].startswith("unreached#"))
    key = wire({name: part[name] for name in ("shift_id", "entry")})
    world.plain_client.delete_item(TableName="FillContacts", Key=key)

    (wave,) = explainer(world).replay("A1")

    assert (wave.eligible, wave.missing) == (12, 8)


def test_given_many_skipped_when_written_to_a_file_then_each_has_the_name(
    world: FillWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_explainer, "LISTED", 1)
    for index in (2, 3, 4):
        world.put_employee(index, name=f"Name {index}", opted_out=True)
    world.put_shift(fill_wave_size=4)
    world.run()
    world.pass_time(minutes=10)

    rows = [dict(zip(CSV_HEADER, row, strict=True)) for row in csv_rows(explainer(world).all("A1"))]

    assert len(rows) == 2 * 12
    named = [(row["wave"], row["name"]) for row in rows if row["outcome"] == "skipped: opted-out"]
    assert named == [(wave, f"Name {index}") for wave in (1, 2) for index in (2, 3, 4)]
    later = [(row["wave"], row["rank"]) for row in rows if row["outcome"] == "not-reached"]
    assert later == [*((1, rank) for rank in range(5, 10)), (2, 5)]
    (page, _) = explainer(world).page("A1").items
    assert list(page.names.values()) == ["Name 2"]


def test_given_a_changed_order_when_ranked_again_then_the_rank_is_named(
    world: FillWorld,
) -> None:
    world.put_shift()
    world.run()
    (row,) = (row for row in world.rows("FillContacts") if row["entry"].startswith("wave#"))
    second, third = row["contacts"][1], row["contacts"][2]
    second["rank"], third["rank"] = third["rank"], second["rank"]
    world.put("FillContacts", row)

    (wave,) = explainer(world).replay("A1")

    assert wave.first_difference == 2


def test_given_a_plan_that_texted_no_one_when_explained_then_each_skip_has_a_reason(
    world: FillWorld,
) -> None:
    world.put_shift(role="Bar")
    world.run()

    (wave,) = waves(world)

    assert (wave.contacts, wave.wait.total_seconds()) == ([], 0)
    assert [(skip.reason, len(skip.phone_numbers)) for skip in wave.skipped] == [("wrong-role", 12)]
    assert [one.first_difference for one in explainer(world).replay("A1")] == [None]


def test_given_every_outcome_when_explained_then_it_is_told_in_words(world: FillWorld) -> None:
    world.put_shift(fill_wave_size=7, seats=9)
    world.run()
    item = world.item()
    now = world.clock().isoformat()
    world.edit_shift(
        waiting_list=[employee(1)],
        sick_calls={employee(2): now},
        employees={**item.get("employees", {}), employee(0): ""},
    )

    def deliver(index: int, **changes: Any) -> None:
        for row in world.rows("Deliveries"):
            if row["phone_number"] == employee(index):
                world.put("Deliveries", {**row, **changes})

    deliver(3, status="failed", reason="TEXT_INVALID")
    deliver(4, status="stopped")
    deliver(5, status="queued")
    for row in world.rows("FillContacts"):
        if row["entry"].startswith("contact#") and row["phone_number"] == employee(6):
            key = wire({name: row[name] for name in ("shift_id", "entry")})
            world.plain_client.delete_item(TableName="FillContacts", Key=key)

    (wave,) = waves(world)

    assert outcomes(wave) == {
        employee(0): (ContactOutcome.BOOKED, "has a seat"),
        employee(1): (ContactOutcome.WAITS, "waits for a seat"),
        employee(2): (ContactOutcome.SICK, "reported sick"),
        employee(3): (ContactOutcome.UNDELIVERED, "the text failed"),
        employee(4): (
            ContactOutcome.NOT_TEXTED,
            "not texted: no seat was free, quiet hours had begun, or the plan had ended",
        ),
        employee(5): (ContactOutcome.WAITING, "the text waits to be sent"),
        employee(6): (
            ContactOutcome.LIMITED,
            "not texted: another plan had used up the texts of the day",
        ),
    }


def test_given_a_skipped_text_when_a_later_wave_sends_it_then_only_that_one_did(world: FillWorld) -> None:
    world.put_shift(fill_wave_size=12)
    world.plan()
    world.edit_shift(fill_status="stopped")
    world.send()
    world.plan()
    world.edit_shift(fill_status="running")
    world.pass_time(minutes=10)
    world.run()

    first, second, *_ = waves(world)

    assert {one.outcome for one in first.contacts} == {ContactOutcome.NOT_TEXTED}
    assert {one.outcome for one in second.contacts} == {ContactOutcome.TEXTED}
    assert outcomes(first).keys() == outcomes(second).keys()
    (page,) = explainer(world).page("A1", limit=1).items
    assert outcomes(page) == outcomes(first)


def test_given_a_shift_that_was_deleted_when_explained_then_its_plan_is_still_there(world: FillWorld) -> None:
    world.put_shift(fill_wave_size=2)
    world.run()
    world.plain_client.delete_item(TableName="Shifts", Key=wire({"shift_id": "A1"}))
    for row in world.rows("Deliveries"):
        key = wire({name: row[name] for name in ("campaign_shard", "phone_number")})
        world.plain_client.delete_item(TableName="Deliveries", Key=key)

    (wave,) = waves(world)
    assert {one.outcome for one in wave.contacts} == {ContactOutcome.NOT_TEXTED}
    world.clock.pass_time(days=100)
    (wave,) = waves(world)
    assert {one.outcome for one in wave.contacts} == {ContactOutcome.FORGOTTEN}
    assert explainer(world).plans("A1")[0].status is FillStatus.RUNNING


def test_given_two_plans_when_explained_page_by_page_then_each_wave_is_there_once(world: FillWorld) -> None:
    world.put_shift(fill_wave_size=3, fill_by="2026-08-01T12:15:00+00:00")
    world.run()
    world.pass_time(minutes=20)
    first = world.item()["fill_started_at"]
    world.edit_shift(fill_status="running", fill_by=None)
    world.run()
    last = world.item()["fill_started_at"]
    found = explainer(world)

    pages, after = [], None
    while True:
        page = found.page("A1", limit=2, after=after)
        pages.append([(wave.started_at, wave.number) for wave in page.items])
        after = page.cursor
        if after is None:
            break

    assert [one for page in pages for one in page] == [(first, 1), (first, 2), (last, 1)]
    assert len(pages[0]) == 2
    assert [wave.number for wave in found.page("A1", started_at=last).items] == [1]
    assert [plan.started_at for plan in found.plans("A1")] == [last, first]
    other = found.page("A1", limit=1).cursor
    with pytest.raises(Refused, match="is no position in this list"):
        found.page("A2", after=other)
    with pytest.raises(Refused, match="is no position in this list"):
        found.page("A1", started_at=last, after=other)


def test_given_no_plan_when_explained_or_followed_then_it_is_refused(world: FillWorld) -> None:
    world.put_shift(fill_order=None, fill_wave_size=None, fill_wave_minutes=None)

    with pytest.raises(Refused, match="no fill plan of A1 is stored"):
        explainer(world).plans("A1")
    with pytest.raises(Refused, match="A1 has no fill plan"):
        operator_of(world).fill_plans.follower.progress("A1")
    with pytest.raises(Refused, match="A2: there is no such shift"):
        explainer(world).plans("A2")


def test_given_a_plan_when_followed_then_waves_contacts_and_claims_are_current(world: FillWorld) -> None:
    follower = operator_of(world).fill_plans.follower
    world.put_shift(seats=2, starts_at="2026-09-01T22:00:00+00:00")
    before = follower.progress("A1")
    assert (before.status, before.waves, before.contacted, before.ended) == (None, 0, 0, False)

    world.run()
    running = follower.progress("A1")
    assert (running.status, running.waves, running.contacted) == (FillStatus.RUNNING, 1, 4)
    assert (running.claimed, running.ended) == (0, False)
    assert running.next_wave_at is not None
    assert (running.next_wave_at - world.clock()).total_seconds() == 600

    world.claim(0)
    world.claim(1)
    world.run()
    filled = follower.progress("A1")
    assert (filled.status, filled.next_wave_at, filled.ended) == (FillStatus.FILLED, None, True)
    assert filled.claimed == 2


def test_given_a_preview_when_the_plan_then_starts_then_it_texts_as_previewed(world: FillWorld) -> None:
    operator = operator_of(world)
    world.put_employee(3, opted_out=True)
    world.put_employee(4, language="es")
    world.put_shift(fill_order=None, fill_wave_size=None, fill_wave_minutes=None)

    preview = operator.fill_plans.previewer.preview("A1", {}, prices={}, most=500)
    operator.fill_plans.changes.start("A1", {})
    world.run()

    assert (preview.members, preview.eligible, preview.skipped) == (12, 11, {"opted-out": 1})
    assert preview.first_wave == len(world.texted())
    assert preview.first_wave <= preview.expected_texts <= preview.eligible
    assert {text.text for text in preview.texts.values()} >= {text.body for text in world.phones.texts}
    assert sum(country.recipients for country in preview.broadcast) == 11


def test_given_a_waiting_list_for_all_seats_when_previewed_then_it_is_asked_first(world: FillWorld) -> None:
    world.put_shift(fill_order=None, waiting_list=[employee(0)])

    preview = operator_of(world).fill_plans.previewer.preview("A1", {}, prices={})

    assert (preview.asks_waiting_list, preview.first_wave, preview.expected_texts) == (True, 0, 0)
    assert preview.eligible == 11


def test_given_quiet_hours_when_previewed_then_the_wait_ends_with_these() -> None:
    world = FillWorld()
    world.put_employee(0, timezone="Pacific/Honolulu")
    world.put_shift(fill_order=None, fill_wave_size=None, fill_wave_minutes=None)
    fills = operator_of(world, quiet_hours="21:00-02:05").fill_plans

    preview = fills.previewer.preview("A1", {"fill_order": "broadcast"}, prices={})

    assert preview.skipped == {"quiet-hours": 1}
    assert preview.wait.total_seconds() == 300


def test_given_a_segment_larger_than_the_limit_when_previewed_then_it_says_so(world: FillWorld) -> None:
    world.put_shift(fill_order=None)

    preview = operator_of(world).fill_plans.previewer.preview("A1", {}, prices={}, most=5)

    assert (preview.members, preview.eligible, preview.complete) == (5, 5, False)


def test_given_a_stopped_plan_when_previewed_then_those_it_texted_are_skipped(world: FillWorld) -> None:
    world.put_shift()
    world.run()
    world.edit_shift(fill_status="stopped")
    world.run()

    preview = operator_of(world).fill_plans.previewer.preview("A1", {}, prices={})

    assert (preview.action, preview.eligible, preview.skipped) == ("resumed", 8, {"texted-before": 4})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fill_segment": "empty"}, "the segment empty has no members"),
        ({}, "no member of the segment overtime can be texted: 1 opted-out"),
    ],
)
def test_given_no_one_to_text_when_previewed_then_it_is_refused(values: dict[str, str], message: str) -> None:
    world = FillWorld(employees=0)
    world.put_employee(0, opted_out=True)
    world.put_shift(fill_order=None)

    with pytest.raises(Refused, match=message):
        operator_of(world).fill_plans.previewer.preview("A1", values, prices={})
