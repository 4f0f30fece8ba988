"""Campaigns on the command line: what they cost is told before, and no words of an operator are lost."""

import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from shift_sms_cli import __main__ as command_line
from shift_sms_cli.__main__ import AWS_FAILED, DONE, WRONG_INPUT
from shift_sms_cli.campaigns import LONGEST_RELAUNCH
from shift_sms_runtime.adapters.catalogues import catalogues
from shift_sms_runtime.adapters.progress_table import LONGEST_RELAUNCH as RUNTIMES_LONGEST
from shift_sms_runtime.domain.campaigns import compose
from tests.desk import Desk

AUGUST = {"campaign_id": "august", "campaign_message": "Shifts: XYZ123", "segment": "night"}
LAUNCHED = {
    **AUGUST,
    "campaign_status": "launched",
    "launched_at": "2026-11-23T20:00:00+00:00",
    "encoding": "GSM",
    "segments_per_text": 1,
    "targeted": 5,
    "waiting": 1,
    "sent": 1,
    "delivered": 2,
    "opted_out": 1,
    "segments_spent": 3,
    "replies": 2,
    "bookings": 1,
    "seats_filled": 1,
    "first_send_at": "2026-11-23T20:00:01+00:00",
    "last_send_at": "2026-11-23T20:00:03+00:00",
    "first_booking_at": "2026-11-23T20:01:12+00:00",
    "last_booking_at": "2026-11-23T20:01:12+00:00",
    "seconds_to_first_booking": 71,
    "seconds_to_last_booking": 71,
    "progress_version": 9,
}

STOPPED = {
    **LAUNCHED,
    "campaign_status": "stopped",
    "launched_at": datetime.now(UTC).isoformat(),
    "first_send_at": (datetime.now(UTC) - timedelta(days=50)).isoformat(),
}
"""Launched 50 days ago, and relaunched today."""


def members(desk: Desk, segment: str, count: int) -> None:
    for number in range(count):
        desk.put("SegmentMembers", {"segment": segment, "phone_number": f"+1425555{number:04}"})


def test_given_a_segment_when_a_campaign_is_put_then_what_it_costs_is_told_first(desk: Desk) -> None:
    members(desk, "night", 3)
    members(desk, "day", 1)

    status, printed, complaint = desk.run("put-campaign", "august", "Shifts: XYZ123", "--segment", "night")

    assert (status, complaint) == (DONE, "")
    assert printed.splitlines() == [
        "each text, how to answer included: at most 71 GSM characters, 1 segment",
        "segment night: 3 members, at most 3 segments in all",
        "campaign august started",
    ]
    assert desk.rows("Campaigns") == [AUGUST]


def test_given_a_dry_run_when_a_campaign_is_put_then_only_its_cost_is_told(desk: Desk) -> None:
    members(desk, "night", 1)

    status, printed, _ = desk.run(
        "put-campaign", "august", "Shifts: XYZ123 " + "x" * 150, "--segment", "night", "--dry-run"
    )

    assert status == DONE
    assert "segment night: 1 member, at most 2 segments in all\n" in printed
    assert printed.endswith("campaign august was not put (--dry-run)\n")
    assert desk.rows("Campaigns") == []


@pytest.mark.parametrize(
    ("message", "options", "size", "named"),
    [
        (
            "Night \u2019til 6 \U0001f319",
            (),
            "at most 72 UCS-2 characters, 2 segments",
            ": \U0001f319 (U+1F319 CRESCENT MOON)",
        ),
        (
            "Night \u2019til 6 \u2019",
            ("--keep-typography",),
            "at most 71 UCS-2 characters, 2 segments",
            ": \u2019 (U+2019 RIGHT SINGLE QUOTATION MARK)",
        ),
    ],
)
def test_given_characters_outside_gsm_when_a_campaign_is_measured_then_each_is_named(
    desk: Desk, message: str, options: tuple[str, ...], size: str, named: str
) -> None:
    _, printed, _ = desk.run("put-campaign", "august", message, "--dry-run", *options)

    sizes, characters, *_ = printed.splitlines()
    assert sizes.endswith(size)
    assert characters.startswith(
        "not in the GSM alphabet, so that a segment has 70 characters instead of 160"
    )
    assert characters.endswith(named)


