"""Writes the report of a campaign as one HTML file: with charts, and without a script or another host."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape
from typing import Any

from shift_sms_cli.campaigns.preview import NOT_KNOWN, amount
from shift_sms_cli.output import visible
from shift_sms_operator.campaigns.charts import bars, curve
from shift_sms_operator.campaigns.views import CampaignReport
from shift_sms_runtime.campaigns.counters import Counter

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1c1e; --paper: #fff; --soft: #5f666d; --mark: #0b6e75; --line: #d5d9dd }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9ecef; --paper: #16181a; --soft: #a3abb3; --mark: #52c5cd; --line: #3a4046 }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.6rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.n { text-align: right; font-variant-numeric: tabular-nums }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 4px solid var(--mark); padding-left: 1rem }
.bars .bar { width: 60% } .bars svg { width: 100%; height: 1rem } .bars rect { fill: var(--mark) }
.curve { margin: 0 } .curve svg { width: 100%; height: 11rem; border-bottom: 1px solid var(--line) }
.curve polyline { fill: none; stroke: var(--mark); stroke-width: 2 }
.muted, figcaption { color: var(--soft) }
"""


def html_report(report: CampaignReport, *, zone: tzinfo) -> str:
    """Returns the report as a page. Times are in `zone`."""
    item, progress = report.item, report.progress
    title = f"Campaign {item['campaign_id']}"
    figures = [
        ("status", progress.status or "not launched yet"),
        *([("error", progress.error)] if progress.error else []),
        ("segment", item.get("segment", "")),
        ("recipients", progress.targeted),
        ("segments billed", report.segments),
        ("cost in USD", amount(report.usd)),
        *(
            (_label(name), progress.counts[name])
            for name in (Counter.REPLIES, Counter.BOOKINGS, Counter.SEATS_FILLED)
        ),
        *(
            (_label(name), _local(datetime.fromisoformat(str(item[name])), zone))
            for name in ("first_send_at", "last_send_at", "first_booking_at", "last_booking_at")
            if name in item
        ),
    ]
    parts = [
        f"<h1>{_safe(title)}</h1>",
        f"<pre>{_safe_lines(str(item.get('campaign_message', '')))}</pre>",
        _table(("figure", "value"), figures),
        "<h2>Recipients by status</h2>",
        bars("Recipients by status", progress.statuses),
        "<h2>Recipients over time</h2>",
        curve("recipients done", report.settled, zone),
        "<h2>Cost by country</h2>",
        bars("Segments by country", [(one.country or NOT_KNOWN, one.segments) for one in report.countries]),
        _table(
            ("country", "recipients", "segments", "USD", "source of the price"),
            [
                (
                    one.country or NOT_KNOWN,
                    one.recipients,
                    one.segments,
                    amount(one.usd),
                    "" if one.price is None else f"{one.price.source}, {one.price.day}",
                )
                for one in report.countries
            ],
        ),
    ]
    if report.reasons:
        parts += [
            "<h2>Why recipients got no text</h2>",
            _table(("reason", "recipients"), list(report.reasons.items())),
        ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_safe(title)}</title><style>{_STYLE}</style></head>\n<body>"
        + "\n".join(parts)
        + "</body></html>\n"
    )


def _safe(value: object) -> str:
    """Returns a value as text of a page: no markup, and no character that hides or turns other ones."""
    return escape(visible(value))


def _safe_lines(text: str) -> str:
    return "\n".join(map(_safe, text.splitlines()))


def _label(name: str) -> str:
    return str(name).replace("_", " ").removesuffix(" at")


def _local(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="minutes")


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f'<th scope="col">{_safe(title)}</th>' for title in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    return f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{_safe(value)}</td>"


def report_json(report: CampaignReport, countries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Returns a report for `--json`: the item's attributes, and what the rows of Deliveries add."""
    return {
        **report.item,
        "segments_billed": report.segments,
        "usd": report.usd,
        "countries": countries,
        "reasons": report.reasons,
        "settled": [{"until": at, "recipients": count} for at, count in report.settled],
    }
