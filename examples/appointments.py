"""Offers appointments instead of shifts: a freed appointment goes to the next patient on the waiting list."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from shift_sms import (
    AlarmTopic,
    BookingPolicy,
    InboundSmsProcessor,
    LanguageSettings,
    OutboxSender,
    ShiftReconciler,
    ShiftTables,
    SmsChannel,
    Vocabulary,
)


class FreedAppointmentsStack(Stack):
    """Texts freed appointments to patients. The table Employees holds patients, the table Shifts appointments."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        tables = ShiftTables(self, "Tables")
        channel = SmsChannel(self, "Sms", origination_identity="+14255550100")
        booking_policy = BookingPolicy(timezone="America/Los_Angeles")
        language = LanguageSettings(vocabulary=Vocabulary.APPOINTMENTS)
        outbox = OutboxSender(
            self, "Outbox", tables=tables, channel=channel, booking_policy=booking_policy, language=language
        )
        inbound = InboundSmsProcessor(
            self, "Inbound", tables=tables, outbox=outbox, booking_policy=booking_policy, language=language
        )
        waiting_list = ShiftReconciler(
            self,
            "WaitingList",
            tables=tables,
            outbox=outbox,
            booking_policy=booking_policy,
            language=language,
        )
        AlarmTopic(
            self,
            "OnDuty",
            alarms=[*tables.alarms, *inbound.alarms, *outbox.alarms, *waiting_list.alarms],
            email="desk@example.com",
        )
