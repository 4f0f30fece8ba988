"""Conditional PartiQL writes for moto, which has none: each statement becomes the write it stands for.

Knows the one shape that the adapters use. The deployed system is tested on a cloud with PartiQL of its own.
"""

import re
from typing import Any

import boto3
from moto.dynamodb.models import DynamoDBBackend

_UPDATE = re.compile(
    r'UPDATE "(?P<table>[^"]+)" (?P<sets>(SET \w+=\? ?)+)WHERE (?P<key>\w+)=\? AND (?P<guard>\w+)=\?'
)


def batch_execute_statement(
    _backend: DynamoDBBackend, statements: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Stands in for moto's ``DynamoDBBackend.batch_execute_statement``."""
    return [_execute(boto3.client("dynamodb"), one["Statement"], one["Parameters"]) for one in statements]


def _execute(client: Any, statement: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    update = _UPDATE.match(statement)
    if update is None:
        raise NotImplementedError(statement)
    names = re.findall(r"SET (\w+)=", update["sets"])
    *values, key, guard = parameters
    try:
        written = client.update_item(
            TableName=update["table"],
            Key={update["key"]: key},
            UpdateExpression="SET " + ", ".join(f"#{i} = :{i}" for i in range(len(names))),
            ConditionExpression="#guard = :guard",
            ExpressionAttributeNames={f"#{i}": name for i, name in enumerate(names)}
            | {"#guard": update["guard"]},
            ExpressionAttributeValues={f":{i}": value for i, value in enumerate(values)} | {":guard": guard},
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException as refusal:
        item = refusal.response.get("Item")
        error = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
        return {"Error": error | ({"Item": item} if item else {})}
    return {"TableName": update["table"], "Item": written["Attributes"]}
