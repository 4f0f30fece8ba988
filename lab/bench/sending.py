"""Sends a campaign in the lab while replies leave from the same number, and measures its share of the rate."""

from lab.bench.crowd import Crowd, CrowdFigures
from lab.lab_system import LabSystem

ANSWERS = 200
_FIRST = 500
"""Recipients of a first campaign, which is not measured. It starts the functions, which takes long on one machine."""


def send(system: LabSystem, recipients: int, rate: float) -> CrowdFigures:
    """Texts a crowd of employees at `rate` texts a second, while some of them reply; returns the figures."""
    first, crowd = Crowd(system, "first", _FIRST), Crowd(system, "crowd", recipients, first=_FIRST)
    first.add_to_tables()
    crowd.add_to_tables()
    first.launch()
    first.send_replies(first.add_shifts(ANSWERS // 10), seconds=_FIRST / rate)
    first.wait_until_finished(120)
    codes = crowd.add_shifts(ANSWERS)
    crowd.launch()
    asked = crowd.send_replies(codes, seconds=0.9 * recipients / rate)
    crowd.wait_until_finished(60 + 2 * recipients / rate)
    return crowd.figures(asked)
