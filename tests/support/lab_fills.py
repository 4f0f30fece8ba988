"""Puts shifts with fill plans on the deployed system, and observes their texts."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lab.lab_system import Item, LabSystem
from lab.phone_network import SentText
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.deployed_lab import add_members, wait_until

INFO = "15/08 5h nightshift"
MINUTES_BETWEEN_WAVES = "0.33"
_LANGUAGES = ("en", "es", "fr", "de")


class LabShift:
    """A shift of the deployed system, whose fill plan texts members of a segment of its own."""

    def __init__(self, system: LabSystem, code: str, members: Sequence[str], **attributes: Any) -> None:
        """Puts the members and the shift. By default a wave has two employees."""
        self._system = system
        self.code = code
        add_members(system, self.segment, *members)
        shift = {
            "shift_id": code,
            "shift_info": INFO,
            "shift_status": "available",
            "fill_segment": self.segment,
            "fill_wave_size": 2,
            "fill_wave_minutes": MINUTES_BETWEEN_WAVES,
            **attributes,
        }
        system.put(system.outputs.shifts_table_name, [shift])

    @property
    def segment(self) -> str:
        """The segment of the plan."""
        return f"filling-{self.code}"

    @property
    def item(self) -> Item:
        """The item of the shift."""
        rows = self._system.rows(self._system.outputs.shifts_table_name)
        return next(row for row in rows if row["shift_id"] == self.code)

    @property
    def texts(self) -> list[SentText]:
        """The texts of the plan in their order."""
        openings = tuple(opening(language, self.code) for language in _LANGUAGES)
        return [text for text in self._system.network.texts if text.body.startswith(openings)]

    @property
    def texted(self) -> list[str]:
        """The employees whom the plan has texted, in the order of the texts."""
        return [text.destination for text in self.texts]

    @property
    def plan(self) -> tuple[str, int]:
        """The status of the plan, and how many people it has texted."""
        item = self.item
        return item.get("fill_status", ""), int(item.get("fill_contacted", 0))

    def wait_for_texts(self, count: int, timeout: float = 60) -> list[str]:
        """Waits until the plan has sent this many texts; returns the employees. No employee has two texts."""
        assert wait_until(lambda: len(self.texted) >= count, timeout), f"{self.texted} {self.item}"
        texted = self.texted
        assert len(texted) == count
        assert max(Counter(texted).values()) == 1
        return texted

    def wait_for_plan(self, status: str, contacted: int, timeout: float = 60) -> None:
        """Waits until the plan has a status and has texted this many people."""
        assert wait_until(lambda: self.plan == (status, contacted), timeout), self.item


def opening(language: str, code: str) -> str:
    """Returns the beginning of the texts of a plan."""
    return locale("shifts", language).say(Template.FILL, shift=code, code="").partition(code)[0] + code
