"""Sends a campaign in the lab while replies are sent from the same number, and measures the rates."""

from lab.bench.crowd import Crowd, CrowdFigures
from lab.lab_system import LabSystem

REPLIES = 200
_WARM_UP_RECIPIENTS = 500
"""Recipients of a first campaign that is not measured. It starts the functions, which takes long on one machine."""


def send(system: LabSystem, recipients: int, rate: float) -> CrowdFigures:
    """Texts a crowd of employees at `rate` texts per second while some of them reply; returns the figures."""
    warm_up = Crowd(system, "first", _WARM_UP_RECIPIENTS)
    crowd = Crowd(system, "crowd", recipients, offset=_WARM_UP_RECIPIENTS)
    warm_up.add_to_tables()
    crowd.add_to_tables()
    warm_up.launch()
    warm_up.send_replies(warm_up.add_shifts(REPLIES // 10), seconds=_WARM_UP_RECIPIENTS / rate)
    warm_up.wait_until_finished(120)
    codes = crowd.add_shifts(REPLIES)
    crowd.launch()
    codes_by_number = crowd.send_replies(codes, seconds=0.9 * recipients / rate)
    crowd.wait_until_finished(60 + 2 * recipients / rate)
    return crowd.figures(codes_by_number)
