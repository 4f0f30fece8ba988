"""Checks permissions with the embedded cloud's IAM.

The embedded cloud derives the access key of a function from the ARNs of the function and its role
(`execution_credentials` in ministack/core/lambda_runtime.py), so the key of a request identifies the role.
"""

import hashlib
import time
from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING

from lab.phone_network.api.authorization import AccessDeniedError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient


def execution_access_key(function_arn: str, role_arn: str) -> str:
    """Returns the access key id that the embedded cloud gives to a function."""
    digest = hashlib.sha256(f"{function_arn}:{role_arn}".encode()).hexdigest()
    return f"ASIA{digest[:16].upper()}"


class EmbeddedCloudIam:
    """An `Authorize` that simulates the role's policies in the embedded cloud.

    The clients need administrator permissions. Decisions are cached for `decision_seconds`, so removing
    a permission takes effect after at most that time.
    """

    def __init__(
        self,
        *,
        iam: "IAMClient",
        functions: "LambdaClient",
        admin_key: str = "test",
        decision_seconds: float = 0.5,
    ) -> None:
        self._iam = iam
        self._functions = functions
        self._admin_key = admin_key
        self.decision_seconds = decision_seconds
        self._roles: dict[str, str] = {}
        self._decisions: dict[tuple[str, str, str], tuple[float, bool]] = {}
        self._lock = Lock()

    def __call__(self, access_key_id: str, action: str, resource_arn: str) -> None:
        if access_key_id == self._admin_key:
            return
        role_arn = self._role_of(access_key_id)
        if role_arn is None:
            raise AccessDeniedError("The security token included in the request is invalid.")
        if not self._allowed(role_arn, action, resource_arn):
            raise AccessDeniedError(
                f"User: {role_arn} is not authorized to perform: {action} on resource: {resource_arn} "
                f"because no identity-based policy allows the {action} action"
            )

    def _role_of(self, access_key_id: str) -> str | None:
        with self._lock:
            if access_key_id not in self._roles:
                self._roles = dict(self._keys_and_roles())
            return self._roles.get(access_key_id)

    def _keys_and_roles(self) -> Iterator[tuple[str, str]]:
        for page in self._functions.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                yield execution_access_key(function["FunctionArn"], function["Role"]), function["Role"]

    def _allowed(self, role_arn: str, action: str, resource_arn: str) -> bool:
        request = (role_arn, action, resource_arn)
        expires, allowed = self._decisions.get(request, (0.0, False))
        if expires < time.monotonic():
            simulation = self._iam.simulate_principal_policy(
                PolicySourceArn=role_arn, ActionNames=[action], ResourceArns=[resource_arn]
            )
            allowed = simulation["EvaluationResults"][0]["EvalDecision"] == "allowed"
            self._decisions[request] = (time.monotonic() + self.decision_seconds, allowed)
        return allowed
