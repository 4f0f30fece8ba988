"""What is known about a sender and a text: Employees and Inbox in one batch read."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.adapters.dynamodb import plain, wire
from shift_sms_runtime.adapters.inbox import inbox_expiry, inbox_key
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.front_desk import Arrival, ListingPlace

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READS = 3


class UnprocessedReads(Exception):
    """DynamoDB was throttled and left keys unread, several times over."""


class DynamoFrontDesk:
    """Reads consistently: a booking's answer must be seen by the next delivery of the same text."""

    def __init__(self, client: "DynamoDBClient", *, employees: str, inbox: str) -> None:
        self._client = client
        self._employees = employees
        self._inbox = inbox

    def look_up(self, message_id: str, sender: str) -> Arrival:
        """See ``FrontDesk.look_up``."""
        found = self._read(
            {
                self._employees: [{"phone_number": sender}],
                self._inbox: [inbox_key(message_id), _listing_key(sender)],
            }
        )
        inbox = {str(row["inbound_message_id"]): row for row in found.get(self._inbox, [])}
        answer = inbox.get(message_id, {}).get("status")
        listing = inbox.get(_listing_key(sender)["inbound_message_id"])
        return Arrival(
            on_roster=bool(found.get(self._employees)),
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

    def _read(self, keys: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, Any]]]:
        request: Any = {
            table: {"Keys": [wire(key) for key in table_keys], "ConsistentRead": True}
            for table, table_keys in keys.items()
        }
        found: dict[str, list[dict[str, Any]]] = {}
        for _ in range(_READS):
            response = self._client.batch_get_item(RequestItems=request)
            for table, items in response["Responses"].items():
                found.setdefault(table, []).extend(plain(item) for item in items)
            request = response.get("UnprocessedKeys")
            if not request:
                return found
        raise UnprocessedReads


def _listing_key(sender: str) -> dict[str, str]:
    return inbox_key(f"listing#{sender}")
