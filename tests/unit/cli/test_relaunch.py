"""Tests how campaigns are relaunched."""

import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from shift_sms_cli import flat_commands as command_line
from shift_sms_cli.flat_commands import AWS_FAILED, DONE, WRONG_INPUT
from shift_sms_runtime.campaigns.launch_plan import MAX_RELAUNCH_AGE
from shift_sms_runtime.tables import campaign_counters, deliveries
from tests.support.cli_campaigns import AUGUST, STOPPED
from tests.support.operator_cli import OperatorCli


@pytest.mark.parametrize("segment", [{"segment": "night"}, {}])
def test_given_a_stopped_campaign_when_relaunched_then_only_its_own_words_are_put(
    operator_cli: OperatorCli, segment: dict[str, str]
) -> None:
    words = {"campaign_id": "august", "campaign_message": "Bar at Mike's:\nXYZ123", **segment}
    written_back = {name: value for name, value in STOPPED.items() if name not in AUGUST}
    operator_cli.put("Campaigns", {**written_back, **words, "waiting": 0})

    status, printed, complaint = operator_cli.run("relaunch-campaign", "august")

    assert (status, complaint) == (DONE, "")
    assert operator_cli.rows("Campaigns") == [{**words, "relaunch": "remaining"}]
    assert printed.startswith(
        "campaign august is deleted and put again, to reach those whom it has not tried\n"
    )
    assert printed.endswith("campaign august started again\n")
    assert "still wait" not in printed


def test_given_a_campaign_when_relaunched_then_what_puts_it_back_was_printed_before(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Campaigns", {"campaign_id": "august", "campaign_message": "Bar at Mike's:\nXYZ123"})

    _, printed, _ = operator_cli.run("relaunch-campaign", "august")

    put_back = printed[printed.index("  aws ") : printed.rindex("campaign august started")]
    command = shlex.split(put_back)
    assert command[:5] == ["aws", "dynamodb", "put-item", "--table-name", "Campaigns"]
    item = {name: value["S"] for name, value in json.loads(command[6]).items()}
    assert [item] == operator_cli.rows("Campaigns")
    assert command[7:] == ["--condition-expression", "attribute_not_exists(campaign_id)"]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"campaign_status": "launching"}, "the campaign august is being launched; wait until show-campaign"),
        ({"pinpoint_campaign_id": "1a2b"}, "Amazon Pinpoint sent the campaign august"),
        ({"campaign_message": " "}, "campaign_message is missing or empty"),
    ],
)
def test_given_a_campaign_that_cannot_be_relaunched_when_it_is_then_it_is_unchanged(
    operator_cli: OperatorCli, item: dict[str, str], told: str
) -> None:
    operator_cli.put("Campaigns", {**AUGUST, **item})

    status, _, complaint = operator_cli.run("relaunch-campaign", "august")

    assert status == WRONG_INPUT
    assert f"nothing was done: {told}" in complaint
    assert operator_cli.rows("Campaigns") == [{**AUGUST, **item}]


def test_given_waiting_recipients_when_relaunched_then_it_says_who_may_be_left(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Campaigns", STOPPED)

    _, printed, _ = operator_cli.run("relaunch-campaign", "august")

    assert "1 of its recipients still wait." in printed


@pytest.mark.parametrize("name", ["launched_at", "first_send_at"])
def test_given_a_campaign_whose_ledger_is_gone_when_relaunched_then_it_is_refused(
    operator_cli: OperatorCli, name: str
) -> None:
    old = {**STOPPED, name: (datetime.now(UTC) - timedelta(days=61)).isoformat()}
    operator_cli.put("Campaigns", old)

    status, _, complaint = operator_cli.run("relaunch-campaign", "august")

    assert status == WRONG_INPUT
    assert (
        "the campaign august began more than 60 days ago, and whom it texted is soon not known any more"
        in complaint
    )
    assert operator_cli.rows("Campaigns") == [old]


def test_given_the_longest_relaunch_when_deliveries_expire_then_it_is_over() -> None:
    kept = min(deliveries._RETENTION, campaign_counters.COUNTER_RETENTION)
    # Ten days for a campaign that is planned slowly: its last rows are written later than its first.
    assert MAX_RELAUNCH_AGE + timedelta(days=10) < kept


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
def test_given_a_change_during_a_relaunch_when_deleted_then_the_change_is_kept(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    operator_cli.put("Campaigns", AUGUST)
    in_between(monkeypatch, "take_away", lambda: operator_cli.put("Campaigns", {**AUGUST, **change}))

    status, _, complaint = operator_cli.run("relaunch-campaign", "august")

    assert status == WRONG_INPUT
    assert "the campaign august was changed in this moment" in complaint
    assert operator_cli.rows("Campaigns") == [{**AUGUST, **change}]


@pytest.mark.parametrize("operation", ["DeleteItem", "PutItem"])
def test_given_a_lost_response_when_relaunched_then_the_campaign_is_there_again(
    operator_cli: OperatorCli, operation: str
) -> None:
    operator_cli.put("Campaigns", STOPPED)
    operator_cli.lose_answer(operation)

    status, _, complaint = operator_cli.run("relaunch-campaign", "august")

    assert (status, complaint) == (DONE, "")
    assert operator_cli.rows("Campaigns") == [{**AUGUST, "relaunch": "remaining"}]


def test_given_a_broken_connection_when_relaunched_then_it_says_how_to_restore_it(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Campaigns", AUGUST)

    def breaks() -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    in_between(monkeypatch, "put_campaign", breaks)

    status, printed, complaint = operator_cli.run("relaunch-campaign", "august")

    assert status == AWS_FAILED
    assert "Shifts: XYZ123" in printed
    assert "the campaign is deleted and may not be there again: run the command above" in complaint


def test_given_a_put_that_succeeded_without_response_when_repeated_then_it_counts(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Campaigns", AUGUST)
    put = {**AUGUST, "relaunch": "remaining"}
    in_between(monkeypatch, "put_campaign", lambda: operator_cli.put("Campaigns", put))

    status, printed, _ = operator_cli.run("relaunch-campaign", "august")

    assert status == DONE
    assert printed.endswith("there is a campaign august again; show-campaign tells how it is doing\n")
    assert operator_cli.rows("Campaigns") == [put]
