"""How the lab looks in a terminal: phones as bubbles, what we send on the left, what people write on the right.

It fits 80 columns, and reads as well in a file, without colours.
"""

import io
import sys
from collections.abc import Iterable

from rich.align import Align
from rich.box import ROUNDED
from rich.console import Console, RenderableType
from rich.constrain import Constrain
from rich.panel import Panel
from rich.rule import Rule
from rich.status import Status
from rich.text import Text

from lab.phone_network import Call, SentText

_WIDEST = 88
_WIDEST_BUBBLE = 60


class Screen:
    """Where the lab shows what happens."""

    def __init__(self) -> None:
        # A terminal that has no ✓ shows a question mark; that is no reason to stop.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        self._console = Console(highlight=False, markup=False, emoji=False, record=True)
        self._console.width = min(self._console.width, _WIDEST)

    def print(self, *shown: RenderableType) -> None:
        """Print, wrapped at words."""
        self._console.print(*shown)

    def line(self, text: Text) -> None:
        """Print one line; in a file it stays one line, so that it can be searched for."""
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def heading(self, title: str, explanation: str = "") -> None:
        """Begin a part of the story."""
        self._console.print()
        self._console.print(Rule(Text(title, style="bold"), align="left", style="dim"))
        if explanation:
            self.note(explanation)

    def note(self, text: str) -> None:
        """Say something beside the conversation."""
        self._console.print(Text(text, style="dim"))

    def waiting(self, why: str) -> Status:
        """Show that something takes a moment; use it as a context manager."""
        return self._console.status(Text(why, style="dim"))

    def person_texts(self, who: str, phone: str, body: str) -> None:
        """Show what somebody wrote, on the right."""
        self._console.print()
        self._console.print(Align.right(_bubble(body, f"{who}, {format_phone_number(phone)}", "cyan")))

    def we_text(self, text: SentText) -> None:
        """Show what came back, on the left, with what it costs."""
        self._console.print(
            _bubble(text.body, f"{format_phone_number(text.origination)}, {format_segments(text)}", "green")
        )

    def we_call(self, who: str, call: Call) -> None:
        """Show a call that Amazon Connect accepted, and what the agent sees before speaking."""
        body = f"calling {who}; the agent reads: {call.attributes.get('message', '(nothing)')}"
        self._console.print(
            _bubble(body, f"Amazon Connect, {format_phone_number(call.source or '')}", "magenta")
        )

    def command(self, command: str, said: str) -> None:
        """Show a command as typed and what it answered."""
        self.line(Text.assemble(("$ ", "dim"), (command, "bold")))
        for line in said.splitlines():
            self.line(Text(f"  {line}"))

    def shown(self) -> str:
        """Returns all that was shown, with its colors."""
        return self._console.export_text(clear=False, styles=True)

    def failure(self, what: str, details: Iterable[str]) -> None:
        """Say what went wrong and what to do."""
        self._console.print()
        self._console.print(Text(what, style="bold red"))
        for detail in details:
            self.line(Text(detail))


def format_phone_number(phone: str) -> str:
    """Write a North American number as people read it; others stay as they are."""
    if phone.startswith("+1") and len(phone) == len("+14255550100"):
        return f"+1 {phone[2:5]} {phone[5:8]}-{phone[8:]}"
    return phone


def format_segments(text: SentText) -> str:
    """Say how many segments a text takes: what it is billed by."""
    return "1 segment" if text.parts == 1 else f"{text.parts} segments"


def _bubble(body: str, title: str, style: str) -> RenderableType:
    panel = Panel.fit(
        Text(body),
        title=Text(title, style="dim"),
        title_align="left",
        box=ROUNDED,
        border_style=style,
        padding=(0, 1),
    )
    return Constrain(panel, _WIDEST_BUBBLE)
