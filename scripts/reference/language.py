"""Generates the pages of the commands and of the replies, by language."""

from scripts.reference import markdown, product

NAMES = {"en": "English", "es": "Spanish", "fr": "French", "de": "German"}

_COMMANDS = """
A command is one of these words, in any case, with or without a code. The first word is the one that replies tell
employees to text. English words are understood in every language in which they mean nothing else. The words are in
the sections `[words]` of the locale files and of the grammar files.
"""

_CARRIER = """
These words belong to carriers and to AWS, in every language. They are never commands of the product:
"""

_REPLIES = """
The sentences of the product in {language}, as the locale files have them. Names in braces are filled in; `\\n` is a
new line. Every sentence is in the GSM-7 alphabet, so it never doubles the price of a text.
"""


def pages() -> dict[str, str]:
    """Returns the pages by their path."""
    replies = {f"reference/replies-{language}.md": _replies(language) for language in product.languages()}
    return {"reference/commands.md": _commands(), **replies}


def _commands() -> str:
    sections = []
    for command in product.COMMAND_CLASSES:
        entries = []
        for language in product.languages():
            words = product.words("shifts", language, command)
            entries.append(
                markdown.item(f"{NAMES[language]}: " + ", ".join(markdown.code(word) for word in words))
            )
        meaning = markdown.paragraph(markdown.sentence(product.described("commands", command.value)))
        sections.append(
            markdown.section(product.words("shifts", "en", command)[0], meaning, markdown.items(entries))
        )
    keywords = ", ".join(markdown.code(word) for word in product.carrier_keywords())
    sections.append(
        markdown.section("Opt-out words", markdown.paragraph(_CARRIER), markdown.paragraph(f"{keywords}."))
    )
    return markdown.page("Commands", _COMMANDS, *sections)


def _replies(language: str) -> str:
    sections = []
    for vocabulary in product.vocabularies():
        entries = []
        for name, template in product.locale_file(vocabulary, language)["replies"].items():
            text = f"{markdown.code(template)}"
            if language == "en" and vocabulary == "shifts":
                when = product.described("replies", name)
                text += f": {when} ({product.count_characters(template)} characters)"
                entries.append(markdown.item(f"{text}."))
            else:
                entries.append(markdown.item(f"`{name}`: {text}"))
        sections.append(markdown.section(f"Vocabulary {markdown.code(vocabulary)}", markdown.items(entries)))
    introduction = _REPLIES.format(language=NAMES[language])
    if language == "en":
        introduction += " The number of characters leaves out the values that are filled in."
    return markdown.page(f"Replies in {NAMES[language]}", introduction, *sections)
