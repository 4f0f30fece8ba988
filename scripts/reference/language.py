"""Generates the pages of the commands, of yes and no, and of the replies, by language."""

from collections.abc import Iterable

from scripts.reference import markdown, product
from shift_sms_runtime.language.lexicon import COMMANDS, WordClass

NAMES = {"en": "English", "es": "Spanish", "fr": "French", "de": "German"}

_COMMANDS = """
A command is one of these words, in any case, with or without a code. The first word is the one that replies tell
employees to text. Employees may text the words of [any language](../languages.md). The words are in the sections
`[words]` of the locale files and of the grammar files. Words for yes, no and thanks: [Yes and no](yes-and-no.md).
"""

_YES_AND_NO = """
Words for yes, no and thanks, in any case. The first word is the one that replies tell employees to text.
"""

_CARRIER = """
These words belong to carriers and to AWS, in every language. They are never commands of the product:
"""

_REPLIES = """
The sentences of the product in {language}, as the locale files have them. Names in braces are filled in; `\\n` is a
new line. Every sentence is in the GSM-7 alphabet, so it never doubles the price of a text. The second vocabulary
lists only the sentences that differ.

Sizes leave out the values that are filled in; a sentence takes one segment unless it says more. Texts of fill plans,
replies to sick calls and notices to managers take one segment with the longest values, too.
"""

_MOST_WORDS = 24
"""Words of a command that the page shows for one language."""


def pages() -> dict[str, str]:
    """Returns the pages by their path."""
    replies = {f"reference/replies-{language}.md": _replies(language) for language in product.languages()}
    return {"reference/commands.md": _commands(), "reference/yes-and-no.md": _yes_and_no(), **replies}


def _commands() -> str:
    keywords = ", ".join(markdown.code(word) for word in product.carrier_keywords())
    carrier = markdown.section(
        "Opt-out words", markdown.paragraph(_CARRIER), markdown.paragraph(f"{keywords}.")
    )
    return markdown.page("Commands", _COMMANDS, *_words((*COMMANDS, WordClass.SICK)), carrier)


def _yes_and_no() -> str:
    return markdown.page("Yes and no", _YES_AND_NO, *_words(product.ANSWERS))


def _words(classes: Iterable[WordClass]) -> list[str]:
    """Returns a section for each class, with its words by language."""
    sections = []
    for command in classes:
        entries = []
        for language in product.languages():
            words = product.words("shifts", language, command)
            shown = ", ".join(markdown.code(word) for word in words[:_MOST_WORDS])
            more = f", and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
            entries.append(markdown.item(f"{NAMES[language]}: {shown}{more}"))
        meaning = markdown.paragraph(markdown.sentence(product.described("commands", command.value)))
        sections.append(
            markdown.section(product.words("shifts", "en", command)[0], meaning, markdown.items(entries))
        )
    return sections


def _replies(language: str) -> str:
    sections = []
    first, *_ = product.vocabularies()
    for vocabulary in product.vocabularies():
        entries = []
        for name, template in product.locale_file(vocabulary, language)["replies"].items():
            if vocabulary != first and template == product.locale_file(first, language)["replies"][name]:
                continue
            text, size = f"{markdown.code(template)}", product.size_of(template)
            segments = f", {size.segments} segments" if size.segments > 1 else ""
            if language == "en" and vocabulary == "shifts":
                when = product.described("replies", name)
                characters = f"{size.characters} characters"
                entries.append(markdown.item(f"{text}: {when} ({characters}{segments})."))
            else:
                entries.append(markdown.item(f"`{name}`: {text}{segments}"))
        sections.append(markdown.section(f"Vocabulary {markdown.code(vocabulary)}", markdown.items(entries)))
    introduction = _REPLIES.format(language=NAMES[language])
    return markdown.page(f"Replies in {NAMES[language]}", introduction, *sections)
