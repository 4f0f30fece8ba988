"""Tests the commands on fill plans: what they print, write and ask, and how they end."""

import csv
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from shift_sms_cli import prompts
from shift_sms_cli.fill_plans import progress as fill_progress
from shift_sms_operator.fill_plans.views import FillProgress
from shift_sms_runtime.aws.dynamodb import wire
from tests.support.clock import Clock
from tests.support.operator_fills import ANN, BOB, CY, DEE, OPEN_SHIFT, add_employees, run_planner
from tests.support.operator_world import CommandResult, OperatorWorld

DONE, WRONG_INPUT = 0, 2
_follow = fill_progress.follow


@pytest.fixture
def clock() -> Clock:
    """The clock of the planner."""
    return Clock()


@pytest.fixture
def filling(operator_world: OperatorWorld, clock: Clock) -> Callable[[], OperatorWorld]:
    """Starts a plan of waves of two, and runs its first wave."""

    def fill() -> OperatorWorld:
        add_employees(operator_world)
        plan = {"fill_order": "seniority", "fill_wave_size": 2, "fill_wave_minutes": 10}
        operator_world.put("Shifts", {**OPEN_SHIFT, **plan})
        run_planner(operator_world, clock)
        return operator_world

    return fill


def test_given_defaults_of_plans_when_filled_then_the_preview_shows_them(
    operator_world: OperatorWorld,
) -> None:
    operator_world.settings |= {"fill_order": "fewest-hours", "fill_wave_size": 2, "fill_wave_minutes": 7.5}
    add_employees(operator_world)
    operator_world.put("Shifts", OPEN_SHIFT)

    done = operator_world.run("shifts", "fill", "N1", "--yes")

    shown = " ".join(done.out.split())
    assert "order fewest-hours (the fewest hours in the week first); without an end;" in shown
    assert "first wave 2 people, the next one after 7 min 30 s" in shown
    assert operator_world.row("Shifts", "N1") == {**OPEN_SHIFT, "fill_order": "fewest-hours"}


