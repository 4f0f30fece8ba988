"""Prices of message parts by country, from a price file. A price without a source is not known."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from shift_sms_operator.refusals import Refused

PUBLISHED_PRICES = (
    "https://s3.amazonaws.com/aws-messaging-pricing-information/TextMessageOutbound/prices.json"
)
"""The prices that the pricing page of AWS shows."""

_COUNTRY_LENGTH = 2
_FIELDS = frozenset({"usd_per_segment", "carrier_fee_usd", "source", "date", "note"})
_NO_COUNTRY = "001"
"""What the library answers for numbers of no country, such as satellite phones."""


@dataclass(frozen=True)
class Price:
    """The price of one message part to one country, in USD."""

    usd_per_segment: Decimal
    carrier_fee_usd: Decimal
    """What carriers add for each part; 0 if they add nothing."""
    source: str
    """Where the price was read."""
    day: date
    """When it was read."""

    @property
    def per_segment(self) -> Decimal:
        """The price with the fee."""
        return self.usd_per_segment + self.carrier_fee_usd


def shipped_prices() -> Mapping[str, Price]:
    """Returns the prices that are shipped, by country."""
    return _read(files(__package__).joinpath("prices.toml").read_text(encoding="utf-8"), "prices.toml")


def read_prices(file: Path | None) -> Mapping[str, Price]:
    """Returns the prices of a file, by country; those that are shipped without a file.

    A file whose name ends in `.json` is the one that AWS publishes. Its date is that of the file.

    Raises:
        Refused: the file cannot be read, or is no price file.
    """
    if file is None:
        return shipped_prices()
    try:
        text = file.read_text(encoding="utf-8")
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"the price file {file} cannot be read: {error}") from None
    if file.suffix == ".json":
        return _read_published(text, str(file), written)
    return _read(text, str(file))


def _read_published(text: str, name: str, day: date) -> Mapping[str, Price]:
    """Returns the prices of the file that AWS publishes at `PUBLISHED_PRICES`.

    It has an entry for each network of a country, with fees by the kind of number that sends. The highest price and the
    highest fee count, so that an estimate is not too low.
    """
    prices = {}
    try:
        for country, kinds in json.loads(text, parse_float=Decimal)["SMS"]["countryPrices"].items():
            networks = kinds["transactional"]
            if networks:
                prices[str(country).upper()] = Price(
                    _highest(networks, "price"), _highest(networks, "fee"), PUBLISHED_PRICES, day
                )
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Refused(
            f"the price file {name} is not like {PUBLISHED_PRICES} ({type(error).__name__}: {error})"
        ) from None
    return prices


def _highest(networks: Sequence[Mapping[str, Any]], kind: str) -> Decimal:
    """Returns the highest amount of the attributes of a kind, such as `domesticPrice` and `tenDlcDomesticPrice`."""
    amounts = [
        Decimal(str(amount))
        for network in networks
        for attribute, amount in network.items()
        if attribute.lower().endswith(kind)
    ]
    highest = max(amounts)
    if not highest.is_finite() or min(amounts) < 0:
        raise ValueError(f"{kind} {highest}")
    return highest


def _read(text: str, name: str) -> Mapping[str, Price]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"the price file {name} is no TOML: {error}") from None
    prices = {}
    for country, table in tables.items():
        if len(country) != _COUNTRY_LENGTH or not country.isalpha() or not isinstance(table, dict):
            raise Refused(f"the price file {name}: [{country}] must be a country of two letters, like [US]")
        prices[country.upper()] = _price(table, f"the price file {name}: [{country}]")
    return prices


def _price(table: Mapping[str, Any], where: str) -> Price:
    if unknown := sorted(set(table) - _FIELDS):
        raise Refused(f"{where} has {', '.join(unknown)}; allowed are {', '.join(sorted(_FIELDS))}")
    source, day = table.get("source"), table.get("date")
    if not isinstance(source, str) or not source.strip():
        raise Refused(f"{where} has no source: say where the price was read")
    if type(day) is not date:
        raise Refused(f"{where} has no date: write when the price was read, like date = 2026-11-28")
    return Price(
        _usd(table.get("usd_per_segment"), f"{where} usd_per_segment"),
        _usd(table.get("carrier_fee_usd", "0"), f"{where} carrier_fee_usd"),
        source.strip(),
        day,
    )


def _usd(value: object, where: str) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise Refused(f'{where} is {value!r}: write an amount in quotes, like "0.0075"')
    return amount


@lru_cache(maxsize=4096)
def country_of(number: str) -> str:
    """Returns the two letters of the country of an E.164 number; empty if it has none.

    Numbers that are not assigned, such as those of films, belong to the main country of their prefix.
    """
    # The import takes longer than most commands, and few of them need it.
    import phonenumbers  # noqa: PLC0415

    parsed = phonenumbers.parse(number)
    country = phonenumbers.region_code_for_number(parsed)
    country = country or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return "" if country in (None, _NO_COUNTRY, "ZZ") else str(country)
