"""Builds the console from the function's environment variables. The only module that makes clients."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from shift_sms_console.assets import Assets
from shift_sms_console.cookies import Cookies
from shift_sms_console.kernel import Console
from shift_sms_console.navigation import NAVIGATION, routes
from shift_sms_console.rendering import Templates
from shift_sms_console.sign_in.provider import Client, Http, Provider, send
from shift_sms_console.sign_in.sign_in import SignIn
from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment
from shift_sms_runtime.environment import ServeConsole
from shift_sms_runtime.tables.console_sessions import DynamoConsoleSessions

_KEPT = timedelta(minutes=5)
_ASSET_ROOT = Path(__file__).parents[1]


@cache
def console() -> Console:
    """Returns the console of the function's environment."""
    environment, clients = ServeConsole.read(os.environ), Clients(boto3.Session())
    return build(environment, clients, send, lambda: stack_outputs(clients, environment.deployment_stack))


def build(
    environment: ServeConsole,
    clients: Clients,
    http: Http,
    read_outputs: Callable[[], Mapping[str, str]],
    *,
    clock: Callable[[], datetime] | None = None,
    root: Path = _ASSET_ROOT,
) -> Console:
    """Returns a console.

    Args:
        environment: The environment of the function.
        clients: The clients of the deployment's account and region.
        http: Sends requests to the OpenID provider.
        read_outputs: Returns the outputs of the stack.
        clock: Returns the time. By default it is real.
        root: The folder that has the packages of the function.
    """
    now = clock or _now
    deployments = _Deployments(read_outputs, now)
    client = Client(
        issuer=environment.oidc_issuer,
        configuration_url=environment.oidc_configuration_url,
        client_id=environment.oidc_client_id,
        client_secret=cache(lambda: _client_secret(environment.oidc_client_secret_arn)),
    )
    assets = Assets(root)

    def operator_of(email: str) -> Operator:
        return operator(clients, deployments.current(), lambda: email, now)

    return Console(
        sign_in=SignIn(
            client=client,
            provider=Provider(client, http),
            sessions=DynamoConsoleSessions(clients.dynamodb, environment.console_sessions_table),
            cookies=Cookies(secure=urlsplit(environment.console_url).scheme == "https"),
            console_url=environment.console_url,
            group_claim=environment.group_claim,
            clock=now,
        ),
        assets=assets,
        templates=Templates(assets, NAVIGATION),
        routes=routes(),
        operator=operator_of,
        clock=now,
    )


class _Deployments:
    """Reads the outputs of a stack, and again after some minutes: a deployment may have changed the settings."""

    def __init__(self, read: Callable[[], Mapping[str, str]], clock: Callable[[], datetime]) -> None:
        self._read = read
        self._clock = clock
        self._known: tuple[datetime, Deployment] | None = None

    def current(self) -> Deployment:
        """Returns the outputs, at most some minutes old."""
        now = self._clock()
        if self._known is None or now - self._known[0] > _KEPT:
            self._known = now, Deployment.from_outputs(self._read())
        return self._known[1]


def stack_outputs(clients: Clients, stack: str) -> Mapping[str, str]:
    """Returns the outputs of a stack by their names."""
    (found,) = clients.make("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}


def _client_secret(arn: str | None) -> str | None:
    if arn is None:
        return None
    client: Any = boto3.client("secretsmanager")
    return str(client.get_secret_value(SecretId=arn)["SecretString"])


def _now() -> datetime:
    return datetime.now(UTC)
