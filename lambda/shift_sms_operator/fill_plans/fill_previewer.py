"""Shows what a fill plan would text, to whom and at what cost, before it starts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from shift_sms_operator.campaigns.audience import costs
from shift_sms_operator.campaigns.prices import Price, country_of
from shift_sms_operator.campaigns.views import CountryCost
from shift_sms_operator.fill_plans.fill_changes import FillChanges
from shift_sms_operator.fill_plans.views import FillAction, FillPreview
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_drafts import preview_of
from shift_sms_runtime.campaigns.ports import Deliveries, SegmentMembers
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.fill_plans.candidates import Audience, AudienceFinder
from shift_sms_runtime.fill_plans.fill_contact import MAX_CONTACTS_PER_WAVE, PlanProgress, SentContact
from shift_sms_runtime.fill_plans.fill_texts import fill_texts
from shift_sms_runtime.fill_plans.ports import FillContacts
from shift_sms_runtime.fill_plans.progress import seats_to_fill
from shift_sms_runtime.fill_plans.wave_planner import decide_wave
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.encoding import TextSize
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.filling.fill_plan import FillPlan

MAX_EXAMINED = 5_000
"""The members that are examined. A plan reads the whole segment before each wave, so a larger one is not practical."""

_NO_PROGRESS: Callable[[int], None] = lambda _members: None  # noqa: E731 - a default


class FirstMembers:
    """The first members of segments: `SegmentMembers` that end after a number of members."""

    def __init__(self, members: SegmentMembers, most: int, on_progress: Callable[[int], None]) -> None:
        self._members = members
        self._most = most
        self._on_progress = on_progress
        self.examined = 0
        self.complete = True

    def page(
        self, segment: str, after: str, limit: int, *, added_until: datetime | None = None
    ) -> tuple[list[str], str | None]:
        """See `SegmentMembers.page`."""
        left = min(limit, self._most - self.examined)
        members, cursor = self._members.page(segment, after, left, added_until=added_until)
        self.examined += len(members)
        self._on_progress(self.examined)
        if cursor is not None and self.examined >= self._most:
            self.complete = False
            return members, None
        return members, cursor


class FillPreviewer:
    """Previews plans with the code of the planner."""

    def __init__(
        self,
        *,
        changes: FillChanges,
        finder_of: Callable[[SegmentMembers], AudienceFinder],
        members: SegmentMembers,
        contacts: FillContacts,
        deliveries: Deliveries,
        employees: Employees,
        locales: Locales,
        default_segment: str,
        target: timedelta,
        others_may_be_approved: bool,
        clock: Clock,
    ) -> None:
        """Takes what a preview needs.

        Args:
            changes: Makes the plan of the operator's values.
            finder_of: Returns a finder that reads these members.
            members: The members of segments.
            contacts: The texts of fill plans so far.
            deliveries: The outcomes of the texts of a plan that is resumed.
            employees: The languages of employees.
            locales: The languages of the texts.
            default_segment: The segment of a plan that names none.
            target: The time within which half of the plans are to be filled.
            others_may_be_approved: Whether a setting approves numbers outside the roster.
            clock: The time.
        """
        self._changes = changes
        self._finder_of = finder_of
        self._members = members
        self._contacts = contacts
        self._deliveries = deliveries
        self._employees = employees
        self._locales = locales
        self._default_segment = default_segment
        self._target = target
        self._others_may_be_approved = others_may_be_approved
        self._clock = clock

    def preview(
        self,
        shift_id: str,
        values: Mapping[str, str],
        *,
        prices: Mapping[str, Price],
        most: int = MAX_EXAMINED,
        on_progress: Callable[[int], None] = _NO_PROGRESS,
    ) -> FillPreview:
        """Returns what a plan would text. See `FillChanges.start`.

        Args:
            shift_id: The code of the shift.
            values: The attributes of the plan.
            prices: The prices by country.
            most: The members to examine.
            on_progress: Called with the members that are examined so far.

        Raises:
            Refused: the plan cannot be started, or would text no one.
        """
        draft, action = self._changes.draft(shift_id, values)
        shift, now = draft.shift, self._clock()
        fill = shift.fill or FillPlan()
        segment = fill.segment or self._default_segment
        started_at = fill.started_at if action is FillAction.RESUMED else ""
        progress = PlanProgress(
            shift.shift_id, started_at or now.isoformat(timespec="milliseconds"), target_from=now
        )
        texted = self._texted(progress) if started_at else {}
        before: Mapping[str, SentContact] = {}
        if action is FillAction.RESTARTED:
            before = self._texted(PlanProgress(shift.shift_id, fill.started_at))
        members = FirstMembers(self._members, most, on_progress)
        audience = self._finder_of(members).find(
            shift, fill.order, segment, now, texted=frozenset(texted), seed=progress.campaign_id
        )
        _check_audience(audience, members, segment)
        texts = {language: preview_of(body) for language, body in fill_texts(shift, self._locales).items()}
        default = self._locales.default.language
        texts = {default: texts[default], **texts}
        wave = decide_wave(
            shift,
            fill,
            progress,
            eligible=len(audience.contacts),
            contacted=texted,
            statistics=self._contacts.statistics(segment),
            segments_per_text=max(text.size.segments for text in texts.values()),
            target=self._target,
            now=now,
            quiet_until=audience.quiet_until,
        )
        sizes = {language: text.size for language, text in texts.items()}
        numbers = [contact.phone_number for contact in audience.contacts]
        languages = self._languages(numbers)
        expected = numbers[: max(min(wave.size, len(numbers)), ceil(wave.expected_texts))]
        asks_waiting_list = not seats_to_fill(shift)
        if asks_waiting_list:
            expected = []
        return FillPreview(
            shift=shift,
            action=action,
            texts=texts,
            segment=segment,
            members=members.examined,
            complete=members.complete,
            eligible=len(numbers),
            skipped={reason.value: len(skipped) for reason, skipped in audience.skipped.items()},
            first_wave=0
            if asks_waiting_list
            else min(max(1, wave.size), MAX_CONTACTS_PER_WAVE, len(numbers)),
            asks_waiting_list=asks_waiting_list,
            wait=wave.wait,
            expected=self._costs(expected, languages, sizes, prices),
            broadcast=self._costs(numbers, languages, sizes, prices),
            others_may_be_approved=self._others_may_be_approved,
            texted_before=sum(number in before for number in numbers),
        )

    def _texted(self, progress: PlanProgress) -> Mapping[str, SentContact]:
        """Returns the contacts that a plan has texted. Those whom a sender skipped may be texted again."""
        contacted = self._contacts.contacted(progress)
        statuses = self._deliveries.statuses(progress.campaign_id, [*contacted])
        return {
            number: contact
            for number, contact in contacted.items()
            if statuses.get(number) not in (None, DeliveryStatus.STOPPED)
        }

    def _languages(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """Returns the language of the text to each employee."""
        employees = self._employees.of(numbers) if numbers else {}
        written = {number: one.language for number, one in employees.items()}
        return {number: self._locales.of(written.get(number, "")).language for number in numbers}

    def _costs(
        self,
        numbers: Sequence[str],
        languages: Mapping[str, str],
        sizes: Mapping[str, TextSize],
        prices: Mapping[str, Price],
    ) -> tuple[CountryCost, ...]:
        recipients: Counter[str] = Counter()
        segments: Counter[str] = Counter()
        for number in numbers:
            country = country_of(number)
            recipients[country] += 1
            segments[country] += sizes[languages[number]].segments
        return costs(recipients, segments, prices)


def _check_audience(audience: Audience, members: FirstMembers, segment: str) -> None:
    if not members.examined:
        raise Refused(f"the segment {segment} has no members; name another one, or import them")
    if not audience.contacts and not audience.may_grow and members.complete:
        reasons = ", ".join(f"{len(numbers)} {reason}" for reason, numbers in audience.skipped.items())
        raise Refused(f"no member of the segment {segment} can be texted: {reasons}")
