"""The baseline of the benchmarks: a Lambda handler as the blog post describes it.

SNS invokes it with one inbound text. It reads the approved numbers from its environment, queries each shift and then
updates it without a condition, and scans the table for REQUEST. The file is deployed as it is and imports nothing of
the product.
"""

import json
import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

_INVALID_CODE = "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"

_table = boto3.resource("dynamodb").Table(os.environ["SHIFTS_TABLE"])
_sms = boto3.client("pinpoint-sms-voice-v2")
_approved_numbers = set(os.environ["APPROVED_NUMBERS"].split(","))


def handler(event: dict[str, Any], _context: object) -> None:
    """Handles the inbound texts of one SNS event."""
    for record in event["Records"]:
        text = json.loads(record["Sns"]["Message"])
        if text["originationNumber"] in _approved_numbers:
            _sms.send_text_message(
                DestinationPhoneNumber=text["originationNumber"],
                OriginationIdentity=text["destinationNumber"],
                MessageBody=_reply(text["messageBody"], text["originationNumber"]),
            )


def _reply(body: str, number: str) -> str:
    words = body.upper().split()
    if words == ["REQUEST"]:
        return _list_shifts()
    return ", ".join(_book(word, number) for word in words)


def _list_shifts() -> str:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while True:
        response = _table.scan(FilterExpression=Attr("shift_status").eq("available"), **page)
        found += response["Items"]
        if "LastEvaluatedKey" not in response:
            break
        page = {"ExclusiveStartKey": response["LastEvaluatedKey"]}
    return "\n".join(f"{shift['shift_id']} {shift['shift_info']}" for shift in found[:20])


def _book(code: str, number: str) -> str:
    items = _table.query(KeyConditionExpression=Key("shift_id").eq(code))["Items"]
    if not items:
        return _INVALID_CODE
    if items[0]["shift_status"] != "available":
        return f"{code} is taken"
    _table.update_item(
        Key={"shift_id": code},
        UpdateExpression="SET shift_status = :taken, employee = :number",
        ExpressionAttributeValues={":taken": "taken", ":number": number},
    )
    return f"{code} is yours"
