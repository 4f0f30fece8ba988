"""Tests that replies tell employees to text a word in one form per language, and address them in one form."""

import re
from collections.abc import Iterator

import pytest

from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS
from shift_sms_runtime.language.lexicon import WordClass
from shift_sms_runtime.language.locale import Template
from tests.support.locale_files import (
    assert_none,
    commands_of,
    every_file,
    file_name,
    locale_of,
    own_lexicon,
    words_to_send,
)

_WORD_OR_CODE = r"(?:[^\W\d_a-zß-ÿ]{2}|\{code\})"


INSTRUCTIONS = {
    "en": rf"\b[Rr]eply (?:only )?(?:with (?:a|the) code\b|{_WORD_OR_CODE})",
    "es": rf"\b[Ee]nvie (?:solo )?(?:(?:un|el) codigo\b|{_WORD_OR_CODE})",
    "fr": rf"\b[Ee]nvoyez (?:seulement )?(?:(?:un|le) code\b|{_WORD_OR_CODE})",
    "de": r"(?:[^\W\d_a-zß-ÿ]{2}|\{code\}|\b(?:[Ee]inen|[Dd]en) Code) senden\b",
}
"""How the replies of a language tell employees to text a word or a code."""


OTHER_FORMS = {
    "en": rf"\b(?:text|type|typing|send|answer|respond|use)(?: with)? (?:{_WORD_OR_CODE}|(?:a|the|its) code)",
    "es": r"(?i)\b(?:respond(?:a|e|er)|conteste?|mande|escriba|env[ií]a|tu|tus|te|ti|tienes|quieres|puedes)\b",
    "fr": r"(?i)\b(?:répondez|répondre|tapez|taper|écrivez|textez|envoie|tu|te|toi|ton|ta|tes)\b",
    "de": (
        r"\b(?:[Aa]ntwort\w*|[Ss]chreib\w*|[Ss]chick\w*|[Tt]ipp\w*|[Ss]ende|"
        r"Sie|Ihr\w*|[Dd]u|[Dd]ir|[Dd]ich|[Dd]ein\w*)\b"
    ),
}
"""Other verbs for texting a word, and other forms of address.

French says vous and Spanish usted. German instructs with infinitives and has no form of address: neither "du" nor
"Sie" is right in every company.
"""


OF_THE_POST = "please reply by typing REQUEST"
"""The blog post tells employees so in its sentence for unknown codes, which stays to the letter."""


@every_file
def test_given_a_word_to_text_when_a_reply_names_it_then_it_instructs_in_one_form(
    vocabulary: str, language: str
) -> None:
    def problems() -> Iterator[str]:
        for reply, template in _texts(vocabulary, language).items():
            for sentence in _sentences(template):
                if words_to_send(sentence) and not re.search(INSTRUCTIONS[language], sentence):
                    yield f"{file_name(vocabulary, language)} {reply}: {sentence}"

    assert_none(problems())


@every_file
@pytest.mark.parametrize(
    "reply",
    [
        Template.DID_YOU_MEAN,
        Template.WHICH_SHIFT,
        Template.LIST,
        Template.HOW_TO,
        Template.CAMPAIGN_HOW_TO_REPLY,
    ],
)
def test_given_a_code_to_text_when_asked_for_then_it_instructs_in_one_form(
    vocabulary: str, language: str, reply: Template
) -> None:
    assert re.search(INSTRUCTIONS[language], _texts(vocabulary, language)[reply])


@every_file
def test_given_a_reply_when_read_then_it_has_no_other_verb_or_form_of_address(
    vocabulary: str, language: str
) -> None:
    def problems() -> Iterator[str]:
        for reply, template in _texts(vocabulary, language).items():
            if other := re.search(OTHER_FORMS[language], template):
                yield f"{file_name(vocabulary, language)} {reply}: {other[0]!r} in {template}"

    assert_none(problems())


@every_file
def test_given_the_word_for_the_list_when_named_then_all_say_alike_what_it_is(
    vocabulary: str, language: str
) -> None:
    lexicon = own_lexicon(vocabulary, language)
    shown = {}
    for reply, template in _texts(vocabulary, language).items():
        for clause in re.split(r"[,.?]", template):
            for word in words_to_send(clause):
                if word not in CARRIER_KEYWORDS and commands_of(word, lexicon) == {WordClass.LIST}:
                    before, _, after = clause.partition(word)
                    shown[reply] = (before if language == "de" else after).strip(" :")
    shown.pop(Template.CAMPAIGN_HOW_TO_REPLY)
    assert len({*shown.values()}) == 1, shown


def _texts(vocabulary: str, language: str) -> dict[Template, str]:
    """Returns the replies as they are sent: the parts of the instructions of a campaign as one."""
    texts = {
        reply: template.replace(OF_THE_POST, "")
        for reply, template in locale_of(vocabulary, language).templates.items()
    }
    for part in (Template.CAMPAIGN_OR_CALL, Template.CAMPAIGN_OR_OPT_OUT):
        texts[Template.CAMPAIGN_HOW_TO_REPLY] += texts.pop(part)
    return texts


def _sentences(template: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+|\n", template)
