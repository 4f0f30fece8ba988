"""Claims and settles sends with conditional writes; what else a row's change brings with it is written in one step.

The rows are those of Deliveries (``deliveries.py``) and, for answers, of the Inbox (``inbox.py``).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, transact, update, wire
from shift_sms_runtime.messaging.ledger import SendClaim, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

Key = TypeVar("Key")
Key_contra = TypeVar("Key_contra", contravariant=True)

_CLAIM = (
    "SET #status = :sending, claim_token = :token, lease_until = :lease_until,"
    " expires_at = if_not_exists(expires_at, :expires_at)"
)
_CLAIMABLE = "attribute_not_exists(#status) OR #status = :queued"


class LedgerRows(Protocol[Key_contra]):
    """The rows of one ledger: where they are, and what is written beside their changes."""

    table: str
    kept: timedelta

    def key(self, key: Key_contra) -> Mapping[str, str]:
        """The key attributes of a row."""

    def claimable(self, key: Key_contra) -> str:
        """What else must hold for a row to be claimed; empty for nothing."""

    def with_claim(self, key: Key_contra, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:
        """What else is written when a row is claimed."""

    def facts(self, key: Key_contra, change: StatusChange) -> Mapping[str, object]:
        """Further attributes of a row that is settled."""

    def with_change(self, key: Key_contra, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
        """What else is written when a row is settled."""


class DynamoSendLedger(Generic[Key]):
    """See ``SendLedger``."""

    def __init__(self, client: "DynamoDBClient", rows: LedgerRows[Key]) -> None:
        self._client = client
        self._rows = rows

    def claim(
        self, key: Key, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        """See ``SendLedger.claim``."""
        further = self._rows.claimable(key)
        refused = self._write(
            key,
            _CLAIM,
            f"({_CLAIMABLE}) AND {further}" if further else _CLAIMABLE,
            {
                ":sending": DeliveryStatus.SENDING.value,
                ":queued": DeliveryStatus.QUEUED.value,
                ":token": token,
                ":lease_until": int(lease_until.timestamp()),
                ":expires_at": int((now + self._rows.kept).timestamp()),
            },
            beside=self._rows.with_claim(key, now=now),
        )
        if refused is None:
            return SendClaim.GRANTED
        status = DeliveryStatus(str(refused.get("status", DeliveryStatus.QUEUED)))
        if status is DeliveryStatus.QUEUED:
            return SendClaim.BUSY
        if status is not DeliveryStatus.SENDING:
            return status
        if refused.get("claim_token") == token:
            return SendClaim.GRANTED
        return SendClaim.BUSY if refused["lease_until"] > now.timestamp() else SendClaim.ABANDONED

    def settle(
        self,
        key: Key,
        status: DeliveryStatus,
        *,
        token: str,
        now: datetime,
        reason: str = "",
        sms_message_id: str = "",
    ) -> None:
        """See ``SendLedger.settle``."""
        settled_at = now.isoformat() if status.final else ""
        told = {"reason": reason, "sms_message_id": sms_message_id, "settled_at": settled_at}
        mine = {":token": token}
        change = StatusChange(DeliveryStatus.SENDING, status, now, sms_message_id)
        refused = self._move(key, change, told, "claim_token = :token", mine)
        # Somebody thought this sender dead; it knows better. What a delivery event said stands.
        thought_dead = StatusChange(DeliveryStatus.UNKNOWN, status, now, sms_message_id)
        if refused is not None and refused.get("status") == DeliveryStatus.UNKNOWN and status.final:
            self._move(key, thought_dead, told, "claim_token = :token", mine)

    def give_up(self, key: Key, *, now: datetime) -> bool:
        """See ``SendLedger.give_up``."""
        change = StatusChange(DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN, now)
        told = {"reason": "interrupted", "settled_at": now.isoformat()}
        refused = self._move(key, change, told, "lease_until <= :now", {":now": int(now.timestamp())})
        return refused is None or refused.get("status") != DeliveryStatus.SENDING

    def _move(
        self,
        key: Key,
        change: StatusChange,
        told: Mapping[str, str],
        condition: str,
        values: Mapping[str, object],
    ) -> Mapping[str, Any] | None:
        """Change a row from one status to another; returns the row if it was not as the change says."""
        facts = {name: value for name, value in told.items() if value} | dict(self._rows.facts(key, change))
        sets = ", ".join(["#status = :after", *(f"#{name} = :{name}" for name in facts)])
        # The token stays: whoever was thought dead knows its claim by it.
        removed = ["lease_until"] if "reason" in facts else ["lease_until", "reason"]
        return self._write(
            key,
            f"SET {sets} REMOVE {', '.join(removed)}",
            f"#status = :before AND {condition}",
            {
                ":before": change.before.value,
                ":after": change.after.value,
                **{f":{name}": value for name, value in facts.items()},
                **values,
            },
            beside=self._rows.with_change(key, change),
            # Some of the names are words of DynamoDB's own.
            names={f"#{name}": name for name in facts},
        )

    def _write(
        self,
        key: Key,
        expression: str,
        condition: str,
        values: Mapping[str, object],
        *,
        beside: Sequence["TransactWriteItemTypeDef"],
        names: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any] | None:
        """Write a row under its condition, and what goes with it; returns the row if the condition failed."""
        action: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._rows.table,
                "Key": wire(self._rows.key(key)),
                "UpdateExpression": expression,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#status": "status", **(names or {})},
                "ExpressionAttributeValues": wire(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }
        try:
            if beside:
                transact(self._client, [action, *beside])
            else:
                update(self._client, action["Update"])
        except ConditionsFailed as failed:
            refusal = failed.refusals[0]
            return (refusal.row if refusal else None) or {}
        return None
