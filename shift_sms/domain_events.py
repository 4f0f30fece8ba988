"""Publishes domain events for other systems."""

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction, grant
from shift_sms.building_blocks.table_stream import invoke_on_changes
from shift_sms.building_blocks.validators import FILL_ORDER, TIME_ZONE, Validator, validate, validate_object
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import BookingPolicy, FillOrder, PublishDomainEvents

# A campaign that is resumed is launching. Other campaigns that launch have no event.
_STATUSES = ("launching", "launched", "paused", "finished", "stopped", "failed")


class DomainEvents(Construct):
    """Publishes what happens to shifts, fill plans and campaigns on an EventBridge bus.

    The events follow from the streams of the Shifts and Campaigns tables. A shard of a stream has at most two readers,
    and this construct is the second one. Other systems read the bus instead. The dead-letter queue of the tables has
    the changes that could not be published.

    Attributes:
        bus: The bus.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        bus: events.IEventBus | None = None,
        timezone: str = BookingPolicy.timezone,
        fill_order: FillOrder = BookingPolicy.fill_order,
    ) -> None:
        """Makes the bus and the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables. The stream of Campaigns then also has the items as they were before a change.
            bus: An existing bus, which may have a key of your own. By default the construct makes one.
            timezone: The `timezone` of the booking policy: the time zone of shifts that name none.
            fill_order: The `fill_order` of the booking policy: the order of fill plans that name none.
        """
        if bus is not None:
            bus = validate_object("bus", bus, _BUS)
        timezone = validate("timezone", timezone, TIME_ZONE)
        fill_order = validate("fill_order", fill_order, FILL_ORDER)
        super().__init__(scope, construct_id)
        self.bus: events.IEventBus = bus or events.EventBus(
            self, "Bus", description="What happened to shifts, fill plans and campaigns"
        )
        publish = RuntimeFunction(
            self,
            "Publish",
            environment_class=PublishDomainEvents,
            description="Publishes what happened to shifts and campaigns",
            timeout=Duration.seconds(60),
        )
        publish.configure(event_bus=self.bus.event_bus_arn, timezone=timezone, fill_order=fill_order)
        grant(publish, actions=["events:PutEvents"], resource_arns=[self.bus.event_bus_arn])
        _add_old_images(tables.campaigns)
        invoke_on_changes(
            publish,
            table=tables.shifts,
            dead_letters=tables.stream_dead_letters,
            pattern={"eventName": lambda_.FilterRule.or_("INSERT", "MODIFY")},
            batch_size=100,
        )
        invoke_on_changes(
            publish,
            table=tables.campaigns,
            dead_letters=tables.stream_dead_letters,
            pattern={
                "eventName": lambda_.FilterRule.is_equal("MODIFY"),
                "dynamodb": {"NewImage": {"campaign_status": {"S": lambda_.FilterRule.or_(*_STATUSES)}}},
            },
            batch_size=100,
        )
        self._function = publish.function

    @property
    def function(self) -> lambda_.Function:
        """Publishes the events."""
        return self._function


def _parse_bus(given: object) -> events.IEventBus:
    # Imported buses are jsii proxies, so `isinstance` fails.
    if not hasattr(given, "event_bus_arn"):
        raise ValueError(given)
    return cast("events.IEventBus", given)


_BUS = Validator("a bus: an EventBus, or an imported bus (`from_event_bus_arn`)", _parse_bus)


def _add_old_images(table: dynamodb.ITableV2) -> None:
    """Adds items as they were before a change to the stream of a table.

    Without this construct, no consumer needs them.
    """
    resource = cast("dynamodb.CfnGlobalTable", table.node.default_child)
    resource.add_property_override(
        "StreamSpecification.StreamViewType", dynamodb.StreamViewType.NEW_AND_OLD_IMAGES.value
    )
