"""Protocols of what fill plans read and write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.fill_plans.eligibility import ContactHistory
from shift_sms_runtime.fill_plans.fill_contact import (
    NO_STATISTICS,
    FillContact,
    FillWave,
    PlanProgress,
    SegmentStatistics,
    SentContact,
)
from shift_sms_runtime.fill_plans.reply_model import ReplyStatistics
from shift_sms_runtime.shifts.shift import Shift


class FillContacts(Protocol):
    """The FillContacts table, and the fill attributes of shifts that are written with it."""

    def progress(self, shift_id: str, started_at: str) -> PlanProgress | None:
        """Returns the progress of a plan; None if there is no such plan."""

    def write_status(
        self,
        shift: Shift,
        progress: PlanProgress,
        *,
        contacted: int,
        now: datetime,
        statistics: SegmentStatistics = NO_STATISTICS,
        wave: FillWave | None = None,
        replaced: PlanProgress | None = None,
    ) -> None:
        """Writes the status of a plan on its shift, together with its progress.

        In the same transaction, adds `statistics` to those that are stored, stores `wave`, and writes the progress of a
        plan that this one has replaced.

        Raises:
            ChangedMeanwhile: the shift or the progress has changed since it was read.
        """

    def begin_wave(self, progress: PlanProgress, wave: FillWave, *, now: datetime) -> None:
        """Stores the wave and the skipped employees, together with the progress.

        Raises:
            ChangedMeanwhile: the progress has changed since it was read.
        """

    def save_progress(self, progress: PlanProgress, *, now: datetime) -> None:
        """Writes the progress.

        Raises:
            ChangedMeanwhile: the progress has changed since it was read.
        """

    def wave(self, progress: PlanProgress) -> FillWave:
        """Returns the last wave of a plan, without those whom it skipped."""

    def skipped(self, progress: PlanProgress) -> Mapping[str, Sequence[str]]:
        """Returns the phone numbers that the last wave of a plan skipped, by reason."""

    def add_contacts(
        self, progress: PlanProgress, contacts: Sequence[FillContact], *, texts_per_day: int, now: datetime
    ) -> Sequence[str]:
        """Stores the contacts of the last wave, and counts each for its employee and day.

        A contact that is stored already is not counted again. One whose employee has had `texts_per_day` texts
        meanwhile is not stored.

        Returns:
            The phone numbers that are stored.
        """

    def contacted(self, progress: PlanProgress) -> Mapping[str, SentContact]:
        """Returns the last contact of a plan with each phone number that it has contacted."""

    def contacted_before(
        self, progress: PlanProgress, *, since: datetime
    ) -> Mapping[str, Mapping[str, SentContact]]:
        """Returns the last contacts after a time of earlier plans of the shift, by start of the plan and number."""

    def give_back(self, progress: PlanProgress, contacts: Mapping[str, SentContact]) -> None:
        """Subtracts contacts whose texts were not sent from the counts of their employees, each once."""

    def statistics(self, segment: str) -> Mapping[int, ReplyStatistics]:
        """Returns the reply statistics of a segment by hour of the day."""

    def histories(self, numbers: Sequence[str]) -> Mapping[str, ContactHistory]:
        """Returns the texts of fill plans to employees. Omits employees without any."""


class LastDeliveries(Protocol):
    """The outcome of the last text of a campaign or a fill plan to a number."""

    def failures(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """Returns why the last text to a number failed. Omits the others."""
