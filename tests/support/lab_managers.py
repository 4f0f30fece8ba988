"""Starts work of the deployed system that tells managers, and tells when it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lab.lab_system import OUR_NUMBER, LabSystem
from tests.support.deployed_lab import STAFF, wait_until
from tests.support.lab_permissions import unique_numbers

MANAGER = "+14255550299"


def put_manager(system: LabSystem, *roles: str, language: str = "en") -> Callable[[], bool]:
    """Puts an employee, by default a manager; the result tells whether the segment of managers follows."""
    item = {
        "phone_number": MANAGER,
        "roles": list(roles or ("manager",)),
        "name": f"Max {next(unique_numbers)}",
        "language": language,
    }
    system.put(system.outputs.employees_table_name, [item])
    return lambda: _is_indexed(system) is not bool(roles)


def _is_indexed(system: LabSystem) -> bool:
    rows = system.rows(system.outputs.segment_members_table_name)
    return any((row["segment"], row["phone_number"]) == ("role#manager", MANAGER) for row in rows)


def have_manager(system: LabSystem, language: str = "en") -> None:
    """Puts a manager, and waits until functions find them."""
    assert wait_until(put_manager(system, language=language), 30)


def have_no_manager(system: LabSystem) -> None:
    """Takes the role from a manager, and waits until the segment has followed, so that no record waits."""
    have_manager(system)
    assert wait_until(put_manager(system, "cook"), 30)


@contextmanager
def told_manager(system: LabSystem, language: str = "en") -> Iterator[Callable[[], list[str]]]:
    """Provides a manager, and a function that returns the bodies of the texts to them from now on."""
    have_manager(system, language)
    before = len(system.network.inbox(MANAGER))
    try:
        yield lambda: [text.body for text in system.network.inbox(MANAGER)[before:]]
    finally:
        have_no_manager(system)


def take_role(system: LabSystem) -> Callable[[], bool]:
    """Takes the role from the manager; the result tells whether the segment of managers follows."""
    return put_manager(system, "cook")


def text_operator(system: LabSystem) -> Callable[[], bool]:
    """Texts what a person has to read; the result tells whether the manager is told once."""
    received = len(system.network.inbox(MANAGER))
    system.network.send_from_phone(STAFF[5], "where is the key to the freezer", OUR_NUMBER)
    return lambda: len(system.network.inbox(MANAGER)) == received + 1


def drop_told_shift(system: LabSystem) -> Callable[[], bool]:
    """Books and drops a seat of a shift; the result tells whether the manager received one notice."""
    received, code = len(system.network.inbox(MANAGER)), f"NEED{next(unique_numbers)}"
    # The booking of one of two seats leads to no notice.
    system.put_shifts([{"shift_id": code, "shift_status": "available", "seats": 2}])
    replies = len(system.network.inbox(STAFF[5]))
    system.network.send_from_phone(STAFF[5], code, OUR_NUMBER)
    assert wait_until(lambda: len(system.network.inbox(STAFF[5])) > replies, 30)
    system.network.send_from_phone(STAFF[5], f"DROP {code}", OUR_NUMBER)
    return lambda: len(system.network.inbox(MANAGER)) == received + 1


NEEDS = (
    ("index_managers", "dynamodb:PutItem", "PutItem", put_manager, have_no_manager),
    ("index_managers", "dynamodb:DeleteItem", "DeleteItem", take_role, have_manager),
    ("notify_managers", "dynamodb:Query", "Query", text_operator, have_manager),
    ("notify_managers", "dynamodb:BatchGetItem", "BatchGetItem", text_operator, have_manager),
    ("notify_managers", "dynamodb:GetItem", "GetItem", text_operator, have_manager),
    ("notify_managers", "dynamodb:UpdateItem", "UpdateItem", text_operator, have_manager),
    ("notify_managers", "dynamodb:PutItem", "TransactWriteItems", text_operator, have_manager),
    ("notify_managers", "sqs:SendMessage", "SendMessage", text_operator, have_manager),
    ("reconcile_shift", "dynamodb:Query", "Query", drop_told_shift, have_manager),
)
"""The function, the action that it needs, the call that is denied without it, the work, and what prepares it."""
