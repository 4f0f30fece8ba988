"""What an operator can do with fill plans."""

from dataclasses import dataclass

from shift_sms_operator.fill_plans.fill_changes import FillChanges
from shift_sms_operator.fill_plans.fill_explainer import FillExplainer
from shift_sms_operator.fill_plans.fill_follower import FillFollower
from shift_sms_operator.fill_plans.fill_previewer import FillPreviewer


@dataclass(frozen=True)
class FillOperations:
    """The operations on fill plans."""

    changes: FillChanges
    """Starts, resumes and stops plans."""
    previewer: FillPreviewer
    """Shows what a plan would text, and at what cost."""
    follower: FillFollower
    """Shows how far plans are."""
    explainer: FillExplainer
    """Explains whom plans contacted and skipped, and why."""
