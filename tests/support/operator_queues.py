"""The queues of a deployment on moto, with dead letters."""

import json
from typing import Any

from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment
from tests.support.operator_world import ACTOR, CommandResult, OperatorWorld


class QueueWorld:
    """An `OperatorWorld` with queues: two with dead-letter queues, and one of changes of tables."""

    def __init__(self, world: OperatorWorld) -> None:
        self._world = world
        self.sqs: Any = world.session.client("sqs")
        self._urls = {
            name: {"queue": self._create(name), "dead_letters": self._create(f"{name}-dead")}
            for name in ("inbound-texts", "outbox-turns")
        }
        self._urls["outbox"] = self._urls.pop("outbox-turns")
        self._urls["table-changes"] = {"dead_letters": self._create("table-changes-dead")}

    def _create(self, name: str) -> str:
        url: str = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        return url

    def outputs(self) -> dict[str, str]:
        """Returns the outputs of the stack."""
        return {**self._world.outputs(), "Queues": json.dumps(self._urls)}

    def operator(self) -> Operator:
        """Returns the operations."""
        clients = Clients(self._world.session)
        return operator(clients, Deployment.from_outputs(self.outputs()), lambda: ACTOR, self._world.now)

    def run(self, *arguments: str) -> CommandResult:
        """Runs a command of the command line."""
        return self._world.run(*arguments)

    def audit(self, subject: str) -> list[dict[str, Any]]:
        """Returns the audit records of a subject."""
        return self._world.audit(subject)

    def send(self, name: str, *bodies: str, dead: bool = True, attribute: str | None = None) -> None:
        """Puts messages into a queue or its dead-letter queue."""
        attributes = {"trace": {"DataType": "String", "StringValue": attribute}} if attribute else {}
        for body in bodies:
            self.sqs.send_message(
                QueueUrl=self._url(name, dead=dead), MessageBody=body, MessageAttributes=attributes
            )

    def received(self, name: str, *, dead: bool = False) -> list[Any]:
        """Receives all messages of a queue."""
        found: list[Any] = []
        while messages := self.sqs.receive_message(
            QueueUrl=self._url(name, dead=dead), MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += messages
        return found

    def bodies(self, name: str, *, dead: bool) -> list[str]:
        """Receives all messages of a queue and returns their bodies."""
        return sorted(message["Body"] for message in self.received(name, dead=dead))

    def show_hidden(self, name: str) -> None:
        """Lets the time pass for which messages are hidden."""
        from moto.sqs.models import sqs_backends

        backend = sqs_backends["123456789012"]["us-east-1"]
        for queue in backend.queues.values():
            if queue.name == self._url(name, dead=True).rpartition("/")[2]:
                for message in queue._messages:
                    message.change_visibility(0)

    def _url(self, name: str, *, dead: bool) -> str:
        return self._urls[name]["dead_letters" if dead else "queue"]
