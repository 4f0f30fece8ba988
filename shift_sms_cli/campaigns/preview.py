"""Prints what a campaign would send: the texts as on a phone, whom they reach, how long and what they cost."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from rich.panel import Panel
from rich.text import Text

from shift_sms_cli.output import console, print_line, print_table, visible
from shift_sms_cli.text_cost import in_segments, size_of
from shift_sms_operator.campaigns.views import Audience, CampaignPreview, CampaignWarning, CountryCost
from shift_sms_runtime.campaigns.campaign import CampaignText

_PHONE_WIDTH = 40
"""Columns of a text on a phone, with its frame."""

NOT_KNOWN = "not known"
TIME = "%Y-%m-%d %H:%M %Z"
"""How times are written."""


def print_preview(preview: CampaignPreview) -> None:
    """Prints a preview."""
    texts = preview.texts
    # The language of most employees comes first.
    for languages, body in sorted(_by_body(preview).items(), key=lambda text: text[1] != texts.default.body):
        _print_text(languages, texts.by_language[languages.split(", ")[0]], body)
    not_gsm = preview.texts.longest.size.not_gsm
    if not_gsm:
        print_line(f"not in the GSM alphabet: {characters(not_gsm)}")
    if preview.audience is None:
        print_line("Amazon Pinpoint sends it to the segment of the setting pinpoint_segment_id.")
    else:
        _print_audience(preview, preview.audience)
    if preview.send_at is not None:
        print_line(f"It is launched at {preview.send_at:{TIME}}.", style="bold")
    _print_warnings(preview.warnings)


def preview_json(preview: CampaignPreview) -> Mapping[str, Any]:
    """Returns a preview for `--json`."""
    audience = preview.audience
    return {
        "campaign_id": preview.campaign_id,
        "campaign_message": preview.message,
        "send_at": None if preview.send_at is None else preview.send_at.isoformat(),
        "texts": [
            {
                "language": language,
                "text": text.body,
                "encoding": text.size.encoding.value,
                "characters": text.size.characters,
                "segments_per_text": text.size.segments,
                "not_gsm": text.size.not_gsm,
            }
            for language, text in sorted(preview.texts.by_language.items())
        ],
        "warnings": [
            {"subject": warning.subject, "message": warning.message} for warning in preview.warnings
        ],
        "audience": None
        if audience is None
        else {
            "segment": audience.segment,
            "members": audience.members,
            "recipients": audience.recipients,
            "opted_out": audience.opted_out,
            "invalid_numbers": audience.invalid_numbers,
            "duplicates": audience.duplicates,
            "tried_before": audience.tried_before,
            "not_on_roster": audience.not_on_roster,
            "in_quiet_hours": audience.in_quiet_hours,
            "complete": audience.complete,
            "segments": audience.segments,
            "usd": audience.usd,
            "countries": countries_json(audience.countries),
        },
        "seconds": None if preview.duration is None else int(preview.duration.total_seconds()),
    }


def countries_json(countries: Sequence[CountryCost]) -> list[Mapping[str, Any]]:
    """Returns costs by country for `--json`."""
    return [
        {
            "country": one.country,
            "recipients": one.recipients,
            "segments": one.segments,
            "usd": one.usd,
            "usd_per_segment": one.price and one.price.per_segment,
            "source": one.price and one.price.source,
            "date": one.price and one.price.day.isoformat(),
        }
        for one in countries
    ]


def print_costs(countries: Sequence[CountryCost]) -> None:
    """Prints the cost by country, with the source of each price."""
    if not countries:
        return
    print_table(
        ["country", "recipients", "SMS segments", "USD each", "USD", "source of the price"],
        [
            [
                one.country or NOT_KNOWN,
                one.recipients,
                one.segments,
                NOT_KNOWN if one.price is None else one.price.per_segment,
                amount(one.usd),
                "" if one.price is None else f"{one.price.source}, {one.price.day}",
            ]
            for one in countries
        ],
    )
    if any(one.price is None for one in countries):
        print_line("Name the prices of your contract with --prices FILE.", style="dim")


def amount(usd: Decimal | None) -> str:
    """Returns an amount of USD, to the cent."""
    return NOT_KNOWN if usd is None else f"{usd:.2f}"


def cost(countries: Sequence[CountryCost]) -> str:
    """Returns the cost of all countries. Prices that are not known are named."""
    known = [one.usd for one in countries if one.usd is not None]
    unknown = [one.country or NOT_KNOWN for one in countries if one.usd is None]
    if not unknown:
        return f"USD {amount(sum(known, Decimal()))}"
    rest = f"the price of {', '.join(unknown)} is {NOT_KNOWN}"
    return f"USD {amount(sum(known, Decimal()))} and more: {rest}" if known else rest


def duration(time: timedelta) -> str:
    """Returns a duration in the two largest units, such as `1 h 05 min`."""
    seconds = round(time.total_seconds())
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours} h {minutes % 60:02} min"
    return f"{minutes} min {seconds % 60:02} s" if minutes else f"{seconds} s"


def characters(text: str) -> str:
    """Returns each character with its name."""
    return ", ".join(f"{one} ({_name(one)})" for one in text)


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def _by_body(preview: CampaignPreview) -> Mapping[str, str]:
    """Returns the bodies by their languages. Languages with the same body are named together."""
    languages: dict[str, list[str]] = {}
    for language, text in preview.texts.by_language.items():
        languages.setdefault(text.body, []).append(language)
    return {", ".join(sorted(names)): body for body, names in languages.items()}


def print_on_phone(body: str) -> None:
    """Prints a text in the width of a phone."""
    lines = "\n".join(map(visible, body.splitlines()))
    console().print(Panel(Text(lines), width=_PHONE_WIDTH))


def _print_text(languages: str, text: CampaignText, body: str) -> None:
    size = text.size
    print_line(f"{languages}: {size_of(size)}", style="bold")
    print_on_phone(body)


def _print_audience(preview: CampaignPreview, audience: Audience) -> None:
    members = f"{audience.members} member{'' if audience.members == 1 else 's'}"
    least = "" if audience.complete else ", and more: the figures are of these alone"
    print_line(f"segment {audience.segment}: {members}{least}", style="bold")
    print_table(["who", "members"], _who(audience))
    print_costs(audience.countries)
    time = preview.duration
    print_line(
        f"In all: {in_segments(audience.segments)}, {cost(audience.countries)}, about {duration(time or timedelta())}"
        f" at {preview.messages_per_second} a second",
        style="bold",
    )


def _who(audience: Audience) -> Iterator[tuple[str, int]]:
    yield "get the text", audience.recipients
    for reason, count in (
        ("skipped: opted out", audience.opted_out),
        ("skipped: no valid number", audience.invalid_numbers),
        ("skipped: the same number twice", audience.duplicates),
        ("skipped: tried before", audience.tried_before),
    ):
        if count:
            yield reason, count


def _print_warnings(warnings: Sequence[CampaignWarning]) -> None:
    for warning in warnings:
        print_line(f"warning: {warning}", style="yellow")
