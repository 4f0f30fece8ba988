"""A figure of a benchmark: the values of product and baseline, and their ratio."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the table of figures."""

    benchmark: str
    """The benchmark, such as `inbound texts per second`."""
    case: str
    """What was measured, such as `10 phones`."""
    product: float
    baseline: float
    """What the product is compared with.

    It is measured in the same run, or follows from the rate of the number.
    """
    at_least: float | None = None
    """The ratio must not be lower; None for no lower bound."""
    at_most: float | None = None
    """The ratio must not be higher; None for no upper bound."""

    @property
    def ratio(self) -> float:
        """`product` divided by `baseline`."""
        return self.product / self.baseline if self.baseline else float("inf" if self.product else 0)

    @property
    def met(self) -> bool:
        """Whether the ratio is within its bounds."""
        high_enough = self.at_least is None or self.ratio >= self.at_least
        return high_enough and (self.at_most is None or self.ratio <= self.at_most)

    @property
    def target(self) -> str:
        """The bound of the ratio, for the table; empty without one."""
        bounds = ((">=", self.at_least), ("<=", self.at_most))
        return " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
