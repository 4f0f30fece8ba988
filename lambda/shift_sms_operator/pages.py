"""A list that is read one page at a time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shift_sms_operator.refusals import Refused
from shift_sms_runtime.aws.cursors import UnusableCursor

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 500


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list. `cursor` reads the next part; None at the end of the list."""

    items: tuple[T, ...]
    cursor: str | None = None


def read_page(read: Callable[[], tuple[Iterable[T], str | None]]) -> Page[T]:
    """Returns the page that a table reads.

    Raises:
        Refused: the cursor that was given is none.
    """
    try:
        items, cursor = read()
    except UnusableCursor as error:
        raise Refused(
            f"{error} is no position in this list; use the one that the page before has named"
        ) from None
    return Page(tuple(items), cursor)
