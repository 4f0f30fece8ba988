"""Reconciles campaigns: launches scheduled ones, and resumes what waits."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms.building_blocks.timers import Timers
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.shift_tables import ShiftTables
from shift_sms_runtime.environment import ReconcileCampaign

# Concurrent reconciliations of one campaign return the same messages to their queues. More would only repeat work.
_CONCURRENCY = 2


class CampaignReconciler(Construct):
    """Launches a campaign at its `send_at`, and keeps what waits for quiet hours or a pause to end.

    Attributes:
        work_queue: The queue of campaigns to reconcile.
        alarms: The alarms of the queue.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: ShiftTables,
        pages: WorkQueue,
        dispatch: WorkQueue,
        timezone: str,
    ) -> None:
        """Makes the queue, the function and the schedule group.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            tables: The tables.
            pages: The queue of pages of segments to plan.
            dispatch: The queue of recipients to text.
            timezone: The IANA name of the time zone of a `send_at` without an offset.
        """
        super().__init__(scope, construct_id)
        timeout = Duration.seconds(60)
        self._tables = tables
        self.work_queue = WorkQueue(self, "Requests", timeout=timeout)
        reconcile = RuntimeFunction(
            self,
            "Reconcile",
            environment_class=ReconcileCampaign,
            description="Launches scheduled campaigns, and resumes what waits",
            timeout=timeout,
            # It continues through its queue when it has no time left. Each time, fewer messages wait.
            recursive_loop=lambda_.RecursiveLoop.ALLOW,
        )
        reconcile.configure(timezone=timezone)
        tables.grant_update_campaigns(reconcile)
        tables.grant_reconcile_campaigns(reconcile)
        pages.grant_send(reconcile, url_variable="pages_queue_url")
        dispatch.grant_send(reconcile, url_variable="dispatch_queue_url")
        self.grant_request(reconcile)
        Timers(self, "Timers", queue=self.work_queue).grant_manage_schedules(reconcile)
        self.work_queue.add_consumer(reconcile, batch_size=1, max_concurrency=_CONCURRENCY)
        self._function = reconcile.function
        self.alarms: tuple[cloudwatch.Alarm, ...] = self.work_queue.alarms

    def grant_request(self, grantee: RuntimeFunction) -> None:
        """Grants requesting that a campaign is reconciled."""
        self.work_queue.grant_send(grantee, url_variable="campaign_requests_queue_url")

    def grant_hold(self, grantee: RuntimeFunction) -> None:
        """Grants holding what has to wait, and requesting that its campaign is reconciled."""
        self._tables.grant_hold_campaigns(grantee)
        self.grant_request(grantee)

    @property
    def function(self) -> lambda_.Function:
        """Reconciles campaigns."""
        return self._function
