"""Reads and writes everything that an inbound text concerns: one batch read and one transaction."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, moment, plain, read_batch, transact, wire
from shift_sms_runtime.employees.employee import BY_THE_SERVICE
from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord, ListingPlace
from shift_sms_runtime.inbound.reply import Effect, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, notice_row, texts_row
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking import BookingStatus
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import read_shift
from shift_sms_runtime.tables.conversations import inbox_expiry, inbox_key, last_campaign_key, offered_key
from shift_sms_runtime.tables.employee_bookings import agenda_key, agenda_write, read_agenda
from shift_sms_runtime.tables.shifts import _SHIFTS_ON_A_PAGE, BY_STATUS, shift_key, shift_write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoInboundStore:
    """Reads consistently: what one text has changed must be seen by the next one, and by its own next delivery."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employees: str,
        inbox: str,
        shifts: str,
        agendas: str,
        zone: ZoneInfo,
    ) -> None:
        """``zone`` is where shifts are that name none."""
        self._client = client
        self._employees = employees
        self._inbox = inbox
        self._shifts = shifts
        self._agendas = agendas
        self._zone = zone

    def look_up(self, question: InboundQuery) -> InboundRecord:
        """See ``FrontDesk.look_up``."""
        sender, texts, notice = question.sender, *_rows_of_hour(question)
        offered = offered_key(question.answers_to) if question.answers_to else None
        found = read_batch(
            self._client,
            {
                self._employees: [{"phone_number": sender}],
                self._agendas: [agenda_key(sender)],
                self._inbox: [
                    inbox_key(question.message_id),
                    _listing_key(sender),
                    last_campaign_key(sender),
                    texts,
                    notice,
                    *([offered] if offered else []),
                ],
                **(
                    {self._shifts: [shift_key(one) for one in question.shift_ids]}
                    if question.shift_ids
                    else {}
                ),
            },
        )
        inbox = {str(row["inbound_message_id"]): row for row in found.get(self._inbox, [])}

        def row(key: Mapping[str, str] | None) -> Mapping[str, Any]:
            return inbox.get(key["inbound_message_id"], {}) if key else {}

        text, listing = row(inbox_key(question.message_id)), row(_listing_key(sender))
        employee = next(iter(found.get(self._employees, [])), {})
        shifts = (read_shift(one, default_zone=self._zone) for one in found.get(self._shifts, []))
        return InboundRecord(
            # A row that only records a STOP makes nobody an employee.
            on_roster=bool(employee) and not employee.get("only_opt_out"),
            opted_out=bool(employee.get("opted_out")),
            opted_out_by=employee.get("opt_changed_by"),
            language=str(employee.get("language") or ""),
            roles=_roles(employee),
            campaign_id=row(last_campaign_key(sender)).get("campaign_id"),
            answer=DeliveryStatus(text["status"]) if "status" in text else None,
            decided=_decided(text),
            listing=ListingPlace(listing["listed_for"], listing.get("page_after"), listing.get("next_after"))
            if listing
            else None,
            recent=RecentTexts(
                int(row(texts).get("texts", 0)),
                row(texts).get("last_text", ""),
                int(row(texts).get("repeats", 0)),
                # A notice that could not be sent yet is tried again with the next text.
                told=row(notice).get("status") not in (None, DeliveryStatus.QUEUED),
            ),
            offered=row(offered).get("shift_id"),
            agenda=read_agenda(next(iter(found.get(self._agendas, [])), None)),
            shifts={shift.shift_id: shift for shift in shifts},
        )

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        """See ``FrontDesk.remember_listing``."""
        self._client.update_item(
            TableName=self._inbox,
            Key=wire(_listing_key(sender)),
            UpdateExpression="SET listed_for = :for, page_after = :page, next_after = :next, expires_at = :expires_at",
            ExpressionAttributeValues=wire(
                {
                    ":for": place.message_id,
                    ":page": place.page_after,
                    ":next": place.next_after,
                    ":expires_at": inbox_expiry(now),
                }
            ),
        )

    def opt_out(self, sender: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        """See ``FrontDesk.opt_out``."""
        # Who was deleted meanwhile must not come back as an employee.
        change = "opted_out = :true, opt_changed_by = :message_id"
        # What the service has noted becomes the person's own word.
        news = "(NOT opted_out = :true OR opt_changed_by IN (:message_id, :service))"
        if on_roster:
            news += " AND attribute_exists(phone_number)"
        else:
            change += ", only_opt_out = :true"
        values = {":true": True, ":message_id": message_id, ":service": BY_THE_SERVICE}
        if self._opt(sender, change, news, values, at):
            return True
        # Said again: an earlier START that is still on its way is overtaken by this, too.
        self._opt(sender, "", "opted_out = :true", {":true": True}, at)
        return False

    def opt_in(self, sender: str, message_id: str, *, at: datetime) -> bool:
        """See ``FrontDesk.opt_in``."""
        values = {":false": False, ":message_id": message_id}
        change = "opted_out = :false, opt_changed_by = :message_id"
        return self._opt(sender, change, "attribute_exists(phone_number)", values, at)

    def let_through(self, sender: str, message_id: str, *, at: datetime) -> None:
        """See ``FrontDesk.let_through``."""
        values = {":false": False, ":message_id": message_id, ":service": BY_THE_SERVICE}
        change = "opted_out = :false, opt_changed_by = :message_id"
        self._opt(sender, change, "opt_changed_by = :service", values, at)

    def _opt(
        self, sender: str, change: str, condition: str, values: Mapping[str, object], at: datetime
    ) -> bool:
        """Change what a number wants, unless a later text has said otherwise."""
        try:
            self._client.update_item(
                TableName=self._employees,
                Key=wire({"phone_number": sender}),
                UpdateExpression="SET opt_changed_at = :at" + (f", {change}" if change else ""),
                ConditionExpression=f"{condition} AND (attribute_not_exists(opt_changed_at) OR opt_changed_at <= :at)",
                ExpressionAttributeValues=wire({":at": moment(at), **values}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _rows_of_hour(question: InboundQuery) -> tuple[dict[str, str], dict[str, str]]:
    return (
        inbox_key(texts_row(question.sender, question.now)),
        inbox_key(notice_row(question.sender, question.now)),
    )


def _decided(text: Mapping[str, Any]) -> Reply | None:
    decided = text.get("decided")
    if decided is None:
        return None
    standings = {code: BookingStatus(standing) for code, standing in decided.get("standings", {}).items()}
    return Reply(
        decided["answer"],
        int(decided["bookings"]),
        decided.get("offers"),
        standings,
        tuple(decided.get("given_back", ())),
        decided.get("campaign_id"),
        has_effect=True,
    )


def _roles(employee: Mapping[str, Any]) -> frozenset[str]:
    """As operators write them: a list, a set, or words with commas between them."""
    roles = employee.get("roles") or employee.get("role")
    listed = roles.split(",") if isinstance(roles, str) else roles
    if not isinstance(listed, list | set):
        return frozenset()
    return frozenset(str(role).strip().casefold() for role in listed) - {""}


def _listing_key(sender: str) -> dict[str, str]:
    return inbox_key(f"listing#{sender}")


class DynamoShiftBook:
    """See ``ShiftBook``."""

    def __init__(
        self, client: "DynamoDBClient", *, shifts: str, agendas: str, inbox: str, zone: ZoneInfo
    ) -> None:
        """``zone`` is where shifts are that name none."""
        self._client = client
        self._shifts = shifts
        self._agendas = agendas
        self._inbox = inbox
        self._zone = zone

    def write(self, effect: Effect) -> None:
        """See ``ShiftBook.write``."""
        actions: list[TransactWriteItemTypeDef] = [self._decided(effect)]
        actions += [{"Update": shift_write(self._shifts, shift)} for shift in effect.changed]
        if effect.after != effect.before:
            actions.append(
                agenda_write(
                    self._agendas, effect.person, before=effect.before, after=effect.after, now=effect.now
                )
            )
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """See ``ShiftBook.available``."""
        few = {"PageSize": _SHIFTS_ON_A_PAGE}
        for item in self._by_status(ShiftStatus.AVAILABLE, after=after, PaginationConfig=few):
            yield read_shift(plain(item), default_zone=self._zone)

    def ids(self) -> Iterator[str]:
        """See ``ShiftBook.ids``."""
        for status in (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN):
            # As many on a page as fit.
            for item in self._by_status(status, ProjectionExpression="shift_id"):
                yield item["shift_id"]["S"]

    def _decided(self, effect: Effect) -> "TransactWriteItemTypeDef":
        decided = {
            "answer": effect.decided.answer,
            "bookings": effect.decided.bookings,
            "standings": {code: standing.value for code, standing in effect.decided.standings.items()},
            "given_back": list(effect.decided.given_back),
            **({"campaign_id": effect.decided.campaign_id} if effect.decided.campaign_id else {}),
            **({"offers": effect.decided.offers} if effect.decided.offers else {}),
        }
        return {
            "Update": {
                "TableName": self._inbox,
                "Key": wire(inbox_key(effect.message_id)),
                "UpdateExpression": "SET decided = :decided, expires_at = if_not_exists(expires_at, :expires_at)",
                # Nor may another delivery of the text be telling that nothing has changed.
                "ConditionExpression": "attribute_not_exists(decided)"
                " AND (attribute_not_exists(#status) OR #status = :queued)",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": wire(
                    {
                        ":decided": decided,
                        ":queued": DeliveryStatus.QUEUED.value,
                        ":expires_at": inbox_expiry(effect.now),
                    }
                ),
            }
        }

    def _by_status(
        self, status: str, *, after: str | None = None, **further: Any
    ) -> Iterator[Mapping[str, Any]]:
        condition = "shift_status = :status" + ("" if after is None else " AND shift_id > :after")
        values = {":status": status} | ({} if after is None else {":after": after})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._shifts,
            IndexName=BY_STATUS,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=wire(values),
            **further,
        )
        for page in pages:
            yield from page["Items"]
