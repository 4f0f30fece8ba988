"""Builds files of Amazon Pinpoint."""

import json
from typing import Any

ANN: dict[str, Any] = {
    "ChannelType": "SMS",
    "Address": "+14255550101",
    "EndpointStatus": "ACTIVE",
    "OptOut": "NONE",
    "Location": {"Country": "USA", "City": "Everett"},
    "Demographic": {"Locale": "en_US", "Platform": "ios"},
    "EffectiveDate": "2025-02-12T11:20:13.627Z",
    "Attributes": {"Team": ["Night", "Bar"]},
    "Metrics": {"shifts": 12.0},
    "User": {"UserId": "user-1", "UserAttributes": {"FirstName": ["Ann"], "LastName": ["Lee"]}},
    "ApplicationId": "0123456789abcdef0123456789abcdef",
    "Id": "endpoint/1",
    "CohortId": "48",
    "CreationDate": "2025-02-12T11:20:13.627Z",
}
"""As export jobs wrote it."""


BOB = {"ChannelType": "SMS", "Address": "+14255550102"}


OPTED_OUT = {"opted_out": True, "opt_changed_by": "pinpoint-import"}


def lines(*endpoints: object) -> str:
    """Endpoints as JSON, one on each line; what is a text already stays as it is."""
    return "".join(f"{e if isinstance(e, str) else json.dumps(e)}\n" for e in endpoints)
