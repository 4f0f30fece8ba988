"""Tests how campaigns are shown."""

import pytest

from shift_sms_cli.flat_commands import DONE, WRONG_INPUT
from tests.support.cli_campaigns import AUGUST, LAUNCHED
from tests.support.operator_cli import OperatorCli


def test_given_a_campaign_when_shown_then_it_reads_how_it_is_doing(operator_cli: OperatorCli) -> None:
    operator_cli.put("Campaigns", LAUNCHED)

    status, printed, _ = operator_cli.run("show-campaign", "august")

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


def test_given_a_campaign_that_was_just_put_when_shown_then_nothing_is_known_yet(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Campaigns", {"campaign_id": "august", "campaign_message": "Night:\nXYZ123"})

    assert operator_cli.run("show-campaign", "august")[1].splitlines() == [
        "campaign august: not launched yet",
        "  text              Night: / XYZ123",
        "  recipients        not counted yet",
    ]


def test_given_a_campaign_that_failed_when_shown_then_it_reads_why(operator_cli: OperatorCli) -> None:
    failed = {
        "campaign_status": "failed",
        "campaign_error": "segment 'night' has no members",
        "not_gsm": "\u2019",
    }
    operator_cli.put("Campaigns", {**AUGUST, **failed})

    _, printed, _ = operator_cli.run("show-campaign", "august")

    assert "  error             segment 'night' has no members\n" in printed
    assert "  not GSM           \u2019 (U+2019 RIGHT SINGLE QUOTATION MARK)\n" in printed


@pytest.mark.parametrize("command", ["show-campaign", "stop-campaign", "relaunch-campaign"])
def test_given_no_such_campaign_when_asked_for_then_it_is_told_and_none_is_made(
    operator_cli: OperatorCli, command: str
) -> None:
    status, printed, complaint = operator_cli.run(command, "august")

    assert (status, printed) == (WRONG_INPUT, "")
    assert complaint == "shift-sms: nothing was done: there is no campaign august\n"
    assert operator_cli.rows("Campaigns") == []
