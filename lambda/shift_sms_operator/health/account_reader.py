"""Reads what the account allows: its tier, its spend limit and its quota, and the resources of Amazon Connect."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shift_sms_operator.deployment import OperatorSettings
from shift_sms_operator.health.facts import ConnectResources, FiringAlarm, Spending

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

_TIER, _TEXT_LIMIT = "ACCOUNT_TIER", "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"
_DAY_SECONDS = 86_400
_FIRING = "ALARM"
_QUOTA_SERVICE = "AWS End User Messaging"
"""How the service is called in Service Quotas.
https://docs.aws.amazon.com/sms-voice/latest/userguide/awssupport-spend-threshold.html"""
_QUOTA = "SendTextMessage"


class AccountReader:
    """Reads limits of the account in the region of the deployment."""

    def __init__(
        self,
        sms: "PinpointSMSVoiceV2Client",
        *,
        cloudwatch: Any,
        service_quotas: Any,
        dynamodb: "DynamoDBClient",
    ) -> None:
        """Takes the clients. `cloudwatch` and `service_quotas` are boto3 clients, too."""
        self._sms = sms
        self._cloudwatch = cloudwatch
        self._service_quotas = service_quotas
        self._dynamodb = dynamodb

    def tier(self) -> str:
        """Reads the tier of the account: `SANDBOX` or `PRODUCTION`."""
        pages = self._sms.get_paginator("describe_account_attributes").paginate()
        attributes: dict[str, str] = {
            one["Name"]: one["Value"] for page in pages for one in page["AccountAttributes"]
        }
        return attributes.get(_TIER, "unknown")

    def spending(self, now: datetime) -> Spending:
        """Reads the spend limit of texts, and what was spent since the month began (UTC)."""
        pages = self._sms.get_paginator("describe_spend_limits").paginate()
        limit = next(one for page in pages for one in page["SpendLimits"] if one["Name"] == _TEXT_LIMIT)
        # The metric counts from the beginning of the month, and exists once a text was sent.
        # https://docs.aws.amazon.com/sms-voice/latest/userguide/monitoring-cloudwatch.html
        points = self._cloudwatch.get_metric_statistics(
            Namespace="AWS/SMSVoice",
            MetricName="TextMessageMonthlySpend",
            StartTime=now.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
            EndTime=now,
            Period=_DAY_SECONDS,
            Statistics=["Maximum"],
        )["Datapoints"]
        spent = max((Decimal(str(point["Maximum"])) for point in points), default=None)
        return Spending(limit["EnforcedLimit"], limit["MaxLimit"], spent)

    def firing_alarms(self, stack_name: str) -> list[FiringAlarm]:
        """Reads the alarms of a stack that fire, at most 100, the latest first."""
        alarms = self._cloudwatch.describe_alarms(
            # CloudFormation names an alarm after its stack.
            AlarmNamePrefix=f"{stack_name}-",
            AlarmTypes=["MetricAlarm"],
            StateValue=_FIRING,
            MaxRecords=100,
        )["MetricAlarms"]
        found = [
            FiringAlarm(
                one.get("AlarmDescription", one["AlarmName"]),
                # The other one also changes when data is missing for a while.
                one.get("StateTransitionedTimestamp", one["StateUpdatedTimestamp"]),
            )
            for one in alarms
            if one["StateValue"] == _FIRING
        ]
        return sorted(found, key=lambda alarm: alarm.since, reverse=True)

    def text_quota(self) -> float | None:
        """Reads the quota of SendTextMessage per second; None if Service Quotas does not list it."""
        services = self._service_quotas.get_paginator("list_services").paginate()
        codes = [
            one["ServiceCode"]
            for page in services
            for one in page["Services"]
            if one["ServiceName"].startswith(_QUOTA_SERVICE)
        ]
        for code in codes:
            quotas = self._service_quotas.get_paginator("list_service_quotas").paginate(ServiceCode=code)
            for page in quotas:
                for quota in page["Quotas"]:
                    if _QUOTA in quota["QuotaName"]:
                        return float(quota["Value"])
        return None

    def employees(self, table: str) -> int:
        """Returns about how many employees there are. DynamoDB counts the items every six hours."""
        return self._dynamodb.describe_table(TableName=table)["Table"].get("ItemCount", 0)


class ConnectReader:
    """Reads the resources of Amazon Connect that the settings name."""

    def __init__(self, connect: "ConnectClient", settings: OperatorSettings) -> None:
        self._connect = connect
        self._settings = settings

    def resources(self) -> ConnectResources:
        """Reads the instance, and what a call needs in it."""
        instance_id = self._settings.connect_instance_id
        missing = (
            self._connect.exceptions.ResourceNotFoundException,
            self._connect.exceptions.InvalidRequestException,
            self._connect.exceptions.InvalidParameterException,
        )
        try:
            instance = self._connect.describe_instance(InstanceId=instance_id)["Instance"]
        except missing:
            return ConnectResources(instance_status=None)
        flow_state, published = None, False
        try:
            flow = self._connect.describe_contact_flow(
                InstanceId=instance_id, ContactFlowId=self._settings.connect_contact_flow_id
            )["ContactFlow"]
            flow_state, published = flow["State"], flow.get("Status", "PUBLISHED") == "PUBLISHED"
        except self._connect.exceptions.ContactFlowNotPublishedException:
            flow_state = "ACTIVE"
        except missing:
            pass
        queue_status = None
        with suppress(*missing):
            queue_status = self._connect.describe_queue(
                InstanceId=instance_id, QueueId=self._settings.connect_queue_id
            )["Queue"]["Status"]
        number = self._settings.connect_source_phone_number
        numbers = self._connect.list_phone_numbers_v2(InstanceId=instance_id, PhoneNumberPrefix=number)
        return ConnectResources(
            instance_status=instance["InstanceStatus"],
            flow_state=flow_state,
            flow_published=published,
            queue_status=queue_status,
            number_found=any(one["PhoneNumber"] == number for one in numbers["ListPhoneNumbersSummaryList"]),
        )
