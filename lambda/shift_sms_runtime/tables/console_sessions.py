"""The ConsoleSessions table: operators who are signed in to the console.

The key `session_hash` is the SHA-256 of the token in the browser's cookie. So reading the table is not enough to take
over a session.
"""

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.console_sessions.session import Role, Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoConsoleSessions:
    """Implements `ConsoleSessions` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def begin(self, token: str, session: Session) -> None:
        """See `ConsoleSessions.begin`."""
        self._client.put_item(
            TableName=self._table,
            Item=wire(
                {
                    "session_hash": _hash(token),
                    "email": session.email,
                    "role": session.role.value,
                    "csrf_token": session.csrf_token,
                    "expires_at": int(session.expires_at.timestamp()),
                }
            ),
        )

    def find(self, token: str, *, now: datetime) -> Session | None:
        """See `ConsoleSessions.find`. DynamoDB deletes expired items late, so that the time is compared here."""
        response = self._client.get_item(
            TableName=self._table, Key=wire({"session_hash": _hash(token)}), ConsistentRead=True
        )
        if "Item" not in response:
            return None
        row = plain(response["Item"])
        expires_at = datetime.fromtimestamp(int(row["expires_at"]), UTC)
        if expires_at <= now:
            return None
        return Session(row["email"], Role(row["role"]), row["csrf_token"], expires_at)

    def end(self, token: str) -> None:
        """See `ConsoleSessions.end`."""
        self._client.delete_item(TableName=self._table, Key=wire({"session_hash": _hash(token)}))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
