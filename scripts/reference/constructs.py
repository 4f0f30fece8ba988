"""Generates the pages of the constructs and their props from signatures and docstrings."""

import re
from collections.abc import Iterable, Iterator

import griffe

from scripts.reference import markdown, product

_OVERVIEW = """
What `shift_sms` exports. Every prop is keyword-only. A value that is not allowed raises `ValueError`, with the prop,
the value and what is allowed.
"""


# Settings have a page of their own.
_ON_SETTINGS_PAGE = {"Settings", "SettingsError"}


def pages() -> dict[str, str]:
    """Returns the pages by their path."""
    classes = product.public_classes()
    constructs = {name: found for name, found in classes.items() if product.is_construct(name)}
    others = {name: found for name, found in classes.items() if name not in {*constructs, *_ON_SETTINGS_PAGE}}
    files = {f"constructs/{slug(name)}.md": _page(name, found) for name, found in constructs.items()}
    overview = [
        markdown.item(f"[`{name}`]({slug(name)}.md): {_summary(found)}") for name, found in constructs.items()
    ]
    files["constructs/reference.md"] = markdown.page(
        "Reference",
        _OVERVIEW,
        markdown.section("Constructs", markdown.items(overview)),
        *(markdown.section(markdown.code(name), *_body(name, found)) for name, found in others.items()),
    )
    return files


def slug(name: str) -> str:
    """Returns the name of the page of a construct: shift-tables for `ShiftTables`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _page(name: str, found: griffe.Class) -> str:
    docstring = _sections(found)
    introduction = next(docstring, "")
    if not introduction:
        raise product.MissingDocumentation(f"constructs: {name} has no docstring")
    return markdown.page(name, introduction, *docstring, *_members(found))


def _body(name: str, found: griffe.Class) -> Iterator[str]:
    docstring = list(_sections(found))
    if not docstring:
        raise product.MissingDocumentation(f"constructs: {name} has no docstring")
    yield from (markdown.paragraph(docstring[0]), *docstring[1:])
    if product.is_enum(name):
        values = [
            f"`{name}.{member.name}` (`{str(member.value).strip(chr(39) + chr(34))}`)"
            for member in found.attributes.values()
        ]
        yield markdown.items(markdown.item(value) for value in values)
        return
    yield from _members(found, rank=3)


def _summary(found: griffe.Class) -> str:
    text = next(_sections(found), "")
    return markdown.sentence(re.split(r"(?<=[.:])\s", " ".join(text.split()))[0])


def _sections(found: griffe.Object) -> Iterator[str]:
    """Yields the prose of a docstring, without its lists of arguments."""
    if found.docstring is None:
        return
    for section in found.docstring.parsed:
        if section.kind is griffe.DocstringSectionKind.text:
            for block in str(section.value).split("\n\n"):
                yield _fenced(block) if block.startswith("    ") else markdown.paragraph(block)


def _fenced(block: str) -> str:
    lines = [line.removeprefix("    ") for line in block.splitlines()]
    return "```text\n" + "\n".join(lines) + "\n```"


def _members(found: griffe.Class, rank: int = 2) -> Iterator[str]:
    constructor = found.members.get("__init__")
    is_dataclass = "dataclass" in found.labels
    if isinstance(constructor, griffe.Function) and not is_dataclass:
        yield markdown.section("Props", *_props(constructor), rank=rank)
    fields = [member for member in _public(found) if member.is_attribute and "property" not in member.labels]
    if fields:
        described = _described_attributes(found)
        entries = [
            markdown.item(_field(member, described.get(member.name, ""), with_default=is_dataclass))
            for member in fields
        ]
        title = "Fields" if is_dataclass else "Attributes"
        yield markdown.section(title, markdown.items(entries), rank=rank)
    properties = [member for member in _public(found) if "property" in member.labels]
    if properties:
        entries = [
            markdown.item(f"`{member.name}`: `{_annotation(member)}`. {_one_line(member)}")
            for member in properties
        ]
        yield markdown.section("Properties", markdown.items(entries), rank=rank)
    methods = [member for member in _public(found) if isinstance(member, griffe.Function)]
    methods = [method for method in methods if "property" not in method.labels]
    if methods:
        entries = [markdown.item(f"`{_call(method)}`: {_one_line(method)}") for method in methods]
        yield markdown.section("Methods", markdown.items(entries), rank=rank)


def _public(found: griffe.Class) -> Iterable[griffe.Object]:
    for name, member in found.members.items():
        if not name.startswith("_") and isinstance(member, griffe.Attribute | griffe.Function):
            yield member


def _described_attributes(found: griffe.Class) -> dict[str, str]:
    """Returns the descriptions of attributes in the docstring of a class."""
    sections = found.docstring.parsed if found.docstring else []
    return {
        attribute.name: " ".join(attribute.description.split())
        for section in sections
        if section.kind is griffe.DocstringSectionKind.attributes
        for attribute in section.value
    }


def _field(member: griffe.Object, description: str, *, with_default: bool) -> str:
    value, annotation = getattr(member, "value", None), _annotation(member)
    default = f", default `{value}`" if with_default and value is not None else ""
    kind = f": `{annotation}`{default}" if annotation else default
    return f"`{member.name}`{kind}. {_one_line(member) or description}"


def _annotation(member: griffe.Object) -> str:
    return str(getattr(member, "annotation", None) or "")


def _one_line(found: griffe.Object) -> str:
    return " ".join(" ".join(section.split()) for section in _sections(found))


def _call(method: griffe.Function) -> str:
    names = [parameter.name for parameter in method.parameters if parameter.name not in {"self", "cls"}]
    return f"{method.name}({', '.join(names)})"


def _props(constructor: griffe.Function) -> Iterator[str]:
    described = _arguments(constructor)
    entries = []
    for parameter in constructor.parameters:
        if parameter.name in {"self", "scope", "construct_id"}:
            continue
        if parameter.kind is griffe.ParameterKind.var_keyword:
            entries.append(markdown.item(f"`**{parameter.name}`: the other props of the base class."))
            continue
        default = "required" if parameter.default is None else f"default `{parameter.default}`"
        entries.append(
            markdown.item(
                f"`{parameter.name}`: `{parameter.annotation}`, {default}. {described.get(parameter.name, '')}"
            )
        )
    yield markdown.items(entries)


def _arguments(constructor: griffe.Function) -> dict[str, str]:
    owner = constructor.parent
    found: dict[str, str] = {}
    for documented in (owner, constructor):
        if documented is None or documented.docstring is None:
            continue
        for section in documented.docstring.parsed:
            if section.kind is griffe.DocstringSectionKind.parameters:
                found |= {
                    argument.name: markdown.sentence(" ".join(argument.description.split()))
                    for argument in section.value
                }
    return found
