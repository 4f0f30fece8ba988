"""Tests the settings of the lab's stack."""

import pytest

from lab.lab_stack import ENDPOINTS, read_settings
from lab.settings import ENVIRONMENT
from shift_sms.settings import CampaignEngine
from shift_sms.settings_reader import SettingsError

KEYS = list(dict.fromkeys(endpoint.setting for endpoint in ENDPOINTS))


@pytest.mark.parametrize("key", KEYS)
def test_given_an_endpoint_url_when_read_then_it_is_checked(key: str) -> None:
    assert read_settings({key: "http://127.0.0.1:8080"})[1] == {key: "http://127.0.0.1:8080"}
    for wrong in ("127.0.0.1:8080", "ftp://127.0.0.1", "http://", ""):
        with pytest.raises(SettingsError) as raised:
            read_settings({key: wrong})
        assert {problem.key for problem in raised.value.problems} == {key}


def test_given_overrides_when_read_then_they_replace_the_labs_settings() -> None:
    settings, endpoint_urls = read_settings(
        {"connect_enabled": "false", "messages_per_second": "100", "campaign_engine": "pinpoint"}
    )
    assert (settings.connect_enabled, settings.messages_per_second) == (False, 100)
    assert settings.campaign_engine is CampaignEngine.PINPOINT
    assert endpoint_urls == {}


def test_given_another_environment_when_read_then_it_is_ignored() -> None:
    settings, _ = read_settings({"env": "prod", "environments": {"prod": {}}})
    assert settings == read_settings({})[0]
    assert settings.environment == ENVIRONMENT


def test_given_several_wrong_settings_when_read_then_the_error_names_all() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({KEYS[0]: "localhost", "messages_per_second": "fast", "conect_enabled": "true"})
    assert {problem.key for problem in raised.value.problems} == {
        KEYS[0],
        "messages_per_second",
        "conect_enabled",
    }