def test_given_typography_that_is_replaced_when_a_campaign_is_measured_then_it_costs_nothing(
    desk: Desk,
) -> None:
    _, printed, _ = desk.run("put-campaign", "august", "Night \u2019til 6", "--dry-run")

    assert printed.startswith(
        "each text, how to answer included: at most 69 GSM characters, 1 segment\nits segment"
    )


def test_given_a_stack_in_another_language_when_a_campaign_is_measured_then_it_is_as_long_as_there(
    desk: Desk,
) -> None:
    german = compose("XYZ123", catalogues("appointments")["de"], agent_offered=True).size

    _, printed, _ = desk.run(
        "put-campaign", "august", "XYZ123", "--dry-run", "--language", "de", "--vocabulary", "appointments"
    )

    assert f"at most {german.characters} GSM characters" in printed


def test_given_more_members_than_a_page_when_counted_then_all_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moto.dynamodb.models.table.RESULT_SIZE_LIMIT", 1_000)
    members(desk, "night", 120)

    _, printed, _ = desk.run("put-campaign", "august", "XYZ123", "--segment", "night", "--dry-run")

    assert "segment night: 120 members, at most 120 segments in all" in printed


def test_given_no_segment_when_a_campaign_is_put_then_it_is_told_why_nobody_was_counted(desk: Desk) -> None:
    status, printed, _ = desk.run("put-campaign", "august", "Shifts: XYZ123")

    assert status == DONE
    assert "its segment is the setting default_segment of the stack, not known here" in printed
    assert desk.rows("Campaigns") == [{"campaign_id": "august", "campaign_message": "Shifts: XYZ123"}]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_given_a_segment_with_nobody_when_a_campaign_is_put_then_it_is_asked_whether_the_name_is_right(
    desk: Desk, options: tuple[str, ...]
) -> None:
    status, printed, complaint = desk.run("put-campaign", "august", "XYZ123", "--segment", "nihgt", *options)

    assert status == WRONG_INPUT
    assert printed.startswith("each text, how to answer included: at most ")
    assert complaint == "shift-sms: nothing was done: nobody is in the segment nihgt; is the name right?\n"
    assert desk.rows("Campaigns") == []


def test_given_a_segment_that_nobody_could_be_in_when_a_campaign_is_put_then_it_is_told_what_is_allowed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.run("put-campaign", "august", "XYZ123", "--segment", "night shift")

    assert ended.value.code == WRONG_INPUT
    assert "the segment 'night shift' must be 1 to 128 letters" in capsys.readouterr().err


def test_given_members_that_cannot_be_counted_when_a_campaign_is_put_then_it_does_not_wait_for_it(
    desk: Desk,
) -> None:
    desk.delete("SegmentMembers")

    status, printed, _ = desk.run("put-campaign", "august", "Shifts: XYZ123", "--segment", "night")

    assert status == DONE
    assert "segment night: its members were not counted: An error occurred" in printed
    assert desk.rows("Campaigns") == [AUGUST]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_given_a_campaign_when_another_has_its_id_then_it_is_refused(
    desk: Desk, options: tuple[str, ...]
) -> None:
    desk.put("Campaigns", AUGUST)

    status, _, complaint = desk.run("put-campaign", "august", "Shifts: XYZ124", *options)

    assert status == WRONG_INPUT
    assert "nothing was done: the campaign august exists already and texts nobody again" in complaint
    assert desk.rows("Campaigns") == [AUGUST]


def test_given_a_campaign_when_it_is_put_again_dry_then_it_is_told_that_it_is_there(desk: Desk) -> None:
    desk.put("Campaigns", AUGUST)
    members(desk, "night", 1)

    status, printed, _ = desk.run(
        "put-campaign", "august", "Shifts: XYZ123", "--segment", "night", "--dry-run"
    )

    assert status == DONE
    assert "there is a campaign august with this message and segment" in printed
    assert printed.endswith("campaign august was not put (--dry-run)\n")


def test_given_a_put_whose_answer_is_lost_when_repeated_then_nobody_is_told_to_choose_another_id(
    desk: Desk,
) -> None:
    members(desk, "night", 1)
    desk.lose_answer("PutItem")

    status, printed, complaint = desk.run("put-campaign", "august", "Shifts: XYZ123", "--segment", "night")

    assert (status, complaint) == (DONE, "")
    assert "there is a campaign august with this message and segment" in printed
    assert printed.endswith("show-campaign tells how it is doing\n")
    assert desk.rows("Campaigns") == [AUGUST]


