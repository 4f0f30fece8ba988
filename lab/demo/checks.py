"""The checks of a demo run: each compares an expected value with the actual one."""

from dataclasses import dataclass

from rich.text import Text

from lab.screen import Screen


@dataclass(frozen=True)
class Check:
    """One check; it passes if the actual value equals the expected one."""

    claim: str
    expected: str
    actual: str

    @property
    def passed(self) -> bool:
        """Whether the actual value is the expected one."""
        return self.expected == self.actual


class Checks:
    """Every check of one run, in order."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._checks: list[Check] = []

    @property
    def all_passed(self) -> bool:
        """Whether every check so far passed."""
        return all(check.passed for check in self._checks)

    def expect(self, claim: str, expected: str, actual: str) -> None:
        """Performs a check and prints its result."""
        check = Check(claim, expected, actual)
        self._checks.append(check)
        self._screen.print(_marked_claim(check))

    def summarize(self, *, complete: bool = True) -> None:
        """Prints every check with its actual value, and with the expected value if it failed."""
        self._screen.heading("Checks")
        for check in self._checks:
            self._screen.print(_marked_claim(check))
            if not check.passed:
                self._screen.line(_value("expected", check.expected, "green"))
            self._screen.line(_value("actual", check.actual, "dim" if check.passed else "red"))
        passed = sum(check.passed for check in self._checks)
        remark = "" if complete else " The other checks were not reached."
        style = "bold green" if self.all_passed and complete else "bold red"
        self._screen.print(Text(f"\n{passed} of {len(self._checks)} checks passed.{remark}", style=style))


def _marked_claim(check: Check) -> Text:
    return Text.assemble(("✓ ", "bold green") if check.passed else ("✗ ", "bold red"), check.claim)


def _value(label: str, value: str, style: str) -> Text:
    one_line = value.replace("\n", " / ")
    return Text(f"    {label}: {one_line}", style=style)
