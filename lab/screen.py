"""The lab's terminal output: the system's texts on the left, employees' on the right.

The output fits 80 columns and stays readable in a file, without colors.
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
    """Prints to standard output."""

    def __init__(self) -> None:
        # A terminal whose encoding lacks ✓ shows a question mark instead of raising an error.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        self._console = Console(highlight=False, markup=False, emoji=False, record=True)
        self._console.width = min(self._console.width, _WIDEST)

    def print(self, *shown: RenderableType) -> None:
        """Prints with word wrapping."""
        self._console.print(*shown)

    def line(self, text: Text) -> None:
        """Prints one line; output to a file is not wrapped, so that a search finds it."""
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def heading(self, title: str, explanation: str = "") -> None:
        """Prints a section heading."""
        self._console.print()
        self._console.print(Rule(Text(title, style="bold"), align="left", style="dim"))
        if explanation:
            self.note(explanation)

    def note(self, text: str) -> None:
        """Prints a comment beside the conversation."""
        self._console.print(Text(text, style="dim"))

    def waiting(self, reason: str) -> Status:
        """Returns a context manager that shows a spinner."""
        return self._console.status(Text(reason, style="dim"))

    def show_inbound_text(self, sender: str, phone: str, body: str) -> None:
        """Prints an inbound text, on the right."""
        self._console.print()
        self._console.print(Align.right(_bubble(body, f"{sender}, {format_phone_number(phone)}", "cyan")))

    def show_sent_text(self, text: SentText) -> None:
        """Prints a text that the system sent, on the left, with its segments."""
        self._console.print(
            _bubble(text.body, f"{format_phone_number(text.origination)}, {format_segments(text)}", "green")
        )

    def show_call(self, name: str, call: Call) -> None:
        """Prints a call that Amazon Connect accepted, with the message that the agent sees."""
        body = f"calling {name}; message to the agent: {call.attributes.get('message', '(none)')}"
        self._console.print(
            _bubble(body, f"Amazon Connect, {format_phone_number(call.source or '')}", "magenta")
        )

    def show_command(self, command: str, output: str) -> None:
        """Prints a command and its output."""
        self.line(Text.assemble(("$ ", "dim"), (command, "bold")))
        for line in output.splitlines():
            self.line(Text(f"  {line}"))

    def recorded(self) -> str:
        """Returns the output so far, with its colors."""
        return self._console.export_text(clear=False, styles=True)

    def show_failure(self, summary: str, details: Iterable[str] = ()) -> None:
        """Prints an error and its details."""
        self._console.print()
        self._console.print(Text(summary, style="bold red"))
        for detail in details:
            self.line(Text(detail))


def format_phone_number(phone: str) -> str:
    """Formats a North American number for reading; returns other numbers unchanged."""
    if phone.startswith("+1") and len(phone) == len("+14255550100"):
        return f"+1 {phone[2:5]} {phone[5:8]}-{phone[8:]}"
    return phone


def format_segments(text: SentText) -> str:
    """Returns the number of billed segments of a text in words."""
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
