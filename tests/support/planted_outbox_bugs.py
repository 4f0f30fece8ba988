"""Mutations of the outbox that the simulation has to find."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from shift_sms_runtime.aws.dynamodb import transact
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.outbox import worker
from shift_sms_runtime.outbox.workers import WorkerStarter
from shift_sms_runtime.tables import inbound_store
from tests.support.planted_bugs import PlantedBug


def outbox_row_outside_transaction() -> AbstractContextManager[object]:
    def mutated(client: Any, actions: Sequence[Mapping[str, Any]]) -> None:
        def is_outbox(action: Mapping[str, Any]) -> bool:
            return bool(next(iter(action.values()))["TableName"] == "Outbox")

        transact(client, [action for action in actions if not is_outbox(action)])  # type: ignore[misc]
        for action in actions:
            if is_outbox(action):
                client.put_item(**action["Put"])

    return mock.patch.object(inbound_store, "transact", mutated)


def worker_stops_without_looking_again() -> AbstractContextManager[object]:
    def mutated(self: Any) -> None:
        self._over = True

    return mock.patch.object(worker._Invocation, "_end", mutated)


def message_waits_in_its_queue() -> AbstractContextManager[object]:
    ensure_running = WorkerStarter.ensure_running

    def mutated(self: WorkerStarter, priority: Priority) -> None:
        ensure_running(self, priority)
        raise TransientFailure("the number is busy")

    return mock.patch.object(WorkerStarter, "ensure_running", mutated)


def no_worker_started() -> AbstractContextManager[object]:
    return mock.patch.object(WorkerStarter, "ensure_running", return_value=None)


OUTBOX_BUGS = (
    PlantedBug("an outbox row is outside the transaction", outbox_row_outside_transaction, "no silent loss"),
    PlantedBug(
        "a worker stops without looking again",
        worker_stops_without_looking_again,
        "no silent loss",
        "trickle",
    ),
    PlantedBug(
        "a message waits in its queue", message_waits_in_its_queue, "no waiting in queues", "small-burst"
    ),
    PlantedBug("no worker is started", no_worker_started, "no silent loss", "small-burst"),
)
