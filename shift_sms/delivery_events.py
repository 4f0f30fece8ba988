"""Records what carriers report about the texts of campaigns."""

from aws_cdk import ArnFormat, Duration, Names, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_smsvoice as smsvoice
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction, configure, grant
from shift_sms.building_blocks.sms_voice_topic import sms_voice_topic
from shift_sms.building_blocks.validators import CONFIGURATION_SET_NAME, validate
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import RecordDeliveryEvent

# The types after which a text's status is final. The configuration set publishes no others.
# https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
EVENT_TYPES = (
    "TEXT_SUCCESSFUL",
    "TEXT_DELIVERED",
    "TEXT_INVALID",
    "TEXT_INVALID_MESSAGE",
    "TEXT_UNREACHABLE",
    "TEXT_CARRIER_UNREACHABLE",
    "TEXT_BLOCKED",
    "TEXT_CARRIER_BLOCKED",
    "TEXT_SPAM",
    "TEXT_UNKNOWN",
    "TEXT_TTL_EXPIRED",
    "TEXT_PROTECT_BLOCKED",
)


class DeliveryEvents(Construct):
    """Records the delivery events of texts that are sent with its configuration set.

    Attributes:
        topic: The topic that the events are published to.
        configuration_set_name: The configuration set to send with.
        configuration_set_arn: Its ARN.
        work_queue: The queue of delivery events.
        alarms: The alarms of its queues.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        configuration_set_name: str | None = None,
    ) -> None:
        """Makes the topic, the queue, the function and the configuration set.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            configuration_set_name: An existing configuration set. Its owner adds an event destination that publishes
                `EVENT_TYPES` to `topic`. By default the construct makes one.
        """
        if configuration_set_name is not None:
            configuration_set_name = validate(
                "configuration_set_name", configuration_set_name, CONFIGURATION_SET_NAME
            )
        super().__init__(scope, construct_id)
        # The service checks that it may publish to the topic when the set is created. The topic policy, which contains
        # the ARN of the set, must exist before. So the name cannot be left to CloudFormation.
        name = configuration_set_name or Names.unique_resource_name(
            self, max_length=64, separator="-", allowed_special_characters="-_"
        )
        arn = Stack.of(self).format_arn(
            service="sms-voice",
            resource="configuration-set",
            resource_name=name,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        topic = sms_voice_topic(self, "Topic", source_arn=arn)
        self.topic: sns.ITopic = topic
        self.configuration_set_name = name
        self.configuration_set_arn = arn
        if configuration_set_name is None:
            configuration_set = self._make_configuration_set(name, topic)
            self.configuration_set_name = configuration_set.ref
            self.configuration_set_arn = configuration_set.attr_arn

        timeout = Duration.seconds(30)
        queue = WorkQueue(self, "Events", timeout=timeout)
        self.work_queue = queue
        topic.add_subscription(
            subscriptions.SqsSubscription(queue.queue, dead_letter_queue=queue.dead_letters.queue)
        )
        record = RuntimeFunction(
            self,
            "Record",
            environment_class=RecordDeliveryEvent,
            description="Records the delivery events of campaign texts",
            timeout=timeout,
        )
        tables.grant_update_deliveries(record)
        tables.grant_count_deliveries(record)
        queue.add_consumer(record, batch_size=10, max_concurrency=10)
        self._function = record.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = queue.alarms

    @property
    def function(self) -> lambda_.Function:
        """Records the events in the Deliveries table."""
        return self._function

    def grant_send_tracked(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants sending with the configuration set. `SmsChannel` grants sending from a number."""
        configure(grantee, configuration_set_name=self.configuration_set_name)
        return grant(
            grantee,
            actions=["sms-voice:SendTextMessage"],
            resource_arns=[self.configuration_set_arn],
        )

    def _make_configuration_set(self, name: str, topic: sns.Topic) -> smsvoice.CfnConfigurationSet:
        destination = smsvoice.CfnConfigurationSet.EventDestinationProperty(
            event_destination_name="delivery-events",
            enabled=True,
            matching_event_types=list(EVENT_TYPES),
            sns_destination=smsvoice.CfnConfigurationSet.SnsDestinationProperty(topic_arn=topic.topic_arn),
        )
        configuration_set = smsvoice.CfnConfigurationSet(
            self, "ConfigurationSet", configuration_set_name=name, event_destinations=[destination]
        )
        configuration_set.node.add_dependency(topic)
        return configuration_set
