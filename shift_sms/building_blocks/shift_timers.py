"""Time changes things too: an offer runs out, a shift is about to begin. EventBridge Scheduler says when."""

from collections.abc import Mapping

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.work_queue import WorkQueue, grant_send

_SCHEDULER = "scheduler.amazonaws.com"
SCHEDULE_ACTIONS = ("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule")


class ShiftTimers(Construct):
    """A group of schedules, and the role in which the scheduler puts messages into one queue.

    What cannot be put there within a day goes to the queue's dead letters, as the request that failed.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, calls: WorkQueue) -> None:
        super().__init__(scope, construct_id)
        self._group = scheduler.CfnScheduleGroup(self, "Group")
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        in_this_group = {
            "StringEquals": {
                "aws:SourceAccount": Stack.of(self).account,
                "aws:SourceArn": self._group.attr_arn,
            }
        }
        self._role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal(_SCHEDULER, conditions=in_this_group)
        )
        queues: tuple[sqs.IQueue, ...] = (calls.queue, calls.dead_letters.queue)
        for queue in queues:
            grant_send(queue, self._role)
        self.environment: Mapping[str, str] = {
            "WAKE_UP_GROUP": self._group.ref,
            "WAKE_UP_ROLE_ARN": self._role.role_arn,
            "SHIFT_CALLS_QUEUE_ARN": calls.queue.queue_arn,
            "SHIFT_CALLS_DEAD_LETTERS_ARN": calls.dead_letters.queue.queue_arn,
        }

    def grant_set(self, grantee: iam.IGrantable) -> iam.Grant:
        """Lets the grantee set, change and clear schedules of the group.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
        """
        schedule_arns = Stack.of(self).format_arn(
            service="scheduler",
            resource="schedule",
            resource_name=f"{self._group.ref}/*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        acknowledge_wildcard(
            grantee, schedule_arns, "there is a schedule for each shift, made when it is needed"
        )
        schedules = iam.Grant.add_to_principal(
            grantee=grantee, actions=list(SCHEDULE_ACTIONS), resource_arns=[schedule_arns]
        )
        role = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["iam:PassRole"],
            resource_arns=[self._role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": _SCHEDULER}},
        )
        return schedules.combine(role)
