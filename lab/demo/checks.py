"""What the demo claims, it checks: a demo that only looks right shows nothing."""

from dataclasses import dataclass

from rich.text import Text

from lab.screen import Screen


@dataclass(frozen=True)
class Check:
    """Something that must hold, in words that are equal when it does."""

    what: str
    expected: str
    seen: str

    @property
    def held(self) -> bool:
        return self.expected == self.seen


class Checks:
    """Every check of one run, in order."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._checks: list[Check] = []

    @property
    def all_held(self) -> bool:
        return all(check.held for check in self._checks)

    def expect(self, what: str, expected: str, seen: str) -> None:
        """Check one thing and show how it came out."""
        check = Check(what, expected, seen)
        self._checks.append(check)
        self._screen.print(_mark(check))

    def summarise(self, *, complete: bool = True) -> None:
        """Show all of them, each with what was seen and, when that is wrong, what was expected."""
        self._screen.heading("What was checked")
        for check in self._checks:
            self._screen.print(_mark(check))
            if not check.held:
                self._screen.line(_fact("expected", check.expected, "green"))
            self._screen.line(_fact("seen", check.seen, "dim" if check.held else "red"))
        held = sum(check.held for check in self._checks)
        rest = "" if complete else " The others were not reached."
        style = "bold green" if self.all_held and complete else "bold red"
        self._screen.print(Text(f"\n{held} of {len(self._checks)} checks held.{rest}", style=style))


def _mark(check: Check) -> Text:
    return Text.assemble(("✓ ", "bold green") if check.held else ("✗ ", "bold red"), check.what)


def _fact(name: str, fact: str, style: str) -> Text:
    one_line = fact.replace("\n", " / ")
    return Text(f"    {name}: {one_line}", style=style)
