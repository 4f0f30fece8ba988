"""Tests that the command line and the functions read the same locales."""

from shift_sms_cli.catalogues import catalogues, languages, vocabularies
from shift_sms_runtime.language.locale_files import locales as runtimes_catalogues
from shift_sms_runtime.language.locale_files import vocabularies as runtimes_vocabularies


def test_given_the_locales_when_the_cli_reads_them_then_they_are_those_of_functions() -> None:
    assert list(vocabularies()) == runtimes_vocabularies()
    for vocabulary, spoken in vocabularies().items():
        assert catalogues(vocabulary) == runtimes_catalogues(vocabulary)
        assert spoken == languages()
