"""Shift management by two-way SMS, as AWS CDK constructs: a whole stack, or parts for a stack of your own."""

from shift_sms.alarm_topic import AlarmTopic
from shift_sms.campaign_launcher import CampaignLauncher
from shift_sms.dead_letter_queue import DeadLetterQueue
from shift_sms.delivery_tracking import DeliveryTracking
from shift_sms.inbound_sms_processor import InboundSmsProcessor
from shift_sms.operator_messages import OperatorMessages
from shift_sms.optional_connect_callback import OptionalConnectCallback
from shift_sms.pinpoint_campaign_launcher import PinpointCampaignLauncher
from shift_sms.settings import Settings, SettingsError, StrangerReply
from shift_sms.shift_keeper import ShiftKeeper
from shift_sms.shift_rules import Language, ShiftRules, Vocabulary
from shift_sms.shift_sms_stack import ShiftSmsStack
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel

__all__ = [
    "AlarmTopic",
    "CampaignLauncher",
    "DeadLetterQueue",
    "DeliveryTracking",
    "InboundSmsProcessor",
    "Language",
    "OperatorMessages",
    "OptionalConnectCallback",
    "PinpointCampaignLauncher",
    "Settings",
    "SettingsError",
    "ShiftKeeper",
    "ShiftRules",
    "ShiftSmsStack",
    "ShiftTables",
    "SmsChannel",
    "StrangerReply",
    "Vocabulary",
]
