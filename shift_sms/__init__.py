"""Shift management by two-way SMS, as AWS CDK constructs.

Use the whole stack, or parts for a stack of your own.
"""

from shift_sms import _runtime_path  # noqa: F401 - it must come first: every other import needs the runtime
from shift_sms.building_blocks.alarms import AlarmTopic
from shift_sms.building_blocks.dead_letter_queue import DeadLetterQueue
from shift_sms.campaign_launcher import CampaignLauncher
from shift_sms.console.operator_console import OpenIdProvider, OperatorConsole
from shift_sms.delivery_events import DeliveryEvents
from shift_sms.domain_events import DomainEvents
from shift_sms.fill_planner import FillPlanner
from shift_sms.inbound_sms_processor import InboundSmsProcessor
from shift_sms.manager_notices import ManagerNotices
from shift_sms.operator_inbox import OperatorInbox
from shift_sms.optional_connect_callback import OptionalConnectCallback
from shift_sms.outbox_sender import OutboxSender
from shift_sms.pinpoint_campaign_launcher import PinpointCampaignLauncher
from shift_sms.settings import CampaignEngine, Settings
from shift_sms.settings_reader import SettingsError
from shift_sms.shift_reconciler import ShiftReconciler
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel
from shift_sms.stack import ShiftSmsStack
from shift_sms_runtime.environment import (
    BookingPolicy,
    FillOrder,
    Language,
    LanguageSettings,
    SickCalls,
    StrangerReply,
    Vocabulary,
)

__all__ = [
    "AlarmTopic",
    "BookingPolicy",
    "CampaignEngine",
    "CampaignLauncher",
    "DeadLetterQueue",
    "DeliveryEvents",
    "DomainEvents",
    "FillOrder",
    "FillPlanner",
    "InboundSmsProcessor",
    "Language",
    "LanguageSettings",
    "ManagerNotices",
    "OpenIdProvider",
    "OperatorConsole",
    "OperatorInbox",
    "OptionalConnectCallback",
    "OutboxSender",
    "PinpointCampaignLauncher",
    "Settings",
    "SettingsError",
    "ShiftReconciler",
    "ShiftSmsStack",
    "ShiftTables",
    "SickCalls",
    "SmsChannel",
    "StrangerReply",
    "Vocabulary",
]
