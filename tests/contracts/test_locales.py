"""Tests that the asset has locale files for every language and vocabulary that can be set."""

from pathlib import Path

from shift_sms import Language, Vocabulary
from shift_sms.building_blocks.runtime_asset import asset_root


def test_given_the_locales_in_the_asset_when_listed_then_each_vocabulary_has_each() -> None:
    folder = asset_root() / "shift_sms_runtime" / "locales"
    by_language = {
        Path(name, f"{language.value}.toml")
        for name in ("grammar_roles", *Vocabulary)
        for language in Language
    }
    assert {file.relative_to(folder) for file in folder.rglob("*.toml")} == {
        *by_language,
        Path("workplaces.toml"),
    }
