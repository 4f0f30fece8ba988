"""Tests the account that the lab gives to the phone network."""

import pytest

from lab.cloud.embedded_cloud import EmbeddedCloud
from lab.lab_system import CONFIGURATION_SET, _account


@pytest.mark.parametrize(("setting", "self_managed"), [("true", True), ("YES", True), ("no", False)])
def test_given_overrides_when_the_account_is_made_then_its_number_has_them(
    setting: str, self_managed: bool
) -> None:
    overrides = {"messages_per_second": "7", "self_managed_opt_outs": setting, "stranger_reply": "silent"}
    (number,) = _account(EmbeddedCloud(), overrides).phone_numbers
    assert (number.messages_per_second, number.self_managed_opt_outs) == (7, self_managed)


def test_given_no_overrides_when_the_account_is_made_then_it_has_the_labs_settings() -> None:
    account = _account(EmbeddedCloud(), {})
    (number,) = account.phone_numbers
    assert number.messages_per_second > 1
    assert not number.self_managed_opt_outs
    assert account.configuration_set("shift-sms-local") == CONFIGURATION_SET
    assert not CONFIGURATION_SET.matches("TEXT_PENDING")
    assert CONFIGURATION_SET.matches("TEXT_UNKNOWN")
