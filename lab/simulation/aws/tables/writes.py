"""The write operations: single ones, and transactions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lab.simulation.aws.tables.attribute_values import Item
from lab.simulation.aws.tables.errors import ConditionFailed, DoesNotFitItem, Invalid
from lab.simulation.aws.tables.expressions import CompiledUpdate, Placeholders, put_at
from lab.simulation.aws.tables.table import Change, Table

_MAX_ACTIONS = 100
_MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
"""Source: TransactWriteItems in the DynamoDB API reference."""

_RETURN_VALUES = ("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")


class TransactionCanceled(Exception):
    """No action took effect. `reasons` has one entry per action."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        codes = ", ".join(reason["Code"] for reason in reasons)
        super().__init__(
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
        )
        self.reasons = reasons


def put(table: Table, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carries out `PutItem`, and returns the response."""
    _check_return_values(request, _RETURN_VALUES[:2])
    change = _put(table, request)
    table.commit(change)
    return _old_attributes(request, change)


def delete(table: Table, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carries out `DeleteItem`, and returns the response."""
    _check_return_values(request, _RETURN_VALUES[:2])
    change = _delete(table, request)
    table.commit(change)
    return _old_attributes(request, change)


def update(table: Table, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carries out `UpdateItem`, and returns the response."""
    _check_return_values(request, _RETURN_VALUES)
    change, compiled = _update(table, request)
    table.commit(change)
    wanted = request.get("ReturnValues", "NONE")
    row = change.before if wanted.endswith("OLD") else change.after
    if wanted == "NONE" or row is None:
        return {}
    attributes = dict(row.item) if wanted.startswith("ALL") else _updated(row.item, compiled)
    return {"Attributes": attributes} if attributes else {}


def transact(tables: Callable[[str], Table], actions: Sequence[Mapping[str, Any]]) -> None:
    """Carries out the actions of `TransactWriteItems`.

    Raises:
        Invalid: DynamoDB would reject the request.
        TransactionCanceled: an action could not be carried out, so none was.
    """
    if not 1 <= len(actions) <= _MAX_ACTIONS:
        raise Invalid(
            "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
            "Member must have length less than or equal to 100"
        )
    targets = [_target(tables, action) for action in actions]
    keys = [(table.name, _key(table, kind, request)) for kind, table, request in targets]
    if len(set(keys)) < len(keys):
        raise Invalid("Transaction request cannot include multiple operations on one item")
    changes: list[Change] = []
    reasons: list[Mapping[str, Any]] = []
    for kind, table, request in targets:
        try:
            changes.append(_WRITES[kind](table, request))
            reasons.append({"Code": "None"})
        except ConditionFailed as failed:
            reasons.append(_reason(request, failed))
        except DoesNotFitItem as error:
            reasons.append({"Code": "ValidationError", "Message": str(error)})
    if len(changes) < len(actions):
        raise TransactionCanceled(reasons)
    if sum(change.after.size for change in changes if change.after) > _MAX_TRANSACTION_BYTES:
        raise Invalid("Transaction size cannot exceed 4 MB")
    for change in changes:
        change.table.commit(change, transactional=True)


def _reason(request: Mapping[str, Any], failed: ConditionFailed) -> Mapping[str, Any]:
    reason: dict[str, Any] = {"Code": "ConditionalCheckFailed", "Message": str(failed)}
    if request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and failed.item is not None:
        reason["Item"] = dict(failed.item)
    return reason


def _target(
    tables: Callable[[str], Table], action: Mapping[str, Any]
) -> tuple[str, Table, Mapping[str, Any]]:
    if len(action) != 1:
        raise Invalid("TransactItems can only contain one of Check, Put, Update or Delete")
    ((kind, request),) = action.items()
    return kind, tables(request["TableName"]), request


def _key(table: Table, kind: str, request: Mapping[str, Any]) -> object:
    return table.put_key(request["Item"]) if kind == "Put" else table.key(request["Key"])


def _put(table: Table, request: Mapping[str, Any]) -> Change:
    placeholders = Placeholders(request)
    condition = placeholders.condition("ConditionExpression")
    placeholders.check_all_used()
    return table.put(request["Item"], condition, placeholders.values)


def _update(table: Table, request: Mapping[str, Any]) -> tuple[Change, CompiledUpdate | None]:
    placeholders = Placeholders(request)
    compiled, condition = placeholders.update(), placeholders.condition("ConditionExpression")
    placeholders.check_all_used()
    return table.update(request["Key"], compiled, condition, placeholders.values), compiled


def _delete(table: Table, request: Mapping[str, Any]) -> Change:
    placeholders = Placeholders(request)
    condition = placeholders.condition("ConditionExpression")
    placeholders.check_all_used()
    return table.delete(request["Key"], condition, placeholders.values)


def _check(table: Table, request: Mapping[str, Any]) -> Change:
    placeholders = Placeholders(request)
    condition = placeholders.condition("ConditionExpression")
    placeholders.check_all_used()
    if condition is None:
        raise Invalid("A ConditionCheck needs a ConditionExpression")
    return table.check(request["Key"], condition, placeholders.values)


_WRITES: Mapping[str, Callable[[Table, Mapping[str, Any]], Change]] = {
    "Put": _put,
    "Update": lambda table, request: _update(table, request)[0],
    "Delete": _delete,
    "ConditionCheck": _check,
}


def _check_return_values(request: Mapping[str, Any], allowed: Sequence[str]) -> None:
    if request.get("ReturnValues", "NONE") not in allowed:
        raise Invalid("Return values set to invalid value")


def _old_attributes(request: Mapping[str, Any], change: Change) -> dict[str, Any]:
    if request.get("ReturnValues", "NONE") == "NONE" or change.before is None:
        return {}
    return {"Attributes": dict(change.before.item)}


def _updated(item: Item, compiled: CompiledUpdate | None) -> Item:
    result: Item = {}
    for path in compiled.update.paths if compiled else ():
        value = path.read(item, {})
        if value is not None:
            put_at(result, path.parts, value)
    return result
