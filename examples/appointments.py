"""The same constructs offer something else: what a patient gives back goes to the next of the waiting list."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from shift_sms import (
    AlarmTopic,
    InboundSmsProcessor,
    ShiftReconciler,
    ShiftRules,
    ShiftTables,
    SmsChannel,
    Vocabulary,
)


class FreedAppointmentsStack(Stack):
    """A practice's patients are its Employees, its appointments its Shifts."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        tables = ShiftTables(self, "Tables")
        channel = SmsChannel(self, "Sms", origination_identity="+14255550100")
        rules = ShiftRules(vocabulary=Vocabulary.APPOINTMENTS, timezone="America/Los_Angeles")
        answers = InboundSmsProcessor(self, "Answers", tables=tables, channel=channel, rules=rules)
        waiting_list = ShiftReconciler(self, "WaitingList", tables=tables, channel=channel, rules=rules)
        AlarmTopic(self, "OnDuty", alarms=[*answers.alarms, *waiting_list.alarms], email="desk@example.com")
