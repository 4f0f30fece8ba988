"""The settings of the lab's stack.

The phone network simulates the resources that they name.
"""

from collections.abc import Mapping
from typing import Any

ENVIRONMENT = "local"
STACK = f"ShiftSms-{ENVIRONMENT}"

SETTINGS: Mapping[str, Any] = {
    "origination_identity": "+12065550100",
    "messages_per_second": 50,
    # The embedded cloud has no configuration sets, so the stack must not create one.
    "configuration_set_name": "shift-sms-local",
    "connect_enabled": True,
    "connect_instance_id": "11111111-2222-4333-8444-555555555555",
    "connect_contact_flow_id": "22222222-3333-4444-8555-666666666666",
    "connect_queue_id": "33333333-4444-4555-8666-777777777777",
    "connect_source_phone_number": "+12065550111",
    "pinpoint_application_id": "0123456789abcdef0123456789abcdef",
    "pinpoint_segment_id": "fedcba9876543210fedcba9876543210",
    "removal_policy": "destroy",
}
"""Written like an environment in `cdk.json`; `-c key=value` overrides one."""