def test_given_a_shift_when_filled_then_the_preview_names_text_people_and_cost(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('[US]\nusd_per_segment = "0.02"\nsource = "contract"\ndate = 2026-01-01\n')
    add_employees(operator_world)
    operator_world.put("Shifts", OPEN_SHIFT)

    done = operator_world.run(
        *("shifts", "fill", "N1", "--order", "seniority", "--wave-size", "2", "--wave-minutes", "10"),
        *("--by", "2099-08-15T18:00", "--urgent", "--prices", str(prices), "--yes"),
    )

    assert (done.code, done.err) == (DONE, "")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "│ Open shift: N1 Night. Reply N1 to │" in lines
    assert "en: 41 GSM characters, 1 SMS segment" in lines
    assert "segment overtime: 4 members" in lines
    assert "may be texted 3" in lines
    assert "skipped: opted out 1" in lines
    order = "order seniority (the earliest hired_at first); until 2099-08-15 18:00 UTC;"
    assert f"{order} first wave 2 people, the next one after 10 min 00 s" in lines
    assert "Expected until the shift is filled: about 3 texts, 3 SMS segments, USD 0.06" in lines
    assert "A broadcast to everyone: 3 texts, 3 SMS segments, USD 0.06" in lines
    assert lines.index("Cost of the broadcast by country:") > lines.index(
        "A broadcast to everyone: 3 texts, 3 SMS segments, USD 0.06"
    )
    assert lines[-1] == "N1 is being filled. Follow it: shift-sms shifts watch N1 --env dev"
    assert operator_world.row("Shifts", "N1") == {
        **OPEN_SHIFT,
        "fill_by": "2099-08-15T18:00",
        "fill_order": "seniority",
        "fill_wave_size": 2,
        "fill_wave_minutes": 10,
        "fill_urgent": True,
    }
    assert operator_world.run("shifts", "fill", "N1", "--yes").out == (
        "N1 is being filled already. Follow it: shift-sms shifts watch N1 --env dev\n"
    )


def test_given_a_waiting_list_when_filled_then_no_wave_is_announced(operator_world: OperatorWorld) -> None:
    add_employees(operator_world)
    operator_world.put("Shifts", {**OPEN_SHIFT, "waiting_list": [ANN]})

    out = " ".join(operator_world.run("shifts", "fill", "N1", "--yes").out.split())

    assert "the waiting list is asked first; a wave follows if a seat stays free" in out
    assert "first wave" not in out


def test_given_plans_in_a_file_when_imported_then_it_says_how_many_start(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    file = tmp_path / "shifts.csv"
    operator_world.put("Shifts", OPEN_SHIFT)
    file.write_text("shift_id,shift_info,fill_order\nN1,Night,random\nA2,Day,random\nA3,Day,\n")

    def last_line(*options: str) -> str:
        return operator_world.run("shifts", "import", str(file), *options).out.splitlines()[-1]

    assert last_line("--dry-run") == "would start 2 fill plans: employees are texted"
    assert last_line() == "starts 2 fill plans: employees are texted"
    assert "fill plan" not in last_line()


def test_given_no_terminal_when_filled_without_yes_then_nothing_is_written(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_employees(operator_world)
    operator_world.put("Shifts", OPEN_SHIFT)

    unasked = operator_world.run("shifts", "fill", "N1")
    assert (unasked.code, unasked.err) == (WRONG_INPUT, f"shift-sms: {prompts.NO_TERMINAL}\n")
    assert "may be texted" in unasked.out
    monkeypatch.setattr("shift_sms_cli.commands.shift_filling.is_interactive", lambda: True)
    monkeypatch.setattr(prompts, "is_interactive", lambda: True)
    refused = operator_world.run("shifts", "fill", "N1", input="n\n")
    assert (refused.code, "Fill N1? [y/N]" in refused.err) == (WRONG_INPUT, True)

    assert operator_world.rows("Shifts") == [OPEN_SHIFT]
    assert operator_world.rows("AuditTrail") == []
    assert operator_world.run("shifts", "fill", "N1", input="y\n").code == DONE
    assert operator_world.row("Shifts", "N1")["fill_order"] == "rotation"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--wave-size", "0"), "fill_wave_size is '0': write auto, or a whole number of at least 1"),
        (("--order", "x"), "fill_order is 'x': write one of broadcast, seniority"),
        (("--by", "2020-01-01T00:00"), "fill_by is 2020-01-01 00:00 UTC, which has passed"),
        (("--segment", "no one"), "fill_segment: the segment 'no one' must be"),
    ],
)
def test_given_a_wrong_option_when_filled_then_exit_2_says_what_is_right(
    operator_world: OperatorWorld, options: tuple[str, str], message: str
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)

    done = operator_world.run("shifts", "fill", "N1", *options, "--yes")

    assert (done.code, done.out) == (WRONG_INPUT, "")
    assert message in done.err
    assert operator_world.rows("Shifts") == [OPEN_SHIFT]


def test_given_a_plan_when_stopped_then_fill_resumes_it(filling: Callable[[], OperatorWorld]) -> None:
    world = filling()

    stopped = world.run("shifts", "stop-fill", "N1")
    assert (stopped.code, stopped.err) == (DONE, "")
    assert stopped.out.splitlines() == [
        "The fill plan of N1 is stopped. Texts that are being sent at this moment still leave.",
        "Resume it: shift-sms shifts fill N1 --env dev",
    ]
    assert world.run("shifts", "stop-fill", "N1").out == "The fill plan of N1 is stopped already.\n"
    resumed = world.run("shifts", "fill", "N1", "--yes")

    assert "The stopped plan goes on: it texts no one twice." in resumed.out
    assert "skipped: texted about this shift before" in resumed.out
    assert "N1 is being filled again." in resumed.out
    assert world.row("Shifts", "N1")["fill_status"] == "running"


def test_given_an_exhausted_plan_when_filled_then_repeated_texts_are_told(
    filling: Callable[[], OperatorWorld],
) -> None:
    world = filling()
    world.put("Shifts", {**world.row("Shifts", "N1"), "fill_status": "exhausted"})

    assert world.run("shifts", "stop-fill", "N1").out == "The fill plan of N1 has ended already.\n"
    done = world.run("shifts", "fill", "N1", "--yes")

    again = "It may text everyone again: 2 of these had a text of the last plan."
    assert f"The last plan has ended, so a new one starts. {again}" in " ".join(done.out.split())
    assert "texts no one twice" not in done.out


def test_given_a_plan_when_watched_and_shown_then_its_waves_are_told(
    filling: Callable[[], OperatorWorld], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = filling()

    def second_wave() -> None:
        clock.pass_time(minutes=10)
        run_planner(world, clock)

    def claim() -> None:
        taken = {"employees": {BOB: clock().isoformat()}, "shift_status": "taken"}
        world.put("Shifts", {**world.row("Shifts", "N1"), **taken})
        run_planner(world, clock)

    happens = [lambda: None, second_wave, claim]

    def look(read: Callable[[], FillProgress]) -> FillProgress:
        return fill_progress.follow(read, lambda _seconds: happens.pop(0)())

    monkeypatch.setattr("shift_sms_cli.commands.shift_filling.follow", look)

    running = "running: wave 1, 2 contacted, 0 claimed, 1 of 1 seats free"
    assert f"Fill plan: {running}, next wave at 12:10:00." in world.run("shifts", "show", "N1").out
    shown = world.run("shifts", "show", "N1", "--json").json
    assert (shown["fill_status"], shown["fill_contacted"]) == ("running", 2)
    watched = world.run("shifts", "watch", "N1")

    assert (watched.code, watched.err) == (DONE, "")
    assert watched.out.splitlines() == [
        f"{running}, next wave at 12:10:00",
        "running: wave 2, 3 contacted, 0 claimed, 1 of 1 seats free, next wave at 12:20:00",
        "filled: wave 2, 3 contacted, 1 claimed, 0 of 1 seats free",
    ]


@pytest.mark.parametrize(
    ("status", "advice"),
    [("stopped", "Resume it: shift-sms shifts fill"), ("exhausted", "See why: shift-sms shifts why")],
)
def test_given_an_ended_plan_when_watched_then_the_next_command_is_complete(
    operator_world: OperatorWorld, status: str, advice: str
) -> None:
    plan = {"fill_order": "rotation", "fill_status": status}
    operator_world.put("Shifts", {**OPEN_SHIFT, **plan, "shift_id": "N1;ls"})

    watched = operator_world.run("shifts", "watch", "N1;ls").out

    assert f"{advice} 'N1;ls' --env dev" in " ".join(watched.split())


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"shift_status": "cancelled"}, "canceled"),
        ({"shift_status": "on hold"}, "'on hold'"),
        ({"seats": "many"}, "refused"),
    ],
)
def test_given_a_shift_whose_plan_does_not_run_when_watched_then_it_says_why(
    operator_world: OperatorWorld, item: dict[str, object], why: str
) -> None:
    operator_world.put("Shifts", {**OPEN_SHIFT, "fill_order": "rotation", **item})

    watched = operator_world.run("shifts", "watch", "N1")

    assert (watched.code, watched.err) == (DONE, "")
    first, advice = watched.out.splitlines()
    assert first.startswith(f"does not run: the shift is {why}, 0 contacted")
    assert advice == "See the shift: shift-sms shifts show N1 --env dev"


