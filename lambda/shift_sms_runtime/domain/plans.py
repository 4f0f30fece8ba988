"""How far the launch of a campaign has come."""

from dataclasses import dataclass
from enum import StrEnum


class PlanState(StrEnum):
    """What a launch finds when it begins."""

    BEGUN = "begun"
    GOES_ON = "goes-on"
    """This launch, or one before it, was interrupted."""
    DONE_BEFORE = "done-before"
    TOO_OLD = "too-old"
    """The ledger of the first launch is about to expire: it would not know any more who was texted."""


@dataclass(frozen=True)
class Plan:
    """Where the planning of a campaign is; ``after`` is where its next page begins."""

    state: PlanState
    launch_id: str
    after: str = ""
