"""Every function is set up alike: its own role, its own log group, nothing it does not use."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from shift_sms.acknowledgements import acknowledge
from shift_sms.runtime_asset import RUNTIME, runtime_code

_METRICS_NAMESPACE = "ShiftSms"


class RuntimeFunction(Construct):
    """One handler of the runtime; `name` is its module."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        timeout: Duration,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            code=runtime_code(),
            handler=f"shift_sms_runtime.handlers.{name}.handler",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=512,
            timeout=timeout,
            role=iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
            log_group=log_group,
            environment={
                **environment,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": _METRICS_NAMESPACE,
            },
        )
        log_group.grant_write(self.function)
        acknowledge(
            self.function, "L1", "the runtime's pinned requirements are tested on this version of Python"
        )
