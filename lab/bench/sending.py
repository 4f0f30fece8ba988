"""A campaign in the lab, with answers going out of the same number: how much of its share of the rate it uses."""

from lab.bench.crowd import Crowd, CrowdFigures
from lab.lab_system import LabSystem

ANSWERS = 200
_FIRST = 500
"""Recipients of a campaign before the one that is measured: it starts as many functions as will be needed, which takes
this machine's processors longer than AWS's."""


def send(system: LabSystem, recipients: int, rate: float) -> CrowdFigures:
    """Text a crowd of employees at ``rate`` texts a second, of whom some answer; returns what it came to."""
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