@pytest.mark.parametrize(
    ("there", "status"),
    [
        (LAUNCHED, DONE),
        ({**LAUNCHED, "segment": "day"}, WRONG_INPUT),
        ({**LAUNCHED, "campaign_message": "Shifts: XYZ124"}, WRONG_INPUT),
        ({name: value for name, value in AUGUST.items() if name != "segment"}, WRONG_INPUT),
    ],
)
def test_given_a_campaign_when_put_again_then_its_words_decide_whether_it_is_the_same(
    desk: Desk, there: dict[str, Any], status: int
) -> None:
    desk.put("Campaigns", there)
    members(desk, "night", 1)

    ended, _, complaint = desk.run("put-campaign", "august", "Shifts: XYZ123", "--segment", "night")

    assert ended == status
    assert ("choose another id" in complaint) == (status == WRONG_INPUT)
    assert desk.rows("Campaigns") == [there]


@pytest.mark.parametrize(
    ("campaign_id", "message", "told"),
    [("august", "x" * 1530, "too long"), ("august", " ", "missing or empty"), ("a" * 257, "XYZ123", "256")],
)
def test_given_a_campaign_that_could_not_be_sent_when_put_then_nothing_is_written(
    desk: Desk, campaign_id: str, message: str, told: str
) -> None:
    status, _, complaint = desk.run("put-campaign", campaign_id, message)

    assert status == WRONG_INPUT
    assert told in complaint
    assert desk.rows("Campaigns") == []


def test_given_a_campaign_when_shown_then_it_reads_how_it_is_doing(desk: Desk) -> None:
    desk.put("Campaigns", LAUNCHED)

    status, printed, _ = desk.run("show-campaign", "august")

    assert status == DONE
    assert printed.splitlines() == [
        "campaign august: launched",
        "  text              Shifts: XYZ123",
        "  segment           night",
        "  launched          2026-11-23T20:00:00+00:00",
        "  each text         1 segment, GSM",
        "  targeted                5",
        "  waiting                 1",
        "  sent                    1",
        "  delivered               2",
        "  failed                  0",
        "  opted-out               1",
        "  not-verified            0",
        "  blocked-country         0",
        "  unknown                 0",
        "  stopped                 0",
        "  segments spent          3",
        "  replies                 2",
        "  bookings                1",
        "  seats filled            1",
        "  first text        2026-11-23T20:00:01+00:00",
        "  last text         2026-11-23T20:00:03+00:00",
        "  first booking     2026-11-23T20:01:12+00:00, 0:01:11 after the first text",
        "  last booking      2026-11-23T20:01:12+00:00, 0:01:11 after the first text",
    ]


def test_given_a_campaign_that_was_just_put_when_shown_then_it_reads_that_nothing_is_known(
    desk: Desk,
) -> None:
    desk.put("Campaigns", {"campaign_id": "august", "campaign_message": "Night:\nXYZ123"})

    assert desk.run("show-campaign", "august")[1].splitlines() == [
        "campaign august: not launched yet",
        "  text              Night: / XYZ123",
        "  recipients        not counted yet",
    ]


def test_given_a_campaign_that_failed_when_shown_then_it_reads_why(desk: Desk) -> None:
    failed = {
        "campaign_status": "failed",
        "campaign_error": "nobody is in segment 'night'",
        "not_gsm": "\u2019",
    }
    desk.put("Campaigns", {**AUGUST, **failed})

    _, printed, _ = desk.run("show-campaign", "august")

    assert "  error             nobody is in segment 'night'\n" in printed
    assert "  not GSM           \u2019 (U+2019 RIGHT SINGLE QUOTATION MARK)\n" in printed


@pytest.mark.parametrize("command", ["show-campaign", "stop-campaign", "relaunch-campaign"])
def test_given_no_such_campaign_when_asked_for_then_it_is_told_and_none_is_made(
    desk: Desk, command: str
) -> None:
    status, printed, complaint = desk.run(command, "august")

    assert (status, printed) == (WRONG_INPUT, "")
    assert complaint == "shift-sms: nothing was done: there is no campaign august\n"
    assert desk.rows("Campaigns") == []


