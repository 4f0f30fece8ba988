"""What a check of a deployment finds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shift_sms_operator.health.facts import FiringAlarm


class FindingStatus(StrEnum):
    """The result of a check."""

    OK = "ok"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    """AWS did not let the caller read what the check needs."""
    NOT_USED = "not-used"
    """The deployment does not use what the check is about."""

    @property
    def healthy(self) -> bool:
        """Whether nothing has to be done."""
        return self in (FindingStatus.OK, FindingStatus.NOT_USED)


@dataclass(frozen=True)
class Fault:
    """Something that is wrong."""

    what: str
    why: str
    """Why it matters."""
    fix: str
    """The command that fixes it, or what to do where no command can."""


@dataclass(frozen=True)
class Finding:
    """The result of one check. A check with several faults has a finding for each."""

    check: str
    status: FindingStatus
    what: str
    """What is wrong, or what was found in order."""
    why: str = ""
    fix: str = ""


@dataclass(frozen=True)
class HealthReport:
    """What is known of the health of a deployment at one time."""

    findings: tuple[Finding, ...]
    alarms: "tuple[FiringAlarm, ...] | None"
    """The alarms that fire, the latest first; None if they could not be read."""


@dataclass(frozen=True)
class Verdict:
    """The judgment of a check on the facts."""

    found: str
    """What was found, in a few words."""
    faults: tuple[Fault, ...] = ()
    used: bool = True

    @classmethod
    def of(cls, found: str, faults: Iterable[Fault]) -> "Verdict":
        """Returns a verdict with the faults that a check yields."""
        return cls(found, tuple(faults))

    @classmethod
    def not_used(cls, reason: str) -> "Verdict":
        """Returns the verdict on a feature that is off, or on a resource that does not exist."""
        return cls(reason, used=False)

    def findings(self, check: str) -> Iterator[Finding]:
        """Yields the findings of a check with this verdict."""
        if not self.used:
            yield Finding(check, FindingStatus.NOT_USED, self.found)
        elif not self.faults:
            yield Finding(check, FindingStatus.OK, self.found)
        for fault in self.faults:
            yield Finding(check, FindingStatus.WRONG, fault.what, fault.why, fault.fix)