def test_given_control_c_when_watched_then_the_plan_goes_on(
    filling: Callable[[], OperatorWorld], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = filling()

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shift_sms_cli.commands.shift_filling.follow", partial(_follow, sleep=interrupted))

    watched = world.run("shifts", "watch", "N1")

    said = "no longer watched; the fill plan of N1 goes on until shifts stop-fill stops it"
    assert (watched.code, said in watched.err) == (1, True)
    assert world.row("Shifts", "N1")["fill_status"] == "running"


def test_given_a_plan_when_explained_then_each_person_has_a_reason(
    filling: Callable[[], OperatorWorld],
) -> None:
    world = filling()

    done = world.run("shifts", "why", "N1")

    assert (done.code, done.err) == (DONE, "")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    order = "order seniority (the earliest hired_at first)"
    assert lines == [
        "N1: fill plan 2026-08-01T12:00:00.000+00:00, running, 1 wave",
        f"wave 1 at 2026-08-01 12:00 UTC, 2 people, {order}, next wave after 10 min 00 s",
        "rank employee number why outcome",
        f"1 Bob {BOB} hired on 2019-05-01, no text in 30 days the text waits to be sent",
        f"2 Ann {ANN} hired on 2020-01-31, no text in 30 days the text waits to be sent",
        f"not reached, from rank 3: =cmd|' /C calc'!A0\\x1b[31m\\u202e<b> ({CY})",
        f"skipped, opted out: Dee ({DEE})",
    ]
    assert world.run("shifts", "why", "N1", "--check").out == (
        "The stored inputs give the same order and the same choice: 1 wave, 2 contacts.\n"
    )


def test_given_two_waves_when_explained_then_json_and_csv_have_both(
    filling: Callable[[], OperatorWorld], clock: Clock, tmp_path: Path
) -> None:
    world = filling()
    clock.pass_time(minutes=10)
    run_planner(world, clock)

    first = world.run("shifts", "why", "N1", "--json", "--limit", "1")
    rest = world.run("shifts", "why", "N1", "--json", "--after", first.err.split("--after ")[1].strip())
    ((one,), (two,)) = first.json, rest.json
    assert [one["wave"], two["wave"]] == [1, 2]
    assert one["contacts"][0] == {
        "rank": 1,
        "phone_number": BOB,
        "name": "Bob",
        "contacts": 0,
        "last_contact": "",
        "hired_at": "2019-05-01",
        "minutes": 0,
        "outcome": "waiting",
        "why": "hired on 2019-05-01, no text in 30 days",
    }
    assert [(later["rank"], later["phone_number"]) for later in one["not_reached"]] == [(3, CY)]
    assert one["skipped"] == [{"reason": "opted-out", "why": "opted out", "phone_numbers": [DEE]}]

    file = tmp_path / "why.csv"
    assert world.run("shifts", "why", "N1", "--csv", str(file)).err == f"8 rows in {file}\n"
    rows = [*csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))]
    assert [(row["wave"], row["rank"], row["phone_number"]) for row in rows] == [
        *(("1", "1", f"'{BOB}"), ("1", "2", f"'{ANN}"), ("1", "3", f"'{CY}"), ("1", "", f"'{DEE}")),
        *(("2", "1", f"'{CY}"), ("2", "", f"'{ANN}"), ("2", "", f"'{BOB}"), ("2", "", f"'{DEE}")),
    ]
    (hostile,) = {row["name"] for row in rows if row["phone_number"] == f"'{CY}"}
    assert hostile.startswith("'=cmd|")
    assert {row["outcome"] for row in rows} == {
        *("waiting", "not-reached", "skipped: opted-out", "skipped: texted-before")
    }


