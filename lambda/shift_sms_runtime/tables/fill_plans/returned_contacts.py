"""Gives back the counts of contacts in the FillContacts table whose texts were not sent.

The mark `returned` of a contact is written in the same transaction as the count of its employee, so a contact is given
back once.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, sortable_time, transact, wire
from shift_sms_runtime.fill_plans.fill_contact import PlanProgress, SentContact
from shift_sms_runtime.tables.fill_plans.wave_items import entry_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CONTACTS_PER_WRITE = 20
"""Two actions each. A transaction of more rows is more likely to meet another plan at the same employees."""

DAY = "day_"
"""The beginning of the attributes that count the texts of a day."""


class _Written(IntEnum):
    """What is written for a contact. The next one follows if the condition of one fails."""

    COUNT_AND_TIME = 0
    COUNT = 1
    """The employee was contacted again, so the time of the last contact is a later one."""
    MARK = 2
    """The count has expired."""


def employee_key(phone_number: str) -> dict[str, str]:
    """Returns the key of the counts of an employee."""
    return {"shift_id": f"employee#{phone_number}", "entry": "contacts"}


def give_back(
    client: "DynamoDBClient", table: str, progress: PlanProgress, contacts: Mapping[str, SentContact]
) -> None:
    """See `FillContacts.give_back`."""
    numbers = sorted(contacts)
    for start in range(0, len(numbers), CONTACTS_PER_WRITE):
        written = dict.fromkeys(numbers[start : start + CONTACTS_PER_WRITE], _Written.COUNT_AND_TIME)
        while written:
            pairs = [
                (number, [*_actions(table, progress, number, contacts[number], what)])
                for number, what in written.items()
            ]
            try:
                transact(client, [action for _, actions in pairs for action in actions])
            except ConditionsFailed as failed:
                written = _after_failure(written, pairs, failed)
            else:
                break


def _after_failure(
    written: Mapping[str, _Written],
    pairs: Sequence[tuple[str, Sequence["TransactWriteItemTypeDef"]]],
    failed: ConditionsFailed,
) -> dict[str, _Written]:
    conditions = iter(failed.by_action)
    left = {}
    for number, actions in pairs:
        mark, *count = [next(conditions) for _ in actions]
        if mark is None:
            counted = all(one is None for one in count)
            left[number] = written[number] if counted else _Written(written[number] + 1)
    return left


def _actions(
    table: str, progress: PlanProgress, number: str, contact: SentContact, what: _Written
) -> Iterator["TransactWriteItemTypeDef"]:
    wave, rank = f"{contact.wave:05}", f"{contact.rank:05}"
    yield {
        "Update": {
            "TableName": table,
            "Key": wire(entry_key(progress.shift_id, "contact", progress.started_at, wave, rank)),
            "UpdateExpression": "SET returned = :true",
            "ConditionExpression": "attribute_exists(shift_id) AND attribute_not_exists(returned)",
            "ExpressionAttributeValues": wire({":true": True}),
        }
    }
    if what is _Written.MARK:
        return
    with_time = what is _Written.COUNT_AND_TIME
    values: dict[str, object] = {":one": 1, ":less": -1}
    update, condition = "ADD #day :less", "#day >= :one"
    if with_time:
        values[":at"] = sortable_time(contact.at)
        condition += " AND last_contact = :at"
        if contact.last_contact:
            values[":before"] = contact.last_contact
            update += " SET last_contact = :before"
        else:
            update += " REMOVE last_contact"
    yield {
        "Update": {
            "TableName": table,
            "Key": wire(employee_key(number)),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#day": f"{DAY}{contact.day}"},
            "ExpressionAttributeValues": wire(values),
        }
    }
