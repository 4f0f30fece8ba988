"""What is known about a sender and a text: Employees and Inbox in one batch read."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from shift_sms_runtime.adapters.dynamodb import moment, read_batch, wire
from shift_sms_runtime.adapters.inbox import inbox_expiry, inbox_key, last_campaign_key
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.front_desk import Arrival, ListingPlace

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoFrontDesk:
    """Reads consistently: a booking's answer must be seen by the next delivery of the same text."""

    def __init__(self, client: "DynamoDBClient", *, employees: str, inbox: str) -> None:
        self._client = client
        self._employees = employees
        self._inbox = inbox

    def look_up(self, message_id: str, sender: str) -> Arrival:
        """See ``FrontDesk.look_up``."""
        found = read_batch(
            self._client,
            {
                self._employees: [{"phone_number": sender}],
                self._inbox: [inbox_key(message_id), _listing_key(sender), last_campaign_key(sender)],
            },
        )
        inbox = {str(row["inbound_message_id"]): row for row in found.get(self._inbox, [])}
        answer = inbox.get(message_id, {}).get("status")
        listing = inbox.get(_listing_key(sender)["inbound_message_id"])
        employee = next(iter(found.get(self._employees, [])), {})
        return Arrival(
            # A row that only records a STOP makes nobody an employee.
            on_roster=bool(employee) and not employee.get("only_opt_out"),
            opted_out=bool(employee.get("opted_out")),
            opted_out_by=employee.get("opt_changed_by"),
            campaign_id=inbox.get(last_campaign_key(sender)["inbound_message_id"], {}).get("campaign_id"),
            answer=None if answer is None else DeliveryStatus(answer),
            listing=None
            if listing is None
            else ListingPlace(listing["listed_for"], listing.get("page_after"), listing.get("next_after")),
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
        news = "(NOT opted_out = :true OR opt_changed_by = :message_id)"
        if on_roster:
            news += " AND attribute_exists(phone_number)"
        else:
            change += ", only_opt_out = :true"
        if self._opt(sender, change, news, {":true": True, ":message_id": message_id}, at):
            return True
        # Said again: an earlier START that is still on its way is overtaken by this, too.
        self._opt(sender, "", "opted_out = :true", {":true": True}, at)
        return False

    def opt_in(self, sender: str, message_id: str, *, at: datetime) -> bool:
        """See ``FrontDesk.opt_in``."""
        values = {":false": False, ":message_id": message_id}
        change = "opted_out = :false, opt_changed_by = :message_id"
        return self._opt(sender, change, "attribute_exists(phone_number)", values, at)

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


def _listing_key(sender: str) -> dict[str, str]:
    return inbox_key(f"listing#{sender}")
