"""One-time EventBridge schedules, one per shift or campaign."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.runtime_function import configure, grant
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms_runtime.environment import TimerSettings

SCHEDULE_ACTIONS = ("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule")

_SCHEDULER = "scheduler.amazonaws.com"


class Timers(Construct):
    """A schedule group, and the role with which the scheduler sends to a queue.

    After a day without success, the scheduler sends the message to the dead-letter queue.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, queue: WorkQueue) -> None:
        """Makes the group and the role.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            queue: The queue of shifts or campaigns to reconcile, or of shifts to fill.
        """
        super().__init__(scope, construct_id)
        self._queue = queue
        self._group = scheduler.CfnScheduleGroup(self, "Group")
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        only_this_group = {
            "StringEquals": {
                "aws:SourceAccount": Stack.of(self).account,
                "aws:SourceArn": self._group.attr_arn,
            }
        }
        self._role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal(_SCHEDULER, conditions=only_this_group)
        )
        queues: tuple[sqs.IQueue, ...] = (queue.queue, queue.dead_letters.queue)
        iam.Grant.add_to_principal(
            grantee=self._role,
            actions=["sqs:SendMessage"],
            resource_arns=[one.queue_arn for one in queues],
        )

    def grant_manage_schedules(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants creating, updating and deleting schedules of the group.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
        """
        configure(
            grantee,
            timers=TimerSettings(
                timer_group=self._group.ref,
                timer_role_arn=self._role.role_arn,
                timer_queue_arn=self._queue.queue.queue_arn,
                timer_dead_letters_arn=self._queue.dead_letters.queue.queue_arn,
            ),
        )
        schedule_arns = Stack.of(self).format_arn(
            service="scheduler",
            resource="schedule",
            resource_name=f"{self._group.ref}/*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        acknowledge_wildcard(
            grantee, schedule_arns, "schedules are made at run time, one per shift or campaign"
        )
        schedules = grant(grantee, actions=SCHEDULE_ACTIONS, resource_arns=[schedule_arns])
        role = grant(
            grantee,
            actions=["iam:PassRole"],
            resource_arns=[self._role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": _SCHEDULER}},
        )
        return schedules.combine(role)
