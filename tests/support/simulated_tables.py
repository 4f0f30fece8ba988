"""Provides the tables and stores of the product on the simulated DynamoDB."""

import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from lab.phone_network.network import PhoneNetwork
from lab.simulation.aws.dynamodb import DynamoDb, DynamoDbClient
from shift_sms_runtime.aws.dynamodb import plain, wire
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import FunctionsOnMoto, create_tables
from tests.support.store_pairs import Stores, dynamo_stores


class SimulatedResource:
    """Reads and writes items with plain values, like the boto3 resource of DynamoDB."""

    def __init__(self, client: DynamoDbClient) -> None:
        self._client = client

    def Table(self, name: str) -> "SimulatedTable":  # noqa: N802 - as in boto3
        return SimulatedTable(self._client, name)


class SimulatedTable:
    """One table of the resource."""

    def __init__(self, client: DynamoDbClient, name: str) -> None:
        self._client = client
        self._name = name

    def put_item(self, *, Item: Mapping[str, object]) -> None:  # noqa: N803 - as in boto3
        self._client.put_item(TableName=self._name, Item=wire(Item))

    def get_item(self, *, Key: Mapping[str, object]) -> dict[str, Any]:  # noqa: N803 - as in boto3
        response = self._client.get_item(TableName=self._name, Key=wire(Key), ConsistentRead=True)
        return {"Item": plain(response["Item"])} if "Item" in response else {}

    def scan(self) -> dict[str, Any]:
        pages = self._client.get_paginator("scan").paginate(TableName=self._name, ConsistentRead=True)
        return {"Items": [plain(item) for page in pages for item in page["Items"]]}


def simulated_database(clock: Callable[[], float] = time.time) -> DynamoDb:
    """Returns a database with the empty tables of the product."""
    database = DynamoDb(clock)
    create_tables(DynamoDbClient(database))
    return database


def simulated_stores() -> Stores:
    """Returns stores on the simulated DynamoDB, empty but for two employees."""
    client = DynamoDbClient(simulated_database())
    for number in (ANN, BOB):
        client.put_item(TableName="Employees", Item=wire({"phone_number": number}))
    # Only the tables of the system are used.
    system = FunctionsOnMoto(cast("PhoneNetwork", None), dynamodb=SimulatedResource(client), sqs=None)
    return dynamo_stores(system, client)
