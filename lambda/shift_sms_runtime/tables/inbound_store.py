"""Reads and writes everything that an inbound text concerns: one batch read and one transaction."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, moment, plain, read_batch, transact, update, wire
from shift_sms_runtime.employees.employee import BY_THE_SERVICE
from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord, ListingPlace
from shift_sms_runtime.inbound.reply import Effect
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import read_shift
from shift_sms_runtime.tables.conversations import ConversationEntries, decided_update, listing_update
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
        conversations: str,
        shifts: str,
        agendas: str,
        zone: ZoneInfo,
    ) -> None:
        """``zone`` is where shifts are that name none."""
        self._client = client
        self._employees = employees
        self._conversations = conversations
        self._shifts = shifts
        self._agendas = agendas
        self._zone = zone

    def look_up(self, question: InboundQuery) -> InboundRecord:
        """See ``FrontDesk.look_up``."""
        sender = question.sender
        entries = ConversationEntries(sender, question.message_id, question.answers_to, question.now)
        found = read_batch(
            self._client,
            {
                self._employees: [{"phone_number": sender}],
                self._agendas: [agenda_key(sender)],
                self._conversations: entries.keys,
                **(
                    {self._shifts: [shift_key(one) for one in question.shift_ids]}
                    if question.shift_ids
                    else {}
                ),
            },
        )
        entries.fill(found.get(self._conversations, []))
        employee = next(iter(found.get(self._employees, [])), {})
        shifts = (read_shift(one, default_zone=self._zone) for one in found.get(self._shifts, []))
        return InboundRecord(
            # A row that only records a STOP makes nobody an employee.
            on_roster=bool(employee) and not employee.get("only_opt_out"),
            opted_out=bool(employee.get("opted_out")),
            opted_out_by=employee.get("opt_changed_by"),
            language=str(employee.get("language") or ""),
            roles=_roles(employee),
            campaign_id=entries.campaign_id,
            answer=entries.reply_status,
            decided=entries.decided,
            listing=entries.listing,
            recent=entries.recent,
            offered=entries.offered,
            agenda=read_agenda(next(iter(found.get(self._agendas, [])), None)),
            shifts={shift.shift_id: shift for shift in shifts},
        )

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        """See ``FrontDesk.remember_listing``."""
        update(self._client, listing_update(self._conversations, sender, place, now=now))

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


def _roles(employee: Mapping[str, Any]) -> frozenset[str]:
    """As operators write them: a list, a set, or words with commas between them."""
    roles = employee.get("roles") or employee.get("role")
    listed = roles.split(",") if isinstance(roles, str) else roles
    if not isinstance(listed, list | set):
        return frozenset()
    return frozenset(str(role).strip().casefold() for role in listed) - {""}


class DynamoShiftBook:
    """See ``ShiftBook``."""

    def __init__(
        self, client: "DynamoDBClient", *, shifts: str, agendas: str, conversations: str, zone: ZoneInfo
    ) -> None:
        """``zone`` is where shifts are that name none."""
        self._client = client
        self._shifts = shifts
        self._agendas = agendas
        self._conversations = conversations
        self._zone = zone

    def write(self, effect: Effect) -> None:
        """See ``ShiftBook.write``."""
        actions: list[TransactWriteItemTypeDef] = [
            {
                "Update": decided_update(
                    self._conversations, effect.person, effect.message_id, effect.decided, now=effect.now
                )
            }
        ]
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
