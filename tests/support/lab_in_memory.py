"""Simulates the deployed lab in memory."""

import itertools
from collections.abc import Callable
from threading import Lock
from typing import Any

from lab.deployment import Outputs
from lab.lab_system import OUR_NUMBER, Item
from lab.phone_network import Call, SentText
from tests.support.inbound_world import InboundWorld

OUTPUTS = {
    f"{name}TableName": name.lower()
    for name in (
        *("Shifts", "Campaigns", "Employees", "SegmentMembers", "Deliveries"),
        *("Conversations", "EmployeeBookings", "OperatorInbox", "Outbox"),
        *("CampaignCounters", "SendPermits", "AuditTrail"),
    )
} | {
    "ReconcileQueueUrl": "reconcile",
    "OutboxQueueUrl": "send-outbox",
    "InboundTopicArn": "inbound",
    "AlarmTopicArn": "alarms",
    "OperatorSettings": "{}",
    "Queues": "{}",
}


class MemoryPhoneNetwork:
    """The phones of an in-memory world, which handles every text synchronously."""

    def __init__(self, world: InboundWorld) -> None:
        self._world = world
        self._sent: dict[str, tuple[str, str]] = {}
        self._ids = map(str, itertools.count())
        self._one_at_a_time = Lock()

    @property
    def texts(self) -> tuple[SentText, ...]:
        return tuple(
            SentText(
                message_id="",
                origination=text.origination_identity,
                destination=text.to,
                body=text.body,
                monotonic=0,
                at=self._world.clock(),
            )
            for text in self._world.phones.texts
        )

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(
            Call(
                contact_id=request.message_id,
                instance_id="",
                contact_flow_id="",
                destination=request.phone_number,
                source=None,
                queue_id=None,
                client_token=request.message_id,
                attributes={"message": request.message},
                at=self._world.clock(),
            )
            for request in self._world.call_center.calls.values()
        )

    def inbox(self, phone: str) -> tuple[SentText, ...]:
        return tuple(text for text in self.texts if text.destination == phone)

    def send_from_phone(self, phone: str, body: str, to: str) -> str:
        assert to == OUR_NUMBER
        with self._one_at_a_time:
            message_id = next(self._ids)
            self._sent[message_id] = (phone, body)
            self.redeliver(message_id)
        return message_id

    def redeliver(self, message_id: str) -> None:
        self._world.deliver(*self._sent[message_id], message_id)
        self._world.reconcile_shifts()

    def wait_for_text(self, phone: str, after: int, _timeout: float) -> SentText:
        return self.inbox(phone)[after]

    def wait_until(self, condition: Callable[[], bool], _timeout: float) -> bool:
        return condition()


class MemoryLabSystem:
    """The part of the lab that the demo uses, in memory."""

    outputs = Outputs.parse(OUTPUTS)

    def __init__(self, world: InboundWorld) -> None:
        self._world = world
        self.network = MemoryPhoneNetwork(world)

    def wait_until_idle(self, _timeout: float) -> None:
        pass

    def dead_letters(self) -> int:
        return 0

    def rows(self, table: str) -> list[Item]:
        if table == self.outputs.shifts_table_name:
            return [dict(row) for row in self._world.shifts.rows.values()]
        others: dict[str, Any] = {
            self.outputs.conversations_table_name: self._world.conversations.rows,
            self.outputs.employee_bookings_table_name: self._world.employee_bookings.rows,
        }
        return [{"row": repr(row)} for row in others.get(table, {}).items()]

    def bookings(self) -> dict[str, str]:
        return {code: employee or "" for code, employee in self._world.shifts.taken().items()}
