"""The decorator of classes that only hold values.

`@dataclass(frozen=True)` compiles six methods from text for each class, at every cold start. A record compiles one.
"""

from dataclasses import Field, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T]) -> type[_T]:
    """Makes a class a dataclass that compares, hashes and shows its instances by their fields.

    mypy reports an assignment to a field. Nothing prevents it at run time.
    """
    made = dataclass(repr=False, eq=False)(cls)
    attributes: tuple[Field[Any], ...] = fields(cast("Any", made))
    shown = [attribute.name for attribute in attributes if attribute.repr]
    compared = [attribute.name for attribute in attributes if attribute.compare]
    values = attrgetter(*compared) if compared else _no_values

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    def text(self: object) -> str:
        return f"{cls.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    for name, method in (("__eq__", equal), ("__hash__", hashed), ("__repr__", text)):
        setattr(made, name, method)
    return made


def _no_values(_: object) -> tuple[()]:
    return ()
