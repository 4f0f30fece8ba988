"""Compares the simulated DynamoDB with moto: the same operations give the same responses and errors."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from lab.simulation.aws.dynamodb import DynamoDb, DynamoDbClient
from tests.support.functions_on_moto import boto3_session

TABLE: Mapping[str, Any] = {
    "TableName": "T",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [
        {"AttributeName": "p", "KeyType": "HASH"},
        {"AttributeName": "s", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("p", "s", "g", "h")],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-g",
            "KeySchema": [
                {"AttributeName": "g", "KeyType": "HASH"},
                {"AttributeName": "h", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
        },
        {
            "IndexName": "keys-by-g",
            "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ],
}

keys = st.sampled_from(["k", "l", "m1", "m2"])
numbers = st.integers(-3, 12).map(lambda number: {"N": str(number)})
strings = st.sampled_from(["", "k", "m", "x#1"]).map(lambda text: {"S": text})
string_sets = st.sets(st.sampled_from(["r1", "r2", "r3"]), min_size=1).map(lambda some: {"SS": sorted(some)})
maps = st.dictionaries(st.sampled_from(["n", "o"]), numbers, max_size=2).map(lambda members: {"M": members})
item_keys = st.builds(lambda p, s: {"p": {"S": p}, "s": {"S": s}}, st.sampled_from(["P", "Q"]), keys)
attributes = st.fixed_dictionaries(
    {},
    # An attribute has one type: moto fails when it compares values of two.
    optional={
        "a": numbers,
        "b": string_sets,
        "c": maps,
        "d": strings,
        "g": keys.map(lambda key: {"S": key}),
        "h": st.just({"S": "h"}),
    },
)
items = st.builds(lambda key, rest: {**key, **rest}, item_keys, attributes)


def joined(actions: Sequence[tuple[str, str]]) -> str:
    """Returns an update expression with at most one action per attribute."""
    clauses: dict[str, list[str]] = {}
    for clause, action in {action[0]: (clause, action) for clause, action in actions}.values():
        clauses.setdefault(clause, []).append(action)
    return " ".join(f"{clause} {', '.join(one)}" for clause, one in clauses.items())


conditions = st.recursive(
    st.sampled_from(
        [
            "attribute_exists(p)",
            "attribute_not_exists(p)",
            "attribute_not_exists(a)",
            "attribute_exists(c.n)",
            "a = :v",
            "a <> :v",
            "a < :n",
            "d >= :k",
            "a BETWEEN :low AND :high",
            "a IN (:n, :m, :v)",
            "begins_with(d, :k)",
            "contains(b, :r)",
            "#c.n = :n",
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: f"NOT ({one})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) AND {two[1]}"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} OR ({two[1]})"),
    ),
    max_leaves=4,
)
updates = st.lists(
    st.sampled_from(
        [
            ("SET", "a = :v"),
            ("SET", "d = if_not_exists(d, :k)"),
            ("SET", "c = :c"),
            ("SET", "c.n = :m"),
            ("SET", "a = if_not_exists(a, :n) + :m"),
            ("SET", "a = a - :n"),
            ("SET", "g = :k"),
            ("REMOVE", "a"),
            ("REMOVE", "c.n"),
            ("REMOVE", "g"),
            ("ADD", "a :n"),
            ("ADD", "b :rs"),
            ("DELETE", "b :rs"),
        ]
    ),
    min_size=1,
    max_size=4,
).map(joined)
PLACEHOLDERS = {
    ":low": st.just({"N": "-1"}),
    ":high": st.just({"N": "5"}),
    ":n": numbers,
    ":m": numbers,
    ":v": numbers,
    ":c": maps,
    ":k": st.just({"S": "k"}),
    ":r": st.just({"S": "r1"}),
}


def with_placeholders(draw: st.DrawFn, request: dict[str, Any]) -> dict[str, Any]:
    """Adds the names and values that the expressions of a request use."""
    expressions = " ".join(text for name, text in request.items() if name.endswith("Expression"))
    used = sorted(set(re.findall(r":\w+", expressions)))
    if used:
        request["ExpressionAttributeValues"] = {name: draw(PLACEHOLDERS[name]) for name in used}
    if "#c" in expressions:
        request["ExpressionAttributeNames"] = {"#c": "c"}
    return request


@st.composite
def write_requests(draw: st.DrawFn, *, in_transaction: bool = False) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(["put", "update", "delete"] + (["check"] if in_transaction else [])))
    request: dict[str, Any] = {"TableName": "T"}
    if kind == "put":
        request["Item"] = draw(items)
    else:
        request["Key"] = draw(item_keys)
    if kind == "update":
        request["UpdateExpression"] = draw(updates)
    if kind == "check" or draw(st.booleans()):
        request["ConditionExpression"] = draw(conditions)
        if draw(st.booleans()):
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if not in_transaction:
        # moto returns as updated what differs; AWS returns what the expression names.
        every = ["NONE", "ALL_OLD", "ALL_NEW"]
        request["ReturnValues"] = draw(st.sampled_from(every if kind == "update" else every[:2]))
    return kind, with_placeholders(draw, request)


@st.composite
def transactions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    actions = draw(st.lists(write_requests(in_transaction=True), min_size=1, max_size=4))
    names = {"put": "Put", "update": "Update", "delete": "Delete", "check": "ConditionCheck"}
    return "transact_write_items", {"TransactItems": [{names[kind]: request} for kind, request in actions]}


@st.composite
def reads(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    if draw(st.booleans()):
        return "get_item", {"TableName": "T", "Key": draw(item_keys), "ConsistentRead": True}
    chosen = draw(st.lists(item_keys, min_size=1, max_size=4, unique_by=repr))
    return "batch_get_item", {"RequestItems": {"T": {"Keys": chosen, "ConsistentRead": True}}}


SORT_CONDITIONS = [
    "",
    " AND s = :k",
    " AND s > :k",
    " AND s <= :k",
    " AND begins_with(s, :mm)",
    " AND s BETWEEN :k AND :mm",
]


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    request: dict[str, Any] = {"TableName": "T", "ScanIndexForward": draw(st.booleans())}
    index = draw(st.sampled_from([None, "by-g", "keys-by-g"]))
    if index is None:
        request["KeyConditionExpression"] = f"p = :p{draw(st.sampled_from(SORT_CONDITIONS))}"
        request["ConsistentRead"] = draw(st.booleans())
    else:
        request |= {"IndexName": index, "KeyConditionExpression": "g = :k"}
    if draw(st.booleans()):
        request["Limit"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        request["FilterExpression"] = draw(
            st.sampled_from(["a = :n", "attribute_exists(a)", "NOT a > :n", "attribute_not_exists(c)"])
        )
    if draw(st.booleans()):
        request["ProjectionExpression"] = "p, s" if index else draw(st.sampled_from(["p, a", "#c.n, b"]))
    return "query", with_placeholders(draw, request)


PLACEHOLDERS |= {":rs": string_sets, ":p": st.just({"S": "P"}), ":mm": st.just({"S": "m"})}
operations = st.one_of(
    write_requests().map(lambda write: (f"{write[0]}_item", write[1])), transactions(), reads(), queries()
)


@pytest.fixture(scope="module")
def moto_client() -> Iterator[Any]:
    with mock_aws():
        client = boto3_session().client("dynamodb")
        yield client


NOT_COMPARED = ("ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics")
"""Members of responses that moto adds though the request does not ask for them."""


def outcome(client: Any, operation: str, request: Mapping[str, Any]) -> Any:
    """Returns what a request returns or raises."""
    try:
        if operation == "query":
            return all_pages(client, request)
        response = getattr(client, operation)(**request)
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", ())
        # For an update that does not fit its item, moto rejects the request or names its own exception as the reason.
        if not {reason["Code"] for reason in reasons} <= {"None", "ConditionalCheckFailed"}:
            return "ValidationException", None, []
        seen = [(reason["Code"], comparable(reason.get("Item"))) for reason in reasons]
        return error.response["Error"]["Code"], comparable(error.response.get("Item")), seen
    return comparable({name: value for name, value in response.items() if name not in NOT_COMPARED})


def all_pages(client: Any, request: Mapping[str, Any]) -> Any:
    """Returns the items of all pages.

    When a page ends with the last row, moto ends the query and AWS does not. Rows of an index with equal keys have no
    order.
    """
    pages = [*client.get_paginator("query").paginate(**request)]
    found = comparable([item for page in pages for item in page["Items"]])
    return sorted(found, key=repr) if "IndexName" in request else found, sum(p["ScannedCount"] for p in pages)


def comparable(value: Any) -> Any:
    """Returns a response in which sets and lists of items have one order."""
    if isinstance(value, Mapping):
        return {
            name: sorted(one) if name in ("SS", "NS", "BS") else comparable(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [comparable(one) for one in value]
    return value


# Without shrinking, which takes minutes on moto.
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(operations, min_size=5, max_size=25))
def test_given_random_requests_when_made_then_as_on_moto(
    moto_client: Any, requests: list[tuple[str, dict[str, Any]]]
) -> None:
    simulated = DynamoDbClient(DynamoDb())
    simulated.create_table(**TABLE)
    moto_client.create_table(**TABLE)
    try:
        for operation, request in requests:
            expected = outcome(moto_client, operation, request)
            assert outcome(simulated, operation, request) == expected, (operation, request)
        assert all_items(simulated) == all_items(moto_client)
    finally:
        moto_client.delete_table(TableName="T")


def all_items(client: Any) -> list[Any]:
    """Returns the items of the table, sorted by key."""
    return sorted(
        comparable(client.scan(TableName="T")["Items"]), key=lambda item: (item["p"]["S"], item["s"]["S"])
    )
