"""Every function is set up alike: its own role, its own log group, nothing it does not use."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge
from shift_sms.building_blocks.alarms import alarm_at
from shift_sms.building_blocks.runtime_asset import RUNTIME, runtime_code


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
        recursive_loop: lambda_.RecursiveLoop | None = None,
    ) -> None:
        """`recursive_loop` is for a function that feeds itself: Lambda ends such a chain, unless told otherwise."""
        super().__init__(scope, construct_id)
        self._name = name
        # A namespace for each stack: a failure in a trial is no failure in production.
        self._metrics_namespace = f"ShiftSms/{Stack.of(self).stack_name}"
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
            recursive_loop=recursive_loop,
            environment={
                **environment,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": self._metrics_namespace,
            },
        )
        log_group.grant_write(self.function)
        acknowledge(
            self.function, "L1", "the runtime's pinned requirements are tested on this version of Python"
        )

    def alarm_on(self, metric: str, *, meaning: str) -> cloudwatch.Alarm:
        """Makes an alarm that goes off when the handler counts in one of its own metrics.

        Powertools names the function in the dimension `service`. The metrics come by way of the log, minutes late at
        times, so that the period is longer than that of the queues' alarms.
        """
        return alarm_at(
            self,
            metric,
            threshold=1,
            metric=cloudwatch.Metric(
                namespace=self._metrics_namespace,
                metric_name=metric,
                dimensions_map={"service": self._name},
                statistic=cloudwatch.Stats.SUM,
                period=Duration.minutes(5),
            ),
            meaning=meaning,
        )
