"""What operators do with campaigns. Each change and its audit record are one transaction."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.campaigns.allowed_changes import (
    check_pause,
    check_relaunch,
    check_resume,
    check_stop,
)
from shift_sms_operator.campaigns.audience import MAX_EXAMINED, AudienceCounter
from shift_sms_operator.campaigns.codes import CodeChecker
from shift_sms_operator.campaigns.new_items import (
    check_recipients,
    check_same,
    check_send_at,
    new_item,
    warnings_of,
)
from shift_sms_operator.campaigns.prices import Price
from shift_sms_operator.campaigns.report import make_report
from shift_sms_operator.campaigns.trial import CampaignTrial
from shift_sms_operator.campaigns.views import (
    CampaignOverview,
    CampaignPreview,
    CampaignReport,
    CampaignWarning,
    LaunchOutcome,
)
from shift_sms_operator.pages import DEFAULT_LIMIT, Page, read_page
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_runtime.audit.audit_record import AuditRecord, Subject
from shift_sms_runtime.campaigns.campaign import (
    OPERATOR_ATTRIBUTES,
    RELAUNCH_REMAINING,
    Campaign,
    CampaignComposer,
    CampaignNotSendable,
    CampaignStatus,
    CampaignTexts,
    check_length,
    prepare_message,
    read_campaign,
)
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.tables.audit_trail import audit_put
from shift_sms_runtime.tables.campaigns import DynamoCampaignItems, listing
from shift_sms_runtime.tables.deliveries import DynamoDeliveries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

STOPPED_BY_OPERATOR = "stopped by the operator"

_GOING_ON = (CampaignStatus.LAUNCHING, CampaignStatus.LAUNCHED, CampaignStatus.SCHEDULED)
_MAX_ATTEMPTS = 5
"""How often a stop is tried again because the campaign went on meanwhile."""
_NO_PROGRESS: Callable[[int], None] = lambda _members: None  # noqa: E731 - a default


@dataclass(frozen=True)
class CampaignSettings:
    """The settings of the stack that campaigns depend on."""

    default_segment: str
    messages_per_second: int
    keep_typography: bool
    zone: ZoneInfo
    """The time zone of a `send_at` without an offset."""
    quiet_hours: str
    """When no recipient is texted, such as `21:00-08:00`; empty for never."""
    pinpoint: bool
    """Whether the retired engine sends the campaigns."""


class Campaigns:
    """Previews, launches, stops, relaunches, follows and reports campaigns."""

    def __init__(
        self,
        *,
        items: DynamoCampaignItems,
        audience: AudienceCounter,
        codes: CodeChecker,
        trial: CampaignTrial,
        deliveries: DynamoDeliveries,
        composer: CampaignComposer,
        recorder: AuditRecorder,
        audit_trail: str,
        settings: CampaignSettings,
        clock: Clock,
    ) -> None:
        """Takes what the operations need. `audit_trail` is the name of the table."""
        self._items = items
        self._audience = audience
        self._codes = codes
        self._trial = trial
        self._deliveries = deliveries
        self._composer = composer
        self._recorder = recorder
        self._audit_trail = audit_trail
        self._settings = settings
        self._clock = clock

    def preview(
        self,
        campaign_id: str,
        message: str,
        segment: str | None,
        send_at: str | None = None,
        *,
        prices: Mapping[str, Price],
        most: int = MAX_EXAMINED,
        on_progress: Callable[[int], None] = _NO_PROGRESS,
    ) -> CampaignPreview:
        """Returns what a new campaign would send.

        Args:
            campaign_id: The id.
            message: The message, without the instructions.
            segment: The segment; None for the default one.
            send_at: When it is launched, as an operator wrote it; None for at once.
            prices: The prices by country.
            most: The members to examine.
            on_progress: Called with the members that are examined so far.

        Raises:
            Refused: the campaign cannot be sent, would text no employee, or its time has passed.
        """
        campaign = self._read(self._item(campaign_id, message, segment, send_at))
        check_send_at(campaign.send_at, self._clock(), self._settings.zone)
        preview = self._preview(campaign, prices, most, on_progress, relaunch_of=None)
        check_recipients(preview.audience)
        return preview

    def relaunch_preview(
        self,
        campaign_id: str,
        *,
        prices: Mapping[str, Price],
        most: int = MAX_EXAMINED,
        on_progress: Callable[[int], None] = _NO_PROGRESS,
    ) -> CampaignPreview:
        """Returns what a relaunch would send: to members that were not tried. See `preview`.

        Raises:
            Refused: there is no such campaign, or it cannot be relaunched, or no recipient is left.
        """
        item = self._get(campaign_id)
        check_relaunch(item, self._clock())
        preview = self._preview(self._read(item), prices, most, on_progress, relaunch_of=campaign_id)
        audience = preview.audience
        if audience is not None and audience.complete and not audience.recipients:
            raise Refused(
                f"the campaign {campaign_id} has no recipient left: {audience.tried_before} were tried,"
                f" {audience.opted_out} have opted out; add members to the segment {audience.segment} first"
            )
        waiting = CampaignOverview.of(item).waiting
        if not waiting:
            return preview
        warning = CampaignWarning(
            campaign_id,
            f"{waiting} recipients of the earlier launch are waiting; if a stop skips some of them at this moment,"
            " relaunch once more when campaigns show counts none as waiting",
        )
        return replace(preview, warnings=(*preview.warnings, warning))

    def send_test(self, preview: CampaignPreview, to: str) -> DeliveryStatus:
        """Sends the text of a previewed campaign to one number. See `CampaignTrial.send`."""
        return self._trial.send(preview.campaign_id, preview.texts, to)

    def launch(
        self, campaign_id: str, message: str, segment: str | None, send_at: str | None = None
    ) -> LaunchOutcome:
        """Puts the item of a campaign, which launches it, now or at its `send_at`.

        Raises:
            Refused: the campaign cannot be sent, its time has passed, or there is another one with this id.
        """
        item = self._item(campaign_id, message, segment, send_at)
        campaign, now = self._read(item), self._clock()
        self._compose(campaign)
        if campaign.send_at is not None and campaign.send_at <= now:
            # The same launch again is no mistake, however late it is.
            if not self.check_new(campaign_id, message, segment, send_at):
                return LaunchOutcome.ALREADY_THERE
            check_send_at(campaign.send_at, now, self._settings.zone)
        action = "launched" if campaign.send_at is None else "scheduled"
        record = self._record(campaign_id, action, {}, item)
        found = self._items.put_new({**item, **listing(now)}, also=self._also(record))
        if found is None:
            return LaunchOutcome.LAUNCHED
        check_same(found, item)
        return LaunchOutcome.ALREADY_THERE

    def check_new(
        self, campaign_id: str, message: str, segment: str | None, send_at: str | None = None
    ) -> bool:
        """Returns whether there is no campaign with this id yet.

        Raises:
            Refused: there is one with other words, or with another time.
        """
        item = self._item(campaign_id, message, segment, send_at)
        found = self._items.get(campaign_id)
        if found is None:
            return True
        check_same(found, item)
        return False

    def stop(self, campaign_id: str) -> CampaignOverview:
        """Stops a campaign: texts that no sender has begun are not sent.

        Returns:
            The progress before. One that is stopped already is left as it is, with its reason.

        Raises:
            Refused: there is no such campaign, or stopping it would do nothing.
        """
        for _ in range(_MAX_ATTEMPTS):
            item = self._get(campaign_id)
            progress = CampaignOverview.of(item)
            if progress.status is CampaignStatus.STOPPED:
                return progress
            check_stop(progress)
            after = {"campaign_status": CampaignStatus.STOPPED.value, "campaign_error": STOPPED_BY_OPERATOR}
            record = self._record(campaign_id, "stopped", _status_of(item), after)
            if self._items.write_status(
                item, CampaignStatus.STOPPED, reason=STOPPED_BY_OPERATOR, also=self._also(record)
            ):
                return progress
        raise _changed(campaign_id)

    def pause(self, campaign_id: str) -> CampaignOverview:
        """Pauses a campaign: texts that no sender has begun wait until it is resumed.

        Returns:
            The progress before. One that is paused already is left as it is.

        Raises:
            Refused: there is no such campaign, or it has ended.
        """
        unless = (CampaignStatus.PAUSED,)
        return self._turn(campaign_id, CampaignStatus.PAUSED, "paused", check_pause, unless=unless)

    def resume(self, campaign_id: str) -> CampaignOverview:
        """Resumes a paused campaign. One that was paused before its `send_at` is scheduled again.

        Returns:
            The progress before. One that goes on already is left as it is.

        Raises:
            Refused: there is no such campaign, it is not launched yet, or it has ended.
        """
        return self._turn(campaign_id, CampaignStatus.LAUNCHING, "resumed", check_resume, unless=_GOING_ON)

    def _turn(
        self,
        campaign_id: str,
        status: CampaignStatus,
        action: str,
        check: Callable[[CampaignOverview], None],
        *,
        unless: Collection[CampaignStatus],
    ) -> CampaignOverview:
        """Writes a status unless the campaign has one of some others. Tries again if the campaign goes on meanwhile."""
        for _ in range(_MAX_ATTEMPTS):
            item = self._get(campaign_id)
            progress = CampaignOverview.of(item)
            if progress.status in unless:
                return progress
            check(progress)
            record = self._record(campaign_id, action, _status_of(item), {"campaign_status": status.value})
            if self._items.write_status(item, status, also=self._also(record)):
                return progress
        raise _changed(campaign_id)

    def stop_preview(self, campaign_id: str) -> CampaignOverview:
        """Returns the progress of a campaign that can be stopped, or is stopped already.

        Raises:
            Refused: there is no such campaign, or stopping it would do nothing.
        """
        progress = self.overview(campaign_id)
        if progress.status is not CampaignStatus.STOPPED:
            check_stop(progress)
        return progress

    def relaunch(self, campaign_id: str) -> None:
        """Launches a campaign again for the members that were not tried. The others are not texted again.

        Raises:
            Refused: there is no such campaign, or it cannot be relaunched.
            ChangedByAnother: the campaign has changed meanwhile.
        """
        item = self._get(campaign_id)
        check_relaunch(item, self._clock())
        words = {name: item[name] for name in ("campaign_id", *OPERATOR_ATTRIBUTES) if name in item}
        requested = {"relaunch": RELAUNCH_REMAINING, "campaign_status": CampaignStatus.REQUESTED.value}
        self._compose(self._read({**words, **requested}))
        record = self._record(campaign_id, "relaunched", _status_of(item), requested)
        put = {**words, **requested, **listing(self._clock())}
        if not self._items.replace(put, seen=item, also=self._also(record)):
            raise _changed(campaign_id)

    def show(self, campaign_id: str) -> Mapping[str, Any]:
        """Returns the item of a campaign. Raises Refused if there is none."""
        return self._get(campaign_id)

    def overview(self, campaign_id: str) -> CampaignOverview:
        """Returns how far a campaign is. Raises Refused if there is none."""
        return CampaignOverview.of(self._get(campaign_id))

    def page(self, *, limit: int = DEFAULT_LIMIT, after: str | None = None) -> Page[Mapping[str, Any]]:
        """Returns the items of campaigns, the newest launch first. A page reads at most `limit` of them.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        return read_page(lambda: self._items.page(limit=limit, after=after))

    def report(
        self,
        campaign_id: str,
        *,
        prices: Mapping[str, Price],
        most: int | None = None,
        on_progress: Callable[[int], None] = _NO_PROGRESS,
    ) -> CampaignReport:
        """Returns the report of a campaign, from its item and its rows in Deliveries, which are read in pages.

        Args:
            campaign_id: The id.
            prices: The prices by country.
            most: The most rows to read. By default all are read.
            on_progress: Called with the rows that are read so far.

        Raises:
            Refused: there is no such campaign.
        """
        item = self._get(campaign_id)

        def rows() -> Iterator[Mapping[str, Any]]:
            for count, row in enumerate(self._deliveries.rows_of(campaign_id, most), start=1):
                yield row
                on_progress(count)

        return make_report(item, rows(), prices, most=most)

    def _get(self, campaign_id: str) -> Mapping[str, Any]:
        item = self._items.get(campaign_id)
        if item is None:
            raise Refused(f"there is no campaign {campaign_id}; list them with campaigns list")
        return item

    def _item(
        self, campaign_id: str, message: str, segment: str | None, send_at: str | None
    ) -> dict[str, str]:
        return new_item(campaign_id, message, segment, send_at, self._settings.zone)

    def _read(self, item: Mapping[str, Any]) -> Campaign:
        try:
            return read_campaign(
                item, default_segment=self._settings.default_segment, zone=self._settings.zone
            )
        except CampaignNotSendable as error:
            raise Refused(str(error)) from None

    def _compose(self, campaign: Campaign) -> CampaignTexts:
        if self._settings.pinpoint and campaign.send_at is not None:
            raise Refused("the Pinpoint engine cannot schedule campaigns: leave send_at out")
        try:
            if not self._settings.pinpoint:
                return self._composer.compose(campaign.message)
            body = prepare_message(campaign.message, keep_typography=self._settings.keep_typography)
            language = self._composer.locales.default.language
            return CampaignTexts({language: check_length(body)}, language)
        except CampaignNotSendable as error:
            raise Refused(str(error)) from None

    def _preview(
        self,
        campaign: Campaign,
        prices: Mapping[str, Price],
        most: int,
        on_progress: Callable[[int], None],
        *,
        relaunch_of: str | None,
    ) -> CampaignPreview:
        texts, now = self._compose(campaign), self._clock()
        send_at = campaign.send_at if campaign.send_at is not None and campaign.send_at > now else None
        audience = None
        if not self._settings.pinpoint:
            audience = self._audience.count(
                campaign.segment,
                texts,
                prices,
                at=send_at or now,
                relaunch_of=relaunch_of,
                most=most,
                on_progress=on_progress,
            )
        return CampaignPreview(
            campaign_id=campaign.campaign_id,
            message=campaign.message,
            texts=texts,
            warnings=(
                *self._codes.check(campaign.message, now=now),
                *warnings_of(texts, audience, self._settings.quiet_hours),
            ),
            audience=audience,
            messages_per_second=self._settings.messages_per_second,
            send_at=None if send_at is None else send_at.astimezone(self._settings.zone),
        )

    def _record(
        self, campaign_id: str, action: str, before: Mapping[str, object], after: Mapping[str, object]
    ) -> AuditRecord:
        return self._recorder.record(Subject.CAMPAIGN.of(campaign_id), action, before=before, after=after)

    def _also(self, record: AuditRecord) -> "list[TransactWriteItemTypeDef]":
        return [{"Put": audit_put(self._audit_trail, record)}]


def _status_of(item: Mapping[str, Any]) -> dict[str, object]:
    return {name: item[name] for name in ("campaign_status", "campaign_error", "relaunch") if name in item}


def _changed(campaign_id: str) -> ChangedByAnother:
    return ChangedByAnother(
        f"the campaign {campaign_id} has changed in this moment; look at it and try again"
    )
