"""Draws the charts of a campaign as HTML with SVG, for the console and for the report in a file.

They have no script, no style of their own and no color: the stylesheet of a page has rules for the classes `bars` and
`curve`. So a strict Content-Security-Policy allows them. Labels and numbers are text of the page, so that screen
readers read them and they keep their size on a phone.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from html import escape

NO_DATA = '<p class="muted">None.</p>'

_HIGHEST, _WIDEST = 100, 100
"""The units of the drawing of a curve. It is stretched to the width of the page."""
_SHORTEST_SECONDS = 5
"""A curve of less time is not drawn."""


def bars(title: str, values: Sequence[tuple[str, int]]) -> str:
    """Returns a table with a bar for each value. The longest bar is the largest value.

    Args:
        title: What screen readers call the table.
        values: The labels and the values.
    """
    if not values:
        return NO_DATA
    largest = max(value for _, value in values) or 1
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td class="n">{value}</td>{_bar(value, largest)}</tr>'
        for label, value in values
    )
    return f'<table class="bars" aria-label="{escape(title)}"><tbody>{rows}</tbody></table>'


def curve(title: str, points: Sequence[tuple[datetime, int]], zone: tzinfo) -> str:
    """Returns a curve of sums over time, with the first time, the last time and the last sum as text.

    Args:
        title: What the sums count, such as `recipients done`.
        points: The sums by time, in the order of time.
        zone: The zone of the times.
    """
    if not points:
        return NO_DATA
    (first, _), (last, total) = points[0], points[-1]
    seconds = (last - first).total_seconds()
    if seconds < _SHORTEST_SECONDS:
        # Such a curve would be a line along two edges.
        return f"<p>{escape(f'{total} {title} at {_local(first, zone)}')}</p>"
    steps = [f"0,{_HIGHEST}"]
    for at, count in points:
        x = round(_WIDEST * (at - first).total_seconds() / seconds, 1)
        steps.append(f"{x},{round(_HIGHEST - _HIGHEST * count / (total or 1), 1)}")
    spoken = escape(f"{total} {title} from {_local(first, zone)} to {_local(last, zone)}")
    return (
        '<figure class="curve">'
        f'<svg viewBox="0 0 {_WIDEST} {_HIGHEST}" preserveAspectRatio="none" role="img" aria-label="{spoken}">'
        f'<polyline points="{" ".join(steps)}" vector-effect="non-scaling-stroke"/></svg>'
        f"<figcaption>{spoken}</figcaption></figure>"
    )


def _bar(value: int, largest: int) -> str:
    """Returns a cell with a bar. That of a small value is long enough to be seen."""
    percent = max(round(100 * value / largest, 1), 0.5) if value else 0
    return f'<td class="bar"><svg aria-hidden="true"><rect width="{percent}%" height="100%"/></svg></td>'


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
