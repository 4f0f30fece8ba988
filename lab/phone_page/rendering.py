"""Renders the phone page from its templates. Jinja2 escapes every value."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from lab.phone_page.fault_injector import BUTTONS, CLAIMANTS, FaultInjector
from lab.phone_page.lab_view import LabView
from lab.screen import format_phone_number

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_PARTS = ("main", "shifts", "calls", "faults")
"""The parts of the page that change; each has a template and an element of this name."""


@dataclass(frozen=True)
class View:
    """What a page shows: one phone, or the phones that texted last."""

    phone: str | None = None


class PageRenderer:
    """Renders whole pages and their changing parts."""

    def __init__(self, view: LabView, faults: FaultInjector, *, token: str, console_url: str | None) -> None:
        self._view = view
        self._faults = faults
        self._environment = Environment(
            loader=PackageLoader("lab.phone_page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "clock": _clock,
            "number": format_phone_number,
            "visible": show_invisible,
        }
        self._environment.globals |= {
            "buttons": BUTTONS,
            "claimants": CLAIMANTS,
            "console_url": console_url,
            "token": token,
        }

    def page(self, view: View, parts: Mapping[str, str], version: str) -> str:
        """Renders a whole page around its parts."""
        return self._environment.get_template("page.html").render(
            parts=parts,
            version=version,
            phone=self._view.phone(view.phone) if view.phone else None,
            names=self._view.names(),
            shifts=self._view.shifts(),
        )

    def parts(self, view: View) -> Mapping[str, str]:
        """Renders the parts that change, by name."""
        context = {
            "calls": self._view.calls(),
            "faults": self._faults.injected,
            "names": self._view.names(),
            "phone": self._view.phone(view.phone) if view.phone else None,
            "phones": [] if view.phone else self._view.latest_phones(),
            "shifts": self._view.shifts(),
        }
        return {name: self._environment.get_template(f"parts/{name}.html").render(context) for name in _PARTS}

    def refusal(self, message: str) -> str:
        """Renders the page of a refused request."""
        return self._environment.get_template("refusal.html").render(message=message)


def show_invisible(text: str) -> str:
    """Replaces control characters and marks of the writing direction, which would change how other text is shown."""
    return _INVISIBLE.sub(lambda match: f"‹{unicodedata.name(match[0], f'U+{ord(match[0]):04X}')}›", text)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M:%S}"
