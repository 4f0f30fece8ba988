"""Draws bar charts without scripts, fonts or dates, so that the same figures give the same file."""

import re
from collections.abc import Callable, Mapping, Sequence

import pygal
from pygal.style import CleanStyle

_NOT_DRAWN = re.compile(r"<!--.*?-->|<script.*?</script>", re.DOTALL)


def bars(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    formatter: Callable[[float], str] = lambda value: f"{value:,.4g}",
) -> str:
    """Returns an SVG with a horizontal bar per label and series."""
    chart = pygal.HorizontalBar(
        js=[],  # no script of another host
        no_prefix=True,
        style=CleanStyle,
        title=title,
        width=800,
        height=120 + 30 * len(series) * len(labels),
        print_values=True,
        value_formatter=formatter,
    )
    chart.x_labels = labels
    for name, values in series.items():
        chart.add(name, values)
    # The comments contain the date, and the script reacts to a pointer, which an image in a page does not.
    return _NOT_DRAWN.sub("", str(chart.render(is_unicode=True))) + "\n"
