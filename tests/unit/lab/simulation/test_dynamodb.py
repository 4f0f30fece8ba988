"""Tests what the simulated DynamoDB does and moto does not: limits, errors, capacity, pages, lag and faults."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.simulation.aws.client import UnsupportedParameterError
from lab.simulation.aws.dynamodb import DynamoDb, DynamoDbClient
from lab.simulation.aws.tables.definitions import IndexDefinition, StreamView, TableDefinition

TABLE = TableDefinition(
    name="T",
    partition_key="p",
    sort_key="s",
    indexes=(
        IndexDefinition("by-g", "g", "h", frozenset({"a"})),
        IndexDefinition("keys-by-g", "g", projected=frozenset()),
    ),
    stream=StreamView.NEW_AND_OLD_IMAGES,
    time_to_live="expires_at",
)
KEY = {"p": {"S": "P"}, "s": {"S": "1"}}


class Clock:
    """A clock that the test sets."""

    time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(clock: Clock) -> DynamoDb:
    database = DynamoDb(clock)
    database.create_table(TABLE)
    return database


@pytest.fixture
def client(database: DynamoDb) -> DynamoDbClient:
    return DynamoDbClient(database)


def put(client: DynamoDbClient, sort: str = "1", **attributes: Any) -> None:
    client.put_item(TableName="T", Item={"p": {"S": "P"}, "s": {"S": sort}, **attributes})


def update(expression: str, **rest: Any) -> dict[str, Any]:
    return {"TableName": "T", "Key": KEY, "UpdateExpression": expression, **rest}


def values(**given: Any) -> dict[str, Any]:
    return {"ExpressionAttributeValues": {f":{name}": value for name, value in given.items()}}


ONE = values(v={"N": "1"})
INVALID: Mapping[str, tuple[str, dict[str, Any]]] = {
    "unused value": ("update_item", update("SET a = :v", **values(v={"N": "1"}, w={"N": "1"}))),
    "missing value": ("update_item", update("SET a = :w", **ONE)),
    "unused name": ("update_item", update("SET a = :v", **ONE, ExpressionAttributeNames={"#b": "b"})),
    "missing name": ("update_item", update("SET #a = :v", **ONE)),
    "reserved word": ("update_item", update("SET status = :v", **ONE)),
    "key attribute": ("update_item", update("SET s = :v", **values(v={"S": "2"}))),
    "overlapping paths": ("update_item", update("SET a = :v REMOVE a.b", **ONE)),
    "clause used twice": ("update_item", update("SET a = :v SET b = :v", **ONE)),
    "missing operand": ("update_item", update("SET a = b + :v", **ONE)),
    "missing parent": ("update_item", update("SET a.b = :v", **ONE)),
    "wrong type in ADD": ("update_item", update("ADD a :v", **values(v={"S": "x"}))),
    "empty set": ("update_item", update("SET a = :v", **values(v={"SS": []}))),
    "not a number": ("update_item", update("SET a = :v", **values(v={"N": "one"}))),
    "empty index key": ("update_item", update("SET g = :v", **values(v={"S": ""}))),
    "number as index key": ("update_item", update("SET g = :v", **ONE)),
    "syntax error": ("update_item", update("SET a = ", **ONE)),
    "reversed range": (
        "put_item",
        {
            "TableName": "T",
            "Item": KEY,
            "ConditionExpression": "a BETWEEN :v AND :w",
            **values(v={"N": "2"}, w={"N": "1"}),
        },
    ),
    "boolean in an order": (
        "put_item",
        {"TableName": "T", "Item": KEY, "ConditionExpression": "a < :v", **values(v={"BOOL": True})},
    ),
    "item over 400 KB": ("put_item", {"TableName": "T", "Item": {**KEY, "a": {"S": "x" * 409_600}}}),
    "sort key over 1,024 bytes": (
        "put_item",
        {"TableName": "T", "Item": {"p": {"S": "P"}, "s": {"S": "é" * 513}}},
    ),
    "partition key over 2,048 bytes": (
        "put_item",
        {"TableName": "T", "Item": {"p": {"S": "x" * 2049}, "s": {"S": "1"}}},
    ),
    "empty key": ("put_item", {"TableName": "T", "Item": {"p": {"S": ""}, "s": {"S": "1"}}}),
    "missing key": ("put_item", {"TableName": "T", "Item": {"p": {"S": "P"}}}),
    "key of a read": ("get_item", {"TableName": "T", "Key": {"p": {"S": "P"}}}),
    "101 keys": (
        "batch_get_item",
        {"RequestItems": {"T": {"Keys": [{**KEY, "s": {"S": str(n)}} for n in range(101)]}}},
    ),
    "a key twice": ("batch_get_item", {"RequestItems": {"T": {"Keys": [KEY, KEY]}}}),
    "consistent read of an index": (
        "query",
        {
            "TableName": "T",
            "IndexName": "by-g",
            "ConsistentRead": True,
            "KeyConditionExpression": "g = :v",
            **values(v={"S": "G"}),
        },
    ),
    "attribute that is not projected": (
        "query",
        {
            "TableName": "T",
            "IndexName": "by-g",
            "ProjectionExpression": "b",
            "KeyConditionExpression": "g = :v",
            **values(v={"S": "G"}),
        },
    ),
    "filter on the key": (
        "query",
        {
            "TableName": "T",
            "FilterExpression": "s > :v",
            "KeyConditionExpression": "p = :v",
            **values(v={"S": "P"}),
        },
    ),
    "key condition with OR": (
        "query",
        {"TableName": "T", "KeyConditionExpression": "p = :v OR s = :v", **values(v={"S": "P"})},
    ),
    "no limit": (
        "query",
        {"TableName": "T", "KeyConditionExpression": "p = :v", "Limit": 0, **values(v={"S": "P"})},
    ),
    "an item twice": (
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "T", "Item": KEY}},
                {"Delete": {"TableName": "T", "Key": KEY}},
            ]
        },
    ),
    "101 actions": (
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "T", "Item": {**KEY, "s": {"S": str(number)}}}} for number in range(101)
            ]
        },
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_given_an_invalid_request_when_made_then_it_is_rejected(client: DynamoDbClient, case: str) -> None:
    operation, request = INVALID[case]
    with pytest.raises(ClientError) as rejected:
        getattr(client, operation)(**request)
    assert rejected.value.response["Error"]["Code"] == "ValidationException"
    assert rejected.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert client.scan(TableName="T")["Items"] == []


def test_given_an_unknown_parameter_when_passed_then_it_raises(client: DynamoDbClient) -> None:
    with pytest.raises(UnsupportedParameterError, match="QueryFilter"):
        client.query(TableName="T", KeyConditionExpression="p = :v", QueryFilter={})


def test_given_an_unknown_table_when_read_then_not_found(client: DynamoDbClient) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_item(TableName="U", Key=KEY)


@pytest.mark.parametrize(
    ("returned", "attributes"),
    [
        ("UPDATED_NEW", {"a": {"N": "1"}, "m": {"M": {"x": {"N": "1"}}}}),
        ("UPDATED_OLD", {"a": {"N": "1"}, "m": {"M": {"x": {"N": "0"}}}}),
    ],
)
def test_given_an_update_when_updated_values_are_asked_then_those_it_names(
    client: DynamoDbClient, returned: str, attributes: dict[str, Any]
) -> None:
    put(client, a={"N": "1"}, b={"N": "5"}, m={"M": {"x": {"N": "0"}, "y": {"N": "0"}}})
    response = client.update_item(**update("SET a = :v, m.x = :v REMOVE c", **ONE, ReturnValues=returned))
    assert response["Attributes"] == attributes


def test_given_nested_members_when_updated_then_the_others_stay(client: DynamoDbClient) -> None:
    put(
        client,
        m={"M": {"x": {"N": "0"}}},
        l={"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]},
        t={"SS": ["a", "b"]},
    )
    client.update_item(
        **update(
            "SET m.y = :v, l[9] = :v REMOVE l[0], l[1] DELETE t :t",
            **values(v={"N": "7"}, t={"SS": ["a", "b"]}),
        )
    )
    item = client.get_item(TableName="T", Key=KEY)["Item"]
    assert item == {
        **KEY,
        "m": {"M": {"x": {"N": "0"}, "y": {"N": "7"}}},
        "l": {"L": [{"N": "2"}, {"N": "7"}]},
    }


def test_given_equal_numbers_when_compared_then_their_spelling_does_not_matter(
    client: DynamoDbClient,
) -> None:
    put(client, a={"N": "1.50"})
    client.put_item(TableName="T", Item=KEY, ConditionExpression="a = :v", **values(v={"N": "15e-1"}))


def test_given_a_limit_when_the_last_row_is_read_then_the_page_has_a_last_key(client: DynamoDbClient) -> None:
    for number in range(3):
        put(client, str(number))
    query = {"TableName": "T", "KeyConditionExpression": "p = :v", **values(v={"S": "P"})}
    full = client.query(**query, Limit=3)
    assert full["LastEvaluatedKey"] == {"p": {"S": "P"}, "s": {"S": "2"}}
    rest = client.query(**query, Limit=3, ExclusiveStartKey=full["LastEvaluatedKey"])
    assert (rest["Count"], "LastEvaluatedKey" in rest) == (0, False)


def test_given_more_than_a_megabyte_when_queried_then_it_comes_in_pages(client: DynamoDbClient) -> None:
    for number in range(8):
        put(client, str(number), a={"S": "x" * 300_000})
    query = {"TableName": "T", "KeyConditionExpression": "p = :v", **values(v={"S": "P"})}
    pages = list(client.get_paginator("query").paginate(**query, ScanIndexForward=False))
    assert [page["Count"] for page in pages] == [4, 4, 0]
    assert [item["s"]["S"] for page in pages for item in page["Items"]] == [
        str(n) for n in reversed(range(8))
    ]


def test_given_an_index_when_queried_then_sparse_ordered_and_projected(client: DynamoDbClient) -> None:
    put(client, "1", g={"S": "G"}, h={"S": "2"}, a={"N": "1"}, b={"N": "1"})
    put(client, "2", g={"S": "G"}, h={"S": "1"})
    put(client, "3", g={"S": "G"})
    put(client, "4", h={"S": "1"})
    query = {"TableName": "T", "KeyConditionExpression": "g = :v", **values(v={"S": "G"})}
    by_g = client.query(**query, IndexName="by-g")["Items"]
    assert [set(item) for item in by_g] == [{"p", "s", "g", "h"}, {"p", "s", "g", "h", "a"}]
    keys = client.query(**query, IndexName="keys-by-g")["Items"]
    assert [(item["s"]["S"], set(item)) for item in keys] == [(s, {"p", "s", "g"}) for s in ("1", "2", "3")]
    client.update_item(**update("REMOVE g"))
    assert client.query(**query, IndexName="by-g")["Count"] == 1


def test_given_lag_when_read_then_only_consistent_reads_see_the_change(clock: Clock) -> None:
    database = DynamoDb(clock)
    database.create_table(TABLE, index_lag=lambda: 3.0, read_lag=lambda: 1.0)
    client = DynamoDbClient(database)
    put(client, g={"S": "G"}, h={"S": "1"})
    query = {
        "TableName": "T",
        "IndexName": "by-g",
        "KeyConditionExpression": "g = :v",
        **values(v={"S": "G"}),
    }

    def seen() -> tuple[bool, bool, int]:
        return (
            "Item" in client.get_item(TableName="T", Key=KEY, ConsistentRead=True),
            "Item" in client.get_item(TableName="T", Key=KEY),
            client.query(**query)["Count"],
        )

    assert seen() == (True, False, 0)
    clock.time += 1
    assert seen() == (True, True, 0)
    clock.time += 2
    assert seen() == (True, True, 1)


def test_given_a_failed_condition_when_a_transaction_is_canceled_then_it_says_which(
    client: DynamoDbClient,
) -> None:
    put(client, a={"N": "1"})
    absent = {
        "ConditionExpression": "attribute_not_exists(p)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    actions = [
        {"Put": {"TableName": "T", "Item": {**KEY, "s": {"S": "2"}}}},
        {"ConditionCheck": {"TableName": "T", "Key": KEY, **absent}},
        {"Update": {"TableName": "T", "Key": {**KEY, "s": {"S": "3"}}, "UpdateExpression": "SET a = b"}},
    ]
    with pytest.raises(client.exceptions.TransactionCanceledException) as canceled:
        client.transact_write_items(TransactItems=actions)
    reasons = canceled.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed", "ValidationError"]
    assert reasons[1]["Item"] == {**KEY, "a": {"N": "1"}}
    assert client.scan(TableName="T")["Count"] == 1


def test_given_a_token_when_a_transaction_is_repeated_then_it_has_no_effect(
    client: DynamoDbClient, clock: Clock
) -> None:
    actions = [{"Update": update("ADD a :v", **ONE)}]
    for _ in range(2):
        client.transact_write_items(TransactItems=actions, ClientRequestToken="token")
    assert client.get_item(TableName="T", Key=KEY)["Item"]["a"] == {"N": "1"}
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.transact_write_items(
            TransactItems=[{"Update": update("ADD b :v", **ONE)}], ClientRequestToken="token"
        )
    clock.time += 601
    client.transact_write_items(TransactItems=actions, ClientRequestToken="token")
    assert client.get_item(TableName="T", Key=KEY)["Item"]["a"] == {"N": "2"}


def test_given_requests_when_counted_then_in_the_units_of_aws(
    client: DynamoDbClient, database: DynamoDb, clock: Clock
) -> None:
    metrics = database.metrics
    put(client, g={"S": "G"}, h={"S": "1"}, a={"S": "x" * 1500})
    assert metrics.usage("T").write_units == 2
    assert (metrics.usage("T", "by-g").write_units, metrics.usage("T", "keys-by-g").write_units) == (2, 1)
    client.transact_write_items(TransactItems=[{"Update": update("SET b = :v", **ONE)}])
    assert metrics.partition_usage("T", "P").peak_write_units == 6
    clock.time += 1
    put(client, "2")
    assert metrics.partition_usage("T", "P").peak_write_units == 6
    assert metrics.partition_usage("T", "P").write_units == 7
    assert metrics.busiest_partitions(1)[0][:3] == ("T", "", "P")
    client.get_item(TableName="T", Key=KEY, ConsistentRead=True)
    query = {"TableName": "T", "KeyConditionExpression": "p = :v", **values(v={"S": "P"})}
    client.query(**query)
    assert (metrics.usage("T").read_units, metrics.usage("T").items_read) == (1.5, 3)
    assert metrics.calls["Query", "T"] == 1


def test_given_a_refused_write_when_counted_then_it_took_units(
    client: DynamoDbClient, database: DynamoDb
) -> None:
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.update_item(**update("SET a = :v", **ONE, ConditionExpression="attribute_exists(p)"))
    assert database.metrics.usage("T").write_units == 1


def test_given_changes_when_streamed_then_each_real_change_once(
    client: DynamoDbClient, database: DynamoDb, clock: Clock
) -> None:
    put(client, a={"N": "1"})
    put(client, a={"N": "1.0"})
    client.update_item(**update("SET expires_at = :v", **ONE))
    assert database.tables["T"].delete_expired() == [{**KEY, "a": {"N": "1"}, "expires_at": {"N": "1"}}]
    stream = database.tables["T"].stream
    assert [record.event_name for record in stream] == ["INSERT", "MODIFY", "REMOVE"]
    assert stream[1].to_event(StreamView.NEW_IMAGE)["dynamodb"] == {
        "ApproximateCreationDateTime": clock.time,
        "Keys": KEY,
        "NewImage": {**KEY, "a": {"N": "1"}, "expires_at": {"N": "1"}},
        "SequenceNumber": "2",
        "StreamViewType": "NEW_IMAGE",
    }
    removal = stream[2].to_event(StreamView.NEW_AND_OLD_IMAGES)
    assert removal["userIdentity"]["principalId"] == "dynamodb.amazonaws.com"
    assert "NewImage" not in removal["dynamodb"]
    assert "OldImage" in removal["dynamodb"]