def test_given_a_role_that_no_one_has_when_explained_then_each_skip_has_its_reason(
    operator_world: OperatorWorld, clock: Clock
) -> None:
    add_employees(operator_world)
    operator_world.put("Shifts", {**OPEN_SHIFT, "role": "Bar", "fill_order": "seniority"})
    run_planner(operator_world, clock)

    out = operator_world.run("shifts", "why", "N1").out

    assert "no one could be texted" in out
    assert f"skipped, does not have the role of the shift: Ann ({ANN}), Bob ({BOB})" in out
    assert "next wave" not in out


def test_given_hostile_names_when_explained_then_they_appear_as_text(
    filling: Callable[[], OperatorWorld], clock: Clock
) -> None:
    world = filling()
    clock.pass_time(minutes=10)
    run_planner(world, clock)

    out = world.run("shifts", "why", "N1").out

    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "=cmd|' /C calc'!A0\\x1b[31m\\u202e<b>" in out


def test_given_no_plan_when_stopped_watched_or_explained_then_it_is_refused(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)

    def refused(command: str) -> CommandResult:
        return operator_world.run("shifts", command, "N1")

    assert (refused("stop-fill").code, "N1 has no fill plan to stop" in refused("stop-fill").err) == (2, True)
    assert "N1 has no fill plan; start one: shift-sms shifts fill N1 --env dev" in refused("watch").err
    assert "no fill plan of N1 is stored; start one: shift-sms shifts fill N1 --env" in refused("why").err


