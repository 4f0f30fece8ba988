"""Builds the operations of operators on a simulated deployment."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from lab.simulation.execution.deployment import OUR_NUMBER, Deployment
from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment as OperatorDeployment

_ACTOR = "arn:aws:sts::123456789012:assumed-role/Operator/manager"


@dataclass(frozen=True)
class SimulatedClients:
    """The clients that operations use."""

    dynamodb: Any
    sqs: Any


def operations(deployment: Deployment, clients: SimulatedClients, clock: Callable[[], datetime]) -> Operator:
    """Returns the operations of one operator."""
    settings = deployment.settings
    outputs = {
        **{f"{table.name}TableName": table.name for table in deployment.tables},
        "ReconcileQueueUrl": deployment.queues["reconcile"].url,
        "OutboxQueueUrl": deployment.queues["outbox"].url,
        "InboundTopicArn": "inbound",
        "AlarmTopicArn": "alarms",
        "OperatorSettings": json.dumps(
            {
                "origination_identity": OUR_NUMBER,
                "messages_per_second": settings.messages_per_second,
                **asdict(settings.booking_policy),
                **asdict(settings.language),
            }
        ),
    }
    return operator(cast("Clients", clients), OperatorDeployment.from_outputs(outputs), lambda: _ACTOR, clock)