@pytest.mark.parametrize(
    ("before", "was", "told"),
    [
        ({}, "not launched yet", "texts that are being sent in this moment still leave"),
        (
            {"campaign_status": "launching", "waiting": 0},
            "launching",
            "texts that are being sent in this moment still leave",
        ),
        (
            {"campaign_status": "launched", "waiting": 1},
            "launched",
            "texts that are being sent in this moment still leave",
        ),
        (
            {"campaign_status": "launched", "waiting": 0},
            "launched",
            "by the last count nobody was waiting any more, so nothing was left to stop",
        ),
    ],
)
def test_given_a_campaign_when_stopped_then_its_item_says_so_and_keeps_the_rest(
    desk: Desk, before: dict[str, Any], was: str, told: str
) -> None:
    desk.put("Campaigns", {**AUGUST, **before})

    status, printed, _ = desk.run("stop-campaign", "august")

    assert status == DONE
    assert printed.startswith(f"campaign august stopped; before, it was {was}\n{told}")
    assert desk.rows("Campaigns") == [
        {**AUGUST, **before, "campaign_status": "stopped", "campaign_error": "stopped by the operator"}
    ]


def test_given_a_campaign_that_was_stopped_when_stopped_again_then_it_keeps_its_reason(desk: Desk) -> None:
    stopped = {**AUGUST, "campaign_status": "stopped", "campaign_error": "the spending limit is reached"}
    desk.put("Campaigns", stopped)

    assert desk.run("stop-campaign", "august") == (
        DONE,
        "campaign august was stopped already and is left as it is: the spending limit is reached\n",
        "",
    )
    assert desk.rows("Campaigns") == [stopped]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (
            {"campaign_status": "launched", "pinpoint_campaign_id": "1a2b"},
            "Amazon Pinpoint sends the campaign august, as 1a2b, and does not look here; only there",
        ),
        (
            {"campaign_status": "failed", "campaign_error": "too long"},
            "the campaign august failed and texts nobody: too long",
        ),
    ],
)
def test_given_a_campaign_that_cannot_be_stopped_here_when_it_is_then_it_is_told_and_stays_as_it_is(
    desk: Desk, item: dict[str, str], told: str
) -> None:
    desk.put("Campaigns", {**AUGUST, **item})

    status, printed, complaint = desk.run("stop-campaign", "august")

    assert (status, printed) == (WRONG_INPUT, "")
    assert f"nothing was done: {told}" in complaint
    assert desk.rows("Campaigns") == [{**AUGUST, **item}]


@pytest.mark.parametrize("segment", [{"segment": "night"}, {}])
def test_given_a_stopped_campaign_when_relaunched_then_only_the_operators_words_are_put_again(
    desk: Desk, segment: dict[str, str]
) -> None:
    words = {"campaign_id": "august", "campaign_message": "Bar at Mike's:\nXYZ123", **segment}
    written_back = {name: value for name, value in STOPPED.items() if name not in AUGUST}
    desk.put("Campaigns", {**written_back, **words, "waiting": 0})

    status, printed, complaint = desk.run("relaunch-campaign", "august")

    assert (status, complaint) == (DONE, "")
    assert desk.rows("Campaigns") == [{**words, "relaunch": "remaining"}]
    assert printed.startswith(
        "campaign august is deleted and put again, to reach those whom it has not tried\n"
    )
    assert printed.endswith("campaign august started again\n")
    assert "still wait" not in printed


def test_given_a_campaign_when_relaunched_then_what_puts_it_back_was_printed_before(desk: Desk) -> None:
    desk.put("Campaigns", {"campaign_id": "august", "campaign_message": "Bar at Mike's:\nXYZ123"})

    _, printed, _ = desk.run("relaunch-campaign", "august")

    put_back = printed[printed.index("  aws ") : printed.rindex("campaign august started")]
    command = shlex.split(put_back)
    assert command[:5] == ["aws", "dynamodb", "put-item", "--table-name", "Campaigns"]
    item = {name: value["S"] for name, value in json.loads(command[6]).items()}
    assert [item] == desk.rows("Campaigns")
    assert command[7:] == ["--condition-expression", "attribute_not_exists(campaign_id)"]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"campaign_status": "launching"}, "the campaign august is being launched; wait until show-campaign"),
        ({"pinpoint_campaign_id": "1a2b"}, "Amazon Pinpoint sent the campaign august"),
        ({"campaign_message": " "}, "campaign_message is missing or empty"),
    ],
)
def test_given_a_campaign_that_cannot_be_relaunched_when_it_is_then_it_stays_as_it_is(
    desk: Desk, item: dict[str, str], told: str
) -> None:
    desk.put("Campaigns", {**AUGUST, **item})

    status, _, complaint = desk.run("relaunch-campaign", "august")

    assert status == WRONG_INPUT
    assert f"nothing was done: {told}" in complaint
    assert desk.rows("Campaigns") == [{**AUGUST, **item}]


