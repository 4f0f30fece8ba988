"""Reads the product for the pages. The other modules of this package import nothing of it."""

import inspect
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum, StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import griffe
from aws_cdk.assertions import Template
from constructs import Construct

import shift_sms
from shift_sms import Settings, SettingsError, ShiftSmsStack
from shift_sms_runtime.language import locale_files
from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS
from shift_sms_runtime.language.lexicon import COMMANDS, WordClass
from shift_sms_runtime.language.locale import ENGLISH
from shift_sms_runtime.messaging.encoding import TextSize, measure

LOCALES = "shift_sms_runtime.locales"
ANSWERS = (WordClass.YES, WordClass.NO, WordClass.THANKS)
COMMAND_CLASSES = (*COMMANDS, WordClass.SICK, *ANSWERS)

ROOT = Path(__file__).parents[2]
CONTEXT: Mapping[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]

# Fictional, like the settings of cdk.json.
CONNECT = {
    "connect_enabled": "YES",
    "connect_instance_id": "11111111-2222-4333-8444-555555555555",
    "connect_contact_flow_id": "22222222-3333-4444-8555-666666666666",
    "connect_queue_id": "33333333-4444-4555-8666-777777777777",
    "connect_source_phone_number": "+14255550199",
}
CONSOLE = {"console_enabled": "YES"}
EVENTS = {"domain_events_enabled": "YES"}
PINPOINT = {
    "campaign_engine": "pinpoint",
    "pinpoint_application_id": "0123456789abcdef0123456789abcdef",
    "pinpoint_segment_id": "fedcba9876543210fedcba9876543210",
}

_FEATURE_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "connect": CONNECT,
    "console": CONSOLE,
    "events": EVENTS,
    "pinpoint": PINPOINT,
}

Resource = Mapping[str, Any]
Properties = dict[str, Any]


class MissingDocumentation(Exception):
    """A setting, command, reply, output or construct has no description. The message names it."""


