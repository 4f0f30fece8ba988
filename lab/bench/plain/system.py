"""Deploys the plain handler of the blog post beside the product.

It runs in the embedded cloud of a running lab.
"""

import io
import json
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.phone_network import EmbeddedCloudIam, PhoneNetwork, SentText, publish_to_topic

_NAME = "plain-handler"
_TABLE = "PlainShifts"
_START_SECONDS = 30
# The product's functions have as much.
_MEMORY_MB = 512


class PlainSystem:
    """The plain handler with its topic, its table and a phone network of its own.

    It is a context manager.

    The phone network has the same limits as that of the product.
    """

    def __init__(self, system: LabSystem, approved_numbers: Sequence[str]) -> None:
        """Configures the system.

        Args:
            system: The running lab.
            approved_numbers: The numbers that may text.
        """
        self._system = system
        self._approved_numbers = approved_numbers
        self._stack = ExitStack()
        self.network: PhoneNetwork

    def __enter__(self) -> Self:
        cloud = self._system.cloud
        iam = EmbeddedCloudIam(iam=cloud.client("iam"), functions=cloud.client("lambda"), decision_seconds=60)
        with ExitStack() as stack:
            self.network = stack.enter_context(PhoneNetwork(self._system.network.account, authorize=iam))
            topic_arn = cloud.client("sns").create_topic(Name=_NAME)["TopicArn"]
            self.network.publish = publish_to_topic(cloud.client("sns"), topic_arn)
            self._create_table()
            self._create_function(topic_arn)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def put_shifts(self, shifts: Iterable[Mapping[str, str]]) -> None:
        """Puts shifts into the table of the plain handler."""
        self._system.put(_TABLE, shifts)

    def send_and_wait(self, phone: str, body: str, timeout: float = 30) -> SentText:
        """Sends a text from a phone and returns the reply. Raises TimeoutError if there is none."""
        received = len(self.network.inbox(phone))
        self.network.send_from_phone(phone, body, OUR_NUMBER)
        return self.network.wait_for_text(phone, received, timeout)

    def _create_table(self) -> None:
        self._system.cloud.client("dynamodb").create_table(
            TableName=_TABLE,
            KeySchema=[{"AttributeName": "shift_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "shift_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def _create_function(self, topic_arn: str) -> None:
        cloud = self._system.cloud
        functions = cloud.client("lambda")
        role: Any = cloud.client("iam").create_role(
            RoleName=_NAME, AssumeRolePolicyDocument=_policy("sts:AssumeRole", None)
        )
        cloud.client("iam").put_role_policy(
            RoleName=_NAME, PolicyName=_NAME, PolicyDocument=_policy(["dynamodb:*", "sms-voice:*"], "*")
        )
        function = functions.create_function(
            FunctionName=_NAME,
            Runtime="python3.13",
            Handler="handler.handler",
            Role=role["Role"]["Arn"],
            Code={"ZipFile": _archive()},
            Timeout=30,
            MemorySize=_MEMORY_MB,
            Environment={
                "Variables": {
                    "SHIFTS_TABLE": _TABLE,
                    "APPROVED_NUMBERS": ",".join(self._approved_numbers),
                    "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": self.network.url,
                }
            },
        )
        self._wait_until_active()
        functions.add_permission(
            FunctionName=_NAME,
            StatementId="sns",
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=topic_arn,
        )
        cloud.client("sns").subscribe(TopicArn=topic_arn, Protocol="lambda", Endpoint=function["FunctionArn"])

    def _wait_until_active(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        functions = self._system.cloud.client("lambda")
        while functions.get_function(FunctionName=_NAME)["Configuration"].get("State") != "Active":
            if time.monotonic() > deadline:
                raise TimeoutError(f"the plain handler was not active after {_START_SECONDS} s")
            time.sleep(0.1)


def _archive() -> bytes:
    source = Path(__file__).with_name("handler.py")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(source.name, source.read_text(encoding="utf-8"))
    return buffer.getvalue()


def _policy(action: str | list[str], resource: str | None) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action}
    statement |= (
        {"Principal": {"Service": "lambda.amazonaws.com"}} if resource is None else {"Resource": resource}
    )
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
