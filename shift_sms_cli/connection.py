"""Connects a command to a deployment: `--env`, `--profile` and `--region`.

`--env local` is the lab: what `AWS_ENDPOINT_URL` names, or else the lab that runs in this folder or in one above it.
A running lab writes `.lab/connection.json`: an object with `endpoint_url`, `region`, `access_key_id`,
`secret_access_key`, and `service_endpoint_urls` with the endpoints of single services by their names in boto3.
"""

import getpass
import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import Operator, operator
from shift_sms_operator.deployment import Deployment
from shift_sms_operator.refusals import Refused

EnvOption = Annotated[
    str,
    typer.Option(
        "--env",
        envvar="SHIFT_SMS_ENV",
        show_envvar=False,
        help="The deployment: an environment in cdk.json, or local for the running lab.",
    ),
]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="An AWS profile.")]
RegionOption = Annotated[str | None, typer.Option("--region", help="The AWS Region of the stack.")]

DEFAULT_ENVIRONMENT = "dev"
LOCAL_ENVIRONMENT = "local"
LAB_FILE = Path(".lab") / "connection.json"
_LAB_REGION, _LAB_KEY = "us-east-1", "test"


def connect(env: str, profile: str | None, region: str | None) -> Operator:
    """Returns the operations on the deployment that the options name.

    Raises:
        Refused: there is no such stack, another version deployed it, or no lab is running.
    """
    clients = _clients(env, profile, region)
    deployment = Deployment.from_outputs(stack_outputs(clients, env))
    return operator(clients, deployment, _actor(clients), lambda: datetime.now(UTC))


def stack_outputs(clients: Clients, env: str) -> Mapping[str, str]:
    """Returns the outputs of an environment's stack. Raises Refused if there is no such stack."""
    stack = f"ShiftSms-{env}"
    try:
        description = clients.make("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as failed:
        # CloudFormation reports a missing stack with this code.
        if failed.response["Error"]["Code"] != "ValidationError":
            raise
        raise Refused(
            f"there is no stack {stack} in this account and region; "
            "check --env, --profile and --region, or deploy it first"
        ) from None
    return {one["OutputKey"]: one["OutputValue"] for one in description.get("Outputs", [])}


def new_session(
    profile: str | None,
    region: str | None,
    *,
    access_key_id: str | None = None,
    secret_access_key: str | None = None,
) -> boto3.Session:
    """Returns a session of the AWS configuration on this machine, or with the keys that are given."""
    return boto3.Session(
        profile_name=profile,
        region_name=region,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
    )


def _clients(env: str, profile: str | None, region: str | None) -> Clients:
    """Returns the clients, with the endpoints of the lab unless the environment names them."""
    if env != LOCAL_ENVIRONMENT:
        return Clients(new_session(profile, region))
    if os.environ.get("AWS_ENDPOINT_URL"):
        return Clients(_session_of_lab(profile, region))
    lab = _running_lab()
    session = new_session(
        None,
        region or lab["region"],
        access_key_id=lab["access_key_id"],
        secret_access_key=lab["secret_access_key"],
    )
    return Clients(
        session, endpoint_url=lab["endpoint_url"], service_endpoint_urls=lab["service_endpoint_urls"]
    )


def _session_of_lab(profile: str | None, region: str | None) -> boto3.Session:
    """Returns the session for an endpoint of the environment, which may need no credentials."""
    session = new_session(profile, region)
    region = session.region_name or _LAB_REGION
    if session.get_credentials() is None:
        return new_session(profile, region, access_key_id=_LAB_KEY, secret_access_key=_LAB_KEY)
    return new_session(profile, region)


def _running_lab() -> Mapping[str, Any]:
    for folder in (Path.cwd(), *Path.cwd().parents):
        try:
            lab: Mapping[str, Any] = json.loads((folder / LAB_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        return lab
    raise Refused(
        "no lab is running in this folder; start one in another terminal with make lab, "
        "or name another endpoint with AWS_ENDPOINT_URL"
    )


def _actor(clients: Clients) -> Callable[[], str]:
    """Returns a function that looks up once who operates: the caller's ARN, or else the user of this machine."""

    @cache
    def actor() -> str:
        try:
            return str(clients.make("sts").get_caller_identity()["Arn"])
        except (BotoCoreError, ClientError):
            return getpass.getuser()

    return actor
