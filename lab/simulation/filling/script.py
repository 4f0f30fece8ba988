"""What happens in a run whose events are the same for each seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ScriptedText:
    """A text that an employee sends."""

    at: float
    """In seconds after the beginning of the run."""
    employee: int
    """The place of the employee, from 0. Managers come first."""
    body: str


@dataclass(frozen=True)
class Script:
    """One shift, and the texts about it."""

    shift: Mapping[str, object]
    """The item of the shift, without times."""
    starts_in_hours: float
    texts: Sequence[ScriptedText]
