"""The Shifts table."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.adapters.dynamodb import execute_batch, plain, statement, wire
from shift_sms_runtime.domain.shifts import AVAILABLE, TAKEN, Claim, ClaimOutcome, Shift, outcome_of_refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BatchStatementResponseTypeDef

BY_STATUS = "by-status"


class DynamoShiftBook:
    """Claims are conditional writes; of any number of claimants one gets the shift."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._claim = (
            f'UPDATE "{table}" SET shift_status=? SET employee=? SET claim_message_id=? SET claimed_at=?'  # noqa: S608 - values are parameters
            " WHERE shift_id=? AND shift_status=? RETURNING ALL NEW *"
        )

    def claim(self, codes: Sequence[str], *, employee: str, message_id: str, now: datetime) -> list[Claim]:
        """See ``ShiftBook.claim``."""
        claimed = [TAKEN, employee, message_id, now.isoformat()]
        responses = execute_batch(
            self._client, [statement(self._claim, [*claimed, code, AVAILABLE]) for code in codes]
        )
        return [
            _claim(code, response, employee, message_id)
            for code, response in zip(codes, responses, strict=True)
        ]

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """See ``ShiftBook.available``."""
        return map(_shift, self._by_status(AVAILABLE, after=after))

    def ids(self) -> Iterator[str]:
        """See ``ShiftBook.ids``."""
        for status in (AVAILABLE, TAKEN):
            for item in self._by_status(status):
                yield item["shift_id"]["S"]

    def _by_status(self, status: str, *, after: str | None = None) -> Iterator[Mapping[str, Any]]:
        condition = "shift_status = :status" + ("" if after is None else " AND shift_id > :after")
        values = {":status": status} | ({} if after is None else {":after": after})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_STATUS,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=wire(values),
            PaginationConfig={"PageSize": 100},
        )
        for page in pages:
            yield from page["Items"]


def _claim(code: str, response: "BatchStatementResponseTypeDef", employee: str, message_id: str) -> Claim:
    error = response.get("Error")
    if error is None:
        return Claim(code, ClaimOutcome.BOOKED, _shift(response.get("Item", {"shift_id": {"S": code}})).info)
    item = error.get("Item")
    current = _shift(item) if item else None
    outcome = outcome_of_refusal(current, employee=employee, message_id=message_id)
    return Claim(code, outcome, current.info if current else "")


def _shift(item: Mapping[str, Any]) -> Shift:
    fields = plain(item)
    return Shift(
        shift_id=str(fields["shift_id"]),
        info=_optional(fields, "shift_info") or "",
        status=_optional(fields, "shift_status") or "",
        employee=_optional(fields, "employee"),
        claim_message_id=_optional(fields, "claim_message_id"),
    )


def _optional(fields: Mapping[str, Any], name: str) -> str | None:
    """An attribute as text. Items are written by hand: what is neither text nor number counts as not there."""
    value = fields.get(name)
    return str(value).strip() if isinstance(value, str | Decimal) else None
