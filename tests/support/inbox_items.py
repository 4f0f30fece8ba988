"""Items of the OperatorInbox table for tests of operators."""

from typing import Any

ANN, BOB = "+14255550101", "+14255550102"
SICK: dict[str, Any] = {
    "message_id": "3f2a9c1e-66b9-564c-8309-21f858e9fb84",
    "phone_number": ANN,
    "reply_from": "+12065550100",
    "text": "I am sick,\nwho can I call?",
    "received_at": "2026-08-01T09:00:05.123+00:00",
    "message_status": "open",
    "expires_at": 1_793_000_000,
}
LATE: dict[str, Any] = {
    **SICK,
    "message_id": "3f2a77aa-0000-4000-8000-000000000001",
    "phone_number": BOB,
    "text": "I will be late",
    "received_at": "2026-08-01T08:00:00.000+00:00",
}
REPLIED: dict[str, Any] = {
    **SICK,
    "message_id": "77777777-0000-4000-8000-000000000002",
    "text": "Where do I park?",
    "received_at": "2026-08-01T07:00:00.000+00:00",
    "message_status": "replied",
    "reply": "Behind the house",
    "replied_at": "2026-08-01T07:30:00.000+00:00",
}
NOT_SENT: dict[str, Any] = {
    **REPLIED,
    "message_id": "88888888-0000-4000-8000-000000000003",
    "received_at": "2026-08-01T07:10:00.000+00:00",
    "message_status": "not-sent",
    "reply_error": "the text was not sent: opted-out",
}
FIRE: dict[str, Any] = {
    **LATE,
    "message_id": "99999999-0000-4000-8000-000000000004",
    "text": "There is a fire",
    "received_at": "2026-08-01T10:00:00.000+00:00",
    "urgent": True,
}
ANN_LEE = {"phone_number": ANN, "name": "Ann Lee"}
