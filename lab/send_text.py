"""Sends one text to the running lab and prints the reply.

Called by `make text FROM=+14255550101 BODY=XYZ123`.

The text is passed in the environment (SMS_FROM, SMS_BODY), where no shell interprets it. Exit status: 0 a reply
arrived; 1 no reply, or no running lab; 2 invalid arguments.
"""

import http.client
import json
import os
import re
import sys
from typing import Any
from urllib.parse import urlsplit

from lab.discovery import NoRunningLab, find_running_lab

REPLIED, NO_REPLY, USAGE_ERROR = 0, 1, 2

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_TIMEOUT_SECONDS = 20
_USAGE = "make text FROM=+14255550101 BODY=XYZ123"


class _UsageError(Exception):
    """The text cannot be sent; the message says why."""


def main() -> int:
    """Sends the text and prints the replies; returns the exit status."""
    try:
        phone, body = _requested_text()
        replies = _send_text(find_running_lab().phone_network_url, phone, body)
    except _UsageError as error:
        return _print_error(str(error), USAGE_ERROR)
    except NoRunningLab as error:
        return _print_error(str(error), NO_REPLY)
    except (OSError, http.client.HTTPException):
        return _print_error("The lab in this folder is not responding. Start it again: make lab", NO_REPLY)
    for reply in replies:
        segments = "1 segment" if reply["parts"] == 1 else f"{reply['parts']} segments"
        print(f"{reply['body']}\n({segments}, from {reply['origination']})")
    if replies:
        return REPLIED
    return _print_error(
        f"No reply within {_TIMEOUT_SECONDS} s. The system does not reply to strangers (is {phone} in"
        " lab/data/employees.csv?), to thanks, after an opt-out word like STOP until START, beyond the setting"
        " texts_per_hour, or to the same text sent repeatedly.",
        NO_REPLY,
    )


def _requested_text() -> tuple[str, str]:
    phone, body = os.environ.get("SMS_FROM", "").strip(), os.environ.get("SMS_BODY", "")
    if not phone or not body:
        raise _UsageError(f"FROM and BODY are required: {_USAGE}")
    if not _E164.fullmatch(phone):
        raise _UsageError(
            f"FROM is {phone!r}; it must be a number in E.164 format, + and digits only: {_USAGE}"
        )
    return phone, body


def _send_text(url: str, phone: str, body: str) -> list[dict[str, Any]]:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=_TIMEOUT_SECONDS + 30
    )
    try:
        connection.request(
            "POST",
            "/_phone/text",
            json.dumps({"from": phone, "body": body, "wait_seconds": _TIMEOUT_SECONDS}),
            {"Content-Type": "application/json"},
        )
        response = connection.getresponse()
        document = json.load(response)
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise _UsageError(f"Not sent: {document['error']}")
    replies: list[dict[str, Any]] = document["replies"]
    return replies


def _print_error(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
