"""How the Employees table says to text somebody."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shift_sms_runtime.adapters.dynamodb import read_batch
from shift_sms_runtime.domain.front_desk import Contact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoContacts:
    """See ``Contacts``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, numbers: Sequence[str]) -> Mapping[str, Contact]:
        """See ``Contacts.of``."""
        keys = [{"phone_number": number} for number in dict.fromkeys(numbers)]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, [])
        return {
            str(row["phone_number"]): Contact(
                str(row.get("language") or ""), bool(row.get("opted_out")), not row.get("only_opt_out")
            )
            for row in rows
        }