def test_given_a_replay_that_differs_when_checked_then_exit_2_names_the_rank(
    filling: Callable[[], OperatorWorld],
) -> None:
    world = filling()
    (wave,) = (row for row in world.rows("FillContacts") if row["entry"].startswith("wave#"))
    first, second = wave["contacts"]
    first["rank"], second["rank"] = second["rank"], first["rank"]
    world.put("FillContacts", wave)

    done = world.run("shifts", "why", "N1", "--check")

    assert done.code == WRONG_INPUT
    assert "rank 1 is another employee" in done.err
    (part,) = (row for row in world.rows("FillContacts") if row["entry"].startswith("unreached#"))
    key = wire({name: part[name] for name in ("shift_id", "entry")})
    world.clients.dynamodb.delete_item(TableName="FillContacts", Key=key)
    done = world.run("shifts", "why", "N1", "--check")
    assert "cannot be checked: the inputs of 1 of 3 employees are not stored" in done.err


def test_given_fill_options_when_written_and_exported_then_they_are_kept(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    added = operator_world.run(
        *("shifts", "add", "A1", "--info", "Day", "--fill-order", "random", "--fill-wave-size", "auto"),
        *("--fill-by", "2099-01-01T10:00", "--fill-segment", "bar", "--fill-urgent", "yes"),
    )
    assert (added.code, added.err) == (DONE, "")
    edited = operator_world.run(
        *("shifts", "edit", "A1", "--fill-wave-size", "9", "--fill-wave-minutes", "2.5", "--fill-by", ""),
        *("--fill-urgent", ""),
    )
    assert "A1 changed." in edited.out
    row = operator_world.row("Shifts", "A1")
    fill = {name: value for name, value in row.items() if name.startswith("fill_")}
    assert {name: str(value) for name, value in fill.items()} == {
        "fill_order": "random",
        "fill_segment": "bar",
        "fill_wave_size": "9",
        "fill_wave_minutes": "2.5",
    }

    operator_world.put("Shifts", {**row, "fill_status": "running", "fill_contacted": 3, "fill_urgent": True})
    file = tmp_path / "shifts.csv"
    operator_world.run("shifts", "export", "--output", str(file))
    text = file.read_text(encoding="utf-8")
    (exported,) = csv.DictReader(io.StringIO(text))
    assert (exported["fill_wave_size"], exported["fill_urgent"]) == ("9", "true")
    assert (exported["fill_status"], exported["fill_contacted"]) == ("running", "3")
    assert "1 unchanged" in operator_world.run("shifts", "import", str(file)).out
    file.write_text(text.replace("A1,Day", "A2,Day"), encoding="utf-8")
    assert "1 added" in operator_world.run("shifts", "import", str(file)).out
    loaded = operator_world.row("Shifts", "A2")
    assert (loaded["fill_order"], loaded["fill_urgent"], "fill_status" in loaded) == ("random", True, False)
    wrong = operator_world.run("shifts", "add", "A3", "--info", "Day", "--fill-wave-minutes", "0")
    assert (wrong.code, "fill_wave_minutes is '0': write auto, or" in wrong.err) == (WRONG_INPUT, True)
