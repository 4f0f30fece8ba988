"""Reads single settings and collects what is wrong with them, for one error that lists every problem."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from shift_sms.building_blocks.validators import Validator

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Problem:
    """A wrong setting."""

    key: str
    given: object
    allowed: str


class SettingsError(ValueError):
    """Settings are wrong. The message lists each with the value given and what is allowed."""

    def __init__(self, environment: str, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        lines = [f"{count} wrong in environment {environment!r}:"]
        for problem in problems:
            given = "nothing" if problem.given is None else repr(problem.given)
            lines += [f"  {problem.key}", f"    given:   {given}", f"    allowed: {problem.allowed}"]
        super().__init__("\n".join(lines))


def settings_of(environment: str, environments: object) -> Mapping[str, object]:
    """Returns the settings of an environment, as they are configured.

    Raises:
        SettingsError: the environment is not configured, or not as an object.
    """
    if not isinstance(environments, Mapping):
        allowed = "an object with an object of settings for each environment (in the context of cdk.json)"
        raise SettingsError(environment, [Problem("environments", environments, allowed)])
    if environment not in environments:
        known = " or ".join(sorted(environments)) or "the name of an environment, but none is configured"
        raise SettingsError(environment, [Problem("env", environment, f"{known} (environments in cdk.json)")])
    configured: object = environments[environment]
    if not isinstance(configured, Mapping):
        allowed = 'an object of settings, like {"origination_identity": "+14255550100"}'
        raise SettingsError(environment, [Problem(f"environments.{environment}", configured, allowed)])
    return configured


def unknown_keys(configured: Mapping[str, object], known: Collection[str]) -> list[Problem]:
    """Returns a problem for each key of an environment that is no setting."""
    return [
        Problem(key, value, f"not a setting; {_suggestion(key, known)}")
        for key, value in configured.items()
        if key not in known
    ]


def misspelled_overrides(context: Mapping[str, object], known: Collection[str]) -> list[Problem]:
    """Returns a problem for each context key that is close to the name of a setting.

    Other keys belong to the CDK.
    """
    return [
        Problem(key, value, f"not a setting; {_suggestion(key, known)}")
        for key, value in context.items()
        if key not in known and difflib.get_close_matches(key, known, n=1, cutoff=0.85)
    ]


def _suggestion(key: str, known: Collection[str]) -> str:
    if close := difflib.get_close_matches(key, sorted(known), n=1):
        return f"did you mean {close[0]}?"
    return "known are " + ", ".join(sorted(known))


class SettingsReader:
    """Reads settings from a mapping and collects the problems."""

    def __init__(self, given: Mapping[str, object]) -> None:
        """`given` has the values by the name of the setting."""
        self._given = given
        self.problems: list[Problem] = []

    def required(self, key: str, validator: Validator[T], placeholder: D, *, why: str = "required") -> T | D:
        """Returns a setting; the placeholder, and a problem, if it is missing."""
        if self._given.get(key) in (None, ""):
            self.problems.append(Problem(key, self._given.get(key), f"{why}: {validator.allowed}"))
            return placeholder
        return self.optional(key, validator, placeholder)

    def optional(self, key: str, validator: Validator[T], default: D) -> T | D:
        """Returns a setting; the default if it is missing, or with a problem if it is wrong."""
        value = self._given.get(key)
        if value is None:
            return default
        try:
            return validator.parse(value)
        except ValueError as error:
            self.problems.append(Problem(key, error.args[0], validator.allowed))
            return default


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    flag = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).strip().lower())
    if flag is None:
        raise ValueError(value)
    return flag


YES_OR_NO = Validator("true, false, YES or NO", _yes_or_no)
