"""Reads the environment variables of a function into the fields of a class."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import NoneType
from typing import Any, Self, dataclass_transform, get_args, get_origin, get_type_hints


class WrongEnvironment(ValueError):
    """Variables are missing or have a wrong value.

    The message lists their names without values.
    """


@dataclass(frozen=True)
class Variable:
    """One variable of a function."""

    field: str
    """The field that receives its value: of the environment, or of a policy in it."""
    type: type
    required: bool

    @property
    def name(self) -> str:
        """Its name in the environment: `shifts_table` is `SHIFTS_TABLE`."""
        return self.field.upper()

    def parse(self, text: str) -> object:
        """Returns the value of the field.

        Raises:
            ValueError: the text is not of the field's type.
        """
        if self.type is bool:
            return {"true": True, "false": False}[text]
        if self.type is frozenset:
            return frozenset(filter(None, text.split(",")))
        return self.type(text)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class FunctionEnvironment:
    """Base of the environments. A subclass is named like its handler, and lists its fields.

    It is no dataclass: a cold start would generate the methods of the environments of all functions.
    """

    def __init__(self, **values: object) -> None:
        vars(self).update(values)

    @classmethod
    def handler(cls) -> str:
        """Returns the handler's module: `process_inbound_sms` for `ProcessInboundSms`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def variables(cls) -> tuple[Variable, ...]:
        """Returns every variable that the function reads."""
        return tuple(_variables(cls))

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Reads the environment of the function.

        Args:
            environ: The environment, usually `os.environ`. Other variables in it are ignored.

        Raises:
            WrongEnvironment: a variable is missing or has a wrong value.
        """
        values: dict[str, object] = {}
        wrong: list[str] = []
        for variable in cls.variables():
            if variable.name in environ:
                try:
                    values[variable.field] = variable.parse(environ[variable.name])
                except (KeyError, ValueError):
                    wrong.append(f"{variable.name} is wrong")
            elif variable.required:
                wrong.append(f"{variable.name} is missing")
        if wrong:
            raise WrongEnvironment(f"environment of {cls.handler()}: {', '.join(wrong)}")
        environment: Self = _construct(cls, values)
        return environment


def _variables(owner: type) -> Iterator[Variable]:
    for field, hint in get_type_hints(owner).items():
        if isinstance(hint, type) and is_dataclass(hint):
            yield from _variables(hint)
        else:
            yield Variable(field, _plain_type(hint), required=NoneType not in get_args(hint))


def _plain_type(hint: Any) -> type:
    """Returns `str` for `str | None` and `frozenset` for `frozenset[str]`."""
    if NoneType in get_args(hint):
        (hint,) = set(get_args(hint)) - {NoneType}
    plain: type = get_origin(hint) or hint
    return plain


def _construct(owner: Any, values: Mapping[str, object]) -> Any:
    return owner(
        **{
            field: _construct(hint, values) if is_dataclass(hint) else values.get(field)
            for field, hint in get_type_hints(owner).items()
        }
    )
