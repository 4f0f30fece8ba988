"""That AWS took a text does not say that it arrived: what carriers report later is written into the ledger."""

from aws_cdk import ArnFormat, Duration, Names, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_smsvoice as smsvoice
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.sms_voice_topic import sms_voice_topic
from shift_sms.building_blocks.validators import CONFIGURATION_SET, validate
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.shift_tables import ShiftTables

# What says how a text ended, and no more: what is still under way is no news.
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
    """Follows the texts that are sent with its configuration set."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        configuration_set_name: str | None = None,
    ) -> None:
        """`configuration_set_name` is a set that exists already; then none is made, and whoever keeps that one adds an
        event destination to it that publishes `EVENT_TYPES` to `topic`."""
        if configuration_set_name is not None:
            configuration_set_name = validate(
                "configuration_set_name", configuration_set_name, CONFIGURATION_SET
            )
        super().__init__(scope, construct_id)
        # CloudFormation would make up a name, but when it makes the set: too late for the topic's policy, which names
        # the set and must be there before it, for the service may not be let publish to what refuses it.
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
            made = self._configuration_set(name, topic)
            self.configuration_set_name, self.configuration_set_arn = made.ref, made.attr_arn

        timeout = Duration.seconds(30)
        events = WorkQueue(self, "Events", timeout=timeout)
        topic.add_subscription(
            subscriptions.SqsSubscription(events.queue, dead_letter_queue=events.dead_letters.queue)
        )
        record = RuntimeFunction(
            self,
            "Record",
            name="record_delivery_event",
            description="Writes into the ledger what became of texts",
            timeout=timeout,
            environment={
                "DELIVERIES_TABLE": tables.deliveries.table_name,
                "PROGRESS_TABLE": tables.progress.table_name,
            },
        )
        tables.grant_track_deliveries(record.function)
        tables.grant_count_progress(record.function)
        events.feed(record, batch_size=10, max_concurrency=10)
        self._record = record.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = events.alarms

    @property
    def function(self) -> lambda_.IFunction:
        """Writes into the ledger what became of texts."""
        return self._record

    def grant_send_tracked(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee send with the configuration set; what it may send from, the `SmsChannel` says."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sms-voice:SendTextMessage"],
            resource_arns=[self.configuration_set_arn],
        )

    def _configuration_set(self, name: str, topic: sns.Topic) -> smsvoice.CfnConfigurationSet:
        destination = smsvoice.CfnConfigurationSet.EventDestinationProperty(
            event_destination_name="delivery-events",
            enabled=True,
            matching_event_types=list(EVENT_TYPES),
            sns_destination=smsvoice.CfnConfigurationSet.SnsDestinationProperty(topic_arn=topic.topic_arn),
        )
        made = smsvoice.CfnConfigurationSet(
            self, "ConfigurationSet", configuration_set_name=name, event_destinations=[destination]
        )
        made.node.add_dependency(topic)
        return made
