"""The queues between functions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.campaigns.work_items import Page, WorkItem

NO_DELAY = timedelta()


class PagesQueue(Protocol):
    """Where pages of segments wait for the planner."""

    def put_page(self, page: Page, *, delay: timedelta = NO_DELAY) -> None:
        """Hand over one page, to be seen after ``delay``, at most 15 minutes."""


class DispatchQueue(Protocol):
    """Where work items wait for a sender."""

    def put(self, items: Sequence[WorkItem], *, delay: timedelta = NO_DELAY) -> None:
        """Hand over all of them, to be seen after ``delay``, at most 15 minutes."""


class CallbackQueue(Protocol):
    """Where wishes to be called wait for their call."""

    def put(self, request: CallbackRequest) -> None:
        """Hand over one request."""
