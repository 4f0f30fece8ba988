"""Seeded employees: whether and when each would claim a seat of each shift.

The same seed gives every policy the same employees, who react to each shift in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, sqrt
from random import Random

from lab.fill_simulation.settings import Setting

_CONCENTRATION = 10
"""How alike the employees are: probabilities are Beta distributed with parameters that sum to this."""
_DELAY_DEVIATION = 1.4
"""The standard deviation of the log delay, of all texts."""
_DEVIATION_BETWEEN_EMPLOYEES = 0.5
"""The part of it that distinguishes quick employees from slow ones."""
_PROBABILITY_BY_HOUR = (0.3,) * 6 + (0.7,) * 2 + (1.0,) * 13 + (0.7,) + (0.3,) * 2
"""The probability of a claim by hour of the day, relative to the daytime. An assumption."""
_DELAY_BY_HOUR = (3.0,) * 6 + (1.5,) * 2 + (1.0,) * 13 + (1.5,) + (3.0,) * 2
"""The delay of a claim by hour of the day, relative to the daytime. An assumption."""


@dataclass(frozen=True)
class Employee:
    """How an employee answers texts of fill plans."""

    probability: float
    log_delay: float
    """The mean of the natural logarithm of the delay in seconds."""


@dataclass(frozen=True)
class Reaction:
    """How an employee would react to one shift."""

    employee: Employee
    willingness: float
    """Claims if it is below the probability."""
    haste: float
    """The delay's deviation from the mean, in standard deviations."""

    def delay(self, sent_at: datetime) -> timedelta | None:
        """Returns after what time the employee claims a text sent at `sent_at`; None if never."""
        if self.willingness >= self.employee.probability * _PROBABILITY_BY_HOUR[sent_at.hour]:
            return None
        deviation = sqrt(_DELAY_DEVIATION**2 - _DEVIATION_BETWEEN_EMPLOYEES**2)
        seconds = exp(self.employee.log_delay + deviation * self.haste) * _DELAY_BY_HOUR[sent_at.hour]
        return timedelta(seconds=min(seconds, timedelta(days=2).total_seconds()))


class Population:
    """The employees of one seed."""

    def __init__(self, setting: Setting, seed: int) -> None:
        self._random = Random(f"{setting.name} {seed}")  # noqa: S311 - for data, not for secrets
        first = setting.probability * _CONCENTRATION
        self.employees = [
            Employee(
                self._random.betavariate(first, _CONCENTRATION - first),
                self._random.gauss(log(setting.delay_minutes * 60), _DEVIATION_BETWEEN_EMPLOYEES),
            )
            for _ in range(setting.employees)
        ]

    def reactions(self) -> Sequence[Reaction]:
        """Returns how each employee would react to the next shift."""
        draw, gauss = self._random.random, self._random.gauss
        return [Reaction(employee, draw(), gauss(0, 1)) for employee in self.employees]
