"""Conditional PartiQL writes for moto, which has none: each statement becomes the write it stands for.

Knows the two shapes that the adapters use. The deployed system is tested on a cloud with PartiQL of its own.
"""

import re
from typing import Any

import boto3
from moto.dynamodb.models import DynamoDBBackend

_UPDATE = re.compile(
    r'UPDATE "(?P<table>[^"]+)" (?P<sets>(SET \w+=\? ?)+)WHERE (?P<key>\w+)=\? AND (?P<guard>\w+)=\?'
)
_INSERT = re.compile(r'INSERT INTO "(?P<table>[^"]+)" VALUE \{(?P<fields>.+)\}')


def batch_execute_statement(
    _backend: DynamoDBBackend, statements: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Stands in for moto's ``DynamoDBBackend.batch_execute_statement``."""
    return [_execute(boto3.client("dynamodb"), one["Statement"], one["Parameters"]) for one in statements]


def _execute(client: Any, statement: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    if update := _UPDATE.match(statement):
        return _update(client, update, parameters)
    if insert := _INSERT.match(statement):
        return _insert(client, insert, parameters)
    raise NotImplementedError(statement)


def _update(client: Any, update: re.Match[str], parameters: list[dict[str, Any]]) -> dict[str, Any]:
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


def _insert(client: Any, insert: re.Match[str], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    names = re.findall(r"'(\w+)': \?", insert["fields"])
    try:
        client.put_item(
            TableName=insert["table"],
            Item=dict(zip(names, parameters, strict=True)),
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": names[0]},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
    return {"TableName": insert["table"]}
