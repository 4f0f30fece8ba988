"""A Lambda function of the runtime, with the environment that its handler reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import get_type_hints

import jsii
from aws_cdk import Duration, Fn, RemovalPolicy, Stack, Tokenization
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IValidation

from shift_sms.building_blocks.acknowledgments import acknowledge, acknowledge_warning
from shift_sms.building_blocks.alarms import SUM, alarm_at, minutes
from shift_sms.building_blocks.runtime_asset import RUNTIME, RUNTIME_ASSET, AssetContents, function_code
from shift_sms.building_blocks.validators import is_token
from shift_sms_runtime.environment import FunctionEnvironment


@jsii.implements(iam.IGrantable)
class RuntimeFunction(Construct):
    """A function with its own role and log group.

    Grants of this library also configure it: `tables.grant_book(function)` adds the permission and `SHIFTS_TABLE`.
    Synthesis fails while a required variable is not configured.

    `snap_start` shortens cold starts: new execution environments continue from a snapshot in which the service is
    already built. In return, a deployment publishes a version and waits for its snapshot, and Lambda bills the cache
    of the snapshot and each restore. The managed runtimes of Python support it from 3.12 on. Source: "Improving startup
    performance with Lambda SnapStart" in the AWS Lambda developer guide.

    Attributes:
        role: The role of the function.
        function: The Lambda function.
        invoked: What event sources invoke: the function, or with `snap_start` an alias of its current version.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment_class: type[FunctionEnvironment],
        description: str,
        timeout: Duration,
        package: str = "shift_sms_runtime.handlers",
        contents: AssetContents = RUNTIME_ASSET,
        recursive_loop: lambda_.RecursiveLoop | None = None,
        snap_start: bool = False,
    ) -> None:
        """Makes the function.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            environment_class: The environment of the function, which also names its handler.
            description: The description in the Lambda console.
            timeout: The timeout of one invocation.
            package: The package of the handler's module.
            contents: What the asset of the function contains.
            recursive_loop: `ALLOW` for a function that invokes itself through a queue. By default Lambda stops it.
            snap_start: Whether execution environments start from a snapshot. The handler has to prepare it.
        """
        super().__init__(scope, construct_id)
        self._handler = environment_class.handler()
        self._variables = {variable.field: variable for variable in environment_class.variables()}
        self._policy_fields = get_type_hints(environment_class).keys() - self._variables.keys()
        self._configured: dict[str, str] = {}
        stack = Stack.of(self)
        # One namespace per stack keeps the alarms of environments apart.
        self._metrics_namespace = f"ShiftSms/{stack.stack_name}"
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            code=function_code(stack, contents),
            handler=f"{package}.{self._handler}.handler",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=512,
            timeout=timeout,
            role=self.role,
            log_group=log_group,
            recursive_loop=recursive_loop,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
            environment={
                "SERVICE_NAME": self._handler,
                "METRICS_NAMESPACE": self._metrics_namespace,
            },
        )
        self.invoked: lambda_.IFunction = self.function
        if snap_start:
            # Only published versions have snapshots. CloudFormation deletes the version of the deployment before.
            self.invoked = self.function.add_alias("live")
            acknowledge_warning(
                self.function, "@aws-cdk/aws-lambda:snapStartRequirePublish", "event sources invoke the alias"
            )
        log_group.grant_write(self.function)
        acknowledge(
            self.function, "L1", "the pinned requirements of the runtime are tested on this version of Python"
        )
        self.node.add_validation(_Validation(self._missing_variables))

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The role of the function."""
        return self.role

    def configure(self, **values: object) -> None:
        """Sets environment variables.

        Args:
            values: Values by the field of the environment class. A policy sets a variable for each of its fields; None
                sets nothing. Texts, numbers and lists may be tokens.

        Raises:
            ValueError: the handler reads no such variable, or it is already set to another value.
        """
        for field, value in values.items():
            if is_dataclass(value) and field in self._policy_fields:
                self.configure(**{part.name: getattr(value, part.name) for part in fields(value)})
            elif field not in self._variables:
                raise ValueError(
                    f"{field} is no variable of {self._handler}, allowed is one of "
                    + ", ".join(sorted(self._variables))
                )
            elif value is not None:
                self._set(field, _serialize(value))

    def alarm_on(self, metric: str, *, meaning: str) -> cloudwatch.Alarm:
        """Makes an alarm on a metric that the handler counts.

        Metrics arrive through the log, minutes late at worst. The period of 5 minutes allows for that.

        Args:
            metric: The name of the metric, such as `CampaignFailed`. It becomes the id of the alarm.
            meaning: What has happened when the alarm fires.
        """
        return alarm_at(
            self,
            metric,
            threshold=1,
            metric=cloudwatch.Metric(
                namespace=self._metrics_namespace,
                metric_name=metric,
                dimensions_map={"service": self._handler},
                statistic=SUM,
                period=minutes(5),
            ),
            meaning=meaning,
        )

    def _set(self, field: str, text: str) -> None:
        if field not in self._configured:
            self._configured[field] = text
            self.function.add_environment(self._variables[field].name, text)
        elif self._configured[field] != text:
            raise ValueError(
                f"{field} of {self._handler} is already {self._configured[field]!r}, not {text!r}"
            )

    def _missing_variables(self) -> list[str]:
        missing = [
            variable.name
            for field, variable in self._variables.items()
            if variable.required and field not in self._configured
        ]
        return [f"{self._handler} is not configured with {', '.join(missing)}"] if missing else []


@jsii.implements(IValidation)
class _Validation:
    def __init__(self, errors: Callable[[], list[str]]) -> None:
        self._errors = errors

    def validate(self) -> list[str]:
        return self._errors()


def grant(
    grantee: iam.IGrantable,
    *,
    actions: Sequence[str],
    resource_arns: Sequence[str],
    conditions: Mapping[str, Mapping[str, object]] | None = None,
) -> iam.Grant:
    """Grants actions on resources.

    For a `RuntimeFunction`, passes its role: jsii would call back to ask for it.
    """
    return iam.Grant.add_to_principal(
        grantee=grantee.role if isinstance(grantee, RuntimeFunction) else grantee,
        actions=list(actions),
        resource_arns=list(resource_arns),
        conditions=conditions,
    )


def configure(grantee: iam.IGrantable, **values: object) -> None:
    """Sets environment variables of a grantee that is a `RuntimeFunction`.

    Skips other grantees.
    """
    if isinstance(grantee, RuntimeFunction):
        grantee.configure(**values)


def _serialize(value: object) -> str:
    """Returns a value as `FunctionEnvironment.read` parses it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float):
        if is_token(value):
            return Tokenization.stringify_number(value)
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, list | tuple):
        return Fn.join(",", list(value)) if is_token(value) else ",".join(value)
    raise TypeError(f"{value!r} is no text, number or list")
