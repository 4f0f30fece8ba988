"""Tests the comparison of policies: a small version with fixed seeds, its targets, and its statistics."""

from dataclasses import replace
from statistics import fmean
from typing import Any

import pytest

from lab.bench import fills
from lab.fill_simulation.estimates import Estimate, mean, median_interval, percentile, ratio, ratio_of_ratios
from lab.fill_simulation.results import SettingResult, from_json, to_json
from lab.fill_simulation.settings import PROBABILITIES, SETTINGS, SIZES, Setting
from lab.fill_simulation.study import run_setting
from lab.fill_simulation.targets import drawbacks, targets


@pytest.fixture(scope="module", name="usual")
def fixture_usual() -> SettingResult:
    return run_setting(Setting(), populations=8, plans=15)


def test_given_10_percent_when_simulated_then_waves_meet_their_targets(usual: SettingResult) -> None:
    reached = list(targets([usual]))
    assert len(reached) == 3
    assert [target for target in reached if not target.met] == []
    assert usual.policies["auto"].share.value < usual.policies["fixed"].share.value < 0.07


def test_given_2_percent_when_simulated_then_waves_meet_their_targets() -> None:
    rare = run_setting(Setting(probability=0.02), populations=4, plans=15)
    assert [target for target in targets([rare]) if not target.met] == []
    assert len(list(targets([rare]))) == 2


def test_given_a_broadcast_when_simulated_then_everyone_is_texted_in_each_plan(usual: SettingResult) -> None:
    broadcast = usual.policies["broadcast"]
    assert broadcast.offers == {10: 1.0}
    assert (broadcast.most_offers, broadcast.inequality, broadcast.share.value) == (15, 0, 1)
    # 500 texts, and a reply to one employee in ten.
    assert broadcast.segments.value == pytest.approx(550, abs=10)


def test_given_waves_when_simulated_then_rotation_spreads_the_texts(usual: SettingResult) -> None:
    auto = usual.policies["auto"]
    assert auto.most_offers <= 2
    assert sum(auto.offers.values()) == pytest.approx(1)


def test_given_results_when_saved_then_they_are_read_again(usual: SettingResult) -> None:
    unfilled = run_setting(Setting(employees=5, probability=0.02), populations=6, plans=4)
    assert unfilled.policies["auto"].median_minutes is None
    assert from_json(to_json([usual, unfilled])) == [usual, unfilled]


def test_given_worse_figures_when_compared_then_the_drawback_is_named(usual: SettingResult) -> None:
    assert drawbacks(usual, "auto") == []

    def worse(**changes: Any) -> list[str]:
        auto = replace(usual.policies["auto"], **changes)
        return drawbacks(SettingResult(usual.setting, usual.policies | {"auto": auto}), "auto")

    assert worse(fill_rate_difference=Estimate(-0.1, 0.05)) == ["fills fewer seats"]
    assert worse(fill_rate_difference=Estimate(-0.1, 0.2)) == []
    assert worse(share=Estimate(1.2, 0.1)) == ["costs more segments"]
    assert worse(share=Estimate(0.95, 0.1)) == ["saves less than 10 %"]
    # 20 employees every 15 minutes are a broadcast if there are only 20.
    broadcast = usual.policies["broadcast"]
    assert worse(share=broadcast.share, segments=broadcast.segments) == []


def test_given_the_settings_when_counted_then_40_cover_the_ranges() -> None:
    assert len(SETTINGS) == len({setting.name for setting in SETTINGS}) == 40
    assert (min(SIZES), max(SIZES)) == (20, 5_000)
    assert (min(PROBABILITIES), max(PROBABILITIES)) == (0.02, 0.4)
    assert {setting.hour for setting in SETTINGS} == {17, 22}
    assert {setting.delay_minutes for setting in SETTINGS} == {4, 12, 40}


def test_given_values_when_estimated_then_intervals_have_the_usual_width() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    # Student's quantile with 5 degrees of freedom is 2.571.
    usual = mean(values)
    assert usual.value == 3.5
    assert usual.margin == pytest.approx(2.571 * 1.8708 / 6**0.5, rel=0.01)
    doubled = [2 * value for value in values]
    for quotient in (ratio(doubled, values), ratio_of_ratios((doubled, values), (values, values))):
        assert quotient.value == 2
        assert quotient.margin == pytest.approx(0)
    assert ratio([1, 1], [0, 0]).value == float("inf")
    assert percentile(values, 0.5) == 4
    assert percentile(values, 1) == 6
    low, high = median_interval(range(1, 401))
    assert (low, high) == (181, 220)
    assert fmean((low, high)) == pytest.approx(200.5)


def test_given_the_benchmark_when_run_then_each_of_four_settings_has_figures(
    monkeypatch: pytest.MonkeyPatch, usual: SettingResult
) -> None:
    monkeypatch.setattr(fills, "run_setting", lambda setting, populations: replace(usual, setting=setting))
    figures = list(fills.fill_figures())
    assert len({figure.case for figure in figures}) == 4
    assert [figure.at_most for figure in figures if figure.benchmark.startswith("segments")] == [
        None, 0.06, 0.2, None,
    ]  # fmt: skip
    assert all(figure.met for figure in figures)
