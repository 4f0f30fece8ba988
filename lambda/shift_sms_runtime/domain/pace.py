"""When a text may go: what the origination identity may send is given out as turns."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Turn:
    """A span of time that nobody else has, from ``begins``; or, not ``reserved``, when the next free one begins."""

    begins: datetime
    reserved: bool = True
