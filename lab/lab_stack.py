"""The product's stack with the changes that the embedded cloud and the phone network need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from lab.settings import ENVIRONMENT, SETTINGS
from shift_sms.building_blocks.acknowledgments import acknowledge, acknowledge_wildcard
from shift_sms.building_blocks.timers import SCHEDULE_ACTIONS
from shift_sms.campaign_launcher import CampaignLauncher
from shift_sms.console.operator_console import OperatorConsole
from shift_sms.settings import Settings
from shift_sms.settings_reader import Problem, SettingsError
from shift_sms.stack import ShiftSmsStack

_REQUIRES_TLS = {"Bool": {"aws:SecureTransport": "false"}}


@dataclass(frozen=True)
class ServiceEndpoint:
    """A service that the phone network emulates.

    Args:
        setting: the name of the context value that contains the endpoint URL.
        iam_prefix: the prefix of the service's IAM actions.
        variable: the environment variable from which boto3 reads the endpoint URL.
    """

    setting: str
    iam_prefix: str
    variable: str


# https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html
ENDPOINTS = (
    ServiceEndpoint("sms_endpoint_url", "sms-voice", "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"),
    ServiceEndpoint("connect_endpoint_url", "connect", "AWS_ENDPOINT_URL_CONNECT"),
    ServiceEndpoint("pinpoint_endpoint_url", "mobiletargeting", "AWS_ENDPOINT_URL_PINPOINT"),
    ServiceEndpoint("sms_endpoint_url", "servicequotas", "AWS_ENDPOINT_URL_SERVICE_QUOTAS"),
)


class LabStack(ShiftSmsStack):
    """The product's stack, deployable to the embedded cloud."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        endpoint_urls: Mapping[str, str],
        cloud_url: str = "",
    ) -> None:
        """Makes the stack.

        Args:
            scope: the app.
            construct_id: the stack's name.
            settings: the settings of the product.
            endpoint_urls: the URLs of emulated services by setting, as in `ENDPOINTS`.
            cloud_url: the URL of the embedded cloud, where the console's sign-in page is.
        """
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="Shift management by two-way SMS (lab)",
            # The embedded cloud denies the roles of the bootstrap stack access to the assets bucket.
            synthesizer=cdk.CliCredentialsStackSynthesizer(),
        )
        aspects = cdk.Aspects.of(self)
        aspects.add(_AllowPlainHttp())
        aspects.add(_SetServiceEndpoints(endpoint_urls))
        self._grant_schedules()
        if self.console:
            self._grant_alarms(self.console)
        if self.console and self.console.user_pool and cloud_url:
            self._sign_in_at(cloud_url, self.console.function.function, self.console.user_pool)
        for rule in ("SQS4", "SNS3"):
            acknowledge(self, rule, "the embedded cloud serves plain HTTP on the loopback interface")
        annotations = cdk.Annotations.of(self)
        annotations.acknowledge_warning("shift-sms:fictionalNumbers", "the phone network simulates them")
        annotations.acknowledge_warning("shift-sms:noAlarmEmail", "the embedded cloud sends no email")

    def _sign_in_at(self, cloud_url: str, console: lambda_.Function, user_pool: cognito.IUserPool) -> None:
        # The embedded cloud issues tokens in the name of Amazon Cognito, but publishes its endpoints at its own URL.
        resource = cast("lambda_.CfnFunction", console.node.default_child)
        resource.add_property_override(
            "Environment.Variables.OIDC_CONFIGURATION_URL",
            f"{cloud_url}/{user_pool.user_pool_id}/.well-known/openid-configuration",
        )

    def _grant_schedules(self) -> None:
        # The embedded cloud authorizes every schedule in the group `default`: docs/decisions/0005.
        functions = [self.reconciler.reconcile_function]
        if self.fill_planner:
            functions.append(self.fill_planner.plan_function)
        if isinstance(self.campaign_launcher, CampaignLauncher):
            functions.append(self.campaign_launcher.reconciler.function)
        schedules = self.format_arn(
            service="scheduler",
            resource="schedule",
            resource_name="default/*",
            arn_format=cdk.ArnFormat.SLASH_RESOURCE_NAME,
        )
        for function in functions:
            acknowledge_wildcard(function, schedules, "the embedded cloud ignores the group of a schedule")
            iam.Grant.add_to_principal(
                grantee=function, actions=list(SCHEDULE_ACTIONS), resource_arns=[schedules]
            )

    def _grant_alarms(self, console: OperatorConsole) -> None:
        # AWS authorizes a search among alarms on `alarm:*`, and the embedded cloud on all resources.
        iam.Grant.add_to_principal(
            grantee=console.function.role, actions=["cloudwatch:DescribeAlarms"], resource_arns=["*"]
        )


@jsii.implements(cdk.IAspect)
class _AllowPlainHttp:
    """Removes the statements that deny requests without TLS.

    The embedded cloud serves plain HTTP.
    """

    def visit(self, node: IConstruct) -> None:
        if not isinstance(node, (sqs.CfnQueuePolicy, sns.CfnTopicPolicy)):
            return
        document = cdk.Stack.of(node).resolve(node.policy_document)
        statements = [one for one in document["Statement"] if one.get("Condition") != _REQUIRES_TLS]
        if statements:
            node.policy_document = {**document, "Statement": statements}
        elif node.node.scope:
            # CloudFormation rejects a policy without statements.
            node.node.scope.node.try_remove_child(node.node.id)


@jsii.implements(cdk.IAspect)
class _SetServiceEndpoints:
    """Gives a function the endpoint of each emulated service that its role may call."""

    def __init__(self, endpoint_urls: Mapping[str, str]) -> None:
        self._endpoint_urls = endpoint_urls

    def visit(self, node: IConstruct) -> None:
        if not isinstance(node, lambda_.CfnFunction):
            return
        services = {action.partition(":")[0] for action in _allowed_actions(node)}
        for endpoint in ENDPOINTS:
            if endpoint.iam_prefix in services and (url := self._endpoint_urls.get(endpoint.setting)):
                node.add_property_override(f"Environment.Variables.{endpoint.variable}", url)


def _allowed_actions(function: lambda_.CfnFunction) -> Iterator[str]:
    stack = cdk.Stack.of(function)
    role = {"Ref": stack.resolve(function.role)["Fn::GetAtt"][0]}
    for policy in stack.node.find_all():
        if isinstance(policy, iam.CfnPolicy) and role in stack.resolve(policy.roles):
            for statement in stack.resolve(policy.policy_document)["Statement"]:
                actions: Any = statement["Action"]
                yield from [actions] if isinstance(actions, str) else actions


def read_settings(context: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    """Returns the lab's settings and the endpoint URLs, with the values of the context.

    Raises:
        SettingsError: names every invalid value.
    """
    urls = {endpoint.setting: context.get(endpoint.setting) for endpoint in ENDPOINTS}
    given = {setting: str(url) for setting, url in urls.items() if url is not None}
    problems = [
        Problem(setting, url, "an http or https URL") for setting, url in given.items() if not _is_url(url)
    ]
    try:
        settings = Settings.parse(ENVIRONMENT, environments={ENVIRONMENT: SETTINGS}, context=context)
    except SettingsError as error:
        raise SettingsError(ENVIRONMENT, [*error.problems, *problems]) from None
    if problems:
        raise SettingsError(ENVIRONMENT, problems)
    return settings, given


def _is_url(value: str) -> bool:
    url = urlsplit(value)
    return url.scheme in ("http", "https") and bool(url.hostname)
