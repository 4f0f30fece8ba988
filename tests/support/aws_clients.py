"""Provides boto3 clients whose requests are answered by the test."""

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from shift_sms_runtime.aws.clients import ONE_ATTEMPT


def client_answered_with(session: boto3.Session, service: Any, status: int, body: bytes) -> Any:
    """AWS's own client, whose requests are answered with this."""
    client = session.client(service, config=ONE_ATTEMPT)

    class Raw:
        def stream(self) -> Iterator[bytes]:
            yield body

    answer = AWSResponse(
        "https://x", status, HTTPHeaders.from_dict({"Content-Type": "application/json"}), Raw()
    )
    client.meta.events.register("before-send", lambda **_: answer)
    return client


UNREADABLE = [b"", b"<html>", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}", b'{"MessageId": ""}']
