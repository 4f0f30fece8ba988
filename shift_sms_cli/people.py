"""Who a phone number is: an operator knows people by name."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

_KEYS_PER_READ = 100  # the most that BatchGetItem takes


@dataclass(frozen=True)
class Person:
    """What the Employees table says of a number; nothing of one that is not there."""

    phone_number: str
    name: str = ""
    opted_out: bool = False

    def __str__(self) -> str:
        return f"{self.name}, {self.phone_number}" if self.name else self.phone_number


class People(dict[str, Person]):
    """People by phone number."""

    def __missing__(self, number: str) -> Person:
        return Person(number)


def find_people(dynamodb: "DynamoDBServiceResource", employees_table: str, numbers: Iterable[str]) -> People:
    """Returns who these numbers are."""
    wanted = iter(dict.fromkeys(filter(None, numbers)))
    found = People()
    while some := list(itertools.islice(wanted, _KEYS_PER_READ)):
        for row in _rows(dynamodb, employees_table, some):
            number = str(row["phone_number"])
            found[number] = Person(number, str(row.get("name") or ""), bool(row.get("opted_out")))
    return found


def _rows(
    dynamodb: "DynamoDBServiceResource", table: str, numbers: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    waiting: Any = {table: {"Keys": [{"phone_number": number} for number in numbers]}}
    while waiting:
        answer = dynamodb.batch_get_item(RequestItems=waiting)
        yield from answer["Responses"].get(table, [])
        waiting = answer["UnprocessedKeys"]
