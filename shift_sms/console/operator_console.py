"""The operators' console: an HTTP API, one function that answers it, and the sign-in."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge
from shift_sms.building_blocks.alarms import SUM, alarm_at, minutes
from shift_sms.building_blocks.runtime_asset import CONSOLE_ASSET
from shift_sms.building_blocks.runtime_function import RuntimeFunction, grant
from shift_sms.building_blocks.validators import DOMAIN_PREFIX, OIDC_ISSUER, validate
from shift_sms.console.console_user_pool import ConsoleUserPool
from shift_sms.console.operator_permissions import OperatorPermissions
from shift_sms.optional_connect_callback import OptionalConnectCallback
from shift_sms.outbox_sender import OutboxSender
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import ServeConsole

# API Gateway ends a request after 30 seconds.
# Source: "Quotas for configuring and running an HTTP API" in the API Gateway developer guide.
_TIMEOUT = Duration.seconds(29)
# Of all operators together. A page that is open asks for changes every four seconds.
_REQUESTS_PER_SECOND = 50
_BURST = 100
# Nothing that can be personal: no path, no query, no cookie.
_LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}


@dataclass(frozen=True)
class OpenIdProvider:
    """An OpenID provider that operators sign in with, instead of a user pool of the console."""

    issuer: str
    """Its address (https). The configuration is at `/.well-known/openid-configuration` below it."""
    client_id: str
    """The client that is registered there, with the redirect address `<ConsoleUrl>/signin/callback`."""
    client_secret: secretsmanager.ISecret | None = None
    """The secret of the client. By default the client is public."""
    group_claim: str = "groups"
    """The claim of ID tokens that lists the groups of an operator. The groups `viewer` and `manager` count."""


class OperatorConsole(Construct):
    """The console in the browser. Operators sign in; `viewer` reads, `manager` also changes.

    Its operations read the outputs of its stack, which must be those of `ShiftSmsStack`.

    Attributes:
        url: The address of the console, without a slash at the end.
        user_pool: The operators; None with an OpenID provider.
        alarms: Fire when requests fail.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        outbox: OutboxSender,
        domain_prefix: str | None = None,
        open_id_provider: OpenIdProvider | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        """Makes the API, the function and the sign-in.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            outbox: Sends the texts of operations.
            domain_prefix: The first part of the sign-in page's domain. By default the name of the stack and the number
                of the account.
            open_id_provider: The provider that operators sign in with. By default a user pool of the console.
            removal_policy: What happens to the user pool when the stack is deleted.
        """
        if domain_prefix is not None:
            domain_prefix = validate("domain_prefix", domain_prefix, DOMAIN_PREFIX)
        if open_id_provider is not None:
            validate("issuer", open_id_provider.issuer, OIDC_ISSUER)
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        self.function = RuntimeFunction(
            self,
            "Serve",
            environment_class=ServeConsole,
            description="Answers the requests of the operators' console",
            timeout=_TIMEOUT,
            package="shift_sms_console",
            contents=CONSOLE_ASSET,
        )
        api = self._api(self.function.function)
        self.url: str = api.api_endpoint
        self.function.configure(
            console_url=self.url,
            console_sessions_table=self._sessions(),
            deployment_stack=stack.stack_id,
        )
        self.user_pool: cognito.IUserPool | None = None
        if open_id_provider is None:
            pool = ConsoleUserPool(
                self,
                "SignIn",
                console_url=self.url,
                domain_prefix=domain_prefix or _default_domain_prefix(stack),
                removal_policy=removal_policy,
            )
            self.user_pool = pool.user_pool
            self._sign_in_with(OpenIdProvider(pool.issuer, pool.client_id, group_claim="cognito:groups"))
        else:
            self._sign_in_with(open_id_provider)
        # The operations take the names of tables from the outputs, so that the role gets the permissions alone.
        role = self.function.role
        grant(role, actions=["cloudformation:DescribeStacks"], resource_arns=[stack.stack_id])
        self._permissions = OperatorPermissions(role, tables=tables, outbox=outbox)
        self._permissions.grant_shifts()
        self._permissions.grant_inbox()
        self._permissions.grant_employees()
        self._permissions.grant_campaigns()
        self._permissions.grant_fill_plans()
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            self.function.alarm_on("ConsoleRequestFailed", meaning="a request failed; the log says where"),
            alarm_at(
                self,
                "FunctionErrors",
                threshold=1,
                metric=self.function.function.metric_errors(period=minutes(5), statistic=SUM),
                meaning="the function ended without a response, or exceeded its time",
            ),
        )

    def grant_health(
        self,
        *,
        topics: Sequence[sns.ITopic],
        alarm_topic: sns.ITopic,
        callback: OptionalConnectCallback | None = None,
    ) -> None:
        """Grants the page Health what its checks read. Without it, the page shows that they were not made.

        Args:
            topics: The topics that AWS End User Messaging SMS publishes to.
            alarm_topic: The topic that alarms notify.
            callback: Calls employees; None without Amazon Connect.
        """
        self._permissions.grant_health(topics=topics, alarm_topic=alarm_topic, callback=callback)

    def _api(self, function: lambda_.Function) -> apigatewayv2.HttpApi:
        api = apigatewayv2.HttpApi(
            self,
            "Api",
            api_name=f"{Stack.of(self).stack_name} console",
            description="The operators' console",
            create_default_stage=False,
            default_integration=integrations.HttpLambdaIntegration("Serve", function),
        )
        log_group = logs.LogGroup(
            self,
            "AccessLogs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        stage = apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=api,
            auto_deploy=True,
            throttle=apigatewayv2.ThrottleSettings(rate_limit=_REQUESTS_PER_SECOND, burst_limit=_BURST),
        )
        resource = cast("apigatewayv2.CfnStage", stage.node.default_child)
        resource.access_log_settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=json.dumps(_LOGGED)
        )
        acknowledge(api, "APIG4", "the function checks the session before anything else")
        return api

    def _sessions(self) -> str:
        """Makes the table of sessions, and returns its name. Its rows last hours, so that it goes with the stack."""
        table = dynamodb.TableV2(
            self,
            "Sessions",
            partition_key=dynamodb.Attribute(name="session_hash", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
            time_to_live_attribute="expires_at",
            removal_policy=RemovalPolicy.DESTROY,
        )
        grant(
            self.function,
            actions=[f"dynamodb:{action}" for action in ("GetItem", "PutItem", "DeleteItem")],
            resource_arns=[table.table_arn],
        )
        return table.table_name

    def _sign_in_with(self, provider: OpenIdProvider) -> None:
        secret = provider.client_secret
        issuer = provider.issuer
        self.function.configure(
            oidc_issuer=issuer,
            oidc_configuration_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            oidc_client_id=provider.client_id,
            oidc_client_secret_arn=secret.secret_arn if secret else None,
            group_claim=provider.group_claim,
        )
        if secret:
            secret.grant_read(self.function.role)


def _default_domain_prefix(stack: Stack) -> str:
    """Returns a prefix that no other account has. Cognito reserves some words."""
    name = re.sub(r"aws|amazon|cognito|[^a-z0-9-]", "", stack.stack_name.lower())
    return f"{name[:50].strip('-')}-{Aws.ACCOUNT_ID}"
