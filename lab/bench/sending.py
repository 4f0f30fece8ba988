"""A campaign in the lab, with answers going out of the same number: how much of its share of the rate it uses."""

from lab.crowd import Crowd, CrowdFigures
from lab.system import System

ANSWERS = 200


def send(system: System, recipients: int, rate: float) -> CrowdFigures:
    """Text a crowd of employees at ``rate`` texts a second, of whom some answer; returns what it came to."""
    crowd = Crowd(system, "crowd", recipients)
    crowd.move_in()
    codes = crowd.open_shifts(ANSWERS)
    crowd.launch()
    asked = crowd.answer_along(codes, seconds=0.9 * recipients / rate)
    crowd.wait_until_over(60 + 2 * recipients / rate)
    return crowd.figures(asked)
