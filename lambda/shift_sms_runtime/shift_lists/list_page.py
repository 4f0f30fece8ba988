"""One page of a list, as a text of at most two segments."""

from collections.abc import Sequence

from shift_sms_runtime.messaging.encoding import longest_prefix, measure

MAX_SEGMENTS = 2


class ListPage:
    """A page to which entries are added while it has room.

    A page that is not the last one ends with the line about MORE.
    """

    def __init__(self, more_line: str) -> None:
        self._more_line = more_line
        self._entries: list[tuple[str, tuple[str, ...]]] = []
        self.is_last = True
        """Whether the list has no entries after the page."""

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self._entries)

    def add(self, position: str, *lines: str) -> bool:
        """Adds an entry; returns False if it does not fit. The first entry is shortened to fit.

        Args:
            position: The position of the entry in the list.
            lines: The line of the entry, after the headings that stand above it.
        """
        if not self._fits((*self._lines, *lines)):
            if self._entries:
                return False
            lines = self._shortened(lines)
        self._entries.append((position, lines))
        return True

    def end_before_more(self, position: str) -> str:
        """Ends the page at a position.

        The list has more entries, or was not read to its end.

        Removes the last entries if the line about MORE does not fit otherwise.

        Returns:
            The position after which the next page begins.
        """
        self.is_last = False
        while self.size > 1 and not self._fits((*self._lines, self._more_line)):
            self._entries.pop()
            position = self._entries[-1][0]
        if self.size == 1:
            self._entries = [(at, self._shortened(lines)) for at, lines in self._entries]
        return position

    def text(self) -> str:
        """Returns the text to send; empty for a last page without entries."""
        return "\n".join(self._lines if self.is_last else (*self._lines, self._more_line))

    @property
    def _lines(self) -> tuple[str, ...]:
        return tuple(line for _, lines in self._entries for line in lines)

    def _shortened(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Returns the lines of an entry, cut to leave room for the line about MORE.

        Only the last line is cut.
        """
        *headings, line = lines
        return (
            *headings,
            longest_prefix(line, lambda prefix: self._fits((*headings, prefix, self._more_line))),
        )

    @staticmethod
    def _fits(lines: Sequence[str]) -> bool:
        return measure("\n".join(lines)).segments <= MAX_SEGMENTS
