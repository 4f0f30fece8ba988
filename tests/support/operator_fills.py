"""Fill plans that operators start, stop and look at: the planner on the tables of an `OperatorWorld`."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment
from shift_sms_runtime.environment import LanguageSettings
from shift_sms_runtime.fill_composition import fill_planner
from tests.support.clock import Clock, Deadline
from tests.support.fill_world import OVERTIME, FillWorld
from tests.support.memory.queues import MemoryTimers
from tests.support.operator_world import ACTOR, OperatorWorld, stack_outputs

if TYPE_CHECKING:
    from shift_sms_runtime.environment import PlanFillWave

ANN, BOB, CY, DEE = "+14255550101", "+14255550102", "+14255550103", "+14255550104"
HOSTILE_NAME = "=cmd|' /C calc'!A0\x1b[31m\u202e<b>"
OPEN_SHIFT = {"shift_id": "N1", "shift_info": "Night", "shift_status": "available"}


def add_employees(world: OperatorWorld) -> None:
    """Adds Ann, Bob, Cy with a hostile name, and Dee who has opted out, to the segment `overtime`."""
    rows: tuple[dict[str, Any], ...] = (
        {"phone_number": ANN, "name": "Ann", "hired_at": "2020-01-31"},
        {"phone_number": BOB, "name": "Bob", "hired_at": "2019-05-01", "language": "es"},
        {"phone_number": CY, "name": HOSTILE_NAME},
        {"phone_number": DEE, "name": "Dee", "opted_out": True},
    )
    world.put("Employees", *rows)
    world.put("SegmentMembers", *({"segment": OVERTIME, "phone_number": row["phone_number"]} for row in rows))


def run_planner(world: OperatorWorld, clock: Clock, shift_id: str = "N1") -> None:
    """Handles one request of a shift, as `plan_fill_wave` does."""
    environment = SimpleNamespace(
        shifts_table="Shifts",
        segment_members_table="SegmentMembers",
        employees_table="Employees",
        employee_bookings_table="EmployeeBookings",
        fill_contacts_table="FillContacts",
        conversations_table="Conversations",
        deliveries_table="Deliveries",
        campaign_counters_table="CampaignCounters",
        dispatch_queue_url=world.queue_urls["outbox"],
        default_segment=OVERTIME,
        recipients_per_item=10,
        texts_per_person_per_day=3,
        fill_target_minutes=15,
        fill_contact_retention_days=365,
        urgent_overrides_quiet_hours=False,
        approved_numbers=frozenset(),
        booking_policy=Deployment.from_outputs(world.outputs()).settings.booking_policy,
        language=LanguageSettings(),
    )
    planner = fill_planner(
        cast("PlanFillWave", environment),
        world.clients.dynamodb,
        world.clients.sqs,
        MemoryTimers(),
        clock,
    )
    planner.plan(shift_id, Deadline(clock, 60))


def operator_of(world: FillWorld, actor: Callable[[], str] = lambda: ACTOR, **settings: object) -> Operator:
    """Returns the operations on the simulated tables of fill plans."""
    clients = cast("Clients", SimpleNamespace(dynamodb=world.plain_client))
    outputs = stack_outputs({"reconcile": "reconcile", "outbox": "outbox"}, **settings)
    return operator(clients, Deployment.from_outputs(outputs), actor, world.clock)
