"""Tests how campaigns are put and stopped."""

from typing import Any

import pytest

from shift_sms_cli.flat_commands import DONE, WRONG_INPUT
from shift_sms_runtime.campaigns.campaign import compose
from shift_sms_runtime.language.locale_files import locales
from tests.support.cli_campaigns import AUGUST, LAUNCHED, put_members
from tests.support.operator_cli import OperatorCli


def test_given_a_segment_when_a_campaign_is_put_then_what_it_costs_is_told_first(
    operator_cli: OperatorCli,
) -> None:
    put_members(operator_cli, "night", 3)
    put_members(operator_cli, "day", 1)

    status, printed, complaint = operator_cli.run(
        "put-campaign", "august", "Shifts: XYZ123", "--segment", "night"
    )

    assert (status, complaint) == (DONE, "")
    assert printed.splitlines() == [
        "each text, how to answer included, takes at most:",
        "  de                86 GSM characters, 1 segment",
        "  en                75 GSM characters, 1 segment",
        "  es                88 GSM characters, 1 segment",
        "  fr                94 GSM characters, 1 segment",
        "segment night: 3 members, at most 3 segments in all",
        "campaign august started",
    ]
    assert operator_cli.rows("Campaigns") == [AUGUST]


def test_given_a_dry_run_when_a_campaign_is_put_then_only_its_cost_is_told(operator_cli: OperatorCli) -> None:
    put_members(operator_cli, "night", 1)

    status, printed, _ = operator_cli.run(
        "put-campaign", "august", "Shifts: XYZ123 " + "x" * 150, "--segment", "night", "--dry-run"
    )

    assert status == DONE
    assert "segment night: 1 member, at most 2 segments in all\n" in printed
    assert printed.endswith("campaign august was not put (--dry-run)\n")
    assert operator_cli.rows("Campaigns") == []


@pytest.mark.parametrize(
    ("message", "options", "size", "named"),
    [
        (
            "Night \u2019til 6 \U0001f319",
            (),
            "76 UCS-2 characters, 2 segments",
            ": \U0001f319 (U+1F319 CRESCENT MOON)",
        ),
        (
            "Night \u2019til 6 \u2019",
            ("--keep-typography",),
            "75 UCS-2 characters, 2 segments",
            ": \u2019 (U+2019 RIGHT SINGLE QUOTATION MARK)",
        ),
    ],
)
def test_given_non_gsm_characters_when_a_campaign_is_measured_then_each_is_named(
    operator_cli: OperatorCli, message: str, options: tuple[str, ...], size: str, named: str
) -> None:
    _, printed, _ = operator_cli.run("put-campaign", "august", message, "--dry-run", *options)

    _, _, english, _, _, characters, *_ = printed.splitlines()
    assert english.endswith(size)
    assert characters.startswith(
        "not in the GSM alphabet, so that a segment has 70 characters instead of 160"
    )
    assert characters.endswith(named)


def test_given_replaceable_typography_when_a_campaign_is_measured_then_it_is_free(
    operator_cli: OperatorCli,
) -> None:
    _, printed, _ = operator_cli.run("put-campaign", "august", "Night \u2019til 6", "--dry-run")

    assert "  en                73 GSM characters, 1 segment\n" in printed
    assert "not in the GSM alphabet" not in printed


def test_given_a_vocabulary_and_a_hint_when_measured_then_each_language_is_told(
    operator_cli: OperatorCli,
) -> None:
    _, printed, _ = operator_cli.run(
        "put-campaign", "august", "XYZ123", "--dry-run", "--opt-out-hint", "--vocabulary", "appointments"
    )

    for language, locale in locales("appointments").items():
        size = compose("XYZ123", locale, agent_offered=True, opt_out_hint=True).size
        assert f"  {language:18}{size.characters} GSM characters, {size.segments} segment" in printed


def test_given_a_text_too_long_in_one_language_when_put_then_it_is_refused(operator_cli: OperatorCli) -> None:
    room = 1530 - compose("", locales("shifts")["en"], agent_offered=True).size.characters

    status, _, complaint = operator_cli.run("put-campaign", "august", "x" * room)

    assert status == WRONG_INPUT
    assert "with the instructions in " in complaint
    assert operator_cli.rows("Campaigns") == []


