"""Tests invalid HTTP requests, and what every request must contain."""

import json
import re
import socket
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from lab.phone_network.api.wire import service_model
from tests.support.phone_network import OURS, PHONE, REGION, RunningNetwork

TARGET = "PinpointSMSVoiceV2.SendTextMessage"
VALID = {"DestinationPhoneNumber": PHONE, "OriginationIdentity": OURS, "MessageBody": "hello"}


def signed(
    running: RunningNetwork,
    body: bytes,
    *,
    target: str | None = TARGET,
    service: str = "sms-voice",
    region: str = REGION,
) -> dict[str, str]:
    headers = {"X-Amz-Target": target} if target else {}
    request = AWSRequest("POST", running.network.url + "/", headers=headers, data=body)
    SigV4Auth(Credentials("test", "secret"), service, region).add_auth(request)
    return dict(request.headers)


def exchange(
    running: RunningNetwork, body: bytes, headers: dict[str, str], *, method: str = "POST", path: str = "/"
) -> tuple[int, dict[str, Any]]:
    connection = HTTPConnection(urlsplit(running.network.url).netloc, timeout=5)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read()
        return response.status, json.loads(content) if content.startswith(b"{") else {}
    finally:
        connection.close()


def test_given_a_misspelled_parameter_when_sent_raw_then_the_field_is_named(running: RunningNetwork) -> None:
    body = json.dumps({**VALID, "MessageTypo": "TRANSACTIONAL"}).encode()
    status, response = exchange(running, body, signed(running, body))
    assert (status, response["__type"], response["Reason"]) == (
        400,
        "ValidationException",
        "FIELD_VALIDATION_FAILED",
    )
    assert response["Fields"] == [{"Name": "MessageTypo", "Message": "Unknown parameter"}]


@pytest.mark.parametrize(
    ("service", "method", "path", "code"),
    [
        ("connect", "PUT", "/contact/outbound-voice", "InvalidRequestException"),
        ("mobiletargeting", "POST", "/v1/apps/application1/campaigns", "BadRequestException"),
    ],
)
def test_given_a_misspelled_rest_parameter_when_sent_raw_then_the_message_names_it(
    running: RunningNetwork, service: str, method: str, path: str, code: str
) -> None:
    body = b'{"Nam": "campaign-1"}'
    headers = signed(running, body, target=None, service=service)
    status, response = exchange(running, body, headers, method=method, path=path)
    assert (status, response["__type"]) == (400, code)
    assert "Nam: Unknown parameter" in response["Message"]


@pytest.mark.parametrize("body", [b"not json", b"[]", b'"text"', b"\xff"])
def test_given_a_body_that_is_no_object_when_sent_then_serialization_exception(
    running: RunningNetwork, body: bytes
) -> None:
    status, response = exchange(running, body, signed(running, body))
    assert (status, response["__type"]) == (400, "SerializationException")


def test_given_no_signature_when_sent_then_missing_authentication_token(running: RunningNetwork) -> None:
    headers = {"X-Amz-Target": TARGET}
    status, response = exchange(running, json.dumps(VALID).encode(), headers)
    assert (status, response["__type"]) == (403, "MissingAuthenticationTokenException")


def test_given_another_scheme_when_sent_then_incomplete_signature(running: RunningNetwork) -> None:
    headers = {"X-Amz-Target": TARGET, "Authorization": "Bearer token"}
    status, response = exchange(running, json.dumps(VALID).encode(), headers)
    assert (status, response["__type"]) == (400, "IncompleteSignatureException")


@pytest.mark.parametrize(("service", "region"), [("sns", REGION), ("sms-voice", "eu-west-1")])
def test_given_a_signature_for_another_scope_when_sent_then_invalid_signature(
    running: RunningNetwork, service: str, region: str
) -> None:
    body = json.dumps(VALID).encode()
    status, response = exchange(running, body, signed(running, body, service=service, region=region))
    assert (status, response["__type"]) == (403, "InvalidSignatureException")
    assert running.network.texts == ()


@pytest.mark.parametrize(
    ("target", "method", "path"),
    [
        ("PinpointSMSVoiceV2.SendVoiceMessage", "POST", "/"),
        ("PinpointSMSVoiceV2.SendTextMesage", "POST", "/"),
        ("DynamoDB_20120810.PutItem", "POST", "/"),
        (None, "PUT", "/contact/task"),
        (None, "POST", "/contact/outbound-voice"),
        (None, "GET", "/v1/apps/application1/campaigns"),
    ],
)
def test_given_an_operation_the_network_lacks_when_called_then_unknown_operation(
    running: RunningNetwork, target: str | None, method: str, path: str
) -> None:
    headers = signed(running, b"{}", target=target)
    status, response = exchange(running, b"{}", headers, method=method, path=path)
    assert (status, response["__type"]) == (404, "UnknownOperationException")


def test_given_an_unsupported_operation_when_boto3_calls_it_then_it_reads_the_error(
    running: RunningNetwork,
) -> None:
    with pytest.raises(ClientError) as raised:
        running.sms.describe_sender_ids()
    assert raised.value.response["Error"]["Code"] == "UnknownOperationException"


def test_given_the_host_of_another_machine_when_requested_then_refused(running: RunningNetwork) -> None:
    headers = signed(running, b"{}") | {"Host": "phones.example.com"}
    status, _ = exchange(running, b"{}", headers)
    assert status == 403


def test_given_a_huge_body_when_sent_then_refused_unread(running: RunningNetwork) -> None:
    status, _ = exchange(running, b"x" * (256 * 1024 + 1), {})
    assert status == 413


def test_given_a_body_of_unknown_length_when_sent_then_refused(running: RunningNetwork) -> None:
    address = urlsplit(running.network.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        assert connection.recv(64).startswith(b"HTTP/1.1 411 ")


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("pinpoint-sms-voice-v2", "SendTextMessage"),
        ("connect", "StartOutboundVoiceContact"),
        ("pinpoint", "CreateCampaign"),
    ],
)
def test_given_botocores_models_when_a_pattern_is_read_then_python_can_apply_it(
    service: str, operation: str
) -> None:
    model = service_model(service).operation_model(operation)
    assert model.input_shape is not None
    for shape in model.input_shape.members.values():
        re.compile(shape.metadata.get("pattern", ""))