def test_given_recipients_that_wait_when_relaunched_then_it_is_told_what_may_be_left(desk: Desk) -> None:
    desk.put("Campaigns", STOPPED)

    _, printed, _ = desk.run("relaunch-campaign", "august")

    assert "1 of its recipients still wait." in printed


@pytest.mark.parametrize("name", ["launched_at", "first_send_at"])
def test_given_a_campaign_whose_ledger_is_gone_when_relaunched_then_nobody_is_texted_again(
    desk: Desk, name: str
) -> None:
    old = {**STOPPED, name: (datetime.now(UTC) - timedelta(days=61)).isoformat()}
    desk.put("Campaigns", old)

    status, _, complaint = desk.run("relaunch-campaign", "august")

    assert status == WRONG_INPUT
    assert (
        "the campaign august began more than 60 days ago, and whom it texted is soon not known any more"
        in complaint
    )
    assert desk.rows("Campaigns") == [old]


def test_given_the_ledger_when_asked_how_long_it_is_kept_then_the_command_line_knows() -> None:
    assert LONGEST_RELAUNCH == RUNTIMES_LONGEST


def in_between(monkeypatch: pytest.MonkeyPatch, step: str, happens: Callable[[], object]) -> None:
    """Have something happen right before a step of a relaunch."""
    as_it_is: Callable[..., object] = getattr(command_line, step)

    def later(*arguments: Any, **named: Any) -> object:
        happens()
        return as_it_is(*arguments, **named)

    monkeypatch.setattr(command_line, step, later)


@pytest.mark.parametrize(
    "change",
    [
        {"campaign_message": "Shifts: XYZ124"},
        {"campaign_status": "launching"},
        {"segment": "day"},
    ],
)
def test_given_a_change_while_it_is_relaunched_when_deleted_then_the_change_is_not_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    desk.put("Campaigns", AUGUST)
    in_between(monkeypatch, "take_away", lambda: desk.put("Campaigns", {**AUGUST, **change}))

    status, _, complaint = desk.run("relaunch-campaign", "august")

    assert status == WRONG_INPUT
    assert "the campaign august was changed in this moment" in complaint
    assert desk.rows("Campaigns") == [{**AUGUST, **change}]


@pytest.mark.parametrize("operation", ["DeleteItem", "PutItem"])
def test_given_an_answer_that_is_lost_when_relaunched_then_the_campaign_is_there_again(
    desk: Desk, operation: str
) -> None:
    desk.put("Campaigns", STOPPED)
    desk.lose_answer(operation)

    status, _, complaint = desk.run("relaunch-campaign", "august")

    assert (status, complaint) == (DONE, "")
    assert desk.rows("Campaigns") == [{**AUGUST, "relaunch": "remaining"}]


def test_given_a_connection_that_breaks_when_relaunched_then_it_is_told_what_puts_the_campaign_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("Campaigns", AUGUST)

    def breaks() -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    in_between(monkeypatch, "put_campaign", breaks)

    status, printed, complaint = desk.run("relaunch-campaign", "august")

    assert status == AWS_FAILED
    assert "Shifts: XYZ123" in printed
    assert "the campaign is deleted and may not be there again: run the command above" in complaint


def test_given_a_put_that_succeeded_without_an_answer_when_repeated_then_the_campaign_counts_as_put(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("Campaigns", AUGUST)
    put = {**AUGUST, "relaunch": "remaining"}
    in_between(monkeypatch, "put_campaign", lambda: desk.put("Campaigns", put))

    status, printed, _ = desk.run("relaunch-campaign", "august")

    assert status == DONE
    assert printed.endswith("there is a campaign august again; show-campaign tells how it is doing\n")
    assert desk.rows("Campaigns") == [put]
