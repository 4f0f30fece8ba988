"""Tests that the asset has locale files for every language and vocabulary that can be set."""

from shift_sms import Language, Vocabulary
from shift_sms.building_blocks.runtime_asset import asset_root


def test_given_the_locales_in_the_asset_when_listed_then_each_vocabulary_has_each() -> None:
    folder = asset_root() / "shift_sms_runtime" / "locales"
    folders = ["grammar_roles", *Vocabulary]
    assert {(file.parent.name, file.stem) for file in folder.rglob("*.toml")} == {
        (name, language.value) for name in folders for language in Language
    }