@dataclass(frozen=True)
class Stack:
    """A synthesized stack."""

    template: Mapping[str, Any]

    def of_type(self, resource_type: str) -> dict[str, Properties]:
        """Returns the properties of resources by logical id."""
        resources: Mapping[str, Resource] = self.template["Resources"]
        return {
            name: found.get("Properties", {})
            for name, found in resources.items()
            if found["Type"] == resource_type
        }

    @property
    def types(self) -> list[str]:
        """The types of its resources."""
        return sorted({resource["Type"] for resource in self.template["Resources"].values()})

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The outputs by name."""
        outputs: Mapping[str, Any] = self.template["Outputs"]
        return outputs


@cache
def synthesized(*features: str) -> Stack:
    """Returns the stack of `dev`. Features are `connect`, `console`, `events` and `pinpoint`."""
    context: dict[str, Any] = {"origination_identity": "phone-0123456789abcdef0123456789abcdef"}
    for feature in features:
        context |= _FEATURE_SETTINGS[feature]
    settings = Settings.parse("dev", environments=CONTEXT["environments"], context=context)
    app = cdk.App(context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    stack = ShiftSmsStack(app, "ShiftSms-dev", settings=settings)
    _acknowledge_warnings(stack)
    return Stack(Template.from_stack(stack).to_json())


def _acknowledge_warnings(stack: cdk.Stack) -> None:
    """Keeps warnings about the settings of `dev` out of the output."""
    for warning in ("fictionalNumbers", "noAlarmEmail", "pinpointRetired"):
        cdk.Validations.of(stack).acknowledge(
            cdk.Acknowledgment(id=f"Annotation::shift-sms:{warning}", reason="nothing is deployed")
        )


@dataclass(frozen=True)
class Setting:
    """A setting of `cdk.json`."""

    key: str
    meaning: str
    allowed: str
    default: str


def settings() -> list[Setting]:
    """Returns every setting, in the order of its definition."""
    docs = attribute_docstrings("shift_sms.settings.Settings")
    required, allowed = _requirements(), _allowed()
    keys = [field for field in fields(Settings) if field.name != "environment"]
    undocumented = sorted({field.name for field in keys} - docs.keys())
    if undocumented:
        raise MissingDocumentation(f"settings: {', '.join(undocumented)} have no docstring")
    return [
        Setting(
            key=field.name,
            meaning=docs[field.name],
            allowed=allowed[field.name],
            default=required.get(field.name) or _default_text(field.default, allowed[field.name]),
        )
        for field in keys
    ]


def _default_text(default: object, allowed: str) -> str:
    if default is MISSING:
        raise MissingDocumentation("settings: one without a default may be missing")
    if default is None and allowed.startswith("auto,"):
        return "`auto`"
    if default in (None, "", ()):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default.value if isinstance(default, Enum) else default:}`"


def _problems(**given: object) -> dict[str, str]:
    """Returns what the error for these settings says is allowed, by key."""
    try:
        Settings.parse("dev", environments={"dev": given}, context={})
    except SettingsError as error:
        return {problem.key: problem.allowed for problem in error.problems}
    return {}


_FEATURES = {
    "connect_enabled": True,
    "campaign_engine": "pinpoint",
    "console_oidc_issuer": "https://id.example.com",
}
"""Settings with which others are required."""


def _allowed() -> dict[str, str]:
    """Returns what is allowed, by key, from the errors for a value that no setting allows."""
    all_wrong = {field.name: "\0" for field in fields(Settings) if field.name != "environment"}
    with_features = {**all_wrong, **_FEATURES}
    return {**_problems(**all_wrong), **_problems(**with_features)}


def _requirements() -> dict[str, str]:
    """Returns when a setting is required, by key."""
    required = _problems(**_FEATURES)
    return {key: allowed.partition(":")[0] for key, allowed in required.items()}


@cache
def _package(name: str) -> griffe.Module:
    loader = griffe.GriffeLoader(search_paths=[ROOT, ROOT / "lambda"], docstring_parser=griffe.Parser.google)
    loaded = loader.load(name)
    loader.resolve_aliases(external=False)
    return cast("griffe.Module", loaded)


def definition(path: str) -> griffe.Object:
    """Returns a definition by its dotted path."""
    package, _, name = path.partition(".")
    return cast("griffe.Object", _package(package)[name])


def attribute_docstrings(path: str) -> dict[str, str]:
    """Returns the docstrings below the attributes of a class."""
    return {
        name: " ".join(member.docstring.value.split())
        for name, member in definition(path).members.items()
        if member.is_attribute and member.docstring
    }


@cache
def _descriptions() -> Mapping[str, Mapping[str, str]]:
    read: Mapping[str, Mapping[str, str]] = tomllib.loads(
        (Path(__file__).parent / "descriptions.toml").read_text(encoding="utf-8")
    )
    return read


def described(kind: str, name: str) -> str:
    """Returns the description of a name in descriptions.toml.

    Raises:
        MissingDocumentation: there is none.
    """
    description = _descriptions().get(kind, {}).get(name)
    if not description:
        raise MissingDocumentation(f"{kind}: {name} has no description (scripts/reference/descriptions.toml)")
    return description


def described_names(kind: str) -> set[str]:
    """Returns the names of a kind that have a description in descriptions.toml."""
    return set(_descriptions().get(kind, {}))


def languages() -> list[str]:
    """Returns the tags of the languages, English first."""
    return sorted(locale_files.languages(), key=lambda tag: (tag != ENGLISH, tag))


def vocabularies() -> list[str]:
    """Returns the vocabularies, shifts first."""
    return sorted(locale_files.vocabularies(), key=lambda name: (name != "shifts", name))


@cache
def locale_file(vocabulary: str, language: str) -> Mapping[str, Any]:
    """Returns the contents of a locale file."""
    return tomllib.loads((files(LOCALES) / vocabulary / f"{language}.toml").read_text(encoding="utf-8"))


def words(vocabulary: str, language: str, word_class: str) -> list[str]:
    """Returns the words of a class: those of a vocabulary, and after them those of all vocabularies."""
    listed = (
        locale_file(folder, language)["words"].get(word_class, []) for folder in (vocabulary, "grammar_roles")
    )
    return [word for some in listed for word in some]


def size_of(template: str) -> TextSize:
    """Returns the size of a template without the values that are filled in."""
    return measure(re.sub(r"\{\w+\}", "", template))


def carrier_keywords() -> list[str]:
    """Returns the words that belong to carriers and AWS."""
    return sorted(CARRIER_KEYWORDS)


def public_classes() -> dict[str, griffe.Class]:
    """Returns the classes that `shift_sms` exports, by name."""
    exported = {name: getattr(shift_sms, name) for name in shift_sms.__all__}
    classes = {name: kind for name, kind in exported.items() if inspect.isclass(kind)}
    return {name: _class(kind) for name, kind in sorted(classes.items())}


def _class(kind: type) -> griffe.Class:
    return cast("griffe.Class", definition(f"{kind.__module__}.{kind.__qualname__}"))


def is_construct(name: str) -> bool:
    """Whether an exported class is a construct."""
    return issubclass(getattr(shift_sms, name), Construct)


def is_enum(name: str) -> bool:
    """Whether an exported class is an enum of strings."""
    return issubclass(getattr(shift_sms, name), StrEnum)
