"""Codes that differ from what was typed by one slip of the thumb. They are suggested, never booked."""

from collections.abc import Iterable

_LOOK_ALIKES = str.maketrans("0135268L", "OIESZGBI")
"""Digits read as letters: a zero is an O, a three an E."""
_LEAST_SLIP = 3
"""Characters of what was typed; in fewer every slip is another word: "am" is not A1."""


def suggestions(typed: str, codes: Iterable[str], *, most: int) -> list[str]:
    """The codes that ``typed`` may have meant, both as ``spelling`` gives them; those that only look alike come alone.

    None at all when there would be more than ``most``: a long list is a REQUEST.
    """
    slips = len(typed) >= _LEAST_SLIP
    near = [code for code in codes if (slips and one_slip(typed, code)) or _looks(typed) == _looks(code)]
    alike = [code for code in near if _looks(typed) == _looks(code)]
    chosen = sorted(alike or near)
    return chosen if len(chosen) <= most else []


def one_slip(left: str, right: str) -> bool:
    """Whether one character was left out, added, changed or swapped with its neighbour."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    if len(left) > len(right):
        left, right = right, left
    first = next((i for i, c in enumerate(left) if c != right[i]), len(left))
    if len(left) < len(right):
        return left[first:] == right[first + 1 :]
    changed = left[first + 1 :] == right[first + 1 :]
    swapped = (
        left[first : first + 2] == right[first : first + 2][::-1] and left[first + 2 :] == right[first + 2 :]
    )
    return changed or swapped


def _looks(code: str) -> str:
    return code.upper().translate(_LOOK_ALIKES)
