"""Tests prices by country: those that are shipped, and those of a file."""

import json
import os
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shift_sms_operator.campaigns.prices import PUBLISHED_PRICES, country_of, read_prices, shipped_prices
from shift_sms_operator.refusals import Refused

GOOD = """
[us]
usd_per_segment = "0.0075"
carrier_fee_usd = "0.003"
source = "our contract"
date = 2026-11-01
"""


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "prices.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_given_the_shipped_file_when_read_then_each_price_has_a_source_and_a_date() -> None:
    prices = shipped_prices()
    assert prices
    assert all(
        price.source.startswith("https://") and price.day <= date(2026, 11, 28) for price in prices.values()
    )
    assert read_prices(None) == prices


def test_given_a_file_when_read_then_its_prices_replace_the_shipped_ones(tmp_path: Path) -> None:
    prices = read_prices(write(tmp_path, GOOD))
    assert list(prices) == ["US"]
    assert prices["US"].per_segment == Decimal("0.0105")
    assert (prices["US"].source, prices["US"].day) == ("our contract", date(2026, 11, 1))


PUBLISHED: dict[str, Any] = {
    "SMS": {
        "countryPrices": {
            "US": {
                "transactional": [
                    {
                        "name": "All Networks",
                        "carrierFee": 0.003,
                        "domesticPrice": 0.0075,
                        "tollFreeCarrierFee": 0.004,
                        "tenDlcDomesticPrice": 0.008,
                    }
                ]
            },
            "DE": {
                "transactional": [
                    {"name": "One", "carrierFee": 0.0, "domesticPrice": 0.09},
                    {"name": "Two", "carrierFee": 0.0, "domesticPrice": 0.1},
                ]
            },
            "XX": {"transactional": []},
        }
    }
}


def published(tmp_path: Path, content: object) -> Path:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    os.utime(file, (noon, noon))
    return file


def test_given_the_file_of_aws_when_read_then_the_highest_prices_count(tmp_path: Path) -> None:
    prices = read_prices(published(tmp_path, PUBLISHED))

    assert {country: price.per_segment for country, price in prices.items()} == {
        "US": Decimal("0.012"),
        "DE": Decimal("0.1"),
    }
    assert {(price.source, price.day) for price in prices.values()} == {
        (PUBLISHED_PRICES, date(2026, 11, 20))
    }


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {},
        {"SMS": {"countryPrices": {"US": []}}},
        {"SMS": {"countryPrices": {"US": {"transactional": [{"name": "x"}]}}}},
        {"SMS": {"countryPrices": {"US": {"transactional": [{"carrierFee": 0, "domesticPrice": "x"}]}}}},
        {"SMS": {"countryPrices": {"US": {"transactional": [{"carrierFee": -1, "domesticPrice": 1}]}}}},
    ],
)
def test_given_another_file_when_read_as_that_of_aws_then_refused(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(Refused, match=re.escape(f"is not like {PUBLISHED_PRICES}")):
        read_prices(published(tmp_path, wrong))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[us", "is no TOML"),
        ("usa = 1", r"\[usa\] must be a country of two letters"),
        ("[usa]\n", r"\[usa\] must be a country of two letters"),
        ("[us]\nprice = 1", r"\[us\] has price; allowed are"),
        (GOOD.replace('"our contract"', '" "'), "has no source"),
        (GOOD.replace("2026-11-01", '"2026"'), "has no date"),
        (GOOD.replace('"0.0075"', "0.0075"), r"usd_per_segment is 0.0075: write an amount in quotes"),
        (GOOD.replace("0.0075", "-1"), "usd_per_segment is '-1'"),
        (GOOD.replace("0.0075", "NaN"), "usd_per_segment is 'NaN'"),
        (GOOD.replace("0.003", "free"), "carrier_fee_usd is 'free'"),
    ],
)
def test_given_a_mistake_in_a_file_when_read_then_it_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_prices(write(tmp_path, text))


def test_given_no_such_file_when_read_then_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"missing\.toml cannot be read"):
        read_prices(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+12065550100", "US"),
        ("+16045550100", "CA"),
        ("+18765550100", "JM"),
        ("+447700900123", "GB"),
        ("+819012345678", "JP"),
        ("+870773111632", ""),
    ],
)
def test_given_a_number_when_its_country_is_looked_up_then_it_is_that_of_aws(
    number: str, country: str
) -> None:
    assert country_of(number) == country
