"""Removes permissions of the deployed functions, and starts work that needs them."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import unquote

from lab.lab_system import OUR_NUMBER, LabSystem
from tests.support.deployed_lab import STAFF

unique_numbers = count(1)


def put_operator_reply(system: LabSystem) -> Callable[[], bool]:
    """Puts an operator's reply; the result tells whether it is sent, recorded and out of the outbox."""
    received = len(system.network.inbox(STAFF[6]))
    message_id = f"words-{next(unique_numbers)}"
    message = {
        "message_id": message_id,
        "phone_number": STAFF[6],
        "reply_from": OUR_NUMBER,
        "text": "where is the key?",
        "received_at": "2026-08-15T10:00:00+00:00",
        "message_status": "open",
        "reply": "Under the mat",
    }
    system.put(system.outputs.operator_inbox_table_name, [message])

    def done() -> bool:
        rows = system.rows(system.outputs.operator_inbox_table_name)
        confirmed = any(
            row["message_id"] == message_id and row["message_status"] == "replied" for row in rows
        )
        waiting = system.rows(system.outputs.outbox_table_name)
        return confirmed and not waiting and len(system.network.inbox(STAFF[6])) == received + 1

    return done


def put_shift(system: LabSystem, **attributes: object) -> None:
    """Puts a shift, as an operator does in the console."""
    item = {"shift_id": "KEPT", "shift_status": "available", **attributes}
    system.put(system.outputs.shifts_table_name, [item])


def put_overdue_shift(system: LabSystem) -> Callable[[], bool]:
    """Puts a shift whose deadline has passed; the result tells whether it is closed."""
    put_shift(system, respond_by="2020-08-15T12:00:00Z")
    rows = system.outputs.shifts_table_name
    return lambda: any(
        row["shift_id"] == "KEPT" and row["shift_status"] == "closed" for row in system.rows(rows)
    )


def free_number(system: LabSystem) -> None:
    """Deletes the row of the number's permits, so that the invocation that decides on a reply sends it."""
    tables = system.cloud.client("dynamodb").list_tables()["TableNames"]
    (permits,) = (name for name in tables if "SendPermits" in name)
    system.cloud.client("dynamodb").delete_item(
        TableName=permits, Key={"origination_identity": {"S": OUR_NUMBER}}
    )


def resume_outbox(system: LabSystem) -> None:
    """Starts the first worker of the outbox. After a failure it pauses for 30 seconds."""
    (turns,) = (url for url in system.work_queues() if "Turns" in url)
    # The row has the lease of the worker.
    free_number(system)
    system.cloud.client("sqs").send_message(QueueUrl=turns, MessageBody=json.dumps({"worker": 0}))


def roles(system: LabSystem) -> Mapping[str, str]:
    """Returns the role by function, which is named like its handler."""
    functions = system.cloud.client("lambda").list_functions()["Functions"]
    return {
        function["Handler"].split(".")[-2]: function["Role"].split("/")[-1]
        for function in functions
        if function["Handler"].startswith("shift_sms_")
    }


def policies(system: LabSystem, role: str) -> dict[str, dict[str, Any]]:
    """Returns the inline policies of a role by name."""
    iam = system.cloud.client("iam")
    found: dict[str, dict[str, Any]] = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        found[name] = dict(document) if isinstance(document, dict) else json.loads(unquote(document))
    return found


def actions(statement: Mapping[str, Any]) -> list[str]:
    """Returns the actions of a statement."""
    return _several(statement["Action"])


def resources(statement: Mapping[str, Any]) -> list[str]:
    """Returns the resources of a statement."""
    return _several(statement["Resource"])


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _anything(_resource: str) -> bool:
    return True


@contextmanager
def without_permission(
    system: LabSystem, role: str, action: str, concerns: Callable[[str], bool] = _anything
) -> Iterator[None]:
    """Removes one action from the role's policies and restores it afterwards.

    Args:
        system: The deployed system.
        role: The name of the role.
        action: The action.
        concerns: Tells whether the action is removed on a resource. By default on all of them.
    """
    iam = system.cloud.client("iam")
    before = policies(system, role)
    for name, document in before.items():
        kept = [one for statement in document["Statement"] for one in _without(statement, action, concerns)]
        iam.put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=json.dumps({**document, "Statement": kept})
        )
    try:
        yield
    finally:
        for name, document in before.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def _without(
    statement: Mapping[str, Any], action: str, concerns: Callable[[str], bool]
) -> Iterator[Mapping[str, Any]]:
    """Yields what a statement grants without an action on some resources."""
    allowed = actions(statement)
    others = [one for one in allowed if one != action]
    kept = [one for one in resources(statement) if not concerns(one)]
    if others:
        yield {**statement, "Action": others}
    if action in allowed and kept:
        yield {**statement, "Action": [action], "Resource": kept}
