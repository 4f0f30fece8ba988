"""The settings of the simulation: populations, shifts and deadlines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One population and the shifts to be filled."""

    employees: int = 500
    probability: float = 0.1
    """The mean probability of a claim, of a text that arrives in the daytime."""
    delay_minutes: float = 12
    """The median delay of a claim in the daytime."""
    hour: int = 17
    """The hour of the day in which the plans start."""
    hours: float = 4
    """The time from the start of a plan to `fill_by`."""
    seats: int = 1

    @property
    def name(self) -> str:
        """What distinguishes the setting, such as `500 employees, 10 %`."""
        usual = Setting()
        parts = [f"{self.employees:,} employees, {self.probability:.0%}".replace("%", " %")]
        if self.delay_minutes != usual.delay_minutes:
            parts.append(f"delay {self.delay_minutes:g} min")
        if self.hour != usual.hour:
            parts.append(f"at {self.hour}:00")
        if self.hours != usual.hours:
            parts.append(f"{self.hours:g} h")
        if self.seats != usual.seats:
            parts.append(f"{self.seats} seats")
        return ", ".join(parts)


SIZES = (20, 60, 200, 500, 2_000, 5_000)
PROBABILITIES = (0.02, 0.05, 0.1, 0.2, 0.4)


def _settings() -> Iterator[Setting]:
    for employees in SIZES:
        for probability in PROBABILITIES:
            yield Setting(employees=employees, probability=probability)
    for probability in (0.02, 0.1):
        usual = Setting(probability=probability)
        yield replace(usual, delay_minutes=4)
        yield replace(usual, delay_minutes=40)
        yield replace(usual, hours=0.5)
        yield replace(usual, hour=22)
    yield Setting(hours=12)
    yield Setting(seats=5)


SETTINGS = tuple(_settings())
"""The 40 settings."""
