"""Reads the product for the pages. Only this module imports the product."""

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
from shift_sms_runtime.messaging.encoding import measure

LOCALES = "shift_sms_runtime.locales"
COMMAND_CLASSES = (*COMMANDS, WordClass.YES, WordClass.NO, WordClass.THANKS)
TEMPLATES = "shift_sms_runtime.language.locale.Template"

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
PINPOINT = {
    "campaign_engine": "pinpoint",
    "pinpoint_application_id": "0123456789abcdef0123456789abcdef",
    "pinpoint_segment_id": "fedcba9876543210fedcba9876543210",
}

Resource = Mapping[str, Any]
Properties = dict[str, Any]


class MissingDocumentation(Exception):
    """A public name has no description; the message contains the name."""


@dataclass(frozen=True)
class Stack:
    """A synthesized stack."""

    template: Mapping[str, Any]

    def of_type(self, resource_type: str) -> dict[str, Properties]:
        """Returns the properties of the resources of a type, by logical id."""
        resources: Mapping[str, Resource] = self.template["Resources"]
        return {
            name: found.get("Properties", {})
            for name, found in resources.items()
            if found["Type"] == resource_type
        }

    @property
    def types(self) -> list[str]:
        """The types of the stack's resources."""
        return sorted({resource["Type"] for resource in self.template["Resources"].values()})

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The outputs by name."""
        outputs: Mapping[str, Any] = self.template["Outputs"]
        return outputs


@cache
def synthesized(*features: str) -> Stack:
    """Returns the stack of `dev` with a phone number id; features are `connect` and `pinpoint`."""
    context: dict[str, Any] = {"origination_identity": "phone-0123456789abcdef0123456789abcdef"}
    for feature in features:
        context |= {"connect": CONNECT, "pinpoint": PINPOINT}[feature]
    settings = Settings.parse("dev", environments=CONTEXT["environments"], context=context)
    app = cdk.App(context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    stack = ShiftSmsStack(app, "ShiftSms-dev", settings=settings)
    _acknowledge_warnings(stack)
    return Stack(Template.from_stack(stack).to_json())


def _acknowledge_warnings(stack: cdk.Stack) -> None:
    """Keeps warnings about settings of `dev` out of the output."""
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
    return [
        Setting(
            key=field.name,
            meaning=description("settings", field.name, docs),
            allowed=allowed[field.name],
            default=required.get(field.name) or _format_default(field.default),
        )
        for field in keys
    ]


def _format_default(default: object) -> str:
    if default is MISSING:
        raise MissingDocumentation("a setting has no default, but its absence raises no error")
    if default in (None, "", ()):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default.value if isinstance(default, Enum) else default:}`"


def _problems(**given: object) -> dict[str, str]:
    try:
        Settings.parse("dev", environments={"dev": given}, context={})
    except SettingsError as error:
        return {problem.key: problem.allowed for problem in error.problems}
    return {}


def _allowed() -> dict[str, str]:
    """Returns the allowed values by key, from the errors about a value that no setting accepts."""
    invalid = {field.name: "\0" for field in fields(Settings) if field.name != "environment"}
    everything_on = {**invalid, "connect_enabled": True, "campaign_engine": "pinpoint"}
    return {**_problems(**invalid), **_problems(**everything_on)}


def _requirements() -> dict[str, str]:
    """Returns why each required setting is required, by key."""
    required = _problems(connect_enabled=True, campaign_engine="pinpoint")
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


def description(kind: str, name: str, docstrings: Mapping[str, str] | None = None) -> str:
    """Returns the description of a name: its docstring, or its line in descriptions.toml.

    Raises:
        MissingDocumentation: the name has neither.
    """
    found = (docstrings or {}).get(name) or _descriptions().get(kind, {}).get(name)
    if not found:
        raise MissingDocumentation(f"{kind}: {name} has no description (scripts/reference/descriptions.toml)")
    return found


def described_names(kind: str) -> set[str]:
    """Returns the names of a kind in descriptions.toml."""
    return set(_descriptions().get(kind, {}))


def languages() -> list[str]:
    """Returns the tags of the languages, English first."""
    return sorted(locale_files.languages(), key=lambda tag: (tag != "en", tag))


def vocabularies() -> list[str]:
    """Returns the vocabularies, shifts first."""
    return sorted(locale_files.vocabularies(), key=lambda name: (name != "shifts", name))


@cache
def locale(vocabulary: str, language: str) -> Mapping[str, Any]:
    """Returns the content of a locale file."""
    return tomllib.loads((files(LOCALES) / vocabulary / f"{language}.toml").read_text(encoding="utf-8"))


def characters(template: str) -> int:
    """Returns the number of characters of a template without its placeholders."""
    return measure(re.sub(r"\{\w+\}", "", template)).characters


def carrier_words() -> list[str]:
    """Returns the words that carriers reserve."""
    return sorted(CARRIER_KEYWORDS)


def public_classes() -> dict[str, griffe.Class]:
    """Returns the classes that `shift_sms` exports, by name."""
    exported = {name: getattr(shift_sms, name) for name in shift_sms.__all__}
    classes = {name: kind for name, kind in exported.items() if inspect.isclass(kind)}
    return {name: _class(kind) for name, kind in sorted(classes.items())}


def _class(kind: type) -> griffe.Class:
    return cast("griffe.Class", definition(f"{kind.__module__}.{kind.__qualname__}"))


def is_construct(name: str) -> bool:
    """Returns whether an exported class is a construct."""
    return issubclass(getattr(shift_sms, name), Construct)


def is_enum(name: str) -> bool:
    """Returns whether an exported class is a string enumeration."""
    return issubclass(getattr(shift_sms, name), StrEnum)
