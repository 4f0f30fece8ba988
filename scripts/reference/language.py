"""Generates the pages of the commands and of the replies, by language."""

from scripts.reference import markdown, product

NAMES = {"en": "English", "es": "Spanish", "fr": "French", "de": "German"}

_COMMANDS = """
A command is one of these words, in any case, with or without a code. Replies mention the first word. Every language
also accepts the English words, unless a word has another meaning in it. The words are in the section `[words]` of the
locale files.
"""

_CARRIER = """
Carriers and AWS reserve these words, in every language. They are never commands of the product:
"""

_REPLIES = """
The sentences of the product in {language}, from the locale files. Names in braces are placeholders; `\\n` is a line
break. Every sentence fits the GSM-7 alphabet, so it never doubles the price of a text.
"""


def pages() -> dict[str, str]:
    """Returns the pages by their path."""
    contents = {"reference/commands.md": _commands()}
    for language in product.languages():
        contents[f"reference/replies-{language}.md"] = _replies(language)
    return contents


def _commands() -> str:
    sections = []
    for kind in product.COMMAND_CLASSES:
        entries = []
        for language in product.languages():
            words = product.locale("shifts", language)["words"][kind]
            entries.append(
                markdown.item(f"{NAMES[language]}: " + ", ".join(markdown.code(word) for word in words))
            )
        meaning = markdown.paragraph(markdown.sentence(product.description("commands", kind.value)))
        sections.append(
            markdown.section(
                product.locale("shifts", "en")["words"][kind][0], meaning, markdown.items(entries)
            )
        )
    carrier = ", ".join(markdown.code(word) for word in product.carrier_words())
    sections.append(
        markdown.section("Opt-out words", markdown.paragraph(_CARRIER), markdown.paragraph(f"{carrier}."))
    )
    return markdown.page("Commands", _COMMANDS, *sections)


def _replies(language: str) -> str:
    sections = []
    documented = product.attribute_docstrings(product.TEMPLATES)
    for vocabulary in product.vocabularies():
        entries = []
        for name, template in product.locale(vocabulary, language)["replies"].items():
            text = f"{markdown.code(template)}"
            if language == "en" and vocabulary == "shifts":
                when = product.description("replies", name, documented)
                text += f": {when} ({product.characters(template)} characters)"
                entries.append(markdown.item(f"{text}."))
            else:
                entries.append(markdown.item(f"`{name}`: {text}"))
        sections.append(markdown.section(f"Vocabulary {markdown.code(vocabulary)}", markdown.items(entries)))
    introduction = _REPLIES.format(language=NAMES[language])
    if language == "en":
        introduction += " The number of characters excludes the placeholders."
    return markdown.page(f"Replies in {NAMES[language]}", introduction, *sections)