def test_given_more_members_than_a_page_when_counted_then_all_are(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moto.dynamodb.models.table.RESULT_SIZE_LIMIT", 1_000)
    put_members(operator_cli, "night", 120)

    _, printed, _ = operator_cli.run("put-campaign", "august", "XYZ123", "--segment", "night", "--dry-run")

    assert "segment night: 120 members, at most 120 segments in all" in printed


def test_given_no_segment_when_a_campaign_is_put_then_it_says_why_nobody_is_counted(
    operator_cli: OperatorCli,
) -> None:
    status, printed, _ = operator_cli.run("put-campaign", "august", "Shifts: XYZ123")

    assert status == DONE
    assert "its segment is the setting default_segment of the stack, not known here" in printed
    assert operator_cli.rows("Campaigns") == [{"campaign_id": "august", "campaign_message": "Shifts: XYZ123"}]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_given_an_empty_segment_when_a_campaign_is_put_then_it_asks_about_the_name(
    operator_cli: OperatorCli, options: tuple[str, ...]
) -> None:
    status, printed, complaint = operator_cli.run(
        "put-campaign", "august", "XYZ123", "--segment", "nihgt", *options
    )

    assert status == WRONG_INPUT
    assert printed.startswith("each text, how to answer included, takes at most:")
    assert complaint == "shift-sms: nothing was done: nobody is in the segment nihgt; is the name right?\n"
    assert operator_cli.rows("Campaigns") == []


def test_given_an_invalid_segment_when_a_campaign_is_put_then_it_says_what_may_be(
    operator_cli: OperatorCli, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        operator_cli.run("put-campaign", "august", "XYZ123", "--segment", "night shift")

    assert ended.value.code == WRONG_INPUT
    assert "the segment 'night shift' must be 1 to 128 letters" in capsys.readouterr().err


def test_given_members_that_cannot_be_counted_when_a_campaign_is_put_then_it_is_put(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.delete("SegmentMembers")

    status, printed, _ = operator_cli.run("put-campaign", "august", "Shifts: XYZ123", "--segment", "night")

    assert status == DONE
    assert "segment night: its members were not counted: An error occurred" in printed
    assert operator_cli.rows("Campaigns") == [AUGUST]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_given_a_campaign_when_another_has_its_id_then_it_is_refused(
    operator_cli: OperatorCli, options: tuple[str, ...]
) -> None:
    operator_cli.put("Campaigns", AUGUST)

    status, _, complaint = operator_cli.run("put-campaign", "august", "Shifts: XYZ124", *options)

    assert status == WRONG_INPUT
    assert "nothing was done: the campaign august exists already and texts nobody again" in complaint
    assert operator_cli.rows("Campaigns") == [AUGUST]


def test_given_a_campaign_when_it_is_put_again_dry_then_it_is_told_that_it_is_there(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Campaigns", AUGUST)
    put_members(operator_cli, "night", 1)

    status, printed, _ = operator_cli.run(
        "put-campaign", "august", "Shifts: XYZ123", "--segment", "night", "--dry-run"
    )

    assert status == DONE
    assert "there is a campaign august with this message and segment" in printed
    assert printed.endswith("campaign august was not put (--dry-run)\n")


def test_given_a_put_whose_response_is_lost_when_repeated_then_it_is_not_a_conflict(
    operator_cli: OperatorCli,
) -> None:
    put_members(operator_cli, "night", 1)
    operator_cli.lose_answer("PutItem")

    status, printed, complaint = operator_cli.run(
        "put-campaign", "august", "Shifts: XYZ123", "--segment", "night"
    )

    assert (status, complaint) == (DONE, "")
    assert "there is a campaign august with this message and segment" in printed
    assert printed.endswith("show-campaign tells how it is doing\n")
    assert operator_cli.rows("Campaigns") == [AUGUST]


@pytest.mark.parametrize(
    ("there", "status"),
    [
        (LAUNCHED, DONE),
        ({**LAUNCHED, "segment": "day"}, WRONG_INPUT),
        ({**LAUNCHED, "campaign_message": "Shifts: XYZ124"}, WRONG_INPUT),
        ({name: value for name, value in AUGUST.items() if name != "segment"}, WRONG_INPUT),
    ],
)
def test_given_a_campaign_when_put_again_then_its_words_decide_if_it_is_the_same(
    operator_cli: OperatorCli, there: dict[str, Any], status: int
) -> None:
    operator_cli.put("Campaigns", there)
    put_members(operator_cli, "night", 1)

    ended, _, complaint = operator_cli.run("put-campaign", "august", "Shifts: XYZ123", "--segment", "night")

    assert ended == status
    assert ("choose another id" in complaint) == (status == WRONG_INPUT)
    assert operator_cli.rows("Campaigns") == [there]


@pytest.mark.parametrize(
    ("campaign_id", "message", "told"),
    [("august", "x" * 1530, "too long"), ("august", " ", "missing or empty"), ("a" * 257, "XYZ123", "256")],
)
def test_given_a_campaign_that_could_not_be_sent_when_put_then_nothing_is_written(
    operator_cli: OperatorCli, campaign_id: str, message: str, told: str
) -> None:
    status, _, complaint = operator_cli.run("put-campaign", campaign_id, message)

    assert status == WRONG_INPUT
    assert told in complaint
    assert operator_cli.rows("Campaigns") == []


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
    operator_cli: OperatorCli, before: dict[str, Any], was: str, told: str
) -> None:
    operator_cli.put("Campaigns", {**AUGUST, **before})

    status, printed, _ = operator_cli.run("stop-campaign", "august")

    assert status == DONE
    assert printed.startswith(f"campaign august stopped; before, it was {was}\n{told}")
    assert operator_cli.rows("Campaigns") == [
        {**AUGUST, **before, "campaign_status": "stopped", "campaign_error": "stopped by the operator"}
    ]


def test_given_a_stopped_campaign_when_stopped_again_then_it_keeps_its_reason(
    operator_cli: OperatorCli,
) -> None:
    stopped = {**AUGUST, "campaign_status": "stopped", "campaign_error": "the spending limit is reached"}
    operator_cli.put("Campaigns", stopped)

    assert operator_cli.run("stop-campaign", "august") == (
        DONE,
        "campaign august was stopped already and is left as it is: the spending limit is reached\n",
        "",
    )
    assert operator_cli.rows("Campaigns") == [stopped]


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
def test_given_a_campaign_that_cannot_be_stopped_when_stopped_then_it_is_unchanged(
    operator_cli: OperatorCli, item: dict[str, str], told: str
) -> None:
    operator_cli.put("Campaigns", {**AUGUST, **item})

    status, printed, complaint = operator_cli.run("stop-campaign", "august")

    assert (status, printed) == (WRONG_INPUT, "")
    assert f"nothing was done: {told}" in complaint
    assert operator_cli.rows("Campaigns") == [{**AUGUST, **item}]
