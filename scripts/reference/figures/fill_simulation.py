"""Generates the page and the charts of the simulation of fill plans, from the file of `make simulate-fills SAVE=…`."""

from collections.abc import Iterator, Sequence

from lab.fill_simulation.estimates import Estimate
from lab.fill_simulation.results import PolicyResult, SettingResult, from_json
from lab.fill_simulation.settings import PROBABILITIES, SIZES, Setting
from lab.fill_simulation.study import PLANS, POPULATIONS
from lab.fill_simulation.targets import drawbacks, targets
from scripts.reference.figures import charts
from scripts.reference.markdown import item, items, page, paragraph, section, table
from scripts.reference.product import ROOT

FIGURES = ROOT / "docs" / "reference" / "fill-simulation.json"

_INTRODUCTION = f"""
The figures of `make simulate-fills`: {POPULATIONS} populations per setting, {PLANS} plans each, the same for every
policy. Intervals are those of 95 % confidence. [Simulation of fill plans](../fill-simulation.md) states the
assumptions.
"""
_WAVES = ("fixed", "auto")
_NAMES = {"broadcast": "broadcast", "fixed": "20 every 15 minutes", "auto": "automatic waves"}
_ORDER = tuple(_NAMES.values())
_IMAGES = {
    "images/fills-by-probability.svg": "Segments per filled seat, in percent of a broadcast: 500 employees",
    "images/fills-by-size.svg": "Segments per filled seat, in percent of a broadcast: probability 10 %",
    "images/fills-minutes.svg": "Median minutes until the shift is filled: 500 employees",
    "images/fills-offers.svg": f"Percent of the employees by texts in {PLANS} plans: 500 employees, 10 %",
}


def pages() -> dict[str, str]:
    """Returns the page and its charts, by path in docs/."""
    results = from_json(FIGURES.read_text(encoding="utf-8"))
    images = [section(title, f"![chart](../{path})", rank=3) for path, title in _IMAGES.items()]
    text = page(
        "Simulation of fill plans: figures",
        _INTRODUCTION,
        section(
            "Targets",
            paragraph("500 employees, four hours, automatic waves."),
            table(("target", "value", "at most"), _target_rows(results)),
        ),
        section("Charts", *images),
        section(
            "Where waves do worse than a broadcast",
            paragraph(
                "Waves fill a shift later than a broadcast. In these settings they also fill fewer seats, beyond the "
                "confidence interval, or save less than 10 % of the segments."
            ),
            items(_drawbacks(results)),
        ),
        section(
            "Segments per filled seat",
            paragraph("In brackets, the first plans of the populations, without history."),
            table(
                ("setting", *_ORDER, *(f"{_NAMES[name]}, of a broadcast" for name in _WAVES)),
                _segments(results),
            ),
        ),
        section(
            "Seats filled by the deadline, and texts per employee",
            paragraph(
                f"Of {PLANS} plans: the share of the employees who got no text, the most texts that one employee got, "
                "and the Gini coefficient, which is 0 if all got the same number. A broadcast texts all in each plan."
            ),
            table(
                ("setting", *_ORDER, *(f"{_NAMES[name]}, texts" for name in _WAVES)),
                _seats_and_offers(results),
            ),
        ),
        section(
            "Minutes until the last seat is filled",
            paragraph(
                "Of all plans: the median with its interval, and the 95th percentile. A dash: not filled by the "
                "deadline."
            ),
            table(("setting", *_ORDER), _times(results)),
        ),
    )
    return {"reference/fill-simulation.md": text} | dict(zip(_IMAGES, _charts(results), strict=True))


def _charts(results: Sequence[SettingResult]) -> Iterator[str]:
    by_setting = {result.setting: result.policies for result in results}
    titles = iter(_IMAGES.values())
    by_probability = [by_setting[Setting(probability=probability)] for probability in PROBABILITIES]
    by_size = [by_setting[Setting(employees=size)] for size in SIZES]
    percent = [f"{probability:.0%}".replace("%", " %") for probability in PROBABILITIES]
    yield charts.bars(
        next(titles),
        percent,
        {_NAMES[name]: [100 * policies[name].share.value for policies in by_probability] for name in _WAVES},
        _one_decimal,
    )
    yield charts.bars(
        next(titles),
        [f"{size:,}" for size in SIZES],
        {_NAMES[name]: [100 * policies[name].share.value for policies in by_size] for name in _WAVES},
        _one_decimal,
    )
    yield charts.bars(
        next(titles),
        percent,
        {_NAMES[name]: [policies[name].median_minutes for policies in by_probability] for name in _NAMES},
        _one_decimal,
    )
    usual = by_setting[Setting()]
    counts = range(max(max(usual[name].offers) for name in _WAVES) + 1)
    yield charts.bars(
        next(titles),
        [f"{count} texts" for count in counts],
        {_NAMES[name]: [100 * usual[name].offers.get(count, 0) for count in counts] for name in _WAVES},
        _one_decimal,
    )


def _target_rows(results: Sequence[SettingResult]) -> Iterator[Sequence[str]]:
    for target in targets(results):
        yield target.name, f"{target.value:.3g}", f"{target.at_most:g}"


def _drawbacks(results: Sequence[SettingResult]) -> Iterator[str]:
    for result in results:
        for name in _WAVES:
            if found := drawbacks(result, name):
                yield item(f"{result.setting.name}, {_NAMES[name]}: {' and '.join(found)}")


def _segments(results: Sequence[SettingResult]) -> Iterator[Sequence[str]]:
    for result in results:
        policies = [result.policies[name] for name in _NAMES]
        yield (
            result.setting.name,
            *(f"{_shown(one.segments, 1)} ({one.first_plan_segments:,.0f})" for one in policies),
            *(_shown(result.policies[name].share, 100, " %") for name in _WAVES),
        )


def _seats_and_offers(results: Sequence[SettingResult]) -> Iterator[Sequence[str]]:
    for result in results:
        waves = [result.policies[name] for name in _WAVES]
        yield (
            result.setting.name,
            *(_shown(result.policies[name].fill_rate, 100, " %") for name in _NAMES),
            *(
                f"{100 * one.offers.get(0, 0):.0f} %, {one.most_offers}, {one.inequality:.2f}"
                for one in waves
            ),
        )


def _times(results: Sequence[SettingResult]) -> Iterator[Sequence[str]]:
    for result in results:
        yield result.setting.name, *(_minutes(result.policies[name]) for name in _NAMES)


def _shown(estimate: Estimate, factor: float, unit: str = "") -> str:
    return f"{factor * estimate.value:,.1f} ± {factor * estimate.margin:,.1f}{unit}"


def _minutes(policy: PolicyResult) -> str:
    median, p95, low, high = (
        "–" if value is None else _one_decimal(value)
        for value in (policy.median_minutes, policy.p95_minutes, *policy.median_interval)
    )
    return f"{median} ({low} to {high}), {p95}"


def _one_decimal(value: float) -> str:
    return f"{value:,.1f}"
