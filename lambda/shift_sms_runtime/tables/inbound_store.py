"""Reads and writes everything that an inbound text concerns: one batch read and one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact, wire
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord, ListingPlace
from shift_sms_runtime.inbound.reply import Effect, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, notice_row, texts_row
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking import BookingStatus
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.conversations import inbox_expiry, inbox_key, last_campaign_key, offered_key
from shift_sms_runtime.tables.employee_bookings import (
    employee_bookings_key,
    read_employee_bookings,
    replace_employee_bookings,
)
from shift_sms_runtime.tables.employees import employee_key, read_employee
from shift_sms_runtime.tables.shifts import save_shift, shift_key

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
        shift_reader: ShiftReader,
    ) -> None:
        self._client = client
        self._employees = employees
        self._inbox = inbox
        self._shifts = shifts
        self._agendas = agendas
        self._reader = shift_reader

    def look_up(self, question: InboundQuery) -> InboundRecord:
        """See ``FrontDesk.look_up``."""
        sender, texts, notice = question.sender, *_rows_of_hour(question)
        offered = offered_key(question.answers_to) if question.answers_to else None
        found = read_batch(
            self._client,
            {
                self._employees: [employee_key(sender)],
                self._agendas: [employee_bookings_key(sender)],
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
        rows = found.get(self._employees)
        employee = read_employee(rows[0]) if rows else Employee(sender, on_roster=False)
        shifts = map(self._reader.read, found.get(self._shifts, []))
        return InboundRecord(
            employee,
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
            agenda=read_employee_bookings(next(iter(found.get(self._agendas, [])), None)),
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

    def write(self, effect: Effect) -> None:
        """See ``FrontDesk.write``."""
        actions: list[TransactWriteItemTypeDef] = [self._write_decided(effect)]
        actions += [{"Update": save_shift(self._shifts, shift)} for shift in effect.changed]
        if effect.after != effect.before:
            actions.append(
                {
                    "Update": replace_employee_bookings(
                        self._agendas,
                        effect.person,
                        before=effect.before,
                        after=effect.after,
                        now=effect.now,
                    )
                }
            )
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def _write_decided(self, effect: Effect) -> "TransactWriteItemTypeDef":
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


def _listing_key(sender: str) -> dict[str, str]:
    return inbox_key(f"listing#{sender}")
