"""Writes the report of a campaign as one HTML file: with charts, and without a script or another host."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape
from typing import Any

from shift_sms_cli.campaigns.preview import NOT_KNOWN, amount
from shift_sms_cli.output import visible
from shift_sms_operator.campaigns.views import CampaignReport
from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS, Counter

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
svg { width: 100%; height: auto } svg text { fill: var(--ink); font: 13px system-ui, sans-serif }
svg .bar { fill: var(--mark) } svg .curve { fill: none; stroke: var(--mark); stroke-width: 2 }
svg .axis { stroke: var(--line) } svg .soft, .soft { fill: var(--soft); color: var(--soft) }
"""
_WIDTH, _LABEL, _ROW = 700, 170, 26
_CURVE_HEIGHT, _CURVE_FOOT = 180, 24


def html_report(report: CampaignReport, *, zone: tzinfo) -> str:
    """Returns the report as a page. Times are in `zone`."""
    item, progress = report.item, report.progress
    title = f"Campaign {item['campaign_id']}"
    statuses = [
        (_label(name), progress.counts[name])
        for name in (*STATUS_COUNTERS, "waiting")
        if progress.counts[name]
    ]
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
        _bars("Recipients by status", statuses),
        "<h2>Recipients over time</h2>",
        _curve(report.settled, zone),
        "<h2>Cost by country</h2>",
        _bars("Segments by country", [(one.country or NOT_KNOWN, one.segments) for one in report.countries]),
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


def _bars(title: str, values: Sequence[tuple[str, int]]) -> str:
    """Returns a bar chart, one bar per value."""
    if not values:
        return '<p class="soft">none</p>'
    longest = max(value for _, value in values) or 1
    bars = []
    for place, (label, value) in enumerate(values):
        y, width = place * _ROW, round((_WIDTH - _LABEL - 90) * value / longest)
        bars.append(
            f'<text x="0" y="{y + 17}">{_safe(label)}</text>'
            f'<rect class="bar" x="{_LABEL}" y="{y + 4}" width="{max(width, 1)}" height="18" rx="2"/>'
            f'<text x="{_LABEL + width + 8}" y="{y + 17}">{value}</text>'
        )
    spoken = _safe(f"{title}: " + ", ".join(f"{label} {value}" for label, value in values))
    height = len(values) * _ROW
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{spoken}">{"".join(bars)}</svg>'


def _curve(points: Sequence[tuple[datetime, int]], zone: tzinfo) -> str:
    """Returns a curve of how many recipients were settled by each time."""
    if not points:
        return '<p class="soft">none</p>'
    (first, _), (last, total) = points[0], points[-1]
    seconds = (last - first).total_seconds() or 1
    steps = [f"0,{_CURVE_HEIGHT}"]
    for at, count in points:
        x = round(_WIDTH * (at - first).total_seconds() / seconds, 1)
        steps.append(f"{x},{round(_CURVE_HEIGHT - (_CURVE_HEIGHT - 20) * count / (total or 1), 1)}")
    if len(points) == 1:
        steps.append(f"{_WIDTH},20")
    spoken = _safe(f"{total} recipients settled from {_local(first, zone)} to {_local(last, zone)}")
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_CURVE_HEIGHT + _CURVE_FOOT}" role="img" aria-label="{spoken}">'
        f'<line class="axis" x1="0" y1="{_CURVE_HEIGHT}" x2="{_WIDTH}" y2="{_CURVE_HEIGHT}"/>'
        f'<polyline class="curve" points="{" ".join(steps)}"/>'
        f'<text x="0" y="{_CURVE_HEIGHT + 17}">{_safe(_local(first, zone))}</text>'
        f'<text x="{_WIDTH}" y="{_CURVE_HEIGHT + 17}" text-anchor="end">{_safe(_local(last, zone))}</text>'
        f'<text x="{_WIDTH}" y="12" text-anchor="end">{total}</text></svg>'
    )


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
